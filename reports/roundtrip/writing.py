"""Writes the workbook that a department fills in: locked cells, drop-downs, hidden ids and a signed token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import IO, Any

from django.core import signing
from django.db.models import QuerySet
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from reports.ledger.cells import HEI, TITLE, Cell, StreamedSheet, Style, Styles, fitting_height, merge, prepare_print
from reports.ledger.columns import amount_style
from reports.ledger.package import save
from reports.ledger.rows import LedgerRow, read_rows
from reports.ledger.source import describe_cutoff
from reports.models import WorkbookIssue
from tracker.models import Goal, Organisation, Status
from tracker.services import progress

from .layout import (
    FIELDS,
    FIRST_ROW,
    HEADER_ROW,
    LOCKED,
    SALT,
    SHEET,
    STATUS_WORDS,
    TEXT_LIMIT,
    TOKEN_SHEET,
    normal,
    structure,
)

GIVEN = Style(fill="F2F2F2")
GIVEN_CENTRE = Style(fill="F2F2F2", across="center")
GIVEN_NUMBER = Style(fill="F2F2F2", across="right", wrap=False)
GIVEN_DAY = Style(fill="F2F2F2", across="center", form="yyyy-mm-dd", wrap=False)
OPEN = Style(fill="FFF8DC", locked=False)
OPEN_NUMBER = Style(fill="FFF8DC", locked=False, across="right", wrap=False)
OPEN_DAY = Style(fill="FFF8DC", locked=False, across="center", form="yyyy-mm-dd", wrap=False)
OPEN_TEXT = Style(fill="FFF8DC", locked=False, form="@")
HEAD = Style(font=HEI, across="center", fill="D9D9D9", bold=True)
OPEN_HEAD = replace(HEAD, fill="FFE08A")
LOOKS = {
    "last_value": GIVEN_NUMBER, "deadline": GIVEN_DAY, "last_day": GIVEN_DAY, "quote": GIVEN, "indicator": GIVEN, "value": OPEN_NUMBER,
    "completion": OPEN_NUMBER, "day": OPEN_DAY, "declared": OPEN, "progress": OPEN_TEXT, "problems": OPEN_TEXT,
    "steps": OPEN_TEXT,
}  # fmt: skip
HOW = (
    "请只填黄色单元格，灰色单元格已锁定。完成值填数字，不带单位；数据截止填日期；自报完成率填百分数的数字，可以不填；"
    "没有进展的行可以留空。请不要增删行列或另存为其他格式，填好后原样上传。"
)


def open_goals(rows: Sequence[LedgerRow]) -> list[LedgerRow]:
    """Goals that a department is still asked about: not closed, not replaced by a later wording."""
    return [row for row in rows if row.closed_on is None and row.status != Status.ADJUSTED]


def rows_to_fill(organisation: Organisation, as_of: date) -> list[LedgerRow]:
    """The organisation's open goals as of a date, progress worked out."""
    progress.ensure_statuses(as_of)
    own: QuerySet = Organisation.objects.filter(pk=organisation.pk)
    return open_goals(list(read_rows(as_of, own)))


def issue_workbook(
    organisation: Organisation, as_of: date, target: str | Path | IO[bytes], *, user: Any
) -> WorkbookIssue:
    """Write the organisation's workbook and keep what went out, so that what comes back can be held against it."""
    rows = rows_to_fill(organisation, as_of)
    revisions = dict(Goal.objects.filter(pk__in=[row.goal for row in rows]).values_list("pk", "revision"))
    given = {
        row.goal: {f.key: f.value(position, row, revisions[row.goal]) for f in FIELDS if f.value is not None}
        for position, row in enumerate(rows, 1)
    }
    cells = {str(goal): [normal(values[key]) for key in LOCKED] for goal, values in given.items()}
    cells |= {f"texts-{row.goal}": [normal(row.problems), normal(row.steps)] for row in rows}
    issue = WorkbookIssue.objects.create(
        organisation=organisation, as_of=as_of, structure=structure(), cells=cells, issued_by=user
    )
    _write(issue, rows, given, target)
    return issue


def _write(issue: WorkbookIssue, rows: list[LedgerRow], given: dict[int, dict[str, Any]], target: Any) -> None:
    workbook = Workbook(write_only=True)
    workbook.calculation.fullCalcOnLoad = True
    sheet = StreamedSheet(workbook, SHEET, Styles(workbook))
    _set_up(sheet, issue)
    widths = [field.width for field in FIELDS]
    for row in rows:
        cells = [_cell(field.key, given[row.goal], row, issue.as_of) for field in FIELDS]
        sheet.add(cells, max(30, fitting_height(cells, widths)))
    if not rows:
        sheet.add([Cell("没有需要填报的目标。", GIVEN)])
    _add_drop_downs(sheet, FIRST_ROW + max(len(rows), 1) - 1, issue.as_of)
    hidden = StreamedSheet(workbook, TOKEN_SHEET, sheet._styles)
    hidden.sheet_state = "veryHidden"
    token = {"issue": issue.pk, "organisation": issue.organisation_id, "as_of": str(issue.as_of)}
    hidden.add([Cell(signing.dumps(token, salt=SALT, compress=True), GIVEN)])
    save(workbook, target, timezone.localtime(issue.issued_at).replace(tzinfo=None))


def _set_up(sheet: StreamedSheet, issue: WorkbookIssue) -> None:
    for number, field in enumerate(FIELDS, 1):
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width, dimension.hidden = field.width, field.hidden
    prepare_print(sheet, f"{HEADER_ROW}:{HEADER_ROW}")
    sheet.freeze_panes = f"C{FIRST_ROW}"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = sheet.protection.autoFilter = False
    last = get_column_letter(sum(not field.hidden for field in FIELDS))
    title = f"{issue.organisation.name}重点目标任务填报表（{describe_cutoff(issue.as_of)}）"
    sheet.add([Cell(title, Style(font=TITLE, size=18, across="center", border=False))], height=34)
    sheet.add([Cell(HOW, Style(border=False, size=10.5))], height=34)
    sheet.add(
        [Cell(f"填报表第{issue.pk}号。填报人：　　　　　　联系电话：", Style(border=False, size=10.5, locked=False))],
        height=20,
    )
    for row in (1, 2, 3):
        merge(sheet, f"A{row}", f"{last}{row}")
    sheet.add([Cell(f.title, HEAD if f.value is not None else OPEN_HEAD) for f in FIELDS], height=32)


def _cell(key: str, given: dict[str, Any], row: LedgerRow, as_of: date) -> Cell:
    if key == "target":
        return Cell(given[key], given_amount(row.comparator))
    if key in given:
        return Cell(given[key], LOOKS.get(key, GIVEN_CENTRE))
    prefilled = {"day": as_of, "problems": row.problems, "steps": row.steps}
    return Cell(prefilled.get(key), LOOKS[key])


@cache
def given_amount(comparator: str) -> Style:
    """A locked number that shows its comparator: the cell holds 50 and reads ≥50."""
    return replace(GIVEN_NUMBER, form=amount_style(comparator, False).form)


def _add_drop_downs(sheet: StreamedSheet, last: int, as_of: date) -> None:
    columns = {field.key: get_column_letter(number) for number, field in enumerate(FIELDS, 1)}

    def add(key: str, message: str, **rule: Any) -> None:
        validation = DataValidation(allow_blank=True, showErrorMessage=True, errorTitle="请检查", error=message, **rule)
        validation.add(f"{columns[key]}{FIRST_ROW}:{columns[key]}{last}")
        sheet.data_validations.append(validation)

    add("declared", "请从下拉列表中选择。", type="list", formula1='"' + ",".join(STATUS_WORDS) + '"')
    add("value", "完成值应为数字，不带单位。", type="decimal", operator="between", formula1="-1E+17", formula2="1E+17")
    add(
        "completion",
        "自报完成率应为百分数的数字，如44.08。",
        type="decimal",
        operator="between",
        formula1="0",
        formula2="100000",
    )
    day = (as_of - date(1899, 12, 30)).days
    add("day", f"数据截止应为日期，不晚于{as_of}。", type="date", operator="between", formula1="1", formula2=str(day))
    for key in ("progress", "problems", "steps"):
        add(key, f"不超过{TEXT_LIMIT}字。", type="textLength", operator="lessThanOrEqual", formula1=str(TEXT_LIMIT))
