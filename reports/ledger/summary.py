"""按单位汇总: counts per status, completion, rank, and two charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.utils import get_column_letter

from tracker.models import Status

from .cells import TITLE, Cell, Formula, StreamedSheet, Style, Styles, fitting_height, merge, prepare_print
from .columns import CENTRE, HEADER, SHARE, Tally
from .source import Facts, describe_cutoff

COUNT = Style(across="center", wrap=False)
SUM = Style(across="center", wrap=False, bold=True)
FIRST = 4
CHARTED = 25
STATUS_COLOURS = {
    Status.DONE: "2E8B57",
    Status.AHEAD: "6CBF84",
    Status.ON_TIME: "A8D8B5",
    Status.BEHIND: "F2C14E",
    Status.AT_RISK: "E08E2B",
    Status.OVERDUE: "C0392B",
    Status.NOT_STARTED: "7F8FA6",
    Status.ADJUSTED: "6C7AE0",
    Status.NO_DATA: "BDBDBD",
}
TITLES = ("序号", "责任单位", "目标数", *Status.labels, "完成率", "排名", "平均完成率", "平均序时进度")
WIDTHS = (5, 22, 8, *([9] * len(Status)), 9, 7, 10, 10)
DONE, RATE, RANK, MEAN, PLAN = "D", "M", "N", "O", "P"


def write_summary(workbook: Workbook, styles: Styles, facts: Facts, tallies: Mapping[str, Tally]) -> None:
    """The sheet with one row an organisation, a total, and the charts below."""
    sheet = StreamedSheet(workbook, "按单位汇总", styles)
    for number, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    prepare_print(sheet, "3:3")
    sheet.freeze_panes = "C4"
    title = f"{facts.scope}目标完成情况按单位汇总（{describe_cutoff(facts.as_of)}）"
    sheet.add([Cell(title, Style(font=TITLE, size=18, across="center", border=False))], height=34)
    merge(sheet, "A1", f"{PLAN}1")
    sheet.add([Cell(_note(tallies.values()), Style(border=False))], height=18)
    merge(sheet, "A2", f"{PLAN}2")
    sheet.add([Cell(name, HEADER) for name in TITLES], height=46)
    last = FIRST + len(tallies) - 1
    rates = _rates(tallies)
    for position, (name, tally) in enumerate(tallies.items(), 1):
        cells = _cells(position, name, tally, FIRST + position - 1, last, rates)
        sheet.add(cells, fitting_height(cells, WIDTHS))
    if tallies:
        _add_total(sheet, tallies, last)
        sheet.auto_filter.ref = f"A3:{PLAN}{last}"
        _add_charts(StreamedSheet(workbook, "统计图", styles), sheet, last, any(t.timed for t in tallies.values()))


def _note(tallies: Iterable[Tally]) -> str:
    again = sum(tally.again for tally in tallies)
    listed = f"另有{again}项是同一目标的重申，列在总表，不重复计数。" if again else ""
    return f"完成率＝已完成的目标数÷目标数；平均数只计完成率与序时进度都有的目标。{listed}"


def _rates(tallies: Mapping[str, Tally]) -> list[float]:
    return [tally.counts[Status.DONE] / tally.goals if tally.goals else 0 for tally in tallies.values()]


def _cells(position: int, name: str, tally: Tally, row: int, last: int, rates: list[float]) -> list[Cell]:
    rate = rates[position - 1]
    rank = 1 + sum(other > rate for other in rates)
    return [
        Cell(position, COUNT),
        Cell(name, CENTRE),
        Cell(Formula(f"SUM(D{row}:L{row})", tally.goals), COUNT),
        *(Cell(tally.counts[status], COUNT) for status in Status.values),
        Cell(Formula(f"IF(C{row}=0,0,{DONE}{row}/C{row})", _number(rate)), SHARE),
        Cell(Formula(f"RANK({RATE}{row},{RATE}${FIRST}:{RATE}${last})", rank), COUNT),
        Cell(tally.mean("completion"), SHARE),
        Cell(tally.mean("time_share"), SHARE),
    ]


def _add_total(sheet: StreamedSheet, tallies: Mapping[str, Tally], last: int) -> None:
    totals = [sum(tally.goals for tally in tallies.values())]
    totals += [sum(tally.counts[status] for tally in tallies.values()) for status in Status.values]
    letters = [get_column_letter(number) for number in range(3, 13)]
    sums = [
        Cell(Formula(f"SUM({letter}{FIRST}:{letter}{last})", total), SUM)
        for letter, total in zip(letters, totals, strict=True)
    ]
    row = last + 1
    rate = Formula(f"IF(C{row}=0,0,{DONE}{row}/C{row})", _number(totals[1] / totals[0] if totals[0] else 0))
    sheet.add([Cell("", SUM), Cell("合计", SUM), *sums, Cell(rate, SHARE), Cell("", SUM), Cell("", SUM), Cell("", SUM)])


def _number(value: float) -> float:
    return round(value, 6)


def _add_charts(page: StreamedSheet, sheet: StreamedSheet, last: int, timed: bool) -> None:
    """Status by organisation, and planned against reached, on one page; the first organisations when there are very many."""
    prepare_print(page, "")
    page.page_setup.fitToHeight = 1
    shown = min(last, FIRST + CHARTED - 1)
    page.add([Cell(f"统计图（前{shown - FIRST + 1}个单位，数据见“按单位汇总”）", Style(border=False, wrap=False))])
    names = Reference(sheet, min_col=2, min_row=FIRST, max_row=shown)
    height = 6 + 0.7 * (shown - FIRST + 1)
    status = _bar("各单位目标状态（项）", height)
    status.grouping, status.overlap = "stacked", 100
    status.add_data(Reference(sheet, min_col=4, max_col=12, min_row=3, max_row=shown), titles_from_data=True)
    _paint(status, STATUS_COLOURS.values())
    status.set_categories(names)
    page.add_chart(status, "A3")
    if timed:
        plan = _bar("平均完成率与平均序时进度", height)
        plan.add_data(Reference(sheet, min_col=15, max_col=16, min_row=3, max_row=shown), titles_from_data=True)
        _paint(plan, ("2E6DB4", "B8C4D6"))
        plan.set_categories(names)
        plan.y_axis.number_format = "0%"
        plan.y_axis.scaling.min = 0
        plan.dataLabels = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False)
        page.add_chart(plan, "K3")


def _paint(chart: BarChart, colours: Iterable[str]) -> None:
    for series, colour in zip(chart.series, colours, strict=True):
        series.graphicalProperties.solidFill = colour


def _bar(title: str, height: float) -> BarChart:
    chart = BarChart()
    chart.type, chart.title, chart.style = "bar", title, 10
    chart.height, chart.width, chart.gapWidth = height, 16, 40
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.majorGridlines = None
    chart.legend.position = "b"
    return chart
