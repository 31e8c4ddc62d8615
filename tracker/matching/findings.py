"""What does not add up, or is missing: contradictions, stated against computed, silence, answers in words only."""
from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from tracker.analysis.records import Quantity, Statement
from tracker.matching.explain import cite, describe_period
from tracker.matching.items import Item, Place, as_of, flow, is_far, window
from tracker.matching.measurability import check_goal
from tracker.matching.names import Names
from tracker.matching.progress import Answer, Assessment, percent
from tracker.matching.rules import STATUS_LABELS, Rules, Status
from tracker.matching.similarity import compare, read_indicator
from tracker.matching.units import base_value, format_amount, is_percent, is_point, read_unit

FindingKind = Literal["contradiction", "declared", "growth", "falling", "points", "words", "unmeasurable", "silence"]

FINDING_LABELS: dict[FindingKind, str] = {
    "contradiction": "两处报告不一致", "declared": "自报与测算不符", "growth": "增速与两期数值不符", "falling": "累计数下降",
    "points": "百分比与百分点混用", "words": "未以数据回应", "unmeasurable": "不可考核", "silence": "无人回应",
}
GROWTH_TOLERANCE = Decimal(1)      # percentage points between a stated growth and the one of the two levels
REAL_TERMS = ("可比", "实际增长", "不变价", "扣除价格")      # growth in constant prices cannot be checked against two amounts
CONSTANT_PRICES = ("生产总值", "增加值")
RATES = ("率", "比重", "占比", "比例", "覆盖面")
LARGEST_GAP = Decimal(50)           # a larger one comes from two different things, not from a slip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a person should look at."""

    kind: FindingKind
    sentence: str
    goal: str | None = None
    result: str | None = None
    other: str | None = None         # the second result, where two disagree


@dataclass(frozen=True, slots=True)
class Report:
    """A later document of the same body that was searched for an answer."""

    name: str
    published_on: date | None
    results: int                     # how many results it holds


def find_in_results(results: Sequence[Item], *, table: Names | None = None) -> list[Finding]:
    """Contradictions, falling cumulative series, growth against two levels, % against percentage points."""
    names = table or Names.default()
    groups: dict[tuple[str, str, str], list[Item]] = defaultdict(list)
    for result in results:
        if result.statement.quantity is not None:
            groups[_group(result, names)].append(result)
    found = [finding for finding in map(check_points, results) if finding]
    for _, members in sorted(groups.items(), key=lambda group: group[0]):
        members.sort(key=_when)
        found += [*find_contradictions(members), *find_falling(members), *check_growth(members)]
    return found


def _group(result: Item, names: Names) -> tuple[str, str, str]:
    key = names.key(result.statement.organisation)
    # what a body that the text does not name reports, is only held against its own document
    return f"{key.place}{key.body}" or result.document, read_indicator(result.statement.indicator).core, result.statement.scope or ""


def _when(item: Item) -> tuple[date, Place]:
    return as_of(item) or date.min, item.place


def find_contradictions(members: Sequence[Item]) -> Iterator[Finding]:
    """Two reports that give one figure for the same days with different values."""
    seen: dict[tuple[object, ...], list[Item]] = defaultdict(list)
    for item in members:
        mark = _same_figure(item)
        if not mark:
            continue
        first = next((earlier for earlier in seen[mark] if not is_far(earlier, item)), item)
        seen[mark].append(item)
        if first.document != item.document and not _agree(first.statement, item.statement):
            yield Finding("contradiction", f"{_days(item)}“{item.statement.indicator}”两处不一致：{first.document}为"
                          f"{_amount(first)}，{item.document}为{_amount(item)}", result=item.id, other=first.id)


def _same_figure(item: Item) -> tuple[object, ...] | None:
    statement = item.statement
    if statement.quantity is None or statement.period.end is None or statement.measure == "rank":
        return None
    return (statement.measure, flow(statement), statement.period.start, statement.period.end,
            read_unit(statement.quantity.unit).family)


def _agree(left: Statement, right: Statement) -> bool:
    """Equal, or equal once the more exact number is rounded like the rougher one; 约 and 超过 leave room."""
    a, b = left.quantity, right.quantity
    if a is None or b is None or "eq" not in (a.comparator, b.comparator):
        return True
    rough, exact = sorted((a, b), key=_digits)
    if rough.comparator != "eq":
        return abs(base_value(rough) - base_value(exact)) <= abs(base_value(exact)) / 10
    factor = read_unit(exact.unit).factor / read_unit(rough.unit).factor
    step = Decimal(1).scaleb(min(0, int(rough.value.as_tuple().exponent)))
    return abs(exact.value * factor - rough.value) <= step / 2


def _digits(quantity: Quantity) -> int:
    return len(quantity.value.normalize().as_tuple().digits)


def find_falling(members: Sequence[Item]) -> Iterator[Finding]:
    """A cumulative series that falls within one year."""
    last: dict[tuple[object, ...], Item] = {}
    for item in members:
        period, quantity = item.statement.period, item.statement.quantity
        if quantity is None or period.start is None or period.end is None or item.statement.measure not in ("level", "delta"):
            continue
        mark = (period.start, flow(item.statement), read_unit(quantity.unit).family)
        before = last.get(mark)
        last[mark] = item
        if before is None or before.statement.quantity is None or as_of(before) == as_of(item) or is_far(before, item):
            continue
        if base_value(quantity) < base_value(before.statement.quantity) and "eq" in (quantity.comparator, before.statement.quantity.comparator):
            yield Finding("falling", f"“{item.statement.indicator}”是累计数，却由{_days(before)}的{_amount(before)}"
                          f"降为{_days(item)}的{_amount(item)}", result=item.id, other=before.id)


def check_growth(members: Sequence[Item]) -> Iterator[Finding]:
    """A stated growth against the amounts of the two years."""
    levels = [item for item in members if item.statement.measure == "level" and item.statement.period.end]
    for item in members:
        quantity = item.statement.quantity
        if item.statement.measure != "growth" or quantity is None or not is_percent(quantity.unit) or _real_terms(item.statement):
            continue
        near = [level for level in reversed(levels) if not is_far(level, item)]
        now = next((level for level in near if _same_end(level, item, 0)), None)
        before = next((level for level in near if _same_end(level, item, 1)), None)
        if now is None or before is None or not _comparable(now.statement, before.statement):
            continue
        first, second = _base(before), _base(now)
        if first <= 0:
            continue
        worked_out = (second / first - 1) * 100
        stated = -quantity.value if "下降" in item.statement.quote or "减少" in item.statement.quote else quantity.value
        if GROWTH_TOLERANCE < abs(worked_out - stated) <= LARGEST_GAP:
            yield Finding("growth", f"“{item.statement.indicator}”{_days(item)}自报增长{format_amount(stated)}%，按两期数值"
                          f"{_amount(now)}／{_amount(before)}测算为{worked_out:.1f}%，相差{abs(worked_out - stated):.1f}个百分点（如为可比口径，请注明）",
                          result=item.id, other=before.id)


def _real_terms(statement: Statement) -> bool:
    core = read_indicator(statement.indicator).core
    return any(word in statement.quote for word in REAL_TERMS) or any(word in core for word in CONSTANT_PRICES)


def _same_end(level: Item, growth: Item, years_before: int) -> bool:
    a, b = level.statement.period.end, growth.statement.period.end
    return a is not None and b is not None and (a.year + years_before, a.month) == (b.year, b.month)


def _comparable(now: Statement, before: Statement) -> bool:
    if now.quantity is None or before.quantity is None or {now.quantity.comparator, before.quantity.comparator} != {"eq"}:
        return False
    same_unit = read_unit(now.quantity.unit).family == read_unit(before.quantity.unit).family
    return same_unit and flow(now) == flow(before)


def _base(item: Item) -> Decimal:
    return base_value(item.statement.quantity) if item.statement.quantity else Decimal(0)


def check_points(result: Item) -> Finding | None:
    """占比提高3%: a change of a rate belongs in percentage points."""
    statement = result.statement
    if statement.quantity is None or not is_percent(statement.quantity.unit) or statement.measure not in ("delta", "growth"):
        return None
    number = re.escape(format_amount(statement.quantity.value))
    changed = re.search(f"(提高|提升|上升|下降|降低)了?(约|近)?{number}%", statement.quote)
    if changed and read_indicator(statement.indicator).core.endswith(RATES):
        return Finding("points", f"“{statement.indicator}”本身是比率，变化{format_amount(statement.quantity.value)}%"
                       "可能应为“个百分点”，请核对", result=result.id)
    return None


def find_in_goal(goal: Item, answers: Sequence[Answer], assessment: Assessment, rules: Rules | None = None) -> list[Finding]:
    """What does not add up between a goal and its answers."""
    rules = rules or Rules()
    found = [_declared(goal, assessment, rules) or _stated(goal, assessment), _words(goal, assessment), _units(goal, answers), _unmeasurable(goal)]
    return [finding for finding in found if finding]


def _declared(goal: Item, found: Assessment, rules: Rules) -> Finding | None:
    """Completion stated by the department against value / target of the same day."""
    if found.declared is None or found.completion is None or found.declared_by is None or found.current is None:
        return None
    if as_of(found.declared_by.item) != found.counted_on:
        return None
    apart = (found.declared - found.completion) * 100
    if abs(apart) <= rules.declared_tolerance:
        return None
    return Finding("declared", f"自报完成{percent(found.declared)}，按{found.arithmetic.split('，')[0]}测算为"
                   f"{percent(found.completion)}，相差{abs(apart):.1f}个百分点", goal.id, found.declared_by.item.id, found.current.item.id)


def _stated(goal: Item, found: Assessment) -> Finding | None:
    """The department's own status word against the computed status; no word on goals without data or changed."""
    if found.stated_by is None or found.declared_status is None or found.current is None:
        return None
    if found.status in ("no_data", "adjusted") or as_of(found.stated_by.item) != found.counted_on:
        return None
    if _standing(found.declared_status) == _standing_of_figure(found):
        return None
    return Finding("declared", f"自报“{STATUS_LABELS[found.declared_status]}”，测算为“{found.status_label}”："
                   f"{found.arithmetic.split('；')[0]}", goal.id, found.stated_by.item.id, found.current.item.id)


def _standing_of_figure(found: Assessment) -> str:
    """On the day of the figure: what was up to time in June and has since run out of time contradicts nobody's 超序时."""
    if found.status == "done" or found.gap is None:
        return _standing(found.status)
    return "up" if found.gap >= 0 else "behind"


def _standing(status: Status) -> str:
    """done, up to time or behind: 超序时 and 达到序时进度 do not contradict each other."""
    return "done" if status == "done" else "up" if status in ("ahead", "on_time") else "behind"


def _words(goal: Item, found: Assessment) -> Finding | None:
    if goal.statement.quantity is None or not found.answered_in_words or found.current is None:
        return None
    return Finding("words", f"目标有数值（{_amount(goal)}），回应只有文字：“{found.current.item.statement.quote}”", goal.id, found.current.item.id)


def _units(goal: Item, answers: Iterable[Answer]) -> Finding | None:
    """A goal in % answered in percentage points, or the reverse."""
    wanted = goal.statement.quantity
    if wanted is None or not (is_percent(wanted.unit) or is_point(wanted.unit)):
        return None
    for answer in answers:
        got = answer.item.statement.quantity
        if got is None or answer.item.statement.measure == "completion":
            continue
        if (is_percent(wanted.unit) and is_point(got.unit)) or (is_point(wanted.unit) and is_percent(got.unit)):
            return Finding("points", f"目标是{_amount(goal)}，回应是{_amount(answer.item)}：百分比与百分点不是一个单位", goal.id, answer.item.id)
    return None


def _unmeasurable(goal: Item) -> Finding | None:
    checked = check_goal(goal)
    return None if checked.checkable else Finding("unmeasurable", checked.sentence, goal.id)


def find_silence(goal: Item, answers: Sequence[Answer], reports: Sequence[Report], until: date,
                 rules: Rules | None = None) -> Finding | None:
    """Nobody answered: the deadline has passed, or enough later reports of the body say nothing. Says what was searched."""
    rules = rules or Rules()
    if any((day := as_of(answer.item)) is None or day <= until for answer in answers):
        return None
    given = goal.published_on or date.min
    later = sorted((report for report in reports if report.published_on and given < report.published_on <= until),
                   key=lambda report: (report.published_on or date.min, report.name))
    end = window(goal).end
    passed = end is not None and end < until
    if not passed and len(later) < rules.silent_reports:
        return None
    return Finding("silence", describe_search(goal, later, until, passed), goal.id)


def describe_search(goal: Item, reports: Sequence[Report], until: date, passed: bool) -> str:
    """What was searched, and until when."""
    why = f"期限{goal.statement.period.end}已过" if passed else f"其后{len(reports)}份报告都没有提到"
    if not reports:
        return f"{why}，没有找到完成情况；截至{until}，没有同一单位在目标之后发布的文件可查"
    named = "、".join(f"{cite(report.name)}（{report.published_on}）" for report in reports[:5])
    more = f"等{len(reports)}份" if len(reports) > 5 else f"共{len(reports)}份"
    total = sum(report.results for report in reports)
    return (f"{why}，没有找到“{goal.statement.indicator}”的完成情况；查了{goal.statement.organisation}{named}{more}，"
            f"{total}条完成情况，查到{until}为止")


def find_alike(goal: Item, results: Iterable[Item], at_most: int = 3) -> list[Item]:
    """The nearest results that were not taken as an answer, for a person who looks further."""
    ranked = sorted(((compare(goal.statement.indicator, result.statement.indicator).dice, result.place, result) for result in results),
                    key=lambda entry: (-entry[0], entry[1]))
    return [result for dice, _, result in ranked[:at_most] if dice > 0.2]


def _days(item: Item) -> str:
    return describe_period(item.statement.period) or (f"{item.published_on}" if item.published_on else "日期不明")


def _amount(item: Item) -> str:
    quantity = item.statement.quantity
    return f"{format_amount(quantity.value)}{quantity.unit}" if quantity else "无数值"
