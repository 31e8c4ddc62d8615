"""Who did what; how right the machine is; help."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from tracker.access import requires
from tracker.filters import EventFilter
from tracker.models import Event, Goal, Link, LinkState, Origin, Result, Review, Rules, Status
from tracker.tables.others import EventTable
from tracker.views.lists import ListPage

MEASURED = Path(__file__).resolve().parent.parent / "accuracy" / "measured.json"

EXPLAINED = {
    Status.DONE: _("报告的数值已达到目标值；定性目标则由人核定为完成。超额照实显示，不封顶。"),
    Status.AHEAD: _("完成率高于序时进度，时限未到。"),
    Status.ON_TIME: _("完成率与序时进度相当，在规则允许的差值之内。"),
    Status.BEHIND: _("完成率低于序时进度，差值达到黄灯线。"),
    Status.AT_RISK: _("照目前的平均进度推算，到时限达不到目标。"),
    Status.OVERDUE: _("时限已过，没有达到目标的报告。"),
    Status.NOT_STARTED: _("时期已开始，还没有任何进展报告。"),
    Status.ADJUSTED: _("后来的文档改了目标值、时限或说法。原目标仍然保留。"),
    Status.NO_DATA: _("没有报告提到，或只用文字回应、没有给出数值。"),
}


class EventList(ListPage):
    page = "audit"
    title = _("操作记录")
    table_class = EventTable
    filter_class = EventFilter
    sort = "-at"
    template = "tracker/audit.html"
    empty = _("还没有操作记录。")

    def rows(self, request: HttpRequest) -> QuerySet:
        return Event.objects.select_related("user").filter(part_of__isnull=True)


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
            "sorts": found.get("by_sort", []),
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
    }
    return render(request, "tracker/help.html", context)
