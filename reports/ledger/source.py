"""What a ledger workbook is made from: facts about the month, and rows. Read live from the database here, or from a snapshot."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from tracker.models import Rules

from .frozen import find_differences, newest_before
from .rows import Adjustment, Difference, LedgerRow, read_adjustments, read_rows

RULE_FIELDS = (
    "yellow_from", "dark_yellow_from", "red_from", "due_soon_days", "approx_tolerance", "silent_reports",
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """The frame of a ledger. ``since`` is the day of the snapshot before, None when there is none."""

    as_of: date
    made_on: date
    scope: str
    base_url: str
    office: str
    rules: dict[str, str]
    since: date | None = None

    def as_json(self) -> dict[str, Any]:
        days = {"as_of": str(self.as_of), "made_on": str(self.made_on), "since": str(self.since or "")}
        return {**days, "scope": self.scope, "base_url": self.base_url, "office": self.office, "rules": self.rules}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Facts:
        since = date.fromisoformat(data["since"]) if data["since"] else None
        days = {"as_of": date.fromisoformat(data["as_of"]), "made_on": date.fromisoformat(data["made_on"])}
        names = {name: data[name] for name in ("scope", "base_url", "office", "rules")}
        return cls(**days, **names, since=since)


@dataclass(frozen=True)
class Source:
    """Everything that one workbook is written from. Each of the three gives a fresh iterator when called."""

    facts: Facts
    rows: Callable[[], Iterable[LedgerRow]]
    adjustments: Callable[[], Iterable[Adjustment]]
    differences: Callable[[], Iterable[Difference]] = field(default=lambda: ())


def current_rules() -> dict[str, str]:
    """The thresholds that lights are given by, as text, so that they can be kept with a snapshot."""
    rules = Rules.objects.order_by("pk").first() or Rules()
    return {name: f"{float(getattr(rules, name)):g}" for name in RULE_FIELDS}


def live_facts(as_of: date, scope: str, since: date | None) -> Facts:
    return Facts(
        as_of, timezone.localdate(), scope, settings.BASE_URL, settings.OFFICE, current_rules(), since
    )  # fmt: skip


def live_source(as_of: date, organisations: QuerySet | None, scope: str) -> Source:
    """The state of the database as of a date, with what is different since the month closed before; statuses must be there."""
    previous = newest_before(as_of)
    allowed = None if organisations is None else set(organisations.values_list("pk", flat=True))

    return Source(
        live_facts(as_of, scope, previous.as_of if previous else None),
        lambda: read_rows(as_of, organisations),
        lambda: read_adjustments(as_of, organisations),
        lambda: find_differences(previous, read_rows(as_of, organisations), allowed),
    )


def describe_cutoff(as_of: date) -> str:
    """截至2021年10月底 for the last day of a month, else the day."""
    if as_of.day == calendar.monthrange(as_of.year, as_of.month)[1]:
        return f"截至{as_of.year}年{as_of.month}月底"
    return f"截至{as_of.year}年{as_of.month}月{as_of.day}日"


def chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
