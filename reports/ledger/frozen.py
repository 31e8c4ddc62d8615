"""Rows of closed months, and what is different since."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from reports.models import Snapshot, SnapshotPage, SnapshotState
from tracker.models import Event, Goal, Status

from .rows import Adjustment, Difference, LedgerRow, describe_target, load

Kind = SnapshotPage.Kind
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


def find_differences(
    earlier: Snapshot | None, later: Iterable[LedgerRow], allowed: set[int] | None = None
) -> Iterator[Difference]:
    """What is different goal by goal between a snapshot and later rows; nothing when there is no snapshot.

    ``allowed`` are the organisations that ``later`` is restricted to, None when it is not.
    """
    if earlier is None:
        return
    before = {
        row.goal: (row.organisation_id, row.indicator, _words(row))
        for row in read_pages(earlier, Kind.ROWS)
        if allowed is None or row.organisation_id in allowed
    }
    reasons = _reasons(earlier.closed_at)
    for row in later:
        known = before.pop(row.goal, None)
        reason = reasons.get(row.goal, "")
        if known is None:
            yield Difference(
                row.goal, row.organisation_id, row.organisation, row.indicator, "新增目标", "", row.quote, reason
            )
            continue
        for name, new in _words(row).items():
            if known[2][name] != new:
                yield Difference(
                    row.goal, row.organisation_id, row.organisation, row.indicator, name, known[2][name], new, reason
                )  # fmt: skip
    for goal, (organisation, indicator, words) in before.items():
        yield Difference(
            goal, organisation, words["责任单位"], indicator, "不再列入", words["目标值"], "", reasons.get(goal, "")
        )  # fmt: skip


def _reasons(since: Any) -> dict[int, str]:
    """goal → why it was changed since a time, from the journal, newest reason last."""
    events = Event.objects.filter(model=Goal._meta.model_name, at__gt=since).exclude(reason="").order_by("pk")
    return {goal: reason for goal, reason in events.values_list("object_id", "reason") if goal is not None}
