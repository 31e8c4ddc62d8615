"""A working day in a real browser: upload, progress, review, ledger, export, goal page, wall; as each role."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tracker.models import Goal, ImportJob, JobState, Link, LinkState, Result, Review
from tracker.services.importing import run_job

PLAN = """望海市商务局2024年工作计划

2024年1月20日

一、工作目标
全年新增外贸企业100家以上。实际使用外资4亿美元。社会消费品零售总额增长6%以上。
"""
HALF_YEAR = """望海市商务局2024年上半年工作总结

2024年7月10日

一、上半年工作完成情况
上半年，新增外贸企业56家，实际使用外资1.8亿美元，社会消费品零售总额增长5.2%。

二、下半年工作打算
全年新增外贸企业100家以上。
"""
YEAR = """望海市商务局2024年工作总结

2025年1月8日

一、2024年工作完成情况
全年新增外贸企业112家，实际使用外资3.6亿美元，社会消费品零售总额增长6.3%。
"""


@pytest.fixture
def files(tmp_path):
    paths = []
    for name, text in (("2024年计划.txt", PLAN), ("2024年上半年总结.txt", HALF_YEAR), ("2024年总结.txt", YEAR)):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        paths.append(str(path))
    return paths


def work() -> None:
    """What the worker does, here in the test's own thread."""
    for job in ImportJob.objects.filter(state=JobState.PENDING).order_by("pk"):
        assert run_job(job.pk) == JobState.DONE


def test_from_upload_to_the_wall(page, live_server, people, enter, files, shot):
    enter(page, "supervisor")
    page.goto(f"{live_server.url}/upload/")
    page.set_input_files("#files", files)
    assert page.locator("#file-list li").count() == 3
    shot(page, "upload")
    page.click("[data-upload-button]")
    page.wait_for_url("**/imports/batch/**")
    assert page.locator("progress").count() == 3
    shot(page, "progress-open")
    work()
    page.get_by_text("全部处理完：3/3 份完成").wait_for()
    shot(page, "progress-done")

    review_one_document(page, live_server, shot)
    accept_many_above_a_score(page, live_server, shot)
    reject_one_link(page, live_server)
    filter_and_export(page, live_server, shot)

    page.click("text=新增外贸企业 >> nth=0")
    page.wait_for_url("**/goals/*/**")
    page.locator("svg.chart").wait_for()
    shot(page, "goal", whole=True)
    page.goto(f"{live_server.url}/wall/?as_of=2024-12-31")
    page.get_by_text("重点目标挂图作战").wait_for()
    page.set_viewport_size({"width": 1920, "height": 1080})
    shot(page, "wall")


def review_one_document(page, live_server, shot) -> None:
    """By keyboard: accept one, correct one with a reason, reject one and take it back."""
    goal = Goal.objects.filter(document__name="2024年计划.txt").order_by("start").first()
    page.goto(f"{live_server.url}/documents/{goal.document_id}/?at=goal-{goal.pk}")
    page.locator(f"#goal-{goal.pk}[aria-current=true]").wait_for()
    shot(page, "review")
    page.keyboard.press("a")
    page.locator(f"#goal-{goal.pk}.is-accepted").wait_for()
    page.locator(".toast button").wait_for()
    page.click(f"#goal-{goal.pk} .main")
    page.keyboard.press("e")
    form = page.locator(f"form#goal-{goal.pk}")
    form.locator("input[name$=-value]").fill("120")
    form.locator("button.primary").click()
    page.get_by_text("改了数值、时期或单位，请写明理由").wait_for()
    form.locator("input[name$=-reason]").fill("原文另有批示")
    form.locator("button.primary").click()
    page.locator(f"#goal-{goal.pk}.is-corrected").wait_for()
    assert Goal.objects.get(pk=goal.pk).value == 120
    other = Goal.objects.filter(document=goal.document).exclude(pk=goal.pk).order_by("start").first()
    page.click(f"#goal-{other.pk} .main")
    page.keyboard.press("x")
    page.locator(f"#goal-{other.pk}.is-rejected").wait_for()
    page.keyboard.press("u")
    page.locator(f"#goal-{other.pk}.is-unreviewed").wait_for()
    assert Goal.objects.get(pk=other.pk).review == Review.UNREVIEWED


def accept_many_above_a_score(page, live_server, shot) -> None:
    """The count before, one step, one undo; then a doubtful record at a time by keyboard."""
    waiting = {model: set(model.objects.filter(review=Review.UNREVIEWED)) for model in (Goal, Result)}
    page.goto(f"{live_server.url}/review/?part=records")
    page.fill("#from", "0.99")
    page.locator("#bulk-preview", has_text="没有这么高把握的").wait_for()
    page.fill("#from", "0.5")
    button = page.locator("#bulk-preview button")
    button.wait_for()
    sure = {model: {row for row in rows if row.score >= 0.5} for model, rows in waiting.items()}
    assert button.inner_text() == f"采纳这 {len(sure[Goal]) + len(sure[Result])} 条"
    shot(page, "queue")
    button.click()
    page.locator(".toast", has_text="已采纳").wait_for()
    assert all(set(model.objects.filter(review=Review.UNREVIEWED)) == waiting[model] - sure[model] for model in sure)
    page.click(".toast button")
    page.locator(".toast", has_text="已撤销").wait_for()
    assert all(set(model.objects.filter(review=Review.UNREVIEWED)) == waiting[model] for model in waiting)
    page.locator(".records .record[aria-current=true]").wait_for()
    page.keyboard.press("j")
    chosen = page.locator(".records .record[aria-current=true]")
    name = chosen.get_attribute("id")
    page.keyboard.press("x")
    page.locator(f"#{name}.is-rejected").wait_for()
    page.goto(f"{live_server.url}/audit/")
    page.locator("button", has_text="撤销").first.click()
    page.locator(".toast", has_text="已撤销：驳回").wait_for()
    assert all(set(model.objects.filter(review=Review.UNREVIEWED)) == waiting[model] for model in waiting)
    shot(page, "audit-undone")


def reject_one_link(page, live_server) -> None:
    link = Link.objects.exclude(state=LinkState.REJECTED).order_by("-pk").first()
    assert link is not None
    page.goto(f"{live_server.url}/goals/{link.goal_id}/")
    page.fill(f"#link-{link.pk} input[name=reason]", "不是同一件事")
    page.click(f"#link-{link.pk} button.danger")
    page.locator(f"#link-{link.pk}").wait_for(state="detached")
    link.refresh_from_db()
    assert link.state == LinkState.REJECTED


def filter_and_export(page, live_server, shot) -> None:
    page.goto(f"{live_server.url}/goals/?as_of=2024-12-31")
    page.fill("input[name=q] >> nth=1", "外贸")
    page.click("form.filters button.primary")
    page.wait_for_url("**q=%E5%A4%96%E8%B4%B8**")
    rows = page.locator("tbody tr[data-row]").count()
    assert rows >= 1
    page.locator("tbody tr[data-row] td.org").first.click(position={"x": 3, "y": 3})
    page.locator("tr.peek blockquote").wait_for()
    shot(page, "goals")
    page.click("summary:has-text('导出')")
    with page.expect_download() as download:
        page.click("text=Excel（本视图全部行）")
    sheet = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).active
    assert sheet.max_row == rows + 3
    page.goto(page.url)  # without the row that was opened in place
    titles = [cell.value for cell in sheet[3]]
    assert titles == [text.strip(" ↑↓") for text in page.locator("thead th").all_inner_texts() if text.strip()]
    for number, row in enumerate(sheet.iter_rows(min_row=4, values_only=True)):
        cells = (
            page.locator("tbody tr[data-row]").nth(number).locator("td").all_inner_texts()[1:]
        )  # less the box to tick
        wanted = dict(zip(titles, cells, strict=True))
        told = dict(zip(titles, row, strict=True))
        assert (str(told["序号"]), told["单位"]) == (wanted["序号"], wanted["单位"])
        assert told["指标与原文"].split("\n") == wanted["指标与原文"].split("\n")
        assert str(told["目标"]).removesuffix(".0") in wanted["目标"] and told["亮灯"].startswith(
            wanted["亮灯"].split()[-1]
        )
        assert f"{told['时限']:%Y-%m-%d}" in wanted["时限"]
    assert "条件：搜索：外贸" in sheet["A2"].value


def test_a_goal_is_added_by_selecting_text(page, live_server, people, enter, files, shot):
    from tests import factories
    from tests.app.samples_pages import paragraphs

    text = "𠮷林路学校建成。全年新增学位500个。"
    document = factories.document(text, issuer=people)
    document.paragraphs = paragraphs(text)
    document.save()
    enter(page, "supervisor")
    page.goto(f"{live_server.url}/documents/{document.pk}/")
    page.evaluate(
        """() => { const holder = document.querySelector('.text [data-at]'); const node = holder.firstChild;
        const at = node.data.indexOf('全年'); const range = document.createRange();
        range.setStart(node, at); range.setEnd(node, at + 10);
        const chosen = getSelection(); chosen.removeAllRanges(); chosen.addRange(range); }"""
    )
    page.click("#addbar [data-add=goal]")
    form = page.locator("#add-box form")
    form.locator("input[name=indicator]").fill("新增学位")
    shot(page, "add-by-selection")
    form.locator("input[name=value]").fill("500")
    form.locator("input[name=unit]").fill("个")
    form.locator("button.primary").click()
    page.locator(".m.goal").first.wait_for()
    made = Goal.objects.get(indicator="新增学位")
    assert document.content[made.start : made.end] == made.quote == "全年新增学位500个"


def test_keys_do_nothing_while_an_input_method_composes(page, live_server, people, enter):
    from tests import factories
    from tests.app.samples_pages import paragraphs

    document = factories.document("全年新增学位500个。", issuer=people)
    document.paragraphs = paragraphs("全年新增学位500个。")
    document.save()
    goal = factories.goal(document=document, organisation=people, quote="全年新增学位500个", start=0, end=10)
    enter(page, "supervisor")
    page.goto(f"{live_server.url}/documents/{document.pk}/?at=goal-{goal.pk}")
    page.evaluate(
        """() => { for (const init of [{key: 'a', isComposing: true}, {key: 'a', keyCode: 229}, {key: 'x', ctrlKey: true}])
        document.body.dispatchEvent(new KeyboardEvent('keydown', Object.assign({bubbles: true}, init))); }"""
    )
    page.wait_for_timeout(300)
    assert Goal.objects.get(pk=goal.pk).review == Review.UNREVIEWED
    page.keyboard.press("a")
    page.locator(f"#goal-{goal.pk}.is-accepted").wait_for()


@pytest.mark.parametrize(
    ("name", "sees", "misses"),
    [
        ("admin", ["管理", "待办审核", "导入"], []),
        ("supervisor", ["待办审核", "导入", "操作记录"], ["管理"]),
        ("liaison", ["目标台账", "填报"], ["待办审核", "导入", "管理", "操作记录"]),
        ("reader", ["目标台账", "挂图作战"], ["待办审核", "导入", "管理", "填报"]),
    ],
)
def test_each_role_sees_its_menu(page, live_server, people, enter, shot, name, sees, misses):
    enter(page, name)
    menu = page.locator("#nav a").all_inner_texts()
    assert [entry for entry in sees if entry not in menu] == []
    assert [entry for entry in misses if entry in menu] == []
    shot(page, f"front-{name}")
    answer = page.goto(f"{live_server.url}/review/")
    assert answer.status == (200 if "待办审核" in sees else 403)


@pytest.mark.parametrize("name", ["reader", "liaison"])
def test_those_who_only_look_filter_export_open_a_goal_and_see_the_wall(
    page, live_server, transactional_db, enter, shot, name
):
    from tests.app.samples_pages import DAY, build_town

    town = build_town()
    enter(page, name)
    page.goto(f"{live_server.url}/goals/?as_of={DAY}")
    assert (page.locator("text=新建学校").count() == 0) == (name == "liaison")
    page.fill("form.filters input[name=q]", "外贸")
    page.click("form.filters button.primary")
    page.locator("tbody tr[data-row]").first.wait_for()
    assert "organisation=" not in page.url  # conditions left empty do not stand in the address
    page.click("summary:has-text('导出')")
    with page.expect_download() as download:
        page.click("text=Excel（本视图全部行）")
    sheet = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).active
    assert sheet.max_row == page.locator("tbody tr[data-row]").count() + 3
    assert page.locator("details.menu[open]").count() == 0
    page.click(f"a.main[href='/goals/{town.goal.pk}/']")
    page.locator(".pledge").wait_for()
    assert page.locator("#decide-status").count() == 0  # looks, does not decide
    shot(page, f"goal-{name}", whole=True)
    page.goto(f"{live_server.url}/wall/?as_of={DAY}")
    page.get_by_text("重点目标挂图作战").wait_for()
    assert (page.locator("text=教育局").count() == 0) == (name == "liaison")
    shot(page, f"wall-{name}")


def test_a_wrong_password_is_told_and_throttled(page, live_server, people, settings):
    settings.AXES_FAILURE_LIMIT = 3
    page.goto(f"{live_server.url}/login/")
    for _attempt in range(3):
        page.fill("#id_username", "reader")
        page.fill("#id_password", "wrong-password-1")
        page.click("button.primary")
        page.wait_for_load_state()
    assert "暂停登录" in page.inner_text("main")


def test_english(page, live_server, people, enter, shot):
    enter(page, "reader")
    page.click("text=English")
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == "en"
    assert "Overview" in page.inner_text("h1")
    shot(page, "front-english")
