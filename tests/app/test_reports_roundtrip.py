"""Round trip: a workbook goes out, is filled in by other programs, comes back, is compared and approved."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook

from reports.ledger import write_ledger
from reports.models import Submission, SubmissionState, WorkbookIssue
from reports.roundtrip.layout import FIELDS, HEADER_ROW, KEYS, SHEET, TOKEN_SHEET
from reports.roundtrip.reading import Entry
from reports.roundtrip.values import CellError, read_day, read_number, read_status
from reports.roundtrip.writing import issue_workbook
from reports.services import months, submissions
from reports.services.months import RoundError
from tests.app import reports_samples as samples
from tests.app.excel_rules import check_workbook
from tracker.models import Document, Goal, GoalStatus, Link, Origin, Result, Review, Role, Status
from tracker.services import progress

pytestmark = pytest.mark.django_db
AS_OF = samples.AS_OF


@pytest.fixture
def city():
    goals = samples.make_city()
    own = goals["behind"].organisation
    return {
        "goals": goals,
        "own": own,
        "liaison": samples.make_user("liaison", Role.LIAISON, [own]),
        "colleague": samples.make_user("colleague", Role.LIAISON, [own]),
        "stranger": samples.make_user("other", Role.LIAISON, [goals["risk"].organisation]),
        "supervisor": samples.make_user("supervisor", Role.SUPERVISOR),
    }


def issue(city, user="liaison") -> bytes:
    out = io.BytesIO()
    issue_workbook(city["own"], AS_OF, out, user=city[user])
    return out.getvalue()


def edit(data: bytes, changes: dict[tuple[int, str], object], work=None) -> bytes:
    """Fill cells as a person would: (goal's row number, column key) → value."""
    book = load_workbook(io.BytesIO(data))
    for (row, key), value in changes.items():
        book[SHEET].cell(row, KEYS.index(key) + 1).value = value
    if work:
        work(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row_of(data: bytes, goal: Goal) -> int:
    sheet = load_workbook(io.BytesIO(data))[SHEET]
    return next(row for row in range(5, 20) if sheet.cell(row, KEYS.index("id") + 1).value == f"G{goal.pk}")


def send(city, data, user="liaison", name="填报表.xlsx"):
    return submissions.receive_workbook(data, name, user=city[user])


def fill(city, data) -> bytes:
    row = row_of(data, city["goals"]["behind"])
    return edit(
        data,
        {
            (row, "value"): 7000, (row, "day"): "2024年10月31日", (row, "completion"): 87.5,
            (row, "declared"): "未达序时进度（滞后）", (row, "progress"): "已改造7000户，\n其余正在施工",
            (row, "problems"): "资金到位慢", (row, "steps"): "11月底前完成",
        },
    )  # fmt: skip


def test_workbook_is_locked_where_it_should_be(city):
    data = issue(city)
    book = load_workbook(io.BytesIO(data))
    sheet = book[SHEET]
    assert sheet.protection.sheet and book[TOKEN_SHEET].sheet_state == "veryHidden"
    for number, field in enumerate(FIELDS, 1):
        assert sheet.cell(5, number).protection.locked is (field.value is not None)
        assert sheet.cell(HEADER_ROW, number).value == field.title
    assert sheet.column_dimensions["Q"].hidden and sheet.column_dimensions["R"].hidden
    target = sheet.cell(row_of(data, city["goals"]["behind"]), KEYS.index("target") + 1)
    assert (target.value, target.number_format) == (8000, '"≥"General')
    rules = {rule.type for rule in sheet.data_validations.dataValidation}
    assert rules == {"list", "decimal", "date", "textLength"}
    check_workbook(data)


def test_filled_workbook_becomes_results_with_the_file_as_source(city):
    data = fill(city, issue(city))
    received = send(city, data)
    assert received.errors == []
    submission = received.submission
    shown = {each["field"]: (each["old"], each["new"]) for each in submission.differences}
    assert shown["完成值"] == ("5200户", "7000户")
    assert shown["自报完成率（%）"] == ("100%", "87.5%")
    assert shown["下步措施"] == ("", "11月底前完成")
    assert [each["number"] for each in submission.differences] == list(range(1, len(submission.differences) + 1))
    submissions.approve(submission, user=city["supervisor"], decision="属实")
    goal = Goal.objects.get(pk=city["goals"]["behind"].pk)
    result = Result.objects.get(origin=Origin.WORKBOOK, measure="level")
    document = Document.objects.get(pk=submission.document_id)
    assert (result.value, result.unit, result.period_end) == (Decimal(7000), "户", AS_OF)
    assert result.organisation == city["own"] and result.document == document
    assert document.content[result.start : result.end] == result.quote
    assert "进展情况：已改造7000户， 其余正在施工。" in result.quote
    assert (goal.problems, goal.steps) == ("资金到位慢", "11月底前完成")
    assert goal.history.first().history_change_reason.startswith("采纳")
    link = Link.objects.get(goal=goal, result=result)
    assert link.state == "accepted" and link.decided_by == city["supervisor"]
    progress.ensure_statuses(AS_OF)
    status = GoalStatus.objects.get(goal=goal, as_of=AS_OF)
    assert status.value == 7000 and status.completion == Decimal("0.8750")
    with document.file.open("rb") as file:
        assert file.read() == data


def test_filing_is_news_of_its_own_month(city):
    """Handed in and approved after the month's end, it does not move the date that pages show."""
    Document.objects.all().update(published_on=AS_OF)
    submission = send(city, fill(city, issue(city))).submission
    submissions.approve(submission, user=city["supervisor"])
    assert Document.objects.get(pk=submission.document_id).published_on == AS_OF
    assert progress.default_as_of() == AS_OF


def test_status_word_filled_in_stands_beside_the_computed_one(city):
    data = issue(city)
    row = row_of(data, city["goals"]["on_time"])
    received = send(city, edit(data, {(row, "value"): 15, (row, "declared"): "已完成"}))
    submissions.approve(received.submission, user=city["supervisor"])
    progress.ensure_statuses(AS_OF)
    status = GoalStatus.objects.get(goal=city["goals"]["on_time"], as_of=AS_OF)
    assert (status.declared, status.computed, status.declared_completion) == (Status.DONE, Status.AT_RISK, None)
    out = io.BytesIO()
    write_ledger(AS_OF, out)
    listed = load_workbook(out)["自报与测算不符清单"]
    rows = {row[4].value: [cell.value for cell in row] for row in listed.iter_rows(min_row=4)}
    assert rows["新建高标准农田"][8:10] == ["已完成", "有风险"]


def test_declared_completion_stands_beside_the_computed_one(city):
    data = issue(city)
    row = row_of(data, city["goals"]["on_time"])
    received = send(city, edit(data, {(row, "value"): 15, (row, "completion"): 100}))
    submissions.approve(received.submission, user=city["supervisor"])
    progress.ensure_statuses(AS_OF)
    status = GoalStatus.objects.get(goal=city["goals"]["on_time"], as_of=AS_OF)
    assert (status.completion, status.declared_completion, status.declared) == (Decimal("0.5"), 1, Status.DONE)


@pytest.mark.skipif(not shutil.which("soffice"), reason="需要 LibreOffice（soffice）。")
def test_workbook_saved_again_by_libreoffice_is_still_ours(city, tmp_path):
    (tmp_path / "in.xlsx").write_bytes(fill(city, issue(city)))
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to"]
    subprocess.run(
        [*command, "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out"), str(tmp_path / "in.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    received = send(city, (tmp_path / "out" / "in.xlsx").read_bytes())
    assert received.errors == []
    assert received.submission.entries[0]["value"] == "7000"
    assert received.submission.entries[0]["progress"] == "已改造7000户，\n其余正在施工"


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("value", "约五成", "“完成值”不是数字（“约五成”）"),
        ("value", "=1+1", "“完成值”是公式，没有算出的值"),
        ("value", True, "“完成值”不是数字"),
        ("value", 1e30, "“完成值”太大"),
        ("day", "下个月", "“数据截止”不是日期（“下个月”）"),
        ("day", datetime(2024, 11, 3), "“数据截止”2024-11-03晚于截至日期2024-10-31"),
        ("declared", "基本完成", "“自报状态”应从下拉列表中选择（现为“基本完成”）"),
        ("completion", "近九成", "“自报完成率（%）”不是数字"),
        ("progress", "长" * 2001, "“进展情况”有2001字，超过2000字"),
        ("target", 1, "“目标值”是锁定的单元格，发出时为“8000”，现为“1”"),
        ("indicator", "改造户厕", "“指标”是锁定的单元格"),
    ],
)
def test_errors_name_row_and_column_and_nothing_is_stored(city, key, value, words):
    data = issue(city)
    row = row_of(data, city["goals"]["behind"])
    received = send(city, edit(data, {(row, "progress"): "正常", (row, key): value}))
    assert received.submission is None and Submission.objects.count() == 0
    assert len(received.errors) == 1
    assert received.errors[0].startswith(f"第{row}行") and words in received.errors[0]


def test_every_error_is_told_at_once(city):
    data = issue(city)
    rows = [row_of(data, city["goals"][name]) for name in ("behind", "on_time")]
    received = send(
        city, edit(data, {(rows[0], "value"): "若干", (rows[1], "day"): "月底", (rows[1], "declared"): "快了"})
    )
    assert len(received.errors) == 3


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (lambda book: book[SHEET].insert_cols(5), "结构被改动：第4行E列应为“单位”，现为“空”"),
        (lambda book: setattr(book[SHEET], "title", "Sheet1"), "没有名为“填报表”的工作表"),
        (lambda book: book.remove(book[TOKEN_SHEET]), "不是本系统发出的填报表"),
        (lambda book: book[TOKEN_SHEET].cell(1, 1, "forged:token:abc"), "标识被改动"),
    ],
)
def test_rebuilt_and_foreign_files_are_refused(city, work, words):
    with pytest.raises(RoundError, match=words):
        send(city, edit(issue(city), {}, work))


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (lambda sheet: sheet.delete_rows(5), "少了1行"),
        (lambda sheet: sheet.append(["新增", "某指标"]), "不是发出的表里的行"),
        (lambda sheet: sheet.cell(6, KEYS.index("id") + 1, sheet.cell(5, KEYS.index("id") + 1).value), "出现了2次"),
    ],
)
def test_added_removed_and_doubled_rows_are_errors(city, work, words):
    received = send(city, edit(issue(city), {}, lambda book: work(book[SHEET])))
    assert any(words in error for error in received.errors) and received.submission is None


@pytest.mark.parametrize("data", [b"", b"not a workbook", b"PK\x03\x04broken"])
def test_files_that_are_no_workbook(city, data):
    with pytest.raises(RoundError, match="打不开"):
        send(city, data)


def test_another_workbook_is_foreign(city):
    out = io.BytesIO()
    Workbook().save(out)
    with pytest.raises(RoundError, match="不是本系统发出"):
        send(city, out.getvalue())


def test_another_departments_officer_may_not_hand_in(city):
    with pytest.raises(RoundError, match="不是该单位的填报员"):
        send(city, fill(city, issue(city)), user="stranger")


def test_two_peoples_uploads_are_caught(city):
    first = send(city, fill(city, issue(city))).submission
    data = fill(city, issue(city, "colleague"))
    with pytest.raises(RoundError, match="liaison已于.*正待审批"):
        send(city, data, user="colleague")
    submissions.withdraw(first, user=city["liaison"])
    second = send(city, data, user="colleague").submission
    assert second.state == SubmissionState.PENDING
    third = send(city, fill(city, issue(city, "colleague")), user="colleague").submission
    second.refresh_from_db()
    assert (second.state, third.state) == (SubmissionState.WITHDRAWN, SubmissionState.PENDING)


def test_stale_workbook_is_refused_after_an_approval(city):
    old = fill(city, issue(city))
    submission = send(city, fill(city, issue(city))).submission
    submissions.approve(submission, user=city["supervisor"])
    with pytest.raises(RoundError, match="这份表是旧的"):
        send(city, old)


def test_goal_changed_since_the_workbook_went_out(city):
    data = fill(city, issue(city))
    row = row_of(data, city["goals"]["behind"])
    Goal.objects.filter(pk=city["goals"]["behind"].pk).update(revision=7)
    assert send(city, data).errors[0].startswith(f"第{row}行的目标在表发出后被修改或删除")


def test_closed_month_takes_nothing_in(city):
    data = fill(city, issue(city))
    submission = send(city, data).submission
    months.close_month(AS_OF)
    with pytest.raises(RoundError, match="已经关账"):
        send(city, data)
    with pytest.raises(RoundError, match="已经关账"):
        submissions.approve(submission, user=city["supervisor"])


def test_approving_twice_is_refused_and_returning_needs_a_reason(city):
    submission = send(city, fill(city, issue(city))).submission
    with pytest.raises(RoundError, match="理由"):
        submissions.return_submission(submission, user=city["supervisor"], decision="")
    submissions.approve(submission, user=city["supervisor"])
    with pytest.raises(RoundError, match="已经处理过"):
        submissions.approve(submission, user=city["supervisor"])
    assert Result.objects.filter(origin=Origin.WORKBOOK, measure="level").count() == 1


def test_web_entries_take_the_same_way_and_replace_what_came_before(city):
    goal = city["goals"]["behind"]
    for value in ("6000", "6500"):
        entry = Entry(goal.pk, value=value, day="2024-10-31", progress="推进中")
        submission = submissions.receive_entries(city["own"], AS_OF, [entry], user=city["liaison"])
        submissions.approve(submission, user=city["supervisor"])
    results = Result.objects.filter(origin=Origin.WORKBOOK).order_by("pk")
    assert [(each.value, each.review) for each in results] == [(6000, Review.REJECTED), (6500, Review.ACCEPTED)]
    assert all(each.document.content[each.start : each.end] == each.quote for each in results)
    progress.ensure_statuses(AS_OF)
    assert GoalStatus.objects.get(goal=goal, as_of=AS_OF).value == 6500


def test_falling_cumulative_value_and_declared_done_raise_a_doubt(city):
    data = issue(city)
    row = row_of(data, city["goals"]["on_time"])
    submission = send(city, edit(data, {(row, "value"): 20, (row, "declared"): "已完成"})).submission
    doubts = {each["field"]: each["doubt"] for each in submission.differences}
    assert doubts["完成值"] == "低于上次的25万亩，累计数一般不应下降。"
    assert doubts["自报状态"] == "自报已完成，但完成值低于目标值。"


def test_workbook_without_anything_filled_in(city):
    with pytest.raises(RoundError, match="没有填写"):
        send(city, edit(issue(city), {}))
    assert WorkbookIssue.objects.count() == 1


@pytest.mark.parametrize(
    ("value", "unit", "form", "expected"),
    [
        (25, "个", "General", "25"), ("1,234.5", "", "General", "1234.5"), ("２５", "", "General", "25"),
        ("25个", "个", "General", "25"), (0.5, "%", "0%", "50"), (0.1, "亿元", "General", "0.1"), ("  ", "", "General", None),
        (None, "", "General", None), (-3, "%", "General", "-3"), ("50%", "%", "General", "50"),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(value, unit, form, expected):
    found = read_number(value, "完成值", unit=unit, form=form)
    assert found == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize("value", ["25户", "五", float("nan"), float("inf"), "1e400", date(2024, 1, 1), "NaN", "1-8"])
def test_what_is_no_number(value):
    with pytest.raises(CellError):
        read_number(value, "完成值", unit="个")


@pytest.mark.parametrize("text", ["2024-10-30", "2024.10.30", "2024/10/30", "2024年10月30日", "２０２４-10-30"])
def test_dates_as_people_write_them(text):
    assert read_day(text, "数据截止", latest=AS_OF) == date(2024, 10, 30)


def test_status_words_with_and_without_brackets():
    assert read_status("未达序时进度", "自报状态") == read_status("未达序时进度（滞后）", "自报状态") == Status.BEHIND
    with pytest.raises(CellError):
        read_status("2024-02-30", "自报状态")
