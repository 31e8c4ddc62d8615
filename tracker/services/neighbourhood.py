"""What a document's records can be linked with: the same bodies under other names or places, a government and its departments,
and of these only what speaks of the same days. So one more document costs as much as its own surroundings, however much there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from tracker.matching.items import FAR, GRACE, as_of, window
from tracker.matching.names import GOVERNMENT
from tracker.models import Goal, Organisation, Result
from tracker.services.items import Loaded, load_items
from tracker.services.organisations import UNKNOWN
from tracker.services.pacing import in_chunks


@dataclass(frozen=True, slots=True)
class Chosen:
    """Ids of what is to be matched: all records of some documents, and some that were typed in without one."""

    documents: Sequence[int] = ()
    goals: Sequence[int] = ()
    results: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Touched:
    """The chosen records, loaded."""

    chosen: Chosen
    goals: list[Loaded]
    results: list[Loaded]

    def rows(self, model: type[Goal] | type[Result]) -> list[Loaded]:
        """Those of one kind."""
        return self.goals if model is Goal else self.results


def load_touched(chosen: Chosen) -> Touched:
    """The standing ones among the chosen records."""
    goals = _load_own(Goal, chosen.documents, chosen.goals)
    return Touched(chosen, goals, _load_own(Result, chosen.documents, chosen.results))


def _load_own(model: type[Goal] | type[Result], documents: Sequence[int], ids: Sequence[int]) -> list[Loaded]:
    rows: dict[int, Loaded] = {}
    for some in in_chunks(documents):
        rows |= {row.pk: row for row in load_items(model.objects.standing().filter(document_id__in=some))}
    for some in in_chunks(ids):
        rows |= {row.pk: row for row in load_items(model.objects.standing().filter(pk__in=some))}
    return [rows[pk] for pk in sorted(rows)]


def _load_others(rows: QuerySet, touched: Touched) -> list[Loaded]:
    """Items of these records but for those of the chosen documents, which are at hand."""
    at_hand = {row.pk for row in touched.rows(rows.model)}
    apart = Q(document_id__isnull=True) | ~Q(document_id__in=touched.chosen.documents)
    return [row for row in load_items(rows.filter(apart)) if row.pk not in at_hand]


@dataclass(frozen=True, slots=True)
class Bodies:
    """Organisations that the touched records' bodies meet: the same, the departments below, the governments above."""

    same: list[int]
    below: list[int]
    above: list[int]


def find_bodies(organisation_ids: Iterable[int]) -> Bodies:
    """All bodies that some organisations meet."""
    # records of a body that no document names answer only inside their own document
    own = list(Organisation.objects.filter(pk__in=list(organisation_ids)).exclude(name=UNKNOWN))
    same = Q(pk__in=[row.pk for row in own]) | Q(successor__in=[row.pk for row in own])
    same |= Q(pk__in=[row.successor_id for row in own if row.successor_id])
    below, above = Q(pk__in=[]), Q(pk__in=[])
    for row in own:
        place, _, body = row.key.partition("|")
        if body:
            # a name without its place meets the body of any place
            same |= Q(key=f"|{body}") if place else Q(key__endswith=f"|{body}")
        if place and body == GOVERNMENT:
            below |= Q(key__startswith=f"{place}|")
        elif place:
            above |= Q(key=f"{place}|{GOVERNMENT}")
    return Bodies(_ids(same), _ids(below), _ids(above))


def _ids(wanted: Q) -> list[int]:
    return sorted(Organisation.objects.filter(wanted).values_list("pk", flat=True))


def load_results_for(touched: Touched, bodies: Bodies) -> list[Loaded]:
    """Other results of the bodies that speak of days in which one of the touched goals can be answered."""
    if not touched.goals:
        return []
    windows = [window(row.item) for row in touched.goals]
    starts = [days.start for days in windows]
    rows = Result.objects.standing().filter(organisation_id__in=[*bodies.same, *bodies.below])
    rows = rows.annotate(day=Coalesce("period_end", "document__published_on"))
    low = None if None in starts else min(start for start in starts if start).replace(month=1, day=1)
    ends = [days.last for days in windows]
    high = None if None in ends else max(end for end in ends if end)
    if low:
        rows = rows.filter(Q(day__gte=low) | Q(day__isnull=True))
    if high:
        rows = rows.filter(Q(day__lte=high) | Q(day__isnull=True))
    return _load_others(rows, touched)


def load_goals_for(touched: Touched, bodies: Bodies) -> list[Loaded]:
    """Other goals of the bodies that one of the touched results can answer by its day."""
    if not touched.results:
        return []
    rows = Goal.objects.standing().filter(organisation_id__in=[*bodies.same, *bodies.above])
    days = [as_of(row.item) for row in touched.results]
    if None not in days:
        known = [day for day in days if day]
        first, last = min(known), max(known).replace(month=12, day=31)
        running = Q(period_end__gte=first - GRACE)
        # a pledge without a deadline waits until the end of the year after
        running |= Q(period_end__isnull=True) & (
            Q(document__published_on__gte=date(first.year - 1, 1, 1))
            | Q(document__published_on__isnull=True)
            | Q(period_start__gte=date(first.year - 1, 1, 1))
        )
        rows = rows.filter(running, Q(period_start__lte=last) | Q(period_start__isnull=True))
    return _load_others(rows, touched)


def load_around(model: type[Goal] | type[Result], touched: Touched, bodies: Bodies) -> list[Loaded]:
    """The touched records of one kind, and others of the same bodies told within some years of them: for versions of a
    goal, and figures told twice."""
    rows = touched.rows(model)
    if not rows:
        return []
    found: QuerySet = model.objects.standing().filter(organisation_id__in=bodies.same)
    days = [row.published_on for row in rows if row.published_on]
    if days:
        low, high = min(days) - FAR, max(days) + FAR
        near = Q(document__published_on__range=(low, high)) | Q(document__published_on__isnull=True)
        found = found.filter(near)
    return sorted([*rows, *_load_others(found, touched)], key=lambda row: row.pk)
