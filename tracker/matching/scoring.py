"""Scores one pair of goal and result: what speaks for it, what against it, and how likely a reader accepts it."""
from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from tracker.analysis.records import Measure, Quantity, Statement
from tracker.matching.items import Fit, Item, covered_years, covers, fit_period, flow, horizon
from tracker.matching.names import Names
from tracker.matching.similarity import Likeness, compare, read_indicator
from tracker.matching.tables import word_pattern
from tracker.matching.units import base_value, interchangeable, is_percent, is_point, read_unit, same_family

MEASURES: dict[Measure | None, str] = {
    "level": "数额", "growth": "增幅", "delta": "增减量", "share": "比率", "rank": "名次", "completion": "完成率",
}
WEIGHTS = Path(__file__).resolve().parent / "weights.json"

# 纳入市办实事的“新建20所…”项目: the number belongs to the name of what was planned, it is no result
NAMED = re.compile(r"(?:纳入|列入|入选|名为)[^“\"，,]{0,12}[“\"][^”\"]*\d[^”\"]*[”\"]?[^”\"，,]{0,4}$")
TELLING = 1.0            # shared bigrams that weigh less are common words only: 投资, 重点项目
COMPLETION_RATES = ("开工率", "竣工率", "完成率", "到位率", "执行率", "落实率", "入库率", "投产率")

FEATURES = (
    "dice", "letters", "goal_cover", "result_cover", "equal", "narrower", "metric_gap", "shared_name", "quoted",
    "same_measure", "cross_measure", "completion", "words_only", "number_for_words", "addition_both", "loose_unit",
    "goal_head", "result_head", "covers", "whole_period", "unknown_period", "odd_period", "same_document", "distance", "same_number", "same_act",
    "nearest",
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that the score of one pair was worked out from."""

    likeness: Likeness
    fit: Fit
    covers: bool                     # the result's words hold the goal's
    features: tuple[float, ...]
    veto: str | None                 # why the pair cannot be, in Chinese


@dataclass(frozen=True, slots=True)
class Weights:
    """The fitted model: one row of weights for goals with a number, one for goals in words."""

    quantified: tuple[float, ...]    # bias first, then in the order of FEATURES
    qualitative: tuple[float, ...]
    propose: float                   # for goals with a number
    accept: float
    report: dict[str, Any]
    propose_words: float = 0.5       # for goals in words


@cache
def default_weights() -> Weights:
    """The weights of weights.json, made by ``manage.py train_links``."""
    return read_weights(WEIGHTS)


def read_weights(path: Path) -> Weights:
    """Weights of a file; a file made for other features is refused."""
    content = json.loads(path.read_text(encoding="utf-8"))
    if tuple(content["features"]) != FEATURES:
        raise ValueError(f"{path.name}：权重文件的特征与程序不一致，请重新运行 train_links。")
    rows = {kind: (content[kind]["bias"], *(content[kind]["weights"][name] for name in FEATURES))
            for kind in ("quantified", "qualitative")}
    return Weights(rows["quantified"], rows["qualitative"], content["propose"], content["accept"], content,
                   content["propose_words"])


def weigh(goal: Item, result: Item, names: Names) -> Evidence:
    """Evidence for one pair of the same body."""
    asked, told = goal.statement, result.statement
    likeness = compare_statements(asked, told)
    fit = fit_period(goal, result)
    veto = find_veto(goal, result, likeness, fit)
    features = () if veto else _features(goal, result, likeness, fit)
    return Evidence(likeness, fit, covers(result, goal), features, veto)


def mark_nearest(rivals: Sequence[tuple[Item, Evidence]]) -> list[tuple[Item, Evidence]]:
    """One goal's results: in each report the one with the likest indicator has no better rival, and is marked so."""
    best: dict[str, float] = {}
    for result, evidence in rivals:
        if not evidence.veto:
            best[result.document] = max(best.get(result.document, 0.0), evidence.likeness.dice)
    return [(result, replace(evidence, features=(*evidence.features[:-1], float(evidence.likeness.dice >= best[result.document]))))
            if evidence.features else (result, evidence) for result, evidence in rivals]


def compare_statements(goal: Statement, result: Statement) -> Likeness:
    """Likeness of the indicators; equal normal forms count as equal whatever the wording."""
    likeness = compare(goal.indicator, result.indicator)
    if goal.indicator_key and goal.indicator_key == result.indicator_key and not likeness.equal:
        return Likeness(1.0, max(likeness.common, 1.0), 1.0, 1.0, 1.0, True, True, True, 0.0, None, False)
    return likeness


def find_veto(goal: Item, result: Item, likeness: Likeness, fit: Fit) -> str | None:
    """The reason for which a pair is out of the question, if there is one."""
    asked, told = goal.statement, result.statement
    if likeness.conflict:
        return "指标对立：{}／{}".format(*likeness.conflict)
    if fit in ("before", "after"):
        return "数据时间在目标期之前" if fit == "before" else "数据时间在完成期限之后"
    if bool(asked.scope) != bool(told.scope) or (asked.scope != told.scope):
        return f"口径范围不同：{asked.scope or '本级'}／{told.scope or '本级'}"
    if _looks_back(goal, result):
        return "目标期限早于目标所在文件的发布日期，是回顾"
    if asked.quantity is None:
        return "一方取消、一方设立" if _opposite(asked, told) else None
    if fit == "longer":
        return "多年累计数不能回答年度目标"
    if told.quantity is None:
        return None
    if {flow(asked), flow(told)} == {"addition", "total"}:
        return "总数不能回答新增数"
    if NAMED.search(told.quote):
        return "结果的数字在引号里的项目名称中"
    return _unlike_spans(goal, told) or _unlike_numbers(asked, told, asked.quantity, told.quantity)


def _looks_back(goal: Item, result: Item) -> bool:
    """A target already over when its document was written (过去五年…): only its own sentence answers it."""
    end = goal.statement.period.end
    if end is None or goal.published_on is None or end >= goal.published_on or covers(result, goal):
        return False
    return goal.document != result.document or horizon(goal) > 1.5


def _unlike_spans(goal: Item, result: Statement) -> str | None:
    """Growth of one year and growth of several do not answer each other."""
    if result.measure != "growth":
        return None
    average = "年均" in goal.statement.quote
    if "年均" in result.quote and not average and horizon(goal) < 1.5:
        return "多年平均增幅不能回答年度目标"
    if horizon(goal) > 1.5 > covered_years(result) and not average:
        return "多年的目标不能由一年的增幅回答"
    return None


def _unlike_numbers(goal: Statement, result: Statement, wanted: Quantity, got: Quantity) -> str | None:
    if is_completion(result):
        return None
    if (goal.measure == "rank") != (result.measure == "rank"):
        return "名次与数值不能互答"
    if _mixes_points(goal, result):
        return None                  # linked with an objection: 提高2个百分点, 提高2%
    if not is_same_measure(goal, result) and {goal.measure, result.measure} != {"growth", "level"}:
        return f"口径不同：{MEASURES[goal.measure]}／{MEASURES[result.measure]}"
    units = read_unit(wanted.unit), read_unit(got.unit)
    if {goal.measure, result.measure} == {"growth", "level"} and "things" in (unit.counting for unit in units):
        return "个数不能回答增幅"
    if all(unit.known for unit in units) and is_same_measure(goal, result) and not interchangeable(wanted.unit, got.unit):
        return f"单位不同类：{wanted.unit}／{got.unit}"
    return None


def _mixes_points(goal: Statement, result: Statement) -> bool:
    """One side tells a change in per cent, the other in percentage points."""
    changes = {goal.measure, result.measure} in ({"delta"}, {"delta", "growth"})
    return changes and any(is_point(_unit(one)) and is_percent(_unit(other)) for one, other in ((goal, result), (result, goal)))


def is_completion(result: Statement) -> bool:
    """A stated completion: 完成年度目标的44%, 开工率88%."""
    return result.measure == "completion" or (result.measure == "share" and result.indicator.endswith(COMPLETION_RATES))


def is_same_measure(goal: Statement, result: Statement) -> bool:
    """Equal measures; a delta of things (净增300家) is the same as a level of additions (新增300家)."""
    if goal.measure == result.measure:
        return True
    return {goal.measure, result.measure} == {"level", "delta"} and flow(goal) == flow(result) == "addition"


def _likeness_values(likeness: Likeness) -> dict[str, float]:
    """The part of the evidence that two indicators give by themselves."""
    return {
        "dice": likeness.dice,
        "letters": likeness.letters,
        "goal_cover": likeness.goal_cover,
        "result_cover": likeness.result_cover,
        "equal": likeness.equal,
        "narrower": likeness.narrower,
        "metric_gap": likeness.metric_gap,
        "goal_head": likeness.goal_head,
        "result_head": likeness.result_head,
    }


def is_hopeful(likeness: Likeness, row: Sequence[float], floor: float) -> bool:
    """Whether a pair with such indicators can reach a score at all, were everything else in its favour."""
    if likeness.conflict or likeness.common < TELLING:
        return False
    values = _likeness_values(likeness)
    total = row[0] + sum(
        weight * values[name] if name in values else max(weight, 0.0)
        for name, weight in zip(FEATURES, row[1:], strict=True) if name != "covers"
    )
    return _logistic(total) >= floor


def _features(goal: Item, result: Item, likeness: Likeness, fit: Fit) -> tuple[float, ...]:
    asked, told = goal.statement, result.statement
    both = asked.quantity is not None and told.quantity is not None
    additions = both and flow(asked) == flow(told) == "addition"
    same = both and is_same_measure(asked, told)
    values = _likeness_values(likeness) | {
        "shared_name": bool(read_indicator(asked.indicator).names & read_indicator(told.indicator).names),
        "quoted": _quoted(asked, told),
        "same_measure": same,
        "cross_measure": both and not same and not is_completion(told),
        "completion": both and not same and is_completion(told),
        "words_only": asked.quantity is not None and told.quantity is None,
        "number_for_words": asked.quantity is None and told.quantity is not None,
        "addition_both": both and additions,
        "loose_unit": same and not same_family(_unit(asked), _unit(told)),
        "covers": covers(result, goal),
        "whole_period": fit == "whole",
        "unknown_period": fit == "unknown",
        "odd_period": fit in ("earlier", "late", "longer"),
        "same_document": goal.document == result.document,
        "distance": _distance(asked, told) if same else 0.0,
        "same_number": same and _same_number(asked, told),
        "same_act": bool(_acts(asked.quote) & _acts(told.quote)),
        "nearest": 0.0,              # known only beside the rivals, see mark_nearest
    }
    return tuple(float(values[name]) for name in FEATURES)


@lru_cache(maxsize=1 << 15)
def _acts(quote: str) -> frozenset[str]:
    return frozenset(word_pattern("acts").findall(quote))


def _opposite(goal: Statement, result: Statement) -> bool:
    """取消居住证收费 is not answered by 出台居住证制度."""
    ends, starts = (word_pattern(name).search for name in ("ending", "starting"))
    goal_ends, result_ends = bool(ends(goal.quote)), bool(ends(result.quote))
    return goal_ends != result_ends and bool(starts((result if goal_ends else goal).quote))


def _unit(statement: Statement) -> str:
    return statement.quantity.unit if statement.quantity else ""


def _quoted(goal: Statement, result: Statement) -> float:
    """Share of the goal's telling bigrams that stand anywhere in the result's quote."""
    wanted = read_indicator(goal.indicator)
    there = sum(weight for gram, weight in wanted.grams.items() if gram in result.quote)
    return there / wanted.weight if wanted.weight else 0.0


def _distance(goal: Statement, result: Statement) -> float:
    """How many times (as a logarithm, at most 3) two amounts differ; growth and shares are left alone."""
    if goal.quantity is None or result.quantity is None or goal.measure not in ("level", "delta"):
        return 0.0
    wanted, got = base_value(goal.quantity), base_value(result.quantity)
    if wanted <= 0 or got <= 0:
        return 0.0
    return min(3.0, abs(math.log(float(got / wanted))))


def _same_number(goal: Statement, result: Statement) -> bool:
    """Both name the same number, and not a round one: 598公里 and 598公里."""
    if goal.quantity is None or result.quantity is None:
        return False
    digits = str(goal.quantity.value.normalize().as_tuple().digits)
    telling = len(goal.quantity.value.normalize().as_tuple().digits) >= 2
    return bool(digits) and telling and base_value(goal.quantity) == base_value(result.quantity)


def score(evidence: Evidence, quantified: bool, weights: Weights) -> float:
    """The calibrated score: the share of such pairs that a reader would accept."""
    if evidence.veto:
        return 0.0
    row = weights.quantified if quantified else weights.qualitative
    total = row[0] + sum(weight * value for weight, value in zip(row[1:], evidence.features, strict=True))
    return _logistic(total)


def _logistic(total: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
