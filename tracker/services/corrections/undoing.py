"""Taking an action back, as one action of its own."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext

from tracker.models import Alias, Document, Event, Goal, GoalStatus, Link, Result, Review
from tracker.retelling import tell
from tracker.services import intake, linking, progress

from .journal import CorrectionError, StaleRecord, model_of, plain, save_changes, write_event
from .links import goals_of, look_again
from .many import take_all_back
from .organisations import separate_organisation

# an undo is taken back by doing the thing again; rules and words have their history in the admin, with its preview
FINAL = frozenset({"undo", "settings"})
# thousands of rows with the same change each; those whose rejection took links away have them sought again
MANY = frozenset({"accept_all", "reject_all", "accept_links", "reject_links"})
RELINKING = frozenset({"reject_all"})


def can_undo(event: Event, *, has_parts: bool | None = None) -> bool:
    """Whether ``undo`` knows how to take this action back. ``has_parts`` saves the question to who asks for many."""
    if event.undone_by_id is not None or event.action in FINAL:
        return False
    if event.changes and model_of(event):
        return True
    return event.parts.exists() if has_parts is None else has_parts


def undo(event: Event, *, user: Any) -> Event:
    """Take an action back with all its parts. Raises StaleRecord when something has been changed since."""
    if not can_undo(event):
        raise CorrectionError(gettext("这个动作已经撤销过，或不能撤销。"))
    touched: list[models.Model] = []
    many: dict[type[models.Model], list[int]] = {}
    with transaction.atomic():
        if event.action in MANY:
            many = take_all_back(event, user=user)
        else:
            for part in event.parts.order_by("-pk"):
                _take_back(part, user, touched)
        if event.changes:
            _take_back(event, user, touched)
        done = write_event("undo", None, user=user, summary=f"撤销：{event.summary}")
        Event.objects.filter(pk=event.pk).update(undone_by=done)
    if event.action in RELINKING:
        touched += [row for model, ids in many.items() for row in model._default_manager.filter(pk__in=ids)]
    _follow_up(touched)
    if Link in many:
        look_again(*goals_of(many[Link]))
    return done


def _take_back(event: Event, user: Any, touched: list[models.Model]) -> None:
    if event.action == "merge_organisation":
        moved = {name: pair[0] for name, pair in event.changes.items() if name != "merged_name"}
        touched.append(separate_organisation(event.changes["merged_name"][0], moved))
        return
    model = model_of(event)
    record = model._default_manager.filter(pk=event.object_id).first() if model else None
    if record is None:
        raise StaleRecord(gettext("要撤销的记录已不存在。"))
    if not looked_at_only(event):
        touched.append(record)
    for name, (_, new) in event.changes.items():
        if plain(getattr(record, name)) != new:
            raise StaleRecord(gettext("“%(what)s”之后又有人改过，不能直接撤销。") % {"what": tell(event.summary)})
    if event.action in {"add", "link", "alias"}:
        _unmake(record, user)
    else:
        _put_back(record, event, user)


def looked_at_only(event: Event) -> bool:
    """Whether the step changed no more than whether somebody has looked: what counts and what answers what stays as it is."""
    review = event.changes.get("review")
    return event.changes.keys() == {"review"} and None not in review and Review.REJECTED not in review


def _unmake(record: models.Model, user: Any) -> None:
    """What was typed in is rejected, not deleted: it may have been answered since. A link or an alias goes."""
    if isinstance(record, Goal | Result):
        record.revision += 1
        save_changes(record, {"review": Review.REJECTED}, user=user, reason="撤销录入")
    elif isinstance(record, Link | Alias):
        record.delete()


def _put_back(record: models.Model, event: Event, user: Any) -> None:
    wanted = {}
    for name, (old, _) in event.changes.items():
        field = record._meta.get_field(name)
        wanted[field.attname] = field.target_field.to_python(old) if field.is_relation else field.to_python(old)
    if isinstance(record, Link) and wanted.get("decided_by_id", record) is None:
        wanted["decided_at"] = None  # the machine's own again
    if hasattr(record, "revision"):
        wanted["revision"] = record.revision + 1
    for name, value in wanted.items():
        setattr(record, name, value)
    if isinstance(record, GoalStatus):
        progress.settle(record)
    save_changes(record, {}, user=user, reason=f"撤销：{event.summary}"[:100])
    if isinstance(record, Document):
        intake.read_again(record, user=user)


def _follow_up(touched: list[models.Model]) -> None:
    if not touched:
        return
    statements = [row for row in touched if isinstance(row, Goal | Result)]
    goals = {row.pk for row in touched if isinstance(row, Goal)}
    goals |= {row.goal_id for row in touched if isinstance(row, Link | GoalStatus)}
    results = [row.pk for row in touched if isinstance(row, Result)]
    goals |= set(Link.objects.filter(result_id__in=results).values_list("goal_id", flat=True))
    progress.refresh(sorted(goals))
    linking.relink_records(statements)
    linking.relink(row.pk for row in touched if row._meta.model_name == "organisation")
