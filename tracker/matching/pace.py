"""Time share (序时进度): how much of a goal's time has gone by."""
from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal


def month_end(day: date) -> date:
    """The last day of the month of ``day``."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def share_of_time(start: date, end: date, day: date) -> Decimal:
    """The share of [start, end] gone by at the end of ``day``, 0…1.

    Whole calendar months count alike (the end of June is 6/12 of the year); inside a month its days count.
    Periods that do not run from the first to the last of a month are counted in days.
    """
    if end < start:
        raise ValueError(f"{start}…{end}")
    if day < start:
        return Decimal(0)
    if day >= end:
        return Decimal(1)
    if start.day == 1 and end == month_end(end):
        return _months(start, day) / _months(start, end)
    return Decimal((day - start).days + 1) / Decimal((end - start).days + 1)


def _months(start: date, day: date) -> Decimal:
    whole = (day.year - start.year) * 12 + day.month - start.month
    return whole + Decimal(day.day) / Decimal(monthrange(day.year, day.month)[1])


def days_between(day: date, deadline: date) -> int:
    """Days left until a deadline; negative when it has passed."""
    return (deadline - day) // timedelta(days=1)
