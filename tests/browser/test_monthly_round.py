"""The monthly round in a real browser, each step as the role whose step it is."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from reports.models import Extension, LedgerFile, Notice, Snapshot, Submission
from reports.roundtrip.layout import KEYS, SHEET
from reports.services import files, months
from tests import factories
from tests.app import reports_samples as samples
from tracker.models import Goal, GoalStatus, Role, Status
from tracker.services import corrections, progress, queue

AS_OF = samples.AS_OF
DAY = AS_OF.isoformat()


@pytest.fixture
def town(transactional_db, settings, tmp_path):
    """Nine goals of three organisations; the liaison officer answers for 望海市农业农村局."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    goals = samples.make_city()
    own = goals["behind"].organisation
    factories.user("admin", Role.ADMINISTRATOR)
    factories.user("supervisor", Role.SUPERVISOR)
    factories.user("liaison", Role.LIAISON, own, last_name="周", first_name="晓")
    return goals


@pytest.fixture
def desk(chromium, live_server, enter):
    """A window of a role's own, logged in; a failing script or page fails the test."""
    opened, trouble = [], []

    def sit_down(name: str):
        context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", accept_downloads=True)
        opened.append(context)
        tab = context.new_page()
        tab.set_default_timeout(10_000)
        tab.on("pageerror", lambda error: trouble.append(str(error)))
        tab.on("response", lambda got: trouble.append(f"{got.status} {got.url}") if got.status >= 500 else None)
        enter(tab, name)
        return tab

    yield sit_down
    for context in opened:
        context.close()
    assert trouble == []


def fetch(tab, locator) -> bytes:
    """What a link downloads."""
    with tab.expect_download() as got:
        locator.click()
    return Path(got.value.path()).read_bytes()


def no_sideways_scroll(tab) -> bool:
    return tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_filled_in_on_the_page_and_approved(desk, live_server, town, shot):
    goal = town["on_time"]
    liaison = desk("liaison")
    liaison.goto(f"{live_server.url}/reports/fill/?day={DAY}")
    liaison.get_by_role("link", name="填写").click()
    liaison.fill(f"#value-{goal.pk}", "约二十")
    liaison.get_by_role("button", name="提交填报").click()
    liaison.get_by_text("“完成值”不是数字（“约二十”）").wait_for()
    liaison.fill(f"#value-{goal.pk}", "20")
    liaison.select_option(f"#declared-{goal.pk}", "已完成")
    liaison.fill(f"#progress-{goal.pk}", "高标准农田已近尾声")
    liaison.fill(f"#problems-{goal.pk}", "冬季施工困难")
    shot(liaison, "round-fill-online", whole=True)
    liaison.get_by_role("button", name="提交填报").click()
    liaison.get_by_text("逐格变化").first.wait_for()
    assert liaison.get_by_text("低于上次的25万亩，累计数一般不应下降。").count() == 1
    assert liaison.get_by_text("自报已完成，但完成值低于目标值。").count() == 1
    assert liaison.get_by_role("button", name="采纳").count() == 0
    shot(liaison, "round-submission")

    supervisor = desk("supervisor")
    supervisor.goto(f"{live_server.url}/reports/fill/?day={DAY}")
    supervisor.locator("table.plain").get_by_role("link", name="望海市农业农村局").click()
    supervisor.fill("#decision", "已电话核实")
    supervisor.get_by_role("button", name="采纳").click()
    supervisor.get_by_text("已采纳，1项进入台账。").wait_for()
    supervisor.get_by_role("link", name="看入库文档").click()
    supervisor.get_by_text("自报状态：已完成。").first.wait_for()
    supervisor.goto(f"{live_server.url}/goals/{goal.pk}/?as_of={DAY}")
    supervisor.get_by_text("冬季施工困难").first.wait_for()
    shot(supervisor, "round-goal-after-filing", whole=True)
    status = GoalStatus.objects.get(goal=goal, as_of=AS_OF)
    assert (status.value, status.declared, status.computed) == (20, Status.DONE, Status.BEHIND)


def edited(data: bytes, goal: Goal, **cells) -> bytes:
    book = load_workbook(io.BytesIO(data))
    sheet = book[SHEET]
    row = next(row for row in range(5, 20) if sheet.cell(row, KEYS.index("id") + 1).value == f"G{goal.pk}")
    for key, value in cells.items():
        sheet.cell(row, KEYS.index(key) + 1).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(tab, data: bytes) -> None:
    tab.set_input_files("#id_file", {"name": "填报表.xlsx", "mimeType": "application/octet-stream", "buffer": data})
    tab.get_by_role("button", name="上传", exact=True).click()


def test_workbook_goes_out_comes_back_with_errors_then_right(desk, live_server, town, shot):
    goal, other = town["behind"], town["on_time"]
    liaison = desk("liaison")
    liaison.goto(f"{live_server.url}/reports/fill/?day={DAY}")
    empty = fetch(liaison, liaison.get_by_role("link", name="下载", exact=True))
    upload(liaison, edited(edited(empty, goal, value="若干", target=1), other, declared="快了"))
    liaison.get_by_text("共3处需要改正，改好后重新上传整份表：").wait_for()
    assert liaison.locator("main ol li").count() == 3
    shot(liaison, "round-refused")
    assert Submission.objects.count() == 0
    upload(liaison, edited(empty, goal, value=7000, day=AS_OF, progress="已改造7000户"))
    liaison.get_by_text("5200户").first.wait_for()
    assert liaison.get_by_text("7000户", exact=True).count() == 1
    shot(liaison, "round-difference")

    supervisor = desk("supervisor")
    supervisor.goto(f"{live_server.url}/reports/submissions/{Submission.objects.get().pk}/")
    supervisor.get_by_role("button", name="退回").click()
    supervisor.get_by_text("退回填报要写明理由。").wait_for()
    supervisor.fill("#decision", "请附照片")
    supervisor.get_by_role("button", name="退回").click()
    supervisor.get_by_text("已退回。").first.wait_for()
    liaison.goto(f"{live_server.url}/reports/fill/?day={DAY}")
    liaison.get_by_role("link", name="已退回").click()
    liaison.get_by_text("请附照片").wait_for()
    liaison.goto(f"{live_server.url}/reports/fill/?day={DAY}")
    upload(liaison, edited(empty, goal, value=7100, day=AS_OF, progress="已改造7100户，照片已报"))
    liaison.get_by_text("7100户", exact=True).wait_for()
    supervisor.goto(f"{live_server.url}/reports/fill/?day={DAY}")
    supervisor.locator("table.plain").get_by_role("link", name="望海市农业农村局").click()
    supervisor.get_by_role("button", name="采纳").click()
    supervisor.get_by_text("已采纳，1项进入台账。").wait_for()
    progress.ensure_statuses(AS_OF)
    assert GoalStatus.objects.get(goal=goal, as_of=AS_OF).value == 7100


def test_notice_reply_extension_and_closing(desk, live_server, town, shot):
    goal, today = town["behind"], timezone.localdate()
    supervisor = desk("supervisor")
    supervisor.goto(f"{live_server.url}/goals/{goal.pk}/?as_of={DAY}")
    supervisor.get_by_role("link", name="催办").click()
    shot(supervisor, "round-send")
    supervisor.fill("#id_due_on", (today + timedelta(days=5)).isoformat())
    supervisor.get_by_role("button", name="发出").click()
    supervisor.get_by_text("改造农村户厕").first.wait_for()
    notice = Notice.objects.get()

    liaison = desk("liaison")
    liaison.goto(f"{live_server.url}/reports/notices/")
    liaison.get_by_role("link", name=notice.number).click()
    liaison.get_by_role("heading", name="工作提示单", exact=True).wait_for()
    liaison.fill("#id_words", "正在赶工，争取年底前完成")
    liaison.get_by_role("button", name="提交回复").click()
    liaison.get_by_text("补充回复").wait_for()
    liaison.fill("#id_deadline", "2025-03-31")
    liaison.fill("#id_reason", "冬季不能施工")
    shot(liaison, "round-notice", whole=True)
    liaison.get_by_role("button", name="提交申请").click()
    liaison.get_by_text("2024-12-31 → 2025-03-31").wait_for()
    assert liaison.get_by_role("button", name="提交申请").count() == 0
    shot(liaison, "round-extension-asked", whole=True)

    supervisor.goto(f"{live_server.url}/reports/notices/")
    supervisor.get_by_text("待审批的延期申请").wait_for()
    shot(supervisor, "round-extensions")
    supervisor.fill("[name=decision]", "同意")
    supervisor.get_by_role("button", name="同意", exact=True).click()
    supervisor.get_by_text("已同意延期至2025-03-31。").wait_for()
    goal.refresh_from_db()
    assert (str(goal.period_end), str(goal.original_deadline)) == ("2025-03-31", "2024-12-31")
    supervisor.goto(f"{live_server.url}/goals/{goal.pk}/?as_of={DAY}")
    assert supervisor.get_by_text("2024-12-31").count() >= 1
    shot(supervisor, "round-goal-extended", whole=True)
    supervisor.goto(f"{live_server.url}/reports/notices/{notice.pk}/")
    supervisor.fill("#reason", "已按新时限安排")
    supervisor.get_by_role("button", name="办结").click()
    supervisor.locator(".tag", has_text="已办结").first.wait_for()
    assert Extension.objects.get().state == "granted"


def test_month_closed_reopened_compared_and_fetched(desk, live_server, town, shot, settings):
    supervisor = desk("supervisor")
    supervisor.goto(f"{live_server.url}/reports/months/")
    for day in ("2024-09-30", DAY):
        supervisor.fill("#id_as_of", day)
        supervisor.get_by_role("button", name="关账").click()
        supervisor.get_by_text(f"已关账：截至{day}").wait_for()
    shot(supervisor, "round-months")
    before, first = Snapshot.objects.order_by("as_of")
    kept = fetch(supervisor, supervisor.locator(f"a[href$='/months/{first.pk}/ledger/']"))
    boss = factories.user("corrector", Role.ADMINISTRATOR)
    corrections.correct(town["behind"], {"value": 9000}, user=boss, reason="批复调整")
    supervisor.goto(f"{live_server.url}/reports/months/{first.pk}/")
    shot(supervisor, "round-month", whole=True)
    supervisor.get_by_text("重开这个月").click()
    supervisor.fill("#id_reason", "漏报一项")
    supervisor.get_by_role("button", name="重开", exact=True).click()
    supervisor.get_by_text("已重开。原来的版本仍可查看和下载").wait_for()
    supervisor.goto(f"{live_server.url}/reports/months/")
    supervisor.fill("#id_as_of", DAY)
    supervisor.get_by_role("button", name="关账").click()
    supervisor.get_by_text(f"已关账：截至{DAY}").wait_for()
    second = Snapshot.objects.get(version=2)
    assert fetch(supervisor, supervisor.locator(f"a[href$='/months/{first.pk}/ledger/']")) == kept
    for snapshot in (first, second):
        supervisor.check(f"input[name=month][value='{snapshot.pk}']")
    supervisor.get_by_role("button", name="比较选中的两个月").click()
    supervisor.get_by_role("heading", name="2024年10月 第1版与2024年10月 第2版比较").wait_for()
    supervisor.get_by_text("≥9000户").first.wait_for()
    assert supervisor.get_by_text("批复调整").count() >= 1
    shot(supervisor, "round-compare", whole=True)
    supervisor.goto(f"{live_server.url}/reports/months/compare/?month={before.pk}&month={second.pk}")
    supervisor.get_by_role("heading", name="2024年9月与2024年10月比较").wait_for()
    shot(supervisor, "round-compare-months", whole=True)
    supervisor.goto(f"{live_server.url}/reports/months/{second.pk}/")
    ledger = load_workbook(io.BytesIO(fetch(supervisor, supervisor.get_by_role("link", name="下载台账"))))
    assert 9000 in {row[5].value for row in ledger["进展情况总表"].iter_rows(min_row=5)}
    assert fetch(supervisor, supervisor.get_by_role("link", name="通报草稿"))[:2] == b"PK"
    link = next(row[5].hyperlink for row in ledger["进展情况总表"].iter_rows(min_row=5) if row[5].value == 9000)
    supervisor.goto(f"{link.target.replace(settings.BASE_URL, live_server.url)}#{link.location}")
    supervisor.locator(f"#goal-mark-{town['behind'].pk}").wait_for()
    supervisor.locator(f"#goal-{town['behind'].pk}[aria-current=true]").wait_for()
    shot(supervisor, "round-source-of-a-figure")


def test_goal_is_broken_down_and_rolls_up(desk, live_server, town, shot):
    goal = town["risk"]
    supervisor = desk("supervisor")
    supervisor.goto(f"{live_server.url}/reports/breakdown/?q=农村公路")
    supervisor.get_by_role("link", name="新改建农村公路").click()
    for title, weight in (("东片区路面", "2"), ("西片区路面", "1")):
        supervisor.fill("#id_title", title)
        supervisor.select_option("#id_lead", label="望海市农业农村局")
        supervisor.fill("#id_weight", weight)
        supervisor.fill("#id_deadline", "2024-11-30")
        supervisor.get_by_role("button", name="加任务").click()
        supervisor.get_by_role("heading", name=title).wait_for()
    east = supervisor.locator("section.card", has=supervisor.get_by_role("heading", name="东片区路面"))
    for day, sentence, share in (("2024-06-30", "路基完成", "40"), ("2024-11-30", "路面完成", "60")):
        if not east.locator("details[open]").count():
            east.locator("summary").click()
        east.locator("[name=due_on]").fill(day)
        east.locator("[name=sentence]").fill(sentence)
        east.locator("[name=share]").fill(share)
        east.get_by_role("button", name="加节点").click()
        supervisor.get_by_text(sentence).first.wait_for()
    milestone = east.locator("tr", has_text="路基完成")
    milestone.locator("[name=done_on]").fill("2024-07-05")
    milestone.get_by_role("button", name="记下").click()
    supervisor.goto(f"{live_server.url}/reports/breakdown/{goal.pk}/?as_of={DAY}")
    supervisor.get_by_text("（40.0%×2＋0%×1）÷3＝26.7%，应达26.7%").wait_for()
    shot(supervisor, "round-breakdown", whole=True)
    supervisor.goto(f"{live_server.url}/reports/breakdown/?as_of={DAY}")
    assert supervisor.get_by_text("26.7%").count() >= 1


def test_scoring_rules_and_ranking(desk, live_server, town, shot):
    months.close_month(AS_OF)
    admin = desk("admin")
    admin.goto(f"{live_server.url}/reports/ranking/rules/")
    admin.get_by_label("达到序时进度", exact=True).fill("9")
    shot(admin, "round-scoring")
    admin.get_by_role("button", name="保存").click()
    admin.goto(f"{live_server.url}/reports/ranking/")
    admin.get_by_text("达到序时进度1项×9＋未达序时进度（滞后）1项×4＝13；13÷2项＝6.5分").wait_for()
    shot(admin, "round-ranking")
    assert no_sideways_scroll(admin)
    admin.get_by_role("button", name="看季度").click()
    admin.get_by_text("季度得分＝各已关账月份得分的平均").wait_for()


def test_large_ledger_tells_how_far_it_is(desk, live_server, town, shot, monkeypatch):
    monkeypatch.setattr(files, "AT_ONCE", 3)
    monkeypatch.setattr(queue, "send", lambda *_: True)
    supervisor = desk("supervisor")
    supervisor.goto(f"{live_server.url}/reports/months/?as_of={DAY}")
    supervisor.get_by_role("link", name="下载当前台账").click()
    supervisor.get_by_text("等待生成").wait_for()
    row = LedgerFile.objects.get()
    LedgerFile.objects.filter(pk=row.pk).update(state="writing", written=4)
    supervisor.get_by_text("正在生成：已写 4 / 9 项目标").wait_for()
    shot(supervisor, "round-file-writing")
    LedgerFile.objects.filter(pk=row.pk).update(state="waiting")
    files.work_off(row.pk)
    link = supervisor.get_by_role("link", name="下载", exact=True)
    link.wait_for()
    shot(supervisor, "round-file-ready")
    assert load_workbook(io.BytesIO(fetch(supervisor, link)))["进展情况总表"]["A1"].value.startswith("重点目标任务")
    supervisor.goto(f"{live_server.url}/reports/months/")
    supervisor.get_by_role("heading", name="我要的台账文件").wait_for()
    shot(supervisor, "round-own-files")


@pytest.mark.parametrize("width", [1366, 390])
def test_pages_of_the_round_do_not_scroll_sideways(desk, live_server, town, width):
    months.close_month(AS_OF)
    admin = desk("admin")
    admin.set_viewport_size({"width": width, "height": 800})
    own, goal = town["behind"].organisation_id, town["behind"].pk
    wide = []
    for path in (
        "months/", f"months/{Snapshot.objects.get().pk}/", f"fill/?day={DAY}", f"fill/{own}/?day=2024-11-30", "notices/",
        f"notices/send/?goal={goal}", "notices/rules/", "notices/rules/add/", "ranking/", "ranking/rules/", "breakdown/?q=改造",
        f"breakdown/{goal}/", "tokens/", "submissions/",
    ):  # fmt: skip
        assert admin.goto(f"{live_server.url}/reports/{path}").status == 200
        if not no_sideways_scroll(admin):
            wide.append(path)
    assert wide == []
