"""The indicator of one number: in the words before it, after it, or carried over from before."""
from __future__ import annotations

import re
from bisect import bisect_left

from tracker.analysis.carrying import ABOVE, carry, name_lead, name_rank
from tracker.analysis.phrases import (
    EDGE,
    Phrase,
    object_length,
    read_object,
    read_phrase,
    shorten,
    split_at_verb,
    strip_openers,
)
from tracker.analysis.quantities import Mention
from tracker.analysis.walk import JOINT, REACH, Name, Place, Walk, has_number, segment_at

_BASE_START = re.compile(r"占|对[^，]{0,12}贡献|对[^，]{0,10}拉动|拉动|高于|低于|快于|好于|优于")
_PASSIVE = re.compile(r"^(?:已(?:经|全部|完成|实现|入选|获|列入|纳入|通过|开工|竣工|落地|启动|投产|按|建成|整改|成|有|办)|均|全部|正式|完成|入选|获|列入|纳入|通过|实现|开工|竣工|落地|启动|投产|正在|按|受益|到位|以上(?=实行|实现))")
_PERSONS = ("人", "名", "户", "人次")
_MONEY_END = ("元", "亩", "吨", "公里", "平方米", "千瓦", "立方米", "米")


def name_number(mention: Mention, place: Place, walk: Walk) -> Name:
    """From the words after the number (新增3家X), before it (X达到3亿元), or carried over (同比增长3%)."""
    if mention.kind == "rank":
        return name_rank(mention, place, walk)
    phrase = read_phrase(place.left, walk.vocabulary)
    if mention.kind == "points" and (found := ABOVE.match(phrase.name)):
        return name_lead(found, found["than"] or found["target"], place, walk)
    if named := _name_after(mention, place, walk, phrase.name, phrase.predicate):
        return named
    return _name_before(mention, phrase, place, walk)


def _name_before(mention: Mention, phrase: Phrase, place: Place, walk: Walk) -> Name:
    """The indicator stands before the number, or is carried over."""
    name = phrase.name
    extra = phrase.direction if phrase.averaged.startswith("平均") else phrase.averaged or phrase.direction
    if name == "经济":
        name = "经济增长"
    if name.endswith("财政") and "安排" in phrase.predicate:
        return Name(name + "安排资金", name, place.item, "指标在数前，数是资金")
    if phrase.new.startswith("新") and name:
        return _own(mention, place, walk, phrase.new.rstrip("加") + name, name)
    if name and _is_item(place, walk) and _shares_verb(name, place, walk):
        return Name(walk.verb + name + extra, name, place.segment, f"并列项共用动词“{walk.verb}”")
    if not name:
        return carry(mention, "", extra or (phrase.new if phrase.new.startswith("新") else ""), place, walk)
    if walk.subjects and _PLAN_WORDS.fullmatch(name) and (mention.kind == "percent" or place.left[:1] in "(（"):
        return carry(mention, "", "", place, walk)
    if name in walk.vocabulary.generic or _BASE_START.match(name):
        return carry(mention, name, extra, place, walk)
    return _own(mention, place, walk, name + extra, name)


_PLAN_WORDS = re.compile(r"(?:占|为|政府|[（()）]|全年|年度|年初|年|总|市|省|预期|既定|预算|投资|工作|上级|下达|任务|目标|计划|指标|序时|进度|考核|的|时序)+")


def _shares_verb(name: str, place: Place, walk: Walk) -> bool:
    """新增A 3家、B 4家; but not 接待游客3亿人次、旅游消费总额1万亿元."""
    words = walk.vocabulary
    if not walk.verb or walk.verb_segment != place.segment:
        return False
    if name in words.generic or words.kept_verb.match(name) or strip_openers(name, words) != name:
        return False
    ends = [found.end() for found in words.head.finditer(name)]
    return not (ends and ends[-1] == len(name)) or walk.verb.startswith(("新", "淘汰", "净"))


def _is_item(place: Place, walk: Walk) -> bool:
    return place.item > place.segment and walk.text[place.item: place.item + 3].lstrip()[:1] in ("、", "和", "及")


def _own(mention: Mention, place: Place, walk: Walk, name: str, base: str) -> Name:
    last = walk.subjects[-1] if walk.subjects else None
    if last and last.owner and base in walk.vocabulary.owner_heads:
        return Name(last.owner + name, last.owner + base, place.item, f"主体“{last.owner}”承前")
    if found := walk.vocabulary.kept_verb.match(base):
        walk.verb, walk.verb_segment = found["verb"], place.segment
    name, base = shorten(name), shorten(base)
    whole, of, _ = base.partition("占")
    named = Name(name, whole if of and len(whole) > 1 else base, place.item, "指标在数前")
    return _in_context(named, place, walk)


_BARE_NOUN = re.compile(
    r"(?:各类|各项|相关)?(?:企业|项目|学校|单位|机构|人员|学生|活动|产品|案例|成果|作品|医院|会议|任务|事项|问题|措施|资金|投资|培训)"
    r"(?:落地|入驻|入选|参与|通过评价|投产|签约|开工|获批|受益|推广|竣工|建成)?"
)
_WHOSE = re.compile(r"(?:成功|正式|全面)*(?:举办|承办|打造|建成|启动|开展|组织|实施|设立|挂牌|推出|搭建|组建|成立)了?(?P<what>[^，,；;、]{3,22})$")


def _in_context(name: Name, place: Place, walk: Walk) -> Name:
    """举办科技活动周，组织各类活动125场: a noun that says nothing by itself takes the subject of the clause before."""
    if not _BARE_NOUN.fullmatch(name.indicator) or not place.segment or walk.subjects:
        return name
    start, end = segment_at(walk, place.segment - 1)
    clause = walk.text[start: end].strip(EDGE)
    found = None if has_number(walk, start, end) else _WHOSE.search(clause)
    if not found:
        return name
    whole = found["what"] + name.indicator
    return Name(whole, whole, start, f"承前句“{found['what']}”", name.used)


def _name_after(mention: Mention, place: Place, walk: Walk, own: str, predicate: str) -> Name | None:
    """The indicator stands after the number: 新增3家X, 3家X入选Y, 20亿元的X基金, 93%的X."""
    if mention.kind not in ("amount", "percent"):
        return None
    after = read_object(place.right)
    if not after or (predicate and mention.kind == "percent" and not place.right.startswith("的")):
        return None
    if mention.quantity.unit.endswith(_MONEY_END) and _SPENT.match(place.right):
        return _name_spending(own, place, walk)
    if mention.quantity.unit.endswith(_MONEY_END) and own and not place.right.startswith("的"):
        if _FUND.fullmatch(after) and "新增" not in own:
            return Name(after, after, place.segment, "数后是资金名称", place.right_start + len(place.right.rstrip(EDGE)))
        if own not in _PER_HEAD and not own.endswith(walk.vocabulary.kept_verbs):
            return None
    bound = _AREA_ONLY.fullmatch(own) or place.left.rstrip().endswith("的") or (mention.kind == "percent" and place.right.startswith("的"))
    if own and predicate and _STATES.search(predicate) and not bound:
        return None
    before = strip_openers(_particles(place.left), walk.vocabulary)
    if _AREA_ONLY.fullmatch(before):
        before = ""
    before, listed = _drop_examples(before, walk)
    used = place.right_start + len(place.right[: object_length(place.right)].rstrip(EDGE + "和及与"))
    start = place.item if _is_item(place, walk) else place.segment
    if found := walk.vocabulary.kept_verb.fullmatch(before) or walk.vocabulary.kept_verb.match(before):
        walk.verb, walk.verb_segment = found["verb"], place.segment
    elif not before and walk.verb and walk.verb_segment == place.segment and _is_item(place, walk):
        return Name(walk.verb + after, after, place.segment, f"并列项共用动词“{walk.verb}”", used)
    if _PASSIVE.match(after) and not before and mention.quantity.unit.endswith(_PERSONS):
        after = re.sub(r"^(?:已经?|均|全部|实现)+", "", after)
    elif _PASSIVE.match(after) and not before and walk.subjects:
        return Name(walk.subjects[-1].base + after, walk.subjects[-1].base, walk.subjects[-1].start, "数后是动词，主语承前", used)
    if _SIZED.fullmatch(after) and (noun := _sized_noun(place, walk)):
        after, used = noun, place.right_start
    if re.fullmatch(r"[一-龥]{1,5}级", after) and JOINT.fullmatch(place.right[len(place.right.rstrip()) - 1:]):
        after += _shared_noun(place, walk)
    reason = "指标在数后，“等”前是举例" if listed else "指标在数后"
    turned = before in walk.vocabulary.generic and before.endswith(("规模", "投资", "额", "面积", "量", "数"))
    name = after + before if turned else before + after  # 总规模500亿元的基金
    return _in_context(Name(name, name, start, reason, used), place, walk)


_FUND = re.compile(r"[一-龥]{0,10}(?:资金|基金|债券|贷款|补助|补贴|经费|专款)")
_PER_HEAD = ("人均", "户均", "生均", "每人", "每户")
_AREA_ONLY = re.compile(r"(?:全[省市县区国]|我[省市县区国]|各地|全社会|目前|现在|大约|已)*(?:还|仍|现|共|又|已经?)*有?")
_SPENT = re.compile(r"(?:重点|主要|专项|集中)?(?:支持|用于|投向|补助|奖励|保障)")


def _name_spending(own: str, place: Place, walk: Walk) -> Name:
    """安排20.6亿元支持公共卫生中心建设: the money for it."""
    purpose = read_object(walk.text[place.right_start: min(place.segment_end, place.right_start + REACH)])
    purpose = re.split(r"、(?=\d)", purpose)[0]
    purpose = re.sub(r"总投资[^的，,]{1,12}的", "", purpose)
    purpose = re.sub(r"(?<=支持|用于|投向|保障).*等(?:\d+余?个|\d+余?项)?(?=[一-龥]{3})", "", purpose)[:40]
    end = place.right_start + len(place.right.rstrip(EDGE))
    return Name(purpose + "资金", purpose + "资金", place.segment, "数后是用途", end)


_SIZED = re.compile(r"总?(?:规模|投资|投入|资金|面积|金额)(?:达到?|近|超过?|约|为)?")


def _sized_noun(place: Place, walk: Walk) -> str:
    """14支总规模达500亿元的产业基金: the noun after the size."""
    at = bisect_left(walk.mentions, place.right_start, key=lambda mention: mention.start)
    if at == len(walk.mentions):
        return ""
    end = walk.mentions[at].end
    right = walk.text[end: min(place.segment_end, end + REACH)]
    return read_object(right) if right.startswith("的") else ""


def _shared_noun(place: Place, walk: Walk) -> str:
    """5个国家级、34个省级示范基地: the noun of the last goes to the first."""
    at = bisect_left(walk.mentions, place.right_start, key=lambda mention: mention.start)
    if at == len(walk.mentions):
        return ""
    end = walk.mentions[at].end
    noun = read_object(walk.text[end: min(place.segment_end, end + REACH)])
    return re.sub(r"^[一-龥]{1,5}?级", "", noun) if "级" in noun[:6] else ""


_STATES = re.compile(r"达|为|突破|超过|增|升|降|提高|提升|稳定|保持|控制|减|扩|压|缩|发展到|[^所]有")


def _particles(left: str) -> str:
    return re.sub(r"(?:了|近|约|超过?|共|总计|累计|的|达|各|为|对|向|将|把|由)+$", "", left.strip(EDGE)).strip(EDGE)


def _drop_examples(before: str, walk: Walk) -> tuple[str, bool]:
    """推出“一单制”、跨境征信平台等35项: what stands before 等 are examples; the body before the verb stays."""
    body, words = split_at_verb(before, walk.vocabulary)
    if words.endswith("等") or "、" in words:
        verb = walk.vocabulary.kept_verb.match(words)
        return body + (verb["verb"] if verb else ""), True
    return (body + words, False) if body else (words, False)
