"""The columns of the department's workbook and its structure mark. Who reads back holds to the same lines as who writes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from reports.ledger.rows import LedgerRow, describe_unit, plain
from tracker.models import Status

SHEET, TOKEN_SHEET = "填报表", "_jiannuo"
HEADER_ROW, FIRST_ROW = 4, 5
TEXT_LIMIT = 2000
SALT = "reports.workbook"


@dataclass(frozen=True)
class Field:
    """A column. ``value`` gives what goes out; a column without it is filled by the department."""

    key: str
    title: str
    width: float
    value: Callable[[int, LedgerRow, int], Any] | None = None
    hidden: bool = False


FIELDS = (
    Field("position", "序号", 5, lambda position, row, revision: position),
    Field("indicator", "指标", 20, lambda position, row, revision: row.indicator),
    Field("quote", "目标任务（原文）", 36, lambda position, row, revision: row.quote),
    Field("target", "目标值", 11, lambda position, row, revision: row.target),
    Field("unit", "单位", 7, lambda position, row, revision: describe_unit(row)),
    Field("deadline", "完成时限", 11, lambda position, row, revision: row.deadline),
    Field("owner", "责任人", 9, lambda position, row, revision: row.owner),
    Field("last_value", "上次完成值", 10, lambda position, row, revision: row.done),
    Field("last_day", "上次数据截止", 11, lambda position, row, revision: row.done_on),
    Field("value", "完成值", 11),
    Field("day", "数据截止", 12),
    Field("completion", "自报完成率（%）", 10),
    Field("declared", "自报状态", 15),
    Field("progress", "进展情况", 40),
    Field("problems", "存在问题", 28),
    Field("steps", "下步措施", 28),
    Field("id", "编号", 9, lambda position, row, revision: f"G{row.goal}", hidden=True),
    Field("revision", "版本", 6, lambda position, row, revision: revision, hidden=True),
)
KEYS = tuple(field.key for field in FIELDS)
LOCKED = tuple(field.key for field in FIELDS if field.value is not None)
FILLED = tuple(field.key for field in FIELDS if field.value is None)
TITLES = {field.key: field.title for field in FIELDS}
STATUS_WORDS = tuple(status.label for status in Status if status not in (Status.ADJUSTED, Status.NO_DATA))


def structure() -> str:
    """The fingerprint of the layout; it changes when the product changes the columns."""
    return hashlib.sha256("|".join(f"{field.key}:{field.title}" for field in FIELDS).encode()).hexdigest()


def normal(value: Any) -> str:
    """A cell's value as text that is the same whichever program saved it: 50 and 50.0, a date and a midnight."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float | Decimal):
        try:
            return f"{plain(Decimal(str(value)).quantize(Decimal('0.000001'))):f}"
        except InvalidOperation:
            return str(value)
    return str(value).replace("\r\n", "\n").replace("_x000D_", "").replace("\r", "").strip()
