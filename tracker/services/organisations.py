"""Which stored organisation a name means."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from tracker.matching.names import Names
from tracker.models import Alias, Organisation

UNKNOWN = "（未识别单位）"


def key_of(name: str) -> tuple[str, str]:
    """(place, key) of a name: 青岛市发展和改革委员会 → 青岛, 青岛|发改委. Two names with one key are one body."""
    key = Names.default().key(name)
    return key.place[:40], f"{key.place}|{key.body}"[:120]


def find_organisation(name: str, place: str = "") -> Organisation | None:
    """The body that goes by this name: by its name, by an alias that a person gave, by its key.

    ``place`` completes a name that says no place: 市国资委 in a document of 青岛.
    """
    if found := Organisation.objects.filter(name=name).first():
        return found
    if alias := Alias.objects.filter(name=name).select_related("organisation").first():
        return alias.organisation
    own, key = key_of(name)
    keys = [key] if own or not place else [f"{place}{key}", key]
    by_key = {row.key: row for row in Organisation.objects.filter(key__in=keys)}
    return next((by_key[wanted] for wanted in keys if wanted in by_key), None)


def guess_organisation(name: str) -> Organisation | None:
    """The body that a person most likely means: 市教育局 is the only 教育局 that there is. None where it is not clear."""
    if found := find_organisation(name):
        return found
    place, key = key_of(name)
    alike = [] if place else list(Organisation.objects.filter(key__endswith=key)[:2])
    return alike[0] if len(alike) == 1 else None


def get_organisation(name: str, place: str = "") -> Organisation:
    """The body of this name, made when there is none yet. "" is the body that is nobody: 未识别单位."""
    name = "".join(name.split())[:120] or UNKNOWN
    if found := find_organisation(name, place):
        return found
    own, key = key_of(name)
    try:
        with transaction.atomic():
            return Organisation.objects.create(name=name, key=key, region=own)
    except IntegrityError:
        # another worker made it a moment ago, perhaps under another of its names
        return Organisation.objects.filter(name=name).first() or Organisation.objects.get(key=key)


def resolve(names: Iterable[str], place: str = "") -> dict[str, Organisation]:
    """name → organisation, for all names of a document."""
    return {name: get_organisation(name, place) for name in sorted(set(names))}
