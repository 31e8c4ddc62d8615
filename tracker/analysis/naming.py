"""Numbers that only name or describe: 13条产业链, 总投资3600多亿元的110个项目, 全国增长6%."""
from __future__ import annotations

import re
from typing import Literal

from tracker.analysis.quantities import Mention

Role = Literal["plan", "report"]

_OF = re.compile(r"(?:人民币)?的(?=[^，,。；;、\s])")
_FUND = re.compile(r"的?[^，,。；;]{0,20}?(?:基金|资金|债券|贷款|平台|奖励|补贴|授信|订单|合同)")
_GIVING = re.compile(r"(?:设立|发起|发放|发行|签订|安排|下达|拨付|争取|投入|筹集|给予|组建|新发行的?|落实|提供|募集|规模|为)\s*(?:了|总规模|规模|近|超|超过)?$")
_PUSH = re.compile(
    r"(?:加快|推进|抓好|围绕|聚焦|落实|支持|依托|协调推进|全面推进|集中推进|加强|对|梳理|加快推进|统筹推进|统筹|紧盯|瞄准|依靠|发挥|盯紧|突出|"
    r"编制|结合|按照|根据|针对|利用|用好|做强|做优|深化|强化|推动|促进|优化|提升|完善|放大|巩固|保障|服务|力促|确保|开工建设的?|重点推进|跟踪|调度|突破)"
    r"[^，,。；;、\d]{0,14}$"
)
_STRONG_PLAN = re.compile(r"滚动(?:推进|实施)|新(?:建|增|培育|开工|引进|认定)|以上|新建|改扩建|改造")
_PROGRESS = re.compile(r"^[^，,。；;]{0,24}?(?:加快(?:推进|建设|实施)|有序(?:推进|实施|开展)|进展顺利|正在|稳步推进|扎实推进|快速推进|加速推进|顺利推进|深入推进|建设(?:稳步|加快|有序)推进)")
_METRIC_AFTER = re.compile(r"[^，,。；;、]")
_QUOTED = re.compile(r"[“\"《「『]")


def naming_reason(mention: Mention, following: Mention | None, left: str, right: str, role: Role, *,
                  first: bool, in_quotes: bool) -> str:
    """Why the number is none of its own, in Chinese; empty when it is a figure."""
    unit = mention.quantity.unit
    if mention.baseline:
        return "“由…到…”的起点"
    if in_quotes and mention.kind == "amount" and not unit.startswith("连"):
        return "引号里的名称"
    if unit in _PLAIN_NAMES or (unit[-2:] in _PLAIN_NAMES):
        return f"“{unit}”多是名称或描述"
    if _OF.match(right) and not (mention.kind == "percent"):
        if not (_GIVING.search(left) or _FUND.match(right) and mention.quantity.comparator == "eq" and not following):
            return "后面带“的”，修饰别的词"
    if mention.kind == "amount" and (reason := _describes(mention, following, left, right, role, first)):
        return reason
    return ""


_PLAIN_NAMES = frozenset({"小时", "分钟", "日", "年", "号", "时", "版", "角", "刻", "面", "级", "周年", "季", "代", "级台阶", "世界",
                          "分", "度", "周", "步", "字", "线", "寸", "英寸", "兆瓦", "MW", "层", "号线", "岁", "公里/小时", "天"})
_COUNTER = re.compile(r"[百千万]*(?:个|家|项|条|名|人|户|所|座|处|批|类|家企业|区市|个区市|区|县|市|级|种|位)$")


def _describes(mention: Mention, following: Mention | None, left: str, right: str, role: Role, first: bool) -> str:
    if not _COUNTER.match(mention.quantity.unit):
        return ""
    gap = right
    if following and gap and not gap.rstrip().endswith(("、", "和", "及", "与", "以及")):
        opening = not left.strip(" ，,、") or re.search(r"(?:全市|全省|我市|今年|上半年|目前|年内|市属|全区|全县|第[一二三]批|首批)$", left.strip(" ，,、"))
        if opening and not re.match(r"[^，,。；;]*(?:派驻|进驻)", gap) and following.kind != "amount" or opening and re.search(r"(?:完成|实现|投资|达到|达|资金|收入|总|利润|产值|金额)", gap):
            return "说明后面指标的范围"
        if re.fullmatch(r"[^，,。；;、]{0,6}", gap) and following.kind == "amount" and following.quantity.unit in ("项", "条", "户", "个", "家") and not right.endswith("、"):
            if re.match(r"(?:行业|领域|部门|方面|大类|区市|问题|反馈|市直)", gap) or mention.quantity.unit == "批":
                return "说明后面数字的范围"
    if _PROGRESS.match(right) and re.search(r"项目|工程", right):
        return "只说在推进，没有完成数"
    if role == "plan" and _PUSH.search(left) and not _STRONG_PLAN.search(left + mention.word + right[:12]):
        return "推进的对象有多少，不是要达到的数"
    if role == "report" and re.search(r"(?:加快|推进|推动|围绕|聚焦|编制|结合|对|在)$", left.strip(" ，,、")) and not _STRONG_PLAN.search(left):
        return "推进的对象有多少"
    return ""
