"""Reads what a department wrote into one cell: numbers, dates, words. What cannot be read raises CellError with a Chinese sentence."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext

from tracker.models import Status

from .layout import STATUS_WORDS, TEXT_LIMIT, normal

GREATEST = Decimal(10) ** 17
DAY = re.compile(r"^(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?$")


class CellError(ValueError):
    """What is wrong with a cell, in Chinese."""


def read_number(value: Any, title: str, *, unit: str = "", form: str = "General") -> Decimal | None:
    """A number, also written 1,234.5 or ２５ or 25个; a cell formatted as a percentage counts in per cent. None for blank."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool | date):
        raise CellError(gettext("“%(title)s”不是数字（“%(value)s”）") % {"title": title, "value": normal(value)})
    number = _from_text(value, title, unit) if isinstance(value, str) else _from_cell(value, title)
    if "%" in form and not isinstance(value, str) and unit in ("", "%"):
        number *= 100
    if abs(number) >= GREATEST:
        raise CellError(gettext("“%(title)s”太大，请检查数字和单位") % {"title": title})
    return round(number, 6)


def _from_cell(value: Any, title: str) -> Decimal:
    if isinstance(value, float) and not math.isfinite(value):
        raise CellError(gettext("“%(title)s”不是数字") % {"title": title})
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise CellError(gettext("“%(title)s”不是数字（“%(value)s”）") % {"title": title, "value": normal(value)[:20]}) from error


def _from_text(value: str, title: str, unit: str) -> Decimal:
    text = unicodedata.normalize("NFKC", value).replace(",", "").strip()
    text = text.removesuffix(unicodedata.normalize("NFKC", unit)).strip() if unit else text
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise CellError(gettext("“%(title)s”不是数字（“%(value)s”）") % {"title": title, "value": value.strip()[:20]})
    return number


def read_day(value: Any, title: str, *, latest: date) -> date | None:
    """A date not later than ``latest``; 2024.10.31 and 2024年10月31日 are dates too. None for blank."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    found = value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None
    if isinstance(value, str) and (match := DAY.match(unicodedata.normalize("NFKC", value).strip())):
        try:
            found = date(*map(int, match.groups()))
        except ValueError:
            found = None
    if found is None:
        raise CellError(gettext("“%(title)s”不是日期（“%(value)s”），请写成2024-10-31的形式") % {"title": title, "value": normal(value)[:20]})
    if found > latest:
        raise CellError(gettext("“%(title)s”%(found)s晚于截至日期%(latest)s") % {"title": title, "found": found, "latest": latest})
    return found


def read_status(value: Any, title: str) -> str:
    """A word of the drop-down, with or without its brackets; "" for blank."""
    word = normal(value)
    for label in STATUS_WORDS:
        if word and word in (label, label.split("（")[0]):
            return next(status.value for status in Status if status.label == label)
    if word:
        raise CellError(gettext("“%(title)s”应从下拉列表中选择（现为“%(word)s”）") % {"title": title, "word": word[:20]})
    return ""


def read_words(value: Any, title: str) -> str:
    words = normal(value)
    if len(words) > TEXT_LIMIT:
        raise CellError(gettext("“%(title)s”有%(n)s字，超过%(text_limit)s字") % {"title": title, "n": len(words), "text_limit": TEXT_LIMIT})
    return words
