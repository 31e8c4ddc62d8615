"""One decision about very many rows: what is changed, its history and its lines of the audit page in a few statements a step.

A row that somebody has changed meanwhile is left as it is: the step asks for the old values, and counts what it found.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone

from tracker.models import Event, Goal, Link, Result
from tracker.services.bulk import NewRows
from tracker.services.pacing import in_chunks

from .journal import StaleRecord, model_of, plain, write_event

Pair = tuple[Any, Any]
# what a line of the audit page names a row by
NAMED_BY: dict[type[models.Model], tuple[str, ...]] = {
    Goal: ("indicator",), Result: ("indicator",), Link: ("goal__indicator", "result__indicator"),
}  # fmt: skip


def decide_all(
    rows: Iterable[models.Model], wanted: Mapping[str, Any], *, user: Any, verb: str, action: str, part: str, reason: str = ""
) -> dict[type[models.Model], list[int]]:
    """Give the rows these values as one action that one undo takes back. Returns the ids of those changed, by model.

    ``verb`` begins every summary; ``action`` and ``part`` name the whole and each of its lines in the audit page.
    """
    groups: dict[tuple[type[models.Model], tuple[Any, ...]], list[int]] = defaultdict(list)
    for row in rows:
        groups[type(row), tuple(plain(_stored(row, name)) for name in wanted)].append(row.pk)
    done: dict[type[models.Model], list[int]] = defaultdict(list)
    with transaction.atomic():
        whole = write_event(action, None, user=user, reason=reason, summary=verb)
        for (model, old), ids in groups.items():
            changes = {name: (before, plain(new)) for (name, new), before in zip(wanted.items(), old, strict=True)}
            for some in in_chunks(sorted(ids)):
                changed = _change(model, some, changes, user=user, reason=reason)
                _write_events(model, changed, changes, Event(user=user, action=part, reason=reason[:300], part_of=whole), verb)
                done[model] += changed
        count = sum(map(len, done.values()))
        noun = "关联" if Link in done else "记录"
        Event.objects.filter(pk=whole.pk).update(summary=f"批量{verb.removesuffix('关联')} {count} 条{noun}")
        if not count:
            whole.delete()
    return done


def take_all_back(event: Event, *, user: Any) -> dict[type[models.Model], list[int]]:
    """The parts of such an action put back, all or none. Returns the ids by model."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for model, pk, changes in event.parts.order_by().values_list("model", "object_id", "changes").iterator():
        groups[model, json.dumps(changes)].append(pk)
    done: dict[type[models.Model], list[int]] = defaultdict(list)
    for (name, text), ids in groups.items():
        model = model_of(Event(model=name))
        assert model is not None  # written by decide_all
        changes = {field: (new, old) for field, (old, new) in json.loads(text).items()}
        for some in in_chunks(sorted(ids)):
            changed = _change(model, some, changes, user=user, reason=f"撤销：{event.summary}")
            if len(changed) < len(some):
                raise StaleRecord(f"“{event.summary}”之后，其中 {len(some) - len(changed)} 条又有人改过，不能一起撤销。")
            done[model] += changed
    return done


def _stored(row: models.Model, name: str) -> Any:
    return getattr(row, row._meta.get_field(name).attname)


def _change(model: type[models.Model], ids: Sequence[int], changes: Mapping[str, Pair], *, user: Any, reason: str) -> list[int]:
    """Rows that still hold the old values get the new ones; their ids."""
    rows = model._default_manager.filter(pk__in=ids, **{name: old for name, (old, _) in changes.items()})
    found = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    values: dict[str, Any] = {model._meta.get_field(name).attname: new for name, (_, new) in changes.items()}
    if "decided_by_id" in values:
        values["decided_at"] = timezone.now() if values["decided_by_id"] else None
    if "review" in values:
        values |= {"revision": F("revision") + 1, "updated_at": timezone.now()}
    model._default_manager.filter(pk__in=found).update(**values)
    _write_history(model, found, user=user, reason=reason)
    return found


def _write_history(model: Any, ids: Sequence[int], *, user: Any, reason: str) -> None:
    """A line of history for each row as it now is, copied inside the database."""
    if not ids:
        return
    history = model.history.model._meta
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in model._meta.concrete_fields)
    given = {
        "history_date": connection.ops.adapt_datetimefield_value(timezone.now()),
        "history_type": "~",
        "history_user": user.pk if user else None,
        "history_change_reason": reason[:100] or None,
    }
    names = ", ".join(quote(history.get_field(name).column) for name in given)
    marks, places = ", ".join(["%s"] * len(given)), ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(history.db_table)} ({columns}, {names}) SELECT {columns}, {marks} "  # noqa: S608  # names of our own tables
            f"FROM {quote(model._meta.db_table)} WHERE {quote(model._meta.pk.column)} IN ({places})",
            [*given.values(), *ids],
        )


def _write_events(model: type[models.Model], ids: Sequence[int], changes: Mapping[str, Pair], like: Event, verb: str) -> None:
    kept = {name: [old, new] for name, (old, new) in changes.items() if old != new}
    same = {"user_id": like.user_id, "action": like.action, "reason": like.reason, "part_of_id": like.part_of_id, "changes": kept}
    same["model"] = model._meta.model_name
    begin = verb if issubclass(model, Link) else f"{verb}{model._meta.verbose_name}"
    rows = model._default_manager.filter(pk__in=ids).order_by("pk").values_list("pk", *NAMED_BY[model])
    told = [{"object_id": pk, "summary": f"{begin}{' ← '.join(f'“{name}”' for name in names)}"[:400]} for pk, *names in rows]
    NewRows(Event, [same | row for row in told]).insert()
