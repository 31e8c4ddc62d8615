"""立项分解: goals with their tasks and milestones."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from reports.forms import MilestoneForm, TaskForm
from reports.models import Milestone, Task
from reports.services import breakdown as service
from reports.services.files import own_organisations
from tracker.access import may, requires, visible
from tracker.models import Goal, Review
from tracker.views.frame import as_of_day

from .common import act, page_of, read_date
from .months import refuse


def seen_goals(user: Any) -> QuerySet[Goal]:
    """Goals that a user may see broken down: one's own, and those of which one's organisation leads or helps with a task."""
    rows = Goal.objects.all()
    own = own_organisations(user)
    if own is None:
        return rows
    tasks = Task.objects.filter(Q(lead__in=own.values("pk")) | Q(partners__in=own.values("pk")))
    return rows.filter(Q(organisation__in=own.values("pk")) | Q(pk__in=tasks.values("goal_id")))


def marked_by(user: Any) -> QuerySet[Task]:
    """Tasks whose progress a user may mark: those of one's own goals, and those that one's organisation leads."""
    own = own_organisations(user)
    if own is None:
        return Task.objects.all()
    return Task.objects.filter(Q(goal__organisation__in=own.values("pk")) | Q(lead__in=own.values("pk")))


@requires("view")
@require_GET
def breakdown(request: HttpRequest) -> HttpResponse:
    """Goals that are broken down; with ?q= goals to choose from."""
    day = as_of_day(request)
    words = request.GET.get("q", "").strip()
    rows = seen_goals(request.user).exclude(review=Review.REJECTED).select_related("organisation")
    if words:
        page = page_of(request, rows.filter(indicator__icontains=words).order_by("-period_end", "-pk"))
    else:
        page = page_of(
            request, rows.annotate(number=Count("tasks")).filter(number__gt=0).order_by("-period_end", "-pk")
        )
    for goal in page:
        goal.roll_up = service.goal_progress(goal, day)
    context = {"title": gettext("立项分解"), "page": page, "q": words, "rule": service.RULE, "as_of_shown": day}
    return render(request, "reports/breakdown.html", context)


@requires("view")
@require_GET
def goal_breakdown(request: HttpRequest, pk: int) -> HttpResponse:
    day = as_of_day(request)
    goal = get_object_or_404(seen_goals(request.user).select_related("organisation"), pk=pk)
    context = {
        "title": gettext("立项分解"),
        "goal": goal,
        "roll_up": service.goal_progress(goal, day),
        "rule": service.RULE,
        "task_form": TaskForm(initial={"lead": goal.organisation_id, "owner": goal.owner, "deadline": goal.period_end}),
        "milestone_form": MilestoneForm(),
        "may_review": may(request.user, "review"),
        "sees_goal": visible(Goal.objects.filter(pk=pk), request.user).exists(),
        "own_tasks": set(marked_by(request.user).filter(goal=goal).values_list("pk", flat=True))
        if may(request.user, "report")
        else set(),
        "as_of_shown": day,
    }
    return render(request, "reports/goal_breakdown.html", context)


@requires("review")
@require_POST
def task_add(request: HttpRequest, pk: int) -> HttpResponse:
    goal = get_object_or_404(visible(Goal.objects.all(), request.user), pk=pk)
    form = TaskForm(request.POST)

    def work() -> str:
        if not form.is_valid():
            return refuse(form)
        fields = dict(form.cleaned_data)
        partners = fields.pop("partners")
        service.add_task(goal, fields, partners, user=request.user)
        return gettext("已加入任务。")

    return act(request, work, "reports:goal_breakdown", pk)


@requires("review")
@require_POST
def milestone_add(request: HttpRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(visible(Task.objects.all(), request.user, "goal__organisation"), pk=pk)
    form = MilestoneForm(request.POST)

    def work() -> str:
        if not form.is_valid():
            return refuse(form)
        service.add_milestone(task, form.cleaned_data, user=request.user)
        return gettext("已加入节点。")

    return act(request, work, "reports:goal_breakdown", task.goal_id)


@requires("report")
@require_POST
def done(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Mark a task or milestone as done on a day; without a day as not done."""
    if kind == "task":
        row = get_object_or_404(marked_by(request.user), pk=pk)
        goal = row.goal_id
    else:
        tasks = marked_by(request.user).values("pk")
        row = get_object_or_404(Milestone.objects.select_related("task").filter(task__in=tasks), pk=pk)
        goal = row.task.goal_id
    day = read_date(request.POST.get("done_on"))

    def work() -> str:
        if day is not None and day > timezone.localdate():
            raise service.RoundError(gettext("完成日期%(day)s在今天之后。") % {"day": day})
        service.set_done(row, day, user=request.user)
        return gettext("已记为%(day)s完成。") % {"day": day} if day else gettext("已改为未完成。")

    return act(request, work, "reports:goal_breakdown", goal)


@requires("review")
@require_POST
def remove(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    row: Task | Milestone
    if kind == "task":
        row = get_object_or_404(visible(Task.objects.all(), request.user, "goal__organisation"), pk=pk)
        goal = row.goal_id
    else:
        row = get_object_or_404(visible(Milestone.objects.all(), request.user, "task__goal__organisation"), pk=pk)
        goal = row.task.goal_id

    def work() -> str:
        service.remove(row, user=request.user, reason=request.POST.get("reason", ""))
        return gettext("已删除。")

    return act(request, work, "reports:goal_breakdown", goal)
