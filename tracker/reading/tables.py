"""Sheets whose header can be understood become rows of goals or results: 责任单位, 目标任务, 目标值, 完成时限, 完成值 …"""
from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from tracker.analysis.records import Span, TableRow

from .patterns import is_organisation
from .records import Sheet

DEEPEST_HEADER = 10             # rows in which the header must stand
MATTERS = {"goal", "indicator", "target", "achieved", "progress", "completion"}
TOTAL = re.compile(r"合\s*计|小\s*计|总\s*计|平均|(?:备?注|说明)[:：].*|填报人.*|审核人.*|单位负责人.*")
# Names that stand over two kinds of column: a body or a unit of measure; a goal in words or its figure.
OPEN = {"单位": "unit?", "进度": "completion?"} | dict.fromkeys(("目标任务", "任务目标", "工作目标", "预期目标", "年度目标", "全年目标", "年度计划", "全年计划", "年初目标", "目标", "年度任务", "季度目标"), "target?")
FIGURE = re.compile(r"[<>≤≥＜＞]?\s*\d[\d.,，%-]*\s*\S{0,4}")
NUMBER_COLUMN = re.compile(r"序\s*号|编\s*号|№|NO\.?", re.IGNORECASE)


@cache
def _columns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = files(__package__).joinpath("lexicon", "columns.txt").read_text("utf-8").splitlines()
    pairs = (row.split("\t", 1) for row in rows if row and not row.startswith("#"))
    return tuple((field, re.compile(pattern)) for field, pattern in pairs)


def field_of(name: str) -> str | None:
    """Standard name of a column by its header, None when it says nothing; with a ? where only the values tell (see OPEN)."""
    name = re.sub(r"[\s*＊#]+|^〔.*?〕|^\d+[.、]", "", name)
    if not name or len(name) > 24:
        return None
    if (open_name := re.sub(r"^\d{4}年度?", "", name)) in OPEN:
        return OPEN[open_name]
    return next((field for field, pattern in _columns() if pattern.fullmatch(name)), None)


def has_header(sheet: Sheet) -> bool:
    """Whether a header row of the sheet can be understood."""
    return _find_header(sheet) is not None


def read_rows(sheet: Sheet, starts: list[int]) -> tuple[TableRow, ...]:
    """Rows of a sheet as goals or results; empty when no header row can be understood.

    ``starts`` holds the offset in the text at which each line begins."""
    header = _find_header(sheet)
    if header is None:
        return ()
    first, columns = header
    columns = _decide(columns, [cells for _, _, cells in sheet.rows[first:]])
    found = []
    for number, line, cells in sheet.rows[first:]:
        values = {field: cells[i].strip() for i, field in columns.items() if i < len(cells) and cells[i].strip()}
        if not MATTERS.isdisjoint(values) and not _is_total(cells):
            found.append(TableRow(sheet.name, number, values, _spans(cells, columns, starts[line])))
    return tuple(found)


def _find_header(sheet: Sheet) -> tuple[int, dict[int, str]] | None:
    """Index of the first row of data, and the standard name of each column that has one."""
    for at, (_, _, cells) in enumerate(sheet.rows[:DEEPEST_HEADER]):
        columns = _name_columns(cells)
        if not _is_header(columns):
            continue
        if at + 1 < len(sheet.rows):
            below = _name_columns(sheet.rows[at + 1][2])
            labels = [cell for cell in sheet.rows[at + 1][2] if cell]
            if len(below) >= 2 and len(below) * 2 >= len(labels):        # a second header row below merged cells
                taken = set(below.values())
                kept = {i: field for i, field in columns.items() if i not in below and field not in taken}
                return at + 2, kept | below
        return at + 1, columns
    return None


def _name_columns(cells: list[str]) -> dict[int, str]:
    """Fields by column; the first column of a name wins."""
    columns: dict[int, str] = {}
    for i, cell in enumerate(cells):
        field = field_of(cell)
        if field and field not in columns.values():
            columns[i] = field
    return columns


def _is_header(columns: dict[int, str]) -> bool:
    """Whether the names of a row are a header: two fields, one of them about a goal or a result."""
    fields = set(columns.values())
    return bool(fields & (MATTERS | {"target?"})) and len(fields - {"unit?", "unit"}) >= 2


def _decide(columns: dict[int, str], rows: list[list[str]]) -> dict[int, str]:
    """Columns whose name is open, by the values below it; a field that another column has already is not given twice."""
    decided = {i: field for i, field in columns.items() if not field.endswith("?")}
    for i, field in columns.items():
        if field.endswith("?"):
            values = [row[i] for row in rows if i < len(row) and row[i]]
            named = _name_by_values(field, values, "completion" in columns.values())
            if named in decided.values():
                named = {"goal": "target", "target": "goal"}.get(named, "")
            if named and named not in decided.values():
                decided[i] = named
    return decided


def _name_by_values(field: str, values: list[str], rated: bool) -> str:
    """What a column is by its values. ``rated``: another column holds the rates of completion."""
    if field == "unit?":
        bodies = sum(is_organisation(value) or len(value) > 4 for value in values)
        return "organisation" if bodies * 2 > len(values) else "unit"
    figures = sum(FIGURE.fullmatch(value.strip()) is not None for value in values)
    if field == "completion?":
        return "progress" if figures * 2 <= len(values) else "achieved" if rated else "completion"
    return "target" if figures * 2 > len(values) else "goal"


def _is_total(cells: list[str]) -> bool:
    first = [cell for cell in cells if cell and not NUMBER_COLUMN.fullmatch(cell)]
    return bool(first) and any(TOTAL.fullmatch(cell) for cell in first[:2])


def _spans(cells: list[str], columns: dict[int, str], start: int) -> dict[str, Span]:
    """Where the named cells of a row stand in the text, in which tabs are between the cells."""
    if sum(map(bool, cells)) == 1:            # such a row is shown as its one cell
        return {columns[i]: Span(start, start + len(cell)) for i, cell in enumerate(cells) if cell and i in columns}
    spans = {}
    for i, cell in enumerate(cells):
        end = start + len(cell)
        if cell.strip() and i in columns:
            left = len(cell) - len(cell.lstrip())
            spans[columns[i]] = Span(start + left, start + len(cell.rstrip()))
        start = end + 1
    return spans
