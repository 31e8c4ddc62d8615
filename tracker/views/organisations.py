"""Organisations and the people who answer for them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from tracker import access
from tracker.access import requires
from tracker.filters import OrganisationFilter, by_organisation
from tracker.forms import OrganisationForm
from tracker.models import Document, GoalStatus, Organisation, Status
from tracker.services import corrections, progress
from tracker.services.corrections import CorrectionError
from tracker.services.figures import PARTS, WITHOUT_DATA
from tracker.tables.others import OrganisationTable
from tracker.views.figures import count_of, standing_of, statuses
from tracker.views.frame import fresh_day
from tracker.views.front import newest_documents
from tracker.views.lists import ListPage

# seconds that somebody waits for months to be worked out; a worker does the rest
PATIENCE = 1.0


class OrganisationList(ListPage):
    page = "organisations"
    title = _("单位")
    table_class = OrganisationTable
    filter_class = OrganisationFilter
    sort = "-goals_now"
    template = "tracker/organisations.html"
    empty = _("还没有单位。导入文档后，文中的责任单位会列在这里。")

    def rows(self, request: HttpRequest) -> QuerySet:
        day = FilteredRelation("days", condition=Q(days__as_of=fresh_day(request)))
        rows = access.visible(Organisation.objects.select_related("parent"), request.user, "pk").annotate(day=day)
        counts = {"goals_now": "total"} | {key: key for key, _states in PARTS}
        return rows.annotate(
            documents_found=count_of(Document.objects, "issuer"),
            **{name: Coalesce(F(f"day__{column}"), 0) for name, column in counts.items()},
        )


organisations = requires("view")(OrganisationList.as_view())


@dataclass
class Year:
    """How an organisation's goals of one year (by deadline) ended."""

    year: int
    set_up: int = 0
    reached: int = 0
    missed: int = 0
    unanswered: int = 0
    running: int = 0


def record_over_years(rows: QuerySet[GoalStatus], as_of: date) -> list[Year]:
    """Per year of the deadline: set, reached, missed, never answered, still running. Newest year first."""
    years: dict[int, Year] = {}
    dated = rows.filter(goal__period_end__isnull=False).order_by().values_list("goal__period_end", "status")
    for deadline, status, n, silent in dated.annotate(n=Count("pk"), silent=Count("pk", filter=Q(answers=0))):
        each = years.setdefault(deadline.year, Year(deadline.year))
        each.set_up += n
        if status == Status.DONE:
            each.reached += n
            continue
        each.unanswered += silent
        if deadline < as_of:
            each.missed += n - silent
        else:
            each.running += n - silent
    return [years[year] for year in sorted(years, reverse=True)]


def month_ends(as_of: date) -> list[date]:
    """The month ends of the year up to the as-of date; the date itself stands for its month."""
    ends = [progress.month_end(date(as_of.year, month, 1)) for month in range(1, as_of.month)]
    return [*ends, as_of]


def worked_out(ends: list[date]) -> list[date]:
    """Of these days, those whose figures are there or quickly made, the newest first of all."""
    return sorted(progress.days_within(reversed(ends), PATIENCE))


def lights_by_month(goals: list[int], ends: list[date]) -> dict[int, list[GoalStatus | None]]:
    """goal → its status at each of the days, None where the goal was not yet set."""
    found: dict[int, dict[date, GoalStatus]] = defaultdict(dict)
    rows = GoalStatus.objects.filter(goal__in=goals, as_of__in=ends).only(
        "goal_id", "as_of", "status", "light", "completion"
    )
    for row in rows:
        found[row.goal_id][row.as_of] = row
    return {goal: [found[goal].get(end) for end in ends] for goal in goals}


def visible_organisation(request: HttpRequest, pk: int) -> Organisation:
    return get_object_or_404(access.visible(Organisation.objects.all(), request.user, "pk"), pk=pk)


@requires("view")
@require_GET
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    shown = visible_organisation(request, pk)
    day = fresh_day(request)
    rows = by_organisation(statuses(request.user, day), "", shown)
    months = month_ends(day)
    ends = worked_out(months)
    current = list(
        rows.filter(Q(goal__period_end__isnull=True) | Q(goal__period_end__gt=day - timedelta(days=365)))
        .select_related("goal", "result")
        .order_by(F("gap").asc(nulls_last=True), F("goal__value").asc(nulls_last=True), "goal_id")[:40]
    )
    strip = lights_by_month([row.goal_id for row in current], ends)
    owners = (
        rows.exclude(goal__owner="")
        .order_by()
        .values("goal__owner", "goal__post")
        .annotate(n=Count("pk"))
        .order_by("-n", "goal__owner")
    )
    context = {
        "organisation": shown,
        "title": shown.name,
        "standing": standing_of(shown, request.user, day),
        "ends": ends,
        "waiting": len(months) - len(ends),
        "current": [(row, strip[row.goal_id]) for row in current],
        "years": record_over_years(rows, day),
        "owners": owners[:12],
        "documents": newest_documents(request).filter(issuer=shown)[:10],
        "silent": rows.filter(status__in=WITHOUT_DATA, goal__closed_on__isnull=True).select_related("goal")[:10],
        "aliases": shown.aliases.all(),
        "total": rows.count(),
    }
    return render(request, "tracker/organisation.html", context)


@requires("view")
@require_GET
def person(request: HttpRequest, name: str) -> HttpResponse:
    """The pledges of a named head."""
    day = fresh_day(request)
    rows = (
        statuses(request.user, day)
        .filter(goal__owner=name)
        .select_related("goal__organisation", "goal__document", "result")
    )
    found = list(rows.order_by("-goal__period_end", "goal_id")[:300])
    if not found:
        raise Http404(gettext("没有以此人为责任人的目标。"))
    counts: dict[str, int] = defaultdict(int)
    for row in found:
        counts[row.status] += 1
    posts = sorted({(row.goal.organisation.name, row.goal.post, row.goal.organisation_id) for row in found})
    context = {
        "title": name,
        "rows": found,
        "counts": [(s, counts[s]) for s in Status if counts[s]],
        "posts": posts,
    }
    return render(request, "tracker/person.html", context)


@requires("review")
@require_POST
def organisation_change(request: HttpRequest, pk: int) -> HttpResponse:
    """``action``: rename, alias or merge, with ``name``."""
    shown = visible_organisation(request, pk)
    form = OrganisationForm(request.POST)
    action = request.POST.get("action")
    if not form.is_valid():
        messages.error(request, gettext("请填写名称。"))
        return redirect("organisation", pk=pk)
    name, reason = form.cleaned_data["name"], request.POST.get("reason", "")
    try:
        if action == "rename":
            corrections.rename_organisation(shown, name, user=request.user, reason=reason)
        elif action == "merge":
            other = access.visible(Organisation.objects.filter(name=name), request.user, "pk").first()
            if other is None:
                raise CorrectionError(gettext("没有名为“%(name)s”的单位。") % {"name": name})
            corrections.merge_organisations(shown, other, user=request.user, reason=reason)
        else:
            corrections.add_alias(shown, name, user=request.user, reason=reason)
    except (CorrectionError, ValidationError) as problem:
        messages.error(request, "".join(getattr(problem, "messages", [str(problem)])))
    else:
        messages.success(request, gettext("已保存。有关的记录、关联和进度已重新归并。"))
    return redirect("organisation", pk=pk)


@requires("review")
@require_POST
def organisation_add(request: HttpRequest) -> HttpResponse:
    form = OrganisationForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("请填写名称。"))
        return redirect("organisations")
    try:
        made = corrections.add_organisation(form.cleaned_data["name"], user=request.user)
    except (CorrectionError, ValidationError) as problem:
        messages.error(request, "".join(getattr(problem, "messages", [str(problem)])))
        return redirect("organisations")
    messages.success(request, gettext("已新增单位“%(name)s”。") % {"name": made.name})
    return redirect("organisation", pk=made.pk)


def countdown(as_of: date) -> dict[str, Any]:
    """Days left of the year of the as-of date, and the share of the year that is over."""
    last = date(as_of.year, 12, 31)
    whole = (last - date(as_of.year, 1, 1)).days + 1
    left = (last - as_of).days
    return {"year": as_of.year, "days": left, "share": 1 - left / whole}
