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
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_CLASSES = {codes.CATEGORY_DIGIT: (r"\d", str.isdecimal), codes.CATEGORY_SPACE: (r"\s", str.isspace)}
_PLAIN = (codes.LITERAL, codes.RANGE)
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
    if code is codes.LITERAL:
        signs.single.add(chr(value))
        return False
    if code is codes.IN and all(kind in _PLAIN or what in _CLASSES for kind, what in value):
        signs.single.update(chr(what) for kind, what in value if kind is codes.LITERAL)
        signs.ranges.update(what for kind, what in value if kind is codes.RANGE)
        signs.classes.update(what for kind, what in value if kind not in _PLAIN)
        return False
    if code is codes.SUBPATTERN:
        return _collect(value[-1], signs, last)
    if code is codes.BRANCH:
        empty = [_collect(branch, signs, last) for branch in value[1]]      # all of them: the signs of every branch count
        return any(empty)
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
        return _collect(value[2], signs, last) or value[0] == 0
    raise ValueError(f"no telling which signs match: {code}")


def _edge_or_any(pattern: str, last: bool, flags: int) -> Signs | None:
    """The signs at the edge of a pattern; None when it may be any, as in one that an administrator has written."""
    try:
        return edge_signs(pattern, last=last, flags=flags)
    except ValueError:
        return None


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

    def __init__(self, patterns: Iterable[str], alike: Iterable[str] = (), flags: int = 0, *, last: bool = False) -> None:
        super().__init__({"": _NEVER})
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
            compiled = re.compile(f"(?:{'|'.join(fitting)}){self._ending}", self._flags)
        self.update(dict.fromkeys(group, compiled))
        return compiled


class Branches:
    """An alternation of ``patterns``, of which the first that fits counts. ``alike`` are groups of signs that share one
    list of branches, so that not every digit has a pattern of its own."""

    def __init__(self, patterns: Iterable[str], *, alike: Iterable[str] = (), flags: int = 0) -> None:
        self._narrowed = _Narrowed(patterns, alike, flags)
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
