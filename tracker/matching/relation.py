"""Whether a result fulfils a goal, is progress towards it, or misses it."""
from __future__ import annotations

from decimal import Decimal

from tracker.analysis.records import Quantity, Relation, Statement
from tracker.matching.items import Item, fit_period
from tracker.matching.kinds import lower_is_better
from tracker.matching.scoring import is_same_measure
from tracker.matching.tables import has_word
from tracker.matching.units import base_maximum, base_value, interchangeable

TOLERANCE = Decimal("0.05")      # 左右、约: five parts in a hundred of the target


def reaches(goal: Quantity, got: Decimal, *, downwards: bool = False, tolerance: Decimal = TOLERANCE) -> bool:
    """Whether an amount in base units meets a target. ``downwards``: the lower the better (ranks, prices); ceilings say so
    themselves."""
    wanted = base_value(goal)
    if goal.comparator == "approx":
        slack = abs(wanted) * tolerance
        return got <= wanted + slack if downwards else got >= wanted - slack
    if goal.comparator == "range":
        return got >= wanted
    if goal.comparator == "le" or downwards:
        return got <= (base_maximum(goal) or wanted)
    return got >= wanted


def read_relation(goal: Item, result: Item) -> Relation:
    """The relation of a result that answers a goal."""
    asked, told = goal.statement, result.statement
    if asked.quantity is None or told.quantity is None:
        return _read_words(told)
    if told.measure == "completion":
        return _completed(told.quantity, goal, result)
    if not is_same_measure(asked, told) or not interchangeable(asked.quantity.unit, told.quantity.unit):
        return "progress"
    return _compare(asked, asked.quantity, base_value(told.quantity), at_deadline=_at_deadline(goal, result))


def _at_deadline(goal: Item, result: Item) -> bool:
    return fit_period(goal, result) in ("whole", "late")


def _completed(stated: Quantity, goal: Item, result: Item) -> Relation:
    if stated.value >= (1 if stated.unit == "倍" else 100):
        return "fulfils"
    return "misses" if _at_deadline(goal, result) else "progress"


def _compare(asked: Statement, wanted: Quantity, got: Decimal, *, at_deadline: bool) -> Relation:
    reached = reaches(wanted, got, downwards=asked.measure == "rank" or lower_is_better(asked))
    # a growth rate, a share or a ceiling kept in June is not yet kept in December
    settled = at_deadline or (asked.measure in ("level", "delta") and wanted.comparator != "le")
    if reached:
        return "fulfils" if settled else "progress"
    return "misses" if at_deadline else "progress"


def _read_words(result: Statement) -> Relation:
    """What the words of a result say: 未能 misses, 建成 fulfils, 有序推进 is progress."""
    quote = result.quote
    if has_word(quote, "missed"):
        return "misses"
    if result.quantity is not None and result.measure == "completion":
        return "fulfils" if result.quantity.value >= 100 else "progress"
    if has_word(quote, "done") and not has_word(quote, "under_way"):
        return "fulfils"
    return "fulfils" if result.quantity is not None else "progress"
