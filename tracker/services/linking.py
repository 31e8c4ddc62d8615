"""Links in the database: matching documents with their surroundings, with people's decisions kept.

Every store of records raises a version on the organisations it touches. Who matches reads the versions first, and matches
again when one has moved meanwhile: so of several workers at once the last one has seen everything, and all write the same.
An organisation that is to be matched again as a whole takes a turn (``wanted``, ``done``) that outlives its worker.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from tracker.analysis.records import Link as CoreLink
from tracker.matching.linking import ACCEPT, link_statements
from tracker.matching.names import Names
from tracker.models import Document, Goal, Link, LinkingTurn, LinkState, Relation, Result
from tracker.services import findings, progress, wording
from tracker.services.changes import store_changes
from tracker.services.items import Loaded, Speller, goal_item
from tracker.services.neighbourhood import (
    Bodies,
    Touched,
    find_bodies,
    load_around,
    load_goals_for,
    load_results_for,
    load_touched,
)
from tracker.services.pacing import in_chunks, in_steps
from tracker.services.queue import lease_end

log = logging.getLogger(__name__)
MACHINE_COLUMNS = ["relation", "score", "reasons", "objections", "state"]
MOST_ROUNDS = 10  # documents that come in all the time must not keep one worker for ever: the next one does the rest


def note_change(organisation_ids: Iterable[int]) -> None:
    """Note, in the transaction that stores records, that these organisations have new ones."""
    ids = sorted(set(organisation_ids))
    for some in in_chunks(ids):
        LinkingTurn.objects.bulk_create([LinkingTurn(organisation_id=pk) for pk in some], ignore_conflicts=True)
        LinkingTurn.objects.filter(organisation_id__in=some).update(version=F("version") + 1)


def want_turns(organisation_ids: Iterable[int]) -> None:
    """Note, in the caller's transaction, that these organisations are to be matched again as a whole."""
    ids = sorted(set(organisation_ids))
    note_change(ids)
    LinkingTurn.objects.filter(organisation_id__in=ids).update(wanted=F("wanted") + 1)


def relink(organisation_ids: Iterable[int]) -> None:
    """Match these organisations again as a whole. What another worker is at, that worker finishes."""
    ids = sorted(set(organisation_ids))
    want_turns(ids)
    take_turns(ids)


def relink_records(records: Sequence[Goal | Result], organisation_ids: Iterable[int] = ()) -> None:
    """Match again what some records touch: their documents, or themselves where they stand by themselves."""
    note_change([*(record.organisation_id for record in records), *organisation_ids])
    documents = sorted({record.document_id for record in records if record.document_id})
    alone = [record for record in records if not record.document_id]
    match_documents(
        documents,
        goals=[record.pk for record in alone if isinstance(record, Goal)],
        results=[record.pk for record in alone if isinstance(record, Result)],
    )


def take_turns(organisation_ids: Iterable[int]) -> None:
    """Do the wanted turns of these organisations, one after the other."""
    for pk in organisation_ids:
        while _take_turn(pk):
            pass


def finish_turns() -> None:
    """Turns that a dead worker left, or that came while another was at work."""
    waiting = LinkingTurn.objects.exclude(wanted=F("done"))
    take_turns(list(waiting.order_by("pk").values_list("organisation_id", flat=True)))


def open_turns() -> int:
    """How many organisations wait to be matched."""
    return LinkingTurn.objects.exclude(wanted=F("done")).count()


def _take_turn(organisation_id: int) -> bool:
    """One turn, if one is wanted and nobody else is at it. True when it was done."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now())
    lease = lease_end()
    turn = LinkingTurn.objects.filter(free, organisation_id=organisation_id).exclude(wanted=F("done")).first()
    if turn is None or not LinkingTurn.objects.filter(free, pk=turn.pk).update(lease_until=lease):
        return False
    held = LinkingTurn.objects.filter(pk=turn.pk, lease_until=lease)
    try:
        _match_organisation(organisation_id)
    except Exception:
        held.update(lease_until=None)
        raise
    held.update(done=turn.wanted, lease_until=None)
    return True


def _match_organisation(organisation_id: int) -> None:
    rows = Q(goals__organisation=organisation_id) | Q(results__organisation=organisation_id)
    documents = sorted(set(Document.objects.filter(rows).values_list("pk", flat=True)))
    alone = {"organisation": organisation_id, "document__isnull": True}
    match_documents(
        documents,
        goals=list(Goal.objects.filter(**alone).values_list("pk", flat=True)),
        results=list(Result.objects.filter(**alone).values_list("pk", flat=True)),
    )


def match_documents(documents: Sequence[int], *, goals: Sequence[int] = (), results: Sequence[int] = ()) -> None:
    """Match all records of some documents, and some typed-in ones, with everything that they can meet."""
    for _ in range(MOST_ROUNDS):
        own = _own_organisations(documents, goals, results)
        bodies = find_bodies(own)
        met = sorted({*own, *bodies.same, *bodies.below, *bodies.above})
        seen = _versions(met)
        _match(documents, goals, results, bodies)
        if _versions(met) == seen:
            return
    want_turns(own)


def _own_organisations(documents: Sequence[int], goals: Sequence[int], results: Sequence[int]) -> list[int]:
    found: set[int] = set()
    for model, ids in ((Goal, goals), (Result, results)):
        for some in in_chunks(documents):
            found.update(
                model.objects.filter(document_id__in=some).values_list("organisation_id", flat=True).distinct()
            )
        for some in in_chunks(ids):
            found.update(model.objects.filter(pk__in=some).values_list("organisation_id", flat=True))
    return sorted(found)


def _versions(organisation_ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for some in in_chunks(organisation_ids):
        found |= dict(LinkingTurn.objects.filter(organisation_id__in=some).values_list("organisation_id", "version"))
    return found


def _match(documents: Sequence[int], goals: Sequence[int], results: Sequence[int], bodies: Bodies) -> None:
    touched = load_touched(documents, goals, results)
    table = wording.names()
    links = _find_links(touched, bodies, table)
    changed = _store_links(links, _stored_links(documents, goals, results))
    days = [row.published_on for row in (*touched.goals, *touched.results) if row.published_on]
    near = load_around(Goal, touched.goals, bodies)
    changed |= store_changes(near, table=table, done=_fulfilled(near), since=min(days, default=None))
    progress.refresh(changed)
    findings.store_for_results(load_around(Result, touched.results, bodies), table=table)
    # a goal in words that nobody answers has nothing that could not add up
    check_goals(changed | {row.pk for row in touched.goals if row.item.statement.quantity is not None})


def _find_links(touched: Touched, bodies: Bodies, table: Names) -> list[CoreLink]:
    """Touched goals against all results that they can meet, and all other goals that touched results can meet against these.

    Rivals of a pair stand in the same two documents, so each half sees all of them.
    """
    own = touched.goal_ids
    asked = link_statements(
        [row.item for row in touched.goals],
        _items(touched.results, load_results_for(touched.goals, bodies)),
        table=table,
        departments=True,
    )
    told = link_statements(
        [row.item for row in load_goals_for(touched.results, bodies) if row.pk not in own],
        [row.item for row in touched.results],
        table=table,
        departments=True,
    )
    return [*asked, *told]


def _items(*groups: Sequence[Loaded]) -> list[Any]:
    return list({row.pk: row.item for rows in groups for row in rows}.values())


def check_goals(goal_ids: Iterable[int]) -> None:
    """Look again for what does not add up between goals and their accepted answers, as of the default date."""
    as_of = progress.default_as_of()
    for ids in in_chunks(sorted(goal_ids)):
        goals = Goal.objects.filter(pk__in=ids).select_related("organisation", "document")
        goals = goals.defer("document__content", "document__paragraphs").order_by("pk")
        answers = progress.answers_of(ids)
        findings.store_for_goals([(goal, goal_item(goal), answers.get(goal.pk, [])) for goal in goals], as_of)


def _fulfilled(goals: Sequence[Loaded]) -> set[str]:
    """Goals that an accepted answer fulfils: to set one anew is no postponement."""
    done: set[str] = set()
    for some in in_chunks(goals):
        links = Link.objects.filter(goal_id__in=[row.pk for row in some])
        links = links.filter(state=LinkState.ACCEPTED, relation=Relation.FULFILS)
        done.update(str(pk) for pk in links.values_list("goal_id", flat=True))
    return done


def _stored_links(documents: Sequence[int], goals: Sequence[int], results: Sequence[int]) -> QuerySet[Link]:
    """Links with an end in the documents, or at one of the typed-in records."""
    ends = Q(goal__document_id__in=documents) | Q(result__document_id__in=documents)
    return Link.objects.filter(ends | Q(goal_id__in=goals) | Q(result_id__in=results))


def _store_links(found: Sequence[CoreLink], stored_links: QuerySet[Link]) -> set[int]:
    """Write what is new or different; what the machine no longer finds goes, unless a person has decided on it.

    Returns the goals whose links have changed.
    """
    accept = wording.accept_from(ACCEPT)
    speller = Speller()
    speller.learn(text for link in found for text in (*link.reasons, *link.objections))
    wanted = {(int(link.goal), int(link.result)): _columns(link, accept, speller) for link in found}
    stored = {(link.goal_id, link.result_id): link for link in stored_links.order_by("pk")}
    create = [
        Link(goal_id=goal, result_id=result, **columns)
        for (goal, result), columns in wanted.items()
        if (goal, result) not in stored
    ]
    update = [link for pair, link in stored.items() if pair in wanted and _take_in(link, wanted[pair])]
    delete = [link for pair, link in stored.items() if pair not in wanted and link.decided_at is None]
    for rows in in_steps(create):
        Link.objects.bulk_create(rows, ignore_conflicts=True)
    for rows in in_steps(update):
        Link.objects.bulk_update(rows, MACHINE_COLUMNS)
    for pks in in_steps([link.pk for link in delete]):
        # a person may have decided on it a moment ago
        Link.objects.filter(pk__in=pks, decided_at__isnull=True).delete()
    return {link.goal_id for link in (*create, *update, *delete)}


def _columns(link: CoreLink, accept: float, speller: Speller) -> dict[str, Any]:
    return {
        "relation": link.relation,
        "score": min(max(link.score, 0.0), 1.0),
        "reasons": [speller.spell(reason) for reason in link.reasons],
        "objections": [speller.spell(objection) for objection in link.objections],
        "state": LinkState.ACCEPTED if link.score >= accept else LinkState.PROPOSED,
    }


def _take_in(link: Link, columns: dict[str, Any]) -> bool:
    """Bring a stored link up to what the machine finds; where a person decided, relation and state stay theirs."""
    decided = {"relation", "state"} if link.decided_at is not None else set()
    changed = False
    for name, value in columns.items():
        if name not in decided and getattr(link, name) != value:
            setattr(link, name, value)
            changed = True
    return changed


def settle_links() -> int:
    """Apply the threshold of the rules to links that nobody decided on. Returns how many changed."""
    accept = wording.accept_from(ACCEPT)
    open_links = Link.objects.filter(decided_at__isnull=True)
    raised = open_links.filter(score__gte=accept).exclude(state=LinkState.ACCEPTED)
    lowered = open_links.filter(score__lt=accept, state=LinkState.ACCEPTED)
    with transaction.atomic():
        goals = {*raised.values_list("goal_id", flat=True), *lowered.values_list("goal_id", flat=True)}
        count = raised.update(state=LinkState.ACCEPTED) + lowered.update(state=LinkState.PROPOSED)
    progress.refresh(goals)
    return count
