"""Qualitative goals and results: one for each act on a named project, document, event or institution; slogans are none.

A clause counts when it starts with a verb of doing (建设, 出台, 争创 …) and its object holds something that can be
checked later. The words are data in ``lexicon/commitments.txt``.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tracker.analysis.vocabulary import alternation, read_lines

_SPLIT = re.compile(r"[，,；;。！？!?：:]")
_OPEN, _CLOSE = "“《（(「", "”》）)」"
_LEAD = re.compile(
    r"^(?:[一二三四五六七八九十]{1,2}是(?:要)?|第[一二三四五六七八九十]+[，、]|[（(]?[一二三四五六七八九十\d]{1,2}[）).、．]|——|—|[•·●■◆]|其中|同时|此外|另外|并且?|还|也|则"
    r"|我们(?:将|要)?|下一步|下半年|今年|明年|年内|年底前|全年|要|将|须|应|再|继续|进一步|着力|大力|全力(?:以赴)?|积极|主动|扎实|深入|持续|稳步|有序|有效|切实|认真|严格|精心|统筹|高标准|高质量|高水平|高起点|高效|全面|加快|尽快|尽早|抓紧|科学|合理|分类|分层|分批|分期|稳妥|不断|大幅|适时|适当|灵活|逐步|多渠道|依法|重点|优先|一体|协同|协调|滚动|力争|争取|确保|计划|拟|鼓励|支持|引导|推动|推进|指导|帮助|探索|研究|以此|基本|初步|提前|按期|如期|坚决|坚定不移|毫不松懈|突出|带头|率先|创新|联合|牵头|充分|具体|常态化|集中|定期|分步|因地制宜|自)+"
)
_NAMED = re.compile(r"[“《][^”》]{2,}[”》]|[A-Za-z]{2,}|\d+号线|[一二三四五六]期|[\d一二三四五六七八九十]+(?:大|个|项|家|座|条|所|批|处)")
_DONE = re.compile(
    r"已|完成|建成|通车|投产|开工|启动|启用|获批|获评|获得|荣获|入选|入围|印发|出台|制定|设立|成立|揭牌|投入(?:运行|运营|使用)|运营|投用|落户|落地|签约|签署|签订|竣工|通过|举办|召开|承办|推出|挂牌|上线|上市"
    r"|下线|列入|纳入|创建|发布|施行|实施|取消|下放|开通|奠基|封顶|贯通|投运|达成|评为|命名|授予|摘牌|整改|改造|组建|开展|建立|推广|全覆盖|形成|打造|实现|推进|提升|建设|扩大|减少|增加|终结|放开|调整|新设|清理|顺利|稳步|有序|全面"
)
_GENERAL = re.compile(r"^(?:[^“《]{0,8})(?:取得|呈现|保持|得到|不断|进一步|明显|显著|更加|持续)[^“《]{0,8}(?:成效|成绩|进展|态势|增强|提升|改善|巩固|优化|向好|提高|发挥)$")


@dataclass(frozen=True, slots=True)
class Act:
    """A clause that names something to be checked: ``sentence[start:end]``, its object and why it counts."""

    start: int
    end: int
    object: str
    reason: str


@lru_cache(maxsize=1)
def _words() -> dict[str, re.Pattern[str]]:
    lists = {name: words.split() for name, words in (line.split(":", 1) for line in read_lines("commitments"))}
    acts = alternation(lists["act"])
    return {
        "act": re.compile(rf"(?:{acts})+"),
        "inner": re.compile(rf"(?:要|将|须|应当?|即将|计划|拟|力争|确保|争取)[^，]{{0,8}}?(?:{acts})"),
        "closing": re.compile(rf"(?:{acts}|工作|任务|进程|步伐|力度)+$"),
        "thing": re.compile(alternation(lists["thing"])),
        "vague": re.compile(rf"(?:{alternation(lists['vague'])})$"),
        "slogan": re.compile(rf"^(?:{alternation(lists['slogan'])})"),
    }


def split_clauses(sentence: str) -> Iterator[tuple[int, int]]:
    """Clauses of a sentence between commas and semicolons, quotations and brackets kept whole."""
    start = 0
    for match in _SPLIT.finditer(sentence):
        piece = sentence[start : match.start()]
        if any(piece.count(a) > piece.count(b) for a, b in zip(_OPEN, _CLOSE, strict=True)) and len(piece) < 120:
            continue
        yield start, match.start()
        start = match.end()
    if start < len(sentence):
        yield start, len(sentence)


def find_commitments(sentence: str) -> list[Act]:
    """The acts that a planning sentence commits to."""
    acts = (_read_commitment(sentence, start, end) for start, end in split_clauses(sentence))
    return [act for act in acts if act]


def find_achievements(sentence: str) -> list[Act]:
    """The acts that a reporting sentence says are done or under way."""
    acts = (_read_achievement(sentence, start, end) for start, end in split_clauses(sentence))
    return [act for act in acts if act]


def _trimmed(sentence: str, start: int, end: int) -> tuple[int, int, str]:
    while start < end and sentence[start] in " *—-“" and not (sentence[start] == "“" and "”" in sentence[start:end]):
        start += 1
    return start, end, sentence[start:end]


def _read_commitment(sentence: str, start: int, end: int) -> Act | None:
    start, end, clause = _trimmed(sentence, start, end)
    if not 5 <= len(clause) <= 160:
        return None
    words = _words()
    lead = _LEAD.match(clause)
    at = lead.end() if lead else 0
    verb = words["act"].match(clause, at)
    body = at
    if not verb:
        if not lead:
            verb = words["inner"].search(clause)
            if not verb:
                return None
    else:
        body = verb.end()
    thing = clause[body:] if verb and verb.start() == at else clause
    return _judge(thing, clause, start, end)


def _judge(thing: str, clause: str, start: int, end: int) -> Act | None:
    words = _words()
    named = _NAMED.search(clause)
    concrete = words["thing"].search(thing)
    if not named and not concrete:
        return None
    if len(thing) < 3:
        return None
    if not named and (words["slogan"].match(clause) or words["vague"].search(thing)):
        return None
    found = named or concrete
    object_ = _object(thing)
    return Act(start, end, object_, f"可核对的事项“{found.group()[:12] if found else ''}”")


def _object(thing: str) -> str:
    """The thing without the verbs around it: 齐长城国家文化公园建设 → 齐长城国家文化公园."""
    bare = _words()["closing"].sub("", thing)
    return bare if len(bare) >= 3 else thing


def _read_achievement(sentence: str, start: int, end: int) -> Act | None:
    start, end, clause = _trimmed(sentence, start, end)
    if not 6 <= len(clause) <= 120 or not _DONE.search(clause) or _GENERAL.match(clause):
        return None
    lead = _LEAD.match(clause)
    at = lead.end() if lead else 0
    verb = _words()["act"].match(clause, at)
    return _judge(clause[verb.end() if verb else 0 :], clause, start, end)
