"""Cells, styles and streamed sheets: what every workbook of this house is written with.

openpyxl's write-only mode does the packaging; rows are built here, because three things matter that it does not do: text that begins with ``=``
stays text, a formula carries its value (previewers do not calculate), and a styled cell costs no more than a bare one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape  # writes, parses nothing

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet._writer import create_temporary_file
from openpyxl.worksheet.properties import PageSetupProperties

from .package import COMMENTS, LINKS, Attachments, SheetWriter

LIMIT = 32_767
LITERAL = 255  # characters of a text inside a formula
A4 = 9
EPOCH = date(1899, 12, 30)
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
ACTIVE = ("=", "+", "-", "@", "\t")

SONG, HEI, TITLE = "宋体", "黑体", "方正小标宋简体"
THIN = Side(style="thin", color="808080")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)


def clean(text: str) -> str:
    """Text as a cell may hold it: no control characters, one kind of line break, within Excel's length."""
    text = FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= LIMIT else text[: LIMIT - 1] + "…"


def as_number(value: date | Decimal | float) -> str:
    """A value as the file format stores it; dates are days since the end of 1899."""
    if isinstance(value, date):
        return str((value - EPOCH).days)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


@dataclass(frozen=True, slots=True)
class Formula:
    """A live formula (without ``=``) and the value it has now."""

    text: str
    value: date | Decimal | int | str | None = None


def linked_figure(target: str, value: date | Decimal | int) -> date | Decimal | int | Formula:
    """HYPERLINK with a number as its text: it can be clicked, and other formulas still calculate with it."""
    if len(target) > LITERAL:
        return value
    quoted = target.replace('"', "%22")
    return Formula(f'HYPERLINK("{quoted}",{as_number(value)})', value)


class OrderedFont(Font):
    """A font that is written in the order of the schema; openpyxl writes another, which strict readers refuse."""

    __attrs__, __nested__ = Font.__attrs__, Font.__nested__
    __elements__ = (
        "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name", "family",
        "charset", "scheme",
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Style:
    """How a cell looks. ``form`` is an Excel number format. Compared by identity (it is looked up for every cell): make each one once."""

    form: str = "General"
    across: str = "left"
    font: str = SONG
    size: float = 10
    bold: bool = False
    colour: str = "000000"
    fill: str = ""
    border: bool = True
    wrap: bool = True
    down: str = "center"
    locked: bool = True
    quoted: bool = False


class Styles:
    """The style numbers of one workbook; each look is registered once."""

    def __init__(self, workbook: Workbook) -> None:
        # widths count in digits of the first font: 宋体, as the cells are, not openpyxl's Calibri
        workbook._fonts[0] = OrderedFont(name=SONG, size=10)
        self._sheet = WriteOnlyWorksheet(workbook, "styles")
        self.number = lru_cache(maxsize=None)(self._register)

    def _register(self, style: Style) -> str:
        cell = WriteOnlyCell(self._sheet)
        cell.font = OrderedFont(name=style.font, size=style.size, bold=style.bold, color=style.colour)
        cell.alignment = Alignment(horizontal=style.across, vertical=style.down, wrap_text=style.wrap)
        cell.number_format = style.form
        cell.protection = Protection(locked=style.locked)
        if style.border:
            cell.border = GRID
        if style.fill:
            cell.fill = PatternFill("solid", start_color=style.fill)
        cell._style.quotePrefix = int(style.quoted)
        return str(cell.style_id)


PLAIN = Style()


@lru_cache(maxsize=1024)
def _quoted(style: Style) -> Style:
    return replace(style, quoted=True)


@dataclass(slots=True)
class Cell:
    """A value with its look; ``link`` is an address, ``comment`` a note that pops up."""

    value: Any = None
    style: Style = PLAIN
    link: str = ""
    comment: str = ""


class StreamedSheet(WriteOnlyWorksheet):
    """A sheet whose rows go to disk as they come. ``add`` writes one row and says its number.

    openpyxl writes everything around the rows. The rows are written as text into the same file: building an XML element for
    every cell costs more than all the rest.
    """

    def __init__(self, workbook: Workbook, title: str, styles: Styles) -> None:
        super().__init__(workbook, title)
        workbook._add_sheet(self)
        self.attached = Attachments()
        self._styles = styles
        self.row = 0
        self._letters = [get_column_letter(number) for number in range(1, 200)]

    def _get_writer(self) -> None:
        if self._writer is None:
            self._spool = create_temporary_file()
            self._file = Path(self._spool).open("wb")  # noqa: SIM115  # closed with the sheet
            self._writer = SheetWriter(self, self._file)
            self._writer.write_top()

    def close(self) -> None:
        super().close()
        self._file.close()
        # what openpyxl puts into the package, and removes afterwards
        self._writer.out = self._spool

    def _write_rows(self) -> Iterator[None]:
        stream = self._writer.xf.send(True)
        with stream.element("sheetData"):
            stream.flush()
            try:
                while True:
                    self._file.write((yield).encode())
            except GeneratorExit:
                pass
        self._writer.xf.send(None)

    def add(self, cells: Sequence[Cell | None], height: float | None = None) -> int:
        if self._rows is None:
            self._start()
        self.row += 1
        fixed = f' ht="{height:g}" customHeight="1"' if height else ""
        written = [
            self._write(f"{letter}{self.row}", column, cell)
            for column, (letter, cell) in enumerate(zip(self._letters, cells, strict=False), 1)
            if cell is not None
        ]
        self._rows.send(f'<row r="{self.row}"{fixed}>{"".join(written)}</row>')
        return self.row

    def _start(self) -> None:
        self._get_writer()
        self._rows = self._write_rows()
        next(self._rows)

    def _write(self, place: str, column: int, cell: Cell) -> str:
        value = self._attach(place, column, cell) if cell.link or cell.comment else cell.value
        if isinstance(value, str):
            return self._text(place, clean(value), cell.style)
        start = f'<c r="{place}" s="{self._styles.number(cell.style)}"'
        if value is None:
            return f"{start}/>"
        if isinstance(value, Formula):
            return start + self._formula(value)
        return f"{start}><v>{as_number(value)}</v></c>"

    def _attach(self, place: str, column: int, cell: Cell) -> Any:
        """Link and comment of a cell; its value comes back, a figure beyond LINKS as a HYPERLINK formula.

        Where there are comments enough, the link's tip tells the first line of the comment.
        """
        attached, note, tip = self.attached, clean(cell.comment), ""
        if note and attached.comments < COMMENTS:
            attached.add_comment(place, self.row, column, note)
        else:
            tip = note.split("\n", 1)[0]
        if cell.link and attached.links < LINKS:
            attached.add_link(place, cell.link, tip)
        elif cell.link:
            return linked_figure(cell.link, cell.value)
        return cell.value

    def _text(self, place: str, text: str, style: Style) -> str:
        if text.startswith(ACTIVE):
            style = _quoted(style)
        start = f'<c r="{place}" s="{self._styles.number(style)}"'
        if not text:
            return f"{start}/>"
        space = ' xml:space="preserve"' if text != text.strip() else ""
        return f'{start} t="inlineStr"><is><t{space}>{escape(text)}</t></is></c>'

    def _formula(self, formula: Formula) -> str:
        body = f"<f>{escape(formula.text)}</f>"
        if formula.value is None:
            return f">{body}</c>"
        if isinstance(formula.value, str):
            return f' t="str">{body}<v>{escape(clean(formula.value))}</v></c>'
        return f">{body}<v>{as_number(formula.value)}</v></c>"


def fitting_height(cells: Sequence[Cell | None], widths: Sequence[float]) -> float:
    """The height in points at which no wrapped text of the row is cut off, within Excel's limit of 409.

    Programs do not agree on fitting rows by themselves when a file is opened, and merged cells are never fitted.
    """
    height = 18.0
    for cell, width in zip(cells, widths, strict=False):
        if cell is not None and isinstance(cell.value, str) and cell.value:
            per_line = max(1, int((width - 0.7) * 10.5 / cell.style.size)) // 2 * 2 or 1
            lines = sum(-(-len(line.encode("gbk", "replace")) // per_line) or 1 for line in cell.value.split("\n"))
            height = max(height, 4 + lines * cell.style.size * 1.48)
    return min(round(height, 1), 409)


def merge(sheet: StreamedSheet, first: str, last: str) -> None:
    if first != last:
        sheet.merged_cells.add(f"{first}:{last}")


def prepare_print(sheet: StreamedSheet, header: str, *, landscape: bool = True) -> None:
    """A4, one page wide, header rows on every page, page numbers below. Call before the first row."""
    sheet.page_setup.paperSize = A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.35
    margins.top, margins.bottom, margins.header, margins.footer = 0.5, 0.55, 0.25, 0.25
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"
    if header:
        sheet.print_title_rows = header
