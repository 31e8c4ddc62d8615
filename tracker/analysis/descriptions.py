"""Which numbers of a sentence only name or describe: the rules of ``naming`` over the whole list."""
from __future__ import annotations

import re

from tracker.analysis.naming import Surroundings, is_per, naming_reason
from tracker.analysis.quantities import Mention
from tracker.analysis.walk import COMMA, REACH, Walk


def find_naming(walk: Walk) -> list[str]:
    """For each number why it is none of its own, from the last to the first: A 29个、B 220个 + rate describe together."""
    reasons = [""] * len(walk.mentions)
    openings = _openings(walk)
    for index in range(len(walk.mentions) - 1, -1, -1):
        mention, around = walk.mentions[index], _surroundings(index, openings[index], walk)
        reason = naming_reason(mention, around) or _overtaken(mention, around)
        if not reason and index and not around.opens and _is_per(walk.mentions[index - 1], mention, around.left):
            reason = "各个都过的门槛，算有几个"
        if not reason and around.following and reasons[index + 1].startswith("说明后面") and _leads_on(mention, around):
            reason = reasons[index + 1]
        reasons[index] = reason
    _pass_on(walk, reasons)
    return reasons


def _openings(walk: Walk) -> list[int]:
    """For each number where the first number of its segment begins."""
    openings: list[int] = []
    last = -1
    for mention, (segment, _) in zip(walk.mentions, walk.segments, strict=True):
        openings.append(openings[-1] if segment == last else mention.start)
        last = segment
    return openings


def _surroundings(index: int, opening: int, walk: Walk) -> Surroundings:
    mention, text = walk.mentions[index], walk.text
    segment, end = walk.segments[index]
    before = walk.mentions[index - 1].end if index else 0
    following = walk.mentions[index + 1] if index + 1 < len(walk.mentions) else None
    if following and following.at >= end:
        following = None
    right_end = following.start if following else end
    left = max(segment, mention.start - REACH)
    right = min(end, mention.end + REACH)
    return Surroundings(
        text[max(left, before): mention.start], text[left: mention.start], text[max(segment, opening - REACH): opening],
        text[mention.end: min(right_end, right)], text[mention.end: right],
        following, walk.role, _is_quoted(text, mention), before <= segment,
    )


def _leads_on(mention: Mention, around: Surroundings) -> bool:
    """29个省级重大项目、220个市级重点项目开工率: the first of a list of counts that describe together."""
    right = around.right.rstrip()
    return mention.kind == "amount" and right.endswith(("、", "和")) and bool(right.strip(" 、和"))


def _pass_on(walk: Walk, reasons: list[str]) -> None:
    """加快45家A、6家B建设: what holds for the first of a list holds for the others."""
    for index in range(1, len(reasons)):
        mention, last = walk.mentions[index], walk.mentions[index - 1]
        between = walk.text[last.end: mention.start]
        listed = between.rstrip().endswith(("、", "和", "及")) and not COMMA.search(between)
        if listed and not reasons[index] and reasons[index - 1].startswith("推进的对象") and mention.kind == "amount":
            reasons[index] = reasons[index - 1]


def _overtaken(mention: Mention, around: Surroundings) -> str:
    """突破万亿元、达到10495.5亿元: the exact number counts."""
    following = around.following
    exact = following and _REACHING.fullmatch(around.right) and following.kind == mention.kind
    if exact and mention.quantity.comparator == "ge":
        return "后面有确数"
    return ""


_REACHING = re.compile(r"(?:大关)?、(?:达到?|为|实现)\s*")


def _is_per(count: Mention, mention: Mention, between: str) -> bool:
    """7个区市生产总值超过千亿元: the count is the figure, not the threshold."""
    counted = count.kind == "percent" or (count.kind == "amount" and count.quantity.unit in ("个", "家", "户", "条"))
    threshold = mention.kind == "amount" and mention.quantity.comparator == "ge"
    limited = count.kind == "amount" and count.quantity.comparator == "ge"
    return counted and threshold and not limited and is_per(between)


def _is_quoted(text: str, mention: Mention) -> bool:
    if not ("“" in text or "《" in text or '"' in text or "「" in text):
        return False
    if (straight := text.rfind('"', max(0, mention.at - 20), mention.at)) >= 0:
        closing = text.find('"', mention.unit_end, mention.end + 20)
        if closing >= 0 and text.count('"', max(0, straight - REACH), straight) % 2 == 0:
            return True
    opening = max(text.rfind(sign, max(0, mention.at - 20), mention.at) for sign in "“《「")
    if opening < 0:
        return False
    closing = min((at for sign in "”》」" if (at := text.find(sign, opening, mention.end + REACH)) >= 0), default=-1)
    spoken = closing - opening > 24 and (opening == 0 or text[opening - 1] == ":")      # 局长李明说：“年底前，…”
    return closing >= mention.unit_end and not (spoken and COMMA.search(text, opening, closing))
