"""How sure the machine is of a goal or result: a share between 0 and 1, worked out from the rules that decided.

A reviewer checks: is it a goal (a result) at all, what is measured, for which time, and whose is it. Each is decided by a
rule that leaves its reason with the statement. ``lexicon/certainty.txt`` holds, for each rule, the share of its decisions
that was right on the gold standard; ``manage.py calibrate`` measures it. The shares multiplied are the score; the
smallest tells a person where to look first. A rule that the gold standard shows too seldom counts as 其他.
"""
from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from tracker.analysis.vocabulary import read_lines

KIND, INDICATOR, WORDS, PERIOD, BODY = "判定", "指标", "文字", "时期", "单位"
CHECKS = (KIND, INDICATOR, WORDS, PERIOD, BODY)
OTHER = "其他"
WHOLE = "把握"  # lines that tell what share of the records from a score on was right as a whole
Key = tuple[str, str]  # check and rule
# below this share a check is worth a person's second look
CERTAIN = 0.95
# a rule seen less often than this on the gold standard has no share of its own; one seen little leans to its check's mean
SEEN = 8
LEAN = 8
# where commitments that nothing is counted in are cut by length
SHORT, LONG = 12, 24
_QUOTED = re.compile(r"“.*”")
_DIGITS = re.compile(r"\d+")
_NAMED = re.compile(r"[“《0-9]")
_STARTS = {
    WORDS: ("可核对的事项", "“…”是没有数据的进展", "指标“…”的文字说明", "完成的是引号内的目标"),
    PERIOD: ("时间词", "小标题", "本节所说的期间", "没有时限"),
    BODY: ("标题或文件署名", "标题所说的单位", "来源栏", "全文", "所在部分的标题", "段首主语", "发言人", "责任单位"),
}


def rule_of(reason: str) -> str:
    """The rule behind a reason: the words and numbers that it quotes are left out."""
    return _DIGITS.sub("N", _QUOTED.sub("“…”", reason))


def checks_of(reasons: Iterable[str], quote: str) -> dict[str, list[str]]:
    """The rules that decided each check of a statement. A check that no rule speaks for is not among them."""
    found: dict[str, list[str]] = {}
    for place, reason in enumerate(reasons):
        check, rule = _rule_at(place, reason, quote)
        found.setdefault(check, []).append(rule)
    return found


def _rule_at(place: int, reason: str, quote: str) -> Key:
    rule = rule_of(reason)
    check = next((check for check, starts in _STARTS.items() if rule.startswith(starts)), INDICATOR if place else KIND)
    return check, _sized(rule, quote) if check == WORDS else rule


def _sized(rule: str, quote: str) -> str:
    """A slogan is short and names nothing; what can be checked is longer, and names or numbers its thing."""
    size = "短句" if len(quote) < SHORT else "长句" if len(quote) >= LONG else "中等长度"
    return f"{rule}，{size}{'，有专名或数目' if _NAMED.search(quote) else ''}"


@lru_cache(maxsize=1)
def _measured() -> list[list[str]]:
    return [line.split("\t") for line in read_lines("certainty")]


@lru_cache(maxsize=1)
def measured_shares() -> dict[Key, float]:
    """(check, rule) → share right, as measured on the gold standard."""
    return {(check, rule): float(share) for check, rule, share, _ in _measured() if check != WHOLE}


@lru_cache(maxsize=1)
def measured_bands() -> list[tuple[float, float, int]]:
    """Bands of the score, the surest first: from which score on, the share of whole records right, of how many."""
    return [(float(floor), float(share), int(seen)) for check, floor, share, seen in _measured() if check == WHOLE]


def shares_of(reasons: Sequence[str], quote: str, shares: Mapping[Key, float] | None = None) -> dict[str, tuple[str, float]]:
    """For each check its rule and the share right; of several rules the least certain."""
    known = measured_shares() if shares is None else shares
    return {
        check: min(((rule, known.get((check, rule), known[check, OTHER])) for rule in rules), key=lambda pair: pair[1])
        for check, rules in checks_of(reasons, quote).items()
    }


def score_of(reasons: Sequence[str], quote: str, shares: Mapping[Key, float] | None = None) -> float:
    """How likely a whole statement is right, by the rules that made it."""
    score = 1.0
    for _, share in shares_of(reasons, quote, shares).values():
        score *= share
    return round(score, 3)


def weigh(reasons: Sequence[str], quote: str) -> list[tuple[str, float]]:
    """Each reason with the share measured for its rule."""
    known = measured_shares()
    weighed = []
    for place, reason in enumerate(reasons):
        check, rule = _rule_at(place, reason, quote)
        weighed.append((reason, known.get((check, rule), known[check, OTHER])))
    return weighed


def doubts_of(reasons: Sequence[str], quote: str) -> list[Key]:
    """(check, rule) of what is less than certain, the worst first: where a person should look."""
    weak = sorted((share, check, rule) for check, (rule, share) in shares_of(reasons, quote).items() if share < CERTAIN)
    return [(check, rule) for _, check, rule in weak]


def measure_shares(decisions: Iterable[tuple[str, str, bool]]) -> dict[Key, tuple[float, int]]:
    """(check, rule, was it right) many times over → share and how often seen, of each rule and of 其他 in each check."""
    seen: dict[Key, list[bool]] = defaultdict(list)
    for check, rule, right in decisions:
        seen[check, rule].append(right)
    found: dict[Key, tuple[float, int]] = {}
    for check in CHECKS:
        rules = {key: rights for key, rights in seen.items() if key[0] == check}
        every = [right for rights in rules.values() for right in rights]
        mean = sum(every) / len(every) if every else 0.5
        rare = [right for rights in rules.values() if len(rights) < SEEN for right in rights]
        kept = {key: rights for key, rights in rules.items() if len(rights) >= SEEN} | {(check, OTHER): rare}
        found |= {key: (_share(rights, mean), len(rights)) for key, rights in kept.items()}
    return found


def _share(rights: Sequence[bool], mean: float) -> float:
    return round((sum(rights) + LEAN * mean) / (len(rights) + LEAN), 3)
