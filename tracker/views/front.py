"""The front page: what a leader sees in one minute."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tracker import access
from tracker.access import requires
from tracker.filters import DRIFT
from tracker.models import Document, Goal, GoalChange, GoalStatus, LinkState, Result, Review, Status, StatusDay
from tracker.services import progress
from tracker.services.figures import EVERYTHING, LATE, ON_TIME, SHOWN, WITHOUT_DATA, count_front, month_before
from tracker.services.prepared import Given, Prepared, Unbuilt, padded, unbuilt
from tracker.templatetags.jiannuo import plain_quantity
from tracker.views.figures import count_of, per_version, ranked, status_counts, statuses
from tracker.views.frame import fresh_day, open_work, status_day

BODIES = 12


def headline(counts: dict[str, int]) -> list[dict[str, Any]]:
    """The figures of the first sentence, each with the conditions of the table that it leads to."""

    def sum_of(*states: str) -> int:
        return sum(counts.get(state, 0) for state in states)

    def query(*states: str) -> str:
        return "&".join(f"status={state}" for state in states)

    figures = [
        (_("目标"), sum(counts.values()), ""),
        (_("已完成"), sum_of(Status.DONE), query(Status.DONE)),
        (_("达到序时"), sum_of(*ON_TIME), query(*ON_TIME)),
        (_("滞后或有风险"), sum_of(*LATE), query(*LATE)),
        (_("逾期未完成"), sum_of(Status.OVERDUE), query(Status.OVERDUE)),
        (_("无数据"), sum_of(*WITHOUT_DATA), query(*WITHOUT_DATA)),
        (_("目标调整"), sum_of(Status.ADJUSTED), query(Status.ADJUSTED)),
    ]
    return [{"label": label, "n": n, "query": address} for label, n, address in figures if n or not address]


@requires("view")
@require_GET
def front(request: HttpRequest) -> HttpResponse:
    day = fresh_day(request)
    earlier = month_before(day)
    context = standing_figures(request.user, status_day(request), earlier) | {
        "title": _("总览"),
        "earlier": earlier,
        "drifted": shown_changes(request.user),
        "documents": shown_documents(request.user),
        "open_work": waiting_work(request.user) if access.may(request.user, "review") else "",
        "plain": plain_quantity,
    }
    return render(request, "tracker/front.html", context)


def waiting_work(user: Any) -> str:
    """How much waits for a person, in figures; "" when nothing does."""
    n, more = open_work(user)
    return f"{n}{'+' if more else ''}" if n else ""


def standing_figures(user: Any, status_day: StatusDay, earlier: date) -> dict[str, Any]:
    """Everything on the front page that counts all goals: counted once for each version of the data, its rows read anew."""
    day = status_day.as_of
    progress.ready_day(earlier)
    kept = per_version("front", user, (day, earlier), lambda: count_front(statuses(user, day), day, earlier))
    counts = status_counts(user, status_day)
    lists = ("worse", "silent", "overdue")
    every = [pk for name in lists for pk in kept[name]]
    rows = {row.pk: row for row in _ROWS(*padded(every, len(lists) * SHOWN))}
    shown = {name: tuple(rows[pk] for pk in kept[name] if pk in rows) for name in lists}
    return (
        kept
        | shown
        | {
            "counts": counts,
            "counted": tuple(sorted(counts.items())),
            "total": sum(counts.values()),
            "figures": headline(counts),
            "ranked": ranked(user, day, BODIES),
        }
    )


def _rows() -> QuerySet[GoalStatus]:
    """Progress of the goals in the lists, with what these show of it."""
    figures = ("value", "value_max", "unit", "comparator", "period_end")
    shown = ("goal", "result", "status", "light", "gap", "completion", "arithmetic")
    goal = ("indicator", "organisation", "organisation__name", "document", "document__published_on")
    return (
        GoalStatus.objects.filter(pk__in=[Given(place, GoalStatus._meta.pk) for place in range(3 * SHOWN)])
        .select_related("goal__organisation", "goal__document", "result")
        .only(*shown, *(f"goal__{name}" for name in (*figures, *goal)), *(f"result__{name}" for name in figures))
    )


_ROWS = Prepared(_rows, unbuilt=True)


def drifted() -> QuerySet[GoalChange]:
    """Goals that were lowered, postponed, weakened, narrowed or dropped, newest first."""
    figures = ("value", "value_max", "unit", "comparator")
    shown = ("goal", "later", "kind", "happened_on", "goal__indicator", "goal__organisation__name", "goal__organisation")
    return (
        GoalChange.objects.filter(kind__in=DRIFT)
        .exclude(state=LinkState.REJECTED)
        .exclude(goal__review=Review.REJECTED)
        .select_related("goal__organisation", "later")
        .only(*shown, *(f"{side}__{name}" for side in ("goal", "later") for name in figures))
    )


_DRIFTED = Prepared(lambda: drifted()[:SHOWN], unbuilt=True)


def shown_changes(user: Any) -> tuple[Unbuilt, ...]:
    if access.scope_of(user) == EVERYTHING:
        return tuple(_DRIFTED())
    return tuple(unbuilt(access.visible(drifted(), user, "goal__organisation")[:SHOWN]))


def newest_documents(request: HttpRequest) -> QuerySet[Document]:
    """Documents in the order they came, with how many goals and results each brought."""
    found = records_found(request.user)
    return _newest(visible_documents(request.user).defer("content", "paragraphs"), found)


def _newest(rows: QuerySet[Document], found: dict[str, Any]) -> QuerySet[Document]:
    return rows.select_related("issuer").annotate(**found).order_by("-pk")


def shown_documents(user: Any) -> tuple[Unbuilt, ...]:
    if access.scope_of(user) == EVERYTHING:
        return tuple(_DOCUMENTS())
    return tuple(unbuilt(_newest(_titles(visible_documents(user)), records_found(user))[:SHOWN]))


def _titles(rows: QuerySet[Document]) -> QuerySet[Document]:
    return rows.only("title", "name", "published_on", "issuer", "issuer__name")


def _all_documents() -> QuerySet[Document]:
    found = {"goals_found": count_of(Goal.objects.all(), "document")}
    found |= {"results_found": count_of(Result.objects.all(), "document")}
    return _newest(_titles(Document.objects.all()), found)[:SHOWN]


_DOCUMENTS = Prepared(_all_documents, unbuilt=True)


def records_found(user: Any) -> dict[str, Any]:
    """Counts of a document's goals and results. It may speak for several bodies: only what the user may see is counted."""
    goals, results = (access.visible(model.objects.all(), user) for model in (Goal, Result))
    return {"goals_found": count_of(goals, "document"), "results_found": count_of(results, "document")}


def visible_documents(user: Any) -> QuerySet[Document]:
    """Documents that speak for an organisation which the user may see; everything for those not bound to one."""
    if access.role_of(user) == "liaison":
        mine = user.profile.organisations.values("pk")
        speaks = Q(issuer__in=mine) | Q(goals__organisation__in=mine) | Q(results__organisation__in=mine)
        return Document.objects.filter(pk__in=Document.objects.filter(speaks).values("pk"))
    return access.visible(Document.objects.all(), user, "issuer")
