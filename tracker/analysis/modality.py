"""Goal, result or neither: the role of the section, tense and modality of the clause, quoted plans, dates ahead.

Each decision comes with its reason, in Chinese, for the page where a person reviews it.
"""
from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tracker.analysis.records import StatementKind, record
from tracker.analysis.roles import Role
from tracker.analysis.vocabulary import alternation, read_lines

_BREAK = re.compile(r"[，,；;。！？!?：:]")
_QUOTED_GOAL = re.compile(r"^[^“”，。；]*[”」][^，。；]{0,6}(?:目标|任务|要求|承诺)")
_WISH = re.compile(r"^(?:要|须|必须|应|应当|需|需要|务必|确保|力争|争取)|(?:力争|确保)")
_DONE_BEFORE = re.compile(r"在[^，。]{0,16}(?:去年|上年|基数|基础上)")
_PLANNED = re.compile(r"计划建设项目|(?:年度|全年|目标|投资|时序|序时|进度|原|年)计划(?:投资|总投资)?|[省市]计划(?!投资)|计划(?:数|目标|任务|投资)?(?:进度)?的|计划(?:数|目标|任务)?(?:进度)?$|按照?计划")
# 99%的事项可实现网上办理, 15项预期性指标基本完成: true of today
_NO_FUTURE = re.compile(r"可实现(?=网上|线上|掌上|全程|就近|跨|“)|预期(?:性|寿命)")


# 年度计划投资11.8亿元; 改厕任务3.8万座; 上级下达安居工程230户; but not 完成任务3.8万座
_SET = re.compile(
    r"(?:年度|全年|今年|当年|年内)计划(?:完成)?(?:总)?投资(?:为|是)?$"
    r"|^(?!.*(?:完成|占|(?<!下)达到?|超|为|实现|实施|控制|资金|比|[低高]于)).*(?:(?:考核指标|目标任务|任务数?|目标值|计划数|(?<!总体)目标)(?:为|是)?|(?:上级|[省市国]家?)下达[^，；]{0,20})$"
)
_SET_ENDS = ("资", "资为", "资是", "标", "务", "数", "值", "标为", "标是", "务为", "务是", "数为", "数是", "值为", "值是")


_SET_ASIDE = re.compile(r"[（(](?:任务|目标|计划|年度任务|年度目标|年度计划|目标任务|任务数|计划数)(?:数|为)?[：:]?$")      # 造林1.7万亩（任务1.5万亩）


def _may_be_set(before: str) -> bool:
    return before.endswith(_SET_ENDS) or "下达" in before


# every branch begins with a sign of its own, what may not stand before it is asked after it: so ``re`` looks for five signs
_PAST_IN_PLAN = re.compile(
    r"已经?(?!批|开工的|确定|建成的|签约)|截至|截止|去年(?<![比较从由同]去年)(?!同期|的?\d|末的?\d|水平)"
    r"|上年(?<![比较从由同与和]上年)(?!持平|同期|的?\d|末的?\d|水平|度[^，。]{0,4}(?:项目|工程|任务))|过去一年(?<![比较从由同]过去一年)(?!同期|的?\d|末的?\d|水平)"
)
# 今年将…, 我们要…, 力争…: the sentence speaks of what is ahead, whatever section it stands in
_AHEAD = re.compile(
    r"^[^，。；,;]{0,24}?(?:(?<![已即])将(?=继续|进一步|以|按照|围绕|认真|深入|坚持|全面|抓住|紧|在|充分|持续|着力|重点|加快|推动|聚焦|不断|大力|结合|通过|努力|立足|把握|实施|开展|统筹|完善|建立|打造)"
    r"|(?<![需重主必摘首概纲须])要(?=着|加|坚|切|做|抓|进一|全|实施|推|以|把|持续|积|深|认|紧|突|强|严|完善|建立|统筹|系统|聚焦|充分)|力争|下一步|下步|接下来|正在?(?:不断|统筹|积极|加快|着力|全力|抓紧|大力))"
)


# 县长在会上提出2019年主要预期目标：…
_AIMS = re.compile(r"(?!.{0,60}(?:完成|实现|达到|超额))[^。；：:]{0,50}(?:预期|主要|工作|发展|奋斗|任务)目标(?:是|为|如下)?[：:]")
_GOAL_LABELS = ("年度目标", "目标任务", "工作目标", "年度任务", "全年目标", "目标值", "承诺事项", "承诺内容", "年度计划", "目标")
_RESULT_LABELS = ("完成情况", "进展情况", "工作进展", "目前进展", "完成进度", "落实情况", "进展", "完成值", "实际完成")
# 2021年大气环境质量年度目标：, 民生实事指标任务为：; but not 圆满完成年度目标：
_SET_LABELS = ("年度目标", "目标任务", "指标任务", "年度任务")
_LABEL = re.compile(rf"(?:^|[，,。；;、\s])({'|'.join((*_GOAL_LABELS, *_RESULT_LABELS))})[:：]|(?<!完成)(?<!实现)(?<!完成了)({'|'.join(_SET_LABELS)})[是为]?[:：]")


@dataclass(slots=True)
class Clause:
    """The words around a figure or an act: ``before`` up to it, ``after`` up to the next break, ``rest`` of the sentence."""

    before: str
    after: str
    rest: str
    label: str = ""                   # 年度目标：, 完成情况：

    @property
    def whole(self) -> str:
        return self.before + self.after


@record
class Verdict:
    """What a clause is, and why."""

    kind: StatementKind | None
    reason: str
    set_before: bool = False          # a goal of the period reported on: 改厕任务3.8万座，完成3.9万座


_PLANNED_ACT = Verdict("goal", "计划与目标一节")
_REPORTED_ACT = Verdict("result", "成绩与进展一节")


@lru_cache(maxsize=1)
def _words() -> dict[str, re.Pattern[str]]:
    lists = dict(line.split(":", 1) for line in read_lines("modality"))
    doing = alternation(lists["doing"].split())
    return {
        "future": re.compile(rf"{alternation(lists['future'].split())}|将(?<![已即]将)(?=(?:{doing}))"),
        "past": re.compile(alternation(lists["past"].split())),
    }


_BOUND_THIS_YEAR = re.compile(r"(?:今年|本年度|全年|20\d\d年)(?:全[市县区省])?[^，。；已]{2,24}(?:不少于|不低于|不超过|控制在|力争|确保)")
_BOUND = re.compile(r"不少于|不低于|不超过|以上|以内|左右|控制在|力争|确保")
_DONE = re.compile(r"已|完成了|达到了|截至|去年|上年|同比|累计")


def sets_aims(sentence: str) -> bool:
    """Whether a sentence tells a year's aims or opens a list of them: 2024年的预期目标是：…; 今年总投资不少于190亿元."""
    return ("目标" in sentence and _AIMS.match(sentence) is not None) or (
        _BOUND_THIS_YEAR.match(sentence) is not None and not _DONE.search(sentence))


def tells_of_the_past(sentence: str) -> bool:
    """Whether a sentence has a word that says it is done: 已, 去年, 同比."""
    return _DONE.search(sentence) is not None or _words()["past"].search(sentence) is not None


def goes_on_with_aims(sentence: str) -> bool:
    """Whether the sentence after one with aims goes on with them: 保障房新开工不少于150万平方米."""
    return _BOUND.search(sentence) is not None and not _DONE.search(sentence)


def looks_ahead(sentence: str) -> bool:
    """Whether a sentence of a report or article opens with what will be done: 新的一年，市国资委将…"""
    if "目标" in sentence and _AIMS.match(sentence):
        return True
    return bool(_AHEAD.match(sentence)) or bool(_AHEAD.match(sentence.partition("，")[2]) and len(sentence.partition("，")[0]) <= 16)


@lru_cache(maxsize=2)      # asked for by every figure of a sentence
def _clause_breaks(sentence: str) -> list[int]:
    """Where the clauses of a sentence end: offsets of its commas, semicolons, colons and full stops."""
    return [match.start() for match in _BREAK.finditer(sentence)]


def clause_at(sentence: str, start: int, at: int, end: int) -> Clause:
    """The clause of ``sentence[start:end]`` around ``at``: from the last break before the number, or from the
    quote's start when the quote reaches back over breaks."""
    breaks = _clause_breaks(sentence)
    low = bisect_left(breaks, min(at, start + 1))
    first = breaks[low - 1] + 1 if low else 0
    high = bisect_left(breaks, end)
    last = breaks[high] if high < len(breaks) else len(sentence)
    label = ""
    if "：" in sentence or ":" in sentence:
        label = next((found[1] or found[2] for found in reversed(list(_LABEL.finditer(sentence, 0, at)))), "")
    return Clause(sentence[first:at], sentence[at:last], sentence[last : last + 24], label)


# 进出口总额出现下降，预期增长目标未能实现: a result, though it stands among the problems
_MISSED = re.compile(r"(?:目标|任务|计划|预期)[^，。；]{0,6}(?:未能?|没有|没能)(?:如期|全面|按期)?(?:实现|完成|达到)|(?:未能?|没有|没能)(?:如期|全面|按期)?(?:实现|完成|达到)[^，。；]{0,8}(?:目标|预期|计划)")


def tells_of_missed_goal(sentence: str) -> bool:
    """Whether a sentence says that a target was not met."""
    return _MISSED.search(sentence) is not None


_SHARE_DONE = re.compile(r"(?<!确保)(?<!力争)(?<!争取)(?<!要)完成(?:了)?(?:全年|年度|年初|当年|年)?(?:目标|任务|计划|预期)+的?$")
_PART_DONE = re.compile(r"[，,](?:已|累计)?完成(?:率)?$")      # 计划投资5亿元，完成81%
_PERCENT = re.compile(r"[\d.]+%")
_STATES = re.compile(r"(?:为|达到?|共有?|现有|占[^，；]{0,12}|同比[^，；]{0,6}|增长|下降|提高)$")


def only_states(sentence: str, at: int) -> bool:
    """Whether a speaker tells how things stand and promises nothing up to the number at ``at``: 失业率为5.5%."""
    head = sentence[:at]
    return bool(_STATES.search(head)) and not (_WISH_WORDS.search(head) or _words()["future"].search(sentence))


_WISH_WORDS = re.compile(r"力争|确保|争取|努力|目标|计划|将|要(?!求|素|点)|打算|承诺|年底|明年|今后|未来|下半年|到20")


def decide(clause: Clause, role: Role, *, period_end: date | None, today: date | None, closed: bool) -> Verdict:
    """Goal, result or neither. ``period_end`` is the date written beside the figure, if any; ``closed`` says that the
    report looks back on a period that is over, so that 预计 gives a figure not yet final and no goal."""
    if role == "problems" and _MISSED.search(clause.after + clause.rest):
        return Verdict("result", "问题一节里说目标没有完成")
    if role in ("problems", "skip"):
        return Verdict(None, "所在小节讲问题或附注，不计")
    if clause.label:
        return Verdict("result" if clause.label in _RESULT_LABELS else "goal", f"前有“{clause.label}：”", set_before=role == "report")
    if _QUOTED_GOAL.match(clause.after + clause.rest[:12]) and "“" in clause.before:
        return Verdict("goal", "引号内的目标任务")
    if clause.after[:1].isdigit() and (_SHARE_DONE.search(clause.before) or (_PART_DONE.search(clause.before) and _PERCENT.match(clause.after))):
        return Verdict("result", "说的是目标完成了多少")
    if _SET_ASIDE.search(clause.before) and clause.after[:1].isdigit():
        return Verdict("goal", "说的是计划、任务定多少", set_before=True)
    if role == "report" and clause.after[:1].isdigit() and _may_be_set(clause.before) and _SET.search(clause.before):
        return Verdict("goal", "说的是计划、任务定多少", set_before=True)
    future = _future_word(clause, closed or bool(period_end and today and period_end <= today))
    if role == "plan":
        return _in_plan(clause, future, period_end, today)
    if future and not _words()["past"].search(clause.whole[clause.whole.find(future) :]):
        return Verdict("goal", f"成绩一节里的“{future}”说的是将来")
    if period_end and today and period_end > today and (period_end.year > today.year or (not closed and _is_ahead(clause))):
        return Verdict("goal", "时限在发布日期之后")
    return Verdict("result", "成绩与进展一节")


def decide_planned_act(words: str) -> Verdict:
    """The same for a named act of a plan: a goal, unless its words say that it is done."""
    past = _PAST_IN_PLAN.search(words)
    if past and not _WISH.search(words):
        return Verdict("result", f"计划一节里的“{past.group()}”说的是已有进展")
    return _PLANNED_ACT


def decide_reported_act(words: str, closed: bool) -> Verdict:
    """The same for a named act of a report: a result, unless its words say that it is yet to come."""
    future = _words()["future"].search(words)
    if future and not _words()["past"].search(words, future.start()):
        return Verdict("goal", f"成绩一节里的“{future.group()}”说的是将来")
    if not closed and "预计" in words:
        return Verdict("goal", "成绩一节里的“预计”说的是将来")
    return _REPORTED_ACT


def _is_ahead(clause: Clause) -> bool:
    return bool(_WISH.search(clause.whole) or re.search(r"年底前|拟|计划(?=[^”》]{0,6}(?:年底|年内|完成|建成|开工|投产|新增|启动|启用))", clause.whole))


def _future_word(clause: Clause, closed: bool) -> str:
    words = clause.whole
    if "计划" in words:
        words = _PLANNED.sub("", words)
    if "可实现" in words or "预期性" in words or "预期寿命" in words:
        words = _NO_FUTURE.sub("", words)
    match = _words()["future"].search(words)
    if match and not (match.group() in ("预期目标", "目标为") and "完成" in clause.before):
        return match.group()
    return "" if closed else next((word for word in ("预计", "预期") if word in words), "")


def _in_plan(clause: Clause, future: str, period_end: date | None, today: date | None) -> Verdict:
    if future or _WISH.search(clause.whole):
        return Verdict("goal", f"计划一节，“{future or '要'}”")
    if _DONE_BEFORE.search(clause.before):
        return Verdict(None, "计划里提到的上年基数")
    past = _PAST_IN_PLAN.search(clause.before)
    if past:
        return Verdict("result", f"计划一节里的“{past.group()}”说的是已有进展")
    if period_end and today and period_end < date(today.year, 1, 1):
        return Verdict("result", "计划一节里提到往年数字")
    return Verdict("goal", "计划与目标一节")
