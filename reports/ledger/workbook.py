"""Writes the ledger workbook: sheets side by side in one pass over the rows, so that memory does not grow with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from tracker.models import Light, Organisation
from tracker.services import progress

from . import columns as c
from .cells import HEI, TITLE, Cell, OrderedFont, StreamedSheet, Style, Styles, fitting_height, merge, prepare_print
from .explain import explanation, light_note
from .package import save
from .rows import LedgerRow
from .source import Facts, Source, chinese_day, describe_cutoff, live_source
from .summary import write_summary

Tell = Callable[[int], None]
TOLD = 1_000
TITLE_STYLE = Style(font=TITLE, size=18, across="center", border=False)
LEFT_LINE = Style(size=11, border=False)
RIGHT_LINE = Style(size=11, border=False, across="right")
NOTE = Style(size=9, border=False, down="top")


class ListSheet:
    """One sheet with a title, a header and rows that pass its test."""

    def __init__(
        self,
        workbook: Workbook,
        styles: Styles,
        name: str,
        title: str,
        columns: Sequence[c.Column],
        facts: Facts,
        wanted: Callable[[LedgerRow, date], bool] | None = None,
    ) -> None:
        self.sheet = StreamedSheet(workbook, name, styles)
        self.columns, self.facts, self.wanted = columns, facts, wanted
        self.widths = [column.width for column in columns]
        self.count = 0
        self.last = get_column_letter(max(i for i, column in enumerate(columns, 1) if not column.hidden))
        self._set_up(title)

    def _set_up(self, title: str) -> None:
        sheet = self.sheet
        grouped = any(column.group for column in self.columns)
        self.header = 4 if grouped else 3
        for number, column in enumerate(self.columns, 1):
            dimension = sheet.column_dimensions[get_column_letter(number)]
            dimension.width, dimension.hidden = column.width, column.hidden
        prepare_print(sheet, f"3:{self.header}")
        sheet.freeze_panes = f"D{self.header + 1}"
        sheet.add([Cell(f"{title}（{describe_cutoff(self.facts.as_of)}）", TITLE_STYLE)], height=34)
        merge(sheet, "A1", f"{self.last}1")
        self._add_second_line()
        if grouped:
            self._add_groups()
        sheet.add([Cell(column.title, c.HEADER) for column in self.columns], height=36)

    def _add_second_line(self) -> None:
        """填报单位 at the left, 填报时间 at the right."""
        visible_columns = [column for column in self.columns if not column.hidden]
        half = len(visible_columns) // 2
        cells: list[Cell | None] = [None] * len(visible_columns)
        cells[0] = Cell(f"填报单位：{self.facts.scope or self.facts.office}", LEFT_LINE)
        cells[half] = Cell(f"填报时间：{chinese_day(self.facts.made_on)}", RIGHT_LINE)
        self.sheet.add(cells, height=20)
        merge(self.sheet, "A2", f"{get_column_letter(half)}2")
        merge(self.sheet, f"{get_column_letter(half + 1)}2", f"{self.last}2")

    def _add_groups(self) -> None:
        # the lower header row repeats names that the merged cell hides, so that it reads as a plain header by itself
        self.sheet.add([Cell(column.group or column.title, c.HEADER) for column in self.columns], height=20)
        start = 1
        for number, column in enumerate(self.columns, 1):
            following = self.columns[number].group if number < len(self.columns) else None
            if not column.group:
                merge(self.sheet, f"{get_column_letter(number)}3", f"{get_column_letter(number)}4")
                start = number + 1
            elif following != column.group:
                merge(self.sheet, f"{get_column_letter(start)}3", f"{get_column_letter(number)}3")
                start = number + 1

    def offer(self, record: Any) -> None:
        """Write the record if it belongs to this list. Only the whole ledger lists a goal that says another one again."""
        if self.wanted is not None and (record.same_as or not self.wanted(record, self.facts.as_of)):
            return
        self.count += 1
        number, site = self.sheet.row + 1, self.facts.base_url
        cells = [column.fill(record, number, self.count, site) for column in self.columns]
        self.sheet.add(cells, fitting_height(cells, self.widths))

    def finish(self, empty: str, note: str = "", filtered: bool = True) -> None:
        """Filter and lights over the rows written; a sentence instead of rows when there are none."""
        first, last = self.header + 1, max(self.sheet.row, self.header + 1)
        if filtered:
            self.sheet.auto_filter.ref = f"A{self.header}:{get_column_letter(len(self.columns))}{last}"
        self._colour_lights(first, last)
        if not self.count:
            self._add_line(empty, Style(across="center"), 24)
        if note:
            self._add_line(note, NOTE, fitting_height([Cell(note, NOTE)], [sum(self.widths[:-1])]))

    def _add_line(self, text: str, style: Style, height: float) -> None:
        row = self.sheet.add([Cell(text, style)], height=height)
        merge(self.sheet, f"A{row}", f"{self.last}{row}")

    def _colour_lights(self, first: int, last: int) -> None:
        letters = [get_column_letter(i) for i, column in enumerate(self.columns, 1) if column.key == "light"]
        for letter in letters:
            for light, (fill, font) in c.LIGHT_FILLS.items():
                words = Light(light).label
                rule = FormulaRule(
                    formula=[f'LEFT({letter}{first},{len(words)})="{words}"'],
                    fill=PatternFill("solid", bgColor=fill),
                    font=OrderedFont(color=font, bold=True),
                )
                self.sheet.conditional_formatting.add(f"{letter}{first}:{letter}{last}", rule)


def ledger_name(scope: str, as_of: date) -> str:
    """<单位>重点目标任务进展情况表（截至YYYY年M月）.xlsx"""
    safe = "".join(character for character in scope if character not in '\\/:*?"<>|')
    return f"{safe}重点目标任务进展情况表（截至{as_of.year}年{as_of.month}月）.xlsx"


def write_workbook(source: Source, target: str | Path | IO[bytes], tell: Tell | None = None) -> dict[str, int]:
    """Write the workbook to a path or open file; rows by sheet come back. Same source, same bytes.

    ``tell`` hears from time to time how many goals are written.
    """
    workbook, facts = Workbook(write_only=True), source.facts
    styles = Styles(workbook)
    _describe(workbook, facts)
    make = lambda name, title, columns, wanted=None: ListSheet(  # noqa: E731
        workbook, styles, name, f"{facts.scope}{title}", columns, facts, wanted
    )
    ledger = make("进展情况总表", "重点目标任务进展情况总表", c.LEDGER)
    behind = make("滞后逾期清单", "滞后、逾期目标清单", c.LEDGER, c.is_behind)
    silent = make("无数据回应清单", "无数据回应目标清单", c.UNANSWERED, c.is_unanswered)
    adjusted = make("目标调整清单", "目标调整清单", c.ADJUSTED)
    mismatch = make("自报与测算不符清单", "自报与测算不符清单", c.MISMATCH, c.is_mismatch)
    tallies: dict[str, c.Tally] = {}
    for row in source.rows():
        tallies.setdefault(row.organisation, c.Tally()).add(row)
        for sheet in (ledger, behind, silent, mismatch):
            sheet.offer(row)
        if tell is not None and ledger.count % TOLD == 0:
            tell(ledger.count)
    for adjustment in source.adjustments():
        adjusted.offer(adjustment)
    write_summary(workbook, styles, facts, tallies)
    changes = make("变更记录", "与上次快照相比的变更", c.CHANGES)
    for difference in source.differences():
        changes.offer(difference)
    ledger.finish("截至日没有目标。", light_note(facts.rules))
    behind.finish("截至日没有滞后或逾期的目标。")
    silent.finish("截至日所有目标都有数据回应。")
    adjusted.finish("截至日没有发现目标调整。")
    mismatch.finish("截至日没有发现自报与测算不符的目标。")
    changes.finish("与上次快照相比没有变更。" if facts.since else "此前没有月度快照。")
    _write_explanation(workbook, styles, facts)
    save(workbook, target, datetime.combine(facts.made_on, datetime.min.time()))
    return {sheet.sheet.title: sheet.count for sheet in (ledger, behind, silent, adjusted, mismatch, changes)}


def _describe(workbook: Workbook, facts: Facts) -> None:
    properties = workbook.properties
    properties.creator = "践诺"
    properties.title = ledger_name(facts.scope, facts.as_of).removesuffix(".xlsx")
    workbook.calculation.fullCalcOnLoad = True


def _write_explanation(workbook: Workbook, styles: Styles, facts: Facts) -> None:
    sheet = StreamedSheet(workbook, "填表说明", styles)
    widths = (14, 26, 92)
    for letter, width in zip("ABC", widths, strict=True):
        sheet.column_dimensions[letter].width = width
    prepare_print(sheet, "2:2")
    sheet.freeze_panes = "A3"
    sheet.add([Cell("填表说明（口径与亮灯规则）", TITLE_STYLE)], height=34)
    merge(sheet, "A1", "C1")
    sheet.add([Cell(title, c.HEADER) for title in ("部分", "项目", "说明")], height=22)
    for part, term, words in explanation(facts):
        look = Style(font=HEI, across="center")
        cells = [Cell(part, look), Cell(term, look), Cell(words, c.TEXT)]
        sheet.add(cells, fitting_height(cells, widths))


def write_ledger(
    as_of: date, target: str | Path | IO[bytes], organisation: Organisation | None = None
) -> dict[str, int]:
    """Write the ledger of the database as of a date, of one organisation or of all. Row counts by sheet come back.

    Progress as of that date is worked out first where it is missing.
    """
    progress.ensure_statuses(as_of)
    organisations = None if organisation is None else Organisation.objects.filter(pk=organisation.pk)
    return write_workbook(live_source(as_of, organisations, organisation.name if organisation else ""), target)
