"""Qualitative goals and results: one for each act on a named project, document, event or institution; slogans are none.

A clause counts when it starts with a verb of doing (建设, 出台, 争创 …) and its object holds something that can be
checked later. The words are data in ``lexicon/commitments.txt``.
"""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from tracker.analysis.branches import EdgeSigns
from tracker.analysis.vocabulary import alternation, read_lines, read_words

_SPLIT = re.compile(r"[，,；;。！？!?：:“”《》（）()「」]")
_OPEN, _CLOSE = "“《（(「", "”》）)」"
_COMMA = re.compile(r"[，,；;。！？!?：:]")
_LEAD_SHAPES = (
    r"(?=[\d上底末年季一二三四])(?:(?:19|20)\d\d年)?(?:\d{1,2}月)?(?:上半年|年|[一二三四]?季度)?[底末份]?(?:之?前|以前)",
    r"(?:19|20)\d\d年",
    r"\d{1,2}月(?!\d)(?:份|底|[上中下]旬)?",
    r"[一二三四五六七八九十]{1,2}是(?:要)?",
    r"第[一二三四五六七八九十]+[，、]",
    r"[（(]?[一二三四五六七八九十\d]{1,2}[）).、．](?!\d)",
    r"自[\d今本明][^，]{0,6}?起",
    r"[•·●■◆]",
    r"并且?",
    r"我们(?:将|要)?",
    r"全力(?:以赴)?",
)
_NAMED = re.compile(r"[“《][^”》]{2,}[”》]|[A-Za-z]{2,}|\d+号线|[一二三四五六]期|[\d一二三四五六七八九十]+(?:大|个|项|家|座|条|所|批|处)")
_DONE = re.compile(
    r"已|完成|建成|通车|投产|开工|启动|启用|获批|获评|获得|荣获|入选|入围|印发|出台|制定|设立|成立|揭牌|投入(?:运行|运营|使用)|运营|投用|落户|落地|签约|签署|签订|竣工|通过|举办|召开|承办|推出|挂牌|上线|上市"
    r"|下线|列入|纳入|创建|发布|施行|实施|取消|下放|开通|奠基|封顶|贯通|投运|达成|评为|命名|授予|摘牌|整改|改造|组建|开展|建立|推广|全覆盖|形成|打造|实现|推进|提升|建设|扩大|减少|增加|终结|放开|调整|新设|清理|顺利|稳步|有序|全面"
)
_GENERAL = re.compile(r"^(?:[^“《]{0,8})(?:取得|呈现|保持|得到|不断|进一步|明显|显著|更加|持续)[^“《]{0,8}(?:成效|成绩|进展|态势|增强|提升|改善|巩固|优化|向好|提高|发挥)$")


@dataclass(slots=True)
class Act:
    """A clause that names something to be checked: ``sentence[start:end]``, its object and why it counts."""

    start: int
    end: int
    object: str
    reason: str


@lru_cache(maxsize=1)
def _words() -> dict[str, re.Pattern[str]]:
    lists = _lists()
    acts, things = alternation(lists["act"]), alternation(lists["thing"])
    shapes = "|".join((*_LEAD_SHAPES, alternation(lists["lead"])))
    return {
        "lead": re.compile(rf"(?:{shapes})+"),
        "act": re.compile(rf"(?:(?:{acts})(?![型式性](?!能|价比)|(?<=开发|保护|建成|集聚)区))+"),      # 开放型经济, 建成区: no deed
        "inner": re.compile(rf"(?:要|将|须|应当?|即将|计划|拟|力争|确保|争取)[^，]{{0,8}}?(?:{acts}|进入|通过|交付|入驻|签约|跨上|挂钩|正式)"),
        "preposition": re.compile(rf"(?:{alternation(lists['preposition'])})"),
        "thing": re.compile(things),
        "slogan": re.compile(rf"^(?:{alternation(lists['slogan'])})"),
        "outcome": re.compile(rf"(?:{alternation(lists['outcome'])})"),
    }


def split_clauses(sentence: str) -> list[tuple[int, int]]:
    """Clauses of a sentence between commas and semicolons, quotations and brackets kept whole."""
    if not ("“" in sentence or "（" in sentence or "(" in sentence or "《" in sentence or "「" in sentence):
        cuts = [-1, *[match.start() for match in _COMMA.finditer(sentence)], len(sentence)]
        return [(low + 1, high) for low, high in pairwise(cuts) if low + 1 < len(sentence)]
    clauses: list[tuple[int, int]] = []
    start = depth = opened = 0
    spoken = sentence.startswith("“") and _is_speech(sentence)
    for match in _SPLIT.finditer(sentence):
        mark, at = match.group(), match.start()
        if spoken and mark in "“”" and (not at or not depth):
            continue
        if mark in _OPEN:
            depth, opened = depth + 1, at
        elif mark in _CLOSE:
            depth = max(0, depth - 1)
        elif not depth or at - opened > 120:      # a quotation that is never closed ends nowhere
            clauses.append((start, at))
            start, depth = at + 1, 0
    if start < len(sentence):
        clauses.append((start, len(sentence)))
    return clauses


def _is_speech(sentence: str) -> bool:
    """Whether the quotation that opens a sentence is what somebody says, and no name: “今年将新建泵站，…。”王一民说."""
    end = sentence.find("”")
    return sentence.count("，", 0, end if end >= 0 else len(sentence)) >= 2


def find_commitments(sentence: str, taken: Sequence[tuple[int, int]] = ()) -> list[Act]:
    """The acts that a planning sentence commits to, without those in ``taken``, the stretches that figures speak for."""
    found: list[Act] = []
    clauses = split_clauses(sentence)
    for at, start, end, clause in _untaken(sentence, clauses, taken):
        act = _read_commitment(clause, start, end) or _read_continued(sentence, clauses, at, found, taken)
        if act:
            found.append(act)
    return found


def _untaken(sentence: str, clauses: list[tuple[int, int]], taken: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int, str]]:
    """The clauses that overlap none of the stretches in ``taken``, trimmed: number, start, end, words."""
    for at, (start, end) in enumerate(clauses):
        start, end, clause = _trimmed(sentence, start, end)
        for low, high in taken:
            if start < high and low < end:
                break
        else:
            yield at, start, end, clause


def _is_taken(start: int, end: int, taken: Sequence[tuple[int, int]]) -> bool:
    return any(start < high and low < end for low, high in taken)


def find_announcements(sentence: str, taken: Sequence[tuple[int, int]] = ()) -> list[Act]:
    """The acts that a reporting sentence only announces (1号线即将开通, 计划年底前投产), without those in ``taken``."""
    found: list[Act] = []
    for start, end in split_clauses(sentence) if _ANNOUNCED.search(sentence) else ():
        act = _read_announcement(sentence, start, end)
        if act and not _is_taken(act.start, act.end, [*taken, *((one.start, one.end) for one in found)]):
            found.append(act)
    return found


def find_achievements(sentence: str, taken: Sequence[tuple[int, int]] = ()) -> list[Act]:
    """The acts that a reporting sentence says are done or under way, without those in ``taken``, which figures speak for."""
    clauses = _untaken(sentence, split_clauses(sentence), taken)
    return [act for _, start, end, clause in clauses if (act := _read_told(clause, start, end))]


# what a report says of a task when it has no number to give
_UNDER_WAY_ENDS = ("推进", "开展", "实施", "进行", "展开", "中")
_UNDER_WAY = re.compile(
    r"(?:的?(?:各项)?工作)?(?:已|正在?|目前)?(?:有序|有力|稳步|扎实|加快|顺利|全面|深入|持续|积极|平稳|有效|抓紧)+(?:推进|开展|实施|进行|展开)(?:之?中|当中)?$"
)


def _read_told(clause: str, start: int, end: int) -> Act | None:
    """A deed, the state of an indicator, or a task told of in words only: 保障性住房筹集工作有序推进."""
    state = _UNDER_WAY.search(clause) if len(clause) <= 40 and clause.endswith(_UNDER_WAY_ENDS) else None
    if not state:
        return _read_achievement(clause, start, end) or _read_state(clause, start, end)
    thing = clause[: state.start()]
    if len(thing) < 5 or not _words()["thing"].search(thing):
        return None
    return Act(start, end, thing, f"“{clause[len(thing):]}”是没有数据的进展")


_FULFILLED = re.compile(r"(?:提前|如期|超额|圆满|全面)[^，。；“]{0,8}(?:完成|实现)(?:了)?(?P<what>[^，。；“]{2,24}?)(?:提出|确定|明确|下达|部署)?的?“[^”]{4,80}”(?:的)?(?:目标|任务)+")


def find_fulfilments(sentence: str) -> list[Act]:
    """A result that quotes its goal: 提前2年完成…提出的“打造5-6家…”目标任务. The goals inside it stand for themselves."""
    return [Act(found.start(), found.end(), f"{found['what']}目标任务", "完成的是引号内的目标") for found in _FULFILLED.finditer(sentence)]


_STATE = re.compile(
    r"(?:保持|处于|维持)(?:在)?[^，]{0,4}(?:水平|稳定|平衡|区间)$|(?:出现|有所|呈现)(?:下降|下滑|回落|上升|增长|负增长)$"
    r"|(?:增速|增幅|涨幅)(?:高于|低于|快于|好于)[^，]{2,12}$|持续(?:壮大|扩大|下降|回落)$"
)


def _read_state(clause: str, start: int, end: int) -> Act | None:
    """An indicator told of in words: 居民消费价格涨幅保持较低水平, 进出口总额出现下降."""
    state = _STATE.search(clause) if len(clause) <= 40 else None
    if not state:
        return None
    thing = re.sub(r"^(?:去年|全年|预计|今年|我国|我省|我市|全省|全市)+", "", clause[: state.start()])
    if len(thing) < 3 or not _metrics().search(thing):
        return None
    return Act(start, end, thing, f"指标“{thing[:12]}”的文字说明")


@lru_cache(maxsize=1)
def _metrics() -> re.Pattern[str]:
    return re.compile(f"(?:{alternation((*read_words('metric_heads'), '涨幅', '降幅'))})$")


def _trimmed(sentence: str, start: int, end: int) -> tuple[int, int, str]:
    while start < end and sentence[start] in " *—-“" and not (sentence[start] == "“" and "”" in sentence[start:end]):
        start += 1
    return start, end, sentence[start:end]


def _read_commitment(clause: str, start: int, end: int) -> Act | None:
    if not 5 <= len(clause) <= 160 or _is_frame(clause):
        return None
    words = _words()
    lead = words["lead"].match(clause)
    at = lead.end() if lead else 0
    verb = words["act"].match(clause, at)
    if verb and lead and "前" in lead.group() and _DUE.search(lead.group()) and len(clause) - verb.end() >= 3:
        return Act(start, end, _object(clause[verb.end() :]), "有时限的事项")
    if verb and len(clause) > verb.end():
        return _judge(clause[verb.end() :], clause, start, end, weak=_is_weak(lead, verb))
    if words["preposition"].match(clause, at):
        verb = words["act"].search(clause, at + 4)      # 围绕24条产业链完善资金链, and not 围绕建设强省
        if verb:
            return _judge(clause[at:], clause, start, end)
    if ("前" in clause or "月" in clause) and _DUE.search(clause) and (words["act"].search(clause) or words["outcome"].search(clause)):
        return Act(start, end, _object(clause[at:]), "有时限的事项")
    if lead and lead.group().endswith(_WITHIN) and words["outcome"].match(clause, at + 2):      # 年内主体封顶
        return Act(start, end, _object(clause[at:]), "有时限的事项")
    if lead or words["inner"].search(clause) or words["outcome"].search(clause):
        return _judge(clause[at:], clause, start, end)
    return None


_WITHIN = ("年内", "年底前", "年底")
# a clause that only sets the frame for the next: 以…为目标, 按照…要求, 在…前提下; or praises: …是…的有力支撑
_DUE = re.compile(r"(?:\d月|\d日|[底末]|[一二三四]季度|半年|年|春节|汛期|开学|供暖季)(?:之|以)?前|\d月(?:份|底|[上中下]旬)(?!以来)")
_FRAME = re.compile(r"以[^，]{2,50}为|[^，]{0,12}?[要将]以[^，]{2,50}为[^，的]{1,8}$|从[^，]{2,60}(?:着手|入手|发力|用力)$|(?:按照|根据|随着|本着|立足|着眼|为了)|(?:在|当)[^，]*(?:下|中|上|时|后|前提|基础|过程|之际)$")
_PRAISE = re.compile(r"[是为][^，]{0,30}$")
_PRAISED = ("之年", "支撑", "关键", "基础", "保障", "责任", "要求", "课题")
_WEIGHTY = ("意义重大", "意义深远", "责任重大", "任务艰巨", "至关重要")
_LABELLED = re.compile(r"(?:责任|牵头|配合|主办)(?:单位|部门)|时限[:：]")


def _is_frame(clause: str) -> bool:
    """Whether a clause frames, praises or labels and promises nothing itself."""
    if _FRAME.match(clause) or clause.endswith(_WEIGHTY) or (clause.endswith(_PRAISED) and _PRAISE.search(clause)):
        return True
    return ("单位" in clause or "时限" in clause) and bool(_LABELLED.search(clause))


def _is_weak(lead: re.Match[str] | None, verb: re.Match[str]) -> bool:
    """Whether all verbs in front of the thing only strengthen, improve or support: 进一步加强…"""
    return _all_weak(verb.group()) and (lead is None or not _BUILDING.search(lead.group()))


_BUILDING = re.compile(r"建设|建成|开工|启动")


@lru_cache(maxsize=1024)       # the same few dozen verbs again and again
def _all_weak(verbs: str) -> bool:
    weak = _weak_words()
    while verbs:
        size = next((size for size in (4, 3, 2) if verbs[:size] in weak), 0)
        if not size:
            return False
        verbs = verbs[size:]
    return True


def _ending_of(words: str, end: int, endings: frozenset[str]) -> int:
    """Length of the longest of ``endings`` (of two to five signs) at the end of ``words[:end]``; 0 without one."""
    for size in (5, 4, 3, 2):
        if words[end - size : end] in endings:
            return size
    return 0


_LIST_ENDS = ("项目", "工程", "建设", "试点", "改革")


def _read_continued(sentence: str, clauses: list[tuple[int, int]], at: int, found: list[Act], taken: Sequence[tuple[int, int]]) -> Act | None:
    """加快A、B项目，C等项目建设: the second clause has no verb of its own but goes on with the list of the act before it,
    the last ``found`` or one in ``taken``, which was not read."""
    start, end, clause = _trimmed(sentence, *clauses[at])
    if not at or len(clause) < 8 or not clause.endswith(_LIST_ENDS):
        return None
    goes_on = bool(found) and found[-1].end >= clauses[at][0] - 1
    low, high, before = _trimmed(sentence, *clauses[at - 1])
    if not goes_on and _is_taken(low, high, taken):
        goes_on = bool(_read_commitment(before, low, high) or _read_continued(sentence, clauses, at - 1, found, taken))
    return _judge(clause, clause, start, end) if goes_on else None


_ANNOUNCED = re.compile(r"即将|力争|有望|将(?:于|在|正式|与|从|陆续|全面|建成|启用|启动|投入|实现|达到|成为)|计划(?:年底|年内|于|在|今年|明年|到|秋季|启动|建成|[\d一二三四五六七八九十]+月)|拟于|确保(?:年底|年内|今年)")


def _read_announcement(sentence: str, start: int, end: int) -> Act | None:
    start, end, clause = _trimmed(sentence, start, end)
    found = _ANNOUNCED.search(clause)
    if not found or len(clause) > 120:
        return None
    if found.start() == 0 and start > 0:      # 1号线进入试运行，计划年底前开通: the thing stands in the clause before
        earlier = max(sentence.rfind(mark, 0, start - 1) for mark in "，,；;。") + 1
        if start - earlier <= 60:
            start, clause = earlier, sentence[earlier:end]
    return _judge(clause, clause, start, end)


# 今年经济社会发展主要预期目标是：… only leads in what follows
_LEADS_IN = re.compile(r"(?:目标|要求|任务|重点|思路|安排|工作)(?:是|为|有|包括)[：:]?$|如下[：:]?$|以下(?:[几一二三四五六七八九十]+[项个])?(?:重点)?(?:工作|任务|方面)[：:]?$")


_DATE = re.compile(r"\d月\d{1,2}[日号]$")
_LEADS_IN_ENDS = EdgeSigns(_LEADS_IN.pattern, last=True)


def _judge(thing: str, clause: str, start: int, end: int, *, weak: bool = False) -> Act | None:
    if len(thing) < 3 or (thing[-1] in "日号" and _DATE.search(clause)) or (_LEADS_IN_ENDS[clause[-1:]] and _LEADS_IN.search(clause, max(0, len(clause) - 10))):
        return None
    words = _words()
    size = _vague_size(thing) if weak else 0
    concrete = words["thing"].search(thing, 0, len(thing) - size)
    named = None if concrete else _NAMED.search(clause)
    if not named and not concrete:
        return None
    object_ = _object(thing)
    if object_[:1] == "“" and object_ in _generic_words():      # 做好“三农”工作
        return None
    doubtful = words["slogan"].match(clause) or object_ in _generic_words() or (weak and len(object_) < (10 if size else 5))
    if (doubtful or (thing.endswith(_SLOGAN_WORDS) and _SLOGAN_END.search(thing) and (weak or _PUSHES.match(clause)))) and not named and not _NAMED.search(clause):
        return None
    found = concrete or named
    return Act(start, end, object_, f"可核对的事项“{found.group()[:12] if found else ''}”")


# 推动文旅深度融合发展, 稳住农业基本盘: nobody can say on a day that it is done
_SLOGAN_END = re.compile(r"(?:高质量|融合|协调|协同|均衡|健康|一体化?|集聚|绿色|创新|跨越|转型|特色产业|[一-龥]、[一-龥]{2,4}化)发展$|(?:基本盘|重任|大局|高地|新局面|新动能|新优势|主动权|实现目标|开好局|起好步|见效|落地见效)$")

_SLOGAN_WORDS = ("发展", "盘", "任", "局", "地", "面", "能", "势", "权", "目标", "步", "效")
_PUSHES = re.compile(r"[^，]{0,6}?(?:推动|促进|推进|深化|支持|引导|助力|服务|保障|确保|稳住|扛稳|实现|做好)")


def _vague_size(thing: str) -> int:
    """How many characters at the end only speak of a degree: 水平, 能力."""
    words, end = _vague_words(), len(thing)
    while size := _ending_of(thing, end, words):
        end -= size
    return len(thing) - end


@lru_cache(maxsize=1)
def _vague_words() -> frozenset[str]:
    return frozenset(_lists()["vague"])


@lru_cache(maxsize=1)
def _lists() -> dict[str, list[str]]:
    return {name: words.split() for name, words in (line.split(":", 1) for line in read_lines("commitments"))}


@lru_cache(maxsize=1)
def _weak_words() -> frozenset[str]:
    return frozenset(_lists()["weak"])


@lru_cache(maxsize=1)
def _generic_words() -> frozenset[str]:
    return frozenset(_lists()["generic"])


# what a verb leaves in front of its thing: 落实好政策, 巩固和完善机制, 建立了制度
_LEFT_OVER, _BINDING = frozenset("了好和与及以、"), ("与", "及", "、")
_LEFT = re.compile(r"了|好(?=[各农落惠民、]|[^房人差评书事]{3})|和(?![谐平睦美])|以及|[与及、]")


def _object(thing: str) -> str:
    """The thing without the verbs around it: 齐长城国家文化公园建设 → 齐长城国家文化公园."""
    if thing[:1] in _LEFT_OVER and (left := _LEFT.match(thing)) and len(thing) > left.end() + 2:
        verb = _words()["act"].match(thing, left.end())
        if verb and len(thing) > verb.end() + 1:
            thing = thing[verb.end():]
        elif left.group() not in _BINDING:      # 推进与各县的协作: with whom
            thing = thing[left.end():]
    words, end = _closing_words(), len(thing)
    while end > 4 and (size := _ending_of(thing, end, words)):
        end -= size
    return thing[:end]


@lru_cache(maxsize=1)
def _closing_words() -> frozenset[str]:
    """Words of doing that may stand behind the thing: 建设, 推进, 工作."""
    return frozenset(_lists()["closing"])


def _read_achievement(clause: str, start: int, end: int) -> Act | None:
    if not 6 <= len(clause) <= 120 or not _DONE.search(clause) or _GENERAL.match(clause) or _is_frame(clause):
        return None
    words = _words()
    lead = words["lead"].match(clause)
    at = lead.end() if lead else 0
    verb = words["act"].match(clause, at)
    if verb and _is_weak(lead, verb) and not _NAMED.search(clause):
        return None
    return _judge(clause[verb.end() if verb else 0 :], clause, start, end)
