"""Unit algebra: magnitudes (万, 亿, 万亿), families (money, people, length …), percent against percentage points."""
from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from tracker.analysis.records import Quantity
from tracker.matching.tables import fold, read_lines

BRACKETS = re.compile(r"(?<=.)\(.*?\)")          # 万套(间)
MAGNITUDES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}


@dataclass(frozen=True, slots=True)
class UnitForm:
    """A unit taken apart: ``value × factor`` is the amount in ``base``. ``family`` is "" for an unknown unit."""

    family: str
    base: str
    factor: Decimal
    counting: str = ""               # "things" (个, 家, 户) or "persons" (人, 人次): counters that answer each other
    known: bool = True


@cache
def _families() -> dict[str, tuple[str, str, Decimal, str]]:
    units: dict[str, tuple[str, str, Decimal, str]] = {}
    for line in read_lines("units.txt"):
        name, _, rest = line.partition(":")
        members = [member.strip() for member in rest.split("|")]
        counting = {"*": "things", "+": "persons"}.get(name[-1], "")
        family, base = name.rstrip("*+"), members[0]
        units.setdefault(fold(base), (family, base, Decimal(1), counting))
        for member in members[1:]:
            word, _, factor = member.partition("=")
            units.setdefault(fold(word), (family, base, Decimal(factor), counting))
    return units


@lru_cache(maxsize=4096)
def read_unit(unit: str) -> UnitForm:
    """万人 -> people, 人, 10000. An unknown unit is its own family, so that it only meets itself."""
    rest, factor = BRACKETS.sub("", fold(unit)), Decimal(1)
    while rest and rest[0] in MAGNITUDES and rest not in _families():
        factor, rest = factor * MAGNITUDES[rest[0]], rest[1:]
    if rest in _families():
        family, base, scale, counting = _families()[rest]
        return UnitForm(family, base, factor * scale, counting)
    return UnitForm(rest, rest, factor, known=False)


def same_family(left: str, right: str) -> bool:
    """Whether amounts in these two units can be set against each other by arithmetic."""
    return read_unit(left).family == read_unit(right).family


def interchangeable(left: str, right: str) -> bool:
    """Same family, or two counters of things (个, 家, 项) or of persons (人, 人次): comparable as numbers, not surely the same unit."""
    a, b = read_unit(left), read_unit(right)
    return a.family == b.family or (a.counting != "" and a.counting == b.counting)


def base_value(quantity: Quantity) -> Decimal:
    """The value with magnitude and unit multiplied in: 18.44万人 -> 184400."""
    return quantity.value * read_unit(quantity.unit).factor


def base_maximum(quantity: Quantity) -> Decimal | None:
    """The upper end of a range with magnitude and unit multiplied in."""
    return None if quantity.maximum is None else quantity.maximum * read_unit(quantity.unit).factor


def convert(value: Decimal, unit: str, target: str) -> Decimal | None:
    """``value`` of ``unit`` in ``target``; None where the two units measure different things."""
    if not interchangeable(unit, target):
        return None
    return value * read_unit(unit).factor / read_unit(target).factor


def is_percent(unit: str) -> bool:
    """% and ‰, not percentage points."""
    return read_unit(unit).family in ("percent", "permille")


def is_point(unit: str) -> bool:
    """Percentage points."""
    return read_unit(unit).family == "point"


def format_amount(value: Decimal) -> str:
    """A number as a clerk writes it: no exponent, no trailing zeros, at most two decimals."""
    text = f"{value.quantize(Decimal('0.01')):f}" if value == value.quantize(Decimal("0.01")) else f"{value:.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
