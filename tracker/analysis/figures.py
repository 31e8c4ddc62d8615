"""A sentence → its figures: every number with measure, indicator, quote, and whether it only names or describes."""
from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace

from tracker.analysis.descriptions import find_naming
from tracker.analysis.indicators import indicator_key
from tracker.analysis.measures import read_measure
from tracker.analysis.naming import Role
from tracker.analysis.phrases import EDGE, read_object, read_phrase
from tracker.analysis.quantities import Mention, find_quantities, fold
from tracker.analysis.records import Measure, Quantity, record
from tracker.analysis.sharing import distribute, replicate
from tracker.analysis.subjects import name_number
from tracker.analysis.vocabulary import Vocabulary
from tracker.analysis.walk import COMMA, JOINT, Name, Place, Subject, Walk, place_of, skip_signs


@record
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


@record
class Carried:
    """What an earlier sentence leaves to the next: the last subject, for a sentence that starts with 其中 or 同比."""

    subject: str = ""


_OTHERS = re.compile(r"^(?:全国|全省|全球|世界|国内|省内)(?:平均|平均水平)?$")


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
    walk = Walk(text, role, words, mentions, _bounds(text, mentions))
    if carried and carried.subject:
        walk.subjects.append(Subject(carried.subject, carried.subject, 0, segment=-1))
    walk.naming = find_naming(walk)
    return [figure for group in _groups(mentions, text) for figure in _read_group(group, walk)]


_ASIDE = re.compile(r"\([^()]{1,40}\)")


def _bounds(text: str, mentions: list[Mention]) -> list[int]:
    """Where segments begin; commas inside brackets without a number bind nothing: 货币M2（注：M2为…）增长12%."""
    bounds = [found.end() for found in COMMA.finditer(text)]
    idle: set[int] = set()
    for aside in _ASIDE.finditer(text):
        low, high = bisect_right(bounds, aside.start()), bisect_left(bounds, aside.end())
        at = bisect_left(mentions, aside.start(), key=lambda mention: mention.at)
        if low < high and not (at < len(mentions) and mentions[at].at < aside.end()):
            idle.update(bounds[low:high])
    return [bound for bound in bounds if bound not in idle] if idle else bounds


def _groups(mentions: list[Mention], text: str) -> Iterator[list[int]]:
    """Indexes of numbers with nothing but 、 or 和 between them: 12.7%、22.2%、28.4%, and 10件32项."""
    group = [0]
    for index in range(1, len(mentions)):
        if JOINT.fullmatch(text, mentions[index - 1].end, mentions[index].start) and not _sums_up(mentions[index - 1], mentions[index]):
            group.append(index)
        else:
            yield group
            group = [index]
    yield group


def _read_group(group: list[int], walk: Walk) -> Iterator[Figure]:
    place = place_of(group, walk)
    first = walk.mentions[group[0]]
    if all(walk.naming[index] for index in group):
        _note_topic(first, place, walk)
    rows = _name_group(group, first, place, walk)
    found: list[Subject] = []
    for index, name in rows:
        mention, described = walk.mentions[index], walk.naming[index]
        measure, why = read_measure(mention, place.left, place.right)
        last = walk.subjects[-1].measure if walk.subjects else ""
        if last == "growth" and measure == "share" and mention.kind == "percent" and _MODAL_ONLY.fullmatch(place.left.strip(EDGE)):
            measure, why = "growth", "接前文的增减"
        elif last == "delta" and measure == "level" and place.left.strip(EDGE).startswith("其中"):
            measure, why = "delta", "“其中”接前文的增减"
        scope = _OTHERS.match(name.indicator)
        start = skip_signs(walk.text, name.start)
        end = max(name.used, walk.mentions[group[-1]].end)
        yield Figure(_held(mention.quantity, place.left, walk.role), measure, name.indicator, indicator_key(name.indicator, walk.vocabulary),
                     start, _close_quote(walk.text, start, end), mention.at, bool(described), scope.group() if scope else None,
                     tuple(filter(None, (name.reason, why, described))))
        if mention.baseline and name.base:
            walk.subjects.append(Subject(name.base, name.base, name.start, topic=True, segment=place.segment))
        if not described and not _in_brackets(walk.text, mention, place):
            found.append(Subject(name.indicator, name.base, name.start, measure, owner=_owner(name.base, walk),
                                 segment=place.segment))
    if found:
        walk.subjects.extend(found)
        walk.used = max(walk.used, max(name.used for _, name in rows))


def _sums_up(money: Mention, count: Mention) -> bool:
    """总投资503亿元48个项目: the sum and the count are of one thing, and each is a figure by itself."""
    return money.end == count.start and money.quantity.unit.endswith("元") and not count.quantity.unit.endswith("元")


def _held(quantity: Quantity, left: str, role: Role) -> Quantity:
    """A goal to hold something at 3.5% is kept when it stays below."""
    return replace(quantity, comparator="le") if role == "plan" and quantity.comparator == "eq" and left.endswith("控制在") else quantity


_MODAL_ONLY = re.compile(r"(?:争取|力争|确保|达到|奋斗目标|预期|努力)+")


def _close_quote(text: str, start: int, end: int) -> int:
    """实现“二十连丰”: the quote takes the closing sign with it."""
    open_sign = text.rfind("“", start, end) > text.rfind("”", start, end)
    return end + 1 if open_sign and text[end: end + 1] == "”" else end


def _in_brackets(text: str, mention: Mention, place: Place) -> bool:
    """A figure in brackets is an aside: the clause after goes on about what stood before."""
    opening = text.rfind("(", max(0, mention.at - 30), mention.at)
    return opening > 0 and ")" not in text[opening: mention.at] and ")" in text[mention.at: mention.at + 30]


def _note_topic(first: Mention, place: Place, walk: Walk) -> None:
    topic = read_object(place.right)
    if place.right.startswith("的基础上"):
        topic = read_phrase(place.left, walk.vocabulary).name
    if len(topic) >= 2 and first.kind == "amount" and not first.baseline:
        walk.subjects.append(Subject(topic, topic, place.segment, topic=True, segment=place.segment))


def _owner(base: str, walk: Walk) -> str:
    found = walk.vocabulary.owned.fullmatch(base)
    return found["owner"] if found else ""


def _name_group(group: list[int], mention: Mention, place: Place, walk: Walk) -> list[tuple[int, Name]]:
    """Number index and name, one row for each figure."""
    if len(group) > 1 and (names := distribute(len(group), mention, place, walk)):
        return list(zip(group, names, strict=True))
    if names := replicate(mention, place, walk, alone=len(group) == 1):
        return [(index, name) for index in group for name in names]
    name = name_number(mention, place, walk)
    return [(index, name) for index in group]
