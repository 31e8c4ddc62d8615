"""PDF with text, through pdfium: pieces of text with their places, laid out by layout.py."""
from __future__ import annotations

import ctypes
import re
import unicodedata
from itertools import pairwise
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from .errors import ReadingError
from .layout import Piece, lay_out
from .limits import Limits
from .records import Draft

HEADING_FONT = re.compile("hei|黑体|bold|xiaobiaosong|小标宋|dabiaosong", re.IGNORECASE)
RADICALS = re.compile("[\u2e80-\u2fdf]")
SPACED = re.compile("(?<=[\u3400-\u9fff，。；：、“”（）]) (?=[\u3400-\u9fff，。；：、“”（）])")
# Word and LibreOffice set a little space between Han characters and digits; it is no blank of the text.
BETWEEN_SCRIPTS = re.compile(
    "(?<=[\u3400-\u9fff，。；：、“”（）《》]) (?=[0-9A-Za-z.%％+-])|(?<=[0-9A-Za-z.%％‰)]) (?=[\u3400-\u9fff，。；：、“”（）《》])"
)
USELESS_TITLE = re.compile(r"^(?:microsoft|word|untitled|无标题|未命名|.*\.(?:docx?|wps|pdf)$)", re.IGNORECASE)
MARKS = set("“”‘’\"'—–…·")
QUOTES = MARKS | {" "}


def read_pdf(data: bytes, format: str, limits: Limits) -> Draft:
    """Draft of a PDF. ``pages_without_text`` tells which pages are only pictures."""
    document = open_pdf(data, limits)
    draft = Draft("pdf")
    try:
        _read_properties(document, draft)
        pages, sizes, characters = [], [], 0
        for number in range(1, len(document) + 1):
            page = document[number - 1]
            pieces, size = _read_page(page)
            page.close()
            characters += sum(len(piece.text) for piece in pieces)
            if characters > limits.characters:
                raise ReadingError("too-much-text", limit=limits.characters // 10_000)
            pages.append(pieces)
            sizes.append(size)
    finally:
        document.close()
    draft.pages_without_text = [i for i, pieces in enumerate(pages, 1) if sum(len(p.text.strip()) for p in pieces) < 8]
    if len(draft.pages_without_text) < len(pages):
        draft.lines = lay_out(pages, sizes)
    return draft


def open_pdf(data: bytes, limits: Limits) -> Any:
    """The opened document. Raises ReadingError when it is encrypted, broken or has too many pages."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise ReadingError("encrypted") from error
        raise ReadingError("damaged" if b"%%EOF" in data[-2048:] else "truncated") from error
    if len(document) > limits.pages:
        raise ReadingError("too-many-pages", pages=len(document), limit=limits.pages)
    if not len(document):
        raise ReadingError("damaged")
    return document


def _read_properties(document: Any, draft: Draft) -> None:
    title = (document.get_metadata_value("Title") or "").strip()
    if 4 < len(title) <= 100 and re.search("[\u4e00-\u9fff]", title) and not USELESS_TITLE.match(title):
        draft.facts["title"] = title


def _read_page(page: Any) -> tuple[list[Piece], tuple[float, float]]:
    width, height = page.get_size()
    textpage = page.get_textpage()
    try:
        pieces = _pieces(textpage, height)
    finally:
        textpage.close()
    return pieces, (width, height)


def _pieces(textpage: Any, height: float) -> list[Piece]:
    """Runs of characters that pdfium did not part by a line break."""
    count = textpage.count_chars()
    if count <= 0:
        return []
    text = textpage.get_text_range(0, count)
    if len(text) != count:
        text = "".join(chr(raw.FPDFText_GetUnicode(textpage, i) or 32) for i in range(count))
    found: list[tuple[Piece, int]] = []
    for match in re.finditer(r"[^\r\n]+", text):
        run = match[0]
        start = match.start() + len(run) - len(run.lstrip())
        end = match.start() + len(run.rstrip())
        if start < end:
            piece = _piece(textpage, text[start:end], start, end, height)
            if QUOTES & set(piece.text) and not set(piece.text) <= QUOTES and _jumps_back(textpage, text, start, end):
                piece.text = _in_order(textpage, text, start, end, piece.size)
            found.append((piece, start))
    return _split_around_small(textpage, found, height)


def _piece(textpage: Any, text: str, start: int, end: int, height: float) -> Piece:
    first, last = _box(textpage, start), _box(textpage, end - 1)
    size = raw.FPDFText_GetFontSize(textpage, start) or 0.0
    tall = max(abs(first[3] - first[1]), 1.0)
    if size < 0.3 * tall:            # the font's size is given before the page's own scaling
        size = tall * 0.85
    return Piece(
        _tidy(text), min(first[0], last[0]), height - max(first[3], last[3]), max(first[2], last[2]),
        height - min(first[1], last[1]), float(size), _is_heading_font(textpage, start) and _is_heading_font(textpage, end - 1),
    )


def _jumps_back(textpage: Any, text: str, start: int, end: int) -> bool:
    """Whether a quotation mark or what follows it stands left of the character before: marks of another font come late."""
    places = [index for index in range(start, end) if text[index] != " "]
    for first, second in pairwise(places):
        if text[first] in MARKS or text[second] in MARKS:
            before, box = _box(textpage, first), _box(textpage, second)
            if box[0] < before[0] - 1:
                return True
    return False


def _in_order(textpage: Any, text: str, start: int, end: int, size: float) -> str:
    """The characters of a run from left to right, with a blank where there is a gap."""
    boxes = sorted((_box(textpage, index), text[index]) for index in range(start, end) if text[index] != " ")
    ordered, right = "", None
    for (left, _, edge, _), character in boxes:
        ordered += f" {character}" if right is not None and left - right > 0.6 * size else character
        right = edge
    return _tidy(ordered)


def _box(textpage: Any, index: int) -> tuple[float, float, float, float]:
    rect = raw.FS_RECTF()
    if not raw.FPDFText_GetLooseCharBox(textpage, index, ctypes.byref(rect)):
        return 0.0, 0.0, 0.0, 0.0
    return rect.left, rect.bottom, rect.right, rect.top


def _is_heading_font(textpage: Any, index: int) -> bool:
    if raw.FPDFText_GetFontWeight(textpage, index) >= 600:
        return True
    flags = ctypes.c_int()
    buffer = ctypes.create_string_buffer(96)
    length = raw.FPDFText_GetFontInfo(textpage, index, buffer, 96, ctypes.byref(flags))
    return bool(length) and HEADING_FONT.search(buffer.value.decode("utf-8", "ignore")) is not None


def _tidy(text: str) -> str:
    """Radicals that stand for whole characters, and the spaces of text set wide, put right."""
    if RADICALS.search(text):
        text = RADICALS.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    if " " in text:
        text = BETWEEN_SCRIPTS.sub("", text)
        if text.count(" ") * 4 > len(text):
            text = SPACED.sub("", text)
    return text.replace("\x02", "-").replace("\ufffe", "-")


def _split_around_small(textpage: Any, found: list[tuple[Piece, int]], height: float) -> list[Piece]:
    """Quotation marks in another font come after the line that they stand in: part that line where they belong."""
    marks = [(piece, start) for piece, start in found if set(piece.text) <= QUOTES]
    if not marks:
        return [piece for piece, _ in found]
    small = [
        _piece(textpage, character, start + offset, start + offset + 1, height)
        for piece, start in marks for offset, character in enumerate(piece.text) if character != " "
    ]
    pieces = list(small)
    for piece, start in found:
        if set(piece.text) <= QUOTES:
            continue
        inside = [
            other for other in small
            if piece.x0 < other.x0 and other.x1 < piece.x1 + 1
            and abs((other.top + other.bottom) - (piece.top + piece.bottom)) < piece.size
        ]
        pieces.extend(_parts(textpage, piece, start, inside, height) if inside else [piece])
    return pieces


def _parts(textpage: Any, piece: Piece, start: int, inside: list[Piece], height: float) -> list[Piece]:
    """A piece cut before each of the small ones that stand inside it."""
    edges = sorted(other.x0 for other in inside)
    parts: list[Piece] = []
    text, first = "", start
    for offset, character in enumerate(piece.text):
        left = _box(textpage, start + offset)[0]
        while edges and left >= edges[0] - 0.5:
            if text.strip():
                parts.append(_piece(textpage, text.strip(), first, start + offset, height))
            text, first = "", start + offset
            edges.pop(0)
        if character != " " or text:
            text += character
        else:
            first = start + offset + 1
    if text.strip():
        parts.append(_piece(textpage, text.strip(), first, start + len(piece.text), height))
    return parts
