"""Links of some documents' records with their surroundings, found by the core and stored with people's decisions kept;
and what follows from them: versions of goals, findings, progress to be worked out again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tracker.analysis.records import Link as CoreLink
from tracker.matching.linking import ACCEPT, link_statements
from tracker.matching.names import Names
from tracker.models import Goal, Link, LinkState, Relation, Result
from tracker.services import findings, progress, wording
from tracker.services.changes import store_changes
from tracker.services.items import Loaded, Speller, load_items
from tracker.services.neighbourhood import (
    Bodies,
    Chosen,
    Touched,
    load_around,
    load_goals_for,
    load_results_for,
    load_touched,
)
from tracker.services.pacing import in_chunks, in_steps

MACHINE_COLUMNS = ["relation", "score", "reasons", "objections", "state"]


def match(chosen: Chosen, bodies: Bodies) -> None:
    """Match the chosen records with all that they can meet, once. Who else writes meanwhile is the caller's care."""
    touched = load_touched(chosen)
    table = wording.names()
    links = _find_links(touched, bodies, table)
    changed = _store_links(links, _stored_links(chosen))
    days = [row.published_on for row in (*touched.goals, *touched.results) if row.published_on]
    near = load_around(Goal, touched, bodies)
    changed |= store_changes(near, table=table, done=_fulfilled(near), since=min(days, default=None))
    progress.refresh(changed)
    findings.store_for_results(load_around(Result, touched, bodies), table=table)
    # a goal in words that nobody answers has nothing that could not add up
    figures = {row.pk for row in touched.goals if row.item.statement.quantity is not None}
    check_goals(changed | figures, at_hand=touched.goals)


def _find_links(touched: Touched, bodies: Bodies, table: Names) -> list[CoreLink]:
    """Touched goals against all results that they can meet, and all other goals that touched results can meet against these.

    Rivals of a pair stand in the same two documents, so each half sees all of them.
    """
    goals, results = ([row.item for row in rows] for rows in (touched.goals, touched.results))
    others = [row.item for row in load_results_for(touched, bodies)]
    asked = link_statements(goals, [*results, *others], table=table, departments=True)
    others = [row.item for row in load_goals_for(touched, bodies)]
    told = link_statements(others, results, table=table, departments=True)
    return [*asked, *told]


def check_goals(goal_ids: Iterable[int], at_hand: Iterable[Loaded] = ()) -> None:
    """Look again for what does not add up between goals and their accepted answers, as of the default date.

    ``at_hand``: goals that need not be loaded once more.
    """
    as_of = progress.default_as_of()
    known = {row.pk: row for row in at_hand}
    for ids in in_chunks(sorted(goal_ids)):
        unknown = Goal.objects.filter(pk__in=[pk for pk in ids if pk not in known])
        rows = {row.pk: row for row in load_items(unknown)}
        answers = progress.answers_of(ids)
        goals = [known.get(pk) or rows.get(pk) for pk in ids]
        findings.store_for_goals([(row, answers.get(row.pk, [])) for row in goals if row], as_of)


def _fulfilled(goals: Sequence[Loaded]) -> set[str]:
    """Goals that an accepted answer fulfils: to set one anew is no postponement."""
    documents = sorted({row.document_id for row in goals if row.document_id})
    alone = [row.pk for row in goals if not row.document_id]
    done: set[str] = set()
    for path, ids in (("goal__document_id__in", documents), ("goal_id__in", alone)):
        for some in in_chunks(ids):
            links = Link.objects.filter(state=LinkState.ACCEPTED, relation=Relation.FULFILS, **{path: some})
            done.update(str(pk) for pk in links.order_by().values_list("goal_id", flat=True))
    return done


def _stored_links(chosen: Chosen) -> dict[tuple[int, int], Link]:
    """(goal, result) → link, of all links with an end in the documents, or at one of the typed-in records."""
    # one end after the other: a condition on both ends at once reads the whole table
    ends: list[tuple[str, Sequence[int]]] = [
        ("goal__document_id__in", chosen.documents), ("result__document_id__in", chosen.documents),
        ("goal_id__in", chosen.goals), ("result_id__in", chosen.results),
    ]  # fmt: skip
    found: dict[int, Link] = {}
    for end, ids in ends:
        for some in in_chunks(ids):
            found |= {link.pk: link for link in Link.objects.filter(**{end: some})}
    return {(link.goal_id, link.result_id): link for _, link in sorted(found.items())}


def _store_links(found: Sequence[CoreLink], stored: dict[tuple[int, int], Link]) -> set[int]:
    """Write what is new or different; what the machine no longer finds goes, unless a person has decided on it.

    Returns the goals whose links have changed.
    """
    accept = wording.accept_from(ACCEPT)
    speller = Speller()
    speller.learn(text for link in found for text in (*link.reasons, *link.objections))
    wanted = {(int(link.goal), int(link.result)): _columns(link, accept, speller) for link in found}
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


