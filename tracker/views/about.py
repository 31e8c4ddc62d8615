"""Who did what; how right the machine is; help."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from tracker.access import requires
from tracker.analysis.certainty import measured_bands
from tracker.filters import EventFilter
from tracker.models import Event, Goal, Link, LinkState, Origin, Result, Review, Rules, Status
from tracker.tables.others import EventTable
from tracker.templatetags.jiannuo import EXPLAINED
from tracker.views.lists import ListPage

MEASURED = Path(__file__).resolve().parent.parent / "accuracy" / "measured.json"


class EventList(ListPage):
    page = "audit"
    title = _("操作记录")
    table_class = EventTable
    filter_class = EventFilter
    sort = "-at"
    template = "tracker/audit.html"
    empty = _("还没有操作记录。")

    def rows(self, request: HttpRequest) -> QuerySet:
        parts = Event.objects.filter(part_of=OuterRef("pk"))
        return Event.objects.select_related("user").filter(part_of__isnull=True).annotate(has_parts=Exists(parts))


audit = requires("audit")(EventList.as_view())


def measured() -> dict[str, Any] | None:
    """Accuracy as measured against the gold standard, ready to be shown; None where the figures were not shipped."""
    try:
        found = json.loads(MEASURED.read_text(encoding="utf-8"))
        report = found["report"]
        goal, result = report["goal"], report["result"]
        return {
            **found,
            "rows": [
                (gettext("目标：数值"), goal["value"]),
                (gettext("目标：数值、指标、单位、时限全对"), goal["strict"]),
                (gettext("完成情况：数值"), result["value"]),
                (gettext("完成情况：数值、指标、单位、时限全对"), result["strict"]),
                (gettext("关联"), report["match"]),
                (gettext("关联：有数值的目标"), report["match_quantified"]),
            ],
            "fields": [
                (gettext("目标"), _named(goal["fields"])),
                (gettext("完成情况"), _named(result["fields"])),
            ],
            "sorts": [row | {"sort": gettext(row["sort"])} for row in found.get("by_sort", [])],
        }
    except (OSError, ValueError, KeyError):
        return None


def _named(shares: dict[str, float]) -> list[tuple[str, float]]:
    words = {
        "indicator": gettext("指标"),
        "organisation": gettext("单位"),
        "period_end": gettext("时限"),
        "comparator": gettext("比较"),
        "measure": gettext("口径"),
    }
    return [(words.get(name, name), share) for name, share in shares.items()]


def live_share(rows: QuerySet) -> dict[str, int]:
    """Of machine-made records: how many people looked at, and left, corrected or rejected."""
    machine = rows.filter(origin=Origin.MACHINE)
    counts: dict[str, int] = machine.aggregate(
        total=Count("pk"),
        accepted=Count("pk", filter=Q(review=Review.ACCEPTED)),
        corrected=Count("pk", filter=Q(review=Review.CORRECTED)),
        rejected=Count("pk", filter=Q(review=Review.REJECTED)),
    )
    counts["seen"] = counts["accepted"] + counts["corrected"] + counts["rejected"]
    return counts


@requires("view")
@require_GET
def accuracy(request: HttpRequest) -> HttpResponse:
    links = Link.objects.filter(decided_by__isnull=False).aggregate(
        seen=Count("pk"),
        accepted=Count("pk", filter=Q(state=LinkState.ACCEPTED)),
        rejected=Count("pk", filter=Q(state=LinkState.REJECTED)),
    )
    context = {
        "title": gettext("准确度"),
        "measured": measured(),
        "live": [
            (gettext("目标"), live_share(Goal.objects.all())),
            (gettext("完成情况"), live_share(Result.objects.all())),
        ],
        "links": links,
    }
    return render(request, "tracker/accuracy.html", context)


@requires("view")
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    context = {
        "title": gettext("帮助"),
        "explained": [(status, EXPLAINED[status]) for status in Status],
        "rules": Rules.objects.first() or Rules(),
        "bands": measured_bands(),
    }
    return render(request, "tracker/help.html", context)
