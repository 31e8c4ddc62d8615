"""Figures as pages show them: what a user may see of what is counted, with the names of now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, FloatField, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce

from tracker import access
from tracker.models import BodyDay, GoalStatus, StatusDay
from tracker.services import figures
from tracker.services.figures import PARTS

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


def ranked(rows: QuerySet[BodyDay], most: int | None = None) -> list[Standing]:
    """Organisations from the best share to the worst; between equals the larger first."""
    share = Cast(F("done") + F("ontime"), FloatField()) / F("total")
    ordered = rows.filter(total__gt=0).order_by(share.desc(), "-total", "organisation__name")
    return [standing(row) for row in ordered.select_related("organisation")[:most]]


def standing(row: BodyDay) -> Standing:
    parts = {key: getattr(row, key) for key, _states in PARTS}
    return Standing(row.organisation_id, row.organisation.name, row.total, parts)
