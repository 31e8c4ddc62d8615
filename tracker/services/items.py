"""Stored goals and results as the matching core takes them."""

from __future__ import annotations

from tracker.matching.items import Item
from tracker.models import Goal, Result
from tracker.services.statements import to_statement


def goal_item(goal: Goal) -> Item:
    """A goal for matching. Rows want their organisation and document loaded (select_related)."""
    return _item(goal)


def result_item(result: Result) -> Item:
    """A result for matching. Its id leads back to the row."""
    return _item(result)


def _item(row: Goal | Result) -> Item:
    document = row.document
    # the core names documents in its sentences; the number keeps apart two of one title
    name = f"《{document}》（编号{document.pk}）" if document else f"手工录入的{row._meta.verbose_name}（编号{row.pk}）"
    published_on = document.published_on if document else None
    return Item(str(row.pk), to_statement(row), name, published_on, order=row.start or 0)
