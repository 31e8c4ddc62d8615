"""Counts that describe: 41家医院次均费用下降, 24个问题已整改20项, 推进110个项目."""
from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.analysis.quantities import Mention

if TYPE_CHECKING:
    from tracker.analysis.naming import Surroundings

_GROUNDS = re.compile(
    r"(?:^|的|供销社|系统)(?:要|积极|坚持)?(?:结合|针对|根据|按照|围绕|对标|对照|依托|聚焦|紧扣|紧盯)"
    r"(?![^，,。；;]*(?:确定|制定|开展|实施|推出|形成|建成|联办|组织|举办|出台|提出|梳理|明确|建立|完成|打造))[^，,。；;]{0,30}$"
)
_AMONG = re.compile(r"^[^（(]{0,12}(?<!其)中\s*$")
_AS_MEANS = re.compile(r"为(?:重点|载体|带动|抓手|依托|支撑|核心|龙头|引领|牵引|突破口|契机)")
_AS_BASIS = re.compile(r"为(?:重点|载体|带动|抓手|依托|支撑|核心|龙头|主体|目标|引领|牵引|突破口|契机)(?:$|[，,。；;、])")
_ABSTRACT = re.compile(
    r"[一-龥]{0,6}?(?:特点|特征|原则|要求|矛盾|关系|优势|转变|主题|主线|体系|机制|重点|大局|要素|板块|原因|因素|举措并举|趋势|变化|品牌战略|环节|难点|亮点|问题|事|大事|好事|方针|原则|规律|底线|红线|关口|字|数字)"
    r"(?:$|[，,。；;：:])"
)
_POINTED = re.compile(r"(?:这|那|该|上述|以上|以下|其他|其它|前述)$")
_MADE = re.compile(r"签约|引进|开工|建成|落地|完成|竣工|投产|签订|招引|获批|新增")
_AWARDED = re.compile(r"(?:入选|入围|列入|跻身|获评|荣获|纳入)(?:为|了)?(?:全国|全省|国家|省|首批|中国)*$")
_RANGE_NOUN = re.compile(
    r"^(?:重点|主要|贫困)?(?:[县市](?!级|属|场|政|区|办|内|域|长|委)|乡镇|村(?!级|庄)|行业|领域|部门|方面|大类|区市|问题|反馈|市直|类|年级"
    r"|批次|县市|镇街|街道|成员单位|省市)"
)
_OF_THEM = re.compile(
    r"(?:已|共|全部|目前|累计)*(?:完成|实施|整改|整改到位|开工|落地|办结|竣工|投产|销号|启动|解决|建成|签约|通过|交付|投用)(?:了)?$"
)
_MAKING = re.compile(r"^[^，,。；;、]{1,16}(?:成立|发放|兑现|融资|进驻|参与|实施|提供|落实|组建|签约)[^，,。；;、]{0,14}$")
_MEASURED = re.compile(r"投资|开工|率")
_ACTION = re.compile(r"(?:为|对|向|给|帮助|组织|派驻|派出|派|助力|支持|推动|引导|动员|指导|服务)[^，,。；;、]{0,12}$")
_METRIC = re.compile(
    r"(?:新增|新注册|新引进|新建|引进|办理|发放|销售|接待|处置|查处|培训|完成|实现|投资|达到|达|资金|收入|总额|利润|产值|金额|占|率|整改到位"
    r"|中$|增|同比|平均|均)"
)
_SPENT_ON = re.compile(r"元(?:以上)?(?:重点|主要)?(?:支持|用于|投向)[^，,。；;]*$")
_PLACE_DID = re.compile(r"[^，,。；;]{0,6}(?:实现|完成|摘帽|脱贫|出列|通过|建成|入选|获|达到)|[，,。；;、]|$")
_AHEAD = re.compile(r"(?:收入|增速|增幅|产值|投资)(?:增幅|增速)?(?:均|都)?(?:高于|快于|好于|超过)[^\d]*$")
_LISTED_AMONG = re.compile(r"(?:列入|入选|入围)[^，,。；;]{0,14}$")
_OPENING = re.compile(
    r"^(?:全市|全省|全县|全区|我市|我省|今年|上半年|下半年|前三季度|一季度|目前|截至目前|年内|市属|省属|首批|市级|省级|国家级|其中|重点|全年"
    r"|去年|[^，,]{0,6}月份?|已|将|\d{4}年|[一-龥]{1,5}[区县市社])?$"
)
_RATED = re.compile(r"(?:率|比重|增速|收入|产值|投资|利润|总额|增加值)(?:均|都|分别|平均|同比|实际)*(?:达到?|为|在|增长|下降|提高|上升|保持在)?$")
_LISTED = re.compile(r"(?:[、和及与]|以及)\s*$")
_POSSESSIVE = re.compile(r"^\s*的|的\s*$")
_BELONGING = re.compile(r".{0,6}所属")


def describes_what_follows(mention: Mention, around: Surroundings) -> str:
    """A count that only says of how many the next number speaks; its reason, or nothing."""
    left, right = around.left.strip(" ，,、"), around.right
    if _GROUNDS.search(around.lead) or _AMONG.match(right):
        return "依据或范围，不是做了多少"
    if _AS_BASIS.search(right) or (left.startswith("以") and _AS_MEANS.search(right)):
        return "依据或范围，不是做了多少"
    if mention.numeral and mention.quantity.value <= 10 and _ABSTRACT.match(right):
        return "几个方面、几项制度，不是数量"
    if left == "的" and not _MADE.search(around.lead):
        return "被规模限定的对象，没有说做成多少"
    if _SPENT_ON.search(around.lead):
        return "资金支持的对象有多少"
    if mention.quantity.unit in ("县", "市", "省", "国") and (not _PLACE_DID.match(right) or _runs_into_next(around)):
        return "地方有多少，不是做了多少"
    if _AHEAD.search(right):
        return "说明后面指标的范围"
    if mention.numeral and "、" in left and _RANGE_NOUN.match(right):
        return "列举的地方、部门有几个"
    if _POINTED.search(left):
        return "指前面说过的"
    if _AWARDED.search(left) or (mention.numeral and mention.quantity.value == 10 and _LISTED_AMONG.search(left)):
        return "入选的名单，不是做了多少"
    if "之一" in right[-4:]:
        return "成为几个之一"
    if around.following and right.strip() and not _LISTED.search(right):
        return _describes_next(mention, around.following, left, right, around)
    return "批次" if mention.quantity.unit.endswith("批") and around.following else ""


def _runs_into_next(around: Surroundings) -> bool:
    """2市6县12个示范区: the next number follows at once and counts the same things."""
    return around.following is not None and not around.right.strip()


def _describes_next(mention: Mention, following: Mention, left: str, right: str, around: Surroundings) -> str:
    if _RANGE_NOUN.match(right) and following.kind == "amount" and not _MAKING.match(right):
        return "说明后面数字的范围"
    if following.quantity.unit == mention.quantity.unit and _OF_THEM.search(right):
        return "后面说其中完成了多少"
    if _opens(left, around) and not _acts(left, right) and (_METRIC.search(right) or following.kind != "amount"):
        return "说明后面指标的范围"
    if following.kind in ("percent", "points") and _RATED.search(right) and not _acts(left, right):
        return "说明后面指标的范围"
    if _POSSESSIVE.search(right) or (following.kind == "amount" and _BELONGING.fullmatch(right.strip())):
        return "说明后面数字的范围"
    return "批次" if mention.quantity.unit.endswith("批") else ""


def _opens(left: str, around: Surroundings) -> bool:
    """Does the count open its clause, alone or in a list of counts?"""
    in_list = _LISTED.search(around.left) and _OPENING.match(around.opening.strip(" ，,、"))
    return bool(_OPENING.match(left) or in_list)


def _acts(left: str, right: str) -> bool:
    """为872家企业兑现奖励1.7亿元: something is done for so many, so that both numbers count."""
    return bool(_ACTION.search(left) or (_MAKING.match(right) and not _MEASURED.search(right)))


_TARGET_WORDS = re.compile(r"滚动(?:推进|实施)|新(?:建|增|培育|开工|引进|认定|改扩建|改建)|改扩建|续建")
_VAGUE = re.compile(
    r"^[^，,。；;]{0,26}?(?:加快(?:推进|建设|实施|落地)|有序(?:推进|实施|开展)|进展顺利|正在|稳步推进|扎实推进|快速推进|加速推进|顺利推进|深入推进"
    r"|建设(?:稳步|加快|有序)推进|加快[一-龥]{0,4}|提速|正在[一-龥]*|初见成效|成效(?:明显|显著)|作用(?:充分|有效|明显)?发挥|推进顺利|加快发展|取得(?:积极|明显|显著|重大|新)*(?:进展|成效)|(?:扎实|全面|深入|有序)开展|进一步[一-龥]{2,4}|进行了?(?:研究|安排|全面)*部署|实施挂图作战)(?=$|[，,。；;])"
)
_PROJECT = re.compile(r"项目|工程|线路|事项|任务|企业|整改|村|平台|园区|基地|中心|产业|集群|农产品|改革|试点|县|城市")
_PUSH = re.compile(
    r"^(?:要|认真|突出|继续|进一步|积极|全力|大力|扎实|深入|重点|着力|全面|集中|稳步|高质量|切实|持续|加力|协调|统筹|快速)*"
    r"(?:加快|推进|抓好|(?:认真)?办好|抓紧|狠抓|围绕|聚焦|落实|支持|依托|加强|对|梳理|统筹|紧盯|瞄准|依靠|发挥|盯紧|突出|编制|结合|按照|根据|针对|利用|用好|做强|做优"
    r"|深化|强化|推动|促进|优化|提升|扩大|完善|放大|巩固|保障|服务|跟踪|调度|用足|贯彻)[^，,。；;\d]{0,40}$"
)
_DONE = re.compile(r"完成|建成|实施|开工|新增|培育|打造|达到|突破|引进|改造")
_PUSHED_LIST = re.compile(r"^(?:推进|加快推进|加快|深化|统筹推进|协调推进)[^，,。；;\d]*等$")
_PUSHED_NOW = re.compile(r"(?:加强对[^，,。；;]*|加快|推进|(?<!谋划)推动|聚焦|做好|抓好)$")


def only_pushed(mention: Mention, around: Surroundings) -> str:
    """推进110个项目 describes; 滚动推进500个, 1000家以上, 新建50所 are targets."""
    left, lead = around.left.strip(" ，,、"), around.lead.strip(" ，,、")
    if _VAGUE.match(around.rest.strip()) and _PROJECT.search(around.rest):
        return "只说在推进，没有完成数"
    if _TARGET_WORDS.search(left[-12:] + mention.word + around.right[:30]) or mention.quantity.comparator == "ge":
        return ""
    if not around.right.strip(" ，,、。；;") or around.right.lstrip()[:1] in "，,、。；;（(":
        return ""  # 技改重点项目500个: the number is what is promised
    if around.role == "plan" and _PUSH.search(lead) and not _DONE.search(lead):
        return "推进的对象有多少，不是要达到的数"
    return "推进的对象有多少" if _PUSHED_NOW.search(left) or _PUSHED_LIST.search(lead) else ""
