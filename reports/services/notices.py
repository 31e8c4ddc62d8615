"""催办 and 督办: finding what to chase, sending, replying, going one step up, granting more time."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from reports.ledger.rows import describe_target, plain
from reports.models import Channel, Condition, Extension, Notice, NoticeRule, NoticeState, Rhythm, Step
from reports.services import delivery
from reports.services.months import RoundError, last_month_end
from tracker.models import Event, Goal, GoalStatus, Review, Status
from tracker.services import corrections, progress

OPEN = (NoticeState.SENT, NoticeState.REPLIED)
REPLY_DAYS = 5
DEFAULT_RULES = (
    {"name": "临期提醒", "condition": Condition.DUE_SOON, "rhythm": Rhythm.WEEKLY, "day": 1, "days": 30},
    {"name": "滞后催办", "condition": Condition.BEHIND, "rhythm": Rhythm.MONTHLY, "day": 10, "gap": 10},
    {"name": "逾期督办", "condition": Condition.OVERDUE, "rhythm": Rhythm.MONTHLY, "day": 10},
    {"name": "无人回应催报", "condition": Condition.UNANSWERED, "rhythm": Rhythm.MONTHLY, "day": 10},
)


def ensure_rules() -> None:
    """An office that has set no rule starts with these four, switched off: nothing is sent before somebody wants it."""
    if not NoticeRule.objects.exists():
        for fields in DEFAULT_RULES:
            NoticeRule.objects.create(active=False, **fields)


def is_due(rule: NoticeRule, today: date) -> bool:
    """Whether a rule's turn has come. A day that was missed is made up for within the same week or month."""
    ran = rule.ran_on
    if rule.rhythm == Rhythm.DAILY:
        return ran != today
    if rule.rhythm == Rhythm.WEEKLY:
        monday = today - timedelta(days=today.weekday())
        return today.isoweekday() >= min(rule.day, 7) and (ran is None or ran < monday)
    return today.day >= rule.day and (ran is None or ran < today.replace(day=1))


def find_targets(rule: NoticeRule, as_of: date, today: date) -> QuerySet[GoalStatus]:
    """Goals that a rule chases: not closed, not reached, with no open notice, and not chased for the same reason this month."""
    rows = GoalStatus.objects.filter(as_of=as_of, goal__closed_on__isnull=True)
    rows = rows.exclude(goal__review=Review.REJECTED).exclude(status__in=[Status.DONE, Status.ADJUSTED])
    this_month = Q(condition=rule.condition, sent_at__date__gte=today.replace(day=1))
    chased = Notice.objects.filter(Q(state__in=OPEN) | this_month)
    rows = rows.exclude(goal__in=chased.values("goal"))
    if rule.condition == Condition.DUE_SOON:
        rows = rows.filter(goal__period_end__range=(today, today + timedelta(days=rule.days)))
    elif rule.condition == Condition.BEHIND:
        far = Q(gap__isnull=True) | Q(gap__lt=-rule.gap)
        rows = rows.filter(far, status__in=[Status.BEHIND, Status.AT_RISK])
    elif rule.condition == Condition.OVERDUE:
        rows = rows.filter(status=Status.OVERDUE)
    else:
        rows = rows.filter(answers=0, status=Status.NO_DATA)
    return rows.select_related("goal__organisation", "result").order_by("goal__organisation__name", "goal_id")


USUAL = {Status.OVERDUE: Condition.OVERDUE, Status.NO_DATA: Condition.UNANSWERED}


def usual_condition(goals: Sequence[Goal], as_of: date) -> str:
    """What a notice sent by hand is most likely about: what holds for most of the goals chosen."""
    progress.ensure_statuses(as_of)
    statuses = GoalStatus.objects.filter(as_of=as_of, goal__in=goals).values_list("status", flat=True)
    found = Counter(USUAL.get(Status(status), Condition.BEHIND) for status in statuses)
    return found.most_common(1)[0][0] if found else Condition.BEHIND


def chasing_day(today: date) -> date:
    """The date whose progress is chased, worked out: the newest with data, but no older than the end of last month.

    Where no document has come in for months, what has become overdue since is chased all the same.
    """
    as_of = max(progress.default_as_of(), last_month_end(today))
    progress.ensure_statuses(as_of)
    return as_of


def run_rules(today: date) -> list[Notice]:
    """What the schedule does every day: settle, go one step up where nobody replied, send what is due."""
    ensure_rules()
    as_of = chasing_day(today)
    settle_notices(as_of)
    sent = escalate_late(today)
    for rule in NoticeRule.objects.filter(active=True):
        if is_due(rule, today) and _take(rule, today):
            sent += run_rule(rule, as_of, today)
    return sent


def _take(rule: NoticeRule, today: date) -> bool:
    """Of two workers that run the rule at once only one gets it."""
    return bool(NoticeRule.objects.filter(pk=rule.pk, ran_on=rule.ran_on).update(ran_on=today))


def run_rule(rule: NoticeRule, as_of: date, today: date, *, user: Any = None) -> list[Notice]:
    """Send one rule's notices now."""
    due_on = today + timedelta(days=rule.reply_days)
    made = [
        _create(row.goal, rule.condition, as_of, due_on, rule=rule, user=user, status=row)
        for row in find_targets(rule, as_of, today)
    ]
    notices = [notice for notice in made if notice is not None]
    delivery.deliver(notices, rule.channels)
    return notices


def send_notice(
    goal: Goal,
    condition: str,
    *,
    user: Any,
    due_on: date,
    step: int = Step.NOTE,
    words: str = "",
    as_of: date | None = None,
) -> Notice:
    """Send one notice by hand, on all channels. Raises RoundError for a closed goal or one that is being chased."""
    if goal.closed_on:
        raise RoundError(gettext("“%(indicator)s”已于%(closed_on)s销号，不再催办。") % {"indicator": goal.indicator, "closed_on": goal.closed_on})
    as_of = as_of or progress.default_as_of()
    notice = _create(
        goal, condition, as_of, due_on, user=user, step=step, words=words, status=progress.status_of(goal, as_of)
    )  # fmt: skip
    if notice is None:
        raise RoundError(gettext("“%(indicator)s”已有未办结的通知，请在原通知上升级。") % {"indicator": goal.indicator})
    delivery.deliver([notice], list(Channel.values))
    return notice


def _create(
    goal: Goal,
    condition: str,
    as_of: date,
    due_on: date,
    *,
    status: GoalStatus | None = None,
    rule: NoticeRule | None = None,
    user: Any = None,
    step: int = Step.NOTE,
    words: str = "",
    follows: Notice | None = None,
) -> Notice | None:
    """A notice in the database, or None when the goal is being chased already."""
    notice = Notice(
        number=uuid.uuid4().hex[:30], goal=goal, organisation=goal.organisation, owner=goal.owner, rule=rule,
        condition=condition, step=step, as_of=as_of, sent_by=user, due_on=due_on, follows=follows,
        body=words.strip() or compose(goal, condition, as_of, due_on, status, step),
    )  # fmt: skip
    try:
        with transaction.atomic():
            notice.save()
            notice.number = f"{as_of.year}-{notice.pk:05d}"
            notice.save(update_fields=["number"])
            _record("notice", notice, user, f"{notice}：{goal.organisation}“{goal.indicator}”，{due_on}前回复")
    except IntegrityError:
        return None
    return notice


def _record(action: str, row: Any, user: Any, summary: str, reason: str = "") -> None:
    Event.objects.create(
        user=user, action=action, model=row._meta.model_name, object_id=row.pk, summary=summary[:400], reason=reason[:300]
    )  # fmt: skip


REASONS = {
    Condition.DUE_SOON: "即将到期，尚未完成",
    Condition.BEHIND: "落后于序时进度",
    Condition.OVERDUE: "已过完成时限，尚未完成",
    Condition.UNANSWERED: "至今没有报告进展",
}
ASKS = {
    Step.NOTE: "请于{due}前回复进展情况、存在问题和下步措施。",
    Step.SUPERVISION: "请查明原因，落实整改，于{due}前书面回复整改措施和完成时间。",
    Step.TALK: "请主要负责人于{due}前到督查部门说明情况，并带整改方案。",
}


def compose(goal: Goal, condition: str, as_of: date, due_on: date, status: GoalStatus | None, step: int) -> str:
    """The words of a notice: the goal, how far it is, why it is chased, what is asked by when."""
    target = describe_target(goal.value, goal.unit, goal.comparator, goal.value_max)
    facts = [f"目标{target}" if target else "", f"完成时限{goal.period_end}" if goal.period_end else ""]
    lines = [
        f"{goal.organisation}承担的“{goal.indicator}”{_in_brackets(facts)}，截至{as_of}{REASONS[Condition(condition)]}。"
    ]
    if status is not None and status.value is not None:
        lines.append(f"目前完成{plain(status.value)}{goal.unit}{_numbers(status)}。")
    elif status is not None and not status.answers:
        lines.append("没有找到任何回应。")
    lines.append(ASKS[Step(step)].format(due=due_on))
    return "".join(lines)


def _in_brackets(facts: Sequence[str]) -> str:
    words = "，".join(filter(None, facts))
    return f"（{words}）" if words else ""


def _numbers(status: GoalStatus) -> str:
    if status.completion is None:
        return ""
    words = f"，完成率{float(status.completion) * 100:.1f}%"
    if status.time_share is not None and status.gap is not None:
        side = "超前" if status.gap >= 0 else "落后"
        words += f"，序时进度{float(status.time_share) * 100:.1f}%，{side}{abs(float(status.gap)):.1f}个百分点"
    return words


def reply(notice: Notice, *, user: Any, words: str) -> Notice:
    """The organisation's answer."""
    if not words.strip():
        raise RoundError(gettext("回复不能为空：请写明进展、存在问题和下步措施。"))
    now = timezone.now()
    done = Notice.objects.filter(pk=notice.pk, state__in=OPEN).update(
        state=NoticeState.REPLIED, reply=words.strip(), replied_by=user, replied_at=now
    )
    if not done:
        raise RoundError(gettext("这件通知已经办结或升级，不能再回复。"))
    _record("notice_reply", notice, user, f"回复{notice}")
    notice.refresh_from_db()
    return notice


def close(notice: Notice, *, user: Any, reason: str = "") -> Notice:
    """办结: nothing more is asked for."""
    _finish(notice, user)
    _record("notice_close", notice, user, f"办结{notice}", reason)
    notice.refresh_from_db()
    return notice


def _finish(notice: Notice, user: Any) -> None:
    done = Notice.objects.filter(pk=notice.pk, state__in=OPEN).update(
        state=NoticeState.CLOSED, closed_by=user, closed_at=timezone.now()
    )
    if not done:
        raise RoundError(gettext("这件通知已经办结或升级。"))


def escalate(notice: Notice, *, user: Any = None, today: date, reply_days: int = REPLY_DAYS) -> Notice:
    """工作提示单 → 督办单 → 约谈: a new notice one step up, the old one marked."""
    if notice.step >= Step.TALK:
        raise RoundError(gettext("已到约谈，没有更高一步。"))
    if notice.goal.closed_on:
        raise RoundError(gettext("“%(indicator)s”已销号，不再催办。") % {"indicator": notice.goal.indicator})
    status = GoalStatus.objects.filter(goal=notice.goal, as_of=notice.as_of).first()
    with transaction.atomic():
        moved = Notice.objects.filter(pk=notice.pk, state__in=OPEN).update(state=NoticeState.ESCALATED)
        if not moved:
            raise RoundError(gettext("这件通知已经办结或升级。"))
        made = _create(
            notice.goal, notice.condition, notice.as_of, today + timedelta(days=reply_days), status=status,
            rule=notice.rule, user=user, step=notice.step + 1, follows=notice,
        )  # fmt: skip
        if made is None:
            raise RoundError(gettext("这项目标已有另一件未办结的通知。"))
    delivery.deliver([made], notice.rule.channels if notice.rule else list(Channel.values))
    return made


def escalate_late(today: date) -> list[Notice]:
    """One step up for notices that nobody answered in time, where the rule says so."""
    late = Notice.objects.filter(state=NoticeState.SENT, due_on__lt=today, step__lt=Step.TALK, rule__escalate=True)
    late = late.filter(goal__closed_on__isnull=True).select_related("goal__organisation", "rule")
    return [escalate(notice, today=today, reply_days=notice.rule.reply_days) for notice in late.order_by("pk")]


def settle_notices(as_of: date) -> int:
    """Open notices of goals that are reached or closed by now are closed. Returns how many."""
    reached = GoalStatus.objects.filter(as_of=as_of, status=Status.DONE).values("goal")
    rows = Notice.objects.filter(state__in=OPEN).filter(Q(goal__in=reached) | Q(goal__closed_on__isnull=False))
    for notice in rows:
        close(notice, user=None, reason="目标已完成或已销号")
    return len(rows)


def ask_extension(goal: Goal, deadline: date, *, user: Any, reason: str, notice: Notice | None = None) -> Extension:
    """Ask for a later deadline."""
    if not reason.strip():
        raise RoundError(gettext("申请延期要写明理由。"))
    if goal.period_end and deadline <= goal.period_end:
        raise RoundError(gettext("新时限%(deadline)s没有晚于现时限%(period_end)s。") % {"deadline": deadline, "period_end": goal.period_end})
    try:
        with transaction.atomic():
            made = Extension.objects.create(
                goal=goal, notice=notice, deadline=deadline, previous=goal.period_end, reason=reason.strip()[:300], asked_by=user
            )  # fmt: skip
            _record("extension_ask", made, user, f"申请延期“{goal.indicator}”至{deadline}", reason)
    except IntegrityError as error:
        raise RoundError(gettext("这项目标已有待审批的延期申请。")) from error
    return made


def decide_extension(extension: Extension, granted: bool, *, user: Any, decision: str = "") -> Extension:
    """Grant or refuse. A grant moves the deadline; the original one stays with the goal."""
    State = Extension.State
    state = State.GRANTED if granted else State.REFUSED
    with transaction.atomic():
        done = Extension.objects.filter(pk=extension.pk, state=State.ASKED).update(
            state=state, decided_by=user, decided_at=timezone.now(), decision=decision.strip()[:300]
        )
        if not done:
            raise RoundError(gettext("这份延期申请已经审批过了。"))
        extension.refresh_from_db()
        _record(
            "extension_decide",
            extension,
            user,
            f"{state.label}：“{extension.goal.indicator}”延期至{extension.deadline}",
            decision,
        )
        if granted:
            words = f"同意延期申请：{extension.reason}"
            corrections.extend_deadline(extension.goal, extension.deadline, user=user, reason=words)
    return extension
