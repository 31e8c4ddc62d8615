"""Alternations of dozens of patterns, narrowed to the few that can begin, or end, with the sign that stands there.

``re`` tries the branches of an alternation one after the other at every place of a text. Which signs a branch can begin
and end with stands in the pattern itself; with the branches sorted by it, most places are passed over at once and the
others try a handful. What is found is what the whole alternation would find.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

# what ``re`` reads as a set: signs, ranges of signs and classes like \d
Signs = list[tuple[Any, Any]]
_CLASSES = {codes.CATEGORY_DIGIT: (r"\d", str.isdecimal), codes.CATEGORY_SPACE: (r"\s", str.isspace)}
_PLAIN = (codes.LITERAL, codes.RANGE)
_ZERO_WIDTH = (codes.AT, codes.ASSERT, codes.ASSERT_NOT)


def edge_signs(pattern: str, *, last: bool = False, flags: int = 0) -> Signs:
    """The signs that a match of ``pattern`` can begin with, or end with. ValueError when that cannot be told."""
    signs, empty = _edge(parser.parse(pattern, flags), last)
    if empty:
        raise ValueError(f"may match nothing: {pattern}")
    return signs


def _edge(steps: Sequence[tuple[Any, Any]], last: bool) -> tuple[Signs, bool]:
    """Signs at one edge of a parsed pattern, and whether all of it may match nothing."""
    signs: Signs = []
    for code, value in reversed(steps) if last else steps:
        if code not in _ZERO_WIDTH:
            more, empty = _edge_of(code, value, last)
            signs += more
            if not empty:
                return signs, False
    return signs, True


def _edge_of(code: Any, value: Any, last: bool) -> tuple[Signs, bool]:
    if code is codes.LITERAL:
        return [(code, value)], False
    if code is codes.IN and all(kind in _PLAIN or what in _CLASSES for kind, what in value):
        return list(value), False
    if code is codes.SUBPATTERN:
        return _edge(value[-1], last)
    if code is codes.BRANCH:
        edges = [_edge(branch, last) for branch in value[1]]
        return [sign for signs, _ in edges for sign in signs], any(empty for _, empty in edges)
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
        signs, empty = _edge(value[2], last)
        return signs, empty or value[0] == 0
    raise ValueError(f"no telling which signs match: {code}")


def _holds(signs: Signs, sign: str) -> bool:
    """Whether a sign is one of a set."""
    return any(
        value == ord(sign) if code is codes.LITERAL
        else value[0] <= ord(sign) <= value[1] if code is codes.RANGE
        else _CLASSES[value][1](sign)
        for code, value in signs
    )


def _written(signs: Signs) -> str:
    """A set as ``re`` writes it: [十百\\d]."""
    written = {
        re.escape(chr(value)) if code is codes.LITERAL
        else f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}" if code is codes.RANGE
        else _CLASSES[value][0]
        for code, value in signs
    }
    return "[" + "".join(sorted(written)) + "]"


class LastSigns(dict[str, bool]):
    """Sign → whether a match of ``pattern`` can end with it: asked before a pattern that ends in $ is looked for."""

    def __init__(self, pattern: str) -> None:
        super().__init__({"": False})
        self._signs = edge_signs(pattern, last=True)

    def __missing__(self, sign: str) -> bool:
        self[sign] = _holds(self._signs, sign)
        return self[sign]


class _Narrowed(dict[str, re.Pattern[str]]):
    """Sign → the branches that can begin with it; compiled when a text first holds the sign."""

    def __init__(self, patterns: Iterable[str], alike: Iterable[str], flags: int) -> None:
        super().__init__()
        self.patterns = [(edge_signs(pattern, flags=flags), pattern) for pattern in patterns]
        self._alike = {sign: group for group in alike for sign in group}
        self._flags = flags

    def __missing__(self, sign: str) -> re.Pattern[str]:
        group = self._alike.get(sign, sign)
        fitting = [pattern for signs, pattern in self.patterns if any(_holds(signs, one) for one in group)]
        self.update(dict.fromkeys(group, re.compile("|".join(fitting), self._flags)))
        return self[sign]


class Branches:
    """An alternation of ``patterns``, of which the first that fits counts. ``alike`` are groups of signs that share one
    list of branches, so that not every digit has a pattern of its own."""

    def __init__(self, patterns: Iterable[str], *, alike: Iterable[str] = (), flags: int = 0) -> None:
        self._narrowed = _Narrowed(patterns, alike, flags)
        self._anchor = re.compile(_written([sign for signs, _ in self._narrowed.patterns for sign in signs]))

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


class Endings:
    """An alternation of ``patterns`` at the end of a text, before blanks."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = [(edge_signs(pattern, last=True), pattern) for pattern in patterns]
        self._compiled: dict[str, re.Pattern[str] | None] = {}

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """The first place from ``start`` on from which one of the patterns reaches to the end."""
        sign = text.rstrip()[-1:]
        if sign not in self._compiled:
            fitting = [pattern for signs, pattern in self._patterns if sign and _holds(signs, sign)]
            self._compiled[sign] = re.compile(rf"(?:{'|'.join(fitting)})\s*$") if fitting else None
        narrowed = self._compiled[sign]
        return narrowed.search(text, start) if narrowed else None
