"""Decisions on links, changes of goals, findings and statuses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from tracker.models import Finding, Goal, GoalChange, GoalStatus, Link, LinkState, Relation, Result, Status
from tracker.services import progress
from tracker.services.links import check_goals
from tracker.services.pacing import in_chunks

from .journal import CorrectionError, differences, save_changes, write_event
from .many import decide_all


def link(goal: Goal, result: Result, *, user: Any, relation: str = "", reason: str = "") -> Link:
    """A person says that this result answers this goal. An existing link is accepted."""
    with transaction.atomic():
        found = Link.objects.select_for_update().filter(goal=goal, result=result).first()
        if found is not None:
            return decide_link(found, LinkState.ACCEPTED, user=user, reason=reason, relation=relation)
        made = Link(
            goal=goal, result=result, relation=relation or progress.relation_of(goal, result), score=1.0,
            reasons=["人工关联"], state=LinkState.ACCEPTED, decided_by=user, decided_at=timezone.now(),
        )  # fmt: skip
        save_changes(made, {}, user=user, reason=reason)
        write_event(
            "link", made, user=user, reason=reason, changes={"state": [None, LinkState.ACCEPTED]},
            summary=f"关联“{goal.indicator}” ← “{result.indicator}”",
        )  # fmt: skip
    look_again(goal.pk)
    return made


def look_again(*goals: int) -> None:
    """Answers of these goals have changed: their progress, and what does not add up about them."""
    progress.refresh(goals)
    check_goals(goals)


def decide_link(link: Link, state: str, *, user: Any, reason: str = "", relation: str = "") -> Link:
    """Accept or reject a link, or lay it open again (proposed). A rejected pair is not proposed again."""
    wanted: dict[str, Any] = {"state": state, "relation": relation or link.relation}
    if wanted["relation"] not in Relation.values or state not in LinkState.values:
        raise CorrectionError(gettext("没有这样的关联状态。"))
    with transaction.atomic():
        changed = differences(link, wanted)
        wanted |= {"decided_by": user, "decided_at": timezone.now()}
        if state == LinkState.PROPOSED:
            wanted |= {"decided_by": None, "decided_at": None}
        changed |= differences(link, {"decided_by": wanted["decided_by"]})
        save_changes(link, wanted, user=user, reason=reason)
        word = {"accepted": "采纳关联", "rejected": "否决关联", "proposed": "重新待定关联"}[state]
        write_event(
            f"link_{state}", link, user=user, reason=reason, changes=changed,
            summary=f"{word}“{link.goal.indicator}” ← “{link.result.indicator}”",
        )  # fmt: skip
    look_again(link.goal_id)
    return link


def accept_links(links: Iterable[Link], *, user: Any) -> int:
    """Accept many proposed links as one action that one undo takes back. Returns how many."""
    waiting = [row for row in links if row.state == LinkState.PROPOSED]
    return _decide_all(waiting, LinkState.ACCEPTED, user=user, verb="采纳关联", action="accept_links")


def reject_links(links: Iterable[Link], *, user: Any, reason: str = "") -> int:
    """Reject many links as one action that one undo takes back. Returns how many."""
    standing = [row for row in links if row.state != LinkState.REJECTED]
    return _decide_all(standing, LinkState.REJECTED, user=user, reason=reason, verb="否决关联", action="reject_links")


def _decide_all(links: Iterable[Link], state: str, *, user: Any, verb: str, action: str, reason: str = "") -> int:
    wanted = {"state": state, "decided_by": user}
    done = decide_all(links, wanted, user=user, reason=reason, verb=verb, action=action, part=f"link_{state}").get(Link, [])
    if done:
        look_again(*goals_of(done))
    return len(done)


def goals_of(links: Sequence[int]) -> list[int]:
    """The goals that these links answer."""
    found: set[int] = set()
    for some in in_chunks(links):
        found.update(Link.objects.filter(pk__in=some).order_by().values_list("goal_id", flat=True))
    return sorted(found)


def decide_change(change: GoalChange, state: str, *, user: Any, reason: str = "") -> GoalChange:
    """A person confirms (accepted) or denies (rejected) that a goal was said again, lowered, postponed, dropped …"""
    with transaction.atomic():
        changed = differences(change, {"state": state, "decided_by": user})
        change.state, change.decided_by, change.decided_at = state, user, timezone.now()
        change.save()
        write_event(
            f"change_{state}", change, user=user, reason=reason, changes=changed,
            summary=f"{LinkState(state).label}：目标“{change.goal.indicator}”{change.get_kind_display()}",
        )  # fmt: skip
    progress.refresh([pk for pk in (change.goal_id, change.later_id) if pk])
    return change


def resolve_finding(finding: Finding, *, user: Any, resolution: str) -> Finding:
    """A person has looked at what does not add up, and says what to make of it."""
    if not resolution.strip():
        raise CorrectionError(gettext("请写明处理意见。"))
    with transaction.atomic():
        changed = differences(finding, {"resolution": resolution, "resolved_by": user})
        finding.resolution, finding.resolved_by, finding.resolved_at = resolution[:300], user, timezone.now()
        finding.save()
        write_event(
            "resolve", finding, user=user, reason=resolution, changes=changed,
            summary=f"处理疑点：{finding.get_kind_display()}",
        )  # fmt: skip
    return finding


def decide_status(goal: Goal, as_of: date, status: str, *, user: Any, reason: str) -> GoalStatus:
    """核定: a named reviewer's word on a goal as of a date, with the reason. "" takes the word back."""
    if status and status not in Status.values:
        raise CorrectionError(gettext("没有这样的状态。"))
    if not reason.strip():
        raise CorrectionError(gettext("核定状态要写明理由。"))
    row = progress.status_of(goal, as_of)
    with transaction.atomic():
        changed = differences(row, {"decided": status, "decided_reason": reason[:300]})
        row.decided, row.decided_reason = status, reason[:300] if status else ""
        row.decided_by, row.decided_at = (user, timezone.now()) if status else (None, None)
        progress.settle(row)
        row.save()
        progress.refresh([goal.pk])
        write_event(
            "decide_status", row, user=user, reason=reason, changes=changed,
            summary=f"核定“{goal.indicator}”截至{as_of}：{Status(status).label if status else '撤回核定'}",
        )  # fmt: skip
    return row
