"""Changes to organisations: another name, a new name, two that are one."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from tracker.models import Alias, Document, Goal, Organisation, Result
from tracker.services import linking, progress
from tracker.services.organisations import find_organisation, key_of

from .journal import CorrectionError, differences, save_changes, write_event


def add_organisation(name: str, *, user: Any, parent: Organisation | None = None, note: str = "") -> Organisation:
    """A body that no document has named yet."""
    name = _checked_name(name)
    if known := find_organisation(name):
        raise CorrectionError(gettext("已有单位“%(known)s”，与“%(name)s”是同一单位。如要改名，请修改该单位。") % {"known": known.name, "name": name})
    place, key = key_of(name)
    with transaction.atomic():
        made = Organisation(name=name, key=key, region=place, parent=parent, note=note)
        save_changes(made, {}, user=user, reason="")
        write_event("add", made, user=user, summary=f"新增单位“{name}”")
    return made


def rename_organisation(organisation: Organisation, name: str, *, user: Any, reason: str = "") -> Organisation:
    """A new full name; the old one stays as an alias, so that documents that use it lead here."""
    name = _checked_name(name)
    other = Organisation.objects.filter(name=name).exclude(pk=organisation.pk).first()
    if other is not None:
        raise CorrectionError(gettext("已有单位叫“%(name)s”。如两者是同一单位，请合并。") % {"name": name})
    old = organisation.name
    place, key = key_of(name)
    wanted = {"name": name, "region": place or organisation.region}
    if not Organisation.objects.filter(key=key).exclude(pk=organisation.pk).exists():
        wanted["key"] = key
    with transaction.atomic():
        changed = differences(organisation, wanted)
        save_changes(organisation, wanted, user=user, reason=reason)
        Alias.objects.filter(name=name).delete()
        if old != name:
            Alias.objects.get_or_create(name=old, defaults={"organisation": organisation})
        write_event(
            "rename", organisation, user=user, reason=reason, changes=changed, summary=f"单位“{old}”改名为“{name}”"
        )
    linking.relink([organisation.pk])
    return organisation


def add_alias(organisation: Organisation, name: str, *, user: Any, reason: str = "") -> Alias:
    """Another name of the body. Stored goals and results of a body that goes by this name move here at once."""
    name = _checked_name(name)
    taken = Alias.objects.filter(name=name).exclude(organisation=organisation).first()
    if taken is not None:
        raise CorrectionError(gettext("“%(name)s”已是“%(other)s”的别名，请先在那里删除。") % {"name": name, "other": taken.organisation.name})
    other = Organisation.objects.filter(name=name).exclude(pk=organisation.pk).first()
    with transaction.atomic():
        if other is not None:
            merge_organisations(organisation, other, user=user, reason=reason or f"“{name}”是别名")
        alias, created = Alias.objects.get_or_create(name=name, defaults={"organisation": organisation})
        if created:
            write_event(
                "alias", alias, user=user, reason=reason, summary=f"单位“{organisation.name}”增加别名“{name}”",
                changes={"name": [None, name]},
            )  # fmt: skip
    linking.relink([organisation.pk])
    return alias


def merge_organisations(keep: Organisation, other: Organisation, *, user: Any, reason: str = "") -> Organisation:
    """Two bodies are one: everything of ``other`` moves to ``keep``; the other name becomes an alias."""
    if keep.pk == other.pk:
        raise CorrectionError(gettext("同一单位无需合并。"))
    with transaction.atomic():
        moved = {
            "goals": list(Goal.objects.filter(organisation=other).values_list("pk", flat=True)),
            "results": list(Result.objects.filter(organisation=other).values_list("pk", flat=True)),
            "documents": list(Document.objects.filter(issuer=other).values_list("pk", flat=True)),
            "aliases": list(other.aliases.values_list("pk", flat=True)),
        }
        _point_to(keep, moved)
        for relation in (other.children, other.predecessors):
            relation.exclude(pk=keep.pk).update(**{relation.field.name: keep})
        for liaison in other.liaisons.all():
            liaison.organisations.add(keep)
        name = other.name
        other.delete()
        Alias.objects.get_or_create(name=name, defaults={"organisation": keep})
        write_event(
            "merge_organisation", keep, user=user, reason=reason, summary=f"单位“{name}”并入“{keep.name}”",
            changes={"merged_name": [name, None], **{part: [ids, None] for part, ids in moved.items()}},
        )  # fmt: skip
    progress.refresh(moved["goals"])
    linking.relink([keep.pk])
    return keep


def separate_organisation(name: str, moved: dict[str, list[int]]) -> Organisation:
    """Undo of a merge: the body exists again under its name, with what had been its own."""
    Alias.objects.filter(name=name).delete()
    place, key = key_of(name)
    key = "" if Organisation.objects.filter(key=key).exists() else key
    again = Organisation.objects.create(name=name, key=key, region=place)
    _point_to(again, moved)
    return again


def _point_to(organisation: Organisation, moved: dict[str, list[int]]) -> None:
    Goal.objects.filter(pk__in=moved["goals"]).update(organisation=organisation)
    Result.objects.filter(pk__in=moved["results"]).update(organisation=organisation)
    Document.objects.filter(pk__in=moved["documents"]).update(issuer=organisation)
    Alias.objects.filter(pk__in=moved["aliases"]).update(organisation=organisation)


def _checked_name(name: str) -> str:
    name = "".join(name.split())
    if not 2 <= len(name) <= 120:
        raise CorrectionError(gettext("单位名称应为 2 到 120 个字。"))
    return name
