"""What kind of progress a goal's number makes: piling up over the period, standing at a day, or compared directly."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tracker.analysis.records import Statement
from tracker.matching.items import flow, words_before_number
from tracker.matching.tables import has_word
from tracker.matching.units import is_percent, is_point

Kind = Literal["cumulative", "stock", "growth", "share", "rank", "ceiling", "points", "completion"]


def kind_of(goal: Statement, results: Sequence[Statement] = ()) -> Kind:
    """The kind of a goal with a number; its results help where the goal does not say whether it counts or totals."""
    quantity = goal.quantity
    if quantity is None:
        raise ValueError("只有带数值的目标才有进度口径。")
    if goal.measure in ("growth", "share", "rank", "completion"):
        return goal.measure
    if goal.measure == "delta" and (is_percent(quantity.unit) or is_point(quantity.unit)):
        return "points"
    if quantity.comparator == "le":
        return "ceiling"
    return "cumulative" if _piles_up(goal, results) else "stock"


def _piles_up(goal: Statement, results: Sequence[Statement]) -> bool:
    direction = flow(goal)
    if direction == "addition":
        return True
    standing = has_word(goal.indicator, "standing")
    if has_word(goal.indicator, "accumulating") and not standing:
        return True
    if standing or direction == "total":
        return False
    before = words_before_number(goal)
    if has_word(before, "addition") or (has_word(before, "accumulating") and "达到" not in before):
        return True
    dated = [result for result in results if result.quantity is not None and result.period.end is not None]
    if dated and all(result.period.start is None for result in dated):
        return False
    return "达到" not in goal.quote


def lower_is_better(goal: Statement) -> bool:
    """失业率、涨幅 are better low; 能耗下降 and 涨幅回落 count the improvement, so more is better."""
    return has_word(goal.indicator, "lower_better") and not has_word(goal.indicator, "improving")
