"""Corrections by Excel in a real browser: out, changed, back, looked at, accepted, remembered; a wrong file is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from openpyxl import load_workbook

from tests import factories
from tracker.models import Goal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def goals(people):
    return [
        factories.goal(organisation=people, indicator="新建泵站", quote="全年新建泵站6座以上", value=6, unit="座"),
        factories.goal(
            organisation=people, indicator="整治河道", quote="全年整治河道30公里以上", value=30, unit="公里"
        ),
    ]


def export(page, address: str, path) -> None:
    page.goto(address)
    page.select_option("#id_format", label="xlsx")
    with page.expect_download() as waiting:
        page.click('input[type="submit"]')
    waiting.value.save_as(path)


def upload(page, address: str, path) -> None:
    page.goto(address)
    page.set_input_files("#id_import_file", path)
    page.select_option("#id_format", label="xlsx")
    page.click('input[type="submit"]')
    page.wait_for_load_state()


def change(path, values: dict[int, object]) -> None:
    """Puts values and a reason into the rows of these goals."""
    book = load_workbook(path)
    rows = list(book.active.iter_rows())
    place = {cell.value: index for index, cell in enumerate(rows[0])}
    for row in rows[1:]:
        if row[place["编号"]].value in values:
            row[place["数值"]].value = values[row[place["编号"]].value]
            row[place["修改理由"]].value = "核对原件"
    book.save(path)


def test_two_values_go_out_come_back_and_are_remembered(page, live_server, enter, goals, shot, tmp_path):
    sheet = tmp_path / "修正.xlsx"
    enter(page, "admin")
    export(page, f"{live_server.url}/admin/tracker/goal/export/", sheet)
    change(sheet, {goals[0].pk: 8, goals[1].pk: 36.5})
    upload(page, f"{live_server.url}/admin/tracker/goal/import/", sheet)
    shot(page, "corrections-preview")
    rows = page.locator("table.import-preview tbody tr")
    assert rows.count() == 2
    shown = page.locator("table.import-preview").inner_text()
    assert all(words in shown for words in ("编号", "数值", "修改理由"))
    assert "None" not in shown
    assert Goal.objects.get(pk=goals[0].pk).value == 6  # looked at, not yet done
    page.click('input[name="confirm"]')
    page.wait_for_load_state()
    assert [Goal.objects.get(pk=goal.pk).value for goal in goals] == [8, Decimal("36.5")]
    page.goto(f"{live_server.url}/admin/tracker/goal/{goals[0].pk}/history/")
    shot(page, "corrections-history")
    told = page.locator("#change-history").inner_text()
    assert all(words in told for words in ("admin", "核对原件", "6", "8"))
    page.goto(f"{live_server.url}/goals/{goals[0].pk}/")
    journal = page.locator("section", has_text="办理记录").inner_text()
    assert all(words in journal for words in ("admin", "数值 6 → 8", "核对原件"))


def test_a_wrong_cell_and_a_wrong_file_are_refused_in_a_sentence(page, live_server, enter, goals, shot, tmp_path):
    sheet, other = tmp_path / "修正.xlsx", tmp_path / "照片.xlsx"
    other.write_bytes(b"\xff\xd8\xff\xe0 no sheet at all")
    enter(page, "admin")
    address = f"{live_server.url}/admin/tracker/goal/"
    export(page, f"{address}export/", sheet)
    change(sheet, {goals[0].pk: "约八座"})
    upload(page, f"{address}import/", sheet)
    shot(page, "corrections-refused")
    why = page.get_by_text("“约八座”不是数字。请只填数字，不带单位。")
    assert why.evaluate("it => getComputedStyle(it.closest('.validation-error-container')).opacity") == "1"
    assert "新建泵站" in page.locator("table.import-preview").inner_text()
    assert page.locator('input[name="confirm"]').count() == 0
    upload(page, f"{address}import/", other)
    shot(page, "corrections-no-sheet")
    assert "读不出这个文件" in page.locator(".errorlist").inner_text()
    assert Goal.objects.get(pk=goals[0].pk).value == 6
