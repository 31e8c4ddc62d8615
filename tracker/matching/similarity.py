"""How far two indicators name the same thing: never whole sentences, only what is measured."""
from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from tracker.matching.tables import fold, read_contrasts, read_synonyms, read_words, word_pattern

PARTICLES = re.compile(r"[^\w%.+]|_|的|(?<=[万亿])元")
WEAK = 0.25                 # what a bigram of a generic word (项目, 企业) counts, against 1 for any other


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator made comparable: standard wording, bigrams with weights, contrast members, kind of number."""

    core: str
    grams: dict[str, float]
    weight: float                                # sum of the gram weights
    members: dict[int, frozenset[int]]           # contrast group -> its members that the text names
    names: frozenset[str]                        # quoted names, 5G, 1号线


@dataclass(frozen=True, slots=True)
class Likeness:
    """Likeness of two indicators, each 0…1: shares of the weighted bigrams that the other side has too."""

    dice: float
    common: float                                # weight of the shared bigrams; below 1 they share common words only
    letters: float                               # the same on single characters: 输转劳务, 劳务输转
    goal_cover: float
    result_cover: float
    goal_head: bool                              # the goal's last word stands in the result's indicator
    result_head: bool                            # and the other way round
    equal: bool
    metric_gap: float                            # what one side adds to a measured amount (投资、收入): 民间投资, 投资
    conflict: tuple[str, str] | None             # two wordings that exclude one another
    narrower: bool                               # only one side names a member of a soft contrast


@cache
def _synonyms() -> tuple[re.Pattern[str], dict[str, str]]:
    pairs = dict(read_synonyms())
    kept = {standard: standard for standard in pairs.values()}
    words = sorted(kept | pairs, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, words))), kept | pairs


@cache
def _edges() -> tuple[re.Pattern[str], re.Pattern[str]]:
    def one_of(*categories: str) -> str:
        return "|".join(re.escape(word) for category in categories for word in read_words(category))

    return re.compile(f"^(?:{one_of('lead', 'area')})"), re.compile(f"(?:{one_of('tail')})$")


def fold_synonyms(text: str) -> str:
    """The text in standard wordings, without punctuation."""
    pattern, table = _synonyms()
    text = PARTICLES.sub("", pattern.sub(lambda found: table[found[0]], fold(text)))
    return pattern.sub(lambda found: table[found[0]], text)


def standard_wording(text: str) -> str:
    """Synonyms folded, leading verbs and areas and trailing growth words taken off."""
    text = fold_synonyms(text)
    lead, tail = _edges()
    for edge in (lead, tail):
        while len(shorter := edge.sub("", text)) >= 2 and shorter != text:
            text = shorter
    return text


def _grams(core: str) -> dict[str, float]:
    weak = [False] * len(core)
    for found in word_pattern("generic").finditer(core):
        weak[found.start():found.end()] = [True] * (found.end() - found.start())
    if len(core) < 2:
        return {core: 1.0} if core else {}
    grams: dict[str, float] = {}
    for at in range(len(core) - 1):
        value = WEAK if weak[at] and weak[at + 1] else 1.0
        grams[core[at:at + 2]] = max(value, grams.get(core[at:at + 2], 0.0))
    return grams


@lru_cache(maxsize=1 << 16)
def read_indicator(text: str) -> Indicator:
    """An indicator in any wording, made comparable."""
    core = standard_wording(text)
    grams = _grams(core)
    names = frozenset(re.findall(r"[A-Za-z0-9.+]*[A-Za-z][A-Za-z0-9.+]*|\d+号线?|[“\"]([^”\"]{2,12})[”\"]", fold(text)))
    return Indicator(core, grams, sum(grams.values()), _members(fold_synonyms(text)), names - {""})


def _members(core: str) -> dict[int, frozenset[int]]:
    found = {}
    for group, (_, words) in enumerate(read_contrasts()):
        rest, members = core, set()
        for word, number in words:
            if word in rest:
                members.add(number)
                rest = rest.replace(word, " ")
        if members:
            found[group] = frozenset(members)
    return found


@lru_cache(maxsize=1 << 17)
def compare(goal: str, result: str) -> Likeness:
    """Likeness of a goal's indicator and a result's indicator, both as written."""
    left, right = read_indicator(goal), read_indicator(result)
    common = sum(min(value, right.grams[gram]) for gram, value in left.grams.items() if gram in right.grams)
    goal_cover = common / left.weight if left.weight else 0.0
    result_cover = common / right.weight if right.weight else 0.0
    total = left.weight + right.weight
    conflict, narrower = _contrast(left, right)
    conflict = conflict or _other_part(left.core, right.core)
    return Likeness(2 * common / total if total else 0.0, common, _letters(left.core, right.core), goal_cover, result_cover,
                    left.core[-2:] in right.core, right.core[-2:] in left.core,
                    bool(left.core) and left.core == right.core,
                    1.0 - min(goal_cover, result_cover) if _is_metric(left.core) and _is_metric(right.core) else 0.0,
                    conflict, narrower)


def _is_metric(core: str) -> bool:
    return core.endswith(read_words("metric"))


def _other_part(left: str, right: str) -> tuple[str, str] | None:
    """民营经济占生产总值比重 and 新兴产业占生产总值比重 are shares of different things."""
    parts = [core.split("占", 1)[0] if "占" in core else "" for core in (left, right)]
    if not all(parts) or _letters(*parts) >= 0.5:
        return None
    return parts[0], parts[1]


def _letters(left: str, right: str) -> float:
    a, b = set(left), set(right)
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 0.0


def _contrast(left: Indicator, right: Indicator) -> tuple[tuple[str, str] | None, bool]:
    groups, narrower = read_contrasts(), False
    none: frozenset[int] = frozenset()
    for group in sorted(left.members.keys() | right.members.keys()):
        mark, words = groups[group]
        ours, theirs = left.members.get(group, none), right.members.get(group, none)
        if (ours and theirs and not ours & theirs) or (mark == "!" and bool(ours) != bool(theirs)):
            return (_wording(words, ours), _wording(words, theirs)), narrower
        narrower = narrower or (mark == "~" and bool(ours) != bool(theirs))
    return None, narrower


def _wording(words: tuple[tuple[str, int], ...], members: frozenset[int]) -> str:
    return next((word for word, number in reversed(words) if number in members), "未写")
