"""From lines to paragraphs: tables of contents and furniture told apart, headings ranked, broken lines put together.

The lines themselves are kept: ``content`` is the lines joined by \\n, and a paragraph that was broken over several
lines is one span over all of them."""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from tracker.analysis.records import Paragraph, ParagraphStyle

from . import patterns
from .dates import is_date_line
from .records import Line
from .wrapping import find_wrapped

CANNOT_BEGIN = "，,、；;。）)”》：:％%！!？?"
SHORT = 40                     # a line of more characters than this is running text
HEADING_LENGTH = 36            # of a heading without a number
RUN = 3                        # entries of a table of contents, or dates, below each other


def build(lines: Sequence[Line]) -> tuple[str, tuple[Paragraph, ...]]:
    """Content and paragraphs of a document's lines."""
    content = "\n".join(line.text for line in lines)
    texts = [line.text.strip() for line in lines]
    styles = _styles(lines, texts)
    starts = line_starts(lines)
    paragraphs: list[Paragraph] = []
    groups = _groups(lines, texts, styles)
    _mark_plain_headings(lines, texts, styles, groups)
    for group in groups:
        first, last = group[0], group[-1]
        style, level = styles[first]
        start = starts[first] + len(lines[first].text) - len(lines[first].text.lstrip())
        end = starts[last] + len(lines[last].text.rstrip())
        paragraphs.append(Paragraph(start, end, len(paragraphs) + 1, lines[first].page, style, level))
    return content, tuple(paragraphs)


def line_starts(lines: Sequence[Line]) -> list[int]:
    """Offset in the content at which each line begins."""
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line.text) + 1
    return starts


# A number that may be somebody's result; a year or an ordinal is none.
FIGURE = re.compile(r"\d(?![\d年届次期版季号])|[一二三四五六七八九十百千万亿]+[万亿]?(?:亿元|万元|万人|个百分点)")
MOST_HEADS = 4                 # lines of one heading: a headline is often set over two or three

Style = tuple[ParagraphStyle, int | None]


def _styles(lines: Sequence[Line], texts: list[str]) -> list[Style]:
    """Style and level of every line, by itself and then by its neighbours."""
    styles = [_style(line, text) for line, text in zip(lines, texts, strict=True)]
    _mark_contents(texts, styles)
    _mark_date_lists(texts, styles)
    _mark_rest(texts, styles)
    return styles


def _style(line: Line, text: str) -> Style:
    if not text:
        return "body", None
    if line.style in ("table", "toc", "caption", "noise"):
        return line.style, line.level
    kind = patterns.furniture_of(text)
    if kind is not None:
        return ("caption" if kind == "caption" else "noise"), None
    return _heading(line, text) or ("body", None)


def _heading(line: Line, text: str) -> Style | None:
    """Heading style of a line, None for running text. The document's own numbers rank before a format's levels."""
    if len(text) > 60 or is_date_line(text):
        return None
    level = patterns.level_of(text)
    if level is not None:
        if patterns.is_numbered_heading(text, level) and (level < 6 or line.bold or line.style == "heading"):
            return "heading", level
        return None
    if line.style == "heading":
        return "heading", line.level
    if patterns.is_title(text) or patterns.is_organisation(text):
        return "heading", 1
    if line.bold and len(text) <= SHORT and not patterns.ends_sentence(text):
        return "heading", 2
    return None


def _mark_contents(texts: list[str], styles: list[Style]) -> None:
    """Table of contents: three or more lines that end in page numbers, or what follows 目录 and stands again later."""
    run: list[int] = []
    for i, text in enumerate([*texts, "."]):
        if not text:
            continue
        if text != "." and styles[i][0] != "table" and patterns.is_toc_entry(text) and not is_date_line(text):
            run.append(i)
            continue
        if len(run) >= RUN and _rises([texts[k] for k in run]):
            for k in run:
                styles[k] = "toc", None
        run = []
    for i, text in enumerate(texts):
        if len(text) <= 12 and patterns.TOC_TITLE.fullmatch(text):
            styles[i] = "toc", None
            _mark_entries(texts, styles, i + 1)


def _rises(entries: list[str]) -> bool:
    """Whether the numbers at the ends of lines grow, as page numbers do."""
    numbers = [int(match[2]) for entry in entries if (match := patterns.TOC_ENTRY.fullmatch(entry.rstrip("）)")))]
    steps = list(pairwise(numbers))
    return bool(steps) and sum(a <= b for a, b in steps) >= 0.8 * len(steps) and numbers[-1] > numbers[0]


def _mark_entries(texts: list[str], styles: list[Style], start: int) -> None:
    """Entries without page numbers: short lines after 目录 that stand again, as headings, further down."""
    later = Counter(text for text in texts[start:] if text and len(text) <= 60)
    for i in range(start, len(texts)):
        text = texts[i]
        if not text or styles[i][0] == "toc":
            continue
        if later[text] < 2:
            return
        later[text] -= 1
        styles[i] = "toc", None


def _mark_date_lists(texts: list[str], styles: list[Style]) -> None:
    """Three or more dates below each other are a dump of list pages, not dates of parts."""
    run: list[int] = []
    for i, text in enumerate([*texts, "."]):
        if not text:
            continue
        if text != "." and is_date_line(text):
            run.append(i)
            continue
        if len(run) >= RUN:
            for k in run:
                styles[k] = "noise", None
        run = []


def _mark_rest(texts: list[str], styles: list[Style]) -> None:
    """相关阅读 and the like near the end: nothing after it belongs to the article."""
    for i in range(len(texts) * 2 // 3, len(texts)):
        if texts[i] and patterns.furniture_of(texts[i]) == "rest" and not any(len(t) > 200 for t in texts[i:]):
            for k in range(i, len(texts)):
                styles[k] = "noise", None
            return


def _mark_plain_headings(
    lines: Sequence[Line], texts: list[str], styles: list[Style], groups: list[list[int]]
) -> None:
    """Short lines without a number and without a full stop, over running text, are headings of no known level."""
    waiting: list[int] = []
    for group in groups:
        first = group[0]
        text = texts[first]
        if styles[first][0] in ("noise", "caption"):
            continue
        if len(group) == 1 and styles[first][0] == "body" and _could_head(text):
            waiting.append(first)
            continue
        if styles[first][0] != "table" and (len(group) > 1 or patterns.ends_sentence(text) or len(text) > SHORT):
            for i in waiting[-MOST_HEADS:] if len(waiting) <= 2 * MOST_HEADS else ():
                styles[i] = "heading", None
        waiting = []


def _could_head(text: str) -> bool:
    """千字为先 勇当龙头; 深挖需求潜力畅通供需循环——; 市教育局局长姜某: But not a line that gives a figure."""
    bare = text.rstrip("—─-–：: ")
    return (
        2 <= len(bare) <= HEADING_LENGTH and not patterns.ends_sentence(bare) and bare[-1] not in "，,、"
        and not FIGURE.search(bare) and not is_date_line(text) and patterns.level_of(text) is None
        and patterns.ITEM.match(text.lstrip("—")) is None and not bare.startswith(("各位", "同志们"))
    )


def _groups(lines: Sequence[Line], texts: list[str], styles: list[Style]) -> list[list[int]]:
    """Indices of the lines of each paragraph. Only running text is put together."""
    wrapped = find_wrapped(lines, texts, styles)
    groups: list[list[int]] = []
    previous = None
    for i, text in enumerate(texts):
        if not text:
            continue
        if previous is not None and _joins(lines, texts, styles, previous, i, wrapped):
            groups[-1].append(i)
        else:
            groups.append([i])
        previous = i
    return groups


def _joins(
    lines: Sequence[Line], texts: list[str], styles: list[Style], left: int, right: int, wrapped: set[int]
) -> bool:
    """Whether line ``right`` goes on with the sentence of line ``left``, the line with words before it."""
    if lines[left].whole or lines[right].whole or styles[left][0] != "body" or styles[right][0] != "body":
        return False
    before, after = texts[left], texts[right]
    if is_date_line(before) or is_date_line(after) or _begins_paragraph(lines[right].text, after):
        return False
    if right == left + 1 and (left in wrapped or after[0] in CANNOT_BEGIN):
        return True
    if patterns.ends_sentence(before):
        return False
    if before[-1] in "，,、（(“《—":
        return before[-1] != "—" or (len(before) > SHORT and right == left + 1)
    if len(before) > SHORT or "。" in before:
        return right == left + 1 or _goes_on(after)
    return False


def _begins_paragraph(raw: str, text: str) -> bool:
    """Whether a line shows by its indent, number or bullet that a paragraph begins."""
    if raw.startswith(("\u3000\u3000", "    ", "\t")):
        return True
    level = patterns.level_of(text)
    return (level is not None and (level <= 3 or level == 6)) or patterns.ITEM.match(text) is not None


def _goes_on(text: str) -> bool:
    """Whether a line after a blank line reads like the rest of a sentence that a page break cut."""
    return (patterns.ends_sentence(text) and text[-1] not in ":：") or text[0] in CANNOT_BEGIN
