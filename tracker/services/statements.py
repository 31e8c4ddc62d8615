"""Statements of the core ↔ goals and results of the database; storing what was read again without doubling anything."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tracker.analysis.certainty import score_of
from tracker.analysis.records import Period, Quantity, Span, Statement
from tracker.models import Document, Goal, Organisation, Origin, Result, Review

MACHINE_FIELDS = (
    "owner", "post", "quote", "start", "end", "paragraph", "page", "indicator", "indicator_key", "value", "value_max",
    "unit", "comparator", "measure", "period_start", "period_end", "scope", "reasons",
)  # fmt: skip
MODELS: dict[str, type[Goal | Result]] = {"goal": Goal, "result": Result}
SIX_PLACES = Decimal("0.000001")
LARGEST = Decimal(10) ** 18


def fingerprint(statement: Statement, ordinal: int) -> str:
    """The same for the same words at the same place of the same document, whatever else the machine makes of them."""
    value = statement.quantity.value.normalize() if statement.quantity else ""
    told = f"{statement.kind}|{statement.span.start}|{statement.span.end}|{value}|{ordinal}"
    return hashlib.sha1(told.encode(), usedforsecurity=False).hexdigest()


def with_fingerprints(statements: Iterable[Statement]) -> Iterator[tuple[str, Statement]]:
    """Statements in reading order with their fingerprints; twins (分别增长5%、5%) are told apart by their order."""
    seen: dict[str, int] = defaultdict(int)
    for statement in statements:
        first = fingerprint(statement, 0)
        yield (fingerprint(statement, seen[first]) if seen[first] else first), statement
        seen[first] += 1


def to_fields(statement: Statement, organisation: Organisation) -> dict[str, Any]:
    """A statement as fields of a Goal or a Result."""
    quantity = statement.quantity
    if quantity is not None and abs(quantity.maximum or quantity.value) >= LARGEST:
        quantity = None  # no figure of a report: a telephone number or a broken table cell
    return {
        "organisation": organisation,
        "owner": (statement.owner or "")[:40],
        "post": (statement.post or "")[:80],
        "quote": statement.quote,
        "start": statement.span.start,
        "end": statement.span.end,
        "paragraph": statement.paragraph,
        "page": statement.page,
        "indicator": statement.indicator[:200],
        "indicator_key": statement.indicator_key[:200],
        "value": quantity.value.quantize(SIX_PLACES) if quantity else None,
        "value_max": quantity.maximum.quantize(SIX_PLACES) if quantity and quantity.maximum is not None else None,
        "unit": quantity.unit[:20] if quantity else "",
        "comparator": quantity.comparator if quantity else "",
        "measure": (statement.measure or "level") if quantity else "",
        "period_start": _start_of(statement.period),
        "period_end": statement.period.end,
        "scope": (statement.scope or "")[:20],
        "reasons": list(statement.reasons),
        # what nobody is known to answer for is not right as it stands
        "score": score_of(statement.reasons, statement.quote) if statement.organisation else 0.0,
    }


def _start_of(period: Period) -> date | None:
    """A start behind the end is a misreading: one record without a start, not a document that cannot be stored."""
    return None if period.start and period.end and period.start > period.end else period.start


def to_statement(row: Any, kind: str | None, organisation: str) -> Statement:
    """A stored record, with what people have corrected, as the core sees it. ``row`` has the attributes MACHINE_FIELDS."""
    quantity = None
    if row.value is not None:
        quantity = Quantity(row.value.normalize(), row.unit, row.comparator, row.value_max)
    return Statement(
        kind="goal" if kind == "goal" else "result",
        organisation=organisation,
        span=Span(row.start or 0, row.end or row.start or 0),
        quote=row.quote,
        indicator=row.indicator,
        indicator_key=row.indicator_key,
        quantity=quantity,
        measure=row.measure or None,
        period=Period(row.period_start, row.period_end),
        owner=row.owner or None,
        post=row.post or None,
        scope=row.scope or None,
        paragraph=row.paragraph,
        page=row.page,
        reasons=tuple(row.reasons),
    )


def place_of(document: Document, start: int, end: int) -> tuple[str, int | None, int | None]:
    """(quote, paragraph number, page) of a stretch of a document's text; line breaks inside it are left out."""
    quote = "".join(line.strip() for line in document.content[start:end].splitlines())
    for first, last, number, page, *_ in document.paragraphs:
        if first <= start < last:
            return quote, number, page
    return quote, None, None


@dataclass(slots=True)
class Plan:
    """What storing a document's statements of one kind comes to."""

    create: list[dict[str, Any]]  # as NewRows takes them
    update: list[Goal | Result]
    delete: list[int]
    left: set[int]  # organisations that rows were taken from


def plan_storing(
    document: Document, kind: str, statements: Sequence[tuple[str, Statement]], bodies: dict[str, Organisation]
) -> Plan:
    """Compare what was read with what is stored. A person's record is never rewritten, and never deleted."""
    model = MODELS[kind]
    stored = list(model.objects.filter(document=document, origin=Origin.MACHINE).select_related("organisation"))
    by_print = {row.fingerprint: row for row in stored}
    plan = Plan([], [], [], set())
    unmatched = [(mark, told) for mark, told in statements if mark not in by_print]
    marks = {mark for mark, _ in statements}
    orphans = [row for row in stored if row.fingerprint not in marks]
    moved = dict(_pair_moved(unmatched, orphans))
    for mark, told in statements:
        fields = to_fields(told, bodies[told.organisation])
        row = by_print.get(mark) or moved.get(mark)
        if row is None:
            fields["organisation_id"] = fields.pop("organisation").pk
            plan.create.append(fields | {"document_id": document.pk, "fingerprint": mark, "origin": Origin.MACHINE})
            continue
        before = row.organisation_id
        if _take_in(row, mark, fields):
            plan.update.append(row)
            plan.left.add(before)
    kept = {row.pk for row in moved.values()}
    gone = [row for row in orphans if row.pk not in kept and not is_touched(row)]
    plan.delete = [row.pk for row in gone]
    plan.left.update(row.organisation_id for row in gone)
    return plan


def _pair_moved(
    unmatched: Sequence[tuple[str, Statement]], orphans: Sequence[Goal | Result]
) -> Iterator[tuple[str, Goal | Result]]:
    """Records whose bounds the machine now draws otherwise: same value, overlapping place."""
    free: dict[Decimal | None, list[tuple[int, int, Goal | Result]]] = defaultdict(list)
    for row in orphans:
        seen = row.machine or {"value": row.value, "start": row.start, "end": row.end}
        value = None if seen["value"] is None else Decimal(seen["value"]).quantize(SIX_PLACES)
        free[value].append((seen["start"], seen["end"], row))
    for mark, told in unmatched:
        value = told.quantity.value.quantize(SIX_PLACES) if told.quantity else None
        for entry in free[value]:
            start, end, row = entry
            if start < told.span.end and told.span.start < end:
                free[value].remove(entry)
                yield mark, row
                break


def _take_in(row: Goal | Result, mark: str, fields: dict[str, Any]) -> bool:
    """Bring a stored record up to what was read; of a person's record only the machine's own view. True if it changed."""
    before = (row.fingerprint, row.machine, {name: getattr(row, name) for name in fields})
    row.fingerprint = mark
    if row.machine:
        row.machine = machine_form(fields)
    elif row.review == Review.UNREVIEWED:
        for name, value in fields.items():
            setattr(row, name, value)
    return before != (row.fingerprint, row.machine, {name: getattr(row, name) for name in fields})


def machine_form(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields in the JSON form that ``record.machine`` keeps."""
    return {name: _json(value) for name, value in fields.items()}


def _json(value: Any) -> Any:
    if isinstance(value, Organisation):
        return value.name
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if hasattr(value, "isoformat") else value


def is_touched(row: Goal | Result) -> bool:
    """Whether a person has left anything on a record: then it is not the machine's to delete."""
    if row.review != Review.UNREVIEWED or row.revision > 1:
        return True
    if row.links.filter(decided_at__isnull=False).exists():
        return True
    return isinstance(row, Goal) and (row.statuses.exclude(decided="").exists() or _is_referred_to(row))


def _is_referred_to(goal: Goal) -> bool:
    """Whether something outside the machine's own tables (notices, tasks, replies) hangs on the goal."""
    own = {"links", "statuses", "changes", "origins", "findings", "history"}
    for relation in goal._meta.related_objects:
        name = relation.get_accessor_name()
        if name not in own and relation.related_model._default_manager.filter(**{relation.field.name: goal}).exists():
            return True
    return False
