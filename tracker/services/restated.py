"""A goal that a later document of the same body says again, with the very same number and deadline: listed, not counted twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F

from tracker.matching.units import convert
from tracker.models import ChangeKind, GoalChange, LinkState, Review

FIELDS = (
    "goal_id", "later_id", "state", "goal__value", "goal__value_max", "goal__unit", "later__value", "later__value_max",
    "later__unit", "goal__document__title", "goal__document__name",
)  # fmt: skip


def find_restated(as_of: date) -> dict[int, str]:
    """goal → why it is not counted: 重申待确认，与《…》所提的G54为同一目标，不计入合计.

    A restatement that a person has rejected counts as a goal of its own; one that nobody has looked at yet is marked 待确认.
    """
    changes = GoalChange.objects.filter(kind=ChangeKind.REPEATED, happened_on__lte=as_of, later__isnull=False)
    changes = changes.exclude(state=LinkState.REJECTED).exclude(goal__review=Review.REJECTED)
    changes = changes.exclude(later__review=Review.REJECTED).filter(
        later__organisation=F("goal__organisation"), later__period_end=F("goal__period_end")
    )
    changes = changes.filter(goal__statuses__as_of=as_of)  # what is counted instead must stand in the same ledger
    found: dict[int, str] = {}
    originals: dict[int, int] = {}
    for values in changes.order_by("pk").values_list(*FIELDS).iterator():
        row = dict(zip(FIELDS, values, strict=True))
        if row["later_id"] not in found and _same_amount(row) and _root(row["goal_id"], originals) != row["later_id"]:
            originals[row["later_id"]] = row["goal_id"]
            word = "重申" if row["state"] == LinkState.ACCEPTED else "重申待确认"
            document = row["goal__document__title"] or row["goal__document__name"]
            place = f"《{document}》所提的" if document else ""
            found[row["later_id"]] = f"{word}，与{place}G{row['goal_id']}为同一目标，不计入合计"
    return found


def _root(goal: int, originals: dict[int, int]) -> int:
    """The first of a chain of restatements: it is the one that counts, so it must not be said to repeat one of its own."""
    while goal in originals:
        goal = originals[goal]
    return goal


def _same_amount(row: dict[str, Any]) -> bool:
    """Equal numbers, also in another unit: 1.5万个 and 15000个; two goals without a number are told apart by the link alone."""
    return all(
        _equal(row[f"goal__{name}"], row[f"later__{name}"], row["goal__unit"], row["later__unit"])
        for name in ("value", "value_max")
    )


def _equal(old: Decimal | None, new: Decimal | None, unit: str, later_unit: str) -> bool:
    if old is None or new is None:
        return old is new
    return (new if later_unit == unit else convert(new, later_unit, unit)) == old
