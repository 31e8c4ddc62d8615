"""Rows of progress sheets and ledgers whose headers were understood → goals and results, row by row."""
from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import date

from tracker.analysis.context import Context
from tracker.analysis.figures import Figure, read_figures
from tracker.analysis.indicators import indicator_key
from tracker.analysis.normalise import fold, quote_of
from tracker.analysis.organisations import full_name
from tracker.analysis.periods import find_periods, month_end
from tracker.analysis.records import Paragraph, Period, Span, Statement, StatementKind, TableRow, Text
from tracker.analysis.vocabulary import Vocabulary

_ISO = re.compile(r"((?:19|20)\d\d)[-./年](\d{1,2})(?:[-./月](\d{1,2}))?")
_LONGEST_QUOTE = 200
_FIRST_UNIT = re.compile(r"[、,，;；\s/]")


def read_rows(text: Text, context: Context, vocabulary: Vocabulary) -> Iterator[Statement]:
    """Goals (目标任务, 目标值) and results (完成值, 进展情况) of every understood row."""
    for row in text.rows:
        yield from _read_row(text, row, context, vocabulary)


def _read_row(text: Text, row: TableRow, context: Context, vocabulary: Vocabulary) -> Iterator[Statement]:
    for kind, fields in (("goal", ("target", "goal")), ("result", ("achieved", "progress"))):
        statement_kind: StatementKind = "goal" if kind == "goal" else "result"
        for name in fields:
            figures = _figures(row, name, statement_kind, vocabulary)
            yield from (_statement(text, row, name, statement_kind, figure, context, vocabulary) for figure in figures)
            if figures:
                break
        else:
            if kind == "goal" and row.cells.get("goal"):
                yield _statement(text, row, "goal", "goal", None, context, vocabulary)


def _figures(row: TableRow, name: str, kind: StatementKind, vocabulary: Vocabulary) -> list[Figure]:
    """Figures of a cell; a bare number takes indicator and unit from its neighbours."""
    cell = row.cells.get(name, "").strip()
    if not cell or name not in row.spans:
        return []
    role = "plan" if kind == "goal" else "report"
    if re.fullmatch(r"[\d.,，]+\s*[%％]?", cell):
        unit = "" if cell.endswith(("%", "％")) else row.cells.get("unit", "")
        cell = f"{row.cells.get('indicator') or row.cells.get('goal', '')}{cell.replace(',', '')}{unit}"
    elif not re.search(r"[\u4e00-\u9fa5]{4}", cell):
        cell = f"{row.cells.get('indicator', '')}{cell}"
    return [figure for figure in read_figures(fold(cell).text, role="plan" if role == "plan" else "report", vocabulary=vocabulary)
            if not figure.naming and figure.scope is None]


def _statement(text: Text, row: TableRow, name: str, kind: StatementKind, figure: Figure | None, context: Context,
               vocabulary: Vocabulary) -> Statement:
    span = _quoted(text, row, name)
    indicator = row.cells.get("indicator") or (figure.indicator if figure else row.cells.get("goal", ""))
    paragraph = _paragraph_at(text, span.start)
    return Statement(
        kind=kind, organisation=_organisation(row, context), span=span, quote=quote_of(text.content, span),
        indicator=indicator, indicator_key=indicator_key(indicator, vocabulary), quantity=figure.quantity if figure else None,
        measure=figure.measure if figure else None, period=_period(row, kind, context),
        owner=row.cells.get("owner") or None if kind == "goal" else None,
        paragraph=paragraph.number if paragraph else None, page=paragraph.page if paragraph else None,
        reasons=(f"表格“{row.sheet}”第{row.row}行“{name}”一栏", *(figure.reasons if figure else ())),
    )


def _quoted(text: Text, row: TableRow, name: str) -> Span:
    """The cell, and beside a bare number the cells that say what it counts: 新增学位 | 1500 | 个, or 905 | 4处完成改造."""
    span = row.spans[name]
    neighbours = {"target": ("indicator", "goal", "unit"), "achieved": ("progress",)}.get(name, ())
    for other in (row.spans[field] for field in neighbours if field in row.spans):
        wider = Span(min(span.start, other.start), max(span.end, other.end))
        between = text.content[wider.start : wider.end]
        if len(between) <= _LONGEST_QUOTE and "\n" not in between:
            span = wider
    return span


def _paragraph_at(text: Text, offset: int) -> Paragraph | None:
    """The paragraph that holds an offset; paragraphs stand in reading order."""
    at = bisect_right(text.paragraphs, offset, key=lambda paragraph: paragraph.start) - 1
    return text.paragraphs[at] if at >= 0 and offset < text.paragraphs[at].end else None


def _organisation(row: TableRow, context: Context) -> str:
    """The first-named unit leads (牵头单位); a section (农机科) speaks for the office whose table it is."""
    named = _FIRST_UNIT.split(row.cells.get("organisation", "").strip())[0]
    if context.organisation and (not named or named.endswith(("科", "处", "室", "股"))):
        return context.organisation
    return full_name(named, context.place)


def _period(row: TableRow, kind: StatementKind, context: Context) -> Period:
    cell = row.cells.get("deadline" if kind == "goal" else "as_of", "")
    # a table of an annual plan is filled in half-way, but its goals do not begin there
    default = Period(None, context.plan.end) if kind == "goal" else context.report
    iso = _ISO.search(cell)
    if iso:
        end = _day(int(iso[1]), int(iso[2]), int(iso[3]) if iso[3] else None)
        return Period(default.start if default.end and end and default.start and default.start <= end else None, end)
    moments = find_periods(fold(cell).text, context.reference)
    return moments[-1].period if moments else default


def _day(year: int, month: int, day: int | None) -> date | None:
    try:
        return date(year, month, day) if day else month_end(year, month)
    except ValueError:
        return None
