"""Results, links and changes of goals: their tables and the decisions made there; decisions on the goal page."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from tracker import access
from tracker.access import requires
from tracker.filters import ChangeFilter, LinkFilter, ResultFilter
from tracker.forms import DecideForm, ExtendForm
from tracker.models import Event, Finding, Goal, GoalChange, Link, LinkState, Result, Review
from tracker.services import corrections
from tracker.services.corrections import CorrectionError
from tracker.tables.goals import ChangeTable, LinkTable, ResultTable
from tracker.views import waiting
from tracker.views.documents import links_of, standing_links
from tracker.views.figures import count_of
from tracker.views.frame import as_of_day
from tracker.views.goals import visible_goal
from tracker.views.lists import Chip, ListPage
from tracker.views.places import excerpt
from tracker.views.records import last_event, renewed
from tracker.views.waiting import MOST_AT_ONCE, Wanted


class ResultList(ListPage):
    page = "results"
    title = _("完成情况")
    table_class = ResultTable
    filter_class = ResultFilter
    sort = "-period_end"
    template = "tracker/results.html"
    empty = _("还没有完成情况。上传工作总结、报道或月报表，系统会找出其中报告的结果。")

    def rows(self, request: HttpRequest) -> QuerySet:
        rows = access.visible(Result.objects.select_related("organisation", "document"), request.user)
        rows = rows.defer("document__content", "document__paragraphs")
        if "review" not in request.GET or not request.GET["review"]:
            rows = rows.exclude(review=Review.REJECTED)
        return rows.annotate(answered=count_of(standing_links(request.user), "result"))


class LinkList(ListPage):
    page = "links"
    title = _("关联")
    table_class = LinkTable
    filter_class = LinkFilter
    sort = "-score"
    template = "tracker/links.html"
    empty = _("还没有关联。导入写有目标的文档和后来的总结，系统会提出哪条完成情况回应哪个目标。")

    def rows(self, request: HttpRequest) -> QuerySet:
        rows = Link.objects.select_related("goal__organisation", "result", "decided_by")
        return access.visible(rows, request.user, "goal__organisation")

    def chips(self, request: HttpRequest, every: QuerySet) -> tuple[Chip, ...]:
        counts = dict(every.order_by().values_list("state").annotate(n=Count("pk")))
        chosen = request.GET.get("state", "")
        return (
            Chip(gettext("全部"), sum(counts.values()), "", not chosen),
            *(
                Chip(gettext(state.label), counts.get(state, 0), f"state={state}", chosen == state)
                for state in LinkState
            ),
        )


class ChangeList(ListPage):
    page = "changes"
    title = _("目标变更")
    table_class = ChangeTable
    filter_class = ChangeFilter
    sort = "-happened_on"
    template = "tracker/changes.html"
    empty = _("还没有发现目标变更。同一目标在后来的文档里被上调、下调、延期、弱化或不再提及时，会列在这里。")

    def rows(self, request: HttpRequest) -> QuerySet:
        rows = GoalChange.objects.select_related("goal__organisation", "later", "document")
        return access.visible(
            rows.defer("document__content", "document__paragraphs"), request.user, "goal__organisation"
        )


results = requires("view")(ResultList.as_view())
links = requires("view")(LinkList.as_view())
changes = requires("view")(ChangeList.as_view())


@requires("view")
@require_GET
def result(request: HttpRequest, pk: int) -> HttpResponse:
    rows = access.visible(Result.objects.select_related("organisation", "document"), request.user)
    shown = get_object_or_404(rows, pk=pk)
    context = {
        "record": shown,
        "title": shown.indicator,
        "excerpt": excerpt(shown),
        "links": links_of(shown, request.user),
        "events": Event.objects.filter(model="result", object_id=pk).select_related("user")[:20],
        "findings": Finding.objects.filter(result=shown).select_related("other"),
    }
    return render(request, "tracker/result.html", context)


def _sentence(problem: Exception) -> str:
    return "".join(getattr(problem, "messages", [str(problem)]))


@requires("decide")
@require_POST
def goal_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """核定 a status as of the date shown; an empty status takes the word back."""
    shown = visible_goal(request, pk)
    form = DecideForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("核定状态要写明理由。"))
        return redirect("goal", pk=pk)
    data = form.cleaned_data
    try:
        corrections.decide_status(shown, as_of_day(request), data["status"], user=request.user, reason=data["reason"])
    except CorrectionError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, gettext("已核定。") if data["status"] else gettext("已撤回核定。"))
    return redirect("goal", pk=pk)


@requires("decide")
@require_POST
def goal_extend(request: HttpRequest, pk: int) -> HttpResponse:
    """An approved extension, or (``action=close``) the end of chasing this goal."""
    shown = visible_goal(request, pk)
    try:
        if request.POST.get("action") == "close":
            corrections.close_goal(shown, user=request.user, reason=request.POST.get("reason", ""))
            messages.success(request, gettext("已销号，不再催办。"))
            return redirect("goal", pk=pk)
        form = ExtendForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            corrections.extend_deadline(shown, data["deadline"], user=request.user, reason=data["reason"])
            messages.success(request, gettext("已延期，原定时限仍然显示。"))
        else:
            messages.error(request, gettext("请填写新时限和批准依据。"))
    except (CorrectionError, ValidationError) as problem:
        messages.error(request, _sentence(problem))
    return redirect("goal", pk=pk)


@requires("review")
@require_POST
def links_decide(request: HttpRequest) -> HttpResponse:
    """Many links at once: those ticked, or all proposed ones at or above a score."""
    floor = waiting.read_score(request.POST.get("from"))
    if floor is None and request.POST.get("from"):
        return _told(request, gettext("把握应为 0 到 1 之间的数，例如 0.8。"), failed=True)
    wanted = Wanted(Wanted.read(request.POST).organisation, floor=floor)
    rows = waiting.waiting_links(request.user, wanted).select_related(None).only("state", "decided_by")
    if floor is None:
        rows = rows.filter(pk__in=[pk for pk in request.POST.getlist("chosen") if pk.isdigit()])
    chosen = list(rows.order_by("-score", "-pk")[: MOST_AT_ONCE["links"]])
    if request.POST.get("action") == "reject":
        done = corrections.reject_links(chosen, user=request.user, reason=request.POST.get("reason", ""))
        return _told(request, gettext("已否决 %(n)s 条关联，不会再次提出。") % {"n": done})
    done = corrections.accept_links(chosen, user=request.user)
    return _told(request, gettext("已采纳 %(n)s 条关联。") % {"n": done})


def _told(request: HttpRequest, sentence: str, *, failed: bool = False) -> HttpResponse:
    """The sentence on the page that asked: as a toast that can take the step back, or after a redirect."""
    if request.htmx:
        return renewed(sentence, None if failed else last_event(request.user), error=failed)
    (messages.error if failed else messages.success)(request, sentence)
    return redirect(request.META.get("HTTP_REFERER") if _own(request) else "links")


def _own(request: HttpRequest) -> bool:
    """Whether the page that sent this form is one of ours; nobody is to be led elsewhere."""
    return (request.META.get("HTTP_REFERER") or "").startswith(f"{request.scheme}://{request.get_host()}/")


@requires("review")
@require_POST
def change_decide(request: HttpRequest, pk: int) -> HttpResponse:
    rows = access.visible(GoalChange.objects.select_related("goal"), request.user, "goal__organisation")
    change = get_object_or_404(rows, pk=pk)
    state = request.POST.get("state")
    if state in LinkState.values:
        corrections.decide_change(change, state, user=request.user, reason=request.POST.get("reason", ""))
        messages.success(request, gettext("已保存。"))
    return redirect(request.META.get("HTTP_REFERER") if _own(request) else "changes")


@requires("review")
@require_POST
def finding_resolve(request: HttpRequest, pk: int) -> HttpResponse:
    goals = access.visible(Goal.objects.all(), request.user).values("pk")
    results = access.visible(Result.objects.all(), request.user).values("pk")
    finding = get_object_or_404(Finding.objects.filter(Q(goal__in=goals) | Q(result__in=results)), pk=pk)
    try:
        corrections.resolve_finding(finding, user=request.user, resolution=request.POST.get("resolution", ""))
        messages.success(request, gettext("已处理。"))
    except CorrectionError as problem:
        messages.error(request, str(problem))
    return redirect(request.META.get("HTTP_REFERER") if _own(request) else "review")
