"""The queue of what waits for a person, by document and by kind."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tracker import access
from tracker.access import requires
from tracker.filters import own_organisations
from tracker.models import Finding, Goal, GoalChange, Link, LinkState, Result, Review
from tracker.views.figures import count_of
from tracker.views.front import visible_documents

SHOWN = 40


PARTS = ("documents", "links", "changes", "findings")


@requires("review")
@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """One kind of open work at a time (``part``), for all organisations or one."""
    chosen = request.GET.get("organisation", "")
    only = int(chosen) if chosen.isdigit() else None
    part = request.GET.get("part", "")
    part = part if part in PARTS else PARTS[0]
    queues = {
        "documents": waiting_documents(request, only),
        "links": waiting_links(request, only),
        "changes": waiting_changes(request, only),
        "findings": waiting_findings(request, only),
    }
    labels = {"documents": _("目标与完成情况"), "links": _("关联"), "changes": _("目标变更"), "findings": _("疑点")}
    context = {
        "title": _("待办审核"),
        "organisations": own_organisations(request),
        "only": only,
        "part": part,
        "tabs": [(name, labels[name], rows.count()) for name, rows in queues.items()],
        "rows": queues[part][:SHOWN],
        "without": waiting_without_document(request, only) if part == "documents" else [],
        "done": reviewed(request),
        "shown": SHOWN,
    }
    return render(request, "tracker/review.html", context)


def waiting_documents(request: HttpRequest, only: int | None) -> Any:
    """Documents with records that nobody has looked at, most recent first."""
    goals, results = (model.objects.filter(review=Review.UNREVIEWED) for model in (Goal, Result))
    if only:
        goals, results = goals.filter(organisation=only), results.filter(organisation=only)
    rows = visible_documents(request.user).select_related("issuer").defer("content", "paragraphs")
    rows = rows.annotate(goals_open=count_of(goals, "document"), results_open=count_of(results, "document"))
    return rows.filter(Q(goals_open__gt=0) | Q(results_open__gt=0)).order_by(
        F("published_on").desc(nulls_last=True), "-pk"
    )


def waiting_without_document(request: HttpRequest, only: int | None) -> list[Goal | Result]:
    found: list[Goal | Result] = []
    for model in (Goal, Result):
        rows = access.visible(model.objects.filter(review=Review.UNREVIEWED, document__isnull=True), request.user)
        found += (rows.filter(organisation=only) if only else rows).select_related("organisation")[:SHOWN]
    return found


def waiting_links(request: HttpRequest, only: int | None) -> Any:
    rows = access.visible(Link.objects.filter(state=LinkState.PROPOSED), request.user, "goal__organisation")
    rows = rows.filter(goal__organisation=only) if only else rows
    return rows.select_related(
        "goal__organisation", "result__organisation", "goal__document", "result__document"
    ).defer(
        "goal__document__content",
        "goal__document__paragraphs",
        "result__document__content",
        "result__document__paragraphs",
    )


def waiting_changes(request: HttpRequest, only: int | None) -> Any:
    rows = access.visible(GoalChange.objects.filter(state=LinkState.PROPOSED), request.user, "goal__organisation")
    rows = rows.filter(goal__organisation=only) if only else rows
    return rows.select_related("goal__organisation", "later").order_by("-happened_on", "-pk")


def waiting_findings(request: HttpRequest, only: int | None) -> Any:
    goals, results = (
        access.visible(Goal.objects.standing(), request.user),
        access.visible(Result.objects.standing(), request.user),
    )
    if only:
        goals, results = goals.filter(organisation=only), results.filter(organisation=only)
    rows = Finding.objects.filter(resolved_at__isnull=True)
    rows = rows.filter(Q(goal__in=goals.values("pk")) | Q(goal__isnull=True, result__in=results.values("pk")))
    return rows.select_related("goal__organisation", "result__organisation")


def reviewed(request: HttpRequest) -> dict[str, int]:
    """How many records stand in each state of review."""
    counts: dict[str, int] = dict.fromkeys(Review.values, 0)
    for model in (Goal, Result):
        rows = access.visible(model.objects.all(), request.user).order_by().values_list("review")
        for state, n in rows.annotate(n=Count("pk")):
            counts[state] += n
    counts["total"] = sum(counts.values())
    return counts
