"""The rows of the ledger as plain data: read from the database once, kept in snapshots, written to the workbook from either."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from tracker.matching.units import convert
from tracker.models import ChangeKind, GoalChange, GoalStatus, LinkState, Review
from tracker.services.restated import find_restated

from .searched import Searches

CHUNK = 1000
HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(slots=True)
class LedgerRow:
    """One goal as of a date. ``done`` is in the goal's own unit; shares are fractions (1 = 100 %), ``gap`` is in percentage points."""

    goal: int
    organisation_id: int
    organisation: str
    owner: str
    quote: str
    indicator: str
    target: Decimal | None
    target_max: Decimal | None
    unit: str
    comparator: str
    measure: str
    baseline: Decimal | None
    deadline: date | None
    original_deadline: date | None
    closed_on: date | None
    done: Decimal | None
    done_as_written: str
    done_on: date | None
    completion: Decimal | None
    declared_completion: Decimal | None
    time_share: Decimal | None
    gap: Decimal | None
    status: str
    light: str
    computed: str
    declared: str
    decided: str
    decided_by: str
    decided_reason: str
    progress: str
    problems: str
    steps: str
    document_id: int | None
    document: str
    paragraph: int | None
    page: int | None
    result_id: int | None
    result_document_id: int | None
    result_document: str
    result_paragraph: int | None
    result_page: int | None
    arithmetic: str
    answers: int
    in_words: bool
    searched: str
    same_as: str = ""  # why it is listed but not counted; snapshots from before have no such field


@dataclass(slots=True)
class Adjustment:
    """A goal that a later document changed or no longer mentions."""

    goal: int
    organisation_id: int
    organisation: str
    quote: str
    indicator: str
    kind: str
    happened_on: date
    sentence: str
    before: str
    after: str
    later_quote: str
    document_id: int | None
    document: str
    later_id: int | None
    state: str


@dataclass(slots=True)
class Difference:
    """What is different for one goal since the snapshot before."""

    goal: int
    organisation_id: int
    organisation: str
    indicator: str
    field: str
    before: str
    after: str
    reason: str


Record = LedgerRow | Adjustment | Difference


def _kinds(record: type) -> list[str]:
    return [str(field.type).removesuffix(" | None") for field in dataclasses.fields(record)]


KINDS = {record: _kinds(record) for record in (LedgerRow, Adjustment, Difference)}
READERS = {"Decimal": Decimal, "date": date.fromisoformat}


def pack(record: Record) -> list[Any]:
    """The record as a list that JSON can hold, exact: decimals and dates as text."""
    values = (getattr(record, name) for name in record.__slots__)
    return [str(value) if isinstance(value, Decimal | date) else value for value in values]


def unpack(record: type, values: list[Any]) -> Any:
    """The record that ``pack`` made this list from. Fields that came later than the list keep their defaults."""
    return record(
        *(
            READERS[kind](value) if value is not None and kind in READERS else value
            for kind, value in zip(KINDS[record], values, strict=False)
        )
    )


def dump(records: Iterable[Record]) -> bytes:
    return json.dumps([pack(record) for record in records], ensure_ascii=False, separators=(",", ":")).encode()


def load(record: type, data: bytes) -> list[Any]:
    return [unpack(record, values) for values in json.loads(data)]


STATUS_FIELDS = (
    "goal_id", "goal__organisation_id", "goal__organisation__name", "goal__owner", "goal__quote", "goal__indicator",
    "goal__value", "goal__value_max", "goal__unit", "goal__comparator", "goal__measure", "goal__baseline",
    "goal__period_end", "goal__original_deadline", "goal__closed_on",
    "value", "counted_on", "result__value", "result__unit", "result__period_end",
    "completion", "declared_completion", "time_share", "gap", "status", "light", "computed", "declared", "decided",
    "decided_by__last_name", "decided_by__first_name", "decided_by__username", "decided_reason",
    "result__quote", "goal__problems", "goal__steps",
    "goal__document_id", "goal__document__title", "goal__document__name", "goal__paragraph", "goal__page",
    "goal__document__published_on",
    "result_id", "result__document_id", "result__document__title", "result__document__name", "result__paragraph",
    "result__page", "result__document__published_on",
    "arithmetic", "answers", "answered_in_words", "searched",
)  # fmt: skip


def plain(value: Decimal | None) -> Decimal | None:
    """Without trailing zeros and without an exponent: 50.000000 -> 50."""
    if value is None:
        return None
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def achieved(v: dict[str, Any]) -> tuple[Decimal | None, str]:
    """The value reached in the goal's unit, and how the source writes it where that is something else."""
    value, unit, target_unit = v["result__value"], v["result__unit"] or "", v["goal__unit"]
    written = "" if value is None or unit == target_unit else f"{plain(value)}{unit}"
    if v["value"] is not None:
        return plain(v["value"]), written
    if value is None:
        return None, ""
    same = value if unit == target_unit else convert(value, unit, target_unit)
    return (None if same is None else plain(same.quantize(Decimal("0.000001")))), written


def in_context(quote: str, indicator: str, unit: str) -> str:
    """The quote; a bare figure from a table with what it is about: 300 reads 新建农村公路：300公里."""
    return quote if not quote or HAN.search(quote) else f"{indicator}：{quote}{'' if quote.endswith(unit) else unit}"


def _row(v: dict[str, Any], searches: Searches, restated: dict[int, str]) -> LedgerRow:
    done, written = achieved(v)
    searched = v["searched"]
    if not searched and not v["answers"]:
        searched = searches.describe(v["goal__organisation_id"], v["goal__document__published_on"])
    full_name = f"{v['decided_by__last_name'] or ''}{v['decided_by__first_name'] or ''}"
    return LedgerRow(
        v["goal_id"], v["goal__organisation_id"], v["goal__organisation__name"], v["goal__owner"],
        in_context(v["goal__quote"], v["goal__indicator"], v["goal__unit"]),
        v["goal__indicator"], plain(v["goal__value"]), plain(v["goal__value_max"]), v["goal__unit"],
        v["goal__comparator"], v["goal__measure"], plain(v["goal__baseline"]), v["goal__period_end"],
        v["goal__original_deadline"], v["goal__closed_on"], done, written,
        v["counted_on"] or v["result__period_end"] or v["result__document__published_on"],
        v["completion"], v["declared_completion"], v["time_share"], v["gap"], v["status"], v["light"], v["computed"],
        v["declared"], v["decided"], full_name or v["decided_by__username"] or "", v["decided_reason"],
        in_context(v["result__quote"] or "", v["goal__indicator"], v["result__unit"] or ""), v["goal__problems"], v["goal__steps"],
        v["goal__document_id"], v["goal__document__title"] or v["goal__document__name"] or "", v["goal__paragraph"],
        v["goal__page"], v["result_id"], v["result__document_id"],
        v["result__document__title"] or v["result__document__name"] or "", v["result__paragraph"], v["result__page"],
        v["arithmetic"], v["answers"], v["answered_in_words"], searched, restated.get(v["goal_id"], ""),
    )  # fmt: skip


def read_rows(as_of: date, organisations: QuerySet | None = None) -> Iterator[LedgerRow]:
    """The standing goals as of a date, by organisation and deadline, streamed; only of ``organisations`` when given."""
    rows = GoalStatus.objects.filter(as_of=as_of).exclude(goal__review=Review.REJECTED)
    if organisations is not None:
        rows = rows.filter(goal__organisation__in=organisations.values("pk"))
    rows = rows.order_by("goal__organisation__name", "goal__period_end", "goal_id")
    searches, restated = Searches(as_of), find_restated(as_of)
    for values in rows.values_list(*STATUS_FIELDS).iterator(chunk_size=CHUNK):
        yield _row(dict(zip(STATUS_FIELDS, values, strict=True)), searches, restated)


def describe_target(value: Decimal | None, unit: str, comparator: str, maximum: Decimal | None = None) -> str:
    """≥50个, 5—6家, 30%; empty for a goal without a number."""
    if value is None:
        return ""
    sign = {"ge": "≥", "le": "≤", "approx": "约"}.get(comparator, "")
    upper = f"—{plain(maximum)}" if maximum is not None else ""
    return f"{sign}{plain(value)}{upper}{unit}"


def describe_unit(row: LedgerRow) -> str:
    """家; of a range with its upper end, as the number before it is the lower one: 家（上限6）."""
    upper = f"（上限{row.target_max}）" if row.target_max is not None else ""
    return f"{row.unit}{upper}"


def _sides(change: GoalChange) -> tuple[str, str]:
    """What was promised before and after, only what differs: number, deadline."""
    old, new = change.goal, change.later
    if new is None:
        return describe_target(old.value, old.unit, old.comparator, old.value_max), "未再提及"
    before, after = [], []
    for left, right in (
        (
            describe_target(old.value, old.unit, old.comparator, old.value_max),
            describe_target(new.value, new.unit, new.comparator, new.value_max),
        ),
        (str(old.period_end or ""), str(new.period_end or "")),
    ):
        if left != right:
            before.append(left)
            after.append(right)
    return "；".join(filter(None, before)), "；".join(filter(None, after))


def read_adjustments(as_of: date, organisations: QuerySet | None = None) -> Iterator[Adjustment]:
    """Changes of goals up to a date: raised, lowered, postponed, weakened, dropped; not mere repetition, not rejected ones."""
    changes = GoalChange.objects.filter(happened_on__lte=as_of).exclude(state=LinkState.REJECTED)
    changes = changes.exclude(kind=ChangeKind.REPEATED).exclude(goal__review=Review.REJECTED)
    if organisations is not None:
        changes = changes.filter(goal__organisation__in=organisations.values("pk"))
    changes = changes.select_related("goal__organisation", "later", "document").defer(
        "document__content", "document__paragraphs"
    )
    for change in changes.order_by("goal__organisation__name", "happened_on", "pk").iterator(chunk_size=CHUNK):
        goal, document = change.goal, change.document
        before, after = _sides(change)
        yield Adjustment(
            goal.pk, goal.organisation_id, goal.organisation.name, goal.quote, goal.indicator, change.kind,
            change.happened_on, change.sentence, before, after, change.later.quote if change.later else "",
            document.pk if document else None, (document.title or document.name) if document else "",
            change.later_id, change.state,
        )  # fmt: skip
