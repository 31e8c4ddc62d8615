"""The queue of what waits for a person, one kind of work at a time; and accepting many at once above a score."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tracker import access
from tracker.access import requires
from tracker.filters import own_organisations
from tracker.models import Goal, Result, Review
from tracker.services import corrections
from tracker.services.corrections import CorrectionError
from tracker.views import waiting
from tracker.views.records import last_event, refusing, renewed
from tracker.views.waiting import MOST_AT_ONCE, Wanted

SHOWN = 40
FLOORS = {"records": 0.95, "links": 0.65}  # what the box for accepting many at once starts with
PARTS = ("records", "documents", "links", "changes", "findings")
SORTS = ("doubtful", "sure")


@requires("review")
@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """One kind of open work (``part``), for all organisations or one, narrowed and sorted by score."""
    part = request.GET.get("part", "")
    part = part if part in PARTS else PARTS[1]
    wanted = Wanted.read(request.GET)
    context = {
        "title": _("待办审核"),
        "organisations": own_organisations(request),
        "wanted": wanted,
        "part": part,
        "tabs": tabs(request, wanted),
        "done": reviewed(request),
        "shown": SHOWN,
        "sort": request.GET.get("sort") if request.GET.get("sort") in SORTS else SORTS[0],
    }
    context |= {"rows": rows_of(request, part, wanted, context["sort"])}
    if part in ("records", "documents"):
        context |= {"bands": waiting.count_bands(request.user, wanted)}
    if part in ("records", "documents", "links"):
        context |= {"bulk": bulk(request, wanted, "links" if part == "links" else "records")}
    return render(request, "tracker/review.html", context)


def tabs(request: HttpRequest, wanted: Wanted) -> list[tuple[str, str, int]]:
    """Name, label and number of open pieces of each kind of work: records, not documents."""
    own = Wanted(wanted.organisation)
    records = sum(rows.count() for rows in waiting.waiting_records(request.user, own).values())
    return [
        ("documents", _("目标与完成情况"), records),
        ("links", _("关联"), waiting.waiting_links(request.user, own).count()),
        ("changes", _("目标变更"), waiting.waiting_changes(request.user, own).count()),
        ("findings", _("疑点"), waiting.waiting_findings(request.user, own).count()),
    ]


def rows_of(request: HttpRequest, part: str, wanted: Wanted, sort: str) -> Any:
    """What is shown of one kind of work."""
    if part == "records":
        queues = waiting.waiting_records(request.user, wanted)
        return waiting.first_records(queues, SHOWN, surest_first=sort == "sure")
    ask = {
        "documents": waiting.waiting_documents,
        "links": waiting.waiting_links,
        "changes": waiting.waiting_changes,
        "findings": waiting.waiting_findings,
    }[part]
    return ask(request.user, Wanted(wanted.organisation))[:SHOWN]


def bulk(request: HttpRequest, wanted: Wanted, what: str) -> dict[str, Any]:
    """What accepting all from a score on would take: counts, before anybody presses the button."""
    asked = waiting.read_score(request.GET.get("from"))
    floor = asked if asked is not None else FLOORS[what]
    above = Wanted(wanted.organisation, wanted.kind, wanted.document, floor)
    if what == "links":
        n = waiting.waiting_links(request.user, above).count()
        return {"what": what, "floor": floor, "n": n, "most": MOST_AT_ONCE["links"]}
    counts = {kind: rows.count() for kind, rows in waiting.waiting_records(request.user, above).items()}
    return {"what": what, "floor": floor, "counts": counts, "n": sum(counts.values()), "most": MOST_AT_ONCE["records"]}


@requires("review")
@require_POST
@refusing
def records_accept(request: HttpRequest) -> HttpResponse:
    """All waiting records from the score ``from`` on, the surest first, as one step that one undo takes back."""
    floor = waiting.read_score(request.POST.get("from"))
    if floor is None:
        raise CorrectionError(_("把握应为 0 到 1 之间的数，例如 0.8。"))
    asked = Wanted.read(request.POST)
    queues = waiting.waiting_records(request.user, Wanted(asked.organisation, asked.kind, asked.document, floor))
    chosen = waiting.surest_records(queues, MOST_AT_ONCE["records"])
    n = corrections.accept_all(chosen, user=request.user)
    return renewed(_("已采纳 %(n)s 条记录") % {"n": n}, last_event(request.user) if n else None)


def reviewed(request: HttpRequest) -> dict[str, int]:
    """How many records stand in each state of review."""
    counts: dict[str, int] = dict.fromkeys(Review.values, 0)
    for model in (Goal, Result):
        rows = access.visible(model.objects.all(), request.user).order_by().values_list("review")
        for state, n in rows.annotate(n=Count("pk")):
            counts[state] += n
    counts["total"] = sum(counts.values())
    return counts
