"""The admin site: every model is there, searchable; corrections go through the services; effects are shown first."""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse
from openpyxl import Workbook

from tests import factories
from tests.app.samples_pages import build_town
from tracker.models import Event, Goal, Link, LinkState, Organisation, Result, Review, Rules, Word
from tracker.services import corrections

pytestmark = pytest.mark.django_db
MODELS = [model for model in apps.get_app_config("tracker").get_models() if not model.__name__.startswith("Historical")]


@pytest.fixture
def town():
    return build_town()


@pytest.fixture
def desk(client, town):
    client.force_login(town.users["administrator"], backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_every_model_has_its_page_in_the_admin():
    assert [model.__name__ for model in MODELS if model not in admin.site._registry] == []


def test_every_list_can_be_searched_or_is_short():
    unsearchable = {model.__name__ for model in MODELS if not admin.site._registry[model].search_fields}
    assert unsearchable <= {"Rules", "StatusDay"}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_list_search_add_and_change_open(model, desk, town):
    Rules.objects.create()
    Word.objects.create(kind="units", text="艘次")
    name = f"admin:tracker_{model._meta.model_name}"
    assert desk.get(reverse(f"{name}_changelist"), {"q": "望海"}).status_code in (200, 302)
    assert desk.get(reverse(f"{name}_add")).status_code in (200, 403)
    row = model.objects.first()
    if row is not None:
        assert desk.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200
        if hasattr(model, "history"):
            assert desk.get(reverse(f"{name}_history", args=[row.pk])).status_code == 200


def form_of(desk, model, pk) -> dict:
    """The change form's values as a browser would send them back."""
    answer = desk.get(reverse(f"admin:tracker_{model._meta.model_name}_change", args=[pk]))
    form = answer.context["adminform"].form
    values = {}
    for bound in form:
        value = bound.value()
        values[bound.html_name] = "" if value is None else value
    return values


def test_a_correction_is_recorded_with_old_new_and_reason(desk, town):
    values = form_of(desk, Goal, town.goal.pk) | {"value": "120", "reason": "原文第2段"}
    assert desk.post(reverse("admin:tracker_goal_change", args=[town.goal.pk]), values).status_code == 302
    goal = Goal.objects.get(pk=town.goal.pk)
    assert goal.value == Decimal(120)
    assert goal.review == Review.CORRECTED
    event = Event.objects.filter(model="goal", object_id=goal.pk).first()
    assert event.reason == "原文第2段"
    assert [str(Decimal(str(part))) for part in event.changes["value"]] == ["100", "120"] or "value" in event.changes
    assert goal.machine["value"] is not None


def test_two_people_at_one_record_the_second_is_told(desk, town):
    values = form_of(desk, Goal, town.goal.pk) | {"value": "120", "reason": "先"}
    Goal.objects.filter(pk=town.goal.pk).update(revision=9, indicator="别人改过")
    answer = desk.post(reverse("admin:tracker_goal_change", args=[town.goal.pk]), values, follow=True)
    assert "刚被其他人修改过" in answer.content.decode()
    assert Goal.objects.get(pk=town.goal.pk).value == Decimal(100)


def test_an_old_version_can_be_put_back(desk, town):
    values = form_of(desk, Goal, town.goal.pk) | {"indicator": "写错的指标", "reason": "试"}
    desk.post(reverse("admin:tracker_goal_change", args=[town.goal.pk]), values)
    first = town.goal.history.order_by("history_id").first()
    address = reverse("admin:tracker_goal_simple_history", args=[town.goal.pk, first.pk])
    old = desk.get(address).context["adminform"].form
    values = {bound.html_name: "" if bound.value() is None else bound.value() for bound in old}
    assert desk.post(address, values).status_code == 302
    assert Goal.objects.get(pk=town.goal.pk).indicator == "新增外贸企业"


def test_nonsense_is_refused_with_a_sentence(desk, town):
    values = form_of(desk, Goal, town.goal.pk) | {"period_start": "2024-12-31", "period_end": "2024-01-01"}
    answer = desk.post(reverse("admin:tracker_goal_change", args=[town.goal.pk]), values)
    assert answer.status_code == 200
    assert "早于时期起" in answer.content.decode()


def test_a_goal_typed_in_has_the_same_checks(desk, town):
    values = {"organisation": town.organisation.pk, "indicator": "引进项目", "quote": "引进项目5个", "value": "5", "unit": "个",
              "comparator": "ge", "measure": "level", "period_end": "2024-12-31"}  # fmt: skip
    assert desk.post(reverse("admin:tracker_goal_add"), values).status_code == 302
    made = Goal.objects.get(indicator="引进项目")
    assert (made.origin, made.review, made.indicator_key) == ("person", Review.ACCEPTED, made.indicator_key or "x")


def test_bulk_actions_accept_and_reject(desk, town):
    address = reverse("admin:tracker_result_changelist")
    desk.post(address, {"action": "accept_chosen", "_selected_action": [town.result.pk]})
    assert Result.objects.get(pk=town.result.pk).review == Review.ACCEPTED
    desk.post(
        reverse("admin:tracker_link_changelist"), {"action": "reject_links", "_selected_action": [town.other_link.pk]}
    )
    assert Link.objects.get(pk=town.other_link.pk).state == LinkState.REJECTED


def test_deleting_a_machine_record_rejects_it(desk, town):
    desk.post(reverse("admin:tracker_goal_delete", args=[town.inner.pk]), {"post": "yes"})
    assert Goal.objects.get(pk=town.inner.pk).review == Review.REJECTED


def workbook(rows: list[list]) -> io.BytesIO:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    file.name = "修正.xlsx"
    return file


def test_corrections_by_excel_are_shown_before_they_count(desk, town):
    rows = [
        ["id", "organisation", "indicator", "value", "reason"],
        [town.goal.pk, "望海市商务局", "新增外贸企业", 130, "核对文件"],
    ]
    address = reverse("admin:tracker_goal_import")
    preview = desk.post(address, {"import_file": workbook(rows), "format": xlsx_number(desk, address), "resource": "0"})
    assert preview.context["result"].totals["update"] == 1
    assert Goal.objects.get(pk=town.goal.pk).value == Decimal(100)
    confirm = preview.context["confirm_form"].initial
    done = desk.post(reverse("admin:tracker_goal_process_import"), confirm)
    assert done.status_code == 302
    goal = Goal.objects.get(pk=town.goal.pk)
    assert goal.value == Decimal(130)
    assert goal.review == Review.CORRECTED
    assert Event.objects.filter(model="goal", object_id=goal.pk, reason="核对文件").exists()


def xlsx_number(desk, address: str) -> str:
    choices = desk.get(address).context["form"].fields["format"].choices
    return next(str(value) for value, label in choices if label == "xlsx")


def test_corrections_by_excel_refuse_an_unknown_number(desk, town):
    rows = [["id", "organisation", "indicator", "value", "reason"], [99999, "望海市商务局", "新增外贸企业", 130, ""]]
    address = reverse("admin:tracker_goal_import")
    preview = desk.post(address, {"import_file": workbook(rows), "format": xlsx_number(desk, address), "resource": "0"})
    assert "没有编号为 99999 的记录" in preview.content.decode()
    assert Goal.objects.filter(value=130).count() == 0


def test_rules_that_nobody_has_saved_open_as_a_form_with_what_is_in_force(desk, town):
    page = desk.get(reverse("admin:tracker_rules_changelist"), follow=True)
    assert page.redirect_chain[-1][0] == reverse("admin:tracker_rules_add")
    assert page.context["adminform"].form["red_from"].value() == -30


def test_rules_show_their_effect_before_saving(desk, town):
    rules = Rules.objects.create()
    address = reverse("admin:tracker_rules_change", args=[rules.pk])
    values = form_of(desk, Rules, rules.pk) | {"red_from": "-5", "dark_yellow_from": "-2", "reason": "从严"}
    preview = desk.post(address, values)
    assert "亮灯会变" in preview.content.decode()
    rules.refresh_from_db()
    assert rules.red_from == Decimal(-30)
    assert desk.post(address, values | {"_confirmed": "1"}).status_code == 302
    rules.refresh_from_db()
    assert rules.red_from == Decimal(-5)
    assert rules.history.first().history_change_reason == "从严"


def test_a_word_says_what_it_touches_before_saving(desk, town):
    values = {"kind": "units", "text": "外贸企业", "meaning": "", "reason": ""}
    preview = desk.post(reverse("admin:tracker_word_add"), values).content.decode()
    assert "1 份文档" in preview
    assert not Word.objects.exists()
    desk.post(reverse("admin:tracker_word_add"), values | {"_confirmed": "1"})
    assert Word.objects.get().text == "外贸企业"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"kind": "posts", "text": "主任", "meaning": ""}, "可用的选项"),
        ({"kind": "synonyms", "text": "外资", "meaning": ""}, "归一为哪个词"),
        ({"kind": "units", "text": "艘 次", "meaning": ""}, "只写一个词"),
        ({"kind": "openers", "text": "全年(", "meaning": ""}, "正则表达式"),
    ],
)
def test_a_word_that_no_list_could_take_is_refused(desk, values, why):
    page = desk.post(reverse("admin:tracker_word_add"), values | {"reason": "", "_confirmed": "1"}).content.decode()
    assert "errorlist" in page and why in page
    assert not Word.objects.exists()


def upload_words(desk, *rows):
    address = reverse("admin:tracker_word_import")
    book = workbook([["kind", "text", "meaning"], *map(list, rows)])
    return desk.post(address, {"import_file": book, "format": xlsx_number(desk, address), "resource": "0"})


def test_words_by_excel_are_checked_shown_first_and_then_take_effect(desk, town):
    refused = upload_words(desk, ("synonyms", "外企", "")).content.decode()
    assert "归一为哪个词" in refused and not Word.objects.exists()
    preview = upload_words(desk, ("synonyms", "新增外贸企业", "外贸企业新增数"))
    assert "confirm_form" in preview.context and not Word.objects.exists()
    confirmed = preview.context["confirm_form"].initial
    desk.post(reverse("admin:tracker_word_process_import"), confirmed)
    assert Word.objects.get().meaning == "外贸企业新增数"
    assert Goal.objects.get(pk=town.goal.pk).indicator_key == "外贸企业新增数"


def test_numbers_in_the_admin_are_written_without_empty_digits(desk, town):
    assert form_of(desk, Goal, town.goal.pk)["value"] == "100"


def test_renaming_keeps_the_old_name_as_alias(desk, town):
    values = form_of(desk, Organisation, town.organisation.pk) | {
        "name": "望海市商务和投资促进局",
        "reason": "机构改革",
    }
    values |= {"aliases-TOTAL_FORMS": 0, "aliases-INITIAL_FORMS": 0}
    assert (
        desk.post(reverse("admin:tracker_organisation_change", args=[town.organisation.pk]), values).status_code == 302
    )
    town.organisation.refresh_from_db()
    assert town.organisation.name == "望海市商务和投资促进局"
    assert town.organisation.aliases.filter(name="望海市商务局").exists()


def test_an_alias_shows_what_moves_before_it_is_saved(desk, town):
    other = factories.organisation("望海市商务和外事局")
    moving = factories.goal(organisation=other)
    address = reverse("admin:tracker_alias_add")
    values = {"name": other.name, "organisation": town.organisation.pk, "reason": "机构改革"}
    page = desk.post(address, values).content.decode()
    assert f"单位“{other.name}”将并入“{town.organisation.name}”：0 份文档、1 项目标、0 条完成情况" in page
    assert other.goals.count() == 1 and not town.organisation.aliases.filter(name=other.name).exists()
    assert desk.post(address, values | {"_confirmed": "1"}).status_code == 302
    assert town.organisation.aliases.filter(name=other.name).exists()
    assert town.organisation.goals.filter(pk=moving.pk).exists() and not Organisation.objects.filter(pk=other.pk).exists()
    unknown = desk.post(address, values | {"name": "望海市外贸局"}).content.decode()
    assert f"现在没有名为“望海市外贸局”的单位，已有记录不变；以后读到这个名称，就记在“{town.organisation.name}”名下。" in unknown


def test_document_facts_are_corrected_through_the_service(desk, town):
    from tracker.models import Document

    values = form_of(desk, Document, town.document.pk) | {"published_on": "2024-02-01", "reason": "文件落款"}
    assert desk.post(reverse("admin:tracker_document_change", args=[town.document.pk]), values).status_code == 302
    town.document.refresh_from_db()
    assert town.document.published_on == date(2024, 2, 1)
    assert town.document.sources.get("published_on") not in (None, "head")


def test_a_filter_by_words_names_those_that_have_none(desk, town):
    Organisation.objects.filter(pk=town.organisation.pk).update(region="")
    Organisation.objects.filter(pk=town.other.pk).update(region="望海市")
    page = desk.get(reverse("admin:tracker_goal_changelist")).content.decode()
    assert re.search(r'href="\?organisation__region="[^>]*>\s*空\s*</a>', page)
    assert re.search(r'organisation__region=[^"]+"[^>]*>\s*望海市\s*</a>', page)


def test_history_is_told_in_chinese_and_nothing_where_there_is_nothing(desk, town):
    corrections.correct(town.goal, {"value": 90}, user=town.users["supervisor"], reason="批复调整")
    page = desk.get(reverse("admin:tracker_goal_history", args=[town.goal.pk])).content.decode()
    table = page[page.index('id="change-history"') : page.index("</table>", page.index('id="change-history"'))]
    assert "批复调整" in table and "数值</strong> 100 → 90" in table
    assert not re.search("None|Changes|Object", table)


def test_the_filter_of_words_tells_the_lists_by_their_names(desk):
    Word.objects.create(kind="units", text="艘次")
    page = desk.get(reverse("admin:tracker_word_changelist")).content.decode()
    assert re.search(r'href="\?kind=units"[^>]*>\s*计量单位\s*</a>', page)
