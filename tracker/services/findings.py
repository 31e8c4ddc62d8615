"""What does not add up, kept in Finding; and what a goal lacks to be measurable."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from datetime import date

from django.db.models import Q

from tracker.matching import findings as core
from tracker.matching.measurability import Measurability, check_document, check_goal
from tracker.matching.names import Names
from tracker.matching.progress import Answer, assess
from tracker.models import Document, Finding, Goal
from tracker.services import wording
from tracker.services.items import Loaded, Speller, goal_item
from tracker.services.pacing import in_chunks, in_steps


def store_for_results(results: Sequence[Loaded], *, table: Names) -> None:
    """Contradictions, falling series, growth against levels, among the results of a neighbourhood."""
    found = list(core.find_in_results([row.item for row in results], table=table))
    among = {row.pk for row in results}
    # of two reports of one figure both must have been looked at
    _store(found, Q(goal__isnull=True), "result_id__in", sorted(among), among)


def store_for_goals(goals: Sequence[tuple[Loaded, Sequence[Answer]]], as_of: date) -> None:
    """What does not add up between each goal and its answers as of a date."""
    rules = wording.rules()
    found: list[core.Finding] = []
    ids = []
    for row, answers in goals:
        ids.append(row.pk)
        if answers:
            assessment = assess(row.item, answers, as_of, rules, baseline=row.baseline)
            found += core.find_in_goal(row.item, answers, assessment, rules)
        elif not (checked := check_goal(row.item)).checkable:
            found.append(core.Finding("unmeasurable", checked.sentence, row.item.id))
    # a goal in words lacks a number by its nature: the document's own list tells it (``measurability``)
    words = {row.item.id for row, _ in goals if row.item.statement.quantity is None}
    found = [finding for finding in found if finding.kind != "unmeasurable" or finding.goal not in words]
    _store(found, Q(), "goal_id__in", ids)


def _store(
    found: Sequence[core.Finding], of_these: Q, path: str, ids: Sequence[int], among: Collection[int] | None = None
) -> None:
    """Write what is new, mend sentences that changed, and drop what is no longer so unless a person dealt with it."""
    speller = Speller()
    speller.learn(finding.sentence for finding in found)
    wanted = {fingerprint(finding): finding for finding in found}
    loaded = _load(of_these, path, ids)
    stored = {row.fingerprint: row for row in loaded if among is None or row.other_id is None or row.other_id in among}
    create = [_row(mark, finding, speller) for mark, finding in wanted.items() if mark not in stored]
    update = []
    for mark, row in stored.items():
        if mark in wanted and row.sentence != (sentence := speller.spell(wanted[mark].sentence)):
            row.sentence = sentence
            update.append(row)
    gone = [row.pk for mark, row in stored.items() if mark not in wanted and row.resolved_at is None]
    for rows in in_steps(create):
        Finding.objects.bulk_create(rows, ignore_conflicts=True)
    for rows in in_steps(update):
        Finding.objects.bulk_update(rows, ["sentence"])
    for pks in in_steps(gone):
        Finding.objects.filter(pk__in=pks, resolved_at__isnull=True).delete()


def _load(of_these: Q, path: str, ids: Sequence[int]) -> Iterator[Finding]:
    for some in in_chunks(ids):
        yield from Finding.objects.filter(of_these, **{path: some}).order_by("pk")


def fingerprint(finding: core.Finding) -> str:
    """The same for the same trouble between the same records, whatever the sentence says about it."""
    ends = (
        sorted(filter(None, (finding.result, finding.other)))
        if finding.goal is None
        else [finding.result, finding.other]
    )
    told = f"{finding.kind}|{finding.goal}|{ends}"
    return hashlib.sha256(told.encode()).hexdigest()


def _row(mark: str, finding: core.Finding, speller: Speller) -> Finding:
    return Finding(
        kind=finding.kind,
        goal_id=int(finding.goal) if finding.goal else None,
        result_id=int(finding.result) if finding.result else None,
        other_id=int(finding.other) if finding.other else None,
        sentence=speller.spell(finding.sentence),
        fingerprint=mark,
    )


def measurability(document: Document) -> list[tuple[Goal, Measurability]]:
    """Goals of a document that lack something, in reading order: the list that its author could mend."""
    goals = {str(goal.pk): goal for goal in document.goals.standing().select_related("organisation", "document")}
    return [(goals[found.goal], found) for found in check_document([goal_item(goal) for goal in goals.values()])]
