"""Alternations of dozens of patterns, narrowed to the few that can begin, or end, with the sign that stands there.

``re`` tries the branches of an alternation one after the other at every place of a text. Which signs a branch can begin
and end with stands in the pattern itself; with the branches sorted by it, most places are passed over at once and the
others try a handful. What is found is what the whole alternation would find.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_CLASSES = {codes.CATEGORY_DIGIT: (r"\d", str.isdecimal), codes.CATEGORY_SPACE: (r"\s", str.isspace)}
_ONE_SIGN = (codes.LITERAL, codes.IN)
_ZERO_WIDTH = (codes.AT, codes.ASSERT, codes.ASSERT_NOT)
_NEVER = re.compile(r"(?!)")


@dataclass(slots=True)
class Signs:
    """A set of signs as a pattern may name them: one by one, in ranges (a-z) and in classes (\\d)."""

    single: set[str] = field(default_factory=set)
    ranges: set[tuple[int, int]] = field(default_factory=set)
    classes: set[Any] = field(default_factory=set)

    def __contains__(self, sign: str) -> bool:
        return (sign in self.single or any(low <= ord(sign) <= high for low, high in self.ranges)
                or any(_CLASSES[kind][1](sign) for kind in self.classes))

    def holds_any(self, signs: str) -> bool:
        """Whether one of ``signs`` is in the set."""
        return not self.single.isdisjoint(signs) or (bool(self.ranges or self.classes) and any(sign in self for sign in signs))

    def update(self, other: Signs) -> None:
        self.single |= other.single
        self.ranges |= other.ranges
        self.classes |= other.classes

    def __str__(self) -> str:
        """The set as ``re`` writes it: [十百\\d]."""
        written = [re.escape(sign) for sign in self.single]
        written += [f"{re.escape(chr(low))}-{re.escape(chr(high))}" for low, high in self.ranges]
        return f"[{''.join(sorted(written))}{''.join(_CLASSES[kind][0] for kind in self.classes)}]"


@lru_cache(maxsize=2048)
def edge_signs(pattern: str, *, last: bool = False, flags: int = 0) -> Signs:
    """The signs that a match of ``pattern`` can begin with, or end with. ValueError when that cannot be told."""
    signs = Signs()
    if _collect(parser.parse(pattern, flags), signs, last):
        raise ValueError(f"may match nothing: {pattern}")
    return signs


def _collect(steps: Sequence[tuple[Any, Any]], signs: Signs, last: bool) -> bool:
    """Adds the signs at one edge of a parsed pattern; whether all of it may match nothing."""
    edges = reversed(steps) if last else steps
    return all(code in _ZERO_WIDTH or _collect_step(code, value, signs, last) for code, value in edges)


def _collect_step(code: Any, value: Any, signs: Signs, last: bool) -> bool:
    if code in _ONE_SIGN:
        signs.update(_signs_of(code, value))
        return False
    if code is codes.SUBPATTERN:
        return _collect(value[-1], signs, last)
    if code is codes.BRANCH:
        empty = [_collect(branch, signs, last) for branch in value[1]]      # all of them: the signs of every branch count
        return any(empty)
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
        return _collect(value[2], signs, last) or value[0] == 0
    raise ValueError(f"no telling which signs match: {code}")


def _signs_of(code: Any, value: Any) -> Signs:
    """The signs of a step that matches one: a sign, or some in brackets."""
    signs = Signs()
    for kind, what in [(code, value)] if code is codes.LITERAL else value:
        if kind is codes.LITERAL:
            signs.single.add(chr(what))
        elif kind is codes.RANGE:
            signs.ranges.add(what)
        elif what in _CLASSES:
            signs.classes.add(what)
        else:
            raise ValueError(f"no telling which signs match: {kind}")
    return signs


def _edge_or_any(pattern: str, last: bool, flags: int) -> Signs | None:
    """The signs at the edge of a pattern; None when it may be any, as in one that an administrator has written."""
    try:
        return edge_signs(pattern, last=last, flags=flags)
    except ValueError:
        return None


# --- what stands behind a number ----------------------------------------------------------------------------------

_NUMBER = "0123456789.,零〇一二三四五六七八九十百千两"      # what numbers are written with


def _guarded(patterns: Sequence[str], first: str, flags: int) -> str:
    """The alternation of patterns that begin with one of the signs ``first``. Neighbours in it share a look at the sign
    behind the number that begins there, so that 35.5万元 is not tried as a date of ten kinds. The look stops after 24
    signs, for a number may be as long as a text; the sign there is one of the number, which can come next as well."""
    written: list[str] = []
    behind = [_signs_behind(pattern, first, flags) for pattern in patterns]
    for known, run in groupby(zip(patterns, behind, strict=True), key=lambda pair: pair[1] is not None):
        neighbours, signs = zip(*run, strict=True)
        branches = "|".join(neighbours)
        if known and len(neighbours) > 1:
            possible = Signs()
            for one in signs:
                possible.update(one)
            branches = rf"(?=[\s\S][{_NUMBER}]{{0,24}}+{possible})(?:{branches})"
        written.append(branches)
    return "|".join(written)


def _signs_behind(pattern: str, first: str, flags: int) -> Signs | None:
    """The signs that can stand behind the number (or single sign) at the beginning of a match that begins with one of
    ``first``; None when any can."""
    signs = Signs()
    try:
        return None if _follow(parser.parse(pattern, flags), {False}, first, signs) else signs
    except ValueError:
        return None


def _follow(steps: Sequence[tuple[Any, Any]], begun: set[bool], first: str, signs: Signs) -> set[bool]:
    """Goes on through a parsed pattern from where nothing has been read yet (False) or one sign and a number have (True),
    and adds the signs that can come next; which of the two may hold behind the last step."""
    for code, value in steps:
        begun = _follow_step(code, value, begun, first, signs)
    return begun


def _follow_step(code: Any, value: Any, begun: set[bool], first: str, signs: Signs) -> set[bool]:
    if code in _ONE_SIGN:
        own = _signs_of(code, value)
        if True in begun:
            signs.update(own)
        goes_on = (False in begun and own.holds_any(first)) or (True in begun and own.holds_any(_NUMBER))
        return {True} if goes_on else set()
    if code is codes.ASSERT and value[0] > 0 and True in begun:      # what must follow comes next as well
        return begun if _follow(value[1], {True}, first, signs) else begun - {True}
    if code in _ZERO_WIDTH:
        return begun
    if code is codes.SUBPATTERN:
        return _follow(value[-1], begun, first, signs)
    if code is codes.BRANCH:
        return set().union(*[_follow(branch, begun, first, signs) for branch in value[1]])
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
        once = _follow(value[2], begun, first, signs)
        return once | _follow(value[2], once, first, signs) | (begun if value[0] == 0 else set())
    raise ValueError(f"no telling which signs follow: {code}")


class EdgeSigns(dict[str, bool]):
    """Sign → whether a match of ``pattern`` can begin with it, or end with it: a question many times cheaper than the
    pattern itself, asked first where most texts do not match."""

    def __init__(self, pattern: str, *, last: bool = False) -> None:
        super().__init__({"": False})
        self._signs = edge_signs(pattern, last=last)

    def __missing__(self, sign: str) -> bool:
        self[sign] = sign in self._signs
        return self[sign]


class _Narrowed(dict[str, re.Pattern[str]]):
    """Sign → those of ``patterns`` that can begin (or end) with it, compiled when a text first holds the sign."""

    def __init__(self, patterns: Iterable[str], alike: Iterable[str] = (), flags: int = 0, *, last: bool = False,
                 guarded: bool = False) -> None:
        super().__init__({"": _NEVER})
        self._guarded = guarded
        self._patterns = [(_edge_or_any(pattern, last, flags), pattern) for pattern in patterns]
        self._flags = flags
        self._ending = r"\s*$" if last else ""
        self.signs = Signs()
        self.any = False
        for signs, _ in self._patterns:
            self.any |= signs is None
            self.signs.update(signs or Signs())
        self._alike = {sign: group for group in alike or self._lots() for sign in group}

    def _lots(self) -> list[str]:
        """The signs in a few dozen lots, each with one pattern: one for every sign would take a tenth of a second to compile."""
        lots = [""] * 32
        for sign in sorted(self.signs.single):
            lots[ord(sign) % len(lots)] += sign
        return lots

    def __missing__(self, sign: str) -> re.Pattern[str]:
        group = self._alike.get(sign, sign)
        compiled = _NEVER
        if self.any or sign in self.signs:
            fitting = [pattern for signs, pattern in self._patterns if signs is None or signs.holds_any(group)]
            whole = _guarded(fitting, group, self._flags) if self._guarded else "|".join(fitting)
            compiled = re.compile(f"(?:{whole}){self._ending}", self._flags)
        self.update(dict.fromkeys(group, compiled))
        return compiled


class Branches:
    """An alternation of ``patterns``, of which the first that fits counts. ``alike`` are groups of signs that share one
    list of branches, so that not every digit has a pattern of its own. ``guarded`` pays where most numbers match none:
    a look at the sign behind the number comes first."""

    def __init__(self, patterns: Iterable[str], *, alike: Iterable[str] = (), flags: int = 0, guarded: bool = False) -> None:
        self._narrowed = _Narrowed(patterns, alike, flags, guarded=guarded)
        self._anchor = re.compile("." if self._narrowed.any else str(self._narrowed.signs), re.DOTALL)

    def find(self, text: str) -> list[re.Match[str]]:
        """All matches in ``text``, without overlaps, in reading order."""
        found: list[re.Match[str]] = []
        narrowed, end = self._narrowed, 0
        for anchor in self._anchor.finditer(text):
            at = anchor.start()
            if at >= end and (match := narrowed[anchor[0]].match(text, at)):
                found.append(match)
                end = match.end()
        return found


class Openings:
    """An alternation of ``patterns`` at the beginning of a text."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._narrowed = _Narrowed(patterns)

    def match(self, text: str) -> re.Match[str] | None:
        """The first pattern that the text begins with."""
        return self._narrowed[text[:1]].match(text)


class Endings:
    """An alternation of ``patterns`` at the end of a text, before blanks."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._narrowed = _Narrowed(patterns, last=True)

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """The first place from ``start`` on from which one of the patterns, not empty, reaches to the end."""
        match = self._narrowed[text.rstrip()[-1:]].search(text, start)
        return match if match and match[0] else None
