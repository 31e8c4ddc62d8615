"""What is linked: a statement with the id its keeper gave it, and where and when it was published."""
from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from tracker.analysis.records import Statement
from tracker.matching.tables import has_word, word_pattern

Flow = Literal["addition", "total", "plain"]
Within = tuple[int, int, str]               # a place in a document
Place = tuple[date, str, int, int, str]     # a place among all
Fit = Literal["whole", "inside", "earlier", "late", "unknown", "longer", "before", "after"]

BREAKS = re.compile(r"[，,；;、0-9]")

GRACE = timedelta(days=62)      # figures "so far" in a report of January still speak of December
OPEN_YEARS = 2                  # how long a pledge without a deadline waits for an answer
FAR = timedelta(days=3 * 366)   # what is told further apart is not held against one another


@dataclass(frozen=True, slots=True)
class Item:
    """A statement to be linked. ``order`` is its place in the document's reading order.

    Where two are equal otherwise the document's name and then the order decide, so a keeper names documents by what they
    are and not by when they came. Ids only tell statements at one place apart, in the order in which they were given.
    """

    id: str
    statement: Statement
    document: str
    published_on: date | None = None
    order: int = 0

    @property
    def within(self) -> Within:
        """Its place in its document; 99 stands before 100."""
        return self.order, len(self.id), self.id

    @property
    def place(self) -> Place:
        """Its place among all, by day, document and reading order."""
        return (self.published_on or date.min, self.document, *self.within)


@dataclass(frozen=True, slots=True)
class Window:
    """The days in which a result answers a goal; ``end`` is None where the goal names no deadline."""

    start: date | None
    end: date | None
    last: date | None           # the last day on which an answer still counts


def as_of(item: Item) -> date | None:
    """The day a result speaks of: the end of its period, else the day it was published."""
    return item.statement.period.end or item.published_on


def is_far(one: Item, other: Item) -> bool:
    """Told so far apart that neither is loaded beside the other: whoever compares must not depend on what else is there."""
    return bool(one.published_on and other.published_on and abs(one.published_on - other.published_on) > FAR)


def window(goal: Item) -> Window:
    """The goal's days. Without a start: from 1 January of the year it was given in (or is due in, if earlier)."""
    period, published = goal.statement.period, goal.published_on
    start = period.start
    if start is None and (known := [day.year for day in (period.end, published) if day]):
        start = date(min(known), 1, 1)
    if period.end is not None:
        return Window(start, period.end, period.end + GRACE)
    return Window(start, None, date(start.year + OPEN_YEARS - 1, 12, 31) if start else None)


def fit_period(goal: Item, result: Item) -> Fit:
    """How the days of a result lie to the days of a goal."""
    days, day = window(goal), as_of(result)
    if day is None or days.start is None:
        return "unknown"
    begin = result.statement.period.start
    if days.last is not None and day > days.last:
        return "after"
    if day < days.start:
        return "earlier" if day.year == days.start.year else "before"
    if begin is not None and _longer(begin, day, days):
        return "longer"
    if days.end is None:
        return "inside"
    if day > days.end:
        return "late"
    return "whole" if (day.year, day.month) == (days.end.year, days.end.month) else "inside"


def _longer(begin: date, end: date, days: Window) -> bool:
    """A five-year sum does not answer an annual goal."""
    if days.start is None or begin >= days.start - GRACE:
        return False
    wanted = ((days.end or end) - days.start).days + 1
    return (end - begin).days + 1 > 1.25 * wanted and begin.year < days.start.year


def flow(statement: Statement) -> Flow:
    """Whether a number counts what was added in the period, a total at a day, or does not say."""
    if statement.quantity is None or statement.measure not in ("level", "delta"):
        return "plain"
    if statement.measure == "delta":
        return "addition"
    said = _read_flow(statement.indicator, statement.quote, statement.quantity.value)
    period = statement.period
    # by convention a result without a start is a stock: 截至10月末，总数…
    if said == "plain" and statement.kind == "result" and period.start is None and period.end is not None:
        return "total"
    return said


@lru_cache(maxsize=1 << 16)
def _read_flow(indicator: str, quote: str, value: Decimal) -> Flow:
    if has_word(indicator, "addition"):
        return "addition"
    before = _before(quote, value)
    total = has_word(before, "stock")
    added = has_word(word_pattern("stock").sub(" ", before), "addition")     # 增加到 is no addition
    if added == total:
        return "plain"
    return "addition" if added else "total"


def words_before_number(statement: Statement) -> str:
    """The words of the quote between the number before and the statement's own number; all of them in a 分别-list."""
    return statement.quote if statement.quantity is None else _before(statement.quote, statement.quantity.value)


def _before(quote: str, value: Decimal) -> str:
    at = -1 if "分别" in quote else quote.rfind(f"{value.normalize():f}")
    if at < 0:
        return quote
    return BREAKS.split(quote[:at])[-1]


def can_cover(result: Item) -> bool:
    """A result in words, or a stated completion, may tell of a goal by quoting it; another figure is about itself."""
    return result.statement.quantity is None or result.statement.measure == "completion"


def covers(result: Item, goal: Item) -> bool:
    """Whether a result's words hold the goal's words: 提前2年完成…“打造5-6家…”目标任务."""
    if not can_cover(result):
        return False
    inner, outer = goal.statement.span, result.statement.span
    return goal.document == result.document and outer.start <= inner.start < inner.end <= outer.end


def horizon(goal: Item) -> float:
    """Years that a goal's days span; 1 where that is not known."""
    days = window(goal)
    return (days.end - days.start).days / 365.25 if days.start and days.end else 1.0


def covered_years(result: Statement) -> float:
    """Years that a result's period spans; 1 where that is not known."""
    start, end = result.period.start, result.period.end
    return (end - start).days / 365.25 if start and end else 1.0
