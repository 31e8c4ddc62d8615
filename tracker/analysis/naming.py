"""Numbers that only name or describe: 13条产业链, 总投资3600多亿元的110个项目, 由41%增至70%的41%."""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tracker.analysis.quantities import Mention
from tracker.analysis.vocabulary import alternation, read_words

Role = Literal["plan", "report"]

_DESCRIBING_NOUN = re.compile(
    rf"(?:重点|主要|大|优势|重要|关键|个)?(?:{alternation(read_words('describing_nouns'))})(?!技术|企业|人才|服务|领军|龙头|协会|骨干|标准|商会|百强|第一)")
_POLICY = re.compile(
    r"(?:最高|一次性)(?:可?给予|可?达|可?享受|不超过|奖励|补助|补贴|资助|支持|可?获得?)?\s*$|每[人户个家项亩吨台辆][^，,；;]{0,8}(?:给予|奖励|补助|补贴|资助)\s*$")
_PLOT = re.compile(r"(?:占地|占地面积|规划面积|时速|直径|口径|跨径|主跨|设计时速)(?:达|约|近|为)?\s*$")
_DESCRIBING_UNITS = frozenset(read_words("describing_units"))
_OF = re.compile(r"(?:人民币)?\s*的(?=[^，,。；;、\s])(?!好成绩|历史新高|目标|任务|高速|速度|增长|增速|水平|成绩|新高|大关|年均)")
_FUND = re.compile(r"的?[^，,。；;、]{0,24}?(?:基金|资金|债券|贷款|平台|奖励|补贴|授信|订单|合同|赔款|补助)")
_GIVING = re.compile(
    r"(?:设立|发起|发放|发行|签订|安排|下达|拨付|争取|投入|筹集|给予|组建|落实|提供|募集|总规模|为)\s*(?:了|总规模|规模|近|超|超过)*$"
)
_GRADE = re.compile(r"级(?!别)|户级|元[户企镇村园县]|亩方|周年|人计划|年一遇|[一-龥]{0,3}(?:常务会议|全会)")
_KIND = re.compile(r"(?:企业|产业|集群|项目|园区|品牌|大道|工程|社区|大市|强县|强镇|级)")
_PUSH = re.compile(
    r"^(?:要|继续|进一步|积极|全力|大力|扎实|深入|重点|着力|全面|集中|稳步|高质量|切实|持续|加力|协调|统筹|快速)*(?:加快|推进|抓好|围绕|聚焦|落实|支持|依托|加强|对|梳理|统筹|紧盯|瞄准|依靠|发挥|盯紧|突出|编制|结合|按照|根据|针对|利用|用好|做强|做优|深化|强化|推动|促进"
    r"|优化|提升|扩大|完善|放大|巩固|保障|服务|力促|确保|跟踪|调度|用足|贯彻)[^，,。；;\d]{0,40}$"
)
_TARGET_WORDS = re.compile(r"滚动(?:推进|实施)|新(?:建|增|培育|开工|引进|认定|改扩建|改建)|改扩建|续建")
_VAGUE = re.compile(
    r"^[^，,。；;]{0,26}?(?:加快(?:推进|建设|实施|落地)|有序(?:推进|实施|开展)|进展顺利|正在|稳步推进|扎实推进|快速推进|加速推进|顺利推进|深入推进|建设(?:稳步|加快|有序)推进|加快[一-龥]{0,4}|提速|正在[一-龥]*|初见成效|成效(?:明显|显著)|作用(?:充分|有效|明显)?发挥|推进顺利)$"
)
_PROJECT = re.compile(r"项目|工程|线路|事项|任务|企业|整改")
_METRIC = re.compile(r"(?:新增|新注册|新引进|新建|引进|办理|发放|销售|接待|处置|查处|培训|完成|实现|投资|达到|达|资金|收入|总额|利润|产值|金额|占|率|整改到位|中$|增|同比|平均|均)")
_RANGE_NOUN = re.compile(r"^(?:重点|主要|贫困)?(?:[县市](?!级|属|场|政|区|办|内|域|长|委)|乡镇|村(?!级|庄)|行业|领域|部门|方面|大类|区市|问题|反馈|市直|类|年级|批次|县市|镇街|街道|成员单位|省市)")
_ACTION = re.compile(r"(?:为|对|向|给|帮助|组织|派驻|派出|派|助力|支持|推动|引导|动员|指导|服务)[^，,。；;、]{0,12}$")
_MAKING = re.compile(r"^[^，,。；;、]{1,16}(?:成立|发放|兑现|融资|进驻|参与|实施|提供|落实|组建|签约)[^，,。；;、]{0,14}$")
_OPENING = re.compile(
    r"^(?:全市|全省|全县|全区|我市|我省|今年|上半年|下半年|前三季度|一季度|目前|截至目前|年内|市属|省属|首批|市级|省级|国家级|其中|重点|全年|去年|[^，,]{0,6}月份?|已|将|\d{4}年|[一-龥]{1,5}[区县市社])?$"
)
_LISTED = re.compile(r"(?:[、和及与]|以及)\s*$")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a number inside its segment."""

    left: str                          # from the number before
    lead: str                          # from the segment's start
    opening: str                       # from the segment's start to its first number
    right: str                         # to the segment's end or the next number
    rest: str                          # to the segment's end
    following: Mention | None          # the next number of the segment
    role: Role
    quoted: bool                       # stands inside “…” or 《…》
    opens: bool                        # first number of its segment


def naming_reason(mention: Mention, around: Surroundings) -> str:
    """Why the number is none of its own, in Chinese; empty when it is a figure."""
    unit = mention.quantity.unit
    if mention.baseline:
        return "“由…到…”的起点"
    if mention.kind == "amount":
        if is_per(around.right) and around.following and around.following.quantity.comparator == "ge":
            return ""
        if around.quoted and not unit.startswith("连") and not _PLEDGED.search(around.left):
            return "引号里的名称"
        if unit.lstrip("十百千万亿") in _DESCRIBING_UNITS and not _VALUED.search(around.left):
            return f"“{unit}”在这里是名称或描述"
        if unit == "方面" and not re.match(r"[^，,。；;]{0,4}实事", around.right):
            return "“几个方面”不是数量"
        if _DESCRIBING_NOUN.match(around.right):
            return "后面的词只说范围（产业链、领域、部门）"
        if _POLICY.search(around.lead) and not re.search(r"标准|提高到|增加到", around.lead):
            return "政策的标准，不是目标或结果"
        if _PLOT.search(around.left):
            return "说明项目的规模"
        if _GRADE.match(around.right):
            return "等级的名称"
        if _is_threshold(mention, around):
            return "后面带中心词，说明的是它的规模"
        return _describes(mention, around)
    if re.search(r"[（(]不(?:含|包括|计)[^）)]*$", around.lead):
        return "括号里说不算的"
    if around.quoted and mention.kind == "times":
        return "引号里的名称"
    if _PER_POINT.search(around.lead):
        return "换算，不是目标或结果"
    if mention.kind == "rank":
        return _idle_rank(mention, around)
    if mention.kind == "percent" and mention.quantity.comparator in ("ge", "le") and _OF.match(around.right):
        if re.match(r"\s*的(?:企业|项目|地区|单位|股权|股份)", around.right):
            return "后面带“的”，修饰别的词"
    return ""


_SIZE = re.compile(r"[十百千万亿]*(?:千瓦|千瓦时|兆瓦|MW|GW|吨|公里|千伏|立方米|平方米|英寸|米|升|标箱|亩|吨标准煤)")
_BUILT = re.compile(r"(?:完成|新建|建成|改造|实施|修建|整治|治理|疏浚)(?:了)?\s*$")
_OUTPUT = re.compile(r"[十百千万亿]*(?:吨|头|只|台|辆|套|件|千瓦|千升|平方米|立方米|片|米|羽|尾|吨级|锭|桶|公里)")
_ETC_PROJECTS = re.compile(r"等[^，,。；;]{0,14}(?:项目|工程|基地)|(?:项目|工程|生产线|机组)$")
_NAMED = re.compile(r"(?=[一-龥A-Za-z“])[^，,。；;、]{0,20}?(?:项目|工程|机组|电站|基地|装置|船|轮|线|路|桥|园|码头|水库|楼|车|系统|系列|中心|生产线|平台)")


_PLEDGED = re.compile(r"[“\"][^，,”]{0,4}(?:打造|建设|建成|新增|完成|培育|引进|实现|改造|新建|达到)[^”]{0,12}$")
_VALUED = re.compile(r"(?:达到?|为|至|到|寿命|期|突破|超过|提高|上升|下降|优良天数?|天数|时间|压缩|缩短|平均|保持|增加|减少|降至|以内|耗时|缩减)(?:了|到|至)?\s*$")


def _is_threshold(mention: Mention, around: Surroundings) -> bool:
    """总投资3600多亿元的110个项目; 资产过千亿元的企业; 到账过亿美元大项目; but not 设立20亿元的基金."""
    comparator = mention.quantity.comparator
    money = mention.quantity.unit.endswith(("元", "亿", "万")) or mention.quantity.unit[-1:] in "亩吨户人"
    if not mention.quantity.unit.lstrip("十百千万亿") and mention.numeral and re.match(r"[一-龥]", around.right):
        return True  # 千亿品牌, 百亿企业
    if _OF.match(around.right) or (around.right.strip() == "的" and around.following):
        return not (comparator != "ge" and not around.following and (_GIVING.search(around.left) or _FUND.match(around.right)))
    if _SIZE.fullmatch(mention.quantity.unit) and _NAMED.match(around.right):
        return not _BUILT.search(around.left)  # 115万千瓦海上光伏项目
    if _OUTPUT.fullmatch(mention.quantity.unit) and re.match(r"[一-龥]", around.right) and _ETC_PROJECTS.search(around.rest):
        return True  # 包钢550万吨稀土钢等项目
    return bool(comparator in ("ge", "le") and money and mention.word in ("过", "超", "超过", "以上", "上", "突破", "及以上", "以下")
                and around.right[:1] not in "，,。；;、）)” " and _KIND.search(around.right[:14])
                and not re.search(r"(?:达到?|为|额|入|值|量)\s*$", around.left))


_PER_POINT = re.compile(r"每(?:增长|提高|增加|下降)\s*$|相当于|\d年前\s*$")
_COMPARING = re.compile(r"全国|全省|全球|世界|国内|省内|全市|同类|亚洲|城市|单列市|副省级|省会|地级|各省|榜|排|列|居|位|名|升|保持|蝉联|跻身|进入|入围|获|评|考核|综合|连续|成为|第一档|省份|地区")


def _idle_rank(mention: Mention, around: Surroundings) -> str:
    if around.quoted:
        return "引号里的名称"
    if re.match(r"[一-龥]{1,8}(?:战略|位置|责任|任务|目标|标准|海底|隧道|中学|医院|通信|大街|方队|步|站|课)", around.right) \
            or re.search(r"(?:摆在|放在|置于|作为|摆到|放到)$", around.left):
        return "“首位”“第一”在这里不是名次"
    if not _COMPARING.search(around.lead[-40:]):
        return "没有说在哪里排名"
    if mention.quantity.unit == "位" and around.right[:1] and not _RANK_END.match(around.right) and mention.end == mention.unit_end:
        return "序数，不是名次"
    return ""


_RANK_END = re.compile(r"[，,。；;、：:）)”\"\s]|的|和|与|及|以上|左右|$|[一-龥]{0,6}(?:大国|产业|大|经济体|港|强)|行列|方阵|位次|梯队|\d")


_GROUNDS = re.compile(r"(?:^|的|供销社|系统)(?:要|积极|坚持)?(?:结合|针对|根据|按照|围绕|对标|对照|依托|聚焦|紧扣|紧盯)(?![^，,。；;]*(?:确定|制定|开展|实施|推出|形成|建成|联办|组织|举办|出台|提出|梳理|明确|建立|完成|打造))[^，,。；;]{0,30}$")
_OF_THEM = re.compile(r"(?:已|共|全部|目前|累计)*(?:完成|实施|整改|整改到位|开工|落地|办结|竣工|投产|销号|启动|解决|建成|签约|通过|交付|投用)(?:了)?$")
_AWARDED = re.compile(r"(?:入选|入围|列入|跻身|获评|荣获|纳入)(?:为|了)?(?:全国|全省|国家|省|首批|中国)*$")
_MADE = re.compile(r"签约|引进|开工|建成|落地|完成|竣工|投产|签订|招引|获批|新增")
_PER = re.compile(r"^[^，,。；;、]{0,16}(?:生产总值|产值|收入|资产|规模|税收|营收|利润|GDP|投资额?|市值|估值)(?:均|都)?(?:超过?|突破|过|达到?)?\s*$")


def is_per(between: str) -> bool:
    """Do the words between a count and a threshold speak of each one: 区市生产总值超过?"""
    return bool(_PER.search(between))


def _describes(mention: Mention, around: Surroundings) -> str:
    if not _COUNTER.match(mention.quantity.unit):
        return ""
    left, right = around.left.strip(" ，,、"), around.right
    following = around.following
    if _GROUNDS.search(around.lead) or re.search(r"中\s*$", right) and len(right) < 14:
        return "依据或范围，不是做了多少"
    if left == "的" and not _MADE.search(around.lead):
        return "被规模限定的对象，没有说做成多少"
    if _AWARDED.search(left):
        return "入选的名单，不是做了多少"
    if "之一" in right[-4:]:
        return "成为几个之一"
    if following and right.strip() and not _LISTED.search(right):
        if _RANGE_NOUN.match(right) and following.kind == "amount" and not _MAKING.match(right):
            return "说明后面数字的范围"
        if following.quantity.unit == mention.quantity.unit and _OF_THEM.search(right):
            return "后面说其中完成了多少"
        acts = _ACTION.search(left) or _MAKING.match(right) and not re.search(r"投资|开工|率", right)
        if not acts and (_OPENING.match(left) or (_LISTED.search(around.left) and _OPENING.match(around.opening.strip(" ，,、")))) and (_METRIC.search(right) or following.kind != "amount"):
            return "说明后面指标的范围"
        if right.strip().startswith("的") or right.rstrip().endswith("的") or (following.kind == "amount" and re.fullmatch(r".{0,6}(?:所属|的)", right.strip())):
            return "说明后面数字的范围"
    if mention.quantity.unit.endswith("批") and following:
        return "批次"
    if _VAGUE.match(right.strip()) and _PROJECT.search(right):
        return "只说在推进，没有完成数"
    return _pushed(mention, around, left)


def _pushed(mention: Mention, around: Surroundings, left: str) -> str:
    """推进110个项目 describes; 滚动推进500个, 1000家以上, 新建50所 are targets."""
    if _TARGET_WORDS.search(left[-12:] + mention.word + around.right[:30]) or mention.quantity.comparator == "ge":
        return ""
    if around.role == "plan" and (found := _PUSH.search(around.lead.strip(" ，,、"))) and not _DONE.search(left[found.start():]):
        return "推进的对象有多少，不是要达到的数"
    if re.search(r"(?:加快|推进|(?<!谋划)推动|聚焦|做好|抓好)$", left):
        return "推进的对象有多少"
    return ""


_DONE = re.compile(r"完成|建成|实施|开工|新增|培育|打造|达到|突破|引进|改造")
_COUNTER = re.compile(r"[百千万]*(?:个|家|项|条|名|人|户|所|座|处|批|类|区市|区|县|市|级|种|位|部门|单位|届|期|件)$")
