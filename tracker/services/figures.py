"""Figures over all goals of a day: how many stand where, what got worse, what nobody answered.

Counts by organisation (``BodyDay``) are made with the day's progress. What takes long besides is kept for one version of the
data: worked out by the worker before it declares that version ready, so that no page waits for it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from tracker.matching.pace import month_end
from tracker.models import BodyDay, Goal, GoalStatus, KeptFigures, Light, Review, Status, StatusDay
from tracker.services.pacing import in_chunks, in_steps
from tracker.services.prepared import Given, Prepared
from tracker.services.restated import find_restated

EVERYTHING = "all"  # the scope of those who may see every organisation
KEPT_SECONDS = 3600
# from this many goals on the day's progress is worked out by a worker, and pages show what was worked out last
MANY_GOALS = 20_000
SHOWN = 5
WORSE = [Light.GREEN, Light.GREY, Light.BLUE, Light.YELLOW, Light.DARK_YELLOW, Light.RED]
ON_TIME = (Status.AHEAD, Status.ON_TIME)
LATE = (Status.BEHIND, Status.AT_RISK)
WITHOUT_DATA = (Status.NO_DATA, Status.NOT_STARTED)
# done / on time / behind / overdue / no data: the five parts of an organisation's bar
PARTS: list[tuple[str, tuple[Status, ...]]] = [
    ("done", (Status.DONE,)),
    ("ontime", (*ON_TIME, Status.ADJUSTED)),
    ("behind", LATE),
    ("overdue", (Status.OVERDUE,)),
    ("none", WITHOUT_DATA),
]
PART_OF = {state: key for key, states in PARTS for state in states}


def month_before(day: date) -> date:
    """The last day of the month before."""
    return day.replace(day=1) - timedelta(days=1)


def standing_on(as_of: date) -> QuerySet[GoalStatus]:
    """Progress as of a date of all standing goals."""
    return GoalStatus.objects.filter(as_of=as_of).exclude(goal__review=Review.REJECTED)


def is_large() -> bool:
    """Whether there are too many goals to work out a day while somebody waits for a page."""
    return Goal.objects.order_by().values("pk")[:MANY_GOALS].count() == MANY_GOALS


def count_bodies(as_of: date) -> dict[str, int]:
    """Count the day's statuses and lights by organisation, store that, and return the counts by status of all."""
    rows = GoalStatus.objects.filter(as_of=as_of).order_by()
    bodies: dict[int, BodyDay] = {}
    whole: dict[str, int] = defaultdict(int)
    for body, status, light, n in rows.values_list("goal__organisation", "status", "light").annotate(n=Count("pk")):
        each = bodies.setdefault(body, BodyDay(as_of=as_of, organisation_id=body, statuses={}, lights={}))
        each.total += n
        each.statuses[status] = each.statuses.get(status, 0) + n
        each.lights[light] = each.lights.get(light, 0) + n
        part = PART_OF[Status(status)]
        setattr(each, part, getattr(each, part) + n)
        whole[status] += n
    _store_bodies(as_of, bodies)
    return dict(whole)


def _store_bodies(as_of: date, bodies: dict[int, BodyDay]) -> None:
    """Only what is new or different is written: after most changes that is one body."""
    stored = {row.organisation_id: row for row in BodyDay.objects.filter(as_of=as_of)}
    columns = ["total", "statuses", "lights", *(key for key, _states in PARTS)]
    changed = [
        each
        for body, each in sorted(bodies.items())
        if body not in stored or any(getattr(each, name) != getattr(stored[body], name) for name in columns)
    ]
    for some in in_steps(changed):
        BodyDay.objects.bulk_create(
            some, update_conflicts=True, unique_fields=["as_of", "organisation"], update_fields=columns
        )
    gone = [row.pk for body, row in stored.items() if body not in bodies]
    for ids in in_steps(gone):
        BodyDay.objects.filter(pk__in=ids).delete()


def counts_by_status(bodies: QuerySet[BodyDay]) -> dict[str, int]:
    """Goals per status of these organisations."""
    counts: dict[str, int] = defaultdict(int)
    for statuses in bodies.order_by().values_list("statuses", flat=True):
        for status, n in statuses.items():
            counts[status] += n
    return dict(counts)


def _rank(lookup: str) -> Case:
    whens = [When(**{lookup: light}, then=Value(place)) for place, light in enumerate(WORSE)]
    return Case(*whens, default=Value(0), output_field=IntegerField())


def worsened(rows: QuerySet[GoalStatus], before: date) -> QuerySet[GoalStatus]:
    """Of these, the goals whose light is worse than it was at the earlier date; ``was`` is the light of then."""
    earlier = GoalStatus.objects.filter(goal=OuterRef("goal"), as_of=before)
    return rows.annotate(
        was=Subquery(earlier.values("light")[:1]),
        rank=_rank("light"),
        rank_before=Subquery(earlier.annotate(rank=_rank("light")).values("rank")[:1], output_field=IntegerField()),
    ).filter(rank_before__isnull=False, rank__gt=F("rank_before"))


def silent(rows: QuerySet[GoalStatus]) -> QuerySet[GoalStatus]:
    """Goals that no report answers: those with a number first, the longest waiting first among them."""
    return (
        rows.filter(answers=0, goal__closed_on__isnull=True)
        .annotate(in_words=Case(When(goal__value__isnull=True, then=1), default=0))
        .order_by("in_words", F("goal__document__published_on").asc(nulls_last=True), "goal_id")
    )


def count_front(rows: QuerySet[GoalStatus], day: date, earlier: date) -> dict[str, Any]:
    """What the front page tells of a day besides counts: numbers and ids only, for names may change without progress changing."""
    worse = worsened(rows, earlier)
    overdue = rows.filter(status=Status.OVERDUE).order_by("goal__period_end", "goal_id")
    return {
        "worse": _first(worse.order_by("-rank", "gap", "goal_id")),
        "worse_counts": worse.aggregate(n=Count("pk"), red=Count("pk", filter=Q(light="red"))),
        "silent": _first(silent(rows)),
        "silent_count": silent(rows).order_by().count(),
        "overdue": _first(overdue),
        # how many of the goals the ledger lists but counts once with the goal that they repeat
        "restated": sum(rows.filter(goal__in=some).count() for some in in_chunks(list(find_restated(day)))),
    }


def _first(rows: QuerySet[GoalStatus]) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:SHOWN])


@lru_cache(maxsize=64)
def _versions(n: int) -> Prepared:
    days = [Given(place, StatusDay._meta.get_field("as_of")) for place in range(n)]
    return Prepared(lambda: StatusDay.objects.filter(as_of__in=days).values_list("as_of", "done"))


def version_of(days: Sequence[date], ahead: dict[date, int] | None = None) -> str:
    """The version of the data that is worked in at these days; ``ahead`` names days about to have another."""
    done = dict(_versions(len(days))(*days)) | (ahead or {})
    return ".".join(str(done.get(day, 0)) for day in days)


def kept(name: str, scope: str, days: Sequence[date], count: Callable[[], Any]) -> Any:
    """What ``count`` gives, counted once for each version of the data at these days and each set of visible rows.

    ``count`` must give what JSON can hold, and nothing that changes without the version, such as names.
    """
    version = version_of(days)
    said = ",".join(map(str, days))
    key = hashlib.sha256(f"{name}:{scope}:{said}:{version}".encode()).hexdigest()
    value = cache.get(key)
    if value is None:
        rows = KeptFigures.objects.filter(name=name, days=said, version=version)
        stored = rows.first() if scope == EVERYTHING else None
        value = stored.value if stored else count()
        cache.set(key, value, KEPT_SECONDS)
    return value


def keep_ahead(as_of: date, version: int) -> None:
    """Count what the front page will ask for once this version of the day is declared ready, and store it."""
    known = set(StatusDay.objects.values_list("as_of", flat=True))
    after = month_end(as_of + timedelta(days=1))
    for day, earlier in ((as_of, month_before(as_of)), (after, as_of)):
        if {day, earlier} <= known:
            value = count_front(standing_on(day), day, earlier)
            _store("front", [day, earlier], version_of([day, earlier], {as_of: version}), value)


def _store(name: str, days: Sequence[date], version: str, value: Any) -> None:
    said = ",".join(map(str, days))
    with transaction.atomic():
        KeptFigures.objects.update_or_create(name=name, days=said, version=version, defaults={"value": value})
        # the version shown until now stays: pages ask for it while this one is not declared yet
        alike = KeptFigures.objects.filter(name=name, days=said)
        newest = list(alike.order_by("-pk").values_list("pk", flat=True)[:3])
        alike.exclude(pk__in=newest).delete()
