"""Which of a sentence's time expressions dates a figure, and what a period means for a stock."""
from __future__ import annotations

import re

from tracker.analysis.periods import Moment
from tracker.analysis.records import Measure, Period

_STOCK = re.compile(r"总数|总量|总额达|余额|保有量|数量|累计|总里程|里程|规模|覆盖|总人数|用户|存量|达到?$")
_POINT = re.compile(r"[；;。:：]?[（(]\d[）)]|[①-⑳]")


def moment_for(at: int, end: int, text: str, moments: list[Moment], planning: bool = False) -> Moment | None:
    """The time expression that dates the figure at ``at``: the last before it, else one behind it in its clause.
    Of a plan's list, a date that stands in one item's own words is that item's."""
    if not moments:
        return None
    before = [moment for moment in moments if moment.start < at]
    for index in range(len(before) - 1, -1, -1):
        if before[index].reach == "until" and _POINT.search(text, before[index].end, at):
            continue      # （1）…6月底前投用；（2）…: the next point has its own date or none
        if planning and _is_of_one_item(before[index], text, at):
            continue
        if index == 0 or not _is_passing(before[index], before[index - 1], text):
            return before[index]
    stop = min((found for char in "，,；;。" if (found := text.find(char, end)) >= 0), default=len(text))
    return next((moment for moment in moments if at <= moment.start < stop), None)


_BREAKS = re.compile(r"[，,；;。：:]")


def _is_of_one_item(moment: Moment, text: str, at: int) -> bool:
    """门诊楼10月份投用，新增床位300张: the month is the building's."""
    if ("月" not in moment.words and "季" not in moment.words) or not _BREAKS.search(text, moment.end, at):
        return False
    opening = max(text.rfind(mark, 0, moment.start) for mark in "，,；;。：:") + 1
    return moment.start - opening > 4


def _is_passing(moment: Moment, earlier: Moment, text: str) -> bool:
    """1至9月,受…和今年多轮降水影响: a bare year inside a clause does not outrank the months named before it."""
    year, inner = moment.period, earlier.period
    if moment.reach != "span" or not (year.start and year.end and inner.end) or text[moment.start - 1] in "，,；;、：:":
        return False
    return year.start <= inner.end < year.end and not moment.multi_year


def as_stock(period: Period, measure: Measure | None, indicator: str) -> Period:
    """A stock (总数, 余额, 保有量) stands at the end of its period and has no start."""
    if measure == "level" and _STOCK.search(indicator):
        return Period(None, period.end)
    return period
