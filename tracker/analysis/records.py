"""The records that the pure core passes around: a read text, and the goals, results and links found in it.

Nothing here knows Django, files or today's date. All offsets are character offsets into ``Text.content``, end exclusive.
The JSON forms (``Statement.as_record``) follow the record contract that acceptance is measured by.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, TypeVar, dataclass_transform

StatementKind = Literal["goal", "result"]
Comparator = Literal["ge", "le", "eq", "approx", "range"]
Measure = Literal["level", "growth", "delta", "share", "rank", "completion"]
Relation = Literal["fulfils", "progress", "misses"]
ParagraphStyle = Literal["body", "heading", "toc", "table", "caption", "noise"]

_Kind = TypeVar("_Kind")


@dataclass_transform(frozen_default=True)
def record(kind: type[_Kind]) -> type[_Kind]:
    """A slotted dataclass that nobody writes to once it is made, and that may stand in a set.

    mypy holds it to be frozen; at run time it is not, because a frozen one takes six times as long to make, and
    hundreds are made for every page that is read."""
    return dataclass(slots=True, unsafe_hash=True)(kind)


@record
class Span:
    """A stretch of a text: ``content[start:end]``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}…{self.end}")


@record
class Period:
    """Dates that a value covers, both inclusive; either end may be unknown. For a goal, ``end`` is the deadline."""

    start: date | None = None
    end: date | None = None


@record
class Quantity:
    """A number as written: 18.44万人 is value 18.44, unit 万人. ``maximum`` is the upper end of a range."""

    value: Decimal
    unit: str
    comparator: Comparator = "eq"
    maximum: Decimal | None = None


@record
class Paragraph:
    """A block of a read text, with the address at which a person finds it."""

    start: int
    end: int
    number: int                       # 1-based, in reading order
    page: int | None = None           # 1-based; None where the format has no pages
    style: ParagraphStyle = "body"
    level: int | None = None          # heading level, 1 = highest


@record
class Fact:
    """Something known about a document, with where it came from: 'metadata', 'head', 'file name', 'given'."""

    value: str
    source: str


@record
class TableRow:
    """A row of a spreadsheet whose header row was understood. Keys of ``cells`` are the field's standard names:
    organisation, owner, goal, indicator, target, unit, deadline, achieved, as_of, completion, progress, problems, steps.
    ``spans`` says where each cell stands in the text."""

    sheet: str
    row: int                          # 1-based, as the spreadsheet program shows it
    cells: dict[str, str]
    spans: dict[str, Span]


@record
class Text:
    """A document as read: what is stored, shown and quoted from. Line breaks of the source are kept."""

    content: str
    paragraphs: tuple[Paragraph, ...]
    format: str                       # txt, md, html, docx, doc, pdf, xlsx, xls, ofd, image …
    name: str = ""                    # file name as given
    title: Fact | None = None
    issuer: Fact | None = None
    published_on: Fact | None = None  # value is an ISO date
    period: tuple[Fact, Fact] | None = None   # the period reported on, ISO dates
    rows: tuple[TableRow, ...] = ()
    notes: tuple[str, ...] = ()       # Chinese sentences for the person who imported it


@record
class Statement:
    """A goal or a result, with the place and words it was read from."""

    kind: StatementKind
    organisation: str                 # in full; "" where the text gives no way to know
    span: Span                        # covers the quote in Text.content, line breaks included
    quote: str                        # content[span] without the line breaks inside the sentence
    indicator: str
    indicator_key: str                # normal form, so that 生产总值 and GDP meet
    quantity: Quantity | None = None  # None: purely qualitative
    measure: Measure | None = None
    period: Period = field(default_factory=Period)
    owner: str | None = None          # the named person who gave the pledge
    post: str | None = None           # that person's post: 党组书记、局长
    scope: str | None = None          # 全国, 全省 … where the figure is about more or less than the body's own area
    paragraph: int | None = None      # Paragraph.number
    page: int | None = None
    reasons: tuple[str, ...] = ()     # which rules and words decided, in Chinese, in the order they fired


@record
class Link:
    """A result that answers a goal. ``goal`` and ``result`` are the ids that the caller gave them."""

    goal: str
    result: str
    relation: Relation
    score: float                      # 0…1, calibrated: the share of such links that a reader would accept
    reasons: tuple[str, ...] = ()     # for, in Chinese
    objections: tuple[str, ...] = ()  # against, in Chinese
