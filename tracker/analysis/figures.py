"""A sentence → its figures: every number with measure, indicator, quote, and whether it only names or describes."""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tracker.analysis.indicators import clean_object, clean_subject, indicator_key
from tracker.analysis.measures import read_measure
from tracker.analysis.naming import Role, naming_reason
from tracker.analysis.quantities import Mention, find_quantities, fold
from tracker.analysis.records import Measure, Quantity
from tracker.analysis.vocabulary import Vocabulary, alternation


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a sentence with what it says. ``sentence[start:end]`` is the quote, ``at`` the number's own offset."""

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


@dataclass(slots=True)
class _Subject:
    name: str
    start: int                         # where the quote of a figure about it begins
    segment: int
    of_list: bool = False


@dataclass(slots=True)
class _Walk:
    """The state while a sentence is read from left to right."""

    text: str
    role: Role
    vocabulary: Vocabulary
    subjects: list[_Subject] = field(default_factory=list)
    verb: str = ""                     # kept verb that a list shares: 新增A 3家、B 4家


_COMMA = re.compile(r"[，,；;。！？!?]|(?<=[^\d]):|：")
_OTHERS = re.compile(r"^(?:全国|全省|全球|世界|国内|省内|山东省)(?:平均|平均水平)?$")
_JOINT = re.compile(r"\s*(?:、|和|及|与|以及|，和)\s*")
_RESPECTIVELY = "分别"


def read_figures(sentence: str, *, role: Role = "report", carried: Carried | None = None,
                 vocabulary: Vocabulary | None = None) -> list[Figure]:
    """The figures of one sentence (up to 。！？ or the paragraph's end), in reading order, one per number.

    ``role`` says whether the section plans or reports: 推进110个项目 describes in a plan, 新增10家 is a target.
    ``carried`` is the subject left by the sentence before.
    """
    words = vocabulary or Vocabulary.default()
    mentions = find_quantities(sentence, words)
    if not mentions:
        return []
    walk = _Walk(fold(sentence), role, words)
    if carried and carried.subject:
        walk.subjects.append(_Subject(carried.subject, 0, -1))
    return [figure for group in _groups(mentions, walk.text) for figure in _read_group(group, mentions, walk)]


def _groups(mentions: list[Mention], text: str) -> Iterator[list[int]]:
    """Indexes of mentions that follow each other with nothing but 、 or 和 between: 12.7%、22.2%、28.4%."""
    group = [0]
    for index in range(1, len(mentions)):
        if _JOINT.fullmatch(text, mentions[index - 1].end, mentions[index].start):
            group.append(index)
        else:
            yield group
            group = [index]
    yield group


def _segment(text: str, position: int) -> tuple[int, int]:
    """The stretch between commas around a position."""
    start = 0
    for found in _COMMA.finditer(text, 0, position):
        start = found.end()
    end = _COMMA.search(text, position)
    return start, end.start() if end else len(text)


@dataclass(slots=True)
class _Place:
    """Where a mention stands: its segment, what is left and right of it."""

    segment: int
    segment_end: int
    item: int                          # where its own item begins (after the number before it)
    left: str
    right: str


def _place(index: int, last: int, mentions: list[Mention], text: str) -> _Place:
    """``index`` is the first, ``last`` the last mention of the group."""
    mention = mentions[index]
    segment, segment_end = _segment(text, mention.at)
    item = segment
    if index and mentions[index - 1].end > segment:
        item = mentions[index - 1].end
        if mentions[index - 1].baseline:
            item = _before_baseline(mentions, index - 1, segment, text)
    right_end = segment_end
    if last + 1 < len(mentions):
        right_end = min(right_end, mentions[last + 1].start)
    left = text[item: mention.start]
    if index and mentions[index - 1].baseline:
        left = re.sub(r"(?:由|从).*$", "", left)
    return _Place(segment, segment_end, item, left, text[mentions[last].end: max(right_end, mentions[last].end)])


def _before_baseline(mentions: list[Mention], index: int, segment: int, text: str) -> int:
    if index and mentions[index - 1].end > segment:
        return mentions[index - 1].end
    return segment


def _read_group(group: list[int], mentions: list[Mention], walk: _Walk) -> Iterator[Figure]:
    place = _place(group[0], group[-1], mentions, walk.text)
    following = mentions[group[-1] + 1] if group[-1] + 1 < len(mentions) else None
    if following and following.at >= place.segment_end:
        following = None
    names = _names(len(group), mentions[group[0]], place, walk)
    new: list[_Subject] = []
    for position, index in enumerate(group):
        mention, (name, start, why) = mentions[index], names[position]
        measure, reason = read_measure(mention, place.left, place.right)
        described = naming_reason(mention, following if index == group[-1] else mentions[index + 1], place.left,
                                  place.right, walk.role, first=place.item == place.segment,
                                  in_quotes=_in_quotes(walk.text, mention))
        end = _quote_end(mention, mentions[group[-1]], place, len(group), walk.text)
        indicator = _finish(name, mention)
        scope = _OTHERS.match(indicator)
        yield Figure(mention.quantity, measure, indicator, indicator_key(indicator, walk.vocabulary),
                     _trim(walk.text, start), end, mention.at, bool(described), scope.group() if scope else None,
                     tuple(filter(None, (why, reason, described))))
        if not described and name:
            new.append(_Subject(name, start, place.segment, len(group) > 1))
    if len(new) != len(group) or [s.name for s in new] != [s.name for s in walk.subjects[-len(new):]]:
        walk.subjects.extend(new)


def _finish(name: str, mention: Mention) -> str:
    return name.strip(" 、，,的")


def _trim(text: str, start: int) -> int:
    while start < len(text) and text[start] in " 、，,；;。和及":
        start += 1
    return start


def _in_quotes(text: str, mention: Mention) -> bool:
    opening = max(text.rfind(sign, max(0, mention.at - 20), mention.at) for sign in "“《「")
    if opening < 0:
        return False
    closing = min((at for sign in "”》」" if (at := text.find(sign, opening)) >= 0), default=-1)
    return closing >= mention.unit_end


def _quote_end(mention: Mention, last: Mention, place: _Place, size: int, text: str) -> int:
    if size > 1:
        mention = last
    tail = clean_object(place.right)
    if not tail:
        return mention.end
    at = text.find(tail, mention.end)
    return at + len(tail) if 0 <= at <= place.segment_end else mention.end


Named = tuple[str, int, str]           # indicator, start of the quote, reason


def _names(size: int, mention: Mention, place: _Place, walk: _Walk) -> list[Named]:
    """Indicator and quote start for each number of a group."""
    if size > 1 and (named := _distribute(size, place, walk)):
        return named
    return [_name(mention, place, walk)] * size


_PREDICATE = re.compile(
    r"(?:增长|达到?|为|突破|超过?|增至|增加到|提高到|提高至|上升到|降至|下降到|下降|提升到|实现|居|列|位居|完成|升至|减少|改善|提高|提升|精简|增加|以上|控制在|保持在|稳定在|由|从)"
    r"(?:了|约|近|超|分别|均)*\s*$"
)


def _name(mention: Mention, place: _Place, walk: _Walk) -> Named:
    """Indicator of one number: from the words after it (新增3家X), before it (X达到3亿元), or carried over (同比增长3%)."""
    own = clean_subject(place.left, walk.vocabulary)
    after = clean_object(place.right) if mention.kind in ("amount", "percent") else ""
    if mention.kind == "percent" and own:
        after = ""
    verb = _kept_verb(place.left, walk)
    if after and not (own and _PREDICATE.search(place.left.rstrip())) and mention.quantity.unit not in _MONEY:
        return verb + _join_object(own, after), place.segment if place.item == place.segment else place.item, "指标在数后"
    if after and not own and place.right.startswith("的"):
        return after, place.item, "指标在“的”后"
    if not own:
        return _carry("", place, walk, "沿用前文的主语")
    if own in walk.vocabulary.generic or re.match(r"(?:占|对.*贡献率|高于|低于|快于|好于|其余|增速|数量|两年平均|年均|下降|减少|改善)", own):
        return _carry(own, place, walk, "指标词接前文的主语")
    if place.left.lstrip().startswith("、") and walk.verb and not verb and place.item != place.segment:
        return walk.verb + own, place.segment, "并列项共用动词"
    return own, place.item, "指标在数前"


_MONEY = frozenset({"元", "万元", "亿元", "万亿元", "亿美元", "万美元"})


def _kept_verb(left: str, walk: _Walk) -> str:
    """新增, 新建 … right before a number: part of the indicator."""
    stripped = left.strip(" ，,、了")
    for verb in walk.vocabulary.kept_verbs:
        if stripped.endswith(verb):
            walk.verb = verb
            return ""
        if stripped.startswith(verb):
            walk.verb = verb
            return ""
    if not left.lstrip().startswith("、"):
        walk.verb = ""
    return ""


def _join_object(own: str, after: str) -> str:
    """出台助企纾困25条政策 → 助企纾困政策; 工业互联网等3个集群 → 集群."""
    own = re.sub(r"^.*(?:等|[、])[^、]*$", "", own) if re.search(r"等$|、", own) else own
    own = re.sub(r"(?:为|对|向|由|将|把)$", "", own)
    return own + after


def _carry(own: str, place: _Place, walk: _Walk, why: str) -> Named:
    if not walk.subjects:
        return own, place.segment, "指标在数前"
    last = walk.subjects[-1]
    name = last.name
    if own:
        name = re.sub(r"(?:居.{2,8}|高于.*|增速|数量)$", "", name)
        if own.startswith(name):
            name = ""
    return name + own, last.start, why


def _distribute(size: int, place: _Place, walk: _Walk) -> list[Named] | None:
    """A、B分别达到x、y → one subject for each number."""
    own = clean_subject(place.left, walk.vocabulary)
    if found := re.search(r"(高于|低于|快于|好于|居|列|位居)([^，,；;]*)$", own):
        targets = _split_list(found[2])
        if len(targets) == size:
            base, start, why = _carry(own[: found.start()].replace(_RESPECTIVELY, ""), place, walk, "接前文主语，分别对应")
            return [(base + found[1] + target, start, why) for target in targets]
    parts = _split_subject(own, size)
    if parts:
        return [(part, place.item, "“分别”逐一对应") for part in parts]
    if (_RESPECTIVELY in place.left or not own) and len(walk.subjects) >= size:
        last = walk.subjects[-size:]
        if len({subject.name for subject in last}) == size:
            extra = own if own in walk.vocabulary.generic or not own else ""
            return [(subject.name + extra, last[0].start, "“分别”对应前文各主语") for subject in last]
    return None


_PAIRS = {"存贷款": ("存款", "贷款"), "城乡": ("城市", "农村"), "进出口": ("进口", "出口"), "收支": ("收入", "支出")}


def _split_list(words: str) -> list[str]:
    return [part for part in re.split(r"、|和|及|与", words) if part]


def _split_subject(own: str, size: int) -> list[str] | None:
    """城镇、农村居民人均可支配收入 → 城镇居民人均可支配收入 / 农村居民人均可支配收入."""
    own = own.replace(_RESPECTIVELY, "")
    direction = re.search(r"(?:下降|减少|改善|降低)$", own)
    ending = direction.group() if direction else ""
    body = own[: -len(ending)] if ending else own
    for parts in (body.split("、"), _split_list(body)):
        if len(parts) == size and all(parts):
            return [part + ending for part in _share_words(parts)]
    if size == 2:
        for pair, (one, two) in _PAIRS.items():
            if body.count(pair) == 1:
                return [body.replace(pair, one) + ending, body.replace(pair, two) + ending]
    return None


_SHARED_HEAD = re.compile(
    rf"({alternation(('居民人均可支配收入', '人均可支配收入', '居民收入', '平均浓度', '浓度', '吞吐量', '产量', '参保人数', '零售额', '开工在建率', '增加值', '占比', '覆盖率', '总额', '投资', '贷款', '人数', '比重', '收入', '标准', '实验室', '增速', '率'))}.*)$"
)


def _share_words(parts: list[str]) -> list[str]:
    """The head noun of the last part and the owner before the first go to all parts."""
    head = _SHARED_HEAD.search(parts[-1])
    if head and head.start() and not any(_SHARED_HEAD.search(part) for part in parts[:-1]):
        parts = [part + head.group() for part in parts[:-1]] + parts[-1:]
    return parts
