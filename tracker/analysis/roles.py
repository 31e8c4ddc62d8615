"""What a section of a document is for, by the words of its title, its headings and its lead-in sentences."""
from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from tracker.analysis.vocabulary import read_lines

Role = Literal["report", "plan", "problems", "skip"]


@lru_cache(maxsize=1)
def _section_words() -> tuple[tuple[Role, re.Pattern[str]], ...]:
    rules: list[tuple[Role, re.Pattern[str]]] = []
    for line in read_lines("sections"):
        role, words = line.split(":", 1)
        pattern = "|".join(re.escape(word) for word in sorted(words.split(), key=len, reverse=True))
        rules.append((_role(role), re.compile(pattern)))
    return tuple(rules)


def _role(name: str) -> Role:
    match name:
        case "report" | "plan" | "problems" | "skip":
            return name
    raise ValueError(f"sections.txt: {name}")


_STATE_OF = re.compile(r"(?:实施|落实|执行|完成|推进|进展|开展|办理|工作|运行)情况[）)]?$")      # 近年来规划实施情况


def heading_role(heading: str, plan_year: int | None = None) -> Role | None:
    """The role that a heading announces, or None. 2022年工作回顾 → report, 2023年重点工作安排 → plan."""
    if "回顾" in heading or ("总结" in heading and "计划" not in heading) or _STATE_OF.search(heading):
        return "report"
    found = {role: matches[-1] for role, words in _section_words() if (matches := list(words.finditer(heading)))}
    if "skip" in found and not ("plan" in found and re.search(r"目标|任务", heading)):
        return "skip"
    if "problems" in found:
        return "problems"
    found.pop("skip", None)
    if "plan" in found and "report" in found:
        return "plan" if found["plan"].end() >= found["report"].end() else "report"
    if found:
        return next(iter(found))
    year = re.search(r"(20\d\d|19\d\d)年", heading)
    if year and plan_year and "政府工作报告" not in heading:
        return "plan" if int(year[1]) >= plan_year else "report"
    return None


def title_role(title: str) -> Role:
    """The role a title gives to the text before any heading: 工作总结及明年计划 begins with the review."""
    if re.search(r"总结|回顾|执行情况|完成情况|进展情况|工作情况|盘点|兑现", title):
        return "report"
    return "plan" if heading_role(title) == "plan" else "report"


NEXT = re.compile(
    r"^(?:下一步|下步|下一阶段|下阶段|接下来|今后(?:一个时期|五年)?|下半年|下一年|新的一年(?:里)?|明年|未来|面向未来|展望未来)[，,：:]?"
)
_LEAD_PLAN = re.compile(
    r"^(?:(?:下一步|下步|下一阶段|下阶段|接下来|今后(?:一个时期|五年)?|下半年|下一年|新的一年(?:里)?|明年|未来|面向未来|展望未来)[，,：:]?"
    r"|(?:20|19)\d\d年[，,]?(?:我们|全[市省区县]|[市省县]?政府)?(?:将|要)"
    r"|[^，。]{2,20}(?:将继续|将进一步|将以|将按照|将围绕|将认真|将深入|将坚持|将全面))"
)
_LEAD_PROBLEMS = re.compile(
    r"清醒(?:地)?(?:看到|认识)|(?:也|还|仍然?|依然)(?:要|应|必须)?(?:看到|存在|面临)[^，。]{0,14}(?:问题|困难|不足|差距|短板|挑战|矛盾)"
    r"|^(?:当前|目前)?[^，。]{0,6}存在(?:的)?(?:主要)?(?:问题|困难|不足)|^(?:主要)?(?:存在)?(?:的)?(?:问题|困难)(?:是|有|表现)|存在(?:以下|一些|不少)[^，。]{0,8}(?:问题|困难|不足)"
)
_LEAD_REPORT = re.compile(r"^(?:一年来|五年来|过去一年|过去五年|回顾|[^，。]{0,12}(?:主要做了|重点做了|开展了)以下)")
PLAN_OPENERS = re.compile(
    r"预期目标(?:是|为|[:：])|(?:今年|明年|(?:19|20)\d\d年|今后|未来)[^，。]{0,16}(?:主要目标|奋斗目标|目标任务|总体要求|总体思路|总体部署|指导思想|重点工作)(?:是|为|[:：])"
    r"|(?:今年|明年|下半年|今后)[^，。：]{0,16}(?:抓好|做好)[^，。：]{0,24}(?:工作|任务|方面|件事)|^(?:主要|奋斗|总体)目标(?:是|为)"
)
# each of the expressions above holds one of these words, which are looked for ten times as fast
_PROBLEM_WORDS = re.compile(r"看到|认识|问题|困难|不足|差距|短板|挑战|矛盾")
_PLAN_WORDS = re.compile(r"目标|总体|指导思想|重点工作|工作|任务|方面|件事")
# a heading of this kind is about the whole review; the next heading of its level then opens the plan
WHOLE_REVIEW = re.compile(r"回顾|总结|过去|成就|(?:19|20)\d\d年(?:的)?(?:政府|主要)?工作|工作情况|五年(?:的)?工作|一年(?:的)?工作|的[一五]年$|(?:19|20)\d\d年|十[一二三四]?五|执行情况")


def lead_role(sentence: str, current: Role) -> Role | None:
    """The role that a lead-in sentence announces for what follows: 下一步，我们将… → plan."""
    if current == "plan":
        return None
    head = sentence[:60]
    if current == "report" and _PROBLEM_WORDS.search(head) and _LEAD_PROBLEMS.search(head):
        return "problems"
    if _LEAD_PLAN.match(head) or (_PLAN_WORDS.search(head) and PLAN_OPENERS.search(head)):
        return "plan"
    if current == "problems" and _LEAD_REPORT.match(head):
        return "report"
    return None
