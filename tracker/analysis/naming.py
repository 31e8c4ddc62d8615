"""Numbers that only name or describe: 13条产业链, 总投资3600多亿元的110个项目, 由41%增至70%的41%."""
from __future__ import annotations

import re
from typing import Literal

from tracker.analysis.counting import describes_what_follows, only_pushed
from tracker.analysis.quantities import Mention
from tracker.analysis.records import record
from tracker.analysis.vocabulary import alternation, read_words

Role = Literal["plan", "report"]


@record
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


_EXCLUDED = re.compile(r"[（(]不(?:含|包括|计)[^）)]*$")
_PLANNED_ASIDE = re.compile(r"(?:任务|目标|计划|预算|指标)[（(]$")      # 占年度任务（1026台）55.75%
_CONVERSION = re.compile(r"每(?:增长|提高|增加|下降)\s*$|相当于(?!(?:19|20)\d\d年|去年|上年)|\d年前\s*$")
_AIM = re.compile(r"(?:目标|基准|计划|任务|”)")
_SET_BY = re.compile(r"(?:提出|确定|下达|规定)的\s*$")
_TASK = re.compile(r"(?:左右|以上)?的[^，,。；;]{0,4}(?:目标|任务|指标)")
_FULFILLED = re.compile(r"完成(?:了)?(?:约|近|超过?)?$")
_SUPPOSED = re.compile(r"(?:左右)?的(?:增速|速度|增长)(?:就|可以|能|将|意味)")
_LEVEL_OF = re.compile(r"的(?:平均)?(?:水平|速度|增速|增幅)")
_ABOVE = re.compile(r"(?:高于|低于|快于|慢于|相当于)[^，,；;]*$")
_OWNERS_SHARE = re.compile(r"\s*的(?:企业|项目|地区|单位|股权|股份)")


def naming_reason(mention: Mention, around: Surroundings) -> str:
    """Why the number is none of its own, in Chinese; empty when it is a figure."""
    if mention.baseline:
        return "“由…到…”的起点"
    if mention.kind == "amount":
        return _describing_amount(mention, around)
    if _EXCLUDED.search(around.lead):
        return "括号里说不算的"
    if _CONVERSION.search(around.lead):
        return "换算，不是目标或结果"
    if mention.kind == "rank":
        return _idle_rank(mention, around)
    if mention.kind == "times" and (around.quoted or _AIM.match(around.right)):
        return "引号里的名称、目标的名称"
    if mention.kind == "percent" and around.quoted and not _PLEDGED.search(around.lead):
        return "引号里的口号"
    if mention.kind == "percent" and _SUPPOSED.match(around.right):
        return "假设的速度"
    if mention.kind == "percent" and _LEVEL_OF.match(around.right) and _ABOVE.search(around.lead):
        return "比较的基数"
    fulfilled = not around.lead.strip() or _FULFILLED.search(around.left)
    if mention.kind == "percent" and (_SET_BY.search(around.left) or (_TASK.match(around.right) and fulfilled)):
        return "说的是目标定多少，不是完成多少"
    limited = mention.kind == "percent" and mention.quantity.comparator in ("ge", "le")
    return "后面带“的”，修饰别的词" if limited and _OWNERS_SHARE.match(around.right) else ""


# amounts ---------------------------------------------------------------------------------------------------------

_DESCRIBING_UNITS = frozenset(read_words("describing_units"))
_DESCRIBING_NOUN = re.compile(
    rf"(?:重点|主要|大|优势|重要|关键|个)?(?:{alternation(read_words('describing_nouns'))})"
    r"(?!技术|企业|人才|服务|领军|龙头|协会|骨干|标准|商会|百强|第一)"
)
_VALUED = re.compile(
    r"(?:达到?|为|至|到|寿命|期|突破|超过|提高|上升|下降|优良天数?|天数|时间|压缩|缩短|平均|保持|增加|减少|降至|以内|耗时|缩减)"
    r"(?:了|到|至)?\s*$"
)
_POLICY = re.compile(
    r"(?:最高|一次性)(?:可?给予|可?达|可?享受|不超过|奖励|补助|补贴|资助|支持|可?获得?)?\s*$"
    r"|每[人户个家项亩吨台辆][^，,；;]{0,8}(?:给予|奖励|补助|补贴|资助)\s*$"
)
_STANDARD = re.compile(r"标准|提高到|增加到")
_PLOT = re.compile(r"(?:占地|占地面积|规划面积|时速|直径|口径|跨径|主跨|设计时速)(?:达|约|近|为)?\s*$")
_GRADE = re.compile(r"级(?!别)|户级|元[户企镇村园县]|亩方|周年|人计划|年一遇|[一-龥]{0,3}(?:常务会议|全会)")
_PLEDGED = re.compile(r"[“\"][^，,”]{0,4}(?:打造|建设|建成|新增|完成|培育|引进|实现|改造|新建|达到)[^”]*$")
_BACKGROUND = re.compile(r"(?:我国|全国|中国|我们)(?:现|共)?有")
_DEEDS = re.compile(r"[^，,。；;]{0,4}实事")
_PROGRAMME = re.compile(r"[一-龥]{2,10}(?:工程|规划|行动|计划)(?:$|[，,、。；;”])")
_DISCUSSED = re.compile(r"[^，,。；;、]{0,8}(?:工作|任务|事项|议题)(?:作|作出|进行)了?(?:研究|安排|部署|强调)")
_RULES = re.compile(r"(?:[^，,。；;、]{0,6})?(?:意见|规定|措施|举措|办法|政策|禁令|铁律|要求|纪律)")
_OBEYED = re.compile(r"(?:执行|落实|贯彻|遵守|践行|按照|恪守)[^，,；;]*$")
_COUNTDOWN = re.compile(r"(?:距离?|离)[^，,；;]{1,16}$")


def _describing_amount(mention: Mention, around: Surroundings) -> str:
    unit = mention.quantity.unit
    if _EXCLUDED.search(around.lead):
        return "括号里说不算的"
    if _CONVERSION.search(around.lead):
        return "换算，不是目标或结果"
    if around.right.startswith((")", "）")) and _PLANNED_ASIDE.search(around.lead):
        return "括号里说的是计划数"
    if around.quoted and not unit.startswith("连") and not _PLEDGED.search(around.lead):
        return "引号里的名称"
    if is_per(around.right) and around.following and around.following.quantity.comparator == "ge":
        return ""  # 7个区市生产总值超过千亿元
    if _BACKGROUND.search(around.lead) and unit.endswith(("人口", "亿")):
        return "国情背景"
    if _DISCUSSED.match(around.right):
        return "会上部署的工作有几项"
    if unit == "条" and _RULES.match(around.right) and _OBEYED.search(around.lead):
        return "执行的规定有几条"
    if unit == "方面" and not _DEEDS.match(around.right):
        return "“几个方面”不是数量"
    if _DESCRIBING_NOUN.match(around.right):
        return "后面的词只说范围（产业链、领域、部门）"
    if _POLICY.search(around.lead) and not _STANDARD.search(around.lead):
        return "政策的标准，不是目标或结果"
    if _PLOT.search(around.left):
        return "说明项目的规模"
    return _describing_measure(mention, around)


def _describing_measure(mention: Mention, around: Surroundings) -> str:
    unit = mention.quantity.unit
    if unit == "岁" and mention.end > mention.unit_end:
        return "年龄的界限"
    if mention.numeral and _PROGRAMME.match(around.right):
        return "工程、行动的名称"
    if unit in _DESCRIBING_UNITS and not _VALUED.search(around.left):
        return f"“{unit}”在这里是名称或描述"
    if unit == "天" and _COUNTDOWN.search(around.lead):
        return "离某个日子还有几天"
    if _GRADE.match(around.right):
        return "等级的名称"
    if _is_threshold(mention, around):
        return "后面带中心词，说明的是它的规模"
    if not _COUNTER.match(unit):
        return ""
    return describes_what_follows(mention, around) or only_pushed(mention, around)


_COUNTER = re.compile(r"[百千万]*(?:个|家|项|条|名|人|户|所|座|处|批|类|区市|区|县|市|级|种|位|部门|单位|届|期|件|张)$")

_OF = re.compile(r"(?:人民币)?\s*的(?=[^，,。；;、\s])(?!好成绩|历史新高|目标|任务|年度|全年|指标|计划|要求|高速|速度|增长|增速|水平|成绩|新高|大关|台阶|新台阶|年均)")
_FUND = re.compile(r"的?[^，,。；;、]{0,24}?(?:基金|资金|债券|贷款|平台|奖励|补贴|授信|订单|合同|赔款|补助)")
_GIVING = re.compile(
    r"(?:设立|发起|发放|发行|签订|安排|下达|拨付|争取|投入|筹集|给予|组建|落实|提供|募集|总规模|为)"
    r"\s*(?:了|总规模|规模|近|超|超过)*$"
)
_KIND = re.compile(r"(?:企业|产业|集群|项目|园区|品牌|大道|工程|社区|大市|强县|强镇|级)")
_LIMITING = frozenset(("过", "超", "超过", "以上", "上", "突破", "及以上", "以下", "越过"))
_VALUE_BEFORE = re.compile(r"(?:达到?|为|额|入|值|量)\s*$")
_SIZE = re.compile(r"[十百千万亿]*(?:千瓦|千瓦时|兆瓦|MW|GW|吨|公里|千伏|立方米|平方米|英寸|米|升|标箱|亩|吨标准煤)")
_NAMED = re.compile(
    r"(?=[一-龥A-Za-z“])[^，,。；;、]{0,20}?(?:项目|工程|机组|电站|基地|装置|船|轮|线|路|桥|园|码头|水库|厂|矿|站|港|池|炉|泊位|铁路|公路|高速|楼|车|系统|系列|中心|生产线|平台)"
)
_BUILT = re.compile(r"(?:完成|新建|建成|改造|实施|修建|整治|治理|疏浚)(?:了)?\s*$")
_FINISHED = re.compile(r"[^，,。；;、]{2,6}(?:全部|均)?完成")      # 600兆瓦机组完成改造
_OUTPUT = re.compile(r"[十百千万亿]*(?:吨|头|只|台|辆|套|件|千瓦|千升|平方米|立方米|片|米|羽|尾|吨级|锭|桶|公里)")
_ETC_PROJECTS = re.compile(r"等[^，,。；;]{0,14}(?:项目|工程|基地)|(?:项目|工程|生产线|机组)$")
_COMPARED_TO = re.compile(r"比[^，,；;]{1,14}(?:的|年|期)\s*$")
_CHANGED = re.compile(r"\s*(?:增|减|提高|下降|上升|翻|多|少|高|低|净)")
_PEOPLE = re.compile(r"(?:多|余)?(?:农村|城镇|城乡|贫困|困难)?(?:群众|人口|劳动力|居民|用户|游客|学生|老年人|农民|职工|农牧民(?!培训|劳务)|党员)")
_HAN = re.compile(r"[一-龥]")


_SOLVED = re.compile(r"(?:解决|保障|满足|缓解|改善)了?$")
# 成立29人的专家团队和380人的服务队
_FORMED = re.compile(r"(?:成立|组建|建立|建成|打造|配备|选派|选聘)[^，,；;]*$")
_TEAM = re.compile(r"的[^，,。；;、]{2,14}?(?:队|团队|队伍|专家库|人才库|工作组|工作专班)")
_ENSURED = re.compile(r"(?:保证|确保|实现|完成|达到|力争)了?$")
_EARNED = re.compile(r"的[^，,。；;、]{0,4}(?:收入|利润|产值|投资|销售额|产量|税收|营收|交易额)(?=[，,。；;、]|$)")
_NEED = re.compile(r"的?[^，,。；;、]{0,12}(?:问题|需求|困难|饮水(?:安全)?|用水|用电|出行|就业|住房|就学|就医|条件)(?=[，,。；;、]|$)")


def _is_threshold(mention: Mention, around: Surroundings) -> bool:
    """总投资3600多亿元的110个项目; 资产过千亿元的企业; 到账过亿美元大项目; but not 设立20亿元的基金."""
    quantity, right = mention.quantity, around.right
    if (_SOLVED.search(around.left) and _NEED.match(right)) or (_ENSURED.search(around.left) and _EARNED.match(right)):
        return False  # 解决3万人的饮水问题, 保证210亿元的销售收入
    if quantity.unit in ("人", "名") and _TEAM.match(right) and _FORMED.search(around.lead):
        return False
    if not quantity.unit.lstrip("十百千万亿") and mention.numeral and _HAN.match(right) and not _PEOPLE.match(right):
        return True  # 千亿品牌, 百亿企业
    if _OF.match(right) or (right.strip() == "的" and around.following):
        given = _GIVING.search(around.left) or _FUND.match(right)
        return not (quantity.comparator != "ge" and not around.following and given)
    if _SIZE.fullmatch(quantity.unit) and _NAMED.match(right):
        return not (_BUILT.search(around.left) or _FINISHED.match(right))  # 115万千瓦海上光伏项目
    if _OUTPUT.fullmatch(quantity.unit) and _HAN.match(right) and _ETC_PROJECTS.search(around.rest):
        return True  # 包钢550万吨稀土钢等项目
    if _COMPARED_TO.search(around.left) and _CHANGED.match(around.rest):
        return True  # 比1997年的202亿元增加139亿元
    if mention.word in ("以上", "以下", "及以上") and around.following and _HAN.match(right) and not _COUNTER.match(quantity.unit):
        return True  # 6000千瓦以上电力装机容量达到2855万千瓦
    if mention.word not in _LIMITING or not quantity.unit.endswith(("元", "亿", "万", "亩", "吨", "户", "人", "煤")):
        return False
    if right[:1] in "，,。；;、）)” " or not _KIND.search(right[:14]):
        return False
    return bool(around.following) or not _VALUE_BEFORE.search(around.left)


_PER = re.compile(
    r"^[^，,。；;、]{0,16}(?:生产总值|产值|收入|资产|规模|税收|营收|利润|GDP|投资额?|市值|估值)(?:均|都)?(?:超过?|突破|过|达到?)?\s*$"
)


_ASIDE = re.compile(r"[（(][^（()）]*[)）]")


def is_per(between: str) -> bool:
    """Do the words between a count and a threshold speak of each one: 区市生产总值超过?"""
    return bool(_PER.search(_ASIDE.sub("", between)))


# ranks -----------------------------------------------------------------------------------------------------------

_COMPARING = re.compile(
    r"全国|全省|全球|世界|国内|省内|全市|同类|亚洲|城市|单列市|副省级|省会|地级|各省|榜|排|列|居|位|名|升|保持|蝉联|跻身|进入|入围|获|评|考核"
    r"|综合|连续|成为|第一档|省份|地区"
)
_ORDINAL = re.compile(r"[一-龥]{1,8}(?:战略|位置|责任|任务|目标|标准|海底|隧道|中学|医院|通信|大街|方队|步|站|课)")
_PLACED = re.compile(r"(?:摆在|放在|置于|作为|摆到|放到)$")
_RANK_END = re.compile(
    r"[，,。；;、：:）)”\"\s]|的|和|与|及|以上|左右|$|[一-龥]{0,6}(?:大国|产业|大|经济体|港|强)|行列|方阵|位次|梯队|\d"
)


def _idle_rank(mention: Mention, around: Surroundings) -> str:
    if around.quoted:
        return "引号里的名称"
    if _ORDINAL.match(around.right) or _PLACED.search(around.left):
        return "“首位”“第一”在这里不是名次"
    if not _COMPARING.search(around.lead[-40:]):
        return "没有说在哪里排名"
    plain = mention.quantity.unit == "位" and mention.end == mention.unit_end
    return "序数，不是名次" if plain and not _RANK_END.match(around.right) else ""
