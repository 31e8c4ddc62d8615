"""Versions of goals in the database: the same goal said again, raised, lowered, postponed, dropped."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from tracker.matching.names import Names
from tracker.matching.versions import Change, find_changes
from tracker.models import ChangeKind, GoalChange
from tracker.services.items import Loaded, Speller, document_id_of
from tracker.services.pacing import in_chunks, in_steps

COLUMNS = ["kind", "happened_on", "sentence", "document"]
Pair = tuple[int, int | None, int | None]


def store_changes(goals: Sequence[Loaded], *, table: Names, done: Collection[str], since: date | None) -> set[int]:
    """Find the changes among these goals again; what a person decided stays. Returns the goals concerned.

    ``since``: goals told before that day have not got other predecessors by what is new; their changes are left as they are.
    """
    speller = Speller()
    changes = find_changes([row.item for row in goals], table=table, done=done)
    recent = [change for change in changes if since is None or (change.happened_on and change.happened_on >= since)]
    speller.learn(change.sentence for change in recent)
    found = {_pair(change): _columns(change, speller) for change in recent}
    stored = {_stored_pair(row): row for row in _load([row.pk for row in goals], since)}
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


def _pair(change: Change) -> Pair:
    """What makes a change the same one: the two goals, or the goal and the document that leaves it out."""
    if change.later is not None:
        return int(change.goal.id), int(change.later.id), None
    return int(change.goal.id), None, document_id_of(change.document)


def _stored_pair(row: GoalChange) -> Pair:
    return row.goal_id, row.later_id, None if row.later_id else row.document_id


def _load(goal_ids: Sequence[int], since: date | None) -> list[GoalChange]:
    among, rows = set(goal_ids), []
    recent = GoalChange.objects.filter(happened_on__gte=since) if since else GoalChange.objects.all()
    for ids in in_chunks(goal_ids):
        rows += recent.filter(goal_id__in=ids).order_by("pk")
    return [row for row in rows if row.later_id is None or row.later_id in among]


def _columns(change: Change, speller: Speller) -> dict[str, Any]:
    return {
        "kind": ChangeKind(change.kind),
        "happened_on": change.happened_on,
        "sentence": speller.spell(change.sentence),
        "document_id": document_id_of(change.document),
    }


def _take_in(row: GoalChange, columns: dict[str, Any]) -> bool:
    """Bring a row up to what the machine finds. True if it changed."""
    changed = any(getattr(row, name) != value for name, value in columns.items())
    for name, value in columns.items():
        setattr(row, name, value)
    return changed
