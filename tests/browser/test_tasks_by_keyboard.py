"""Whole tasks with the keyboard alone: nothing here points, clicks or fills in from outside."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from tests import factories
from tests.app.samples_pages import DAY, build_town, paragraphs
from tracker.models import Goal, Link, LinkState, Result, Review

FOCUS = "document.activeElement"


@pytest.fixture
def town(transactional_db):
    return build_town()


@pytest.fixture
def desk(page, live_server, town):
    """The supervisor has logged in, by keyboard."""
    page.goto(f"{live_server.url}/login/")
    page.locator("#id_username:focus").wait_for()
    page.keyboard.type("supervisor")
    page.keyboard.press("Tab")
    page.keyboard.type(factories.PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#nav").wait_for()
    return page


def reach(page, selector: str, *, key: str = "Tab", most: int = 300) -> None:
    """Tab on until what has the focus is what is sought."""
    for _press in range(most):
        if page.evaluate(f"{FOCUS}.matches({selector!r})"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{selector} is never reached; the focus is at {page.evaluate(FOCUS + '.outerHTML')[:200]}")


def press(page, selector: str, key: str = "Enter") -> None:
    reach(page, selector)
    page.keyboard.press(key)


def text_of_focus(page) -> str:
    return page.evaluate(f"{FOCUS}.innerText || {FOCUS}.value || ''")


def go(page, live_server, name: str, query: str = "", *arguments) -> None:
    page.goto(f"{live_server.url}{reverse(name, args=arguments)}?as_of={DAY}{query}")


def test_a_table_is_filtered_sorted_paged_and_exported(desk, live_server, town):
    for number in range(30):
        factories.goal(
            organisation=town.organisation, indicator=f"外贸指标{number:02}", quote=f"外贸指标{number:02}达到100家"
        )
    go(desk, live_server, "goals")
    reach(desk, "form.filters input[name=q]")
    desk.keyboard.insert_text("外贸")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**q=%E5%A4%96%E8%B4%B8**")
    press(desk, "thead a[href*='sort=']")
    desk.wait_for_url("**sort=**")
    before = desk.url
    reach(desk, "#size")
    desk.keyboard.press("ArrowUp")
    assert desk.url == before, "to walk through the choices is not to choose"
    desk.keyboard.press("Enter")
    desk.wait_for_url("**size=25**")
    assert desk.evaluate(f"{FOCUS}.id") == "size", "whoever chose goes on where they were"
    press(desk, "a[rel=next]")
    desk.wait_for_url("**after=**")
    press(desk, "main summary:not(nav summary)")  # columns
    reach(desk, "input[name=cols]:checked")
    hidden = desk.evaluate(f"{FOCUS}.parentElement.innerText.trim()")
    desk.keyboard.press("Space")
    press(desk, "details[open] button.primary")
    desk.wait_for_url("**cols=**")
    assert hidden not in [text.strip(" ↑↓") for text in desk.locator("thead th").all_inner_texts()]
    reach(desk, "a[href*='export=xlsx'], details.menu:not([open]) summary")
    for _menu in range(3):
        if desk.evaluate(f"{FOCUS}.innerText.trim()") == "导出":
            break
        desk.keyboard.press("Tab")
    desk.keyboard.press("Space")
    reach(desk, "a[href*='export=xlsx']")
    with desk.expect_download() as download:
        desk.keyboard.press("Enter")
    assert load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).active.max_row == 31 + 3


def test_menus_open_close_and_let_go(desk, live_server, town):
    go(desk, live_server, "goals")
    for key in ("Enter", "Space"):
        reach(desk, "main summary")
        desk.keyboard.press(key)
        assert desk.locator("details.menu[open]").count() == 1
        desk.keyboard.press("Tab")
        desk.keyboard.press("Escape")
        assert desk.locator("details.menu[open]").count() == 0
        assert desk.evaluate(f"{FOCUS}.tagName") == "SUMMARY", "Escape gives the focus back"
    desk.keyboard.press("Enter")
    for _press in range(40):
        desk.keyboard.press("Tab")
        if desk.evaluate(f"!{FOCUS}.closest('details.menu')"):
            break
    assert desk.locator("details.menu[open]").count() == 0, "a menu that is left does not stay over the page"


def test_a_row_is_opened_in_place(desk, live_server, town):
    go(desk, live_server, "goals")
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    row = desk.evaluate(f"{FOCUS}.closest('tr').dataset.row")
    desk.keyboard.press("o")
    desk.locator("tr.peek blockquote").wait_for()
    assert desk.evaluate(f"{FOCUS}.closest('tr').dataset.row") == row
    desk.keyboard.press("o")
    assert desk.locator("tr.peek").count() == 0
    desk.keyboard.press("k")
    assert desk.evaluate(f"{FOCUS}.closest('tr').dataset.row") != row
    desk.keyboard.press("?")
    assert desk.locator("dialog[open]", has_text="展开或收起这一行").count() == 1


def test_a_date_is_typed_whole_before_the_page_changes(desk, live_server, town):
    go(desk, live_server, "goals")
    before = desk.url
    reach(desk, "#as_of")
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("ArrowUp")
    assert desk.url == before
    wanted = desk.evaluate(f"{FOCUS}.value")
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**as_of={wanted}**")
    assert desk.evaluate(f"{FOCUS}.id") == "as_of"


def test_the_list_of_keys_opens_and_gives_the_focus_back(desk, live_server, town):
    go(desk, live_server, "help")
    press(desk, "[data-open-dialog]")
    assert desk.locator("dialog[open]").count() == 1
    for _press in range(3):
        desk.keyboard.press("Tab")
        assert desk.evaluate(f"{FOCUS} === document.body || Boolean({FOCUS}.closest('dialog'))"), (
            "the page behind is out of reach"
        )
    desk.keyboard.press("Escape")
    assert desk.locator("dialog[open]").count() == 0
    assert desk.evaluate(f"{FOCUS}.matches('[data-open-dialog]')")


def test_records_are_reviewed_beside_the_text(desk, live_server, town):
    go(desk, live_server, "document", "", town.document.pk)
    reach(desk, f"#goal-{town.inner.pk}")
    desk.keyboard.press("Enter")
    desk.locator(f"#goal-{town.inner.pk}[aria-current=true]").wait_for()
    desk.keyboard.press("k")
    desk.keyboard.press("a")
    desk.locator(f"#goal-{town.goal.pk}.is-accepted").wait_for()
    desk.keyboard.press("k")
    desk.keyboard.press("e")
    desk.locator(f"form#goal-{town.goal.pk}").wait_for()
    reach(desk, "input[name$=-value]")
    desk.keyboard.press("Control+a")
    desk.keyboard.type("120")
    reach(desk, "input[name$=-reason], textarea[name$=-reason]")
    desk.keyboard.insert_text("原文另有批示")
    press(desk, "button.primary")
    desk.locator(f"#goal-{town.goal.pk}.is-corrected").wait_for()
    assert Goal.objects.get(pk=town.goal.pk).value == 120
    assert desk.evaluate(f"{FOCUS}.id") == f"goal-{town.goal.pk}", "the focus stays at the card that was saved"
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    desk.locator(f"#goal-{town.inner.pk}.is-rejected").wait_for()
    desk.keyboard.press("u")
    desk.locator(f"#goal-{town.inner.pk}.is-unreviewed").wait_for()
    assert Goal.objects.get(pk=town.inner.pk).review == Review.UNREVIEWED


def test_a_result_is_found_and_linked(desk, live_server, town):
    go(desk, live_server, "document", f"&at=goal-{town.inner.pk}", town.document.pk)
    desk.locator(f"#goal-{town.inner.pk}[aria-current=true]").wait_for()
    desk.keyboard.press("l")
    desk.locator(f"#goal-{town.inner.pk} input[type=search]:focus").wait_for()
    desk.keyboard.type("学校", delay=60)  # as quick fingers do, not as a program
    desk.locator(".found button", has_text="关联").wait_for()
    press(desk, ".found button")
    desk.locator(".toast", has_text="已关联").wait_for()
    link = Link.objects.get(goal=town.inner)
    assert (link.result, link.state) == (town.other_result, LinkState.ACCEPTED)


def test_a_record_is_added_from_the_text(desk, live_server, town, shot):
    text = "二、民生\n𠮷林路学校建成。全年新增学位500个，其中城区300个。"
    document = factories.document(text, issuer=town.organisation)
    document.paragraphs = paragraphs(text)
    document.save()
    go(desk, live_server, "document", "", document.pk)
    desk.keyboard.press("n")
    chosen = "getSelection().toString()"
    assert desk.evaluate(chosen) == "二、民生"
    desk.keyboard.press("ArrowDown")
    assert desk.evaluate(chosen) == "𠮷林路学校建成。"
    desk.keyboard.press("ArrowRight")
    assert desk.evaluate(chosen) == "全年新增学位500个，其中城区300个。"
    desk.keyboard.press("ArrowLeft")
    assert desk.evaluate(chosen) == "𠮷林路学校建成。"
    desk.keyboard.press("ArrowRight")
    for _sign in range(10):
        desk.keyboard.press("Shift+ArrowLeft")
    desk.keyboard.press("Shift+ArrowDown")
    desk.keyboard.press("Shift+ArrowUp")
    assert desk.evaluate(chosen) == "全年新增学位500个"
    shot(desk, "add-by-keyboard")
    desk.keyboard.press("g")
    desk.locator("#add-box input[name=indicator]:focus").wait_for()
    desk.keyboard.insert_text("新增学位")
    reach(desk, "#add-box input[name=value]")
    desk.keyboard.type("500")
    reach(desk, "#add-box input[name=unit]")
    desk.keyboard.insert_text("个")
    press(desk, "#add-box button.primary")
    desk.locator(".m.goal").first.wait_for()
    made = Goal.objects.get(indicator="新增学位")
    assert document.content[made.start : made.end] == made.quote == "全年新增学位500个"


def test_many_are_accepted_above_a_score_and_taken_back(desk, live_server, town):
    for model in (Goal, Result):
        model.objects.update(score=0.9)
    go(desk, live_server, "review", "&part=records")
    reach(desk, "#from")
    desk.keyboard.press("Control+a")
    desk.keyboard.type("0.85")
    desk.locator("#bulk-preview button", has_text="采纳这 5 条").wait_for()
    press(desk, "#bulk-preview button")
    desk.locator(".toast", has_text="已采纳 5 条").wait_for()
    assert not Goal.objects.filter(review=Review.UNREVIEWED).exists()
    desk.keyboard.press("u")
    desk.locator(".toast", has_text="已撤销").wait_for()
    assert not Goal.objects.exclude(review=Review.UNREVIEWED).exists()


def test_the_wall_fills_the_screen_and_lets_go(desk, live_server, town):
    go(desk, live_server, "wall")
    press(desk, "#full")
    desk.wait_for_function("Boolean(document.fullscreenElement)")
    assert desk.locator("#full[aria-pressed=true]").count() == 1
    desk.keyboard.press("f")
    desk.wait_for_function("!document.fullscreenElement")
    reach(desk, "#leave", key="Tab")
    desk.keyboard.press("Enter")
    desk.locator("#nav").wait_for()


def test_what_was_selected_with_the_mouse_is_added_with_a_key_and_arrows_stay_arrows(desk, live_server, town):
    go(desk, live_server, "document", "", town.document.pk)
    desk.locator("#p3 [data-at]").first.dblclick()
    desk.locator("#addbar").wait_for()
    desk.keyboard.press("ArrowDown")
    assert desk.evaluate("getSelection().toString()").strip(), "nothing was picked by keys, so arrows pick nothing"
    desk.keyboard.press("r")
    desk.locator("#add-box form.result input[name=indicator]").wait_for()
