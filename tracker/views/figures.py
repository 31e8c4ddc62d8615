"""Figures that pages share: counts per status, what got worse, what nobody answered, organisations ranked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from tracker import access
from tracker.models import GoalStatus, Light, Organisation, Review, Status, StatusDay

T = TypeVar("T")
# figures of an old version are never asked for again; this only frees their place
KEPT_SECONDS = 3600
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


def per_version(name: str, user: Any, days: Iterable[date], count: Callable[[], T]) -> T:
    """What ``count`` gives, worked out once for each version of the data at these days and each set of visible rows.

    Only for what changes with the version alone: ids and numbers. Names may change without it and are read for each page.
    """
    versions = StatusDay.objects.filter(as_of__in=list(days)).order_by("as_of").values_list("as_of", "wanted", "done")
    parts = [name, access.scope_of(user), *(f"{day}.{wanted}.{done}" for day, wanted, done in versions)]
    return cache.get_or_set(sha256(":".join(parts).encode()).hexdigest(), count, KEPT_SECONDS)


def status_counts(user: Any, day: date) -> dict[str, int]:
    """Goals per status at a day whose progress is worked out."""
    return per_version("counts", user, [day], lambda: counts_by_status(statuses(user, day)))


def rows_of(ids: Sequence[int], *joined: str) -> list[GoalStatus]:
    """Progress of these ids in their order, with what is joined; one that is gone meanwhile is left out."""
    found = GoalStatus.objects.select_related(*joined).in_bulk(list(ids))
    return [found[pk] for pk in ids if pk in found]


def organisation_names() -> dict[int, str]:
    return dict(Organisation.objects.order_by().values_list("pk", "name"))


def count_of(rows: QuerySet, path: str) -> Coalesce:
    """How many of these rows belong to each outer row, by the lookup from a row to it.

    A subquery for each count: two joined counts would multiply goals by results.
    """
    counted = rows.filter(**{path: OuterRef("pk")}).order_by().values(path).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def month_before(day: date) -> date:
    """The last day of the month before."""
    return day.replace(day=1) - timedelta(days=1)


def statuses(user: Any, as_of: date) -> QuerySet[GoalStatus]:
    """Progress as of a date of all standing goals that the user may see."""
    rows = GoalStatus.objects.filter(as_of=as_of).exclude(goal__review=Review.REJECTED)
    return access.visible(rows, user, "goal__organisation")


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


def counts_by_status(rows: QuerySet[GoalStatus]) -> dict[str, int]:
    return dict(rows.order_by().values_list("status").annotate(n=Count("pk")).values_list("status", "n"))


@dataclass
class Standing:
    """An organisation's goals by part of the bar; ``share`` of 1 that is done or on time."""

    pk: int
    name: str
    total: int = 0
    parts: dict[str, int] = field(default_factory=dict)

    @property
    def share(self) -> float:
        return (self.parts["done"] + self.parts["ontime"]) / self.total if self.total else 0.0

    @property
    def shares(self) -> list[tuple[str, int, str]]:
        """Part, number of goals and width in percent, empty parts left out."""
        return [(key, n, f"{n / self.total * 100:.2f}%") for key, n in self.parts.items() if n]


def standings(rows: QuerySet[GoalStatus]) -> list[Standing]:
    """Organisations from the best share to the worst; between equals the larger first."""
    counts = {key: Count("pk", filter=Q(status__in=states)) for key, states in PARTS}
    grouped = (
        rows.order_by().values("goal__organisation", "goal__organisation__name").annotate(total=Count("pk"), **counts)
    )
    found = [
        Standing(
            row["goal__organisation"],
            row["goal__organisation__name"],
            row["total"],
            {key: row[key] for key, _ in PARTS},
        )
        for row in grouped
    ]
    return sorted(found, key=lambda each: (-each.share, -each.total, each.name))
