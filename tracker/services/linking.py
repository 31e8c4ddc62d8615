"""Links in the database: matching an organisation's neighbourhood again, with people's decisions kept.

A change raises the organisation's ``LinkingTurn.wanted``. Whoever takes the turn matches until nothing is wanted any more;
others who come meanwhile leave it to that worker. So ten documents of one body cost few turns, and none is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from tracker.analysis.records import Link as CoreLink
from tracker.matching.linking import ACCEPT, link_statements
from tracker.models import Goal, Link, LinkingTurn, LinkState, Organisation, Relation, Result, Review
from tracker.services import findings, progress, wording
from tracker.services.changes import store_changes
from tracker.services.items import goal_item, to_items
from tracker.services.pacing import in_steps
from tracker.services.queue import lease_end

log = logging.getLogger(__name__)
MACHINE_COLUMNS = ["relation", "score", "reasons", "objections", "state"]


def want_turns(organisation_ids: Iterable[int]) -> None:
    """Note, in the caller's transaction, that these organisations are to be matched again."""
    ids = sorted(set(organisation_ids))
    LinkingTurn.objects.bulk_create([LinkingTurn(organisation_id=pk) for pk in ids], ignore_conflicts=True)
    LinkingTurn.objects.filter(organisation_id__in=ids).update(wanted=F("wanted") + 1)


def relink(organisation_ids: Iterable[int]) -> None:
    """Match these organisations again now. What another worker is at, that worker finishes."""
    ids = sorted(set(organisation_ids))
    want_turns(ids)
    take_turns(ids)


def take_turns(organisation_ids: Iterable[int]) -> None:
    """Do the wanted turns of these organisations, one after the other."""
    for pk in organisation_ids:
        while _take_turn(pk):
            pass


def finish_turns() -> None:
    """Turns that a dead worker left, or that came while another was at work."""
    open_turns = LinkingTurn.objects.exclude(wanted=F("done"))
    take_turns(list(open_turns.order_by("pk").values_list("organisation_id", flat=True)))


def open_turns() -> int:
    """How many organisations wait to be matched."""
    return LinkingTurn.objects.exclude(wanted=F("done")).count()


def _take_turn(organisation_id: int) -> bool:
    """One turn, if one is wanted and nobody else is at it. True when it was done."""
    now = timezone.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    lease = lease_end()
    turn = LinkingTurn.objects.filter(free, organisation_id=organisation_id).exclude(wanted=F("done")).first()
    if turn is None or not LinkingTurn.objects.filter(free, pk=turn.pk).update(lease_until=lease):
        return False
    held = LinkingTurn.objects.filter(pk=turn.pk, lease_until=lease)
    try:
        match_neighbourhood(organisation_id)
    except Exception:
        held.update(lease_until=None)
        raise
    held.update(done=turn.wanted, lease_until=None)
    return True


def neighbourhood(organisation_id: int) -> list[int]:
    """Organisations whose results can answer this one's goals, or the reverse: the same body under another place or name."""
    own = Organisation.objects.get(pk=organisation_id)
    place, _, body = own.key.partition("|")
    near = Q(pk=own.pk) | Q(successor_id=own.pk)
    if own.successor_id:
        near |= Q(pk=own.successor_id) | Q(successor_id=own.successor_id)
    if body:
        # a name without its place meets the body of any place
        near |= Q(key=f"|{body}") if place else Q(key__endswith=f"|{body}")
    return sorted(Organisation.objects.filter(near).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class _Neighbourhood:
    """What is matched: the rows that stand, and the ids of all, so that links of a rejected row go too."""

    goals: list[Goal]
    results: list[Result]
    goal_ids: set[int]
    result_ids: set[int]


def match_neighbourhood(organisation_id: int) -> int:
    """Match all goals and results around an organisation and store what came out. Returns the number of links."""
    near = neighbourhood(organisation_id)
    around = _load(near)
    goals, results = to_items(around.goals, around.results)
    table = wording.names()
    found = link_statements(goals, results, table=table)
    changed = _store_links(found, around) | _drop_far_links(organisation_id, near)
    changed |= store_changes(around.goals, goals, table=table, done=_fulfilled(around.goal_ids))
    progress.refresh(changed)
    findings.store_for_results(results, table=table)
    check_goals(around.goals)
    return len(found)


def check_goals(goals: Sequence[Goal]) -> None:
    """Look again for what does not add up between goals and their accepted answers, as of today's default date."""
    answers = progress.answers_of([goal.pk for goal in goals])
    checked = [(goal, goal_item(goal), answers.get(goal.pk, [])) for goal in goals]
    findings.store_for_goals(checked, progress.default_as_of())


def _fulfilled(goal_ids: Iterable[int]) -> set[str]:
    """Goals that an accepted answer fulfils: to set one anew is no postponement."""
    done: set[str] = set()
    for ids in in_steps(sorted(goal_ids)):
        links = Link.objects.filter(goal_id__in=ids, state=LinkState.ACCEPTED, relation=Relation.FULFILS)
        done.update(str(pk) for pk in links.values_list("goal_id", flat=True))
    return done


def _load(organisation_ids: Sequence[int]) -> _Neighbourhood:
    rows: dict[type, list[Any]] = {}
    for model in (Goal, Result):
        rows[model] = list(
            model.objects.filter(organisation_id__in=organisation_ids)
            .select_related("organisation", "document")
            .defer("document__content", "document__paragraphs")
            .order_by("pk")
        )
    standing = {model: [row for row in rows[model] if row.review != Review.REJECTED] for model in rows}
    return _Neighbourhood(
        standing[Goal], standing[Result], {row.pk for row in rows[Goal]}, {row.pk for row in rows[Result]}
    )


def _store_links(found: Sequence[CoreLink], around: _Neighbourhood) -> set[int]:
    """Write what is new or different; what the machine no longer finds goes, unless a person has decided on it.

    Returns the goals whose links have changed.
    """
    accept = wording.accept_from(ACCEPT)
    wanted = {(int(link.goal), int(link.result)): _columns(link, accept) for link in found}
    stored = {(link.goal_id, link.result_id): link for link in _stored(around)}
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
    for rows in in_steps([link.pk for link in delete]):
        # a person may have decided on it a moment ago
        Link.objects.filter(pk__in=rows, decided_at__isnull=True).delete()
    return {link.goal_id for link in (*create, *update, *delete)}


def _drop_far_links(organisation_id: int, near: Sequence[int]) -> set[int]:
    """Machine's links whose other end has meanwhile gone to a body that is no neighbour. Returns the goals concerned."""
    machine = Link.objects.filter(decided_at__isnull=True)
    far = machine.filter(goal__organisation=organisation_id).exclude(result__organisation__in=near)
    far |= machine.filter(result__organisation=organisation_id).exclude(goal__organisation__in=near)
    goals = dict(far.values_list("pk", "goal_id"))
    for pks in in_steps(sorted(goals)):
        machine.filter(pk__in=pks).delete()
    return set(goals.values())


def _stored(around: _Neighbourhood) -> Iterable[Link]:
    for ids in in_steps(sorted(around.goal_ids)):
        for link in Link.objects.filter(goal_id__in=ids).order_by("pk"):
            if link.result_id in around.result_ids:
                yield link


def _columns(link: CoreLink, accept: float) -> dict[str, Any]:
    return {
        "relation": link.relation,
        "score": min(max(link.score, 0.0), 1.0),
        "reasons": list(link.reasons),
        "objections": list(link.objections),
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
    with transaction.atomic():
        raised = list(
            open_links.filter(score__gte=accept).exclude(state=LinkState.ACCEPTED).values_list("goal_id", flat=True)
        )
        lowered = list(open_links.filter(score__lt=accept, state=LinkState.ACCEPTED).values_list("goal_id", flat=True))
        open_links.filter(score__gte=accept).update(state=LinkState.ACCEPTED)
        open_links.filter(score__lt=accept).update(state=LinkState.PROPOSED)
    progress.refresh({*raised, *lowered})
    return len(raised) + len(lowered)
