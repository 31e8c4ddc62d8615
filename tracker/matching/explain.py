"""The reasons for and against a link, in words that a clerk understands."""
from __future__ import annotations

from datetime import date

from tracker.analysis.records import Period
from tracker.matching.items import Item, as_of, flow
from tracker.matching.names import Names
from tracker.matching.scoring import MEASURES, Evidence, is_same_measure
from tracker.matching.similarity import read_indicator
from tracker.matching.units import is_percent, is_point, read_unit, same_family


def explain(goal: Item, result: Item, evidence: Evidence, names: Names) -> tuple[str, ...]:
    """What speaks for the link: body, indicator, days, units."""
    reasons = (_body(goal, result, names), _indicator(goal, result, evidence), _days(result, evidence), _units(goal, result))
    return tuple(reason for reason in reasons if reason)


def _body(goal: Item, result: Item, names: Names) -> str:
    ours, theirs = goal.statement.organisation, result.statement.organisation
    if ours == theirs:
        return "同一单位" if ours else ""
    if not names.same(ours, theirs):
        return f"{theirs}是{ours}的部门"
    if names.predecessor(ours) != names.predecessor(theirs):
        return f"机构改革前后为同一单位：{ours}／{theirs}"
    return f"同一单位的不同名称：{ours}／{theirs}"


def _indicator(goal: Item, result: Item, evidence: Evidence) -> str:
    ours, theirs = goal.statement.indicator, result.statement.indicator
    if ours == theirs:
        return f"指标相同：{ours}"
    if evidence.likeness.equal:
        return f"指标同义：{ours}＝{theirs}"
    if shared := _common_part(read_indicator(ours).core, read_indicator(theirs).core):
        return f"指标相近：{ours}≈{theirs}（都说“{shared}”）"
    return f"指标相近：{ours}≈{theirs}"


def _common_part(left: str, right: str) -> str:
    best = ""
    for start in range(len(left)):
        while start + len(best) < len(left) and left[start:start + len(best) + 1] in right:
            best = left[start:start + len(best) + 1]
    return best if len(best) >= 2 else ""


def _days(result: Item, evidence: Evidence) -> str:
    if evidence.fit not in ("whole", "inside"):
        return ""
    said = describe_period(result.statement.period) or f"{as_of(result)}公布"
    return f"{said}在目标期内" if evidence.fit == "inside" else f"{said}正到完成期限"


def _units(goal: Item, result: Item) -> str:
    wanted, got = goal.statement.quantity, result.statement.quantity
    if wanted is None or got is None:
        return ""
    if wanted.unit == got.unit:
        return f"单位相同：{wanted.unit}"
    if same_family(wanted.unit, got.unit):
        return f"单位可换算：{got.unit}→{wanted.unit}"
    return ""


def objections(goal: Item, result: Item, evidence: Evidence, names: Names) -> tuple[str, ...]:
    """What speaks against the link, or keeps it from being a full answer."""
    return tuple(reason for reason in (_against_body(goal, result, names), _against_days(goal, evidence), _against_numbers(goal, result),
                                       _against_indicator(evidence)) if reason)


def _against_body(goal: Item, result: Item, names: Names) -> str:
    ours, theirs = goal.statement.organisation, result.statement.organisation
    return "" if names.same(ours, theirs) else f"目标是{ours}的，结果是{theirs}报的"


def _against_days(goal: Item, evidence: Evidence) -> str:
    return {
        "unknown": "结果或目标没有写明时间",
        "earlier": f"数据早于目标起始日（{goal.statement.period.start}），但在同一年",
        "late": f"数据时间晚于完成期限（{goal.statement.period.end}）",
        "longer": "结果跨越的时间比目标长",
    }.get(evidence.fit, "")


def _against_numbers(goal: Item, result: Item) -> str:
    asked, told = goal.statement, result.statement
    if asked.quantity is None:
        return ""
    if told.quantity is None:
        return "目标有数，结果只有文字：未以数据回应"
    if told.measure == "completion":
        return "结果只给出完成率，没有给出完成值"
    if {is_percent(asked.quantity.unit), is_percent(told.quantity.unit)} == {True, False} and (
            is_point(asked.quantity.unit) or is_point(told.quantity.unit)):
        return f"单位不同：{asked.quantity.unit}／{told.quantity.unit}，百分比与百分点不能混用"
    if not is_same_measure(asked, told):
        return f"目标是{MEASURES[asked.measure]}，结果是{MEASURES[told.measure]}，只能算进展"
    if {flow(asked), flow(told)} == {"addition", "plain"}:
        return "一方写明新增，另一方没有写明是新增还是总数"
    if read_unit(asked.quantity.unit).family != read_unit(told.quantity.unit).family:
        return f"计数单位不同：{asked.quantity.unit}／{told.quantity.unit}"
    return ""


def _against_indicator(evidence: Evidence) -> str:
    return "只有一方限定了范围，口径可能不同" if evidence.likeness.narrower else ""


def describe_period(period: Period) -> str:
    """2021年1—6月, 截至2021年10月31日, or "" for an unknown period."""
    start, end = period.start, period.end
    if end is None:
        return f"{_day(start)}起" if start else ""
    if start is None:
        return f"截至{_day(end)}"
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return f"{start.year}年" if start.year == end.year else f"{start.year}—{end.year}年"
    if start.year == end.year and start.day == 1 and _is_month_end(end):
        return f"{start.year}年{start.month}—{end.month}月" if start.month != end.month else f"{start.year}年{start.month}月"
    return _day(end) if start == end else f"{_day(start)}至{_day(end)}"


def cite(document: str) -> str:
    """《name》; a name that its keeper has already put in title marks stays as it is."""
    return document if document.startswith("《") else f"《{document}》"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _is_month_end(day: date) -> bool:
    return date.fromordinal(day.toordinal() + 1).day == 1
