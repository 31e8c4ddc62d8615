"""What a change of rules, words or names would do, worked out before it is saved."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from tracker.models import Alias, Document, Goal, GoalStatus, Light, Organisation, Result, Rules, Word
from tracker.services import progress

# more than these are not tried: nobody waits for a preview
MOST_GOALS = 3000
SHOWN = 12


@dataclass
class Effect:
    """Lights before and after, and the goals whose light would change."""

    tried: int
    total: int
    before: dict[str, int]
    after: dict[str, int]
    changed: list[tuple[Any, str, str]]
    changed_count: int

    @property
    def rows(self) -> list[tuple[str, int, int]]:
        return [(light.label, self.before.get(light, 0), self.after.get(light, 0)) for light in Light]


def effect_of_rules(rules: Rules) -> Effect:
    """The lights of the newest date under these rules, tried in a transaction that is taken back."""
    day = progress.default_as_of()
    progress.ensure_statuses(day)
    now = GoalStatus.objects.filter(as_of=day).order_by("goal_id")
    before = dict(now.values_list("goal_id", "light")[:MOST_GOALS])
    total = now.count()
    with transaction.atomic():
        rules.save()
        progress.refresh(before)
        progress.ensure_statuses(day)
        after = dict(GoalStatus.objects.filter(as_of=day, goal_id__in=before).values_list("goal_id", "light"))
        transaction.set_rollback(True)
    different = [goal for goal in before if after.get(goal) != before[goal]]
    goals = Goal.objects.select_related("organisation").in_bulk(different[:SHOWN])
    changed = [
        (goals[goal], Light(before[goal]).label, Light(after[goal]).label)
        for goal in different[:SHOWN]
        if goal in after
    ]
    return Effect(len(before), total, Counter(before.values()), Counter(after.values()), changed, len(different))


def effect_of_word(word: Word) -> dict[str, int]:
    """How many documents and records hold this word: those that a new reading could change."""
    if not word.text.strip():
        return {"documents": 0, "goals": 0, "results": 0}
    holds = Q(quote__contains=word.text) | Q(indicator__contains=word.text)
    return {
        "documents": Document.objects.filter(content__contains=word.text).count(),
        "goals": Goal.objects.filter(holds).count(),
        "results": Result.objects.filter(holds).count(),
    }


def effect_of_alias(alias: Alias) -> dict[str, Any]:
    """The body that goes by this name now, if there is one, and what moves from it to the alias's body."""
    other = Organisation.objects.filter(name=alias.name.strip()).exclude(pk=alias.organisation_id).first()
    return {
        "to": alias.organisation,
        "other": other,
        "documents": Document.objects.filter(issuer=other).count() if other else 0,
        "goals": other.goals.count() if other else 0,
        "results": other.results.count() if other else 0,
    }
