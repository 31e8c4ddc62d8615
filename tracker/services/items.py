"""Stored goals and results as the matching core takes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from tracker.matching.items import Item
from tracker.models import Document, Goal, Result
from tracker.services.statements import to_statement


def goal_item(goal: Goal) -> Item:
    """A goal for matching. Rows want their organisation and document loaded (select_related)."""
    return _item(goal, source_name(goal))


def result_item(result: Result) -> Item:
    """A result for matching. Its id leads back to the row."""
    return _item(result, source_name(result))


def to_items(goals: Sequence[Goal], results: Sequence[Result]) -> tuple[list[Item], list[Item]]:
    """Goals and results that are matched together: two documents of one title are told apart by their numbers."""
    documents: dict[str, set[int]] = defaultdict(set)
    for row in (*goals, *results):
        if row.document_id:
            documents[source_name(row)].add(row.document_id)

    def name(row: Goal | Result) -> str:
        shown = source_name(row)
        return f"{shown}（编号{row.document_id}）" if len(documents.get(shown, ())) > 1 else shown

    return [_item(goal, name(goal)) for goal in goals], [_item(result, name(result)) for result in results]


def source_name(row: Goal | Result) -> str:
    """Where a record stands, as the core's sentences name it. What was typed in without a document stands by itself."""
    return document_name(row.document) if row.document else f"手工录入的{row._meta.verbose_name}（编号{row.pk}）"


def document_name(document: Document) -> str:
    """A document as sentences name it."""
    return document.title or document.name


def document_ids(rows: Iterable[Goal | Result], items: Iterable[Item]) -> dict[str, int]:
    """The core's name of each document → its id."""
    return {item.document: row.document_id for row, item in zip(rows, items, strict=True) if row.document_id}


def _item(row: Goal | Result, name: str) -> Item:
    published_on = row.document.published_on if row.document else None
    return Item(str(row.pk), to_statement(row), name, published_on, order=row.start or 0)
