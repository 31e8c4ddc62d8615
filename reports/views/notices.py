"""督办: notices, rules of chasing, replies, steps, extensions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from reports.forms import ExtensionForm, ReplyForm, RuleForm, SendForm
from reports.models import Delivery, Extension, Notice, NoticeRule, NoticeState, Step
from reports.services import notices as service
from reports.services.months import RoundError
from tracker.access import may, requires, visible
from tracker.models import Goal
from tracker.views.frame import as_of_day

from .common import act, page_of, seen_organisations
from .months import refuse

MANY = 200


def seen_notices(user: Any) -> QuerySet[Notice]:
    rows = Notice.objects.select_related("goal", "organisation", "rule", "replied_by", "sent_by")
    return visible(rows, user)


@requires("view")
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """All notices that one may see; open ones first to be looked at."""
    rows = seen_notices(request.user)
    counts = dict(rows.order_by().values_list("state").annotate(number=Count("pk")))
    state, step = request.GET.get("state", ""), request.GET.get("step", "")
    if state in NoticeState.values:
        rows = rows.filter(state=state)
    if step.isdigit() and int(step) in Step.values:
        rows = rows.filter(step=int(step))
    if request.GET.get("organisation", "").isdigit():
        rows = rows.filter(organisation=request.GET["organisation"])
    extensions = visible(
        Extension.objects.filter(state=Extension.State.ASKED), request.user, "goal__organisation"
    ).select_related("goal__organisation", "asked_by")
    context = {
        "title": gettext("督办"),
        "page": page_of(request, rows),
        "states": [(value, label, counts.get(value, 0)) for value, label in NoticeState.choices],
        "steps": Step.choices,
        "state": state,
        "step": step,
        "organisations": seen_organisations(request.user),
        "today": timezone.localdate(),
        "extensions": extensions[:MANY],
        "may_notify": may(request.user, "notify"),
        "may_decide": may(request.user, "decide"),
    }
    return render(request, "reports/notices.html", context)


@requires("view")
@require_GET
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(seen_notices(request.user), pk=pk)
    Delivery.objects.filter(notice=row, user=request.user, channel="app", read_at__isnull=True).update(
        read_at=timezone.now()
    )
    extensions = list(row.goal.extensions.select_related("asked_by", "decided_by"))
    context = {
        "title": gettext("%(step)s%(number)s") % {"step": gettext(row.get_step_display()), "number": row.number},
        "notice": row,
        "chain": chain_of(row),
        "deliveries": row.deliveries.select_related("user"),
        "extensions": extensions,
        "asked": any(each.state == Extension.State.ASKED for each in extensions),
        "reply_form": ReplyForm(),
        "extension_form": ExtensionForm(),
        "open": row.state in service.OPEN,
        "may_report": may(request.user, "report"),
        "may_notify": may(request.user, "notify"),
        "may_decide": may(request.user, "decide"),
        "higher": gettext(Step(row.step + 1).label) if row.step < Step.TALK else "",
        "today": timezone.localdate(),
    }
    return render(request, "reports/notice.html", context)


def chain_of(row: Notice) -> list[Notice]:
    """The notices that led here, oldest first, and those that followed."""
    found = [row]
    while found[0].follows is not None:
        found.insert(0, found[0].follows)
    while (following := Notice.objects.filter(follows=found[-1]).first()) is not None:
        found.append(following)
    return found


@requires("report")
@require_POST
def notice_reply(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(seen_notices(request.user), pk=pk)

    def work() -> str:
        service.reply(row, user=request.user, words=request.POST.get("words", ""))
        return gettext("回复已提交。")

    return act(request, work, "reports:notice", pk)


@requires("notify")
@require_POST
def notice_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Close, or go one step up."""
    row = get_object_or_404(seen_notices(request.user), pk=pk)
    if request.POST.get("action") == "escalate":
        try:
            made = service.escalate(row, user=request.user, today=timezone.localdate())
        except RoundError as error:
            messages.error(request, str(error))
            return redirect("reports:notice", pk)
        messages.success(request, gettext("已升级为%(made)s。") % {"made": made})
        return redirect("reports:notice", made.pk)

    def work() -> str:
        service.close(row, user=request.user, reason=request.POST.get("reason", ""))
        return gettext("已办结。")

    return act(request, work, "reports:notice", pk)


@requires("notify")
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest) -> HttpResponse:
    """Send notices by hand about the goals named in the address: ?goal=1&goal=2."""
    asked = request.POST.getlist("goal") or request.GET.getlist("goal")
    goals = list(visible(Goal.objects.filter(pk__in=[pk for pk in asked if pk.isdigit()][:MANY]), request.user))
    if not goals:
        messages.error(request, gettext("请先在目标台账中选择要催办的目标。"))
        return redirect("reports:notices")
    posted = request.method == "POST" and "due_on" in request.POST
    due_on = timezone.localdate() + timedelta(days=service.REPLY_DAYS)
    first = {"due_on": due_on, "condition": service.usual_condition(goals, as_of_day(request))}
    form = SendForm(request.POST) if posted else SendForm(initial=first)
    if posted and form.is_valid():
        sent = _send_all(request, goals, form.cleaned_data)
        if sent:
            messages.success(request, gettext("已发出%(sent)s件。") % {"sent": sent})
        return redirect("reports:notices")
    return render(request, "reports/send.html", {"title": gettext("催办"), "form": form, "goals": goals})


def _send_all(request: HttpRequest, goals: list[Goal], chosen: dict[str, Any]) -> int:
    sent = 0
    for goal in goals:
        try:
            service.send_notice(goal, user=request.user, as_of=as_of_day(request), **chosen)
            sent += 1
        except RoundError as error:
            messages.error(request, str(error))
    return sent


@requires("notify")
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    service.ensure_rules()
    context = {"title": gettext("催办规则"), "rules": NoticeRule.objects.all()}
    return render(request, "reports/rules.html", context)


@requires("notify")
@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, pk: int = 0) -> HttpResponse:
    row = get_object_or_404(NoticeRule, pk=pk) if pk else None
    form = RuleForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, gettext("规则已保存。"))
        return redirect("reports:rules")
    return render(request, "reports/rule.html", {"title": row.name if row else gettext("新规则"), "form": form, "rule": row})


@requires("notify")
@require_POST
def rule_run(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(NoticeRule, pk=pk)

    def work() -> str:
        today = timezone.localdate()
        sent = service.run_rule(row, service.chasing_day(today), today, user=request.user)
        return gettext("“%(name)s”发出%(n)s件。") % {"name": row.name, "n": len(sent)} if sent else gettext("“%(name)s”没有需要催办的目标。") % {"name": row.name}

    return act(request, work, "reports:notices")


@requires("report")
@require_POST
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for more time for a goal."""
    goal = get_object_or_404(visible(Goal.objects.all(), request.user), pk=pk)
    asked = request.POST.get("notice", "")
    about = seen_notices(request.user).filter(pk=asked, goal=goal).first() if asked.isdigit() else None
    form = ExtensionForm(request.POST)

    def work() -> str:
        if not form.is_valid():
            return refuse(form)
        service.ask_extension(goal, user=request.user, notice=about, **form.cleaned_data)
        return gettext("延期申请已提交，等待督查部门审批；原定时限仍会保留。")

    return act(request, work, "reports:notice", about.pk) if about else act(request, work, "goal", pk)


@requires("decide")
@require_POST
def extension_decide(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(visible(Extension.objects.all(), request.user, "goal__organisation"), pk=pk)
    granted = request.POST.get("action") == "grant"

    def work() -> str:
        service.decide_extension(row, granted, user=request.user, decision=request.POST.get("decision", ""))
        return gettext("已同意延期至%(deadline)s。") % {"deadline": row.deadline} if granted else gettext("已答复不同意延期。")

    return act(request, work, "reports:notices")
