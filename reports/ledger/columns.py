"""The columns of every sheet: heading, width, look and what stands in the cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from reports.links import describe_place, place_words, statement_url
from tracker.models import ChangeKind, Light, Status

from .cells import HEI, PLAIN, Cell, Formula, Style
from .rows import LedgerRow, describe_unit

TEXT = PLAIN
SMALL = Style(size=9)
CENTRE = Style(across="center")
DATE = Style(form="yyyy-mm-dd", across="center", wrap=False)
NUMBER = Style(form="General", across="right", wrap=False)
SHARE = Style(form="0.0%", across="right", wrap=False)
GAP = Style(form="+0.0;-0.0;0.0", across="right", wrap=False)
LINKED = "1F4E9E"
LINKED_CENTRE = Style(across="center", colour=LINKED)
LINKED_DATE = Style(form="yyyy-mm-dd", across="center", wrap=False, colour=LINKED)
HEADER = Style(font=HEI, across="center", fill="D9E2F3", bold=True)

SIGNS = {"ge": "≥", "le": "≤", "approx": "约"}
LIGHT_FILLS = {
    Light.GREEN: ("C6E7CE", "0B5B23"),
    Light.YELLOW: ("FFF2B3", "5C4700"),
    Light.DARK_YELLOW: ("FFCF70", "5C3300"),
    Light.RED: ("F8C9C6", "8A1008"),
    Light.BLUE: ("CFE2FA", "0B3F86"),
    Light.GREY: ("E3E3E3", "3D3D3D"),
}


@dataclass(frozen=True)
class Column:
    """``fill`` gives the cell of a record in row ``number`` (as the program shows it), the ``position``-th of its list.

    Its fourth argument is the address of the app, which links lead to.
    """

    key: str
    title: str
    width: float
    fill: Callable[[Any, int, int, str], Cell]
    group: str = ""
    hidden: bool = False


@cache
def amount_style(comparator: str, linked: bool) -> Style:
    """A real number that shows its comparator: the cell holds 50 and reads ≥50."""
    sign = SIGNS.get(comparator, "")
    return Style(
        form=f'"{sign}"General' if sign else "General",
        across="right",
        wrap=False,
        colour=LINKED if linked else "000000",
    )


def light_words(row: LedgerRow) -> str:
    return f"{Light(row.light).label} {Status(row.status).label}"


def _text(name: str, style: Style = TEXT) -> Callable[[Any, int, int, str], Cell]:
    return lambda row, number, position, site: Cell(getattr(row, name), style)


def _position(row: Any, number: int, position: int, site: str) -> Cell:
    return Cell(position, CENTRE)


def _goal_link(row: LedgerRow, site: str) -> str:
    return statement_url(site, "goal", row.goal, row.document_id)


def _target(row: LedgerRow, number: int, position: int, site: str) -> Cell:
    if row.target is None:
        return Cell(None, NUMBER)
    place = describe_place(row.document, row.paragraph, row.page) or "手工录入，无原文件"
    return Cell(row.target, amount_style(row.comparator, True), _goal_link(row, site), f"目标来源：{place}")


def _goal_position(row: LedgerRow, number: int, position: int, site: str) -> Cell:
    """序号; it carries the link of a goal without a figure. Some programs do not wrap linked text, so the quote has none."""
    link = _goal_link(row, site) if row.target is None else ""
    return Cell(position, LINKED_CENTRE if link else CENTRE, link)


def _unit(row: LedgerRow, number: int, position: int, site: str) -> Cell:
    return Cell(describe_unit(row), CENTRE)


def _result_link(row: LedgerRow, site: str) -> str:
    if row.result_id is None:
        return ""
    return statement_url(site, "result", row.result_id, row.result_document_id)


def _done(row: LedgerRow, number: int, position: int, site: str) -> Cell:
    """完成值 in the goal's unit; as the source writes it where the units cannot be set against each other."""
    comment = _done_comment(row) if row.result_id is not None else ""
    if row.done is None:
        return Cell(row.done_as_written or None, CENTRE, "", comment if row.done_as_written else "")
    link = _result_link(row, site)
    return Cell(row.done, amount_style("", bool(link)), link, comment)


def _done_comment(row: LedgerRow) -> str:
    place = describe_place(row.result_document, row.result_paragraph, row.result_page) or "手工录入，无原文件"
    lines = [f"完成值来源：{place}"]
    if row.done_as_written:
        lines.append(f"原文写作：{row.done_as_written}")
    if row.arithmetic:
        lines.append(f"算式：{row.arithmetic}")
    return "\n".join(lines)


TOLERANCE = {"completion": Decimal("0.0006"), "gap": Decimal("0.06")}


def _choose(kind: str, stored: Decimal | None, candidates: list[tuple[str, Decimal]]) -> Decimal | Formula | None:
    """The first formula that gives the stored value; the value itself where the rule is none of these."""
    for text, value in candidates:
        if stored is not None and abs(value - stored) <= TOLERANCE[kind]:
            return Formula(text, value)
    return stored


def completion_value(row: LedgerRow, number: int) -> Decimal | Formula | None:
    """完成率 as a live formula over 目标值 and 完成值 of the same row."""
    candidates = []
    done, target, base = row.done, row.target, row.baseline
    if done is not None and target is not None:
        if target:
            candidates.append((f"I{number}/F{number}", done / target))
        if base is not None and target != base:
            candidates.append((f"(I{number}-({base}))/(F{number}-({base}))", (done - base) / (target - base)))
        if done:
            candidates.append((f"F{number}/I{number}", target / done))
    return _choose("completion", row.completion, candidates)


def gap_value(row: LedgerRow, number: int) -> Decimal | Formula | None:
    """差值 in percentage points as a live formula: completion against time share, or value against target."""
    candidates = []
    target, base = row.target, row.baseline
    if row.completion is not None and row.time_share is not None:
        candidates.append((f"(K{number}-L{number})*100", (row.completion - row.time_share) * 100))
    if (
        base is not None
        and base != target
        and row.done is not None
        and target is not None
        and row.time_share is not None
    ):
        way = (row.done - base) / (target - base)
        candidates.append((f"((I{number}-({base}))/(F{number}-({base}))-L{number})*100", (way - row.time_share) * 100))
    if row.completion is not None:
        candidates.append((f"(K{number}-1)*100", (row.completion - 1) * 100))
    if row.done is not None and row.target is not None:
        candidates.append((f"I{number}-F{number}", row.done - row.target))
        candidates.append((f"F{number}-I{number}", row.target - row.done))
    return _choose("gap", row.gap, candidates)


def _completion(row: LedgerRow, number: int, position: int, site: str) -> Cell:
    return Cell(completion_value(row, number), SHARE)


def _gap(row: LedgerRow, number: int, position: int, site: str) -> Cell:
    return Cell(gap_value(row, number), GAP)


def _light(row: LedgerRow, number: int, position: int, site: str) -> Cell:
    return Cell(light_words(row), CENTRE)


def _progress(row: LedgerRow, number: int, position: int, site: str) -> Cell:
    return Cell(f"（未以数据回应）{row.progress}" if row.in_words else row.progress, TEXT)


def _done_on(row: LedgerRow, number: int, position: int, site: str) -> Cell:
    """数据截止; it carries the link of an answer without a figure."""
    link = _result_link(row, site) if row.done is None and row.done_on is not None else ""
    return Cell(row.done_on, LINKED_DATE if link else DATE, link)


def _sources(row: LedgerRow) -> list[str]:
    """Where goal and progress stand; a document that holds both is named once."""
    goal, result = (row.paragraph, row.page), (row.result_paragraph, row.result_page)
    if row.document and row.result_id and row.document_id == row.result_document_id:
        return [f"《{row.document}》目标{place_words(*goal)}、进展{place_words(*result)}"]
    lines = [f"目标：{describe_place(row.document, *goal) or '手工录入'}"]
    if row.result_id:
        lines.append(f"进展：{describe_place(row.result_document, *result) or '手工录入'}")
    return lines


def _note(row: LedgerRow, number: int, position: int, site: str) -> Cell:
    """目标出自哪里, 进展出自哪里, and whatever a reader of the printed page must know."""
    parts = [
        *_sources(row),
        f"原定时限{row.original_deadline}" if row.original_deadline not in (None, row.deadline) else "",
        row.same_as,
        f"已销号（{row.closed_on}）" if row.closed_on else "",
        f"核定：{row.decided_by}，{row.decided_reason}" if row.decided else "",
    ]
    return Cell("\n".join(filter(None, parts)), SMALL)


LEDGER = (
    Column("position", "序号", 4.5, _goal_position),
    Column("organisation", "责任单位", 10.5, _text("organisation", CENTRE)),
    Column("owner", "责任人", 7, _text("owner", CENTRE)),
    Column("quote", "目标任务（原文）", 24, _text("quote")),
    Column("indicator", "指标", 11.5, _text("indicator")),
    Column("target", "目标值", 8, _target, "目标"),
    Column("unit", "单位", 6, _unit, "目标"),
    Column("deadline", "完成时限", 10.5, _text("deadline", DATE), "目标"),
    Column("done", "完成值", 8, _done, "完成"),
    Column("done_on", "数据截止", 10.5, _done_on, "完成"),
    Column("completion", "完成率", 8, _completion),
    Column("time_share", "序时进度", 8, _text("time_share", SHARE)),
    Column("gap", "差值（百分点）", 8, _gap),
    Column("light", "亮灯（文字）", 12, _light),
    Column("progress", "进展情况（原文）", 24, _progress),
    Column("problems", "存在问题", 12.5, _text("problems")),
    Column("steps", "下步措施", 12.5, _text("steps")),
    Column("note", "备注（来源：文件、段落）", 20, _note),
    Column("id", "编号", 9, lambda row, number, position, site: Cell(f"G{row.goal}", CENTRE), hidden=True),
)

UNANSWERED = (
    *LEDGER[:5],
    Column("target", "目标值", 9, _target),
    Column("unit", "单位", 7, _unit),
    Column("deadline", "完成时限", 11, _text("deadline", DATE)),
    Column("kind", "回应情况", 13, lambda row, *_: Cell("未以数据回应" if row.in_words else "无回应", CENTRE)),
    Column("searched", "查过哪些文件、到哪一天", 42, _text("searched")),
    Column("note", "备注（来源：文件、段落）", 28, _note),
)


def _status(name: str) -> Callable[[Any, int, int, str], Cell]:
    def fill(row: LedgerRow, number: int, position: int, site: str) -> Cell:
        value = getattr(row, name)
        return Cell(Status(value).label if value else "", CENTRE)

    return fill


def _declared_difference(row: LedgerRow, number: int, position: int, site: str) -> Cell:
    if row.declared_completion is None or row.completion is None:
        return Cell(None, GAP)
    return Cell(Formula(f"(F{number}-G{number})*100", (row.declared_completion - row.completion) * 100), GAP)


MISMATCH = (
    *LEDGER[:5],
    Column("declared_completion", "自报完成率", 11, _text("declared_completion", SHARE)),
    Column("completion", "测算完成率", 11, _text("completion", SHARE)),
    Column("difference", "自报高出（百分点）", 11, _declared_difference),
    Column("declared", "自报状态", 15, _status("declared")),
    Column("computed", "测算状态", 15, _status("computed")),
    Column("decided", "核定状态", 15, _status("decided")),
    Column("arithmetic", "测算算式", 34, _text("arithmetic")),
    Column("note", "备注（来源：文件、段落）", 26, _note),
)

ADJUSTED = (
    Column("position", "序号", 5, _position),
    Column("organisation", "责任单位", 14, _text("organisation", CENTRE)),
    Column("quote", "原目标（原文）", 34, _text("quote")),
    Column("kind", "变化", 10, lambda row, *_: Cell(ChangeKind(row.kind).label, CENTRE)),
    Column("before", "变化前", 14, _text("before", CENTRE)),
    Column("after", "变化后", 14, _text("after", CENTRE)),
    Column("happened_on", "日期", 11, _text("happened_on", DATE)),
    Column("later_quote", "后来的提法（原文）", 34, _text("later_quote")),
    Column("document", "出自", 24, _text("document")),
    Column("sentence", "说明", 30, _text("sentence")),
)

CHANGES = (
    Column("position", "序号", 5, _position),
    Column("organisation", "责任单位", 16, _text("organisation", CENTRE)),
    Column("indicator", "指标", 24, _text("indicator")),
    Column("field", "变更内容", 14, _text("field", CENTRE)),
    Column("before", "变更前", 34, _text("before")),
    Column("after", "变更后", 34, _text("after")),
    Column("reason", "理由", 34, _text("reason")),
)


@dataclass
class Tally:
    """Counts of one organisation for 按单位汇总. A goal that only says another one again is not counted."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Status.values, 0))
    again: int = 0
    timed: int = 0
    completion: Decimal = Decimal(0)
    time_share: Decimal = Decimal(0)

    def add(self, row: LedgerRow) -> None:
        if row.same_as:
            self.again += 1
            return
        self.counts[row.status] += 1
        if row.completion is not None and row.time_share is not None:
            self.timed += 1
            self.completion += row.completion
            self.time_share += row.time_share

    @property
    def goals(self) -> int:
        return sum(self.counts.values())

    def mean(self, name: str) -> Decimal | None:
        """The mean completion or time share of the goals that have both."""
        return round(getattr(self, name) / self.timed, 4) if self.timed else None


def is_behind(row: LedgerRow, as_of: date) -> bool:
    return row.status in (Status.BEHIND, Status.OVERDUE, Status.AT_RISK)


def is_unanswered(row: LedgerRow, as_of: date) -> bool:
    return row.status == Status.NO_DATA or row.in_words or row.answers == 0


def is_mismatch(row: LedgerRow, as_of: date) -> bool:
    """The department's own completion is half a point or more off the computed one, or its status word another than the computed.

    With both completions alike only 已完成 against anything else counts: what was up to time then may be overdue by now.
    """
    told_apart = bool(row.declared and row.computed and row.declared != row.computed)
    if row.declared_completion is None or row.completion is None:
        return told_apart
    if abs(row.declared_completion - row.completion) >= Decimal("0.005"):
        return True
    return told_apart and Status.DONE in (row.declared, row.computed)
