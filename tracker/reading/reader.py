"""One file: bytes and a name in, a Text out."""
from __future__ import annotations

import re
from pathlib import PurePath

from tracker.analysis.records import Fact, TableRow, Text

from . import facts, office, structure, tables
from .errors import ReadingError
from .formats import detect
from .limits import DEFAULT, Limits
from .packages import unpack
from .plain import read_plain
from .records import Draft, Line
from .sandbox import read_apart

SENTENCE_MARK = re.compile("[。；，]")
SHORT_CELL = 20


def read(data: bytes, name: str, *, limits: Limits = DEFAULT) -> Text:
    """Text of one file. ``name`` is the file name as given; the content decides on the format.

    A zip with a single document in it is read as that document. Raises ReadingError, with a Chinese sentence, when the
    file cannot be read within ``limits``."""
    format = detect(data, name, limits)
    if format == "zip":
        files = unpack(data, name, limits=limits).files
        if len(files) > 1:
            raise ReadingError("package", count=len(files))
        return read(files[0][1], files[0][0], limits=limits)
    return compose(_draft(data, format, limits), name, limits)


def _draft(data: bytes, format: str, limits: Limits) -> Draft:
    if format in ("txt", "md"):
        if len(data) > 4 * limits.characters + 4:
            raise ReadingError("too-much-text", limit=limits.characters // 10_000)
        return read_plain(data, format)
    if format in office.FORMATS:
        return _read_by_office(data, format, limits)
    draft = read_apart(data, format, limits)
    if draft.pages_without_text:
        return _recognise(data, draft, limits)
    return draft


def _read_by_office(data: bytes, format: str, limits: Limits) -> Draft:
    try:
        draft = read_apart(office.convert(data, format, limits), "docx", limits)
    except ReadingError as error:
        text = office.read_with_antiword(data, limits) if format in ("doc", "wps") else None
        if text is None or error.code not in ("no-office", "office-failed", "too-slow"):
            raise
        draft = Draft(format, [Line(line, whole=True) for line in text.decode("utf-8", "replace").split("\n")])
        draft.notes.append("由 antiword 读取，表格和自动编号可能不全；安装 LibreOffice 后可重新读取。")
    draft.format = format
    return draft


def _recognise(data: bytes, draft: Draft, limits: Limits) -> Draft:
    """A scanned PDF by text recognition; one with a few scanned pages keeps its text and gets a note."""
    if not draft.lines and draft.format == "pdf":
        return read_apart(data, "scan", limits)
    pages = "、".join(str(page) for page in draft.pages_without_text[:20])
    if draft.lines:
        draft.notes.append(f"第 {pages} 页没有文字（空白页或图片），没有读到内容。")
    return draft


def compose(draft: Draft, name: str, limits: Limits = DEFAULT) -> Text:
    """Text of a draft: content, paragraphs, facts, rows. Raises ReadingError when there is no word in it, or too many."""
    if sum(len(line.text) for line in draft.lines) > limits.characters or len(draft.lines) * 10 > limits.characters:
        raise ReadingError("too-much-text", limit=limits.characters // 10_000)
    rows = _read_rows(draft)
    content, paragraphs = structure.build(draft.lines)
    if not paragraphs:
        raise ReadingError("blank")
    stem = PurePath(name.replace("\\", "/")).stem
    title = facts.find_title(content, paragraphs, draft.facts)
    published_on = facts.find_published_on(content, paragraphs, stem, draft.facts, title)
    return Text(
        content=content, paragraphs=paragraphs, format=draft.format, name=name, title=title,
        issuer=facts.find_issuer(content, title, stem, draft.facts) or facts.find_signer(content, paragraphs), published_on=published_on,
        period=facts.find_period(title, stem, published_on), rows=rows,
        notes=(*draft.notes, *_notes(published_on)),
    )


def _read_rows(draft: Draft) -> tuple[TableRow, ...]:
    """Rows of the tables whose header is understood; in the other tables, rows with running text become text."""
    if not draft.sheets:
        return ()
    starts = structure.line_starts(draft.lines)
    found: list[TableRow] = []
    for sheet in draft.sheets:
        rows = tables.read_rows(sheet, starts)
        found.extend(rows)
        for _, line, cells in sheet.rows if not rows else ():
            if any(len(cell) >= SHORT_CELL and SENTENCE_MARK.search(cell) for cell in cells):
                draft.lines[line].style = None
    return tuple(found)


def _notes(published_on: Fact | None) -> list[str]:
    if published_on is None:
        return ["没有找到发布日期，请填写；“今年”“目前”等说法要靠它换算。"]
    if published_on.source == "year":
        return [f"只知道年份（{published_on.value[:4]}年），按1月1日计，请核对发布日期。"]
    if published_on.source == "period":
        return [f"没有写明发布日期，按所述时期的末日（{published_on.value}）计，请核对。"]
    if published_on.source == "text":
        return [f"发布日期（{published_on.value}）据正文推断，请核对。"]
    return []
