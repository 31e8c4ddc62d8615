"""Versions of goals in the database: the same goal said again, raised, lowered, postponed, dropped."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from tracker.matching.items import Item
from tracker.matching.names import Names
from tracker.matching.versions import Change, find_changes
from tracker.models import ChangeKind, Goal, GoalChange
from tracker.services.items import document_ids
from tracker.services.pacing import in_steps

COLUMNS = ["kind", "happened_on", "sentence", "document"]
Pair = tuple[int, int | None, int | None]


def store_changes(goals: Sequence[Goal], items: Sequence[Item], *, table: Names, done: Collection[str]) -> set[int]:
    """Find the changes among these goals again; what a person decided stays. Returns the goals concerned."""
    documents = document_ids(goals, items)
    found = {
        _pair(change, documents): _columns(change, documents) for change in find_changes(items, table=table, done=done)
    }
    stored = {_stored_pair(row): row for row in _load([goal.pk for goal in goals])}
    create = [
        GoalChange(goal_id=pair[0], later_id=pair[1], **columns)
        for pair, columns in found.items()
        if pair not in stored
    ]
    update = [row for pair, row in stored.items() if pair in found and _take_in(row, found[pair])]
    delete = [row for pair, row in stored.items() if pair not in found and row.decided_at is None]
    for rows in in_steps(create):
        GoalChange.objects.bulk_create(rows, ignore_conflicts=True)
    for rows in in_steps(update):
        GoalChange.objects.bulk_update(rows, COLUMNS)
    for rows in in_steps(delete):
        GoalChange.objects.filter(pk__in=[row.pk for row in rows], decided_at__isnull=True).delete()
    return {pk for row in (*create, *update, *delete) for pk in (row.goal_id, row.later_id) if pk}


def _pair(change: Change, documents: dict[str, int]) -> Pair:
    """What makes a change the same one: the two goals, or the goal and the document that leaves it out."""
    if change.later is not None:
        return int(change.goal.id), int(change.later.id), None
    return int(change.goal.id), None, documents.get(change.document)


def _stored_pair(row: GoalChange) -> Pair:
    return row.goal_id, row.later_id, None if row.later_id else row.document_id


def _load(goal_ids: Sequence[int]) -> list[GoalChange]:
    among, rows = set(goal_ids), []
    for ids in in_steps(goal_ids):
        rows += GoalChange.objects.filter(goal_id__in=ids).order_by("pk")
    return [row for row in rows if row.later_id is None or row.later_id in among]


def _columns(change: Change, documents: dict[str, int]) -> dict[str, Any]:
    return {
        "kind": ChangeKind(change.kind),
        "happened_on": change.happened_on,
        "sentence": change.sentence,
        "document_id": documents.get(change.document),
    }


def _take_in(row: GoalChange, columns: dict[str, Any]) -> bool:
    """Bring a row up to what the machine finds. True if it changed."""
    changed = any(getattr(row, name) != value for name, value in columns.items())
    for name, value in columns.items():
        setattr(row, name, value)
    return changed
