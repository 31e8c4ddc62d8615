"""Workbooks (.xlsx, .xls, .et, .ods): every sheet as lines of cells, through calamine."""
from __future__ import annotations

import datetime
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from .archive import Archive
from .errors import ReadingError
from .limits import Limits
from .records import Draft, Line, Sheet


def read_workbook(data: bytes, format: str, limits: Limits) -> Draft:
    """Draft of a workbook: a line for each row that is not empty; with several sheets, each under its name."""
    if format != "xls":
        Archive(data, limits)                # sizes and encryption, before anything is unpacked
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
    except PasswordError as error:
        raise ReadingError("encrypted") from error
    except (CalamineError, OSError, ValueError) as error:
        raise ReadingError("encrypted" if "password" in str(error).lower() else "damaged") from error
    draft = Draft(format)
    cells = 0
    many = sum(sheet.visible == SheetVisibleEnum.Visible for sheet in book.sheets_metadata) > 1
    for sheet in book.sheets_metadata:
        if sheet.typ != SheetTypeEnum.WorkSheet:
            continue
        if sheet.visible != SheetVisibleEnum.Visible:
            draft.notes.append(f"工作表“{sheet.name}”是隐藏的，没有读取。")
            continue
        try:
            cells += _read_sheet(book.get_sheet_by_name(sheet.name), sheet.name, draft, limits.cells - cells, many)
        except CalamineError:
            draft.notes.append(f"工作表“{sheet.name}”读不出来，已跳过。")
    return draft


def _read_sheet(sheet: Any, name: str, draft: Draft, left: int, title: bool) -> int:
    """Add a sheet to the draft, under its name when ``title`` is set; returns how many cells it has. Raises ReadingError when there are more than ``left``."""
    if sheet.start is None:
        return 0
    used = sheet.total_height * sheet.total_width
    if used > left:
        raise ReadingError("too-many-cells", limit=left // 10_000)
    above = _merged_downwards(sheet)
    values: dict[tuple[int, int], str] = {}
    read = Sheet(name)
    if title:
        draft.lines.append(Line(name, whole=True, style="heading", level=1))
    for index, row in enumerate(sheet.to_python(skip_empty_area=False)):
        cells = [write_cell(value) for value in row]
        if not any(cells):
            continue
        for column, cell in enumerate(cells):
            if cell:
                values[index, column] = cell
            elif (source := above.get((index, column))) is not None:
                cells[column] = values.get(source, "")
        read.rows.append((index + 1, len(draft.lines), cells))
        alone = sum(map(bool, cells)) == 1          # a title, a note, or a text written down one column
        text = "".join(cells) if alone else "\t".join(cells).rstrip("\t")
        draft.lines.append(Line(text, whole=True, style=None if alone else "table"))
    draft.sheets.append(read)
    return int(used)


def _merged_downwards(sheet: Any) -> dict[tuple[int, int], tuple[int, int]]:
    """For the lower cells of a merged block's first column, the cell that holds its value: 责任单位 over many rows."""
    above = {}
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        for row in range(top + 1, min(bottom, top + 2000) + 1):
            above[row, left] = (top, left)
    return above


def write_cell(value: object) -> str:
    """A cell's value as it would be read aloud: 12 and not 12.0, ISO dates, no line breaks or tabs."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "minutes")
    if isinstance(value, datetime.timedelta):
        return str(value)
    return " ".join(str(value).split())
