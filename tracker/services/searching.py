"""Search for words: the newest rows are looked through, the others are asked for by the word index.

A word that stands in many rows is soon found among the newest; one that does not stands in few, and the index gives them at
once. Either way a search costs the same however many rows there are. Counting stops at ``MOST``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import and_, or_

from django.db import connection
from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from tracker.models import Organisation
from tracker.services.prepared import Given, Prepared
from tracker.services.wordindex import DOCUMENTS, Holds, WordIndex

MOST = 100
NEWEST = 5_000  # rows looked through; texts of documents are long
NEWEST_DOCUMENTS = 40
SHORTEST = 2  # letters: a single one stands almost everywhere


@dataclass(frozen=True)
class Found:
    """Ids of rows, newest first, and whether there are more than are given."""

    ids: list[int]
    more: bool


def holding(word: str, fields: Sequence[str], path: str = "", *, looked_through: bool = False) -> Q:
    """Rows in which the word stands in one of the fields, letters of either case. ``looked_through``: the rows to be looked
    at are few and known; PostgreSQL then finds the place of a word several times as fast as it matches a pattern."""
    if word.upper() != word.lower():
        return reduce(or_, (Q(**{f"{path}{name}__icontains": word}) for name in fields))
    if looked_through:
        return reduce(or_, (Q(GreaterThan(StrIndex(f"{path}{name}", Value(word)), 0)) for name in fields))
    return reduce(or_, (Q(**{f"{path}{name}__contains": word}) for name in fields))


@dataclass(frozen=True)
class Wanted:
    """Words to be found, each with the organisations whose name it stands in: told once for all kinds of records."""

    words: tuple[str, ...]
    bodies: dict[str, list[int]]

    @classmethod
    def read(cls, text: str) -> Wanted:
        words = tuple(text.split())
        named = {word: Organisation.objects.filter(holding(word, ("name",), looked_through=True)).order_by() for word in words}
        return cls(words, {word: list(rows.values_list("pk", flat=True)) for word, rows in named.items()})

    @property
    def is_too_short(self) -> bool:
        """Whether no word is long enough to be searched for."""
        return all(len(word) < SHORTEST for word in self.words)

    def indexed(self, index: WordIndex) -> list[str]:
        """Words to ask the index for. One that may stand in the name of a body is better looked at in the rows that another
        word gives, if there is another."""
        long = [word for word in self.words if len(word) >= SHORTEST]
        return [word for word in long if not (index.by_organisation and self.bodies[word])] or long


def condition(
    index: WordIndex, wanted: Wanted, *, by_index: bool, path: str = "", looked_through: bool = False
) -> Q:
    """Rows that hold every word, in their own fields or in the name of their organisation."""
    indexed = wanted.indexed(index) if by_index else []
    every = []
    for word in wanted.words:
        held = Q(Holds(index, word, path)) if word in indexed else Q()
        if word not in indexed or len(word) != SHORTEST:
            held &= holding(word, index.fields, path, looked_through=looked_through)
        if index.by_organisation and wanted.bodies[word]:
            held |= Q(**{f"{path}organisation__in": wanted.bodies[word]})
        every.append(held)
    return reduce(and_, every, Q())


@lru_cache(maxsize=8)
def _last(index: WordIndex) -> Prepared:
    return Prepared(lambda: index.model.objects.order_by("-pk").values_list("pk")[:1])


@lru_cache(maxsize=8)
def _recent(index: WordIndex) -> Prepared:
    """The newest rows in which one word stands, for readers who see all: what most searches ask first."""
    word, border = Given(0, TextField()), Given(1, index.model._meta.pk)
    held = reduce(or_, (Q(GreaterThan(StrIndex(name, word), 0)) for name in index.fields))
    manager = index.model.objects
    rows = manager.standing() if hasattr(manager, "standing") else manager.all()
    return Prepared(lambda: rows.filter(held, pk__gt=border).order_by("-pk").values_list("pk")[: MOST + 1])


def _is_plain(index: WordIndex, wanted: Wanted) -> bool:
    """Whether one word is asked for, in the rows' own fields only and in letters without case."""
    word = wanted.words[0]
    return len(wanted.words) == 1 and word.upper() == word.lower() and not (index.by_organisation and wanted.bodies[word])


def find(
    index: WordIndex, rows: QuerySet, wanted: Wanted, most: int = MOST, enough: int = MOST, *, everything: bool = False
) -> Found:
    """Of these rows of the indexed model those that hold every word. When the newest rows give ``enough``, the others are
    not asked for: there may be more then. ``everything``: the rows are all that stand."""
    newest = NEWEST_DOCUMENTS if index is DOCUMENTS else NEWEST
    last = next(iter(_last(index)()), (0,))[0]
    border = last - newest
    if everything and _is_plain(index, wanted):
        recent = [pk for (pk,) in _recent(index)(wanted.words[0], border)][: most + 1]
    else:
        by_text = condition(index, wanted, by_index=False, looked_through=True)
        recent = list(rows.filter(by_text, pk__gt=border).order_by("-pk").values_list("pk", flat=True)[: most + 1])
    if border <= 0 or len(recent) > most:
        return Found(recent[:most], len(recent) > most)
    if len(recent) >= enough:
        return Found(recent, True)
    older = rows.filter(condition(index, wanted, by_index=True), pk__lte=border)
    # in order PostgreSQL would have to read them all; SQLite finds them in order
    older = older.order_by() if connection.vendor == "postgresql" else older.order_by("-pk")
    rest = sorted(older.values_list("pk", flat=True)[: most + 1 - len(recent)], reverse=True)
    return Found([*recent, *rest][:most], len(recent) + len(rest) > most)
