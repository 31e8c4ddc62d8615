"""Sentences that are stored in Chinese, told in the reader's language.

The core and the services write finished Chinese sentences: why a link was made, the arithmetic of progress, what was done.
What is stored stays as it was written. A page in another language takes the sentence apart by the templates that it was
made by (``sentences``), translates each and puts what it quotes back in. A sentence that no template fits is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from tracker.sentences import TEMPLATES

HAN = re.compile(r"[\u4e00-\u9fff]")
_PLACE = re.compile(r"%\((\w+)\)s")
# what a place may hold, by its name without the number behind it
_KINDS = {
    "day": r"\d{4}-\d{2}-\d{2}",
    "number": r"[-−+]?[\d.,]*\d%?",
    "amount": r"[-−+]?[\d.,]*\d(?:—[\d.,]*\d)?[^，；。：“”（）=]{0,12}",
    "sum": r"[-−\d.,＋]+",
    "id": r"G\d+",
    "word": r"[^“”，；。：]{1,20}?",
    "days": r"[^“”，；。：]{1,40}?",
    "y": r"\d{4}", "z": r"\d{4}", "m": r"\d\d?", "n": r"\d\d?", "d": r"\d\d?", "e": r"\d\d?",
}  # fmt: skip
_SEPARATORS = ("；。", "，")  # what parts a sentence first, and what its clauses
_WESTERN = {"；": ";", "。": ".", "，": ","}
_OPENING, _CLOSING = "“《（", "”》）"
# 数值 10 → 12，时期止 2024-12-31 → 2025-06-30
_CHANGE = re.compile(r"(?:^|，)([^，；“”→]{1,12}) ([^→]*?) → (.*?)(?=，[^，；“”→]{1,12} [^→]*? → |$)")
Mark = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class _Template:
    text: str
    pattern: re.Pattern[str]
    literal: int


def _compile(text: str) -> _Template:
    parts = _PLACE.split(text)
    pattern = "".join(
        f"(?P<{part}>{_KINDS.get(part.rstrip('0123456789'), '.+?')})"
        if index % 2
        else re.escape(part.replace("%%", "%"))
        for index, part in enumerate(parts)
    )
    return _Template(text, re.compile(pattern, re.DOTALL), sum(map(len, parts[::2])))


_texts: list[str] = list(TEMPLATES)


def learn(texts: Iterable[str]) -> None:
    """Know these templates too."""
    _texts.extend(texts)
    _templates.cache_clear()
    _tell.cache_clear()


@lru_cache(maxsize=1)
def _templates() -> list[_Template]:
    """Made when first asked for, which a server with Chinese readers never is. Those that say most come first."""
    return sorted(map(_compile, _texts), key=lambda each: -each.literal)


def tell(sentence: str) -> str:
    """The sentence in the reader's language, where it can be told; else as it is stored."""
    return _tell(sentence, get_language() or "", _plain) or sentence


def tell_marked(sentence: str) -> SafeString:
    """As markup: what stays Chinese on a page in another language says so, for screen readers and for the choice of fonts."""
    if not sentence or (get_language() or "").startswith("zh"):
        return SafeString(escape(sentence))
    told = _tell(sentence, get_language() or "", _marked)
    return SafeString(_marked(sentence) if told is None else told)


def _plain(text: str) -> str:
    return text


def _marked(text: str) -> str:
    return f'<span lang="zh-Hans">{escape(text)}</span>' if HAN.search(text) else escape(text)


@lru_cache(maxsize=4096)
def _tell(sentence: str, language: str, mark: Mark) -> str | None:
    """None for a sentence that is made by no template."""
    if language.startswith("zh"):
        return sentence
    told = _retell(sentence.strip(), mark)
    return told[:1].upper() + told[1:] if told else None


def _retell(sentence: str, mark: Mark) -> str | None:
    if not HAN.search(sentence):
        return mark(sentence)
    return _whole(sentence, mark) or _label(sentence, mark) or _pieces(sentence, mark)


def _whole(sentence: str, mark: Mark) -> str | None:
    for template in _templates():
        if found := template.pattern.fullmatch(sentence):
            values = {name: _value(name.rstrip("0123456789"), text, mark) for name, text in found.groupdict().items()}
            if None not in values.values():
                form = gettext(template.text)
                return (str(escape(form)) if mark is _marked else form) % values
    return None


def _label(text: str, mark: Mark) -> str | None:
    """A word of the catalogue (未完成), small as it stands within a sentence; API stays as it is."""
    word = gettext(text)
    return None if word == text else mark(word[:1].lower() + word[1:] if word[1:2].islower() else word)


def _value(kind: str, text: str, mark: Mark) -> str | None:
    """What stands in a place. None when it should be a sentence and is none: the template was the wrong one."""
    if kind in ("sentence", "word", "advice"):
        return _retell(text, mark)
    if kind == "list":
        return _joined(text.split("、"), mark)
    if kind == "changes":
        return _changes(text, mark)
    if kind in ("days", "amount", "name"):
        return _retell_or_mark(text, mark)
    return mark(text.replace("＋", " + "))


def _retell_or_mark(text: str, mark: Mark) -> str:
    return _whole(text, mark) or _label(text, mark) or mark(text) if HAN.search(text) else mark(text)


def _joined(words: Iterable[str], mark: Mark) -> str | None:
    told = [_retell(word, mark) for word in words]
    return None if None in told else ", ".join(map(str, told))


def _changes(text: str, mark: Mark) -> str | None:
    found = _CHANGE.findall(text)
    if not found:
        return None
    return ", ".join(
        f"{_retell_or_mark(name, mark)} {_retell_or_mark(old, mark)} → {_retell_or_mark(new, mark)}"
        for name, old, new in found
    )


def _pieces(sentence: str, mark: Mark) -> str | None:
    """Clause by clause, where each of them is told: 45/60 = 75.0%，序时 50.0%，超序时 25.0 个百分点（不按时间折算）."""
    clauses = next((found for level in _SEPARATORS if len(found := _clauses(sentence, level)) > 1), None)
    if clauses is None:
        return _with_bracket(sentence, mark)
    told = ""
    for clause, separator in clauses:
        words = _retell(clause, mark)
        if words is None:
            return None
        told += words + (f"{_WESTERN[separator]} " if separator else "")
    return told.strip()


def _with_bracket(clause: str, mark: Mark) -> str | None:
    """已达到（不按时间折算）: the clause and what stands in its bracket."""
    before, bracket, inside = clause.partition("（")
    if not bracket or not inside.endswith("）"):
        return None
    head, note = _retell(before, mark), _retell(inside[:-1], mark)
    return None if head is None or note is None else f"{head} ({note})"


def _clauses(sentence: str, separators: str) -> list[tuple[str, str]]:
    """(clause, the mark behind it); what stands in quotation marks and brackets is not cut."""
    found, begun, depth = [], 0, 0
    for place, letter in enumerate(sentence):
        depth += (letter in _OPENING) - (letter in _CLOSING)
        if depth == 0 and letter in separators:
            found.append((sentence[begun:place], letter))
            begun = place + 1
    if begun < len(sentence):
        found.append((sentence[begun:], ""))
    return found
