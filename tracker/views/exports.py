"""A table as it is shown, as an Excel workbook or CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

# characters that XML cannot carry; openpyxl refuses them
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
CELL_LIMIT = 32_767
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Percent(float):
    """A share of 1 that a cell shows as a percentage."""


class Amount(float):
    """A figure with its comparator and unit: a number that a cell shows, and CSV writes, as ``shown`` (≥ 50 个)."""

    shown: str

    def __new__(cls, value: Decimal, shown: str) -> Amount:
        made = super().__new__(cls, value)
        made.shown = shown
        return made

    @property
    def number_format(self) -> str:
        before, digits, after = re.fullmatch(r"(\D*?)(-?[\d,]+(?:\.\d+)?)(.*)", self.shown).groups()  # type: ignore[union-attr]
        decimals = len(digits.partition(".")[2])
        quoted = [f'"{part.replace(chr(34), "")}"' if part.strip() else "" for part in (before, after)]
        return f"{quoted[0]}#,##0{'.' * bool(decimals)}{'0' * decimals}{quoted[1]}"


def clean(value: Any) -> Any:
    """The value as a cell may hold it: numbers and dates stay what they are, text loses what Excel cannot keep."""
    if value is None or isinstance(value, bool | int | float | date):
        return timezone.localtime(value).replace(tzinfo=None) if isinstance(value, datetime) else value
    if isinstance(value, Decimal):
        return float(value)
    return FORBIDDEN.sub("", str(value))[:CELL_LIMIT]


def _cell(sheet: Any, value: Any, style: dict[str, Any]) -> WriteOnlyCell:
    content = clean(value)
    cell = WriteOnlyCell(sheet, value=content)
    if isinstance(content, str):
        cell.data_type = "s"  # a text that starts with “=” stays text
    elif isinstance(value, Amount):
        cell.number_format = value.number_format
    elif isinstance(value, Percent):
        cell.number_format = "0.0%"
    elif isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    cell.alignment, cell.border = style["alignment"], style["border"]
    return cell


def write_workbook(title: str, subtitle: str, rows: Iterable[Iterable[Any]], widths: list[int]) -> bytes:
    """An A4-landscape sheet with a title, a line about the view, header row, frozen panes, filter, borders.

    The first of ``rows`` is the header; ``widths`` are column widths in characters.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", title)[:31])
    line = Side(style="thin", color="B5BDC9")
    style = {
        "alignment": Alignment(vertical="center", wrap_text=True),
        "border": Border(left=line, right=line, top=line, bottom=line),
    }
    for position, size in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(position)].width = size
    sheet.freeze_panes = "A4"
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "3:3"
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"
    head = WriteOnlyCell(sheet, value=clean(title))
    head.font = Font(size=16, bold=True)
    sheet.append([head])
    sheet.append([clean(subtitle)])
    count = 0
    for count, row in enumerate(rows):
        cells = [_cell(sheet, value, style) for value in row]
        if count == 0:
            for cell in cells:
                cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8EFF9")
        sheet.append(cells)
    sheet.auto_filter.ref = f"A3:{get_column_letter(len(widths))}{count + 3}"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def attachment(response: HttpResponse | StreamingHttpResponse, name: str) -> Any:
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def excel_response(name: str, title: str, subtitle: str, rows: Iterable[Iterable[Any]], widths: list[int]) -> Any:
    content = write_workbook(title, subtitle, rows, widths)
    return attachment(HttpResponse(content, content_type=EXCEL), f"{name}.xlsx")


class _Echo:
    def write(self, value: str) -> str:
        return value


def _safe_text(value: Any) -> Any:
    # a spreadsheet program would run text that starts like a formula
    content = value.shown if isinstance(value, Amount) else clean(value)
    if isinstance(content, str) and content[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + content
    return content


def csv_response(name: str, rows: Iterable[Iterable[Any]]) -> Any:
    """CSV in UTF-8 with a byte-order mark, which WPS and Excel need in order to read Chinese."""

    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo())
        yield "\ufeff"
        for row in rows:
            yield writer.writerow([_safe_text(value) for value in row])

    return attachment(StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8"), f"{name}.csv")
