"""What hangs on a wall or stands in a calendar: 挂图作战, timeline of deadlines, countdown."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tracker import access
from tracker.access import requires
from tracker.models import BodyDay, Goal, GoalStatus, Light
from tracker.services.progress import month_end
from tracker.views.figures import bodies, per_version, rows_of, status_counts, statuses
from tracker.views.frame import fresh_day, status_day
from tracker.views.front import headline
from tracker.views.organisations import countdown, month_ends, worked_out

ROWS = 16
WORST = 10
IN_MONTH = 60
# the worst light of a month is the one that an organisation shows
ORDER = [Light.RED, Light.DARK_YELLOW, Light.YELLOW, Light.BLUE, Light.GREEN, Light.GREY]


@dataclass
class WallRow:
    """An organisation's year: per month how many goals show which light."""

    name: str
    total: int = 0
    months: list[dict[str, int]] = field(default_factory=list)

    def cells(self) -> list[tuple[str, int, int]]:
        """Per month: worst light, how many show it, how many goals there are."""
        found = []
        for counts in self.months:
            worst = next((light for light in ORDER if counts.get(light)), "")
            found.append((worst, counts.get(worst, 0), sum(counts.values())))
        return found


def wall_rows(user: Any, ends: list[date]) -> list[WallRow]:
    """Organisations with most goals first, with their lights at each month end."""
    largest = bodies(user, ends[-1]).order_by("-total", "organisation__name").values_list("organisation", flat=True)
    shown = list(largest[:ROWS])
    months: dict[int, dict[date, dict[str, int]]] = defaultdict(dict)
    names = {}
    for row in BodyDay.objects.filter(as_of__in=ends, organisation__in=shown).select_related("organisation"):
        months[row.organisation_id][row.as_of] = row.lights
        names[row.organisation_id] = row.organisation.name
    return [
        WallRow(names[pk], sum(months[pk][ends[-1]].values()), [months[pk].get(end, {}) for end in ends])
        for pk in shown
    ]


def wall_context(request: HttpRequest) -> dict[str, Any]:
    day = fresh_day(request)
    user = request.user
    months = month_ends(day)
    ends = worked_out(months)
    now = statuses(user, day)
    return {
        "title": _("挂图作战"),
        "ends": ends,
        "waiting": len(months) - len(ends),
        "rows": wall_rows(user, ends),
        "worst": now.filter(gap__lt=0).select_related("goal__organisation").order_by("gap", "goal_id")[:WORST],
        "figures": headline(status_counts(user, status_day(request))),
        "countdown": countdown(day),
        "as_of": day,
        "now": timezone.localtime(),
    }


@requires("view")
@require_GET
def wall(request: HttpRequest) -> HttpResponse:
    """Full screen, dark, no mouse. Asks for itself again every minute and keeps the last good state."""
    template = "tracker/_wall.html" if request.htmx else "tracker/wall.html"
    return render(request, template, wall_context(request))


@requires("view")
@require_GET
def timeline(request: HttpRequest) -> HttpResponse:
    """Deadlines of a year by month, and how many days are left."""
    day = fresh_day(request)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdigit() and 1990 <= int(asked) <= 2100 else day.year
    goals = access.visible(Goal.objects.standing(), request.user)
    # two walks of one index, where the least and the greatest together would read every goal
    dated = goals.filter(period_end__isnull=False).order_by("period_end").values_list("period_end", flat=True)
    first, last = dated.first(), dated.last()
    years = range(first.year, last.year + 1) if first and last else ()
    kept = per_version(f"timeline{year}", request.user, [day], lambda: due_by_month(statuses(request.user, day), year))
    every = [pk for _month, _n, ids in kept for pk in ids]
    rows = {row.pk: row for row in rows_of(every, "goal__organisation", "result")}
    months = [due_in_month(date(year, month, 1), n, [rows[pk] for pk in ids if pk in rows]) for month, n, ids in kept]
    context = {
        "title": _("时限日程"),
        "year": year,
        "years": sorted({*years, year}),
        "months": months,
        "total": sum(n for _month, n, _ids in kept),
        "countdown": countdown(day) if year == day.year else None,
        "undated": goals.filter(period_end__isnull=True).count(),
    }
    return render(request, "tracker/timeline.html", context)


def due_by_month(rows: QuerySet[GoalStatus], year: int) -> list[tuple[int, int, list[int]]]:
    """Month, how many goals are due in it, and the first of them; months without any are left out."""
    due = rows.filter(goal__period_end__range=(date(year, 1, 1), date(year, 12, 31))).order_by()
    per_day = due.values_list("goal__period_end").annotate(n=Count("pk"))
    counts: dict[int, int] = defaultdict(int)
    for day, n in per_day:
        counts[day.month] += n
    return [(month, counts[month], _first_due(due, date(year, month, 1))) for month in sorted(counts)]


def _first_due(due: QuerySet[GoalStatus], first: date) -> list[int]:
    rows = due.filter(goal__period_end__range=(first, month_end(first)))
    ordered = rows.order_by("goal__period_end", F("gap").asc(nulls_last=True), "goal_id")
    return list(ordered.values_list("pk", flat=True)[:IN_MONTH])


def due_in_month(first: date, n: int, rows: list[GoalStatus]) -> dict[str, Any]:
    """The first goals due in a month; the table has them all."""
    return {"first": first, "last": month_end(first), "n": n, "rows": rows}
