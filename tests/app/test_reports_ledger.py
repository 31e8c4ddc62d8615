"""The ledger workbook, read back by openpyxl and, where it is installed, by LibreOffice."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from datetime import date, datetime

import pytest
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from reports.ledger import cells, ledger_name, write_ledger
from reports.ledger.cells import clean
from reports.ledger.columns import is_mismatch
from reports.ledger.rows import read_rows
from reports.services import files
from tests.app import reports_samples as samples
from tests.app.excel_rules import check_workbook
from tracker.models import ChangeKind, GoalChange, GoalStatus, Organisation, Status
from tracker.services import figures

pytestmark = pytest.mark.django_db

HEADINGS = [
    "序号", "责任单位", "责任人", "目标任务（原文）", "指标", "目标值", "单位", "完成时限", "完成值", "数据截止", "完成率",
    "序时进度", "差值（百分点）", "亮灯（文字）", "进展情况（原文）", "存在问题", "下步措施", "备注（来源：文件、段落）", "编号",
]  # fmt: skip
SHEETS = [
    "进展情况总表", "滞后逾期清单", "无数据回应清单", "目标调整清单", "自报与测算不符清单", "按单位汇总", "统计图", "变更记录", "填表说明",
]  # fmt: skip


def make_file(**kwargs) -> bytes:
    out = io.BytesIO()
    write_ledger(samples.AS_OF, out, **kwargs)
    return out.getvalue()


def make_file_of(user) -> bytes:
    """What a user gets."""
    out = io.BytesIO()
    files.write(user, samples.AS_OF, None, None, out)
    return out.getvalue()


def read(data: bytes, **kwargs):
    return load_workbook(io.BytesIO(data), **kwargs)


def row_of(sheet, goal) -> dict[str, object]:
    for row in sheet.iter_rows(min_row=5):
        if row[18].value == f"G{goal.pk}":
            return dict(zip(HEADINGS, row, strict=True))
    raise AssertionError(f"no row for {goal}")


def test_sheets_and_headings_are_those_of_the_field():
    samples.make_city()
    book = read(make_file())
    assert book.sheetnames == SHEETS
    sheet = book["进展情况总表"]
    plain = read(make_file(), read_only=True)["进展情况总表"]
    assert next(plain.iter_rows(min_row=4, max_row=4, values_only=True)) == tuple(HEADINGS)
    assert sheet["A3"].value == "序号" and sheet["F3"].value == "目标" and sheet["I3"].value == "完成"
    assert sheet["A1"].value == "重点目标任务进展情况总表（截至2024年10月底）"
    assert sheet["A2"].value.startswith("填报单位：") and sheet["J2"].value.startswith("填报时间：")


def test_page_is_set_up_for_printing():
    samples.make_city()
    sheet = read(make_file())["进展情况总表"]
    assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$3:$4"
    assert sheet.freeze_panes == "D5"
    assert sheet.auto_filter.ref == "A4:S13"
    assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
    assert {"A1:R1", "F3:H3", "I3:J3", "A3:A4"} <= {str(merged) for merged in sheet.merged_cells.ranges}
    assert sheet.column_dimensions["S"].hidden
    cell = sheet["D5"]
    assert cell.alignment.wrap_text and cell.border.left.style == "thin"


def test_numbers_and_dates_are_real_and_formulas_live():
    goals = samples.make_city()
    data = make_file()
    live, values = read(data)["进展情况总表"], read(data, data_only=True)["进展情况总表"]
    row, shown = row_of(live, goals["done"]), row_of(values, goals["done"])
    number = row["序号"].row
    assert row["目标值"].value == 12 and row["完成值"].value == 13
    assert row["完成时限"].value == datetime(2024, 12, 31) and row["数据截止"].value == datetime(2024, 10, 31)
    assert row["目标值"].number_format == '"≥"General'
    assert row["完成率"].value == f"=I{number}/F{number}"
    assert row["差值（百分点）"].value == f"=(K{number}-L{number})*100"
    assert shown["完成率"].value == pytest.approx(13 / 12, abs=1e-4)
    assert shown["差值（百分点）"].value == pytest.approx(25.0, abs=0.1)
    assert row["亮灯（文字）"].value == "绿灯 已完成"


def test_value_is_converted_into_the_unit_of_the_goal():
    goals = samples.make_city()
    row = row_of(read(make_file())["进展情况总表"], goals["ahead"])
    assert row["完成值"].value == 44 and row["单位"].value == "亿元"
    assert "原文写作：440000万元" in row["完成值"].comment.text


def test_figures_lead_to_their_sentences():
    goals = samples.make_city()
    row = row_of(read(make_file())["进展情况总表"], goals["done"])
    goal = goals["done"]
    link = row["目标值"].hyperlink
    assert link.target == f"http://127.0.0.1:8000/documents/{goal.document_id}/?at=goal-{goal.pk}"
    assert link.location == f"goal-mark-{goal.pk}"
    result = goal.links.get().result
    assert f"at=result-{result.pk}" in row["完成值"].hyperlink.target
    assert "《2024年工作计划》第3段" in row["目标值"].comment.text
    assert "《2024年1—10月进展》第5段" in row["备注（来源：文件、段落）"].value


def test_every_status_word_and_the_lists():
    samples.make_city()
    book = read(make_file())
    lights = {row[13].value.split(" ", 1)[1] for row in book["进展情况总表"].iter_rows(min_row=5) if row[13].value}
    assert lights == set(Status.labels)
    assert {row[4].value for row in book["滞后逾期清单"].iter_rows(min_row=5)} == {
        "改造农村户厕", "新改建农村公路", "打通断头路",
    }  # fmt: skip
    searched = [
        row[9].value for row in book["无数据回应清单"].iter_rows(min_row=4) if row[4].value == "培育工业互联网平台"
    ]
    assert searched == ["查过《2024年1—10月进展》等2份文件，到2024-11-02"]
    adjusted = [cell.value for cell in book["目标调整清单"][4]]
    assert adjusted[3:6] == ["下调", "≥7.5%", "约6%"]
    mismatch = [cell.value for cell in book["自报与测算不符清单"][4]]
    assert mismatch[4] == "改造农村户厕" and mismatch[8:10] == ["已完成", "未达序时进度（滞后）"]


def test_conditional_lights_cover_the_rows():
    samples.make_city()
    sheet = read(make_file())["进展情况总表"]
    (area,) = sheet.conditional_formatting
    assert str(area.sqref) == "N5:N13"
    assert {rule.formula[0] for rule in area.rules} >= {'LEFT(N5,2)="红灯"', 'LEFT(N5,3)="深黄灯"'}


def test_summary_counts_and_charts():
    samples.make_city()
    data = make_file()
    book, values = read(data), read(data, data_only=True)
    sheet = values["按单位汇总"]
    heading = [cell.value for cell in sheet[3]]
    total = dict(zip(heading, [cell.value for cell in sheet[7]], strict=True))
    assert total["目标数"] == 9 and all(total[word] == 1 for word in Status.labels)
    assert book["按单位汇总"]["M4"].value == "=IF(C4=0,0,D4/C4)"
    assert len(book["统计图"]._charts) == 2


@pytest.mark.parametrize(
    "text",
    [
        samples.HOSTILE,
        "+1+1",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "=cmd|' /C calc'!A0",
        "普通\x00文字\x0b",
        "\ud800",
        "x" * 40_000,
    ],
)
def test_text_is_never_a_formula(text):
    organisation = samples.make_organisation("望海市财政局")
    goal = samples.make_goal(organisation, "一般公共预算收入", 10, problems="占位")
    samples.state(goal, Status.NO_DATA, "grey")
    type(goal).objects.filter(pk=goal.pk).update(problems="占位" if text == "\ud800" else text.replace("\x00", ""))
    cell = row_of(read(make_file())["进展情况总表"], goal)["存在问题"]
    assert cell.data_type == "s"
    assert clean(text) == clean(clean(text)) and len(clean(text)) <= 32_767
    if text[0] in "=+-@":
        assert cell.value == text and cell.quotePrefix


def test_one_organisation_and_what_a_liaison_may_see():
    goals = samples.make_city()
    own = goals["behind"].organisation
    users = samples.make_users(own)
    only = read(make_file(organisation=own))["进展情况总表"]
    assert {row[1].value for row in only.iter_rows(min_row=5, max_row=6)} == {own.name}
    seen = read(make_file_of(users["liaison"]))["进展情况总表"]
    assert {row[1].value for row in seen.iter_rows(min_row=5) if row[18].value} == {own.name}
    nothing = read(make_file_of(users["stranger"]))["进展情况总表"]
    assert nothing["A5"].value == "截至日没有目标。"
    assert ledger_name(own.name, samples.AS_OF) == "望海市农业农村局重点目标任务进展情况表（截至2024年10月）.xlsx"


def test_queries_do_not_grow_with_goals():
    samples.make_city()
    make_file()  # works out progress where it is missing
    with CaptureQueriesContext(connection) as few:
        make_file()
    organisation = Organisation.objects.first()
    for number in range(30):
        samples.state(samples.make_goal(organisation, f"第{number}项", number), Status.NO_DATA, "grey")
    with CaptureQueriesContext(connection) as many:
        make_file()
    assert len(few) == len(many) <= 7


@pytest.mark.parametrize("hostile", [False, True])
def test_excel_would_open_it_without_repair(hostile):
    goals = samples.make_city()
    if hostile:
        type(goals["done"]).objects.update(
            problems="]]>&<'\"" + samples.HOSTILE * 2000, unit="个<&>", indicator=" 前后空格 "
        )
    check_workbook(make_file())
    Organisation.objects.all().update(name=Concat(Value("甲'\\/:*?[]"), "name"))
    check_workbook(make_file(organisation=goals["done"].organisation))


def test_excel_rules_notice_what_is_broken():
    samples.make_city()
    data, out = make_file(), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as whole, zipfile.ZipFile(out, "w") as broken:
        for name in whole.namelist():
            text = whole.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text = text.replace(b'<mergeCell ref="F3:H3"/>', b'<mergeCell ref="F3:H3"/><mergeCell ref="G3:G4"/>')
            broken.writestr(name, text)
    with pytest.raises(AssertionError):
        check_workbook(out.getvalue())


def convert(data: bytes, folder):
    """The workbook opened, calculated and saved again by LibreOffice; its values."""
    if not shutil.which("soffice"):
        pytest.skip("需要 LibreOffice（soffice）。")
    (folder / "ledger.xlsx").write_bytes(data)
    command = [
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{folder}/profile",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
    ]
    subprocess.run(
        [*command, "--outdir", str(folder / "out"), str(folder / "ledger.xlsx")],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return load_workbook(folder / "out" / "ledger.xlsx", data_only=True)


def test_libreoffice_calculates_the_same(tmp_path):
    goals = samples.make_city()
    row = row_of(convert(make_file(), tmp_path)["进展情况总表"], goals["done"])
    assert row["完成率"].value == pytest.approx(13 / 12, abs=1e-4)
    assert row["目标值"].value == 12 and row["完成时限"].value.date() == date(2024, 12, 31)


def test_links_beyond_the_limit_are_formulas_that_still_calculate(tmp_path, monkeypatch):
    goals = samples.make_city()
    monkeypatch.setattr(cells, "LINKS", 3)
    monkeypatch.setattr(cells, "COMMENTS", 1)
    data = make_file()
    check_workbook(data)
    live, shown = read(data)["进展情况总表"], read(data, data_only=True)["进展情况总表"]
    formulas = [row for row in live.iter_rows(min_row=5) if str(row[8].value).startswith("=HYPERLINK(")]
    assert sum(cell.hyperlink is not None for row in live.iter_rows(min_row=5) for cell in row) == 3 and formulas
    assert sum(cell.comment is not None for row in live.iter_rows(min_row=5) for cell in row) == 1
    for row in formulas:
        number = row[8].row
        assert re.fullmatch(r'=HYPERLINK\("http://[^"]+#result-mark-\d+",[\d.]+\)', row[8].value)
        assert isinstance(shown.cell(number, 9).value, int | float)
    again = row_of(convert(data, tmp_path)["进展情况总表"], goals["done"])
    assert again["完成值"].value == 13 and again["完成率"].value == pytest.approx(13 / 12, abs=1e-4)


def test_tip_of_a_link_names_document_and_paragraph_where_comments_end(monkeypatch):
    goals = samples.make_city()
    monkeypatch.setattr(cells, "COMMENTS", 0)
    row = row_of(read(make_file())["进展情况总表"], goals["done"])
    assert row["目标值"].comment is None and row["目标值"].hyperlink.tooltip == "目标来源：《2024年工作计划》第3段"


def test_address_too_long_for_a_formula_leaves_the_figure():
    assert cells.linked_figure("http://" + "a" * 300, 12) == 12
    assert cells.linked_figure('http://a/?x="', 12).text == 'HYPERLINK("http://a/?x=%22",12)'


def test_figures_of_every_list_are_linked():
    samples.make_city()
    book = read(make_file())
    for name in ("滞后逾期清单", "无数据回应清单"):
        links = [cell.hyperlink for row in book[name].iter_rows(min_row=4) for cell in row if cell.hyperlink]
        assert len(links) >= 2


def test_same_content_gives_the_same_bytes():
    samples.make_city()
    first = make_file()
    assert make_file() == first


@pytest.mark.parametrize(
    ("said_again", "state", "counted"),
    [
        ({}, "proposed", False),
        ({}, "accepted", False),
        ({}, "rejected", True),
        ({"value": "0.5", "unit": "万户", "quote": "改造农村户厕0.5万户"}, "proposed", True),
        ({"value": "0.8", "unit": "万户", "quote": "改造农村户厕0.8万户"}, "proposed", False),
        ({"period_end": date(2025, 12, 31)}, "proposed", True),
    ],
)
def test_goal_said_again_is_listed_and_not_counted_twice(said_again, state, counted):
    goals = samples.make_city()
    old = goals["behind"]
    later = samples.make_goal(
        old.organisation, old.indicator, **{"value": 8000, "unit": "户", **said_again}, document=goals["done"].document
    )
    samples.state(later, Status.OVERDUE, "red")
    GoalChange.objects.create(goal=old, later=later, kind=ChangeKind.REPEATED, happened_on=date(2024, 7, 1), state=state)
    book = read(make_file(), data_only=True)
    note = row_of(book["进展情况总表"], later)["备注（来源：文件、段落）"].value
    word = {"proposed": "重申待确认", "accepted": "重申"}.get(state, "")
    assert (f"{word}，与《2024年工作计划》所提的G{old.pk}为同一目标，不计入合计" in note) is not counted
    names = [row[4].value for row in book["滞后逾期清单"].iter_rows(min_row=5)]
    assert names.count("改造农村户厕") == 1 + counted
    (total,) = [row for row in book["按单位汇总"].iter_rows(min_row=4, values_only=True) if row[1] == "合计"]
    assert total[2] == 9 + counted
    assert ("另有1项是同一目标的重申" in book["按单位汇总"]["A2"].value) is not counted
    front = figures.count_front(figures.standing_on(samples.AS_OF), samples.AS_OF, figures.month_before(samples.AS_OF))
    assert front["restated"] == (not counted)


def test_two_goals_said_to_repeat_each_other_count_as_one():
    goals = samples.make_city()
    old = goals["behind"]
    later = samples.make_goal(old.organisation, old.indicator, 8000, "户")
    samples.state(later, Status.OVERDUE, "red")
    for one, other in ((old, later), (later, old)):
        GoalChange.objects.create(goal=one, later=other, kind=ChangeKind.REPEATED, happened_on=date(2024, 7, 1))
    same = {row.goal for row in read_rows(samples.AS_OF) if row.same_as}
    assert same == {later.pk}
    GoalStatus.objects.filter(goal=old).delete()
    assert not any(row.same_as for row in read_rows(samples.AS_OF))


@pytest.mark.parametrize(
    ("completion", "declared_completion", "computed", "declared", "listed"),
    [
        ("0.45", "0.452", "behind", "behind", False),
        ("0.45", "0.46", "behind", "behind", True),
        ("0.45", "0.45", "overdue", "ahead", False),  # up to time in June, overdue by October
        ("0.45", "0.45", "behind", "done", True),
        ("0.45", None, "behind", "ahead", True),
        ("0.45", None, "behind", "", False),
        (None, None, "no_data", "done", True),
    ],
)
def test_what_is_listed_as_declared_against_computed(completion, declared_completion, computed, declared, listed):
    goal = samples.make_goal(samples.make_organisation("望海市水务局"), "改造管网", 100, "公里")
    samples.state(
        goal, computed, "grey", declared=declared, completion=completion, declared_completion=declared_completion
    )
    (row,) = read_rows(samples.AS_OF)
    assert is_mismatch(row, samples.AS_OF) is listed


def test_goal_and_answer_without_a_figure_are_linked_where_text_does_not_have_to_wrap():
    goals = samples.make_city()
    goal = goals["not_started"]
    result = samples.answer(goal, None, goal.document, quote="正在开展前期工作")
    goal.statuses.filter(as_of=samples.AS_OF).update(result=result, answers=1)
    row = row_of(read(make_file())["进展情况总表"], goal)
    assert f"at=goal-{goal.pk}" in row["序号"].hyperlink.target
    assert f"at=result-{result.pk}" in row["数据截止"].hyperlink.target
    assert row["目标任务（原文）"].hyperlink is None and row["进展情况（原文）"].hyperlink is None
