"""计分挂旗: ranking of a month or a quarter, and its rules."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from reports.forms import FlagFormSet, ScoreFormSet, SpecialScoreForm
from reports.models import FlagRule, ScoreRule, Snapshot, SnapshotState
from reports.services import scoring
from reports.services.files import own_organisations
from tracker.access import may, requires


@requires("view")
@require_GET
def ranking(request: HttpRequest) -> HttpResponse:
    """Of the month or quarter named in the address, else the newest month."""
    closed = Snapshot.objects.filter(state=SnapshotState.CLOSED)
    quarter = request.GET.get("quarter", "")
    snapshot = (
        closed.filter(pk=request.GET["month"]).first() if request.GET.get("month", "").isdigit() else closed.first()
    )
    scores, months = [], []
    if len(quarter) == 6 and quarter[:4].isdigit() and quarter[5:] in "1234" and quarter[4] == "q":
        scores, months = scoring.score_quarter(int(quarter[:4]), int(quarter[5:]))
        snapshot = None
    elif snapshot is not None:
        scores, quarter = scoring.score_month(snapshot), ""
    own = own_organisations(request.user)
    allowed = None if own is None else set(own.values_list("pk", flat=True))
    context = {
        "title": gettext("计分挂旗"),
        "snapshots": closed[:24],
        "quarters": [(f"{year}q{number}", gettext("%(year)s年第%(number)s季度") % {"year": year, "number": number}) for year, number in scoring.quarters()],
        "snapshot": snapshot,
        "quarter": quarter,
        "months": months,
        "scores": [score for score in scores if allowed is None or score.organisation in allowed],
        "restricted": allowed is not None,
        "rules": ScoreRule.objects.select_related("organisation"),
        "flags": FlagRule.objects.all(),
        "may_set": may(request.user, "administer"),
    }
    return render(request, "reports/ranking.html", context)


@requires("administer")
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """Points per status, points of single organisations, flags."""
    scoring.ensure_rules()
    data: Any = request.POST or None
    scores = ScoreFormSet(data, queryset=ScoreRule.objects.filter(organisation__isnull=True), prefix="score")
    flags = FlagFormSet(data, queryset=FlagRule.objects.all(), prefix="flag")
    if request.method == "POST" and scores.is_valid() and flags.is_valid():
        scores.save()
        flags.save()
        messages.success(request, gettext("计分规则已保存。已关账的月份按新规则重新排名。"))
        return redirect("reports:ranking")
    context = {
        "title": gettext("计分规则"),
        "scores": scores,
        "flags": flags,
        "special": ScoreRule.objects.filter(organisation__isnull=False).select_related("organisation"),
        "special_form": SpecialScoreForm(),
    }
    return render(request, "reports/scoring.html", context)


@requires("administer")
@require_POST
def special_rule(request: HttpRequest) -> HttpResponse:
    """Add or remove points that hold for one organisation only."""
    if request.POST.get("delete", "").isdigit():
        get_object_or_404(ScoreRule, pk=request.POST["delete"], organisation__isnull=False).delete()
        messages.success(request, gettext("已删除单位专用的计分规则。"))
        return redirect("reports:scoring")
    form = SpecialScoreForm(request.POST)
    if form.is_valid():
        form.save()
        messages.success(request, gettext("已添加单位专用的计分规则。"))
    else:
        messages.error(request, gettext("没有添加：请选择单位和状态，同一单位同一状态只能有一条。"))
    return redirect("reports:scoring")
