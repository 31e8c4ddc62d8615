"""Corrections that leave the admin as a sheet and come back: titles in both languages, refusals in sentences."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import translation
from openpyxl import Workbook, load_workbook

from tests import factories
from tracker.admin.statements import GoalResource, ResultResource
from tracker.models import Event, Goal, Role, Word

TITLES = {
    "zh-hans": ["编号", "单位", "责任人", "职务", "指标", "数值", "上限", "计量单位", "比较", "口径", "时期起", "时期止", "范围", "原文", "备注", "修改理由"],
    "en": ["Number", "Organisation", "Owner", "Post", "Indicator", "Value", "Upper end", "Unit", "Comparator", "Measure",
           "Period from", "Period to", "Scope", "Quote", "Note", "Reason for the change"],
}  # fmt: skip
IMPORT, CONFIRM = reverse("admin:tracker_goal_import"), reverse("admin:tracker_goal_process_import")


@pytest.fixture
def goal(db):
    return factories.goal(value=Decimal("100.5"), period_end=date(2024, 12, 31), owner="沈怀仁")


@pytest.fixture(params=["zh-hans", "en"])
def language(request):
    yield request.param
    translation.activate("zh-hans")


def enter(client, language: str = "zh-hans"):
    user = get_user_model().objects.filter(username="admin").first() or factories.user("admin", Role.ADMINISTRATOR)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = language
    return client


def exported(client, address: str = "admin:tracker_goal_export"):
    page = client.get(reverse(address))
    form = page.context["form"]
    number = next(str(value) for value, label in form.fields["format"].choices if label == "xlsx")
    chosen = {name: "on" for name in form.fields if name.startswith("goalresource_") or "resource_" in name}
    answer = client.post(reverse(address), {"format": number, "resource": "0", "export_items": [], **chosen})
    return load_workbook(io.BytesIO(answer.content))


def upload(client, book: Workbook, address: str = IMPORT):
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    file.name = "修正.xlsx"
    choices = client.get(address).context["form"].fields["format"].choices
    number = next(str(value) for value, label in choices if label == "xlsx")
    return client.post(address, {"import_file": file, "format": number, "resource": "0"})


def cell(book: Workbook, title: str, row: int = 2):
    titles = [each.value for each in book.active[1]]
    return book.active.cell(row, titles.index(title) + 1)


def test_the_columns_bear_the_titles_of_the_language(client, goal, language):
    book = exported(enter(client, language))
    assert [each.value for each in book.active[1]] == TITLES[language]
    words = dict(zip(TITLES[language], (each.value for each in book.active[2]), strict=True))
    of = dict(zip(TITLES["zh-hans"], TITLES[language], strict=True))
    assert words[of["编号"]] == goal.pk
    assert words[of["数值"]] == 100.5
    assert words[of["比较"]] == {"zh-hans": "不低于", "en": "At least"}[language]


def test_titles_of_both_languages_mean_one_column_each(db):
    for resource in (GoalResource(), ResultResource()):
        columns = resource.get_import_order()
        titles = []
        for language in TITLES:
            with translation.override(language):
                titles += {resource.title_of(column) for column in columns}
        assert len(set(titles)) == 2 * len(columns)


@pytest.mark.parametrize("back", ["zh-hans", "en"])
def test_what_was_exported_in_one_language_is_read_in_either(client, goal, language, back):
    of = dict(zip(TITLES["zh-hans"], TITLES[language], strict=True))
    book = exported(enter(client, language))
    cell(book, of["数值"]).value = 130
    cell(book, of["比较"]).value = {"zh-hans": "约", "en": "About"}[language]
    cell(book, of["修改理由"]).value = "核对文件"
    desk = enter(client, back)
    preview = upload(desk, book)
    assert preview.context["result"].totals["update"] == 1, preview.context["result"].row_errors()
    desk.post(CONFIRM, preview.context["confirm_form"].initial)
    now = Goal.objects.get(pk=goal.pk)
    assert (now.value, now.comparator, now.owner, now.period_end) == (130, "approx", "沈怀仁", date(2024, 12, 31))
    event = Event.objects.get(model="goal", object_id=goal.pk)
    assert (event.user.username, event.reason) == ("admin", "核对文件")
    assert event.changes.items() >= {"value": ["100.5", "130"], "comparator": ["ge", "approx"]}.items()
    translation.activate("zh-hans")


def test_a_sheet_that_comes_back_as_it_went_changes_nothing(client, goal):
    desk = enter(client)
    preview = upload(desk, exported(desk))
    assert preview.context["result"].totals == {"new": 0, "update": 0, "delete": 0, "skip": 1, "error": 0, "invalid": 0}
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("title", "value", "sentence"),
    [
        ("数值", "约五成", "“约五成”不是数字。请只填数字，不带单位。"),
        ("时期止", "年底", "“年底”不是日期。请写成 2024-12-31 的样子。"),
        ("比较", "差不多", "“差不多”不在可选的词里：不低于、不高于、等于、约、区间。"),
        ("单位", "无此单位", "没有名为“无此单位”的单位。"),
        ("编号", 99999, "没有编号为 99999 的记录。"),
        ("编号", None, "缺少编号。这里只修正已有记录；新增请在页面上录入。"),
    ],
)
def test_a_wrong_cell_gets_a_sentence(client, goal, title, value, sentence):
    desk = enter(client)
    book = exported(desk)
    cell(book, title).value = value
    page = upload(desk, book)
    assert "confirm_form" not in page.context
    assert sentence in page.content.decode()
    assert Goal.objects.get(pk=goal.pk).value == Decimal("100.5")


def test_a_sheet_of_something_else_gets_a_sentence(client, goal):
    book = Workbook()
    book.active.append(["姓名", "电话"])
    book.active.append(["甲", "1"])
    page = upload(enter(client), book)
    assert "这个文件里没有这些列：编号。什么也没有改动。" in page.content.decode()


def test_words_are_read_by_the_name_of_their_list(client, db):
    book = Workbook()
    book.active.append(["词表", "词", "归一为"])
    book.active.append(["计量单位", "艘次", None])
    desk = enter(client)
    preview = upload(desk, book, reverse("admin:tracker_word_import"))
    desk.post(reverse("admin:tracker_word_process_import"), preview.context["confirm_form"].initial)
    assert list(Word.objects.values_list("kind", "text", "meaning")) == [("units", "艘次", "")]
