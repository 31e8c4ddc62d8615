"""Reads a filled-in workbook: whose it is, whether it is still the one that went out, and what was filled in."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reports.models import Submission, SubmissionState, WorkbookIssue
from reports.services.months import RoundError, closed
from tracker.models import Goal

from .layout import FIELDS, FIRST_ROW, HEADER_ROW, KEYS, LOCKED, SALT, SHEET, TITLES, TOKEN_SHEET, normal, structure
from .values import CellError, read_day, read_number, read_status, read_words

FILE_LIMIT = 10 * 1024 * 1024
UNPACKED_LIMIT = 40 * 1024 * 1024
PARTS_LIMIT = 500
ROW_LIMIT = 5000
AGAIN = gettext_lazy("请重新下载填报表，把内容填入新表后上传。")


@dataclass
class Entry:
    """What a department says about one goal. Numbers and dates as text, so that it can be kept as JSON."""

    goal: int
    row: int | None = None
    value: str | None = None
    day: str | None = None
    completion: str | None = None
    declared: str = ""
    progress: str = ""
    problems: str | None = None
    steps: str | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def says_something(self) -> bool:
        reported = self.value is not None or self.completion is not None or self.declared or self.progress
        return bool(reported) or self.problems is not None or self.steps is not None


@dataclass
class Reading:
    """A read workbook. With ``errors`` nothing may be taken over."""

    issue: WorkbookIssue
    entries: list[Entry] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def read_workbook(data: bytes) -> Reading:
    """Read an uploaded workbook. Raises RoundError when it is not ours, too old or rebuilt; errors by cell are in the reading."""
    book, values = _open(data)
    issue = _find_issue(book)
    if SHEET not in book.sheetnames:
        raise RoundError(gettext("表里没有名为“%(sheet)s”的工作表，结构已被改动。%(again)s") % {"sheet": SHEET, "again": AGAIN})
    _check_fresh(issue)
    sheet = book[SHEET]
    _check_header(sheet)
    reading = Reading(issue)
    rows = _find_rows(sheet, reading)
    revisions = dict(Goal.objects.filter(pk__in=rows).values_list("pk", "revision"))
    units = dict(Goal.objects.filter(pk__in=rows).values_list("pk", "unit"))
    for goal, row in rows.items():
        if revisions.get(goal) != int(issue.cells[str(goal)][LOCKED.index("revision")]):
            reading.errors.append(gettext("第%(row)s行的目标在表发出后被修改或删除，内容已经过时。%(again)s") % {"row": row, "again": AGAIN})
            continue
        _check_locked(sheet, row, goal, reading)
        _read_row(sheet, values[SHEET], row, goal, units[goal], reading)
    return reading


def _open(data: bytes) -> tuple[Any, Any]:
    """The workbook twice: with formulas, and with the values that the program last calculated."""
    if len(data) > FILE_LIMIT:
        raise RoundError(gettext("文件有%(n)sMB，超过%(file_limit)sMB，不像是填报表。") % {"n": len(data) // 1024 // 1024, "file_limit": FILE_LIMIT // 1024 // 1024})
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
        if len(parts) > PARTS_LIMIT or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
            raise RoundError(gettext("文件展开后过大，不像是填报表，没有读取。"))
        return (
            load_workbook(io.BytesIO(data), keep_links=False),
            load_workbook(io.BytesIO(data), keep_links=False, data_only=True),
        )
    except RoundError:
        raise
    except Exception as error:  # a damaged package fails in many ways deep inside the library
        raise RoundError(gettext("这个文件打不开。请用Excel或WPS另存为.xlsx后重新上传，不要改扩展名。")) from error


def _find_issue(book: Any) -> WorkbookIssue:
    if TOKEN_SHEET not in book.sheetnames:
        raise RoundError(gettext("这不是本系统发出的填报表。请先下载填报表，在其中填写后上传。"))
    try:
        token = signing.loads(str(book[TOKEN_SHEET]["A1"].value), salt=SALT)
    except signing.BadSignature as error:
        raise RoundError(gettext("填报表的标识被改动或来自别的系统，不能接收。") + str(AGAIN)) from error
    issue = WorkbookIssue.objects.filter(pk=token["issue"], organisation=token["organisation"]).first()
    if issue is None:
        raise RoundError(gettext("找不到这份填报表的发出记录。") + str(AGAIN))
    return issue


def _check_fresh(issue: WorkbookIssue) -> None:
    """The month must be open, the layout the present one, and nothing newer taken over."""
    if issue.structure != structure():
        raise RoundError(gettext("这份填报表是旧版式。") + str(AGAIN))
    check_open(issue.as_of)
    newer = Submission.objects.filter(
        organisation=issue.organisation,
        as_of=issue.as_of,
        state=SubmissionState.APPROVED,
        decided_at__gt=issue.issued_at,
    ).first()
    if newer:
        when = timezone.localtime(newer.decided_at).strftime("%m月%d日 %H:%M")
        raise RoundError(gettext("这份表是旧的：%(when)s已采纳%(submitted_by)s提交的填报。%(again)s") % {"when": when, "submitted_by": newer.submitted_by, "again": AGAIN})


def check_open(as_of: date) -> None:
    if closed(as_of):
        raise RoundError(gettext("%(year)s年%(month)s月已经关账，不能再填报。确需补报请督查部门先重开。") % {"year": as_of.year, "month": as_of.month})


def _check_header(sheet: Worksheet) -> None:
    for number, column in enumerate(FIELDS, 1):
        found = normal(sheet.cell(HEADER_ROW, number).value)
        if found != column.title:
            letter = get_column_letter(number)
            raise RoundError(
                gettext("表的结构被改动：第%(header_row)s行%(letter)s列应为“%(title)s”，现为“%(found)s”。%(again)s") % {"header_row": HEADER_ROW, "letter": letter, "title": column.title, "found": found or gettext("空"), "again": AGAIN}
            )


def _find_rows(sheet: Worksheet, reading: Reading) -> dict[int, int]:
    """goal → row number; rows that were added, removed or doubled become errors."""
    column = KEYS.index("id") + 1
    issued = {int(key) for key in reading.issue.cells if key.isdigit()}
    rows: dict[int, int] = {}
    seen: Counter[int] = Counter()
    for row in range(FIRST_ROW, min(sheet.max_row, FIRST_ROW + ROW_LIMIT) + 1):
        mark = normal(sheet.cell(row, column).value)
        goal = int(mark[1:]) if mark[:1] == "G" and mark[1:].isdigit() else None
        if goal in issued:
            seen[goal] += 1
            rows.setdefault(goal, row)
        elif issued and (mark or any(normal(sheet.cell(row, number).value) for number in range(1, column))):
            reading.errors.append(gettext("第%(row)s行不是发出的表里的行，请删去或重新下载填报表。") % {"row": row})
    reading.errors += [gettext("编号G%(goal)s的行出现了%(count)s次，请只留一行。") % {"goal": goal, "count": count} for goal, count in seen.items() if count > 1]
    missing = sorted(issued - set(rows))
    if missing:
        reading.errors.append(gettext("少了%(n)s行（编号%(missing)s）。%(again)s") % {"n": len(missing), "missing": "、".join(f"G{goal}" for goal in missing[:5]), "again": AGAIN})
    return rows


def _check_locked(sheet: Worksheet, row: int, goal: int, reading: Reading) -> None:
    sent = reading.issue.cells[str(goal)]
    for key, wanted in zip(LOCKED, sent, strict=True):
        found = normal(sheet.cell(row, KEYS.index(key) + 1).value)
        if found != wanted:
            reading.errors.append(
                gettext("第%(row)s行“%(key)s”是锁定的单元格，发出时为“%(wanted)s”，现为“%(found)s”。") % {"row": row, "key": TITLES[key], "wanted": _short(wanted), "found": _short(found)}
            )


def _short(text: str) -> str:
    return (text[:20] + "…" if len(text) > 20 else text) or gettext("空")


def _read_row(sheet: Worksheet, values: Worksheet, row: int, goal: int, unit: str, reading: Reading) -> None:
    as_of = reading.issue.as_of
    entry = Entry(goal, row)

    def take(key: str, read: Any, **more: Any) -> Any:
        try:
            return read(_cell_value(sheet, values, row, key), TITLES[key], **more)
        except CellError as error:
            reading.errors.append(gettext("第%(row)s行%(error)s。") % {"row": row, "error": error})
            return None

    entry.value = as_text(take("value", read_number, unit=unit, form=_form(sheet, row, "value")))
    entry.completion = as_text(take("completion", read_number, unit="%", form=_form(sheet, row, "completion")))
    entry.declared = take("declared", read_status) or ""
    entry.progress = take("progress", read_words) or ""
    entry.day = str(take("day", read_day, latest=as_of) or as_of)
    problems, steps = take("problems", read_words), take("steps", read_words)
    sent_problems, sent_steps = reading.issue.cells[f"texts-{goal}"]
    entry.problems = problems if problems is not None and problems != sent_problems else None
    entry.steps = steps if steps is not None and steps != sent_steps else None
    if entry.says_something:
        reading.entries.append(entry)


def _cell_value(sheet: Worksheet, values: Worksheet, row: int, key: str) -> Any:
    column = KEYS.index(key) + 1
    cell = sheet.cell(row, column)
    if cell.data_type != "f":
        return cell.value
    value = values.cell(row, column).value
    if value is None:
        raise CellError(gettext("“%(key)s”是公式，没有算出的值，请改为数字或文字") % {"key": TITLES[key]})
    return value


def _form(sheet: Worksheet, row: int, key: str) -> str:
    return str(sheet.cell(row, KEYS.index(key) + 1).number_format)


def as_text(number: Decimal | None) -> str | None:
    """The number for JSON; None stays None."""
    return None if number is None else normal(number)
