"""立项分解: a goal as tasks and milestones, and how their progress rolls up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from reports.models import Milestone, Task
from reports.services.months import RoundError
from tracker.models import Event, Goal, Organisation

HUNDRED = Decimal(100)
RULE = gettext_lazy(
    "任务进度＝已完成节点的比重之和÷全部节点的比重之和；没有节点的任务，完成记100%，未完成记0。"
    "目标进度＝各任务进度按权重加权平均。应达进度只把节点（没有节点的看任务时限）已到期的部分算作完成。"
)


@dataclass(frozen=True)
class TaskProgress:
    """Progress of a task as of a day, in per cent: what is done, and what should be done by then."""

    task: Task
    milestones: Sequence[Milestone]
    done: Decimal
    due: Decimal
    late: Sequence[Milestone]


@dataclass(frozen=True)
class GoalProgress:
    """Roll-up of a goal's tasks, in per cent, with the sum in words."""

    tasks: Sequence[TaskProgress]
    done: Decimal
    due: Decimal
    arithmetic: str


def _share(milestones: Iterable[Milestone], whole: Decimal, counts: Any) -> Decimal:
    return sum((each.share for each in milestones if counts(each)), Decimal(0)) / whole * HUNDRED


def task_progress(task: Task, as_of: date) -> TaskProgress:
    """Apply the written rule to one task."""
    milestones = list(task.milestones.all())
    whole = sum((each.share for each in milestones), Decimal(0))
    if not milestones or whole == 0:
        done = HUNDRED if task.done_on and task.done_on <= as_of else Decimal(0)
        due = HUNDRED if task.deadline and task.deadline <= as_of else Decimal(0)
        return TaskProgress(task, milestones, done, due, [])
    done = _share(milestones, whole, lambda each: each.done_on is not None and each.done_on <= as_of)
    due = _share(milestones, whole, lambda each: each.due_on <= as_of)
    late = [each for each in milestones if each.due_on <= as_of and (each.done_on is None or each.done_on > as_of)]
    return TaskProgress(task, milestones, round(done, 1), round(due, 1), late)


def goal_progress(goal: Goal, as_of: date) -> GoalProgress | None:
    """The roll-up of a goal, or None when it is not broken down."""
    tasks = [
        task_progress(task, as_of)
        for task in goal.tasks.select_related("lead").prefetch_related("milestones", "partners")
    ]
    weight = sum((each.task.weight for each in tasks), Decimal(0))
    if not tasks or weight == 0:
        return None
    done = round(sum((each.done * each.task.weight for each in tasks), Decimal(0)) / weight, 1)
    due = round(sum((each.due * each.task.weight for each in tasks), Decimal(0)) / weight, 1)
    parts = gettext("＋").join(f"{each.done:f}%×{each.task.weight.normalize():f}" for each in tasks)
    places = {"parts": parts, "weight": f"{weight.normalize():f}", "done": f"{done:f}", "due": f"{due:f}"}
    return GoalProgress(tasks, done, due, gettext("（%(parts)s）÷%(weight)s＝%(done)s%%，应达%(due)s%%") % places)


def add_task(goal: Goal, fields: dict[str, Any], partners: Iterable[Organisation], *, user: Any) -> Task:
    """A new part of a goal, at the end."""
    if goal.period_end and fields.get("deadline") and fields["deadline"] > goal.period_end:
        raise RoundError(gettext("任务时限%(deadline)s晚于目标时限%(period_end)s。") % {"deadline": fields["deadline"], "period_end": goal.period_end})
    with transaction.atomic():
        task = Task.objects.create(goal=goal, position=goal.tasks.count() + 1, **fields)
        task.partners.set([each for each in partners if each.pk != task.lead_id])
        _record("task_add", task, user, f"分解“{goal.indicator}”：{task.title}，牵头{task.lead}")
    return task


def add_milestone(task: Task, fields: dict[str, Any], *, user: Any) -> Milestone:
    """A new 形象进度 of a task. The shares of a task must not go beyond 100 %."""
    used = sum((each.share for each in task.milestones.all()), Decimal(0))
    if used + fields["share"] > HUNDRED:
        raise RoundError(gettext("比重合计不能超过100%%：已有%(used)s%%，还能填%(left)s%%。") % {"used": format(used.normalize(), "f"), "left": format((HUNDRED - used).normalize(), "f")})
    milestone = Milestone.objects.create(task=task, **fields)
    _record("milestone_add", milestone, user, f"{task.title}：{milestone.due_on}，{milestone.sentence}")
    return milestone


def set_done(row: Task | Milestone, day: date | None, *, user: Any) -> None:
    """Mark a task or milestone as done on a day, or as not done."""
    row.done_on = day
    row._change_reason = f"完成于{day}" if day else "改为未完成"
    row.save()
    _record("breakdown_done", row, user, f"{row}：{row._change_reason}")


def remove(row: Task | Milestone, *, user: Any, reason: str) -> None:
    if not reason.strip():
        raise RoundError(gettext("删除分解内容要写明理由。"))
    _record("breakdown_remove", row, user, f"删除{row._meta.verbose_name}：{row}", reason)
    row.delete()


def _record(action: str, row: Any, user: Any, summary: str, reason: str = "") -> None:
    Event.objects.create(
        user=user, action=action, model=row._meta.model_name, object_id=row.pk, summary=summary[:400], reason=reason[:300]
    )  # fmt: skip
