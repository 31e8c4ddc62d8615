"""When two records say the same: quotes by place, values with their magnitude, indicators by their words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

Record = dict[str, Any]
Place = tuple[int, int]
FIELDS = ("indicator", "organisation", "period_end", "comparator", "measure")
STRICT_FIELDS = ("indicator", "organisation", "period_end")
MAGNITUDES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
PLACE_BEFORE = re.compile(r"^(中国|国务院|山东省|青岛市|青岛|日照市|日照|全市|我市|市)")
QUOTATION_MARKS = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
SAME_INDICATOR = 0.5


def flat(text: str | None) -> str:
    """Text without tags and white space, in NFKC form: the form in which quotes are compared."""
    plain = unicodedata.normalize("NFKC", re.sub(r"<[^>]*>", "", text or ""))
    return re.sub(r"\s+", "", plain.translate(QUOTATION_MARKS))


def find_places(quote: str, text: str) -> list[Place]:
    """All places of a quote in a flat text."""
    wanted, found, at = flat(quote), [], 0
    while wanted and (at := text.find(wanted, at)) >= 0:
        found.append((at, at + len(wanted)))
        at += 1
    return found


def shared_length(left: Iterable[Place], right: list[Place]) -> int:
    """The most characters that a place of one and a place of the other have in common."""
    return max((min(b, d) - max(a, c) for a, b in left for c, d in right), default=0)


def base_value(record: Record) -> tuple[float, float | None] | None:
    """Value and upper end with the unit's magnitude multiplied in: 18.44万人 → 184400."""
    if record.get("value") is None:
        return None
    factor, unit = 1, flat(record.get("unit"))
    while unit and unit[0] in MAGNITUDES:
        factor, unit = factor * MAGNITUDES[unit[0]], unit[1:]
    upper = record.get("value_max")
    return float(record["value"]) * factor, None if upper is None else float(upper) * factor


def same_value(gold: Record, told: Record) -> bool:
    """Whether both have a number, and the same."""
    left, right = base_value(gold), base_value(told)
    if left is None or right is None:
        return False
    return all(_close(a, b) for a, b in zip(left, right, strict=True))


def _close(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b))


def likeness(left: str | None, right: str | None) -> float:
    """Dice coefficient of two indicators' character pairs; 0.8 where one holds the other whole."""
    one, other = flat(left), flat(right)
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=len)
    if len(short) >= 2 and short in long:
        return 0.8
    a, b = ({word[i : i + 2] for i in range(len(word) - 1)} for word in (one, other))
    return 2 * len(a & b) / max(1, len(a) + len(b))


def short_name(name: str | None) -> str:
    """An organisation without the place before its name."""
    known = flat(name)
    while (shorter := PLACE_BEFORE.sub("", known)) != known and len(shorter) >= 3:
        known = shorter
    return known


def is_right(field: str, gold: Record, told: Record) -> bool:
    """Whether one field agrees; a period is right to the month, and not judged where the gold standard has none."""
    if field == "indicator":
        return likeness(gold.get(field), told.get(field)) >= SAME_INDICATOR
    if field == "organisation":
        return short_name(gold.get(field)) == short_name(told.get(field))
    if field == "period_end":
        wanted, got = gold.get(field), told.get(field)
        return wanted is None or (got is not None and got[:7] == wanted[:7])
    return (gold.get(field) or None) == (told.get(field) or None)
