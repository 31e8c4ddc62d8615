"""The word lists that the analysis works with: data in ``lexicon/*.txt``, loaded once, extensible without code.

A list file holds words separated by blanks; ``#`` starts a comment line. In ``synonyms.txt`` every line is one group
whose first word is the normal form. In ``openers.txt`` and ``predicates.txt`` every word is a regular expression. In ``units.txt`` a line that starts with ``digits:`` lists units that only count
after Arabic digits.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path

from tracker.analysis.branches import Endings, Openings

LEXICON = Path(__file__).parent / "lexicon"


def read_lines(name: str) -> list[str]:
    """The lines of one list, without comments and empty lines."""
    text = (LEXICON / f"{name}.txt").read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def read_words(name: str) -> tuple[str, ...]:
    """All words of one list, in the order written, without repeats."""
    return tuple(dict.fromkeys(word for line in read_lines(name) for word in line.split()))


def alternation(words: Iterable[str]) -> str:
    """A regex alternation that prefers the longest word.

    ``re`` tries the branches of an alternation one after the other at every place of a text. So beginnings that words
    share are written once (市(?:场|民)), and a long list is only gone through where its words' first two signs may stand,
    a few branches at a time: three times as fast."""
    tree: _Tree = {}
    for word in set(words):
        node = tree
        for sign in word:
            node = node.setdefault(sign, {})
        node[""] = {}
    return _branches(tree) if len(tree) < _MANY else _guarded(tree)


_Tree = dict[str, "_Tree"]         # next sign → what may follow it; "" where a word ends
_MANY, _LOTS = 64, 4               # first signs of a list that is worth dividing, and into how many lots


def _branches(tree: _Tree) -> str:
    """The words of a tree; the empty branch, where a word ends, sorts last, so that longer words are tried before it."""
    return "|".join(re.escape(sign) + _rest(tree[sign]) for sign in sorted(tree, reverse=True))


def _rest(tree: _Tree) -> str:
    branches = _branches(tree)
    return f"(?:{branches})" if len(tree) > 1 else branches


def _guarded(tree: _Tree) -> str:
    """The words of a tree behind a look at their first two signs, in lots told apart by the first."""
    whole = [sign for sign in tree if "" in tree[sign]]       # words of one sign, behind which anything may stand
    second = _one_of(sign for following in tree.values() for sign in following)
    if whole:
        second = f"(?:{second}|(?<={_one_of(whole)}))"
    signs = sorted(tree)
    lots = [signs[at::_LOTS] for at in range(_LOTS)]
    divided = "|".join(f"(?={_one_of(lot)})(?:{_branches({sign: tree[sign] for sign in lot})})" for lot in lots)
    return f"(?={_one_of(tree)}{second})(?:{divided})"


def _one_of(signs: Iterable[str]) -> str:
    """The signs as a set of ``re``; (?!) without any."""
    written = "".join(map(re.escape, sorted({sign for sign in signs if sign})))
    return f"[{written}]" if written else "(?!)"


def patterns(words: Iterable[str]) -> list[str]:
    """Regular expressions in the order of an alternation: the one with the longest plain beginning first."""
    return sorted(set(words), key=lambda word: (-_plain(word), word))


def _plain(pattern: str) -> int:
    found = re.match(r"[一-龥]+", pattern)
    return (found.end() if found else 1) + len(re.findall(r"\)\?$|\?$", pattern))


@dataclass(frozen=True, eq=False)      # told apart by identity: what is remembered of a phrase is asked for by it
class Vocabulary:
    """Frozen word lists. ``Vocabulary.default()`` is the one that ships; ``extended`` gives a new one."""

    units: tuple[str, ...]
    digit_units: tuple[str, ...]
    openers: tuple[str, ...]
    predicates: tuple[str, ...]
    kept_verbs: tuple[str, ...]
    metric_heads: tuple[str, ...]
    entity_heads: tuple[str, ...]
    generic_heads: tuple[str, ...]
    owner_heads: tuple[str, ...]
    synonyms: tuple[tuple[str, ...], ...] = field(default=())

    @staticmethod
    @lru_cache(maxsize=1)
    def default() -> Vocabulary:
        """The vocabulary of ``lexicon/``."""
        unit_lines = read_lines("units")
        both = [word for line in unit_lines if not line.startswith("digits:") for word in line.split()]
        digits = [word for line in unit_lines if line.startswith("digits:") for word in line.split()[1:]]
        return Vocabulary(
            units=tuple(dict.fromkeys(both)),
            digit_units=tuple(dict.fromkeys(digits)),
            openers=read_words("openers"),
            predicates=read_words("predicates"),
            kept_verbs=read_words("kept_verbs"),
            metric_heads=read_words("metric_heads"),
            entity_heads=read_words("entity_heads"),
            generic_heads=read_words("generic_heads"),
            owner_heads=read_words("owner_heads"),
            synonyms=tuple(tuple(line.split()) for line in read_lines("synonyms")),
        )

    def extended(self, words: Mapping[str, Iterable[str]]) -> Vocabulary:
        """A vocabulary with more words: ``{"units": ["羊单位"], "synonyms": ["生产总值 GDP"]}``. Unknown kinds are an error."""
        changes: dict[str, object] = {}
        for kind, more in words.items():
            if kind not in self.__dataclass_fields__:
                raise ValueError(f"没有这种词表：{kind}")
            if kind == "synonyms":
                changes[kind] = (*self.synonyms, *(tuple(line.split()) for line in more))
            else:
                changes[kind] = (*getattr(self, kind), *more)
        return replace(self, **changes)  # type: ignore[arg-type]

    @cached_property
    def normal_forms(self) -> dict[str, str]:
        """Word → normal form; a later group wins, so that an admin's line overrides the shipped one."""
        return {word: group[0] for group in self.synonyms for word in group}

    @cached_property
    def generic(self) -> frozenset[str]:
        """Heads that do not say whose figure they are."""
        return frozenset(self.generic_heads)

    @cached_property
    def opener(self) -> Openings:
        """One time word, adverb or verb of doing at the front of a phrase."""
        return Openings(patterns(self.openers))

    @cached_property
    def predicate(self) -> Endings:
        """One predicate or particle at the end of a phrase."""
        return Endings(patterns(self.predicates))

    @cached_property
    def kept_verb(self) -> re.Pattern[str]:
        """A verb at the front of a phrase that belongs to the indicator."""
        return re.compile(rf"(?:全市|全省|全县|我市)?(?P<verb>{alternation(self.kept_verbs)})(?:了|各类|各级)?"
                          r"(?!总值|率|性|额|区(?!市)|业(?!务)|链|量|费|经费|投入|机构|基地|中心|平台|房(?!屋)|人数|面积|中的|支付|用地|资源|周期)")

    @cached_property
    def done_before(self) -> re.Pattern[str]:
        """已, 共 between a body and a verb that stays: 基地已引进企业."""
        return re.compile(rf"(?<=[一-龥）)”])(?:均?已经?|(?<![公国中总])共|累计)(?={alternation(self.kept_verbs)})")

    @cached_property
    def head(self) -> re.Pattern[str]:
        """The measured head noun that items of a list may share: 收入, 吞吐量."""
        return re.compile(alternation(self.metric_heads))

    @cached_property
    def entity(self) -> re.Pattern[str]:
        """The counted head noun that items of a list may share: 实验室, 企业."""
        return re.compile(alternation(self.entity_heads))

    @cached_property
    def owned(self) -> re.Pattern[str]:
        """Owner and head noun: 市属企业 + 资产总额."""
        return re.compile(rf"(?P<owner>.{{2,}}?)(?P<head>{alternation(self.owner_heads)})")
