"""Word documents (.docx): paragraphs, list numbers, tables, text boxes and footnotes, without tracked deletions."""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from .archive import Archive
from .limits import Limits
from .numbering import Numbering, W
from .records import Draft, Line, Sheet

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
DC = "{http://purl.org/dc/elements/1.1/}"
SKIPPED = {f"{W}{tag}" for tag in ("del", "moveFrom", "pPr", "rPr", "instrText", "delText", "delInstrText", "tblPr", "tcPr",
                                   "trPr", "sectPr", "proofErr", "commentReference", "footnoteRef", "endnoteRef")}
SKIPPED |= {f"{MC}Fallback"}
HEADING_FONT = re.compile("黑体|小标宋|标题宋|SimHei|Heiti", re.IGNORECASE)
HEADING_NAME = re.compile(r"(?:heading|标题)\s*(\d)", re.IGNORECASE)
USELESS_TITLE = re.compile(r"^(?:microsoft|word|文档\d*|document\d*|未命名|无标题|untitled|normal|新建)", re.IGNORECASE)


@dataclass(slots=True)
class Style:
    """What a paragraph or character style says that matters here."""

    level: int | None = None
    bold: bool | None = None
    font: str = ""
    number: str = ""
    depth: int = 0
    based_on: str = ""


@dataclass(slots=True)
class Document:
    """A document while it is being read."""

    archive: Archive
    draft: Draft
    styles: dict[str, Style] = field(default_factory=dict)
    numbering: Numbering = field(default_factory=Numbering)
    notes: dict[str, etree._Element] = field(default_factory=dict)
    note_order: list[str] = field(default_factory=list)
    page: int | None = None


def read_docx(data: bytes, format: str, limits: Limits) -> Draft:
    """Draft of a .docx, .docm or .dotx file; macros are not looked at."""
    archive = Archive(data, limits)
    draft = Draft("docx")
    main = _main_part(archive)
    root = archive.parse(main)
    if root is None:
        return draft
    document = Document(archive, draft)
    document.styles = _read_styles(archive.parse("word/styles.xml"))
    document.numbering = Numbering.of(archive.parse("word/numbering.xml"))
    for name, tag in (("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "endnote")):
        notes = archive.parse(name)
        for note in notes.iter(f"{W}{tag}") if notes is not None else ():
            document.notes[f"{tag}{note.get(f'{W}id')}"] = note
    if next(root.iter(f"{W}lastRenderedPageBreak"), None) is not None:
        document.page = 1
    body = root.find(f"{W}body")
    _read_blocks(body if body is not None else root, document)
    _append_notes(document)
    _read_properties(archive, draft)
    if any(name.endswith("vbaProject.bin") for name in archive.names):
        draft.notes.append("文件带有宏，宏没有运行，也没有保留在正文里。")
    return draft


def _main_part(archive: Archive) -> str:
    if "word/document.xml" in archive.names:
        return "word/document.xml"
    return next((name for name in sorted(archive.names) if re.fullmatch(r"word/document\d*\.xml", name)), "")


def _read_styles(root: etree._Element | None) -> dict[str, Style]:
    styles: dict[str, Style] = {}
    for node in root.iter(f"{W}style") if root is not None else ():
        style = Style(level=_outline(node), bold=_flag(node.find(f"{W}rPr/{W}b")), font=_font(node.find(f"{W}rPr")))
        style.number, style.depth = _list_of(node.find(f"{W}pPr"))
        if style.level is None and (match := HEADING_NAME.match(_value(node.find(f"{W}name")))):
            style.level = int(match[1])
        if style.level is None and _value(node.find(f"{W}name")).lower() in ("title", "标题"):
            style.level = 1
        style.based_on = _value(node.find(f"{W}basedOn"))
        styles[node.get(f"{W}styleId", "")] = style
    for style in styles.values():
        _inherit(style, styles)
    return styles


def _inherit(style: Style, styles: dict[str, Style]) -> None:
    seen = 0
    parent = styles.get(style.based_on)
    while parent is not None and seen < 20:
        style.level = style.level if style.level is not None else parent.level
        style.bold = style.bold if style.bold is not None else parent.bold
        style.font = style.font or parent.font
        if not style.number:
            style.number, style.depth = parent.number, parent.depth
        parent, seen = styles.get(parent.based_on), seen + 1


def _value(node: etree._Element | None) -> str:
    return node.get(f"{W}val", "") if node is not None else ""


def _flag(node: etree._Element | None) -> bool | None:
    return None if node is None else node.get(f"{W}val", "1") not in ("0", "false", "off")


def _font(properties: etree._Element | None) -> str:
    fonts = properties.find(f"{W}rFonts") if properties is not None else None
    return "" if fonts is None else fonts.get(f"{W}eastAsia", "") or fonts.get(f"{W}ascii", "")


def _outline(node: etree._Element) -> int | None:
    value = _value(node.find(f"{W}pPr/{W}outlineLvl"))
    return int(value) + 1 if value.isdigit() and int(value) < 9 else None


def _list_of(properties: etree._Element | None) -> tuple[str, int]:
    entry = properties.find(f"{W}numPr") if properties is not None else None
    if entry is None:
        return "", 0
    depth = _value(entry.find(f"{W}ilvl"))
    return _value(entry.find(f"{W}numId")), int(depth) if depth.isdigit() else 0


def _read_blocks(parent: etree._Element, document: Document) -> None:
    for node in parent:
        if node.tag == f"{W}p":
            _read_paragraph(node, document)
        elif node.tag == f"{W}tbl":
            _read_table(node, document)
        elif isinstance(node.tag, str) and node.tag not in SKIPPED:
            _read_blocks(node, document)


def _read_paragraph(node: etree._Element, document: Document) -> None:
    """One paragraph, and after it those of the text boxes that hang on it."""
    runs: list[tuple[str, bool]] = []
    boxes: list[etree._Element] = []
    page = document.page
    _collect(node, document, runs, boxes)
    properties = node.find(f"{W}pPr")
    style = document.styles.get(_value(properties.find(f"{W}pStyle")) if properties is not None else "", Style())
    number, depth = _list_of(properties)
    if not number:
        number, depth = style.number, style.depth
    text = "".join(text for text, _ in runs)
    label = document.numbering.next(number, depth) if number and text.strip() else ""
    if label.endswith((".", "．")) and text[:1].isdigit():
        label += " "                # 5. and 6月底前 must not become the number 5.6
    heading = _heading_runs(node, runs, style)
    outline = _outline(node) or style.level
    lines = text.split("\n")
    for i, piece in enumerate(lines):
        document.draft.lines.append(Line(
            (label if i == 0 else "") + piece, page, whole=True, bold=heading,
            style="heading" if outline and len(lines) == 1 and text.strip() else None, level=outline,
        ))
    for box in boxes:
        _read_blocks(box, document)


def _heading_runs(node: etree._Element, runs: list[tuple[str, bool]], style: Style) -> bool:
    """Whether all words of a paragraph are bold or in a heading's font."""
    by_style = bool(style.bold) or bool(HEADING_FONT.search(style.font))
    return bool(runs) and all(bold or by_style for text, bold in runs if text.strip())


def _collect(node: etree._Element, document: Document, runs: list[tuple[str, bool]], boxes: list[etree._Element]) -> None:
    for child in node:
        tag = child.tag
        if tag in SKIPPED or not isinstance(tag, str):
            continue
        if tag == f"{W}r":
            _collect_run(child, document, runs, boxes)
        elif tag == f"{W}txbxContent":
            boxes.append(child)
        else:
            _collect(child, document, runs, boxes)


def _collect_run(run: etree._Element, document: Document, runs: list[tuple[str, bool]], boxes: list[etree._Element]) -> None:
    properties = run.find(f"{W}rPr")
    if properties is not None and _flag(properties.find(f"{W}vanish")):
        return
    parts: list[str] = []
    for child in run:
        tag = child.tag
        if tag == f"{W}t":
            parts.append(child.text or "")
        elif tag == f"{W}tab":
            parts.append("\t")
        elif tag in (f"{W}br", f"{W}cr"):
            parts.append(_break(child, document))
        elif tag == f"{W}noBreakHyphen":
            parts.append("-")
        elif tag == f"{W}lastRenderedPageBreak" and document.page is not None:
            document.page += 1
        elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            kind = "footnote" if tag.endswith("footnoteReference") else "endnote"
            document.note_order.append(f"{kind}{child.get(f'{W}id')}")
        elif tag not in SKIPPED and isinstance(tag, str) and len(child):
            _collect(child, document, [], boxes)
    bold = properties is not None and (
        bool(_flag(properties.find(f"{W}b"))) or bool(HEADING_FONT.search(_font(properties)))
    )
    runs.append(("".join(parts), bold))


def _break(node: etree._Element, document: Document) -> str:
    return "" if node.get(f"{W}type") in ("page", "column") else "\n"


def _read_table(table: etree._Element, document: Document) -> None:
    """Rows as lines with tabs between cells; a table of one column is only a frame around paragraphs."""
    rows = list(_rows(table))
    if max((len(row) for row in rows), default=0) <= 1:
        for row in rows:
            for cell in row:
                _read_blocks(cell, document)
        return
    sheet = Sheet(f"表{len(document.draft.sheets) + 1}")
    for number, row in enumerate(rows, 1):
        cells = [_cell_text(cell, document) for cell in row]
        if any(cells):
            sheet.rows.append((number, len(document.draft.lines), cells))
            document.draft.lines.append(Line("\t".join(cells), document.page, whole=True, style="table"))
    document.draft.sheets.append(sheet)


def _rows(table: etree._Element) -> Iterator[list[etree._Element]]:
    for row in table:
        if row.tag == f"{W}tr":
            yield _cells(row)
        elif row.tag == f"{W}sdt":
            content = row.find(f"{W}sdtContent")
            yield from _rows(content) if content is not None else ()


def _cells(row: etree._Element) -> list[etree._Element]:
    """Cells of a row, also those in content controls, but not those of tables inside its cells."""
    cells = []
    for node in row:
        if node.tag == f"{W}tc":
            cells.append(node)
        elif node.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"):
            cells.extend(_cells(node))
    return cells


def _cell_text(cell: etree._Element, document: Document) -> str:
    """Text of a cell on one line; the lower parts of a cell merged downwards are empty by themselves."""
    inner = Document(document.archive, Draft("docx"), document.styles, document.numbering, document.notes,
                     document.note_order, document.page)
    _read_blocks(cell, inner)
    document.page = inner.page
    return " ".join(line.text.replace("\t", " ").strip() for line in inner.draft.lines if line.text.strip())


def _append_notes(document: Document) -> None:
    """Footnotes after the text, in the order of their marks."""
    for count, key in enumerate(document.note_order, 1):
        note = document.notes.get(key)
        if note is None:
            continue
        inner = Document(document.archive, Draft("docx"), document.styles, document.numbering)
        _read_blocks(note, inner)
        text = "".join(line.text for line in inner.draft.lines).strip()
        if text:
            document.draft.lines.append(Line(f"[{count}] {text}", document.page, whole=True))


def _read_properties(archive: Archive, draft: Draft) -> None:
    root = archive.parse("docProps/core.xml")
    title = (root.findtext(f"{DC}title") or "").strip() if root is not None else ""
    if 4 < len(title) <= 100 and not USELESS_TITLE.match(title) and re.search("[\u4e00-\u9fff]", title):
        draft.facts["title"] = title
