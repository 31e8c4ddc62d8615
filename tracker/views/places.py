"""Where a record stands: its paragraph, cut on the server. JavaScript counts rare characters as two; Python does not."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tracker.models import Document, Goal, Result, Review


@dataclass(frozen=True)
class Excerpt:
    """The paragraph of a record in three parts; ``page`` and ``paragraph`` are its address."""

    before: str
    quote: str
    after: str
    paragraph: int | None
    page: int | None


@dataclass
class Segment:
    """A stretch of text between two borders of records, with the records that cover it, outermost first."""

    start: int
    text: str
    records: tuple[Any, ...] = ()
    hidden: bool = False  # a line break that a typist put inside a sentence


@dataclass
class ParagraphView:
    """A paragraph of a document cut at the borders of the records in it."""

    number: int
    start: int
    style: str
    level: int | None
    page: int | None
    new_page: bool
    segments: list[Segment] = field(default_factory=list)
    records: list[Any] = field(default_factory=list)
    done: bool = False  # it holds records, and a person has looked at every one


BREAK = re.compile(r"[ \t\u3000]*\r?\n[ \t\u3000\r\n]*")
# paragraphs longer than this are cut around the quote
LONG = 110


def excerpt(record: Goal | Result) -> Excerpt:
    """The record's quote inside its paragraph; without a document the quote alone."""
    document = record.document
    if document is None or record.start is None or record.end is None:
        return Excerpt("", record.quote, "", None, None)
    start, end = record.start, record.end
    low, high = start, end
    for paragraph in document.paragraphs:
        if paragraph[0] <= start < paragraph[1]:
            low = paragraph[0]
        if paragraph[0] < end <= paragraph[1]:
            high = paragraph[1]
    before, after = document.content[low:start], document.content[end:high]
    if len(before) > LONG:
        before = "…" + before[-LONG:]
    if len(after) > LONG:
        after = after[:LONG] + "…"
    return Excerpt(_joined(before), _joined(document.content[start:end]), _joined(after), record.paragraph, record.page)


def _joined(text: str) -> str:
    """Without the line breaks that a typist put inside a sentence; cells of a table's row stay apart."""
    return "".join(line.strip(" \u3000") for line in text.splitlines()).replace("\t", " · ")


def cut(content: str, start: int, end: int, records: Sequence[Any], *, joined: bool = True) -> list[Segment]:
    """Text from ``start`` to ``end`` cut at every border of these records; overlaps give segments with several.

    Records carry ``start`` and ``end`` offsets into ``content``. The pieces put together are the text. With ``joined``
    line breaks inside it are pieces of their own, marked to be hidden; one between two Latin words stays a space.
    """
    borders = {start, end}
    for record in records:
        borders.update(place for place in (record.start, record.end) if start < place < end)
    breaks = _breaks(content, start, end) if joined else {}
    for low, high in breaks.items():
        borders.update((low, high))
    places = sorted(place for place in borders if start <= place <= end)
    ordered = sorted(records, key=lambda each: (each.start, -each.end, each.pk))
    segments = []
    for low, high in pairwise(places):
        covering = tuple(each for each in ordered if each.start < high and each.end > low)
        segments.append(
            Segment(low, content[low:high], covering, any(a <= low and high <= b for a, b in breaks.items()))
        )
    return segments


def _breaks(content: str, start: int, end: int) -> dict[int, int]:
    """Line breaks with the white space around them, from place to place."""
    found = {}
    for gap in BREAK.finditer(content, start, end):
        before, after = content[max(start, gap.start() - 1) : gap.start()], content[gap.end() : gap.end() + 1]
        if not (before.isascii() and before.isalpha() and after.isascii() and after.isalpha()):
            found[gap.start()] = gap.end()
    return found


def lanes(records: Iterable[Any]) -> None:
    """Gives each record the lowest underline (``lane``) that no overlapping record before it uses."""
    busy: list[tuple[int, int]] = []
    for record in sorted(records, key=lambda each: (each.start, -each.end, each.pk)):
        while busy and busy[0][0] <= record.start:
            heapq.heappop(busy)
        taken = {lane for _end, lane in busy}
        record.lane = next(lane for lane in range(len(taken) + 1) if lane not in taken)
        heapq.heappush(busy, (record.end, record.lane))


def paragraphs(document: Document, records: Sequence[Any]) -> list[ParagraphView]:
    """The document's text as paragraphs with marks. Records without a place are left out."""
    placed = [record for record in records if record.start is not None and record.end is not None]
    lanes(placed)
    placed.sort(key=lambda each: (each.start, each.end, each.pk))
    views: list[ParagraphView] = []
    page = None
    first = 0
    for start, end, number, on_page, style, level in document.paragraphs:
        while first < len(placed) and placed[first].end <= start:
            first += 1
        here = [record for record in placed[first:] if record.start < end and record.end > start]
        view = ParagraphView(number, start, style or "body", level, on_page, on_page is not None and on_page != page)
        view.segments = cut(document.content, start, end, here, joined=style != "table")
        view.done = bool(here) and all(record.review != Review.UNREVIEWED for record in here)
        view.records = [record for record in here if record.start >= start]
        views.append(view)
        page = on_page if on_page is not None else page
    return views


def ticks(document: Document, records: Sequence[Any]) -> list[tuple[Any, float, float]]:
    """For the thin map at the edge: record, top and height in percent of the text."""
    whole = max(1, len(document.content))
    return [
        (record, round(record.start / whole * 100, 2), round(max(0.25, (record.end - record.start) / whole * 100), 2))
        for record in records
        if record.start is not None
    ]
