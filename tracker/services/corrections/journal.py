"""What every change by a person has in common: the check for a stale record, history with a reason, and an Event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext

from tracker.models import Event


class CorrectionError(Exception):
    """A change that cannot be made. The message is a Chinese sentence for the person who tried."""


class StaleRecord(CorrectionError):
    """Somebody else has changed the record since it was shown."""


def plain(value: Any) -> Any:
    """The JSON form of a field's value: dates in ISO form, decimals as text, rows as their id."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value


def differences(record: models.Model, changes: Mapping[str, Any]) -> dict[str, list[Any]]:
    """field → [old, new] of those changes that do change something."""
    found = {}
    for name, new in changes.items():
        old = plain(getattr(record, name))
        if old != plain(new):
            found[name] = [old, plain(new)]
    return found


def label(model: type[models.Model], name: str) -> str:
    """A field's Chinese name."""
    try:
        return str(getattr(model._meta.get_field(name), "verbose_name", name))
    except FieldDoesNotExist:
        return name


def shown(model: type[models.Model], name: str, value: Any) -> str:
    """A stored value of an event in words: the name behind an id, the word behind a choice, 空 for nothing."""
    if value is None or value == "":
        return "空"
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return str(value)
    if isinstance(field, models.ForeignKey):
        row = field.related_model._default_manager.filter(pk=value).first()
        return str(row) if row else f"#{value}（已删除）"
    return str(dict(field.flatchoices).get(value, value))


def describe(event: Event) -> list[tuple[str, str, str]]:
    """(field in Chinese, old, new) of an event, for the audit page."""
    model = model_of(event)
    if model is None:
        return [(name, *map(str, pair)) for name, pair in event.changes.items()]
    return [
        (label(model, name), shown(model, name, old), shown(model, name, new))
        for name, (old, new) in event.changes.items()
    ]


def model_of(event: Event) -> type[models.Model] | None:
    """The model that an event speaks of."""
    named = {model._meta.model_name: model for model in Event._meta.apps.get_app_config("tracker").get_models()}
    return named.get(event.model)


def summarise(record: models.Model, verb: str, changes: Mapping[str, list[Any]]) -> str:
    """One line: 修改目标“城镇新增就业”：数值 10 → 12。"""
    kind = record._meta.verbose_name
    name = getattr(record, "indicator", None) or str(record)
    parts = [
        f"{label(type(record), field)} {shown(type(record), field, old)} → {shown(type(record), field, new)}"
        for field, (old, new) in changes.items()
        if field != "review"
    ]
    return f"{verb}{kind}“{name}”{'：' + '，'.join(parts) if parts else ''}"[:400]


def write_event(
    action: str,
    record: models.Model | None,
    *,
    user: AbstractBaseUser | None,
    summary: str,
    changes: Mapping[str, list[Any]] | None = None,
    reason: str = "",
    part_of: Event | None = None,
) -> Event:
    """One line of the audit page."""
    return Event.objects.create(
        user=user,
        action=action,
        model=record._meta.model_name if record else "",
        object_id=record.pk if record else None,
        summary=summary[:400],
        changes=dict(changes or {}),
        reason=reason[:300],
        part_of=part_of,
    )


def take_revision(record: models.Model, revision: int | None) -> None:
    """Raise the record's revision, or StaleRecord when it is not the one that the person saw.

    Compare-and-swap: of two people who save at once the first wins and the second is told.
    """
    seen = record.revision if revision is None else revision
    taken = type(record)._default_manager.filter(pk=record.pk, revision=seen).update(revision=seen + 1)
    if not taken:
        raise StaleRecord(gettext("这条记录刚被其他人修改过。您的修改没有保存，请看过最新内容后再改。"))
    record.refresh_from_db()


def save_changes(record: models.Model, changes: Mapping[str, Any], *, user: Any, reason: str) -> None:
    """Set the fields and save with a line of history that names who and why."""
    for name, value in changes.items():
        setattr(record, name, value)
    record._history_user = user
    record._change_reason = reason[:100] or None
    record.save()


def distinct(ids: Iterable[int | None]) -> list[int]:
    """Ids without gaps and repetitions, sorted."""
    return sorted({pk for pk in ids if pk is not None})
