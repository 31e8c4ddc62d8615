"""OFD, the national format for fixed pages (GB/T 33190): a zip with XML, the text in TextCode elements with their places."""
from __future__ import annotations

import posixpath
import re

from lxml import etree

from .archive import Archive
from .errors import ReadingError
from .layout import Piece, lay_out
from .limits import Limits
from .records import Draft

OFD = "{http://www.ofdspec.org/2016}"


def read_ofd(data: bytes, format: str, limits: Limits) -> Draft:
    """Draft of an .ofd file: the text of its pages in reading order."""
    archive = Archive(data, limits)
    root = archive.parse("OFD.xml")
    if root is None:
        raise ReadingError("damaged")
    draft = Draft("ofd")
    title = next((node.text or "" for node in root.iter() if _name(node) == "Title"), "").strip()
    if len(title) > 4:
        draft.facts["title"] = title
    pages = []
    for document in [node for node in root.iter() if _name(node) == "DocRoot"]:
        pages.extend(_pages(archive, _clean_path("", document.text or "")))
    if len(pages) > limits.pages:
        raise ReadingError("too-many-pages", pages=len(pages), limit=limits.pages)
    laid = [(pieces, size) for path in pages if (root := archive.parse(path)) is not None for pieces, size in [_pieces(root)]]
    draft.lines = lay_out([pieces for pieces, _ in laid], [size for _, size in laid])
    if not draft.lines:
        draft.pages_without_text = list(range(1, len(laid) + 1))
    return draft


def _name(node: etree._Element) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _clean_path(folder: str, path: str) -> str:
    path = path.strip()
    return posixpath.normpath(path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path))


def _pages(archive: Archive, path: str) -> list[str]:
    root = archive.parse(path)
    if root is None:
        raise ReadingError("truncated")
    folder = posixpath.dirname(path)
    return [
        _clean_path(folder, node.get("BaseLoc", "")) for parent in root.iter() if _name(parent) == "Pages"
        for node in parent if _name(node) == "Page"
    ]


def _numbers(text: str | None) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text or "")]


def _pieces(page: etree._Element) -> tuple[list[Piece], tuple[float, float]]:
    """Pieces of text of a page with their boxes in millimetres from the top left, and the page's size."""
    size = (210.0, 297.0)
    pieces = []
    for node in page.iter():
        if _name(node) == "PhysicalBox" and len(box := _numbers(node.text)) == 4:
            size = box[2], box[3]
        if _name(node) != "TextObject":
            continue
        boundary = _numbers(node.get("Boundary"))
        if len(boundary) != 4:
            continue
        matrix = _numbers(node.get("CTM"))
        scale = abs(matrix[0]) if len(matrix) == 6 and matrix[0] else 1.0
        height = float((_numbers(node.get("Size")) or [4.0])[0]) * scale
        for code in node:
            if _name(code) == "TextCode" and (code.text or "").strip():
                text = (code.text or "").strip("\n")
                x = boundary[0] + (_numbers(code.get("X")) or [0.0])[0] * scale
                y = boundary[1] + (_numbers(code.get("Y")) or [height])[0] * scale
                width = _advance(code.get("DeltaX"), len(text), height / scale) * scale
                pieces.append(Piece(text, x, y - height * 0.8, x + width, y + height * 0.2, height))
    return pieces, size


def _advance(delta: str | None, count: int, height: float) -> float:
    """Width of a piece from DeltaX ('5 5 5', or 'g 3 5' for three times five); without it each character is square."""
    if not delta:
        return count * height
    total, tokens = 0.0, delta.split()
    i = 0
    while i < len(tokens):
        if tokens[i] == "g" and i + 2 < len(tokens):
            total += int(_numbers(tokens[i + 1])[0]) * _numbers(tokens[i + 2])[0]
            i += 3
        else:
            total += sum(_numbers(tokens[i]))
            i += 1
    return total + height
