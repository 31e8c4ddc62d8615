"""Pages as pieces of text with places (PDF, OFD, recognised pictures) become lines in reading order.

Columns are read one after the other, running heads, feet and page numbers go, and the visual lines of a paragraph
become one line."""
from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from . import patterns
from .records import Line

BAND = 0.13                    # share of the page's height in which running heads and feet stand
PAGE_NUMBER = re.compile(r"[-—–－·\s]*(?:第\s*)?(?:\d{1,4}|[ivxIVX]{1,5})(?:\s*页)?(?:\s*[/／,，共]+\s*\d{1,4}\s*页?)?[-—–－·\s]*")
FIRST_WORD = re.compile(r"[“（(《]*[0-9A-Za-z.%％]+")
WORD = re.compile(r"[A-Za-z]")


@dataclass(slots=True)
class Piece:
    """A run of text on a page. Places from the page's top left, in any unit; ``size`` is the font's."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool = False


@dataclass(slots=True)
class Row:
    """A visual line of one column."""

    pieces: list[Piece]
    page: int
    left: float = 0.0            # margins of its column
    right: float = 0.0
    pitch: float = 0.0           # usual distance from one row of the column to the next
    text: str = ""
    x0: float = field(init=False)
    x1: float = field(init=False)
    top: float = field(init=False)
    bottom: float = field(init=False)
    size: float = field(init=False)

    def __post_init__(self) -> None:
        self.pieces.sort(key=lambda piece: piece.x0)
        self.x0, self.x1 = self.pieces[0].x0, max(piece.x1 for piece in self.pieces)
        self.top, self.bottom = min(p.top for p in self.pieces), max(p.bottom for p in self.pieces)
        self.size = max(self.pieces, key=lambda piece: len(piece.text)).size
        self.text = self.text or _join_pieces(self.pieces)

    @property
    def bold(self) -> bool:
        """Whether all of the row is set in bold or in a heading's font."""
        return all(piece.bold for piece in self.pieces if piece.text.strip())


def lay_out(pages: Sequence[list[Piece]], sizes: Sequence[tuple[float, float]]) -> list[Line]:
    """Lines of a document from the pieces of its pages and the pages' sizes (width, height)."""
    kept = _without_running_heads(pages, sizes)
    splits = _splits(kept, sizes)
    numbered = enumerate(zip(kept, splits, strict=True), 1)
    return _paragraphs([row for number, (pieces, split) in numbered for row in _rows_of_page(pieces, split, number)])


def _splits(pages: list[list[Piece]], sizes: Sequence[tuple[float, float]]) -> list[float | None]:
    """Where the columns of each page part; a page too empty to tell is like the others."""
    splits = [_column_split(pieces, width) for pieces, (width, _) in zip(pages, sizes, strict=True)]
    found = [split for split in splits if split is not None]
    if len(found) * 2 < len(pages):
        return splits
    usual = median(found) if found else 0.0
    return [
        usual if split is None and found and _crossing(pieces, usual) * 5 <= len(pieces) else split
        for pieces, split in zip(pages, splits, strict=True)
    ]


def _crossing(pieces: list[Piece], x: float) -> int:
    return sum(piece.x0 < x - 1 and piece.x1 > x + 1 for piece in pieces)


def _rows_of_page(pieces: list[Piece], split: float | None, page: int) -> list[Row]:
    """Rows of a page in reading order: what spans the page, and between it the left and then the right column."""
    if split is None:
        return _margins(_rows(pieces, page))
    spanning = [piece for piece in pieces if piece.x0 < split - piece.size and piece.x1 > split + piece.size]
    heads = sorted(_rows(spanning, page), key=lambda row: row.top)
    rest = [piece for piece in pieces if not any(piece is other for other in spanning)]
    ordered: list[Row] = []
    top = float("-inf")
    for head in [*heads, None]:
        bottom = head.top if head else float("inf")
        band = [piece for piece in rest if top <= (piece.top + piece.bottom) / 2 < bottom]
        for column in ([p for p in band if p.x0 < split - p.size], [p for p in band if p.x0 >= split - p.size]):
            ordered.extend(_margins(_rows(column, page)))
        if head:
            ordered.extend(_margins([head]))
            top = head.top
    return ordered


def _column_split(pieces: list[Piece], width: float) -> float | None:
    """The x between two columns of running text, or None."""
    if len(pieces) < 16:
        return None
    best: tuple[int, float] | None = None
    for step in range(40, 61, 2):
        x = width * step / 100
        crossing = _crossing(pieces, x)
        if best is None or crossing < best[0]:
            best = crossing, x
    assert best
    crossing, x = best
    left = [piece for piece in pieces if piece.x1 <= x + 1]
    right = [piece for piece in pieces if piece.x0 >= x - 1]
    if crossing * 5 > len(pieces) or min(len(left), len(right)) < 6 or min(len(left), len(right)) * 4 < len(pieces):
        return None
    for side, span in ((left, x - min(p.x0 for p in left)), (right, max(p.x1 for p in right) - x)):
        if median(piece.x1 - piece.x0 for piece in side) < 0.6 * span:
            return None
    return x


def _rows(pieces: list[Piece], page: int) -> list[Row]:
    """Pieces gathered into visual lines: those whose middles lie within half a line of each other."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: (piece.top + piece.bottom) / 2):
        middle = (piece.top + piece.bottom) / 2
        if rows:
            last = max(rows[-1], key=lambda other: other.bottom - other.top)
            if middle < (last.top + last.bottom) / 2 + 0.45 * max(last.size, piece.size):
                rows[-1].append(piece)
                continue
        rows.append([piece])
    return [Row(row, page) for row in rows]


def _margins(rows: list[Row]) -> list[Row]:
    """The rows with their column's margins: where most rows begin, and where the long ones end."""
    if rows:
        starts = Counter(round(row.x0 / max(row.size, 1) * 2) for row in rows)
        common = [row.x0 for row in rows if starts[round(row.x0 / max(row.size, 1) * 2)] >= 0.2 * len(rows)]
        left = min(common) if common else min(row.x0 for row in rows)
        right = sorted(row.x1 for row in rows)[int(len(rows) * 0.9)]
        steps = [below.top - above.top for above, below in pairwise(rows) if below.top > above.top]
        pitch = median(steps) if len(steps) > 2 else 0.0
        for row in rows:
            row.left, row.right, row.pitch = left, right, pitch
    return rows


def _join_pieces(pieces: list[Piece]) -> str:
    text = ""
    end = None
    for piece in pieces:
        if end is not None and (gap := piece.x0 - end) > 0.6 * piece.size and not text.endswith(" "):
            text += "\t" if gap > 3 * piece.size else " "
        text += piece.text
        end = piece.x1
    return text.strip()


def _without_running_heads(pages: Sequence[list[Piece]], sizes: Sequence[tuple[float, float]]) -> list[list[Piece]]:
    """The pieces without page numbers and without what stands at the top or bottom of many pages."""
    edges = [
        _rows([piece for piece in pieces if _edge(piece, height) is not None], number)
        for number, (pieces, (_, height)) in enumerate(zip(pages, sizes, strict=True), 1)
    ]
    seen: dict[tuple[str, bool | None], set[int]] = defaultdict(set)
    for rows, (_, height) in zip(edges, sizes, strict=True):
        for row in rows:
            seen[_shape(row.text), _edge(row, height)].add(row.page)
    body = _body_size(pages)
    least = max(2, min(3, len(pages)), len(pages) // 4)
    kept = []
    for pieces, rows, (_, height) in zip(pages, edges, sizes, strict=True):
        dropped = {
            id(piece) for row in rows for piece in row.pieces
            if PAGE_NUMBER.fullmatch(row.text) or len(seen[_shape(row.text), _edge(row, height)]) >= least or _is_small(row, body)
        }
        kept.append([piece for piece in pieces if id(piece) not in dropped])
    return kept


def _body_size(pages: Sequence[list[Piece]]) -> float:
    weights: Counter[float] = Counter()
    for pieces in pages:
        for piece in pieces:
            weights[piece.size] += len(piece.text)
    total, passed = sum(weights.values()), 0
    for size in sorted(weights):
        passed += weights[size]
        if passed * 2 >= total:
            return size
    return 0.0


def _is_small(row: Row, body: float) -> bool:
    """Whether a row at the edge of a page is set smaller than the text and short, as running heads are."""
    return row.size < 0.92 * body and len(row.text) <= 40


def _edge(row: Row | Piece, height: float) -> bool | None:
    """True at the top of the page, False at its bottom, None in between."""
    if row.bottom < height * BAND:
        return True
    return False if row.top > height * (1 - BAND) else None


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", "", text))


def _paragraphs(rows: list[Row]) -> list[Line]:
    lines: list[Line] = []
    previous: Row | None = None
    body = median(row.size for row in rows) if rows else 0.0
    for row in rows:
        if not row.text:
            continue
        large = row.size > 1.15 * body
        if previous is not None and _continues(previous, row, lines[-1].text):
            lines[-1].text = _glue(lines[-1].text, row.text)
            lines[-1].bold = lines[-1].bold and (row.bold or large)
        else:
            lines.append(Line(row.text, row.page, bold=row.bold or large))
        previous = row
    return lines


def _continues(previous: Row, row: Row, so_far: str) -> bool:
    """Whether a row goes on with the paragraph of the row above it (or at the end of the page or column before)."""
    size = max(previous.size, row.size)
    if len(row.text) < 60 and patterns.furniture_of(row.text):
        return False
    if abs(previous.size - row.size) > 0.12 * size or (previous.bold != row.bold and _short(previous)):
        return False
    if _centred(previous) or _centred(row):
        return _centred(previous) and _centred(row) and row.size == previous.size and not _short(previous)
    if row.x0 > row.left + 1.3 * row.size or (_short(previous) and patterns.ends_sentence(previous.text)):
        return False
    same_flow = previous.page == row.page and row.top > previous.top
    if same_flow and row.top - previous.top > max(1.3 * row.pitch, (1.45 if row.pitch else 2.6) * size):
        return False
    if _short(previous):
        return so_far[-1:] in "，、,（(“《" or _word_moved_down(previous, row, so_far)
    level = patterns.level_of(row.text)
    return not (level is not None and patterns.ends_sentence(previous.text) and row.x0 > row.left + 0.5 * row.size)


def _word_moved_down(previous: Row, row: Row, so_far: str) -> bool:
    """Whether a row ends early because the number or word that begins the next one did not fit."""
    word = FIRST_WORD.match(row.text)
    return (
        word is not None and not previous.bold and bool(re.search("[，。；]", so_far))
        and previous.x1 + 0.5 * previous.size * (len(word[0]) + 2) > row.right - previous.size
    )


def _short(row: Row) -> bool:
    """Whether a row ends well before the right margin."""
    return row.x1 < row.right - 2.2 * row.size


def _centred(row: Row) -> bool:
    before, after = row.x0 - row.left, row.right - row.x1
    return before > 2.6 * row.size and after > 1.5 * row.size and abs(before - after) < 2.5 * row.size


def _glue(first: str, second: str) -> str:
    if first.endswith("-") and WORD.match(second[:1]) and WORD.match(first[-2:-1]):
        return first[:-1] + second
    apart = WORD.match(first[-1:]) and WORD.match(second[:1]) and not (first[-1:].isupper() and second[:1].isupper())
    return f"{first} {second}" if apart else first + second
