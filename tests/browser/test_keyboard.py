"""Every page with the keyboard alone, and nothing wider than the window on any page, at a desk and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.everything import admin_addresses, build_place, open_session, own_addresses
from tracker.models import Rules

DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
SCRIPT = (Path(__file__).parent / "keys.js").read_text(encoding="utf-8")
# pages without a menu to skip
WALKED = {"admin", "tracker_goal-changelist", "tracker_goal-change", "tracker_word-add", "auth_user-change"}
MAIN = "document.querySelector('#main')"
WITHOUT_FRAME = {"wall", "login"}


@pytest.fixture
def place(transactional_db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return build_place()


@pytest.fixture
def visit(page, live_server, place):
    """Sits a user down at the browser; gives the client that knows the same session."""

    def sit_down(role: str):
        client, cookie = open_session(place.town.users[role])
        page.context.add_cookies([cookie | {"url": live_server.url}])
        page.context.add_init_script(SCRIPT)
        return client

    return sit_down


def widths(page) -> list[str]:
    """What is wrong with the page's width at a desk and on a phone."""
    wrong = []
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wrong.append(f"{over} px wider than {size['width']}")
        wrong += [f"{fault} at {size['width']}" for fault in page.evaluate("walk.cut()")]
    return wrong


def walk(page, start: str, root: str, *, key: str = "Tab") -> list[str]:
    """Press Tab from ``start`` until everything under ``root`` has been met; what was wrong on the way."""
    size = page.evaluate(f"walk.begin({root!r})")
    page.evaluate(f"{start}.focus()")
    for _round in range(size // 8 + 4):
        for _press in range(10):
            page.keyboard.press(key)
        if page.evaluate("walk.left()") == 0:
            break
    return page.evaluate("walk.end()")


def skip_to_main(page) -> list[str]:
    """The skip link comes first, and leads past the menu."""
    first = "Array.from(document.querySelectorAll('a[href], button, input:not([type=hidden])'))[0].className"
    if "skip" not in page.evaluate(first):
        return ["no skip link first"]
    page.evaluate("document.querySelector('[class*=skip]').focus()")
    page.keyboard.press("Enter")
    return []


def told(wrong: dict[str, list[str]]) -> str:
    return "\n".join(f"{name}: {fault}" for name, faults in wrong.items() for fault in faults)


def test_every_page_of_the_product_by_keyboard_and_at_two_widths(page, live_server, place, visit):
    client = visit("supervisor")
    pages = own_addresses(client, place)
    assert len(pages) > 40
    wrong: dict[str, list[str]] = {}
    for name, address in pages.items():
        page.goto(live_server.url + address)
        faults = widths(page)
        if name in WITHOUT_FRAME:
            faults += walk(page, "document.body", "body")
        else:
            faults += skip_to_main(page) + walk(page, MAIN, "#main")
        if faults:
            wrong[name] = faults
    if wrong:
        pytest.fail(told(wrong), pytrace=False)


def test_every_page_of_the_admin_at_two_widths_and_its_forms_by_keyboard(page, live_server, place, visit):
    client = visit("administrator")
    wrong: dict[str, list[str]] = {}
    pages = admin_addresses(client)
    assert len(pages) > 80
    for name, address in pages.items():
        page.goto(live_server.url + address)
        faults = widths(page)
        if name in WALKED:
            faults += walk(page, "document.body", "#container")
        if faults:
            wrong[name] = faults
    if wrong:
        pytest.fail(told(wrong), pytrace=False)


def test_what_the_admin_shows_before_and_after_saving_fits_a_phone(page, live_server, place, visit, shot):
    visit("administrator")
    page.set_viewport_size(PHONE)
    goal, rules = place.town.goal.pk, Rules.objects.get().pk
    page.goto(f"{live_server.url}/admin/tracker/rules/{rules}/change/")
    page.fill("#id_yellow_from", "-5")
    page.fill("#id_reason", "试看影响")
    page.locator("input[name=_save]").click()
    page.get_by_text("确认保存").or_(page.locator("input[value=确认保存]")).first.wait_for()
    shot(page, "admin-effect-390", whole=True)
    faults = widths(page)
    page.locator("input[value=确认保存]").click()
    page.goto(f"{live_server.url}/admin/tracker/goal/{goal}/change/")
    page.fill("#id_value", "88")
    page.fill("#id_reason", "原文另有批示")
    page.locator("input[name=_save]").click()
    page.goto(f"{live_server.url}/admin/tracker/goal/{goal}/history/")
    faults += widths(page)
    page.set_viewport_size(PHONE)
    shot(page, "admin-history-390", whole=True)
    page.locator("#change-history a, .object-tools a, #content-main table a").first.click()
    faults += widths(page)
    assert "\n".join(faults) == ""


def test_the_walk_itself_finds_what_is_wrong(page):
    page.set_content(
        f"<script>{SCRIPT}</script><style>:focus-visible {{ outline: 2px solid red }} .mute:focus-visible {{ outline: none }}</style>"
        "<main tabindex=-1><a href=#>一</a><button class=mute>二</button><button tabindex=5>三</button>"
        "<div style='cursor:pointer' onclick='1'>四</div><input onkeydown='if (event.key === `Tab`) event.preventDefault()'>"
        "<a href=#>六</a><div style='position:fixed;inset:0 0 auto 0;height:9px;width:9px'></div>"
        "<button style='position:fixed;top:0;left:0;width:9px;height:9px;padding:0;z-index:-1'></button></main>"
    )
    faults = walk(page, "document.querySelector('main')", "main")
    for words in ("not to be seen: <button class", "out of order", "only for the mouse", "onclick on no button"):
        assert [fault for fault in faults if words in fault], words
    assert [fault[:20] for fault in faults if fault.startswith("never reached")]


@pytest.mark.parametrize("name", ["goals", "review", "goal", "document"])
def test_back_through_the_page_nothing_is_hidden_under_the_bar(page, live_server, place, visit, name):
    client = visit("supervisor")
    page.set_viewport_size({"width": 1366, "height": 400})
    page.goto(live_server.url + own_addresses(client, place, name)[name])
    faults = walk(page, "document.querySelector('.skip')", "body")
    faults += walk(page, "walk.last('#main')", "#main", key="Shift+Tab")
    assert "\n".join(faults) == ""
