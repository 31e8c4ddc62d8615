"""Scanned pages and pictures, by the optional text recognition (pip install rapidocr-onnxruntime; its models come inside the package)."""
from __future__ import annotations

import re
import struct
from io import BytesIO
from statistics import median
from typing import Any

from .errors import ReadingError
from .layout import Piece, lay_out
from .limits import Limits
from .pdf import open_pdf
from .records import Draft

try:
    import numpy
    from PIL import Image
    from rapidocr_onnxruntime import RapidOCR
except ImportError:
    RapidOCR = None

# What the recognition takes for a Chinese comma, full stop and closing quotation mark.
CONFUSED_STOP = re.compile(r"[°˚](?=$|[\u4e00-\u9fff])")
CONFUSED_QUOTE = re.compile(r"(?<=[\u4e00-\u9fff])\"")

DOTS_PER_INCH = 200
LONGEST_SIDE = 4000             # larger pictures are made smaller before recognition
DOUBTFUL = 0.6                  # recognised with less certainty than this: dropped


def read_image(data: bytes, format: str, limits: Limits) -> Draft:
    """Draft of a picture's text. The size in the picture's head is checked before anything is unpacked."""
    _check_size(*picture_size(data), limits)
    engine = _engine()
    Image.MAX_IMAGE_PIXELS = None            # the sizes are checked here, with a message of our own
    try:
        image = Image.open(BytesIO(data))
        _check_size(*image.size, limits)
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        page = image.convert("RGB")
    except (OSError, SyntaxError, ValueError) as error:
        raise ReadingError("truncated" if "truncated" in str(error) else "damaged") from error
    return _draft([page], engine)


def _check_size(width: int, height: int, limits: Limits) -> None:
    if width * height > limits.pixels:
        raise ReadingError("too-many-pixels", width=width, height=height, limit=limits.pixels // 10_000)


def picture_size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG, GIF, BMP or JPEG by its head; (0, 0) for other kinds. Raises ReadingError when cut off."""
    try:
        if data.startswith(b"\x89PNG"):
            return struct.unpack_from(">II", data, 16)
        if data.startswith(b"GIF8"):
            return struct.unpack_from("<HH", data, 6)
        if data.startswith(b"BM"):
            width, height = struct.unpack_from("<ii", data, 18)
            return abs(width), abs(height)
        if data.startswith(b"\xff\xd8"):
            return _jpeg_size(data)
    except struct.error as error:
        raise ReadingError("truncated") from error
    return 0, 0


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while True:
        marker, length = struct.unpack_from(">HH", data, at)
        if 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 2 + max(length, 2)


def read_scan(data: bytes, format: str, limits: Limits) -> Draft:
    """Draft of a PDF without text, page by page."""
    engine = _engine()
    document = open_pdf(data, limits)
    if len(document) > limits.scanned_pages:
        raise ReadingError("too-many-scans", pages=len(document), limit=limits.scanned_pages)
    pages = []
    for page in document:
        width, height = page.get_size()
        scale = min(DOTS_PER_INCH / 72, LONGEST_SIDE / max(width, height, 1))
        pages.append(page.render(scale=scale).to_pil().convert("RGB"))
    draft = _draft(pages, engine)
    draft.format = "pdf"
    return draft


def _engine() -> Any:
    if RapidOCR is None:
        raise ReadingError("no-ocr")
    return RapidOCR()


def _draft(pages: list[Any], engine: Any) -> Draft:
    pieces, sizes = [], []
    for page in pages:
        found, _ = engine(numpy.asarray(page)[:, :, ::-1])
        pieces.append(_even([_piece(box, text) for box, text, score in found or [] if float(score) >= DOUBTFUL]))
        sizes.append((float(page.width), float(page.height)))
    draft = Draft("image", lay_out(pieces, sizes))
    if not draft.lines:
        raise ReadingError("ocr-nothing")
    draft.notes.append("文字由机器识别，数字请对照原件核对。")
    return draft


def _even(pieces: list[Piece]) -> list[Piece]:
    """Sizes read off a picture jitter: those near the usual one are the usual one."""
    usual = median(piece.size for piece in pieces) if pieces else 0.0
    for piece in pieces:
        if abs(piece.size - usual) < 0.22 * usual:
            piece.size = usual
    return pieces


def _piece(box: Any, text: str) -> Piece:
    xs, ys = [float(point[0]) for point in box], [float(point[1]) for point in box]
    text = CONFUSED_STOP.sub("。", CONFUSED_QUOTE.sub("”", text.replace("丶", "、")))
    return Piece(text, min(xs), min(ys), max(xs), max(ys), (max(ys) - min(ys)) * 0.8)
