"""Closing a month: frozen, reproducible cell by cell, compared, reopened with a reason."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook

from reports import tasks
from reports.ledger import frozen, write_ledger, write_workbook
from reports.ledger.frozen import read_pages
from reports.ledger.rows import pack, read_rows, unpack
from reports.models import Snapshot, SnapshotPage, SnapshotState
from reports.services import months
from tests.app import reports_samples as samples
from tracker.models import Event, Goal, GoalStatus, Organisation, Result, Role, Rules, Status
from tracker.services import corrections

pytestmark = pytest.mark.django_db
NOVEMBER = date(2024, 11, 30)


def cells(snapshot: Snapshot, **kwargs) -> dict[str, list[tuple]]:
    out = io.BytesIO()
    write_workbook(months.snapshot_source(snapshot, **kwargs), out)
    book = load_workbook(io.BytesIO(out.getvalue()))
    return {
        sheet.title: [
            (cell.coordinate, cell.value, cell.number_format, cell.hyperlink.target if cell.hyperlink else None)
            for row in sheet.iter_rows()
            for cell in row
        ]
        for sheet in book
    }


def package(snapshot: Snapshot) -> dict[str, bytes]:
    """Every part of the workbook as it lies in the file: sheets, styles, drawings, charts, links, comments."""
    out = io.BytesIO()
    write_workbook(months.snapshot_source(snapshot), out)
    with zipfile.ZipFile(out) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def test_closed_month_is_the_same_cell_by_cell_whatever_is_corrected_later(settings):
    goals = samples.make_city()
    user = samples.make_user("supervisor", Role.SUPERVISOR)
    snapshot = months.close_month(samples.AS_OF, user=user)
    before, parts = cells(snapshot), package(snapshot)
    assert {"xl/charts/chart1.xml", "xl/charts/chart2.xml", "xl/drawings/drawing1.xml"} <= parts.keys()
    settings.OFFICE, settings.BASE_URL = "绩效办", "http://10.0.0.1"
    corrections.correct(goals["behind"], {"value": 9000, "owner": "赵明"}, user=user, reason="笔误")
    corrections.decide_status(goals["no_data"], samples.AS_OF, Status.NOT_STARTED, user=user, reason="电话核实")
    Organisation.objects.filter(pk=goals["done"].organisation_id).update(name="望海市工信局")
    Result.objects.filter(organisation=goals["ahead"].organisation).delete()
    goals["overdue"].delete()
    Rules.objects.create(red_from=-50)
    assert cells(Snapshot.objects.get(pk=snapshot.pk)) == before
    assert package(Snapshot.objects.get(pk=snapshot.pk)) == parts
    assert months.is_intact(snapshot)
    assert snapshot.counts[Status.OVERDUE] == 1 and snapshot.rows == 9


def test_closing_twice_or_too_early_is_refused():
    samples.make_city()
    months.close_month(samples.AS_OF)
    with pytest.raises(months.RoundError, match="已经关账"):
        months.close_month(samples.AS_OF)
    with pytest.raises(months.RoundError, match="还没有到"):
        months.close_month(date.today() + timedelta(days=40))
    assert Snapshot.objects.count() == 1


def test_reopening_asks_for_a_reason_and_keeps_the_first_version():
    goals = samples.make_city()
    user = samples.make_user("supervisor", Role.SUPERVISOR)
    first = months.close_month(samples.AS_OF, user=user)
    with pytest.raises(months.RoundError, match="理由"):
        months.reopen_month(first, user=user, reason="  ")
    months.reopen_month(first, user=user, reason="农业农村局补报")
    with pytest.raises(months.RoundError, match="已经重开"):
        months.reopen_month(first, user=user, reason="再来")
    before = cells(first)
    corrections.decide_status(goals["behind"], samples.AS_OF, Status.DONE, user=user, reason="现场核验")
    second = months.close_month(samples.AS_OF, user=user)
    assert (first.version, second.version) == (1, 2)
    assert first.state == SnapshotState.REOPENED and first.reopened_by == user
    assert cells(first) == before != cells(second)
    assert second.counts[Status.DONE] == first.counts[Status.DONE] + 1
    reasons = list(Event.objects.filter(action="reopen_month").values_list("reason", flat=True))
    assert reasons == ["农业农村局补报"]


def test_differences_since_the_month_before_with_reasons():
    goals = samples.make_city()
    user = samples.make_user("supervisor", Role.SUPERVISOR)
    months.close_month(samples.AS_OF, user=user)
    corrections.correct(goals["behind"], {"value": 9000}, user=user, reason="计划表录入有误")
    for row in GoalStatus.objects.filter(as_of=samples.AS_OF).exclude(goal=goals["not_started"]):
        GoalStatus.objects.create(
            goal=row.goal, as_of=NOVEMBER, computed=row.computed, light=row.light, result=row.result, answers=row.answers,
            status=Status.DONE if row.goal == goals["ahead"] else row.status,
        )  # fmt: skip
    Goal.objects.filter(pk=goals["not_started"].pk).update(review="rejected")
    new = samples.make_goal(goals["done"].organisation, "新增上市公司", 2, "家", document=goals["done"].document)
    samples_as_of = GoalStatus.objects.create(
        goal=new, as_of=NOVEMBER, status="no_data", computed="no_data", light="grey"
    )
    assert samples_as_of.pk
    snapshot = months.close_month(NOVEMBER, user=user)
    found = {(d.goal, d.field): (d.before, d.after, d.reason) for d in read_pages(snapshot, "differences")}
    assert found[goals["behind"].pk, "目标值"] == ("≥8000户", "≥9000户", "计划表录入有误")
    assert found[goals["ahead"].pk, "状态"][:2] == ("超序时", "已完成")
    assert found[new.pk, "新增目标"][1] == new.quote
    assert (goals["not_started"].pk, "不再列入") in found
    sheet = dict.fromkeys(value for _, value, *_ in cells(snapshot)["变更记录"])
    assert "计划表录入有误" in sheet


def test_differences_are_the_same_however_a_month_is_paged(monkeypatch):
    """Rows of the earlier month are fetched page by page when they differ; here two rows a page and one page open."""
    monkeypatch.setattr(months, "CHUNK", 2)
    monkeypatch.setattr(frozen, "CHUNK", 2)
    monkeypatch.setattr(frozen, "OPEN_PAGES", 1)
    samples.make_city()
    snapshot = months.close_month(samples.AS_OF)
    assert snapshot.pages.filter(kind="rows").count() == 5
    later = list(read_rows(samples.AS_OF))
    assert list(frozen.find_differences(snapshot, later)) == []
    for row in later[:-2]:
        row.problems = f"第{row.goal}项的问题"
    found = list(frozen.find_differences(snapshot, reversed(later[:-1])))
    assert [(d.goal, d.field, d.after) for d in found] == [
        *((row.goal, "存在问题", row.problems) for row in reversed(later[:-2])),
        (later[-1].goal, "不再列入", ""),
    ]
    own = {later[0].organisation_id}
    some = [row for row in later if row.organisation_id in own]
    assert {d.organisation_id for d in frozen.find_differences(snapshot, some, own)} == own


def test_an_altered_page_is_noticed():
    samples.make_city()
    snapshot = months.close_month(samples.AS_OF)
    page = SnapshotPage.objects.filter(snapshot=snapshot, kind="rows").get()
    other = SnapshotPage.objects.filter(snapshot=snapshot, kind="adjustments").get()
    SnapshotPage.objects.filter(pk=page.pk).update(data=bytes(other.data))
    assert not months.is_intact(snapshot)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2024, 11, 4), None),
        (date(2024, 11, 5), samples.AS_OF),
        (date(2024, 11, 20), samples.AS_OF),
    ],
)
def test_schedule_closes_on_the_chosen_day(today, expected):
    samples.make_city()
    made = months.close_if_due(today)
    assert (made.as_of if made else None) == expected
    assert months.close_if_due(today) is None or expected is None


def test_schedule_leaves_a_reopened_month_alone_and_obeys_the_switch():
    samples.make_city()
    user = samples.make_user("supervisor", Role.SUPERVISOR)
    snapshot = months.close_if_due(date(2024, 11, 6))
    months.reopen_month(snapshot, user=user, reason="补报")
    assert months.close_if_due(date(2024, 11, 7)) is None
    settings = months.round_settings()
    settings.close_automatically = False
    settings.save()
    assert months.close_if_due(date(2024, 12, 7)) is None


def test_pages_kept_by_an_earlier_version_are_still_read():
    """A field that rows got later has its default; nothing else moves."""
    samples.make_city()
    row = next(iter(read_rows(samples.AS_OF)))
    assert unpack(type(row), pack(row)) == row
    assert unpack(type(row), pack(row)[:-1]) == row


def test_one_organisation_of_a_snapshot():
    goals = samples.make_city()
    snapshot = months.close_month(samples.AS_OF)
    own = Organisation.objects.filter(pk=goals["behind"].organisation_id)
    found = cells(snapshot, organisations=own, scope=own.get().name)
    names = {
        value
        for place, value, *_ in found["进展情况总表"]
        if place[0] == "B" and place[1:].isdigit() and int(place[1:]) > 4
    }
    assert names - {None} == {own.get().name}


def test_schedule_names_tasks_that_exist(settings, monkeypatch):
    called = []
    monkeypatch.setattr(tasks.months, "close_if_due", lambda today: called.append("close"))
    monkeypatch.setattr(tasks.notices, "run_rules", lambda today: called.append("notices"))
    own = [each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values() if each["task"].startswith("reports.")]
    for name in own:
        getattr(tasks, name.removeprefix("reports.tasks.")).run()
    assert sorted(called) == ["close", "notices"]


def test_live_ledger_tells_what_changed_since_the_closed_month():
    goals = samples.make_city()
    user = samples.make_user("supervisor", Role.SUPERVISOR)
    months.close_month(samples.AS_OF, user=user)
    GoalStatus.objects.create(
        goal=goals["no_data"], as_of=NOVEMBER, status=Status.OVERDUE, computed=Status.OVERDUE, light="red"
    )
    out = io.BytesIO()
    write_ledger(NOVEMBER, out, goals["no_data"].organisation)
    sheet = load_workbook(io.BytesIO(out.getvalue()))["变更记录"]
    rows = {(row[2].value, row[3].value): (row[4].value, row[5].value) for row in sheet.iter_rows(min_row=4)}
    assert rows["培育工业互联网平台", "状态"] == ("无数据", "逾期未完成")
    assert not any(name == "改造农村户厕" for name, _ in rows)
