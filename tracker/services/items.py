"""Stored goals and results as the matching core takes them.

The core names documents in its sentences. It gets a token (⟦0d5a21c7…#12⟧), which no two documents share, and ``Speller``
puts the title in its place where a sentence is stored. It begins with the document's fingerprint: what is equal otherwise
is sorted by it, so that nothing depends on which document came in first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from tracker.matching.items import Item
from tracker.models import Document, Goal, Result
from tracker.services.organisations import UNKNOWN
from tracker.services.statements import MACHINE_FIELDS, to_statement

TOKEN = re.compile(r"⟦[^⟧#]*#(\d*)⟧")
TOLD = 16  # characters of a fingerprint: enough to sort by, with the id to tell all apart
TYPED_IN = "手工录入"
LIGHT_FIELDS = ("pk", "document_id", "document__sha256", "document__published_on", "organisation__name", *MACHINE_FIELDS)


def goal_item(goal: Goal) -> Item:
    """A goal for matching. Rows want their organisation and document loaded (select_related)."""
    return _from_row(goal)


def result_item(result: Result) -> Item:
    """A result for matching. Its id leads back to the row."""
    return _from_row(result)


def _from_row(row: Goal | Result) -> Item:
    kind = row._meta.model_name
    published_on = row.document.published_on if row.document_id else None
    statement = to_statement(row, kind, _told_name(row.organisation.name))
    token = _token(kind, row.pk, row.document_id, row.document.sha256 if row.document_id else "")
    return Item(str(row.pk), statement, token, published_on, order=row.start or 0)


@dataclass(frozen=True, slots=True)
class Loaded:
    """An item with what is needed to store what came out of it."""

    pk: int
    document_id: int | None
    item: Item
    baseline: Decimal | None = None  # of a goal

    @property
    def published_on(self) -> date | None:
        return self.item.published_on


def load_items(rows: QuerySet[Goal] | QuerySet[Result]) -> Iterator[Loaded]:
    """Items of many rows, without making a model of each: the neighbourhood of one document may be thousands."""
    kind = rows.model._meta.model_name
    fields = (*LIGHT_FIELDS, "baseline") if kind == "goal" else LIGHT_FIELDS
    for row in rows.order_by("pk").values_list(*fields, named=True).iterator():
        statement = to_statement(row, kind, _told_name(row.organisation__name))
        token = _token(kind, row.pk, row.document_id, row.document__sha256 or "")
        item = Item(str(row.pk), statement, token, row.document__published_on, order=row.start or 0)
        yield Loaded(row.pk, row.document_id, item, row.baseline if kind == "goal" else None)


def _told_name(organisation: str) -> str:
    """The core knows a body that no document names as nobody: what it does answers only inside its own document."""
    return "" if organisation == UNKNOWN else organisation


def _token(kind: str | None, pk: int, document_id: int | None, sha256: str) -> str:
    return f"⟦{sha256[:TOLD]}#{document_id}⟧" if document_id else f"⟦{kind}{pk}#⟧"


def document_id_of(token: str) -> int | None:
    """The id of the document that the core's name stands for."""
    found = TOKEN.fullmatch(token)
    return int(found[1]) if found and found[1] else None


def document_name(document: Document) -> str:
    """A document as sentences name it."""
    return document.title or document.name


class Speller:
    """Puts titles for tokens. Titles are looked up once."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {"": TYPED_IN}

    def learn(self, texts: Iterable[str]) -> None:
        """Look up all titles that some texts need, in one query."""
        wanted = {found for text in texts for found in TOKEN.findall(text)} - self._names.keys()
        for document in Document.objects.filter(pk__in=[int(pk) for pk in wanted]).only("pk", "title", "name"):
            self._names[str(document.pk)] = document_name(document)

    def spell(self, text: str) -> str:
        """The text with titles."""
        return TOKEN.sub(lambda found: self._names.get(found[1], "已删除的文档"), text) if "⟦" in text else text

    def spell_all(self, texts: Iterable[str]) -> list[str]:
        """Several texts with titles."""
        listed = list(texts)
        self.learn(listed)
        return [self.spell(text) for text in listed]
