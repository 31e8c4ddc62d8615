"""What the monthly round knows about a goal, for the goal's own page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from reports.models import Extension, Notice
from reports.services.breakdown import goal_progress
from tracker.models import Goal

register = template.Library()
SHOWN = 5


@register.inclusion_tag("reports/_goal.html", takes_context=True)
def goal_round(context: Any, goal: Goal) -> dict[str, Any]:
    """Notices, requests for more time and breakdown of a goal, with what the user may do about them."""
    return {
        "goal": goal,
        "may": context.get("may", {}),
        "csrf_token": context.get("csrf_token"),
        "notices": Notice.objects.filter(goal=goal)[:SHOWN],
        "asked": Extension.objects.filter(goal=goal, state=Extension.State.ASKED).first(),
        "roll_up": goal_progress(goal, context.get("as_of") or timezone.localdate()),
    }
