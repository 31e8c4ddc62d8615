"""The goals table, the goal page, and what opens in a row of the table."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from tracker import access
from tracker.access import requires
from tracker.filters import GoalFilter
from tracker.models import Event, Finding, Goal, GoalStatus, LinkState, Status
from tracker.remembering import Memory
from tracker.services import progress
from tracker.services.figures import MANY_GOALS, counts_by_status, month_before
from tracker.tables.goals import GoalTable
from tracker.tables.layout import PLACES
from tracker.templatetags.jiannuo import LIGHT_OF_STATUS
from tracker.views.charts import goal_chart
from tracker.views.figures import bodies, status_counts, statuses
from tracker.views.frame import fresh_day, status_day
from tracker.views.lists import OUTSIDE_FILTERS, Chip, ListPage
from tracker.views.paging import COUNT_LIMIT
from tracker.views.places import excerpt

FIGURES = ("value", "value_max", "unit", "comparator", "period_end")
# what the columns of the table show: a page reads nothing else
SHOWN = (
    *(
        "as_of",
        "status",
        "light",
        "computed",
        "declared",
        "decided",
        "completion",
        "time_share",
        "gap",
        "answers",
        "goal",
        "result",
    ),
    *(
        f"goal__{name}"
        for name in (*FIGURES, "organisation", "document", "indicator", "quote", "owner", "measure", "review", "origin")
    ),
    *(f"result__{name}" for name in FIGURES),
    "goal__organisation__name",
)
SHOWN_OF_DOCUMENT = ("goal__document__title", "goal__document__name")


class GoalList(ListPage):
    page = "goals"
    title = _("目标台账")
    table_class = GoalTable
    filter_class = GoalFilter
    sort = "gap"
    tie = "goal_id"
    template = "tracker/goals.html"
    empty = _("还没有目标。上传一份工作总结或计划，系统会找出其中的目标。")

    def rows(self, request: HttpRequest) -> QuerySet:
        day = fresh_day(request)
        if request.GET.get("notable") in {"worse", "red"}:
            progress.ensure_statuses(month_before(day))
        joined, shown = ("goal__organisation", "result"), SHOWN
        if "document" in ",".join(request.GET.getlist("cols")).split(","):
            joined, shown = (*joined, "goal__document"), (*shown, *SHOWN_OF_DOCUMENT)
        return statuses(request.user, day).select_related(*joined).only(*shown)

    def chips(self, request: HttpRequest, every: QuerySet) -> tuple[Chip, ...]:
        others = request.GET.copy()
        chosen = tuple(others.getlist("status"))
        others.pop("status", None)
        counts = self.counts(request, every, others)
        for key in PLACES:
            others.pop(key, None)
        key = (get_language(), others.urlencode(), chosen, tuple(sorted(counts.items())))
        return _CHIPS.recall(key, lambda: tuple(_chips(others, chosen, counts)))

    def counts(self, request: HttpRequest, every: QuerySet, conditions: QueryDict) -> dict[str, int]:
        """Goals per status under these conditions; without any, or of one organisation, they are kept. Too many to be counted
        while somebody waits: nothing."""
        if (kept := self.kept_counts(request, conditions)) is not None:
            return kept
        rows = self.filter_class(conditions, queryset=every, request=request)
        if not rows.is_valid():
            return {}
        many = sum(status_day(request).counts.values()) >= MANY_GOALS
        some = rows.qs.order_by().values("pk")[: COUNT_LIMIT + 1] if many else rows.qs.order_by().values("pk")
        counts = dict(GoalStatus.objects.filter(pk__in=some).order_by().values_list("status").annotate(n=Count("pk")))
        return {} if many and sum(counts.values()) > COUNT_LIMIT else counts

    def kept_counts(self, request: HttpRequest, conditions: QueryDict) -> dict[str, int] | None:
        """Goals per status where that is known without counting: of all, or of one organisation."""
        asked = {name for name, values in conditions.lists() if any(values) and name not in OUTSIDE_FILTERS} - {
            "status"
        }
        body = conditions.get("organisation", "")
        if not asked:
            return status_counts(request.user, status_day(request))
        if asked == {"organisation"} and body.isdigit():
            return counts_by_status(bodies(request.user, fresh_day(request)).filter(organisation=body))
        return None

    def known_count(self, request: HttpRequest) -> int | None:
        counts = self.kept_counts(request, request.GET)
        chosen = set(request.GET.getlist("status"))
        if counts is None or not chosen <= set(Status.values):
            return None
        return sum(n for status, n in counts.items() if not chosen or status in chosen)

    def more(self, request: HttpRequest) -> dict[str, Any]:
        others = [name for name in request.GET if name not in OUTSIDE_FILTERS | {"q", "organisation", "status"}]
        return {"more_open": any(request.GET.get(name) for name in others)}


def _chips(others: QueryDict, chosen: tuple[str, ...], counts: dict[str, int]) -> Iterator[Chip]:
    """All goals, then each status that has some or is chosen. ``others`` are the conditions besides the status."""
    yield Chip(gettext("全部"), sum(counts.values()) if counts else None, others.urlencode(), not chosen)
    for status in Status:
        if counts and not counts.get(status) and status not in chosen:
            continue
        mine = others.copy()
        mine.setlist("status", [s for s in chosen if s != status] if status in chosen else [*chosen, status])
        yield Chip(
            gettext(status.label).split("（")[0],
            counts.get(status, 0) if counts else None,
            mine.urlencode(),
            status in chosen,
            LIGHT_OF_STATUS[status],
        )


_CHIPS = Memory(size=lambda chips: 200 * len(chips))

goals = requires("view")(GoalList.as_view())


def visible_goal(request: HttpRequest, pk: int) -> Goal:
    """The goal, or 404 for one that is not there or belongs to somebody else's organisation."""
    rows = access.visible(Goal.objects.select_related("organisation", "document"), request.user)
    return get_object_or_404(rows, pk=pk)


def evidence(goal: Goal) -> list[Any]:
    """Links of a goal that nobody rejected, newest result first, each with its place in words."""
    links = (
        goal.links.exclude(state=LinkState.REJECTED)
        .exclude(result__review="rejected")
        .select_related("result__document", "result__organisation", "decided_by")
        .order_by("-result__period_end", "-score", "-pk")
    )
    return list(links)


def decisions_about(goal: Goal) -> QuerySet[Event]:
    """What people did to a goal, its status, its links and its changes, newest first."""
    rows = {"goal": [goal.pk], "goalstatus": goal.statuses.values("pk"), "link": goal.links.values("pk"),
            "goalchange": goal.changes.values("pk")}  # fmt: skip
    about = (Q(model=model, object_id__in=ids) for model, ids in rows.items())
    return Event.objects.filter(reduce(or_, about))


@requires("view")
@require_GET
def goal(request: HttpRequest, pk: int) -> HttpResponse:
    shown = visible_goal(request, pk)
    day = fresh_day(request)
    links = evidence(shown)
    for link in links:
        link.excerpt = excerpt(link.result)
    status = GoalStatus.objects.select_related("result", "decided_by").filter(goal=shown, as_of=day).first()
    changes = list(
        shown.changes.exclude(state=LinkState.REJECTED)
        .select_related("later__document", "document")
        .order_by("happened_on", "pk")
    )
    earlier = list(
        shown.origins.exclude(state=LinkState.REJECTED).select_related("goal__document").order_by("happened_on")
    )
    context = {
        "goal": shown,
        "status": status,
        "excerpt": excerpt(shown),
        "links": links,
        "rejected": shown.links.filter(state=LinkState.REJECTED).select_related("result", "decided_by"),
        "changes": changes,
        "earlier": earlier,
        "chart": goal_chart(shown, status, links, changes, day),
        "events": decisions_about(shown).select_related("user")[:20],
        "findings": Finding.objects.filter(goal=shown).select_related("result", "other"),
        "statuses": Status.choices,
        "neighbours": neighbours(request, shown),
    }
    return render(request, "tracker/goal.html", context)


def neighbours(request: HttpRequest, shown: Goal) -> QuerySet[Goal]:
    """Other goals of the same body and indicator, for the foot of the page."""
    same = Goal.objects.standing().filter(organisation=shown.organisation_id, indicator_key=shown.indicator_key)
    return (
        access.visible(same, request.user)
        .exclude(pk=shown.pk)
        .exclude(indicator_key="")
        .order_by("-period_end", "-pk")[:8]
    )


@requires("view")
@require_GET
def peek(request: HttpRequest, pk: int) -> HttpResponse:
    """What opens under a row: the quote in its paragraph, results over time, the arithmetic."""
    shown = visible_goal(request, pk)
    day = fresh_day(request)
    context = {
        "goal": shown,
        "status": GoalStatus.objects.filter(goal=shown, as_of=day).first(),
        "excerpt": excerpt(shown),
        "links": evidence(shown)[:6],
        "may": {"review": access.may(request.user, "review"), "decide": access.may(request.user, "decide")},
    }
    return render(request, "tracker/_peek.html", context)
