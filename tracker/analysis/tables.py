"""Rows of progress sheets and ledgers whose headers were understood → goals and results, row by row."""
from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

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
    goals = [(name, figure) for name in ("target", "goal") for figure in _figures(row, name, "goal", vocabulary)]
    for name, figure in goals:
        if name == goals[0][0]:
            yield _statement(text, row, name, "goal", figure, context, vocabulary)
    if not goals and row.cells.get("goal"):
        yield _statement(text, row, "goal", "goal", None, context, vocabulary)
    told: set[tuple[Decimal, str]] = set()
    for name in ("achieved", "progress", "completion"):      # what the prose says again is told once
        for figure in _figures(row, name, "result", vocabulary):
            value = figure.quantity.value, figure.quantity.unit
            if value not in told:
                told.add(value)
                yield _statement(text, row, name, "result", figure, context, vocabulary)


_BARE = re.compile(r"[\d.,，]+\s*[%％]?")
_BOUND = re.compile(r"(?:不?[低高]于|不?超过|不少于|控制在|达到?)$")      # 登记失业率低于 | 4.3 is the goal's word only
_UNIT_OF_NAME = re.compile(r"[（(]([^（）()]{1,6})[)）]$")


def _figures(row: TableRow, name: str, kind: StatementKind, vocabulary: Vocabulary) -> list[Figure]:
    """Figures of a cell; a bare number takes indicator and unit from its neighbours."""
    cell = row.cells.get(name, "").strip()
    if name == "completion":      # 57%（东片区偏慢）
        cell = re.sub(r"(?<=[%％])\s*[（(].*$", "", cell)
    if not cell or name not in row.spans:
        return []
    indicator = row.cells.get("indicator", "")
    if _BARE.fullmatch(cell):
        cell = _completed(row, cell) if name == "completion" else _with_neighbours(row, cell, kind)
    elif name == "completion":
        return []
    elif not re.search(r"[\u4e00-\u9fa5]{4}", cell):
        cell = f"{indicator or (row.cells.get('goal', '') if name == 'target' else '')}{cell}"
    return [figure for figure in read_figures(fold(cell).text, role="plan" if kind == "goal" else "report", vocabulary=vocabulary)
            if not figure.naming and figure.scope is None and (name != "completion" or figure.measure == "completion")]


def _with_neighbours(row: TableRow, cell: str, kind: StatementKind) -> str:
    """城镇新增就业(人) | 26000 → 城镇新增就业26000人."""
    thing = row.cells.get("indicator") or row.cells.get("goal", "")
    inside = _UNIT_OF_NAME.search(thing)
    unit = row.cells.get("unit", "") or (inside[1] if inside else "")
    if cell.endswith(("%", "％")):
        unit = ""
    thing = thing[: inside.start()] if inside else thing
    if kind == "result":
        thing = _BOUND.sub("", thing)
    return f"{thing}{cell.replace(',', '')}{unit}"


def _completed(row: TableRow, cell: str) -> str:
    """城镇新增就业 | 74.8 → 城镇新增就业完成年度目标的74.8%; a workbook keeps 74.8% as 0.748."""
    thing = _BOUND.sub("", _UNIT_OF_NAME.sub("", row.cells.get("indicator") or row.cells.get("goal", "")))
    number = Decimal(cell.rstrip("%％ ").replace(",", "").replace("，", "") or "0")
    if not cell.endswith(("%", "％")) and number <= Decimal("1.5"):
        number *= 100
    return f"{thing}完成年度目标的{number.normalize():f}%"


def _statement(text: Text, row: TableRow, name: str, kind: StatementKind, figure: Figure | None, context: Context,
               vocabulary: Vocabulary) -> Statement:
    span = _quoted(text, row, name)
    indicator = _UNIT_OF_NAME.sub("", row.cells.get("indicator", "")) or (figure.indicator if figure else "") or row.cells.get("goal", "")
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
    neighbours = {"target": ("indicator", "goal", "unit"), "achieved": ("progress",), "completion": ("indicator", "goal")}.get(name, ())
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
