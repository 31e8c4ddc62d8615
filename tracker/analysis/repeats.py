"""Statements that a document makes twice: in a box, in its headline, word for word."""
from __future__ import annotations

from collections.abc import Iterator

from tracker.analysis.records import Statement


def without_repeats(statements: list[Statement], title: str) -> Iterator[Statement]:
    """A pledge said again in a box, or a figure said again word for word, is one statement: the first, though what the
    title says and the text repeats is the text's."""
    seen: set[tuple[object, ...]] = set()
    above = statements[0].paragraph if statements else None
    titled = [one for one in statements[:4] if one.quote in title and one.paragraph == above is not None]
    repeated = {_sameness(one) for one in statements if one.paragraph != above} if titled else set()
    nobodys = any(not statement.organisation for statement in statements)
    owned = {(s.kind, s.quantity.value, s.quantity.unit) for s in statements if s.quantity and s.organisation} if nobodys else set()
    for statement in statements:
        # the headline says it before the article says whose it is
        if statement.quantity and not statement.organisation \
                and (statement.kind, statement.quantity.value, statement.quantity.unit) in owned:
            continue
        key = _sameness(statement)
        if key not in seen and not (titled and statement in titled and key in repeated):
            seen.add(key)
            yield statement


def _sameness(statement: Statement) -> tuple[object, ...]:
    """What two statements share when they are one said twice."""
    quantity = statement.quantity
    what = (quantity.value, quantity.maximum, quantity.unit, statement.measure) if quantity else statement.quote
    return statement.kind, statement.organisation, statement.owner, statement.indicator_key, what, statement.period.end
