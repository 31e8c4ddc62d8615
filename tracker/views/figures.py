"""Figures as pages show them: what a user may see of what is counted, with the names of now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Count, F, FloatField, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce

from tracker import access
from tracker.models import BodyDay, GoalStatus, Organisation, StatusDay
from tracker.services import figures
from tracker.services.figures import PARTS
from tracker.services.prepared import Given, Prepared

# what no list shows
STATUS_TEXTS = ("searched", "assumption", "notes", "light_reason", "decided_reason")
STATEMENT_TEXTS = ("reasons", "machine", "note", "post", "fingerprint")


def per_version(name: str, user: Any, days: Iterable[date], count: Callable[[], Any]) -> Any:
    """What ``count`` gives, worked out once for each version of the data at these days and each set of visible rows."""
    return figures.kept(name, access.scope_of(user), list(days), count)


def bodies(user: Any, as_of: date) -> QuerySet[BodyDay]:
    """Counts by organisation at a date, of those that the user may see."""
    return access.visible(BodyDay.objects.filter(as_of=as_of), user, "organisation")


def status_counts(user: Any, day: StatusDay) -> dict[str, int]:
    """Goals per status at a day whose progress is worked out."""
    if access.scope_of(user) == figures.EVERYTHING:
        return dict(day.counts)
    return figures.counts_by_status(bodies(user, day.as_of))


def rows_of(ids: Sequence[int], *joined: str) -> list[GoalStatus]:
    """Progress of these ids in their order, with what is joined; one that is gone meanwhile is left out."""
    unshown = [*STATUS_TEXTS, *(f"goal__{name}" for name in STATEMENT_TEXTS)]
    if "result" in joined:
        unshown += [f"result__{name}" for name in STATEMENT_TEXTS]
    if "goal__document" in joined:
        unshown += [f"goal__document__{name}" for name in ("content", "paragraphs", "notes", "sources")]
    found = GoalStatus.objects.select_related(*joined).defer(*unshown).in_bulk(list(ids))
    return [found[pk] for pk in ids if pk in found]


def count_of(rows: QuerySet, path: str) -> Coalesce:
    """How many of these rows belong to each outer row, by the lookup from a row to it.

    A subquery for each count: two joined counts would multiply goals by results.
    """
    counted = rows.filter(**{path: OuterRef("pk")}).order_by().values(path).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def statuses(user: Any, as_of: date) -> QuerySet[GoalStatus]:
    """Progress as of a date of all standing goals that the user may see."""
    return access.visible(figures.standing_on(as_of), user, "goal__organisation")


@dataclass(frozen=True)
class Standing:
    """An organisation's goals by part of the bar; ``share`` of 1 that is done or on time."""

    pk: int
    name: str
    total: int
    counts: tuple[tuple[str, int], ...]

    @property
    def parts(self) -> dict[str, int]:
        return dict(self.counts)

    @property
    def share(self) -> float:
        return (self.parts["done"] + self.parts["ontime"]) / self.total if self.total else 0.0

    @property
    def shares(self) -> list[tuple[str, int, str]]:
        """Part, number of goals and width in percent, empty parts left out."""
        return [(key, n, f"{n / self.total * 100:.2f}%") for key, n in self.counts if n]


def ranked(user: Any, as_of: date, most: int) -> tuple[Standing, ...]:
    """The organisations with the best shares, from the best on; between equals the larger first."""
    if access.scope_of(user) == figures.EVERYTHING:
        return tuple(map(standing, _best(most)(as_of)))
    return tuple(map(standing, _from_best(bodies(user, as_of))[:most]))


def _from_best(rows: QuerySet[BodyDay]) -> QuerySet[BodyDay]:
    share = Cast(F("done") + F("ontime"), FloatField()) / F("total")
    ordered = rows.filter(total__gt=0).order_by(share.desc(), "-total", "organisation__name")
    return ordered.values_list("organisation_id", "organisation__name", "total", *(key for key, _states in PARTS))


@lru_cache(maxsize=8)
def _best(most: int) -> Prepared:
    day = Given(0, BodyDay._meta.get_field("as_of"))
    return Prepared(lambda: _from_best(BodyDay.objects.filter(as_of=day))[:most])


def standing_of(body: Organisation, user: Any, as_of: date) -> Standing | None:
    """How one organisation stands; None when it has no goals that the user may see."""
    found = _from_best(bodies(user, as_of).filter(organisation=body)).first()
    return standing(found) if found else None


def standing(row: tuple[Any, ...]) -> Standing:
    pk, name, total, *parts = row
    return Standing(pk, name, total, tuple(zip((key for key, _states in PARTS), parts, strict=True)))
