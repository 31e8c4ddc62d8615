"""Changes to goals and results: correct, accept, reject, merge, split, type in, extend, close."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from tracker.models import Document, Event, Goal, Link, LinkState, Origin, Result, Review
from tracker.services import linking, progress
from tracker.services.statements import MACHINE_FIELDS, machine_form, place_of

from .checks import check_fields, check_record, complete
from .journal import CorrectionError, differences, distinct, save_changes, summarise, take_revision, write_event
from .many import decide_all

Record = Goal | Result


def correct(
    record: Record,
    changes: Mapping[str, Any],
    *,
    user: Any,
    reason: str = "",
    revision: int | None = None,
    part_of: Event | None = None,
) -> Record:
    """Change fields of a goal or a result. ``revision`` is the one the person saw; raises StaleRecord when it has moved on.

    Raises ValidationError with sentences by field. What the machine had read stays in ``record.machine``.
    """
    check_fields(type(record), changes)
    before = record.organisation_id
    with transaction.atomic():
        take_revision(record, revision)
        wanted = complete(changes, record)
        changed = differences(record, wanted)
        if not changed:
            return record
        wanted |= {"machine": record.machine or machine_view(record)} if record.origin == Origin.MACHINE else {}
        if record.origin != Origin.PERSON:
            changed |= differences(record, {"review": Review.CORRECTED})
            wanted["review"] = Review.CORRECTED
        _apply(record, wanted, user=user, reason=reason)
        write_event(
            "correct", record, user=user, reason=reason, part_of=part_of, changes=changed,
            summary=summarise(record, "修改", changed),
        )  # fmt: skip
    follow_up(record, organisations=[before])
    return record


def _apply(record: Record, changes: Mapping[str, Any], *, user: Any, reason: str) -> None:
    for name, value in changes.items():
        setattr(record, name, value)
    if {"start", "end"} & changes.keys() and record.document is not None and record.start is not None:
        record.quote, record.paragraph, record.page = place_of(record.document, record.start, record.end)
    check_record(record)
    save_changes(record, {}, user=user, reason=reason)


def machine_view(record: Record) -> dict[str, Any]:
    """The fields as the machine read them, in JSON form."""
    return machine_form({name: getattr(record, name) for name in (*MACHINE_FIELDS, "score", "organisation")})


def accept(record: Record, *, user: Any, revision: int | None = None) -> Record:
    """A person has read the record and finds it right."""
    return _review(record, Review.ACCEPTED, "采纳", user=user, revision=revision)


def reject(
    record: Record, *, user: Any, reason: str = "", revision: int | None = None, part_of: Event | None = None
) -> Record:
    """The record is no goal or no result. It stays, marked, so that the machine does not bring it again."""
    _review(record, Review.REJECTED, "驳回", user=user, reason=reason, revision=revision, part_of=part_of)
    follow_up(record)
    return record


def restore(record: Record, *, user: Any, reason: str = "", revision: int | None = None) -> Record:
    """Take a rejection back."""
    _review(record, Review.UNREVIEWED, "恢复", user=user, reason=reason, revision=revision)
    follow_up(record)
    return record


def _review(
    record: Record,
    review: str,
    verb: str,
    *,
    user: Any,
    reason: str = "",
    revision: int | None = None,
    part_of: Event | None = None,
) -> Record:
    with transaction.atomic():
        take_revision(record, revision)
        changed = differences(record, {"review": review})
        if not changed:
            return record
        save_changes(record, {"review": review}, user=user, reason=reason)
        write_event(
            f"review_{review}", record, user=user, reason=reason, changes=changed, part_of=part_of,
            summary=summarise(record, verb, {}),
        )  # fmt: skip
    return record


def accept_all(records: Iterable[Record], *, user: Any) -> int:
    """Accept many unreviewed records as one action that one undo takes back. Returns how many."""
    waiting = [record for record in records if record.review == Review.UNREVIEWED]
    done = decide_all(
        waiting, {"review": Review.ACCEPTED}, user=user, verb="采纳", action="accept_all", part="review_accepted"
    )
    return sum(map(len, done.values()))


def reject_all(records: Iterable[Record], *, user: Any, reason: str = "") -> int:
    """Reject many records as one action that one undo takes back. Returns how many."""
    standing = [record for record in records if record.review != Review.REJECTED]
    done = decide_all(
        standing, {"review": Review.REJECTED}, user=user, reason=reason, verb="驳回", action="reject_all", part="review_rejected"
    )  # fmt: skip
    n = sum(map(len, done.values()))
    if n:
        follow_up(*standing)
    return n


def merge(keep: Record, others: Sequence[Record], *, user: Any, reason: str = "") -> Record:
    """Several records of one thing become one: the others' links move to ``keep``, the others are rejected."""
    if any(type(other) is not type(keep) or other.pk == keep.pk for other in others):
        raise CorrectionError(gettext("只能合并同类的不同记录：目标与目标，完成情况与完成情况。"))
    with transaction.atomic():
        whole = write_event(
            "merge", keep, user=user, reason=reason,
            summary=f"合并 {len(others) + 1} 条{keep._meta.verbose_name}为“{keep.indicator}”",
        )  # fmt: skip
        for other in others:
            _move_links(other, keep, user=user, part_of=whole)
            reject(other, user=user, reason=reason or f"已并入 #{keep.pk}", part_of=whole)
    follow_up(keep, organisations=[other.organisation_id for other in others])
    return keep


def _move_links(source: Record, target: Record, *, user: Any, part_of: Event) -> None:
    """Accepted links follow the record that stays; a pair that exists already is left as it is."""
    side, far = ("goal", "result_id") if isinstance(source, Goal) else ("result", "goal_id")
    there = set(target.links.values_list(far, flat=True))
    for link in source.links.filter(state=LinkState.ACCEPTED).exclude(**{f"{far}__in": there}):
        save_changes(link, {side: target}, user=user, reason="合并记录")
        write_event(
            "move_link", link, user=user, part_of=part_of, changes={side: [source.pk, target.pk]},
            summary=f"关联移到“{target.indicator}”",
        )  # fmt: skip


def split(record: Record, parts: Sequence[Mapping[str, Any]], *, user: Any, reason: str = "") -> list[Record]:
    """One record becomes several: the first part's changes go to the record itself, each further part makes a new one."""
    if len(parts) < 2:
        raise CorrectionError(gettext("拆分至少要分成两条。"))
    with transaction.atomic():
        whole = write_event(
            "split", record, user=user, reason=reason, summary=f"把“{record.indicator}”拆成 {len(parts)} 条"
        )
        common = {name: getattr(record, name) for name in ("organisation", "owner", "post", "quote", "start", "end",
                  "indicator", "value", "value_max", "unit", "comparator", "measure", "period_start", "period_end",
                  "scope")}  # fmt: skip
        made = [correct(record, parts[0], user=user, reason=reason, part_of=whole)]
        for part in parts[1:]:
            made.append(_add(type(record), common | dict(part), record.document, user, reason, part_of=whole))
    follow_up(*made)
    return made


def add_goal(fields: Mapping[str, Any], *, user: Any, document: Document | None = None, reason: str = "") -> Goal:
    """A goal typed in, or marked in a document (``start`` and ``end`` among the fields; the quote is then cut here)."""
    return _added(Goal, fields, document, user, reason)


def add_result(fields: Mapping[str, Any], *, user: Any, document: Document | None = None, reason: str = "") -> Result:
    """A result typed in, or marked in a document."""
    return _added(Result, fields, document, user, reason)


def _added(model: type, fields: Mapping[str, Any], document: Document | None, user: Any, reason: str) -> Any:
    with transaction.atomic():
        record = _add(model, fields, document, user, reason)
    follow_up(record)
    return record


def _add(
    model: type,
    fields: Mapping[str, Any],
    document: Document | None,
    user: Any,
    reason: str,
    part_of: Event | None = None,
) -> Any:
    check_fields(model, fields)
    record = model(
        document=document, origin=Origin.PERSON, review=Review.ACCEPTED, created_by=user,
        organisation=fields["organisation"], reasons=["手工录入"],
    )  # fmt: skip
    _apply(record, complete(fields), user=user, reason=reason)
    write_event(
        "add", record, user=user, reason=reason, part_of=part_of, changes={"review": [None, Review.ACCEPTED]},
        summary=summarise(record, "录入", {}),
    )  # fmt: skip
    return record


def extend_deadline(goal: Goal, deadline: date, *, user: Any, reason: str, revision: int | None = None) -> Goal:
    """An approved extension: the deadline moves, the original one stays visible."""
    if not reason.strip():
        raise CorrectionError(gettext("延期要写明理由。"))
    if goal.period_end and deadline <= goal.period_end:
        raise CorrectionError(gettext("新时限 %(deadline)s 没有晚于现时限 %(period_end)s。") % {"deadline": deadline, "period_end": goal.period_end})
    original = goal.original_deadline or goal.period_end
    return correct(
        goal, {"period_end": deadline, "original_deadline": original}, user=user, reason=reason, revision=revision
    )


def close_goal(goal: Goal, *, user: Any, on: date | None = None, reason: str = "") -> Goal:
    """销号: the goal is not chased any more."""
    return correct(goal, {"closed_on": on or timezone.localdate()}, user=user, reason=reason)


def follow_up(*records: Record, organisations: Iterable[int | None] = ()) -> None:
    """Match again what the records touch, and work out progress again where they count."""
    goals = [record.pk for record in records if isinstance(record, Goal)]
    answered = Link.objects.filter(result_id__in=[r.pk for r in records if isinstance(r, Result)])
    progress.refresh([*goals, *answered.values_list("goal_id", flat=True)])
    linking.relink_records(records, distinct(organisations))
