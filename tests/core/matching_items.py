"""Short ways to write goals and results in tests of linking and progress."""
from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tracker.analysis.records import Period, Quantity, Span, Statement
from tracker.matching.items import Item

ORGANISATION = "东江市教育局"
YEAR = ("2021-01-01", "2021-12-31")
HALF = ("2021-01-01", "2021-06-30")


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def item(kind: str, indicator: str, value: Any = None, unit: str = "", measure: str | None = "level", *,
         period: tuple[str | None, str | None] = YEAR, comparator: str = "eq", maximum: Any = None, quote: str = "",
         organisation: str = ORGANISATION, document: str = "", published: str | None = None, id: str = "",
         owner: str | None = None, scope: str | None = None, span: tuple[int, int] | None = None, order: int = 0) -> Item:
    """A goal or result; the quote is made of indicator, number and unit unless given."""
    quantity = None if value is None else Quantity(
        Decimal(str(value)), unit, comparator, None if maximum is None else Decimal(str(maximum)))  # type: ignore[arg-type]
    statement = Statement(
        kind, organisation, Span(*(span or (0, 1) if kind == "goal" else span or (10, 11))),  # type: ignore[arg-type]
        quote or f"{indicator}{'' if value is None else value}{unit}", indicator, "", quantity,
        measure if quantity else None, Period(day(period[0]), day(period[1])), owner, scope=scope)  # type: ignore[arg-type]
    name = document or ("2021年工作计划" if kind == "goal" else "2021年工作总结")
    told = published or ("2021-01-10" if kind == "goal" else "2022-01-10")
    return Item(id or kind[0], statement, name, day(told), order)


def goal(indicator: str, *args: Any, **kwargs: Any) -> Item:
    return item("goal", indicator, *args, **kwargs)


def result(indicator: str, *args: Any, **kwargs: Any) -> Item:
    return item("result", indicator, *args, **kwargs)
