"""Rows of closed months, and what is different since."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from reports.models import Snapshot, SnapshotPage, SnapshotState
from tracker.models import Event, Goal, Status

from .rows import CHUNK, Adjustment, Difference, LedgerRow, describe_target, load

Kind = SnapshotPage.Kind
OPEN_PAGES = 8
RECORDS = {Kind.ROWS: LedgerRow, Kind.ADJUSTMENTS: Adjustment, Kind.DIFFERENCES: Difference}


def newest_before(as_of: date) -> Snapshot | None:
    """The closed month before a date."""
    return Snapshot.objects.filter(as_of__lt=as_of, state=SnapshotState.CLOSED).order_by("-as_of").first()


def read_pages(snapshot: Snapshot, kind: str, *, first: int = 0) -> Iterator[Any]:
    """The records of a snapshot as they were stored, streamed, from the ``first`` page on."""
    for data in (
        snapshot.pages.filter(kind=kind, number__gte=first)
        .order_by("number")
        .values_list("data", flat=True)
        .iterator(chunk_size=4)
    ):
        yield from load(RECORDS[Kind(kind)], zlib.decompress(bytes(data)))


def _words(row: LedgerRow) -> dict[str, str]:
    """What is compared between two months, in words."""
    done = "" if row.done is None else f"{row.done}{row.unit}"
    return {
        "责任单位": row.organisation,
        "目标值": describe_target(row.target, row.unit, row.comparator, row.target_max),
        "完成时限": str(row.deadline or ""),
        "完成值": done or row.done_as_written,
        "状态": Status(row.status).label,
        "进展情况": row.progress,
        "存在问题": row.problems,
        "下步措施": row.steps,
        "销号": str(row.closed_on or ""),
        "合计": "不计（重申）" if row.same_as else "",
    }


class _Before:
    """The rows of an earlier month to hold later ones against: where each stands and a mark of its words, not the words.

    Both months are sorted alike, so the few pages that are open at a time serve nearly every row.
    """

    def __init__(self, snapshot: Snapshot, allowed: set[int] | None) -> None:
        self._snapshot = snapshot
        self._open = lru_cache(maxsize=OPEN_PAGES)(self._load)
        self.places: dict[int, tuple[int, int]] = {}
        for number in snapshot.pages.filter(kind=Kind.ROWS).order_by("number").values_list("number", flat=True):
            for place, row in enumerate(self._load(number), number * CHUNK):
                if allowed is None or row.organisation_id in allowed:
                    self.places[row.goal] = (place, _mark(_words(row)))

    def _load(self, number: int) -> list[LedgerRow]:
        data = self._snapshot.pages.values_list("data", flat=True).get(kind=Kind.ROWS, number=number)
        return load(LedgerRow, zlib.decompress(bytes(data)))

    def row(self, place: int) -> LedgerRow:
        number, index = divmod(place, CHUNK)
        return self._open(number)[index]


def _mark(words: dict[str, str]) -> int:
    return hash(tuple(words.values()))


def find_differences(
    earlier: Snapshot | None, later: Iterable[LedgerRow], allowed: set[int] | None = None
) -> Iterator[Difference]:
    """What is different goal by goal between a snapshot and later rows; nothing when there is no snapshot.

    ``allowed`` are the organisations that ``later`` is restricted to, None when it is not.
    """
    if earlier is None:
        return
    before, reasons = _Before(earlier, allowed), _reasons(earlier.closed_at)
    for row in later:
        place, mark = before.places.pop(row.goal, (None, 0))
        words = _words(row)
        if place is None:
            changed = [("新增目标", "", row.quote)]
        elif mark == _mark(words):
            continue
        else:
            known = _words(before.row(place))
            changed = [(name, known[name], new) for name, new in words.items() if known[name] != new]
        for name, old, new in changed:
            yield _difference(row, name, old, new, reasons)
    for place, _ in before.places.values():
        gone = before.row(place)
        yield _difference(gone, "不再列入", _words(gone)["目标值"], "", reasons)


def _difference(row: LedgerRow, name: str, old: str, new: str, reasons: dict[int, str]) -> Difference:
    reason = reasons.get(row.goal, "")
    return Difference(row.goal, row.organisation_id, row.organisation, row.indicator, name, old, new, reason)


def _reasons(since: Any) -> dict[int, str]:
    """goal → why it was changed since a time, from the journal, newest reason last."""
    events = Event.objects.filter(model=Goal._meta.model_name, at__gt=since).exclude(reason="").order_by("pk")
    return {goal: reason for goal, reason in events.values_list("object_id", "reason") if goal is not None}
