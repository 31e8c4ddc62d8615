"""Pages of long lists by the last row seen, not by OFFSET: the hundredth page costs what the first costs.

A list is ordered by one lookup and then by a tie-breaker; rows without a value stand last in both directions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet

COUNT_LIMIT = 2_000


@dataclass(frozen=True)
class Ordering:
    """One lookup with its direction; ``tie`` is the unique lookup that decides between equals."""

    lookup: str
    descending: bool = False
    tie: str = "pk"


@dataclass(frozen=True)
class Page:
    """Rows of one page with what is needed to walk on. ``first`` is the running number of the first row, from 1."""

    rows: list[Any]
    first: int
    count: int
    capped: bool
    before: Any = None
    after: Any = None
    size: int = 50

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def next_first(self) -> int:
        return self.last + 1

    @property
    def previous_first(self) -> int:
        return max(1, self.first - self.size)


def count_capped(rows: QuerySet, limit: int = COUNT_LIMIT) -> tuple[int, bool]:
    """The number of rows, and whether counting stopped at the limit."""
    found = rows.order_by().values("pk")[: limit + 1].count()
    return min(found, limit), found > limit


def order_rows(rows: QuerySet, order: Ordering, *, back: bool = False) -> QuerySet:
    """Rows in the list's order (or the reverse of it), empty values last (or first)."""
    falling = order.descending != back
    tie = f"-{order.tie}" if falling else order.tie
    if order.lookup == order.tie:
        return rows.order_by(tie)
    field = F(order.lookup)
    first = {"nulls_first": True} if back else {"nulls_last": True}
    return rows.order_by(field.desc(**first) if falling else field.asc(**first), tie)


def _beyond(order: Ordering, value: Any, tie: Any, back: bool) -> Q:
    """Rows of the same part of the list that stand after (or before) the row with this value."""
    falling = order.descending != back
    step = "lt" if falling else "gt"
    past_tie = Q(**{f"{order.tie}__{step}": tie})
    if value is None or order.lookup == order.tie:
        return past_tie
    # "not before, and (after, or equal and past the tie)" lets the database walk one index; OR alone would not
    return Q(**{f"{order.lookup}__{step}e": value}) & (Q(**{f"{order.lookup}__{step}": value}) | past_tie)


def _reached_from(rows: QuerySet, order: Ordering) -> str:
    """The relation whose table is ordered when rows are: "goal" for progress by its goal's deadline; "" for their own table."""
    name = order.tie.removesuffix("_id")
    return name if name != order.tie and order.lookup.startswith(f"{name}__") else ""


def _walk_related(
    rows: QuerySet, order: Ordering, size: int, cursor: tuple[Any, Any] | None, back: bool, name: str
) -> list[Model]:
    """As ``_walk``, along the index of the related table: many rows are not sorted to show a few of them.

    Quick when most related rows have a row in the list, so this is for long lists only.
    """
    related = rows.model._meta.get_field(name).related_model
    wanted = rows.order_by().select_related(None).filter(**{name: OuterRef("pk")}).values("pk")
    there = related._default_manager.filter(Exists(wanted)).only("pk")
    ids = [
        row.pk for row in _walk(there, Ordering(order.lookup.split("__", 1)[1], order.descending), size, cursor, back)
    ]
    found = {getattr(row, order.tie): row for row in rows.filter(**{f"{name}__in": ids}).order_by()}
    return [found[pk] for pk in ids if pk in found]


def _walk(rows: QuerySet, order: Ordering, size: int, cursor: tuple[Any, Any] | None, back: bool) -> list[Model]:
    """Up to ``size`` rows beyond the cursor. Rows with and without a value are read apart: each half is one index walk."""
    falling = order.descending != back
    direction = "-" if falling else ""
    tie = direction + order.tie
    if order.lookup == order.tie:
        halves = [(False, rows.order_by(tie))]
    else:
        valued = rows.filter(**{f"{order.lookup}__isnull": False}).order_by(direction + order.lookup, tie)
        empty = rows.filter(**{f"{order.lookup}__isnull": True}).order_by(tie)
        halves = [(False, valued), (True, empty)]
    if back:
        halves.reverse()
    found: list[Model] = []
    started = cursor is None
    for is_empty, half in halves:
        if not started and cursor is not None:
            if is_empty != (cursor[0] is None and order.lookup != order.tie):
                continue
            half, started = half.filter(_beyond(order, *cursor, back)), True
        found += half[: size - len(found)]
        if len(found) == size:
            break
    return found


def _cursor(rows: QuerySet, order: Ordering, key: Any) -> tuple[Any, Any] | None:
    return rows.filter(**{order.tie: key}).values_list(order.lookup, order.tie).order_by().first()


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() and len(text) < 12 else default


def read_page(
    rows: QuerySet,
    order: Ordering,
    size: int,
    asked: dict[str, str],
    every: QuerySet | None = None,
    known: int | None = None,
) -> Page:
    """The page asked for by ``after``/``before`` (tie of the row next to it) and ``from`` (its running number).

    ``every`` is the unfiltered list, in which a cursor's row is looked up; a row that is gone leads to the first page.
    ``known`` is the number of rows, where it need not be counted.
    """
    count, capped = count_capped(rows) if known is None else (known, False)
    back = "before" in asked or "end" in asked
    key = asked.get("before") or asked.get("after")
    cursor = _cursor(every if every is not None else rows, order, key) if key and key.isdigit() else None
    if key and cursor is None:
        back = False
    name = _reached_from(rows, order) if capped or count > COUNT_LIMIT else ""
    found = (
        _walk_related(rows, order, size + 1, cursor, back, name) if name else _walk(rows, order, size + 1, cursor, back)
    )
    more = len(found) > size
    found = found[:size]
    if back:
        found.reverse()
    at_start = (cursor is None and not back) or (back and not more)
    first = 1 if at_start else _number(asked.get("from"), max(1, count - len(found) + 1))
    at_end = not more if not back else cursor is None
    return Page(
        rows=found,
        first=first,
        count=count,
        capped=capped,
        before=None if at_start or not found else _tie(found[0], order),
        after=None if at_end or not found else _tie(found[-1], order),
        size=size,
    )


def _tie(row: Model, order: Ordering) -> Any:
    return getattr(row, order.tie)
