"""Folding of widths and blanks, with a map back to the offsets of the text as it was read.

``fold`` keeps one character for one character except for blanks, line breaks and mark-up asterisks, which go; so every
stretch of folded text has a stretch of the original behind it, and a quote is always cut from the original.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.analysis.records import Span

_WIDE = {code: code - 0xFEE0 for code in [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]}
_WIDE |= {ord("％"): "%", ord("﹪"): "%", ord("．"): ".", ord("／"): "/", ord("＋"): "+", ord("－"): "-", ord("＂"): '"',
          ord("‰"): "‰", ord("﹑"): "、", ord("､"): "、", ord("｡"): "。", ord("﹒"): "."}
_TO_NARROW = re.compile("[" + "".join(re.escape(chr(code)) for code in _WIDE) + "]")
# blanks, byte-order marks, soft hyphens, asterisks of mark-up, page-break marks
_DROPPED = re.compile(r"[\s\ufeff\u200b-\u200f\u2028-\u202e\u00ad]+|\*{2,}")
_LINE_BREAKS = re.compile(r"[^\S\n]*[\r\n\u2028\x0b\x0c]\s*")


@dataclass(slots=True)
class Folded:
    """Folded text and, for each of its characters, the offset of the original character."""

    text: str
    offsets: Sequence[int]

    def source_span(self, start: int, end: int) -> Span:
        """The stretch of the original behind ``text[start:end]`` (not empty)."""
        return Span(self.offsets[start], self.offsets[end - 1] + 1)


def _keeps_blank(content: str, start: int, end: int) -> bool:
    """A blank between two Latin words is part of the name (``Open AI``); between Han or digits it is layout."""
    left, right = content[start - 1 : start], content[end : end + 1]
    return left.isascii() and left.isalpha() and right.isascii() and right.isalpha()


def _may_drop(piece: str) -> bool:
    """Whether a text may hold what goes: most hold none of it. Of blanks and marks only " " and "*" count as printable."""
    return " " in piece or "*" in piece or not piece.isprintable()


def fold(content: str, start: int = 0, end: int | None = None) -> Folded:
    """Folded form of ``content[start:end]``."""
    end = len(content) if end is None else end
    piece = content[start:end]
    if _TO_NARROW.search(piece):      # rare; translating every character of every paragraph is not free
        piece = piece.translate(_WIDE)
    drops = [m.span() for m in _DROPPED.finditer(piece) if not _keeps_blank(piece, *m.span())] if _may_drop(piece) else None
    if not drops:
        return Folded(piece, range(start, end))
    kept: list[str] = []
    offsets: list[int] = []
    at = 0
    for low, high in [*drops, (len(piece), len(piece))]:
        if low > at:
            kept.append(piece[at:low])
            offsets.extend(range(start + at, start + low))
        at = high
    return Folded("".join(kept), offsets)


def join(parts: Sequence[Folded]) -> Folded:
    """One folded text out of the pieces of a sentence that the layout broke over lines or columns."""
    if len(parts) == 1:
        return parts[0]
    return Folded("".join(part.text for part in parts), [offset for part in parts for offset in part.offsets])


def quote_of(content: str, span: Span) -> str:
    """``content[span]`` without the line breaks inside it."""
    quote = content[span.start : span.end]
    return quote if quote.isprintable() else _LINE_BREAKS.sub("", quote)
