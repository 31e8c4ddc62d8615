"""What waits for a person: records by score or by document, links, changes, doubts; each of one body or of all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Count, F, Q, QuerySet

from tracker import access
from tracker.analysis.certainty import measured_bands
from tracker.models import Finding, Goal, GoalChange, Link, LinkState, Result, Review
from tracker.views.figures import count_of
from tracker.views.front import visible_documents

User = AbstractBaseUser | AnonymousUser
KINDS: dict[str, type[Goal | Result]] = {"goal": Goal, "result": Result}
# texts of documents are large, and no list shows them
TEXTS = ("content", "paragraphs")
# what one step accepts: about a second, while on SQLite nobody else can write; a link has its goal looked at again
MOST_AT_ONCE = {"records": 5000, "links": 2000}


@dataclass(frozen=True)
class Wanted:
    """Which of the open work is asked for. ``floor`` and ``ceiling`` bound the score: from floor up to below ceiling."""

    organisation: int | None = None
    kind: str = ""
    document: int | None = None
    floor: float | None = None
    ceiling: float | None = None

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> Wanted:
        """From an address or a form; what makes no sense is as if it was not asked."""
        kind = asked.get("kind", "")
        return cls(
            organisation=_number(asked.get("organisation")),
            kind=kind if kind in KINDS else "",
            document=_number(asked.get("document")),
            floor=read_score(asked.get("floor")),
            ceiling=read_score(asked.get("ceiling")),
        )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() and len(text) < 10 else None


def read_score(text: str | None) -> float | None:
    """A score as typed, 0.9 or 90%; None for anything that is none."""
    words = (text or "").strip()
    try:
        score = float(words.removesuffix("%")) / (100 if words.endswith("%") else 1)
    except ValueError:
        return None
    return score if 0 <= score <= 1 else None


def waiting_records(user: User, wanted: Wanted) -> dict[str, QuerySet]:
    """Goals and results that nobody has looked at, by kind."""
    found = {}
    for kind, model in KINDS.items():
        if wanted.kind in ("", kind):
            found[kind] = _narrowed(access.visible(model.objects.filter(review=Review.UNREVIEWED), user), wanted)
    return found


def _narrowed(rows: QuerySet, wanted: Wanted, organisation: str = "organisation") -> QuerySet:
    if wanted.organisation:
        rows = rows.filter(**{organisation: wanted.organisation})
    if wanted.document:
        rows = rows.filter(document=wanted.document)
    if wanted.floor is not None:
        rows = rows.filter(score__gte=wanted.floor)
    if wanted.ceiling is not None:
        rows = rows.filter(score__lt=wanted.ceiling)
    return rows


def first_records(queues: Mapping[str, QuerySet], limit: int, *, surest_first: bool) -> list[Goal | Result]:
    """The first of several kinds together, in the order of the score, ready to be shown."""
    texts = [f"document__{name}" for name in TEXTS]
    rows = {kind: queue.select_related("organisation", "document").defer(*texts) for kind, queue in queues.items()}
    return _in_order(rows, limit, surest_first=surest_first)


def surest_records(queues: Mapping[str, QuerySet], limit: int) -> list[Goal | Result]:
    """The surest of several kinds together, thousands of them: of each no more than what a decision asks for."""
    return _in_order({kind: queue.only("review", "score") for kind, queue in queues.items()}, limit, surest_first=True)


def _in_order(queues: Mapping[str, QuerySet], limit: int, *, surest_first: bool) -> list[Goal | Result]:
    """By the score; those typed in by people, without one, last."""
    found: list[Any] = []
    for kind, rows in queues.items():
        order = F("score").desc(nulls_last=True) if surest_first else F("score").asc(nulls_last=True)
        for row in rows.order_by(order, "-pk")[:limit]:
            row.kind = kind
            found.append(row)
    sign = -1 if surest_first else 1
    found.sort(key=lambda row: (row.score is None, sign * (row.score or 0), row.kind, -row.pk))
    return found[:limit]


def count_bands(user: User, wanted: Wanted) -> list[dict[str, Any]]:
    """How many records wait in each band of the score, with what share of such records was right on the gold standard."""
    bands: list[dict[str, Any]] = []
    for floor, share, _seen in measured_bands():
        bands.append({"floor": floor, "ceiling": bands[-1]["floor"] if bands else None, "share": share, "n": 0})
    for rows in waiting_records(user, Wanted(wanted.organisation, wanted.kind, wanted.document)).values():
        counts = rows.aggregate(
            **{f"band{place}": Count("pk", filter=_inside(band)) for place, band in enumerate(bands)}
        )
        for place, band in enumerate(bands):
            band["n"] += counts[f"band{place}"]
    return bands


def _inside(band: Mapping[str, Any]) -> Q:
    above = Q(score__gte=band["floor"])
    return above if band["ceiling"] is None else above & Q(score__lt=band["ceiling"])


def waiting_documents(user: User, wanted: Wanted) -> QuerySet:
    """Documents with records that nobody has looked at, most recent first."""
    queues = waiting_records(user, Wanted(wanted.organisation, floor=wanted.floor, ceiling=wanted.ceiling))
    rows = visible_documents(user).select_related("issuer").defer(*TEXTS)
    rows = rows.annotate(**{f"{kind}s_open": count_of(queue, "document") for kind, queue in queues.items()})
    return rows.filter(Q(goals_open__gt=0) | Q(results_open__gt=0)).order_by(
        F("published_on").desc(nulls_last=True), "-pk"
    )


def waiting_links(user: User, wanted: Wanted) -> QuerySet:
    """Links that the machine proposes, the surest first."""
    rows = access.visible(Link.objects.filter(state=LinkState.PROPOSED), user, "goal__organisation")
    rows = _narrowed(rows, Wanted(wanted.organisation, floor=wanted.floor), "goal__organisation")
    ends = ("goal__organisation", "result__organisation", "goal__document", "result__document")
    texts = [f"{side}__document__{name}" for side in KINDS for name in TEXTS]
    return rows.select_related(*ends).defer(*texts)


def waiting_changes(user: User, wanted: Wanted) -> QuerySet:
    """Goals said otherwise later, or not at all, that nobody has confirmed."""
    rows = access.visible(GoalChange.objects.filter(state=LinkState.PROPOSED), user, "goal__organisation")
    rows = rows.filter(goal__organisation=wanted.organisation) if wanted.organisation else rows
    return rows.select_related("goal__organisation", "later").order_by("-happened_on", "-pk")


def waiting_findings(user: User, wanted: Wanted) -> QuerySet:
    """What does not add up, and nobody has said what to make of it."""
    goals, results = (access.visible(model.objects.standing(), user) for model in (Goal, Result))
    if wanted.organisation:
        goals, results = (rows.filter(organisation=wanted.organisation) for rows in (goals, results))
    rows = Finding.objects.filter(resolved_at__isnull=True)
    rows = rows.filter(Q(goal__in=goals.values("pk")) | Q(goal__isnull=True, result__in=results.values("pk")))
    return rows.select_related("goal__organisation", "result__organisation")
