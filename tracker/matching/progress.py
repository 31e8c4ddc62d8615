"""How far a goal is as of any date: one pure function of the goal, its answers, the date and the rules.

All completions and time shares are ratios (1 = 100 %, never clamped); gaps are percentage points.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from tracker.analysis.records import Quantity, Relation
from tracker.matching.items import Item, Place, window
from tracker.matching.items import as_of as day_of
from tracker.matching.kinds import Kind, kind_of, lower_is_better
from tracker.matching.pace import days_between, share_of_time
from tracker.matching.relation import reaches
from tracker.matching.rules import LIGHT_LABELS, STATUS_LABELS, Light, Rules, Status, light_of_gap
from tracker.matching.series import Answer, Reading, find_declared, find_stated_status, read_series, value_in_words
from tracker.matching.units import base_maximum, base_value, format_amount, is_percent, read_unit

__all__ = ["Answer", "Assessment", "Forecast", "Rules", "assess"]

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Forecast:
    """Where the number will stand at the deadline if nothing changes."""

    value: Decimal             # in the goal's unit
    completion: Decimal        # ratio
    sentence: str              # with the assumption written out


@dataclass(frozen=True, slots=True)
class Assessment:
    """Progress of one goal as of one date, every part with its arithmetic."""

    status: Status
    light: Light
    light_reason: str
    arithmetic: str
    completion: Decimal | None = None         # computed, ratio
    time_share: Decimal | None = None         # ratio, at the day of the figure
    gap: Decimal | None = None                # percentage points
    current: Answer | None = None             # the result that counts
    value: Decimal | None = None              # its value in the goal's unit
    counted_on: date | None = None            # the day that the figure speaks of
    declared: Decimal | None = None           # completion stated by the department, ratio
    declared_by: Answer | None = None
    declared_status: Status | None = None
    stated_by: Answer | None = None           # the result in which the department gives its status in a word
    forecast: Forecast | None = None
    answered_in_words: bool = False
    notes: tuple[str, ...] = ()

    @property
    def status_label(self) -> str:
        """The status in the trade's word: 超序时."""
        return STATUS_LABELS[self.status]

    @property
    def light_label(self) -> str:
        """The light in words: 绿灯."""
        return LIGHT_LABELS[self.light]


@dataclass(frozen=True, slots=True)
class _Case:
    """What every branch of the arithmetic needs."""

    goal: Item
    wanted: Quantity
    kind: Kind
    reading: Reading
    as_of: date
    rules: Rules
    baseline: Decimal | None

    @property
    def deadline(self) -> date | None:
        return window(self.goal).end

    @property
    def overdue(self) -> bool:
        """The deadline has passed; on the day itself only figures that reach up to it decide."""
        if self.deadline is None or self.as_of < self.deadline:
            return False
        return self.as_of > self.deadline or (self.reading.day is not None and self.reading.day >= self.deadline)

    @property
    def target(self) -> Decimal:
        return self.wanted.value


def assess(goal: Item, answers: Sequence[Answer], as_of: date, rules: Rules | None = None, *,
           baseline: Decimal | None = None, adjusted: bool = False) -> Assessment:
    """Progress of ``goal`` as of a day, from the answers that were known by then.

    ``baseline`` is the stock at the start, in the goal's unit. ``adjusted`` says that the goal was changed or dropped.
    """
    rules = rules or Rules()
    known = [answer for answer in answers if _known(answer, as_of)]
    wanted = goal.statement.quantity
    found = _assess_words(goal, known, as_of, rules) if wanted is None else \
        _assess_number(goal, wanted, known, as_of, rules, baseline)
    found = _add_stated_status(_add_declared(found, goal, known), known)
    if adjusted and found.status != "done":
        return replace(found, status="adjusted", light="grey", light_reason="目标已调整，按新目标考核")
    return found


def _known(answer: Answer, as_of: date) -> bool:
    day = day_of(answer.item)
    return day is None or day <= as_of


def _assess_number(goal: Item, wanted: Quantity, known: Sequence[Answer], as_of: date, rules: Rules,
                   baseline: Decimal | None) -> Assessment:
    kind = kind_of(goal.statement, [answer.item.statement for answer in known])
    reading = read_series(goal, wanted, kind, known)
    if reading is None:
        return _without_number(goal, wanted, known, as_of, rules)
    case = _Case(goal, wanted, kind, reading, as_of, rules, baseline)
    by_kind = {"cumulative": _assess_cumulative, "stock": _assess_stock}
    found = by_kind.get(kind, _assess_direct)(case)
    return replace(found, notes=(*found.notes, *reading.notes, *_stale(case)))


def _assess_cumulative(case: _Case) -> Assessment:
    """新增、完成投资: value against target, share done against share of time."""
    target, value = case.target, case.reading.value
    if target == 0 or case.wanted.comparator == "le":
        return _assess_direct(case)
    completion = value / target
    sentence = f"{format_amount(value)}/{format_amount(target)} = {percent(completion)}"
    days = window(case.goal)
    reached = _reached(case)
    if days.start is None or days.end is None:
        return _untimed(case, completion, sentence, reached)
    start, earlier = _counted_from(case, days.start)
    share = share_of_time(start, days.end, case.reading.day or case.as_of)
    gap = (completion - share) * HUNDRED
    sentence += f"，序时{percent(share, ' ')}，{_words_of_gap(gap)}{_over(case, completion)}"
    status, light, why = _judge(case, reached, gap)
    if value == 0 and status in ("behind", "at_risk"):
        status, why = "not_started", f"报告完成0，{why}"
    return _result(case, status, light, why, sentence + earlier, completion=completion, time_share=share, gap=gap,
                   forecast=_forecast(case, value, share))


def _counted_from(case: _Case, start: date) -> tuple[date, str]:
    """A figure that piles up from before the goal was set anew (1—6月 against a target restated in August) has its own start."""
    begin = case.reading.answer.item.statement.period.start
    if begin is None or begin >= start:
        return start, ""
    return begin, f"（完成值自{begin}起累计，序时从这一天算）"


def _assess_stock(case: _Case) -> Assessment:
    """总数达到: reached or not; the share of the way from the baseline where one is known."""
    target, value, days = case.target, case.reading.value, window(case.goal)
    completion = value / target if target else None
    sentence = f"{format_amount(value)}/{format_amount(target)}" + (f" = {percent(completion)}" if completion is not None else "")
    reached = _reached(case)
    if case.baseline is None or case.baseline == target or days.start is None or days.end is None:
        sentence += "，已达到" if reached else "，尚未达到；存量指标没有基期数，不与序时比较"
        return _untimed(case, completion, sentence + _over(case, completion), reached)
    way = (value - case.baseline) / (target - case.baseline)
    share = share_of_time(days.start, days.end, case.reading.day or case.as_of)
    gap = (way - share) * HUNDRED
    sentence += (f"；从基期{format_amount(case.baseline)}起，应走{format_amount(target - case.baseline)}，"
                 f"已走{format_amount(value - case.baseline)}，为{percent(way)}，序时{percent(share, ' ')}，{_words_of_gap(gap)}")
    status, light, why = _judge(case, reached, gap)
    return _result(case, status, light, why, sentence, completion=completion, time_share=share, gap=gap)


def _assess_direct(case: _Case) -> Assessment:
    """Growth, share, rank, ceiling, points: set against the target as they are, never scaled by time."""
    target, value = case.target, case.reading.value
    reached = _reached(case)
    better = target - value if _downwards(case) else value - target
    unit = _difference_unit(case.wanted.unit)
    direction = "高于" if value > target else "低于" if value < target else "等于"
    if case.kind == "rank":
        direction = "落后" if value > target else "领先" if value < target else "等于"
    sentence = (f"实际{format_amount(value)}{case.wanted.unit}，目标{_target_words(case.wanted)}，"
                f"{direction}目标{format_amount(abs(better)) + unit if better else ''}，{'达到目标' if reached else '未达到目标'}")
    if case.wanted.comparator == "range" and case.wanted.maximum is not None and value > case.wanted.maximum:
        sentence += "，超出区间上限"
    gap = better if is_percent(case.wanted.unit) or read_unit(case.wanted.unit).family == "point" else None
    status, light, why = _judge_direct(case, reached, Decimal(0) if reached else _shortfall(case, better, gap))
    completion = value / target if target and not _downwards(case) and case.kind not in ("rank", "ceiling") else None
    return _result(case, status, light, why, sentence + "（不按时间折算）", completion=completion, gap=gap)


def _shortfall(case: _Case, better: Decimal, gap: Decimal | None) -> Decimal:
    """How far a number is from its target: points for rates, per cent of the target for amounts, a place for ranks."""
    if gap is not None:
        return gap
    if case.kind == "rank" or not case.target:
        return Decimal(-1)
    return -abs(better) / abs(case.target) * HUNDRED


def _untimed(case: _Case, completion: Decimal | None, sentence: str, reached: bool) -> Assessment:
    """A number that no time share applies to."""
    shortfall = Decimal(0) if reached else ((completion or Decimal(0)) - 1) * HUNDRED
    status, light, why = _judge_direct(case, reached, shortfall, plain=True)
    return _result(case, status, light, why, sentence, completion=completion)


def _judge(case: _Case, reached: bool, gap: Decimal) -> tuple[Status, Light, str]:
    """Status and light of a goal that time share applies to."""
    if reached:
        return "done", "green", "已达到目标，亮绿灯"
    if case.overdue:
        return "overdue", "red", f"{case.deadline}到期，尚未完成，亮红灯"
    light, why = light_of_gap(gap, case.rules)
    if light == "red":
        return "at_risk", light, why
    if light != "green":
        return ("at_risk" if _due_soon(case) else "behind"), light, why
    if _due_soon(case):
        return "on_time" if gap == 0 else "ahead", "blue", f"{case.rules.due_soon_days}天内到期，亮蓝灯"
    return ("ahead" if gap > 0 else "on_time"), light, why


def _judge_direct(case: _Case, reached: bool, shortfall: Decimal, *, plain: bool = False) -> tuple[Status, Light, str]:
    """Status and light of a number set against its target directly. ``shortfall`` is ≤ 0, see ``_shortfall``.

    ``plain`` numbers (totals) are done once reached; a growth rate reached in June may still be lost by December.
    """
    settled = plain or case.overdue or _at_deadline(case)
    if reached:
        return ("done", "green", "已达到目标，亮绿灯") if settled else ("on_time", "green", "目前达到目标值，未到期，亮绿灯")
    if case.overdue:
        return "overdue", "red", f"{case.deadline}到期，未达到目标，亮红灯"
    if plain and case.deadline is None:
        return "behind", "yellow", "尚未达到目标，目标没有写明期限，亮黄灯"
    light, why = light_of_gap(shortfall, case.rules)
    if light == "green":                # rounding or a generous rule: not reached is never green
        light, why = "yellow", "尚未达到目标，亮黄灯"
    return ("at_risk" if light == "red" or _due_soon(case) else "behind"), light, why


def _reached(case: _Case) -> bool:
    wanted = Quantity(base_value(case.wanted), "", case.wanted.comparator, base_maximum(case.wanted))
    got = case.reading.value * read_unit(case.wanted.unit).factor
    return reaches(wanted, got, downwards=_downwards(case), tolerance=case.rules.approx_tolerance / HUNDRED)


def _downwards(case: _Case) -> bool:
    return case.kind == "rank" or case.wanted.comparator == "le" or lower_is_better(case.goal.statement)


def _at_deadline(case: _Case) -> bool:
    day = case.reading.day
    return day is not None and case.deadline is not None and day >= case.deadline


def _due_soon(case: _Case) -> bool:
    return case.deadline is not None and 0 <= days_between(case.as_of, case.deadline) <= case.rules.due_soon_days


def _forecast(case: _Case, value: Decimal, share: Decimal) -> Forecast | None:
    """At the present average pace. None before the start, after the end, or once reached."""
    if not 0 < share < 1 or case.deadline is None:
        return None
    end = value / share
    completion = end / case.target
    sentence = (f"假定后续保持到{case.reading.day or case.as_of}为止的平均进度（{percent(share)}的时间完成{format_amount(value)}"
                f"{case.wanted.unit}），到{case.deadline}预计完成{format_amount(end)}{case.wanted.unit}，为目标的{percent(completion)}")
    return Forecast(end, completion, sentence)


def _stale(case: _Case) -> tuple[str, ...]:
    day = case.reading.day
    if day is None or case.as_of - day <= timedelta(days=62) or _at_deadline(case):
        return ()
    return (f"最新数据截至{day}，距{case.as_of}已{(case.as_of - day).days}天，序时按数据截止日计算",)


def _over(case: _Case, completion: Decimal | None) -> str:
    if completion is None or completion <= 1 or case.wanted.comparator == "le":
        return ""
    return f"，超额完成{percent(completion - 1)}"


def _result(case: _Case, status: Status, light: Light, why: str, sentence: str, *, completion: Decimal | None = None,
            time_share: Decimal | None = None, gap: Decimal | None = None, forecast: Forecast | None = None) -> Assessment:
    if case.reading.conversion:
        sentence += f"（{case.reading.conversion}）"
    if status == "overdue":
        sentence += f"；{case.deadline}到期{_last_heard(case)}"
    return Assessment(status, light, why, sentence, completion, time_share, gap, case.reading.answer, case.reading.value,
                      case.reading.day, forecast=None if status == "done" else forecast)


def _last_heard(case: _Case) -> str:
    """That an overdue goal was last heard of before its day: the number may have been reached since, unreported."""
    day = case.reading.day
    return f"，此后没有新的报告，最新数据截至{day}" if day and case.deadline and day < case.deadline else "，尚未达到"


def _without_number(goal: Item, wanted: Quantity, known: Sequence[Answer], as_of: date, rules: Rules) -> Assessment:
    """A numeric goal that no number answers: nobody answered, or only in words, or only with a stated completion."""
    days = window(goal)
    share = share_of_time(days.start, days.end, as_of) if days.start and days.end else None
    target = _target_words(wanted)
    if days.start is not None and as_of < days.start and not known:
        return Assessment("not_started", "grey", "目标期尚未开始，亮灰灯", f"目标{target}，{days.start}起算", time_share=share)
    if not known:
        return Assessment("no_data", "grey", "没有数据，亮灰灯", f"目标{target}，没有找到完成情况", time_share=share)
    declared = find_declared(known)
    if declared is not None:
        return _from_declared(goal, declared, as_of, rules)
    latest = max(known, key=_latest)
    return Assessment("no_data", "grey", "没有同口径的数据，亮灰灯", f"目标{target}，只有文字或不同口径的回应：“{value_in_words(latest)}”",
                      time_share=share, current=latest, counted_on=day_of(latest.item),
                      answered_in_words=all(answer.item.statement.quantity is None for answer in known),
                      notes=("未以数据回应",) if all(answer.item.statement.quantity is None for answer in known) else ())


def _from_declared(goal: Item, declared: Answer, as_of: date, rules: Rules) -> Assessment:
    """Only the department's own completion is known: shown as 自报, the computed status stays without data."""
    stated = declared.item.statement.quantity
    assert stated is not None
    sentence = f"没有完成值可供测算；部门自报完成{format_amount(stated.value)}%"
    return Assessment("no_data", "grey", "只有自报完成率，没有数据可测算，亮灰灯", sentence,
                      counted_on=day_of(declared.item), current=declared)


def _add_declared(found: Assessment, goal: Item, known: Sequence[Answer]) -> Assessment:
    """Put the completion stated by the department beside the computed one, never mixed with it."""
    declared = find_declared(known)
    if declared is None or declared.item.statement.quantity is None:
        return _add_stated_in_words(found, goal, known)
    stated = declared.item.statement.quantity.value / HUNDRED
    return replace(found, declared=stated, declared_by=declared, declared_status=_declared_status(goal, declared, stated))


def _add_stated_in_words(found: Assessment, goal: Item, known: Sequence[Answer]) -> Assessment:
    """提前完成…目标任务: the department says done without a figure of completion."""
    done = [answer for answer in known if answer.relation == "fulfils" and answer.item.statement.quantity is None]
    if goal.statement.quantity is None or not done:
        return found
    return replace(found, declared_by=max(done, key=_latest), declared_status="done")


def _add_stated_status(found: Assessment, known: Sequence[Answer]) -> Assessment:
    """The department's own status word counts before what its completion would mean, unless the completion is of a later day."""
    stated = find_stated_status(known)
    if stated is None:
        return found
    answer, word = stated
    if found.declared_by is not None and (day_of(answer.item) or date.min) < (day_of(found.declared_by.item) or date.min):
        return found
    return replace(found, declared_by=found.declared_by or answer, declared_status=word, stated_by=answer)


def _declared_status(goal: Item, declared: Answer, stated: Decimal) -> Status:
    days, day = window(goal), day_of(declared.item)
    if stated >= 1:
        return "done"
    if day is None or days.start is None or days.end is None:
        return "behind"
    if day >= days.end:
        return "overdue"
    share = share_of_time(days.start, days.end, day)
    return "ahead" if stated > share else "on_time" if stated == share else "behind"


def _assess_words(goal: Item, known: Sequence[Answer], as_of: date, rules: Rules) -> Assessment:
    """A goal without a number: the machine proposes from the words, a person decides."""
    days = window(goal)
    passed = days.end is not None and as_of > days.end
    if not known:
        waiting = days.start is not None and as_of < days.start
        if waiting:
            return Assessment("not_started", "grey", "目标期尚未开始，亮灰灯", f"{days.start}起算，还没有进展")
        return Assessment("no_data", "grey", "没有进展情况，亮灰灯", "没有找到进展情况")
    chosen = max(known, key=lambda answer: (_weight(answer.relation), *_latest(answer)))
    said = f"“{value_in_words(chosen)}”（{day_of(chosen.item) or '日期不明'}）"
    common = {"current": chosen, "counted_on": day_of(chosen.item)}
    if chosen.relation == "fulfils":
        return Assessment("done", "green", "文字表明已完成，亮绿灯，待核定", f"文字表明已完成：{said}", **common)  # type: ignore[arg-type]
    if chosen.relation == "misses":
        status: Status = "overdue" if passed else "at_risk"
        return Assessment(status, "red", "文字表明未完成，亮红灯，待核定", f"文字表明未完成：{said}", **common)  # type: ignore[arg-type]
    if passed:
        return Assessment("at_risk", "dark_yellow", "已过期限，只有推进中的表述，亮深黄灯，待核定",
                          f"{days.end}到期，只见推进中的表述：{said}", **common)  # type: ignore[arg-type]
    return Assessment("on_time", "green", "期限内，文字表明推进中，亮绿灯，待核定", f"推进中：{said}", **common)  # type: ignore[arg-type]


def _weight(relation: Relation | None) -> int:
    return {"fulfils": 2, "misses": 1}.get(relation or "", 0)


def _latest(answer: Answer) -> tuple[date, Place]:
    return day_of(answer.item) or date.min, answer.item.place


def percent(ratio: Decimal, space: str = "") -> str:
    """0.56 -> 56.0%."""
    return f"{space}{ratio * HUNDRED:.1f}%"


def _words_of_gap(gap: Decimal) -> str:
    if abs(gap) < Decimal("0.05"):
        return "与序时持平"
    return f"{'超' if gap > 0 else '落后'}序时 {abs(gap):.1f} 个百分点"


def _difference_unit(unit: str) -> str:
    return "个百分点" if is_percent(unit) else unit


def _target_words(wanted: Quantity) -> str:
    sign = {"ge": "不低于", "le": "不高于", "approx": "约", "eq": "", "range": ""}[wanted.comparator]
    upper = f"—{format_amount(wanted.maximum)}" if wanted.maximum is not None else ""
    return f"{sign}{format_amount(wanted.value)}{upper}{wanted.unit}"
