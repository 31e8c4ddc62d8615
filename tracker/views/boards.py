"""What hangs on a wall or stands in a calendar: 挂图作战, timeline of deadlines, countdown."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tracker.access import requires
from tracker.models import GoalStatus, Light
from tracker.views.figures import counts_by_status, statuses
from tracker.views.frame import fresh_day
from tracker.views.front import headline
from tracker.views.organisations import countdown, month_ends, worked_out

ROWS = 16
WORST = 10
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


def wall_rows(rows: QuerySet[GoalStatus], ends: list[date]) -> list[WallRow]:
    """Organisations with most goals first, with their lights at each month end."""
    found: dict[str, WallRow] = {}
    months: dict[str, dict[date, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for name, as_of, light in rows.values_list("goal__organisation__name", "as_of", "light"):
        months[name][as_of][light] += 1
    for name, by_day in months.items():
        found[name] = WallRow(name, sum(by_day[ends[-1]].values()), [dict(by_day[end]) for end in ends])
    return sorted(found.values(), key=lambda row: (-row.total, row.name))[:ROWS]


def wall_context(request: HttpRequest) -> dict[str, Any]:
    day = fresh_day(request)
    ends = worked_out(month_ends(day))
    now = statuses(request.user, day)
    over_months = statuses(request.user, day).model.objects.filter(as_of__in=ends, goal__in=now.values("goal"))
    counts = counts_by_status(now)
    return {
        "title": _("挂图作战"),
        "ends": ends,
        "rows": wall_rows(over_months, ends),
        "worst": now.filter(gap__lt=0).select_related("goal__organisation").order_by("gap", "goal_id")[:WORST],
        "figures": headline(counts),
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
    rows = statuses(request.user, day)
    years = [
        each.year for each in rows.filter(goal__period_end__isnull=False).order_by().dates("goal__period_end", "year")
    ]
    due = (
        rows.filter(goal__period_end__year=year)
        .select_related("goal__organisation", "result")
        .order_by("goal__period_end", "gap", "goal_id")
    )
    months: dict[int, list[GoalStatus]] = {month: [] for month in range(1, 13)}
    for row in due[:1500]:
        months[row.goal.period_end.month].append(row)
    context = {
        "title": _("时限日程"),
        "year": year,
        "years": sorted({*years, year}),
        "months": [(date(year, month, 1), found) for month, found in months.items()],
        "total": sum(map(len, months.values())),
        "countdown": countdown(day) if year == day.year else None,
        "undated": rows.filter(goal__period_end__isnull=True).count(),
        "most": max(map(len, months.values())),
    }
    return render(request, "tracker/timeline.html", context)
