"""Charts as SVG drawn on the server: they print, need no script, and say in words what they show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from tracker.matching.units import convert
from tracker.models import Goal, GoalStatus, LinkState, Measure
from tracker.templatetags.jiannuo import write_number

WIDTH, HEIGHT = 760, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 34, 40


@dataclass(frozen=True)
class Point:
    """A reported value with its place in the drawing; ``sure`` when the link that brings it is accepted."""

    day: date
    value: Decimal
    x: float
    y: float
    label: str
    sure: bool = True


@dataclass(frozen=True)
class Scale:
    """From days and values to places in the drawing."""

    first: date
    last: date
    low: float
    high: float

    def x(self, day: date) -> float:
        share = (day - self.first).days / max(1, (self.last - self.first).days)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: Decimal | float) -> float:
        share = (float(value) - self.low) / ((self.high - self.low) or 1)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def values_in(goal: Goal, links: Sequence[Any]) -> list[tuple[date, Decimal, Any]]:
    """Reported values in the goal's unit, by date; those of another kind (growth for a level) are left out.

    Of two values for one day the one whose link is accepted is shown. The third part is that link.
    """
    found: dict[date, tuple[date, Decimal, Any]] = {}
    for link in sorted(links, key=lambda each: each.state != LinkState.ACCEPTED):
        result = link.result
        if result.value is None or result.period_end is None or result.measure != goal.measure:
            continue
        value = result.value if result.unit == goal.unit else convert(result.value, result.unit, goal.unit)
        if value is not None:
            found.setdefault(result.period_end, (result.period_end, value, link))
    return [found[day] for day in sorted(found)]


def steps(low: float, high: float, wanted: int = 4) -> list[float]:
    """Round numbers for the axis: 1, 2 or 5 times a power of ten apart."""
    span = max(high - low, 1e-9)
    power = 10.0 ** (len(str(int(span / wanted))) - 1) if span / wanted >= 1 else 10.0 ** -len(str(int(wanted / span)))
    step = next((power * factor for factor in (1, 2, 5, 10) if span / (power * factor) <= wanted + 1), power * 10)
    place = (low // step) * step
    marks = []
    while place <= high + step * 1e-6:
        if place >= low - step * 1e-6:
            marks.append(round(place, 10))
        place += step
    return marks


def _scale(goal: Goal, reported: Sequence[tuple[date, Decimal, Any]], status: Any, days: Sequence[date]) -> Scale:
    numbers = [float(value) for _day, value, _result in reported]
    numbers += [
        float(number) for number in (goal.value, goal.value_max, status and status.forecast) if number is not None
    ]
    low, high = min([0.0, *numbers]), max(numbers)
    if (
        goal.measure in {Measure.GROWTH, Measure.SHARE, Measure.RANK}
        and min(numbers) > 0
        and max(numbers) < min(numbers) * 1.6
    ):
        low = min(numbers) - (max(numbers) - min(numbers) or 1)  # small differences of large shares must be seen
    return Scale(min(days), max(days), low, high + (high - low) * 0.12)


def _months(scale: Scale) -> list[tuple[float, str]]:
    """Places and names of about six month beginnings."""
    months = (scale.last.year - scale.first.year) * 12 + scale.last.month - scale.first.month
    step = next(n for n in (1, 2, 3, 6, 12, 24, 60, 120, 600) if months / n <= 8)
    marks = []
    for month in range(0, months + 1, step):
        place = scale.first.year * 12 + scale.first.month - 1 + month
        day = date(place // 12, place % 12 + 1, 1)
        if scale.first <= day <= scale.last:
            marks.append((scale.x(day), f"{day:%Y}" if step >= 12 else f"{day:%Y-%m}"))
    return marks


def _path(points: Sequence[Point], until: float) -> str:
    """A step line: a reported value holds until the next one."""
    if not points:
        return ""
    parts = [f"M{points[0].x} {points[0].y}"]
    for point in points[1:]:
        parts.append(f"H{point.x}V{point.y}")
    return "".join(parts) + (f"H{until}" if until > points[-1].x else "")


def goal_chart(
    goal: Goal, status: GoalStatus | None, links: Sequence[Any], changes: Sequence[Any], as_of: date
) -> SafeString | str:
    """Target, time-share line, reported values and forecast of a goal; "" for one that has no number or no dates."""
    if goal.value is None:
        return ""
    reported = values_in(goal, links)
    days = [day for day, _value, _result in reported]
    days += [day for day in (goal.period_start, goal.period_end, goal.original_deadline) if day]
    if goal.period_start is None and goal.period_end is not None:
        days.append(date(min(goal.period_end.year, min(days).year), 1, 1))
    if len(set(days)) < 2:
        return ""
    days += [change.happened_on for change in changes if min(days) <= change.happened_on]
    if min(days) <= as_of <= max(days):
        days.append(as_of)
    scale = _scale(goal, reported, status, days)
    points = [
        Point(day, value, scale.x(day), scale.y(value), write_number(round(value, 2)), link.state == LinkState.ACCEPTED)
        for day, value, link in reported
    ]
    return render_to_string("tracker/_chart.html", _chart(goal, status, changes, as_of, scale, points))


def _chart(
    goal: Goal, status: GoalStatus | None, changes: Sequence[Any], as_of: date, scale: Scale, points: list[Point]
) -> dict[str, Any]:
    start, deadline = goal.period_start or scale.first, goal.period_end or scale.last
    sure = [point for point in points if point.sure]
    timed = (
        goal.measure == Measure.LEVEL
        and status is not None
        and status.time_share is not None
        and goal.comparator != "le"
    )
    context: dict[str, Any] = {
        "goal": goal,
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "top": TOP,
        "bottom": HEIGHT - BOTTOM,
        "rows": [(scale.y(mark), write_number(mark)) for mark in steps(scale.low, scale.high)],
        "months": _months(scale),
        "points": points,
        "unsure": len(sure) < len(points),
        "line": _path(sure, min(scale.x(as_of), WIDTH - RIGHT) if scale.first <= as_of else 0),
        "target_y": scale.y(goal.value),
        "target": write_number(goal.value) + goal.unit,
        "deadline_x": scale.x(deadline),
        "as_of": as_of,
        "as_of_x": scale.x(as_of) if scale.first <= as_of <= scale.last else None,
        "events": [(scale.x(c.happened_on), c) for c in changes if scale.first <= c.happened_on <= scale.last],
    }
    if timed:
        base = goal.baseline or Decimal(0)
        context["time_line"] = (scale.x(start), scale.y(base), scale.x(deadline), scale.y(goal.value))
    if status is not None and status.forecast is not None and sure and deadline > sure[-1].day:
        context["forecast_line"] = (sure[-1].x, sure[-1].y, scale.x(deadline), scale.y(status.forecast))
        # below its line where it would stand on the target's
        context["forecast_dy"] = 16 if abs(scale.y(status.forecast) - context["target_y"]) < 20 else -7
        context["forecast"] = write_number(round(status.forecast, 2)) + goal.unit
    return context
