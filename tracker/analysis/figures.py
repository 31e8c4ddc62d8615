"""A sentence → its figures: every number with measure, indicator, quote, and whether it only names or describes."""
from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from tracker.analysis.indicators import indicator_key
from tracker.analysis.lists import count_subjects, split_subjects
from tracker.analysis.measures import read_measure
from tracker.analysis.naming import Role, Surroundings, is_per, naming_reason
from tracker.analysis.phrases import EDGE, read_object, read_phrase, split_at_verb, strip_openers
from tracker.analysis.quantities import Mention, find_quantities, fold
from tracker.analysis.records import Measure, Quantity
from tracker.analysis.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a sentence with what it says. ``sentence[start:end]`` is the quote, ``at`` the number's own offset.

    A number that stands for several subjects (资产总额、营业收入均增长8%) gives one figure for each, with the same ``at``.
    """

    quantity: Quantity
    measure: Measure
    indicator: str
    indicator_key: str
    start: int
    end: int
    at: int
    naming: bool = False
    scope: str | None = None           # 全国, 全省 …: other people's figure
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Carried:
    """What an earlier sentence leaves to the next: the last subject, for a sentence that starts with 其中 or 同比."""

    subject: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject already named in the sentence, for the clauses that go on about it."""

    name: str                          # the indicator as given out
    base: str                          # without rank, growth and share words: what 同比增长 goes on about
    start: int                         # where the quote of a figure about it begins
    measure: Measure = "level"
    topic: bool = False                # only named by a describing number: 110个涉海重点项目
    owner: str = ""                    # 市属企业 in 市属企业资产总额
    segment: int = 0


@dataclass(frozen=True, slots=True)
class Name:
    """The indicator of one number."""

    indicator: str
    base: str
    start: int
    reason: str
    used: int = 0                      # up to where the words after the number belong to it


@dataclass(frozen=True, slots=True)
class Place:
    """A group of numbers inside its segment (the stretch between commas)."""

    segment: int
    segment_end: int
    item: int                          # where the group's own words begin
    left: str
    right: str
    right_start: int


@dataclass(slots=True)
class Walk:
    """The state while a sentence is read from left to right."""

    text: str
    role: Role
    vocabulary: Vocabulary
    mentions: list[Mention]
    bounds: list[int] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)
    naming: list[str] = field(default_factory=list)
    verb: str = ""                     # kept verb that a list shares: 新增A 3家、B 4家
    verb_segment: int = -1
    used: int = 0                      # words up to here belong to a figure already given out


_COMMA = re.compile(r"[，；;。！？!?：]|,(?!\d{3}(?!\d))|(?<!\d):")
_OTHERS = re.compile(r"^(?:全国|全省|全球|世界|国内|省内)(?:平均|平均水平)?$")
_JOINT = re.compile(r"\s*(?:、|和|及|与|以及|，和|)\s*")


def read_figures(sentence: str, *, role: Role = "report", carried: Carried | None = None,
                 vocabulary: Vocabulary | None = None) -> list[Figure]:
    """The figures of one sentence (up to 。！？ or the paragraph's end), in reading order.

    ``role`` says whether the section plans or reports: 推进110个项目 describes in a plan, 新增10家 is a target.
    ``carried`` is the subject left by the sentence before.
    """
    words = vocabulary or Vocabulary.default()
    mentions = find_quantities(sentence, words)
    if not mentions:
        return []
    text = fold(sentence)
    walk = Walk(text, role, words, mentions, [found.end() for found in _COMMA.finditer(text)])
    if carried and carried.subject:
        walk.subjects.append(Subject(carried.subject, carried.subject, 0))
    walk.naming = _find_naming(walk)
    return [figure for group in _groups(mentions, text) for figure in _read_group(group, walk)]


def _groups(mentions: list[Mention], text: str) -> Iterator[list[int]]:
    """Indexes of numbers with nothing but 、 or 和 between them: 12.7%、22.2%、28.4%, and 10件32项."""
    group = [0]
    for index in range(1, len(mentions)):
        if _JOINT.fullmatch(text, mentions[index - 1].end, mentions[index].start):
            group.append(index)
        else:
            yield group
            group = [index]
    yield group


def _segment(walk: Walk, position: int) -> tuple[int, int]:
    """The stretch between commas around a position."""
    at = bisect_right(walk.bounds, position)
    start = walk.bounds[at - 1] if at else 0
    return start, walk.bounds[at] - 1 if at < len(walk.bounds) else len(walk.text)


def _find_naming(walk: Walk) -> list[str]:
    """For each number why it is none of its own, from the last to the first: A 29个、B 220个 + rate describe together."""
    reasons = [""] * len(walk.mentions)
    for index in range(len(walk.mentions) - 1, -1, -1):
        mention = walk.mentions[index]
        segment, end = _segment(walk, mention.at)
        before = walk.mentions[index - 1].end if index else 0
        following = walk.mentions[index + 1] if index + 1 < len(walk.mentions) else None
        if following and following.at >= end:
            following = None
        left = walk.text[max(segment, before): mention.start]
        right = walk.text[mention.end: max(mention.end, following.start if following else end)]
        opening = next(one.start for one in walk.mentions if one.end > segment)
        around = Surroundings(left, walk.text[segment: mention.start], walk.text[segment:opening], right, walk.text[mention.end: end], following, walk.role, _is_quoted(walk.text, mention), before <= segment)
        reasons[index] = naming_reason(mention, around) or _overtaken(mention, following, right)
        if not reasons[index] and before > segment and _is_per(walk.mentions[index - 1], mention, left):
            reasons[index] = "各个都过的门槛，算有几个"
        if following and not reasons[index] and reasons[index + 1].startswith("说明后面") and right.rstrip().endswith(("、", "和")):
            if right.strip(" 、和") and mention.kind == "amount":
                reasons[index] = reasons[index + 1]
    _pass_on(walk, reasons)
    return reasons


def _pass_on(walk: Walk, reasons: list[str]) -> None:
    """加快45家A、6家B建设: what holds for the first of a list holds for the others."""
    for index in range(1, len(reasons)):
        mention, last = walk.mentions[index], walk.mentions[index - 1]
        between = walk.text[last.end: mention.start]
        listed = between.rstrip().endswith(("、", "和", "及")) and not _COMMA.search(between)
        if listed and not reasons[index] and reasons[index - 1].startswith("推进的对象") and mention.kind == "amount":
            reasons[index] = reasons[index - 1]


def _overtaken(mention: Mention, following: Mention | None, right: str) -> str:
    """突破万亿元、达到10495.5亿元: the exact number counts."""
    if mention.quantity.comparator == "ge" and following and _REACHING.fullmatch(right) and following.kind == mention.kind:
        return "后面有确数"
    return ""


_REACHING = re.compile(r"(?:大关)?、(?:达到?|为|实现)\s*")


def _is_per(count: Mention, mention: Mention, between: str) -> bool:
    """7个区市生产总值超过千亿元: the count is the figure, not the threshold."""
    return bool(mention.kind == "amount" and mention.quantity.comparator == "ge" and count.kind == "amount"
                and count.quantity.comparator != "ge" and count.quantity.unit in ("个", "家", "户", "条") and is_per(between))


def _is_quoted(text: str, mention: Mention) -> bool:
    opening = max(text.rfind(sign, max(0, mention.at - 20), mention.at) for sign in "“《「")
    if opening < 0:
        return False
    closing = min((at for sign in "”》」" if (at := text.find(sign, opening)) >= 0), default=-1)
    return closing >= mention.unit_end


def _place(group: list[int], walk: Walk) -> Place:
    first, last = walk.mentions[group[0]], walk.mentions[group[-1]]
    segment, segment_end = _segment(walk, first.at)
    _, segment_end = _segment(walk, last.at)
    item, left = _left(group[0], max(segment, walk.used), walk)
    after = group[-1] + 1
    while after < len(walk.mentions) and walk.naming[after] and _is_threshold_reason(walk.naming[after]):
        after += 1  # 5-6家资产过千亿元的企业集团: the threshold belongs to the words after the count
    following = walk.mentions[after] if after < len(walk.mentions) else None
    right_end = min(segment_end, following.start) if following else segment_end
    return Place(segment, segment_end, item, left, walk.text[last.end: max(right_end, last.end)], last.end)


def _is_threshold_reason(reason: str) -> bool:
    return reason.startswith(("后面带", "各个都过", "等级", "引号里"))


def _left(index: int, start: int, walk: Walk) -> tuple[int, str]:
    """The words before a number, over numbers that only describe: a count goes (41家医院 → 医院), a threshold stays."""
    at = index - 1
    while at >= 0 and walk.mentions[at].start >= start and walk.naming[at]:
        at -= 1
    begin = max(start, walk.mentions[at].end) if at >= 0 else start
    pieces, position = [], begin
    for between in range(at + 1, index):
        mention = walk.mentions[between]
        if mention.baseline:
            cut = max(walk.text.rfind("由", position, mention.at), walk.text.rfind("从", position, mention.at))
            pieces.append(walk.text[position: cut if cut >= position else mention.start])
        elif mention.kind == "amount" and not _is_threshold_reason(walk.naming[between]):
            pieces.append(walk.text[position: mention.start])
        else:
            pieces.append(walk.text[position: mention.end])
        position = mention.end
    tail = walk.text[position: walk.mentions[index].start]
    if (quoted := tail.rfind("“")) >= 0 and "”" not in tail[quoted:] and len(tail) - quoted > 2:
        return position + quoted + 1, tail[quoted + 1:]  # 完成“打造5-6家…”目标: the words of the pledge
    if index and walk.mentions[index - 1].baseline:
        tail = ""
    return begin, "".join((*pieces, tail))


def _read_group(group: list[int], walk: Walk) -> Iterator[Figure]:
    place = _place(group, walk)
    first = walk.mentions[group[0]]
    if all(walk.naming[index] for index in group):
        _note_topic(first, place, walk)
    rows = _name_group(group, first, place, walk)
    found: list[Subject] = []
    for index, name in rows:
        mention, described = walk.mentions[index], walk.naming[index]
        measure, why = read_measure(mention, place.left, place.right)
        if _MODAL_ONLY.fullmatch(place.left.strip(EDGE)) and walk.subjects and measure in ("share", "level") and mention.kind == "percent":
            measure, why = walk.subjects[-1].measure, "接前文的增减"
        elif place.left.strip(EDGE).startswith("其中") and measure == "level" and walk.subjects and walk.subjects[-1].measure == "delta":
            measure, why = "delta", "“其中”接前文的增减"
        scope = _OTHERS.match(name.indicator)
        yield Figure(mention.quantity, measure, name.indicator, indicator_key(name.indicator, walk.vocabulary),
                     _skip(walk.text, name.start), max(name.used, mention.end if len(group) == 1 else walk.mentions[group[-1]].end),
                     mention.at, bool(described), scope.group() if scope else None,
                     tuple(filter(None, (name.reason, why, described))))
        if not described and not _in_brackets(walk.text, mention, place):
            found.append(Subject(name.indicator, name.base, name.start, measure, owner=_owner(name.base, walk),
                                 segment=place.segment))
    if found:
        walk.subjects.extend(found)
        walk.used = max(walk.used, max(name.used for _, name in rows))


_MODAL_ONLY = re.compile(r"(?:争取|力争|确保|达到|奋斗目标|预期|努力)+")


def _in_brackets(text: str, mention: Mention, place: Place) -> bool:
    """A figure in brackets is an aside: the clause after goes on about what stood before."""
    opening = text.rfind("(", max(0, mention.at - 30), mention.at)
    return opening > 0 and ")" not in text[opening: mention.at] and ")" in text[mention.at: mention.at + 30]


def _note_topic(first: Mention, place: Place, walk: Walk) -> None:
    topic = read_object(place.right)
    if len(topic) >= 2 and first.kind == "amount" and not first.baseline:
        walk.subjects.append(Subject(topic, topic, place.segment, topic=True, segment=place.segment))


def _owner(base: str, walk: Walk) -> str:
    found = walk.vocabulary.owned.fullmatch(base)
    return found["owner"] if found else ""


def _skip(text: str, start: int) -> int:
    while start < len(text) and text[start] in " 、，,；;。和及\u3000":
        start += 1
    return start


def _name_group(group: list[int], mention: Mention, place: Place, walk: Walk) -> list[tuple[int, Name]]:
    """Number index and name, one row for each figure."""
    if len(group) > 1 and (names := _distribute(len(group), mention, place, walk)):
        return list(zip(group, names, strict=True))
    if names := _replicate(mention, place, walk):
        return [(index, name) for index in group for name in names]
    name = _name(mention, place, walk)
    return [(index, name) for index in group]


# one number ------------------------------------------------------------------------------------------------------

_BASE_START = re.compile(r"占|对[^，]{0,12}贡献|对[^，]{0,10}拉动|拉动|高于|低于|快于|好于|优于")
_ABOVE = re.compile(r"(?P<own>.*?)(?:比(?P<than>全[国省市县区][^，,；;]*?|世界[^，,；;]*?)(?P<side>高|低|快|多|少)出?|(?P<word>高于|低于|快于|好于|优于|高出)(?P<target>[^，,；;]*))$")
_ADJOINED = re.compile(r"(?:高于|低于|快于|好于|优于|高出)$")
_PASSIVE = re.compile(r"^(?:已(?:经|全部|完成|实现|入选|获|列入|纳入|通过|开工|竣工|落地|启动|投产|按|建成|整改|成|有|办)|均|全部|正式|完成|入选|获|列入|纳入|通过|实现|开工|竣工|落地|启动|投产|正在|按|受益|到位|以上(?=实行|实现))")
_MONEY_END = ("元", "亩", "吨", "公里", "平方米", "千瓦", "立方米", "米")


def _name(mention: Mention, place: Place, walk: Walk) -> Name:
    """From the words after the number (新增3家X), before it (X达到3亿元), or carried over (同比增长3%)."""
    if mention.kind == "rank":
        return _name_rank(place, walk)
    phrase = read_phrase(place.left, walk.vocabulary)
    if mention.kind == "points" and (found := _ABOVE.match(phrase.name)):
        return _name_lead(found, found["than"] or found["target"], place, walk)
    if named := _name_after(mention, place, walk, phrase.name, phrase.predicate):
        return named
    name, extra = phrase.name, phrase.direction
    if phrase.averaged and not phrase.averaged.startswith("平均"):
        extra = phrase.averaged
    elif phrase.averaged and re.match(r"[两二三四五六七八九十\d]", phrase.averaged):
        extra = phrase.averaged
    if phrase.new.startswith("新") and name:
        return _own(mention, place, walk, phrase.new.rstrip("加") + name, name)
    if name and walk.verb and walk.verb_segment == place.segment and _is_item(place, walk):
        if _shares_verb(name, walk):
            return Name(walk.verb + name + extra, name, place.segment, f"并列项共用动词“{walk.verb}”")
    if not name:
        return _carry(mention, "", extra or (phrase.new if phrase.new.startswith("新") else ""), place, walk)
    if _PLAN_WORDS.fullmatch(name) and mention.kind == "percent" and walk.subjects:
        return _carry(mention, "", "", place, walk)
    if name in walk.vocabulary.generic or _BASE_START.match(name):
        return _carry(mention, name, extra, place, walk)
    return _own(mention, place, walk, name + extra, name)


_PLAN_WORDS = re.compile(r"(?:占|全年|年度|年初|年|总|市|省|预期|既定|预算|投资|工作|上级|下达|任务|目标|计划|指标|序时|进度|考核|的|时序)+")


def _shares_verb(name: str, walk: Walk) -> bool:
    """新增A 3家、B 4家; but not 接待游客3亿人次、旅游消费总额1万亿元."""
    words = walk.vocabulary
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
    return Name(name, base, place.item, "指标在数前")


def _name_after(mention: Mention, place: Place, walk: Walk, own: str, predicate: str) -> Name | None:
    """The indicator stands after the number: 新增3家X, 3家X入选Y, 20亿元的X基金, 93%的X."""
    if mention.kind not in ("amount", "percent"):
        return None
    after = read_object(place.right)
    if not after or (own and mention.kind == "percent" and not place.right.startswith("的")):
        return None
    if mention.quantity.unit.endswith(_MONEY_END) and _SPENT.match(place.right):
        return _name_spending(own, place, walk)
    if mention.quantity.unit.endswith(_MONEY_END) and own and not place.right.startswith("的") \
            and not walk.vocabulary.kept_verb.fullmatch(own):
        return None
    bound = _AREA_ONLY.fullmatch(own) or place.left.rstrip().endswith("的") or (mention.kind == "percent" and place.right.startswith("的"))
    if own and predicate and _STATES.search(predicate) and not bound:
        return None
    before = strip_openers(_particles(place.left), walk.vocabulary)
    if _AREA_ONLY.fullmatch(before):
        before = ""
    before, listed = _drop_examples(before, walk)
    used = place.right_start + len(place.right.rstrip(EDGE + "和及与"))
    start = place.item if _is_item(place, walk) else place.segment
    if found := walk.vocabulary.kept_verb.fullmatch(before) or walk.vocabulary.kept_verb.match(before):
        walk.verb, walk.verb_segment = found["verb"], place.segment
    elif not before and walk.verb and walk.verb_segment == place.segment and _is_item(place, walk):
        return Name(walk.verb + after, after, place.segment, f"并列项共用动词“{walk.verb}”", used)
    if _PASSIVE.match(after) and not before and walk.subjects:
        return Name(walk.subjects[-1].base + after, walk.subjects[-1].base, walk.subjects[-1].start, "数后是动词，主语承前", used)
    if re.fullmatch(r"[一-龥]{1,5}级", after) and _JOINT.fullmatch(place.right[len(place.right.rstrip()) - 1:]):
        after += _shared_noun(place, walk)
    reason = "指标在数后，“等”前是举例" if listed else "指标在数后"
    return Name(before + after, before + after, start, reason, used)


_AREA_ONLY = re.compile(r"(?:全[省市县区国]|我[省市县区国]|各地|全社会|目前|现在|已)*(?:还|仍|现|共|已经?)*有?")
_SPENT = re.compile(r"(?:重点|主要|专项|集中)?(?:支持|用于|投向|补助|奖励|保障)")


def _name_spending(own: str, place: Place, walk: Walk) -> Name:
    """安排20.6亿元支持公共卫生中心建设: the money for it."""
    purpose = read_object(walk.text[place.right_start: place.segment_end])
    purpose = re.sub(r"总投资[^的，,]{1,12}的", "", purpose)
    purpose = re.sub(r"(?<=支持|用于|投向|保障).*等(?:\d+余?个|\d+余?项)?(?=[一-龥]{3})", "", purpose)[:40]
    return Name(purpose + "资金", purpose + "资金", place.segment, "数后是用途")


def _shared_noun(place: Place, walk: Walk) -> str:
    """5个国家级、34个省级示范基地: the noun of the last goes to the first."""
    for mention in walk.mentions:
        if mention.start >= place.right_start:
            noun = read_object(walk.text[mention.end: place.segment_end])
            return re.sub(r"^[一-龥]{1,5}?级", "", noun) if "级" in noun[:6] else ""
    return ""


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


# carried subjects ------------------------------------------------------------------------------------------------

_NEW_VERB = re.compile(r"^(?:新增|净增|引育|引进集聚|引进|新引进|新登记|累计)(?=..)")


def _carry(mention: Mention, own: str, extra: str, place: Place, walk: Walk) -> Name:
    """A clause without a subject of its own goes on about the one before."""
    if topic := _clause_topic(place, walk):
        return Name(topic[0] + own + extra, topic[0] + (own if own in walk.vocabulary.generic else ""), topic[1], f"承前句“{topic[0]}”")
    if not walk.subjects:
        return Name(own + extra, own, place.item, "指标在数前" if own else "没有找到指标")
    last = walk.subjects[-1]
    whole = mention.kind in ("points", "times") and last.measure in ("share", "completion")
    name = last.name if whole else last.base
    if own.startswith("总") or own == "累计" or not own and mention.kind == "amount" and "达" in place.left + "累计" and not extra:
        name = _NEW_VERB.sub("", name) if own or re.search(r"达|累计|共", place.left) else name
    if own and not own.startswith(("占", "对", "拉动")):
        name = _without_same_head(name, own, last, walk)
    base = name + own if own and own in walk.vocabulary.generic else name
    why = f"“{own}”接前文“{last.base}”" if own else f"承前“{last.base}”"
    return Name(name + own + extra, base, last.start, why)


_VERBISH = re.compile(
    r"扭转|大规模|扎实|积极|大力|高于|下降|增长|增加|上升|回升|回落|实现|完成|达到|突破|进入|入围|跻身|保持|持续|加快|不断|稳步|明显|显著|进一步|全面|建成|启动|开工|获|被|通过|成功|顺利|有序|得到|取得|提升|提高|增强|推进|运行"
    r"|深入|继续|仍|已|率先|蓬勃|快速|健康|呈现|总体|取得|平稳|奠基")
_NO_TOPIC = re.compile(r"^(?:创|居|占|比|较|同比|其中|增|为|是|在|按|从|以|通过|围绕|坚持|根据|并|对|成为|经|与|把|将|各|这|年度|全年)|任务|目标|历史新高")


def _clause_topic(place: Place, walk: Walk) -> tuple[str, int] | None:
    """跨境电商进出口入围全国第一档，居第五名: the clause before has no number but the subject."""
    if not place.segment:
        return None
    start, end = _segment(walk, place.segment - 1)
    if walk.subjects and walk.subjects[-1].segment >= start:
        return None
    if any(start <= mention.at < end for mention in walk.mentions):
        return None
    clause = walk.text[start:end].strip(EDGE)
    plain = strip_openers(clause, walk.vocabulary)
    if plain != clause and 3 <= len(plain) <= 22 and re.search(r"(?:工程|项目|行动|计划|改革|建设|改造|资金|基金|协议|大会|展会|活动)$", plain):
        return plain, start
    if plain != clause and not _VERBISH.search(plain) and not walk.subjects and 3 <= len(plain) <= 20 and not _NO_TOPIC.search(plain):
        return plain, start
    found = _VERBISH.search(plain)
    if not found and plain == clause and 4 <= len(plain) <= 24 and re.search(r"(?:比重|占比|比例|率|位置|收入|总量|产值|使用量|排放量|消耗|能耗|用量|数量|规模|人数|面积)$", plain):
        return plain, start
    if not found or not 3 <= found.start() <= 16 or _NO_TOPIC.search(plain[: found.start()]):
        return None
    return plain[: found.start()], start


def _without_same_head(name: str, own: str, last: Subject, walk: Walk) -> str:
    if last.owner and own in walk.vocabulary.owner_heads:
        return last.owner
    for head in ("数量", "总投资", "规模", "总额", "面积", "投资"):
        if name.endswith(head) and own.endswith(head):
            return name[: -len(head)]
    return name


def _name_lead(found: re.Match[str], target: str, place: Place, walk: Walk) -> Name:
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


_RANK_VERB = re.compile(
    r"(?:均|都|连续[\d一二三四五六七八九十]+年|继续|首次|已经?|再次|分别|总体|综合)*(?:位居|位列|名列|居|(?<![班系单])列|排名?第?|排在|排位|跃居|跃升[至到]?|升[至到]|上升[至到]|提升[至到]|进位[至到]|前移[至到]|稳居|保持|蝉联|荣获"
    r"|获得?|获评|跻身|进入|跨入|迈入|入围|位于|荣登|领跑|摘得|夺得|成为)(?:了|到|至|在)?"
)
_RANK_SCOPE = re.compile(r"全国|全省|全球|世界|亚洲|国内|省内|全市|华东|北方|南方|计划单列市|副省级|省会|长三角|珠三角|中西部|西部|中部|东部|沿海|同类|GaWC|\d+个")
_TABLE = re.compile(r"榜|排行|评价|测评|排名|百强|十强|指数|竞争力|强市|强县|考核|城市(?!$)|满意度|示范|创新型")


def _name_rank(place: Place, walk: Walk) -> Name:
    """货物进出口总额居副省级城市第5位; 跃居全国先进制造业百强城市第7位."""
    left = place.left.strip(EDGE)
    verbs = list(_RANK_VERB.finditer(left))
    scope_at = _RANK_SCOPE.search(left)
    if verbs:
        subject, scope = left[: verbs[-1].start()], left[verbs[-1].end():]
    elif scope_at:
        subject, scope = left[: scope_at.start()], left[scope_at.start():]
    else:
        subject, scope = left, ""
    own = re.sub(r"中$", "", read_phrase(subject, walk.vocabulary).name)
    scope = scope.strip(EDGE + "“的")
    ending = ("居" + scope + "位次") if scope else "位次"
    if own and own not in walk.vocabulary.generic and not (scope_at and not verbs and not own):
        return Name(own + ending, own, place.item, "名次，指标在前")
    if (topic := _clause_topic(place, walk)) and not _TABLE.search(scope):
        return Name(topic[0] + own + ending, topic[0], topic[1], f"名次，承前句“{topic[0]}”")
    if _TABLE.search(scope) and len(scope) >= 6 or not walk.subjects:
        return Name(re.sub(r"位次$|排名$", "", scope) + "位次", scope, place.item, "名次，指标是榜单")
    last = walk.subjects[-1]
    return Name(last.base + own + ending, last.base, last.start, f"名次，承前“{last.base}”")


# several numbers, several subjects -------------------------------------------------------------------------------

def _distribute(size: int, mention: Mention, place: Place, walk: Walk) -> list[Name] | None:
    """A、B分别达到x、y → one subject for each number."""
    phrase = read_phrase(place.left, walk.vocabulary)
    respectively = "分别" in place.left
    if found := _ABOVE.match(phrase.name):
        targets = [part for part in re.split(r"、|和|及|与", found["than"] or found["target"]) if part]
        if len(targets) == size:
            return [_name_lead(found, target, place, walk) for target in targets]
        leads = [subject for subject in walk.subjects if not subject.topic][-size:]
        if len(targets) == 1 and respectively and len({subject.base for subject in leads}) == size:
            return [Name(f"{subject.base}增速{found['word'] or found['side'] + '于'}{targets[0]}", subject.base, leads[0].start,
                         "“分别”对应前文各主语") for subject in leads]
    extra = phrase.direction or ("" if phrase.averaged.startswith("平均") else phrase.averaged)
    if phrase.name and (parts := split_subjects(phrase.name, size, walk.vocabulary)):
        return [Name(part + extra, part, place.item, "“分别”逐一对应") for part in parts]
    if place.right.strip() and read_object(place.right) and not respectively:
        return None
    topic = None if phrase.name else _clause_topic(place, walk)
    if topic and (parts := split_subjects(topic[0], size, walk.vocabulary)):
        return [Name(part + extra, part, topic[1], "“分别”对应前一句的各主语") for part in parts]
    last = [subject for subject in walk.subjects if not subject.topic][-size:]
    topics = [subject for subject in walk.subjects if subject.topic][-size:]
    if len({subject.base for subject in last}) != size and len(topics) == size:
        last = topics
    own = phrase.name
    rank = mention.kind == "rank"
    if len({subject.base for subject in last}) == size and (respectively or not own) and (
            rank or not own or own in walk.vocabulary.generic or _OF_PLAN.search(own)) or (
            own in walk.vocabulary.generic and len({subject.base for subject in last}) == size):
        ending = _rank_ending(place.left) if rank else (own if own in walk.vocabulary.generic else own) + extra
        return [Name(_join(subject, ending, own), subject.base, last[0].start, "“分别”对应前文各主语") for subject in last]
    return None


_OF_PLAN = re.compile(r"计划|目标|任务|占")


def _join(subject: Subject, ending: str, own: str) -> str:
    base = _NEW_VERB.sub("", subject.base) if own in ("总量", "总数") else subject.base
    return base + ending


def _rank_ending(left: str) -> str:
    verbs = list(_RANK_VERB.finditer(left))
    scope = left[verbs[-1].end():].strip(EDGE) if verbs else ""
    lead = "增速" if "增速" in left else "数量" if "数量" in left else ""
    return lead + ("居" + scope if scope else "") + "位次"


_EACH = re.compile(r"(?<![人户亩年日月平地场])(?:均|都)(?!价)|各$")


def _replicate(mention: Mention, place: Place, walk: Walk) -> list[Name] | None:
    """资产总额、营业收入均增长8%: one number for each subject of the list."""
    if not _EACH.search(place.left) or read_object(place.right) and mention.kind == "amount":
        return None
    phrase = read_phrase(re.sub(r"(?:均|都|各)(?=[^均都各]*$)", "", place.left), walk.vocabulary)
    if mention.kind == "rank" and phrase.name in ("数量", "总量", ""):
        counted = [s for s in walk.subjects if not s.topic and s.measure == "level"]
        ending = _rank_ending(place.left)
        return [Name(s.base + ending, s.base, counted[0].start, "“均”对应前文各主语") for s in counted] or None
    size = count_subjects(phrase.name)
    parts = split_subjects(phrase.name, size, walk.vocabulary) if size > 1 else None
    if not parts:
        return None
    return [Name(part + phrase.direction, part, place.item, "“均”“各”：各项同数") for part in parts]
