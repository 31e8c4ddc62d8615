"""Clauses that go on about a subject named before: 同比增长3%, 增速高于全国1个百分点, 居全国第13位."""
from __future__ import annotations

import re

from tracker.analysis.phrases import EDGE, read_object, read_phrase, strip_openers
from tracker.analysis.quantities import Mention
from tracker.analysis.walk import REACH, Name, Place, Subject, Walk, has_number, segment_at

ABOVE = re.compile(r"(?P<own>.*?)(?:比(?P<than>(?:全[国省市县区]|世界|[^，,；;]{0,4}目标)[^，,；;]*?)(?P<side>高|低|快|多|少)出?|(?P<word>高于|低于|快于|好于|优于|高出)(?P<target>[^，,；;]*))$")

NEW_VERB = re.compile(r"^(?:新增|净增|引育|引进集聚|引进|新引进|新登记|累计)(?=..)")


def _deed(name: str, walk: Walk) -> str:
    """为2300家企业减免税费4.6亿元: the second number is about 减免税费."""
    for at in range(2, len(name) - 2):
        found = walk.vocabulary.kept_verb.match(name, at)
        if found and found.end() < len(name):
            return name[at:]
    return ""


_STAGE = re.compile(r"(?:已|均|全部|累计|年内)*(?P<stage>基本建成|新开工|开工|竣工|完工|投产|交付|建成|新建|续建|入住|分配)(?:了)?")
_STAGE_END = re.compile(r"(?:基本建成|新开工|开工|竣工|完工|投产|交付|建成|新建|续建)(?:建设)?$")
_STAGE_START = re.compile(r"^(?:新开工|开工建设|开工|竣工|完工|续建)(?=..)")
_STAGE_RATE = re.compile(r"(?:开工|竣工|完工|投产|交付|建成|入住|签约|落地|完成)率")
_RATE_END = re.compile(r"(?:(?:开工|竣工|完工|投产|交付|建成|入住|签约|落地|完成)率)+$")
_REACHES = re.compile(r"达|累计|共")


def carry(mention: Mention, own: str, extra: str, place: Place, walk: Walk) -> Name:
    """A clause without a subject of its own goes on about the one before."""
    if topic := clause_topic(place, walk, own):
        return Name(topic[0] + own + extra, topic[0] + (own if own in walk.vocabulary.generic else ""), topic[1], f"承前句“{topic[0]}”")
    last = walk.subjects[-1] if walk.subjects else None
    if last is None or (own and last.segment < 0 and not own.startswith(("占", "其余", "其他"))):
        return Name(own + extra, own, place.item, "指标在数前" if own else "没有找到指标")
    whole = mention.kind in ("points", "times") and last.measure in ("share", "completion")
    name = last.name if whole else last.base
    if own.startswith("总") or own == "累计" or (not own and not extra and mention.kind == "amount" and _REACHES.search(place.left)):
        name = NEW_VERB.sub("", name)  # 新增58家，达到286家
    if not own and (stage := _STAGE.fullmatch(place.left.strip(EDGE))):
        thing = _STAGE_START.sub("", _STAGE_END.sub("", last.base)) or last.base
        return Name(thing + stage["stage"], thing, last.start, f"承前“{thing}”，又一阶段")
    if not own and last.segment == place.segment and mention.kind == "amount" and (done := _deed(name, walk)):
        return Name(done + extra, done, place.segment, "数前的动词和宾语")
    if _STAGE_RATE.fullmatch(own):
        name = _STAGE_END.sub("", _RATE_END.sub("", name))      # 开工1541户，竣工862户，开工率74%
    elif own and not own.startswith(("占", "对", "拉动")):
        name = _without_same_head(name, own, last, walk)
    base = name + own if own and own in walk.vocabulary.generic else name
    why = f"“{own}”接前文“{last.base}”" if own else f"承前“{last.base}”"
    return Name(name + own + extra, base, last.start, why)


_VERBISH = re.compile(
    r"成为|再创|再获|喜获|日趋|逆势|逐年|稳中|由负转正|开始|首次|反映|大幅|不断|逐步|基本(?!建设|医疗|养老|公共)|扭转|大规模|扎实|积极|大力|高于|下降|增长|增加|上升|回升|回落|实现|完成|达到|突破|进入|入围|跻身|保持|持续|加快|不断|稳步|明显|显著|进一步|全面|建成|启动|开工|获|被|通过|成功|顺利|有序|得到|取得|提升|提高|增强|推进|运行"
    r"|深入|继续|仍|已|率先|蓬勃|快速|健康|呈现|总体|取得|平稳|奠基")
_SIGNED = re.compile(r"(?:签订|签署|达成)了?(?P<what>[^，,；;]{0,14}(?:协议|合同|订单))$")
_NOUN_ONLY = re.compile(
    r"(?:比重|占比|比例|率|位置|收入|支出|总量|产值|使用量|排放量|产量|消耗|能耗|用量|数量|规模|人数|面积|总额|余额|价格|指数|资金|技术、人才|投资|贷款"
    r"|出口|进口|外贸|服务业|工业|农业|建筑业|制造业|产业|消费|税收|利润|学生|研究生|招生)$"
)
_NO_TOPIC = re.compile(r"^(?:扣除|配合|严格|扩大|增加|提高|加强|加快|优化|调整|改善|继续|稳定|创|居|占|比|较|同比|其中|增|为|是|在|按|从|以|通过|围绕|坚持|根据|并|对|成为|经|与|把|将|各|这|年度|全年)|任务|目标|历史新高")


_TOPIC_ENDS = re.compile(r"^一批|(?:的|步伐|超额|(?<=产业)发展|工作|也)$")


def clause_topic(place: Place, walk: Walk, own: str = "") -> tuple[str, int] | None:
    """The subject of the clause before, when it has no number of its own, and where that clause begins."""
    found = _find_topic(place, walk, own)
    return (_TOPIC_ENDS.sub("", found[0]), found[1]) if found else None


def _find_topic(place: Place, walk: Walk, own: str) -> tuple[str, int] | None:
    """跨境电商进出口入围全国第一档，居第五名: the clause before has no number but the subject."""
    if not place.segment:
        return None
    start, end = segment_at(walk, place.segment - 1)
    if walk.subjects and walk.subjects[-1].segment >= start:
        return None
    if has_number(walk, start, end) or end - start > REACH:
        return None
    clause = walk.text[start:end].strip(EDGE)
    plain = strip_openers(clause, walk.vocabulary)
    if plain != clause and 3 <= len(plain) <= 22 and re.search(r"(?:工程|项目|行动|计划|改革|建设|改造|资金|基金|协议|大会|展会|活动)$", plain):
        return plain, start
    if plain != clause and not _VERBISH.search(plain) and not walk.subjects and 3 <= len(plain) <= 20 and not _NO_TOPIC.search(plain):
        return plain, start
    if signed := _SIGNED.search(clause):
        return signed["what"], start
    if own.startswith("涉及") and plain != clause and 3 <= len(plain) <= 22:
        return plain, start
    found = _VERBISH.search(plain)
    if not found and 2 <= len(plain) <= 30 and _NOUN_ONLY.search(plain) and not _NO_TOPIC.search(plain):
        return plain, start
    if not found or not 3 <= found.start() <= 16 or _NO_TOPIC.search(plain[: found.start()]):
        return None
    return plain[: found.start()], start


def _without_same_head(name: str, own: str, last: Subject, walk: Walk) -> str:
    if last.owner and own in walk.vocabulary.owner_heads:
        return last.owner
    if own in ("产量", "总产量", "总产", "产值", "单产"):      # 烟叶种植面积达到12万亩、产量30万担
        return re.sub(r"(?:种植|播种)?面积$|播面$", "", name)
    for head in ("数量", "总投资", "规模", "总额", "面积", "投资"):
        if name.endswith(head) and own.endswith(head):
            return name[: -len(head)]
    return name


def name_lead(found: re.Match[str], target: str, place: Place, walk: Walk) -> Name:
    """增速高于全国1.1个百分点."""
    own = found["own"].replace("分别", "").strip(EDGE)
    word = found["word"] or found["side"] + "于"
    if own and own not in walk.vocabulary.generic:
        return Name(own + word + target, own, place.item, "比别处高低多少")
    if not walk.subjects:
        return Name(own + word + target, own, place.item, "比别处高低多少")
    last = walk.subjects[-1]
    name = re.sub(r"(?:高于|低于|快于|好于|优于).*$", "", last.name)
    if last.measure == "growth" or own == "增速":
        name = re.sub(r"(?:增长|增速)$", "", name) + "增速"
        own = ""
    return Name(name + own + word + target, last.base, last.start, f"承前“{last.base}”，比别处高低多少")


RANK_VERB = re.compile(
    r"(?:均|都|连续[\d一二三四五六七八九十]+年|继续|首次|已经?|再次|分别|总体|综合)*(?:位居|位列|名列|居|(?<![班系单])列|排位|排在|排名?第?|跃居|跃升[至到]?|升[至到]|上升[至到]|提升[至到]|进位[至到]|前移[至到]|稳居|保持|蝉联|荣获"
    r"|获得?|获评|跻身|进入|跨入|迈入|入围|位于|荣登|领跑|摘得|夺得|成为)(?:了|到|至|在)?"
)
_GREAT = re.compile(r"(?:大国|强国|大省|强省|大市|强市)$")
_RANK_SCOPE = re.compile(r"全国|全省|全球|世界|亚洲|国内|省内|全市|华东|北方|南方|计划单列市|副省级|省会|长三角|珠三角|中西部|西部|中部|东部|沿海|同类|GaWC|\d+个")
_TABLE = re.compile(r"榜|排行|评价|测评|排名|百强|十强|指数|竞争力|强市|强县|考核|城市(?!$)|满意度|示范|创新型")


def name_rank(mention: Mention, place: Place, walk: Walk) -> Name:
    """货物进出口总额居副省级城市第5位; 跃居全国先进制造业百强城市第7位."""
    left = place.left.strip(EDGE)
    verbs = list(RANK_VERB.finditer(left))
    scope_at = _RANK_SCOPE.search(left)
    if verbs:
        subject, scope = left[: verbs[-1].start()], left[verbs[-1].end():]
    elif scope_at:
        subject, scope = left[: scope_at.start()], left[scope_at.start():]
    else:
        subject, scope = left, ""
    if not scope and _RANK_SCOPE.fullmatch(subject.strip(EDGE)):
        subject, scope = "", subject      # 全省排名第3
    own = re.sub(r"中$", "", read_phrase(subject, walk.vocabulary).name)
    scope = scope.strip(EDGE + "“的")
    if not own and (walk.text[mention.unit_end - 1] == "大" or left.startswith("成为")):
        own = _GREAT.sub("", read_object(place.right))  # 全球第6大加油港, 成为全球第一货物贸易大国
    ending = ("居" + scope + "位次") if scope else "位次"
    if verbs and own and verbs[-1].group().startswith("排名"):
        ending = "排名"
    if own and own not in walk.vocabulary.generic and not (scope_at and not verbs and not own):
        return Name(own + ending, own, place.item, "名次，指标在前")
    if (topic := clause_topic(place, walk)) and not _TABLE.search(scope):
        return Name(topic[0] + own + ending, topic[0], topic[1], f"名次，承前句“{topic[0]}”")
    if not walk.subjects or (_TABLE.search(scope) and len(scope) >= 6):
        return Name(re.sub(r"位次$|排名$", "", scope) + "位次", scope, place.item, "名次，指标是榜单")
    last = walk.subjects[-1]
    return Name(last.base + own + ending, last.base, last.start, f"名次，承前“{last.base}”")


def rank_ending(left: str) -> str:
    verbs = list(RANK_VERB.finditer(left))
    scope = left[verbs[-1].end():].strip(EDGE) if verbs else ""
    lead = "增速" if "增速" in left else "数量" if "数量" in left else ""
    return lead + ("居" + scope if scope else "") + "位次"


