"""One goal, many results over time: which figure counts on a day, and what the department itself states."""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tracker.analysis.records import Quantity, Relation
from tracker.matching.items import Item, Within, as_of, window
from tracker.matching.kinds import Kind
from tracker.matching.rules import STATUS_LABELS, Status
from tracker.matching.scoring import is_same_measure
from tracker.matching.units import convert, format_amount

NEAR_START = timedelta(days=45)
STATUS_OF_WORD: dict[str, Status] = {label: status for status, label in STATUS_LABELS.items()}
STATED = re.compile(f"自报状态[：:] ?({'|'.join(STATUS_OF_WORD)})")


@dataclass(frozen=True, slots=True)
class Answer:
    """A result that answers the goal, as a person or the rule decided."""

    item: Item
    relation: Relation | None = None
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Reading:
    """The figure that counts: its value in the goal's unit, the day that it speaks of."""

    value: Decimal
    day: date | None
    answer: Answer
    conversion: str = ""                 # 0.6万亿元 = 6000亿元
    notes: tuple[str, ...] = ()


def read_series(goal: Item, wanted: Quantity, kind: Kind, answers: Sequence[Answer]) -> Reading | None:
    """The latest figure in the goal's own measure; parts of the period are added up, contradictions are noted."""
    usable = [answer for answer in answers if value_of(goal, wanted, answer) is not None]
    if not usable:
        return None
    latest_first = sorted(usable, key=_latest, reverse=True)
    if kind == "cumulative":
        parts = _parts(goal, latest_first)
        if len(parts) > 1:
            return _sum(goal, wanted, parts)
        latest_first = [answer for answer in latest_first if not _is_part(goal, answer)] or latest_first
    chosen = latest_first[0]
    value = value_of(goal, wanted, chosen)
    assert value is not None
    notes = _contradictions(goal, wanted, chosen, latest_first)
    return Reading(value, as_of(chosen.item), chosen, _conversion(wanted, chosen, value), notes)


def value_of(goal: Item, wanted: Quantity, answer: Answer) -> Decimal | None:
    """A result's value in the goal's unit; None where it is no number in the goal's measure."""
    got = answer.item.statement.quantity
    if got is None or not is_same_measure(goal.statement, answer.item.statement):
        return None
    return convert(got.value, got.unit, wanted.unit)


def find_declared(answers: Iterable[Answer]) -> Answer | None:
    """The latest completion that the department states itself: 完成年度目标的44.08%."""
    stated = [answer for answer in answers
              if answer.item.statement.measure == "completion" and answer.item.statement.quantity is not None]
    return max(stated, key=_latest, default=None)


def find_stated_status(answers: Iterable[Answer]) -> tuple[Answer, Status] | None:
    """The latest status word that the department filled in itself: 自报状态：已完成."""
    stated = [(answer, found[1]) for answer in answers if (found := STATED.search(answer.item.statement.quote))]
    if not stated:
        return None
    answer, word = max(stated, key=lambda each: _latest(each[0]))
    return answer, STATUS_OF_WORD[word]


def value_in_words(answer: Answer) -> str:
    """What a result says, shortened for a sentence."""
    quote = answer.item.statement.quote
    return quote if len(quote) <= 60 else quote[:59] + "…"


def _latest(answer: Answer) -> tuple[date, date, float, str, Within]:
    item = answer.item
    return (as_of(item) or date.min, item.published_on or date.min, answer.score, item.document, item.within)


def _is_part(goal: Item, answer: Answer) -> bool:
    """A figure of a later stretch of the period only: 下半年, 三季度."""
    start, begin = answer.item.statement.period.start, window(goal).start
    return start is not None and begin is not None and start > begin + NEAR_START


def _parts(goal: Item, latest_first: Sequence[Answer]) -> list[Answer]:
    """Adjoining stretches that together run from the goal's start to the latest figure, earliest first; else nothing."""
    if not latest_first or not _is_part(goal, latest_first[0]):
        return []
    chain = [latest_first[0]]
    while (start := chain[-1].item.statement.period.start) is not None and _is_part(goal, chain[-1]):
        before = [answer for answer in latest_first if _ends_by(answer, start)]
        if not before:
            return []
        chain.append(before[0])
    return chain[::-1]


def _ends_by(answer: Answer, start: date) -> bool:
    period = answer.item.statement.period
    return period.start is not None and period.end is not None and period.end + timedelta(days=1) == start


def _sum(goal: Item, wanted: Quantity, parts: Sequence[Answer]) -> Reading:
    values = [value for part in parts if (value := value_of(goal, wanted, part)) is not None]
    total = sum(values, Decimal(0))
    added = "＋".join(format_amount(value) for value in values)
    return Reading(total, as_of(parts[-1].item), parts[-1], f"分段累加：{added} = {format_amount(total)}{wanted.unit}")


def _conversion(wanted: Quantity, answer: Answer, value: Decimal) -> str:
    got = answer.item.statement.quantity
    if got is None or got.unit == wanted.unit or got.value == value:
        return ""
    return f"{format_amount(got.value)}{got.unit} = {format_amount(value)}{wanted.unit}"


def _contradictions(goal: Item, wanted: Quantity, chosen: Answer, others: Sequence[Answer]) -> tuple[str, ...]:
    """Two reports that give different values for the same day: said, not averaged."""
    day, value = as_of(chosen.item), value_of(goal, wanted, chosen)
    found = []
    for other in others[1:]:
        told = value_of(goal, wanted, other)
        if other.item.document == chosen.item.document:      # one report's own parts, not a contradiction
            continue
        if day is not None and as_of(other.item) == day and told is not None and value is not None and told != value:
            found.append(f"同一时点两处数据不一致：{chosen.item.document}为{format_amount(value)}{wanted.unit}，"
                         f"{other.item.document}为{format_amount(told)}{wanted.unit}；取较晚公布的")
    return tuple(found)
