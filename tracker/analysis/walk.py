"""A sentence being read from left to right: its numbers, its segments between commas, the subjects named so far."""
from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from tracker.analysis.naming import Role
from tracker.analysis.quantities import Mention
from tracker.analysis.records import Measure, record
from tracker.analysis.vocabulary import Vocabulary

# words further from a number than this say nothing about it; keeps the cost linear on text without commas
REACH = 120
# the sign first and what it asks for after it, so that ``re`` looks for the sign alone
COMMA = re.compile(r"[，；;。！？!?：,:](?:(?<![,:])|(?<!\d[,:])|(?<=,)(?!\d{3}(?!\d)))")
JOINT = re.compile(r"\s*(?:、|和|及|与|以及|，和|)\s*")


@record
class Subject:
    """A subject already named in the sentence, for the clauses that go on about it."""

    name: str                          # the indicator as given out
    base: str                          # without rank, growth and share words: what 同比增长 goes on about
    start: int                         # where the quote of a figure about it begins
    measure: Measure = "level"
    topic: bool = False                # only named by a describing number: 110个涉海重点项目
    owner: str = ""                    # 市属企业 in 市属企业资产总额
    segment: int = 0


@record
class Name:
    """The indicator of one number."""

    indicator: str
    base: str
    start: int
    reason: str
    used: int = 0                      # up to where the words after the number belong to it


@record
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
    segments: list[tuple[int, int]] = field(init=False)    # the stretch between commas that each number stands in

    def __post_init__(self) -> None:
        self.segments = [segment_at(self, mention.at) for mention in self.mentions]


def segment_at(walk: Walk, position: int) -> tuple[int, int]:
    """The stretch between commas around a position."""
    at = bisect_right(walk.bounds, position)
    start = walk.bounds[at - 1] if at else 0
    return start, walk.bounds[at] - 1 if at < len(walk.bounds) else len(walk.text)


def place_of(group: list[int], walk: Walk) -> Place:
    last = walk.mentions[group[-1]]
    segment, segment_end = walk.segments[group[0]][0], walk.segments[group[-1]][1]
    item, left = _left(group[0], max(segment, walk.used), walk)
    after = group[-1] + 1
    while after < len(walk.mentions) and walk.naming[after] and is_threshold(walk.naming[after]):
        after += 1  # 5-6家资产过千亿元的企业集团: the threshold belongs to the words after the count
    following = walk.mentions[after] if after < len(walk.mentions) else None
    right_end = min(segment_end, following.start) if following else segment_end
    right = walk.text[last.end: max(min(right_end, last.end + REACH), last.end)]
    return Place(segment, segment_end, item, left[-REACH:], right, last.end)


def is_threshold(reason: str) -> bool:
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
        if mention.baseline and between and walk.mentions[between - 1].baseline:
            pass  # 由16平方米和20.5平方米提高到: nothing but the 和 stands between
        elif mention.baseline:
            cut = max(walk.text.rfind("由", position, mention.at), walk.text.rfind("从", position, mention.at))
            pieces.append(walk.text[position: cut if cut >= position else mention.start])
        elif mention.kind == "amount" and not is_threshold(walk.naming[between]):
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


def has_number(walk: Walk, start: int, end: int) -> bool:
    """Is there a number between two places of the sentence?"""
    at = bisect_left(walk.mentions, start, key=lambda mention: mention.at)
    return at < len(walk.mentions) and walk.mentions[at].at < end


_LEADING = re.compile(r"(?:[\s、，,；;。]|和(?![谐平])|及(?![时格]))*")


def skip_signs(text: str, start: int) -> int:
    return _LEADING.match(text, start).end()  # type: ignore[union-attr]
