"""What kind of number it is: level, growth, delta, share, rank or completion, with the word that decided."""
from __future__ import annotations

import re

from tracker.analysis.quantities import Mention
from tracker.analysis.records import Measure

_UP_TO = re.compile(r"(?:到|至|为|成|达)\s*$")
_COMPLETION = re.compile(
    r"(?:(?:完成|达到|占|为|超|实现|达)[^，,。；;、]{0,14}(?:计划|目标|任务|预算(?!支出|收入|总)|进度|指标)[^，,。；;、]{0,6}的?\s*"
    r"|(?:完成率|总体完成率|资金落实率|资金到位率|序时进度|完成进度|执行率)[^，,。；;、]{0,4}|(?:工作|任务|工程|建设|项目|计划)(?:已|基本)?完成了?)$"
)
_PART_DONE = re.compile(r"[\s，,]*(?:已|累计|均|分别)*完成\s*")
_OF_PLAN = re.compile(r"(?:计划|目标|任务|预算|进度|(?:年度|考核|下达|控制|全年|时序)指标|占[^，,；;]{0,4}规划)(?:项目数|数|总数|任务|投资|总投资|数)?(?:[（(][）)])?的?\s*(?:约|超过|近)?\s*$")
_CHANGE = re.compile(
    r"(?P<word>增长|增加|增幅|增速|涨幅|降幅|增收|增产|减产|上升|上涨|增|回落|下跌|下降|减少|改善|提高|提升|精简|缩减|压缩|压减|缩短|降低|降|"
    r"递增|递减|升|涨|扩大|(?<![审核])减|翻|压降|削减|下浮|提速|减幅|好转|优化|攀升|攀高|下滑)"
    r"(?:了|近|约|超|超过|率|速度|的速度|速度为|分别为|均为|为|在|控制在|保持在|达到?|均)*\s*$"
)
_RATE = re.compile(r"(?:率|比重|占比|比例|份额|覆盖面)[^，,。；;、]{0,8}$")
_GROWTH_NOUN = re.compile(r"(?:增速|增幅|涨幅|降幅|增长率|增长速度|递增)[^，,。；;、]{0,10}$")
_CUT = re.compile(r"(?:压减|削减|缩减)[^，,。；;、率比占到至]{2,12}$")      # 压减一般性支出10%
_GROWTH_GOAL = re.compile(r"(?:增长|增速|涨幅)(?:的)?(?:预期|调控|奋斗)?目标(?:为|是|定为|确定为)?\s*$")
_TIMES_OF = re.compile(r"(?:是|为|相当于|达到?)[^，,。；;、]{1,14}的\s*$")
_DELTA_VERB = re.compile(
    r"(?:净增加?|净减少|净流入|(?<!新)增加|减少|增长|(?<!新)增|(?<![审核])减|下降|上升|降低|提高|提升|缩短|压缩|压减|[再又]降|多|少|增收|增产|进位|前移|回升)"
    r"(?:了|近|约|超|超过|分别|均|达)*\s*$"
)
_NET = re.compile(r"净增(?!长)|净减")
_STOCK_ROSE = re.compile(r"(?:余额|存量|保有量)新增(?:了|约|近)?\s*$")
_FEWER = re.compile(r"减少(?:农村|绝对)?(?:贫困|失业|农业)?(?:人口|人数)\s*$|(?:增产|减产|减贫|增收|多增|少增|[多少](?:争取|安排|投入|收入|下达|拨付))[^，,；;、]{0,6}$")


def read_measure(mention: Mention, left: str, right: str) -> tuple[Measure, str]:
    """The measure and its reason in Chinese. ``left`` and ``right`` are what stands around the number in its segment."""
    if mention.kind == "rank":
        return "rank", "名次"
    if mention.kind == "points":
        return "delta", "单位是百分点"
    if mention.quantity.unit in ("个名次", "个位次", "名次", "位次"):
        return "delta", "名次的变化"
    if mention.kind == "times":
        return _read_times(mention, left)
    if mention.kind == "percent":
        return _read_percent(mention, left, right)
    return _read_amount(left)


_RATIO = re.compile(r"(?:倍差|之比|收入比|缩小到|缩小至|达到?|撬动|放大|为|突破|超过|撬动资[本金])[^，,；;]{0,4}$")


def _read_times(mention: Mention, left: str) -> tuple[Measure, str]:
    if _OF_PLAN.search(left):
        return "completion", "计划的几倍"
    if _TIMES_OF.search(left) or mention.word.startswith("翻") or mention.quantity.unit == "番" or _CHANGE.search(left):
        return "growth", "是…的几倍、增长几倍"
    return ("level", "倍数本身是指标") if _RATIO.search(left) else ("growth", "几倍、翻番")


def _read_percent(mention: Mention, left: str, right: str) -> tuple[Measure, str]:
    if mention.quantity.unit == "‰":
        return "share", "千分率"
    if "自然增长率" in left[-16:]:
        return "share", "自然增长率是比率"
    if _GROWTH_GOAL.search(left):
        return "growth", "增长目标"
    if _OF_PLAN.search(left) or _COMPLETION.search(left) or _PART_DONE.fullmatch(left):
        return "completion", "完成计划的百分之几"
    if (change := _CHANGE.search(left)) and not _UP_TO.search(left[: change.end("word")]):
        return "growth", f"“{change['word']}”百分之几"
    if "减" in left and _CUT.search(left):
        return "growth", "压减百分之几"
    if _GROWTH_NOUN.search(left):
        return "growth", "增速、涨幅"
    if "两位数" in mention.word or right.startswith(("的增长", "的速度", "增长", "的增速", "以上的增长", "的年均增")):
        return "growth", "“增长”在数后"
    return "share", "百分比没有增减词，看作比率"


_OBJECT_TITLE = re.compile(r"(?:质量|精准|品质|能力|功能|环境|改造)(?:精准)?提升\s*$")


def _read_amount(left: str) -> tuple[Measure, str]:
    if _NET.search(left):
        return "delta", "“净增”"
    if (verb := _DELTA_VERB.search(left)) and not _UP_TO.search(left) and not _OBJECT_TITLE.search(left):
        return "delta", f"紧挨着“{verb.group().strip()}”"
    if _STOCK_ROSE.search(left):
        return "delta", "存量的“新增”"
    if _FEWER.search(left):
        return "delta", "“减少”人口"
    return "level", "绝对数"
