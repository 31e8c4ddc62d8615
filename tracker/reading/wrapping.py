"""Which lines of a text were broken by a fixed width, and not because a paragraph ended."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from tracker.analysis.records import ParagraphStyle

from . import patterns
from .records import Line

RUN = 3                        # lines of equal width that make a hard-wrapped stretch
SLACK = 4                      # columns (a Han character has two) by which such lines differ
NARROWEST, WIDEST = 24, 140    # columns
SHARE = 0.3                    # of a document's running lines at full width: the whole document is hard-wrapped

Style = tuple[ParagraphStyle, int | None]


def find_wrapped(lines: Sequence[Line], texts: list[str], styles: list[Style]) -> set[int]:
    """Indices of the lines that go on in the next line because the line was full."""
    running = [
        i for i, text in enumerate(texts) if styles[i][0] == "body" and not lines[i].whole and len(text) >= NARROWEST // 2
    ]
    if len(running) < RUN:
        return set()
    return _by_document(texts, running) or _by_runs(texts, set(running))


def columns(text: str) -> int:
    """Width of a text where a Han character takes two columns, as it takes two bytes in GBK; rough for overlong lines."""
    return 2 * len(text) if len(text) > WIDEST else len(text.encode("gbk", "replace"))


def _by_document(texts: list[str], running: list[int]) -> set[int]:
    """Full lines of a text that was wrapped throughout, by columns or by characters, whichever fits better."""
    best: set[int] = set()
    sharpest = 0
    measures: tuple[tuple[Callable[[str], int], int], ...] = ((columns, SLACK), (len, 1))
    for measure, slack in measures:
        widths = {i: measure(texts[i]) for i in running}
        width, sharp = max(Counter(widths.values()).items(), key=lambda item: (item[1], item[0]))
        full = {i for i in running if width - slack <= widths[i] <= width + slack // 2}
        wider = sum(width_of > width + slack // 2 for width_of in widths.values())
        full = {i for i in full if widths[i] >= width - 1 or texts[i][-1] not in "。！？"}
        broken = sum(not patterns.ends_sentence(texts[i]) for i in full)
        if (
            len(full) >= max(RUN, SHARE * len(running)) and wider * 20 <= len(running) and broken * 2 >= len(full)
            and NARROWEST <= max(columns(texts[i]) for i in full) <= WIDEST and sharp > sharpest
        ):
            best, sharpest = full, sharp
    return best


def _by_runs(texts: list[str], running: set[int]) -> set[int]:
    """Stretches of neighbours equally wide, in which sentences run on."""
    found: set[int] = set()
    run: list[int] = []
    for i in range(len(texts) + 1):
        width = columns(texts[i]) if i in running else 0
        fits = NARROWEST <= width <= WIDEST
        if fits and (not run or abs(width - columns(texts[run[0]])) <= SLACK):
            run.append(i)
            continue
        if len(run) >= RUN and _runs_on([texts[k] for k in run], texts[i] if i < len(texts) else ""):
            found.update(k for k in run if not _ends_short(texts, k, run[0]))
        run = [i] if fits else []
    return found


def _runs_on(run: list[str], after: str) -> bool:
    """Whether equally wide lines are one text: few end a sentence, and sentences do end inside them or right after."""
    ending = sum(patterns.ends_sentence(text) for text in run)
    inside = sum(any(c in "。；，,、" for c in text[1:-1]) for text in run)
    return ending * 2 <= len(run) and inside * 2 >= len(run) and (ending > 0 or patterns.ends_sentence(after))


def _ends_short(texts: list[str], i: int, first: int) -> bool:
    """Whether a line of a run ends a paragraph all the same: a full stop before the margin."""
    return patterns.ends_sentence(texts[i]) and i > first and columns(texts[i]) < columns(texts[i - 1]) - 1
