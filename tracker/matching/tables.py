"""Reads the word lists beside this module: data that a person may mend without touching code."""
from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "lexicon"


def fold(text: str) -> str:
    """NFKC form without white space: the form in which words are compared here."""
    if text.isascii() and " " not in text:
        return text
    return "".join(unicodedata.normalize("NFKC", text).split())


@cache
def read_lines(name: str) -> tuple[str, ...]:
    """The lines of one word list without comments and blanks."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))


@cache
def read_synonyms() -> tuple[tuple[str, str], ...]:
    """(other wording, standard wording), the longest first, so that GDP inside 单位GDP能耗 is not taken alone."""
    pairs = []
    for line in read_lines("synonyms.txt"):
        standard, _, others = line.partition("=")
        pairs += [(fold(other), fold(standard)) for other in others.split()]
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair)))


@cache
def read_contrasts() -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
    """Groups of wordings that exclude one another: (mark, ((wording, member number), …)), longest wording first.

    Mark "!": the wording on one side only excludes already; "~": on one side only it narrows; "": it says nothing.
    """
    groups = []
    for line in read_lines("contrasts.txt"):
        words = [
            (fold(word), number)
            for number, member in enumerate(line.lstrip("~!").split())
            for word in member.split("/")
        ]
        groups.append((line[0] if line[0] in "~!" else "", tuple(sorted(words, key=lambda word: (-len(word[0]), word)))))
    return tuple(groups)


@cache
def read_words(category: str) -> tuple[str, ...]:
    """The words of one category of words.txt, longest first."""
    for line in read_lines("words.txt"):
        name, _, words = line.partition(":")
        if name == category:
            return tuple(sorted({fold(word) for word in words.split()}, key=lambda word: (-len(word), word)))
    raise KeyError(category)


@cache
def word_pattern(category: str) -> re.Pattern[str]:
    """The words of one category as one expression that prefers the longest."""
    return re.compile("|".join(map(re.escape, read_words(category))))


def has_word(text: str, category: str) -> bool:
    """Whether any word of a category of words.txt stands in a text."""
    return word_pattern(category).search(text) is not None
