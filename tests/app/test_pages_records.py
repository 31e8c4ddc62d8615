"""One record as people meet it: shown whole, changed in place with a reason, undone, settled; nobody overwrites anybody."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from tests import factories
from tests.app.samples_pages import DAY, TEXT, htmx
from tracker.models import (
    Event,
    Finding,
    Goal,
    GoalChange,
    GoalStatus,
    Link,
    LinkState,
    Origin,
    Review,
)
from tracker.services import corrections
from tracker.views.about import EventList
from tracker.views.documents import DocumentList
from tracker.views.goals import GoalList
from tracker.views.imports import ImportList
from tracker.views.organisations import OrganisationList
from tracker.views.statements import ChangeList, LinkList, ResultList

pytestmark = pytest.mark.django_db
LISTS = [GoalList, ResultList, LinkList, ChangeList, DocumentList, OrganisationList, ImportList, EventList]
AS_OF = {"as_of": DAY.isoformat()}


def test_goal_page_tells_the_whole_story(desk, town):
    page = desk.get(reverse("goal", args=[town.goal.pk]), AS_OF).content.decode()
    for part in (
        "全年新增外贸企业100家以上",
        "沈怀仁",
        "局长",
        "自报",
        "测算",
        "核定",
        "上半年新增外贸企业56家",
        "56.0%",
        "2024年1月20日",
        "第2段",
        "下调",
        "<svg",
    ):
        assert part in page, part


def test_from_a_goal_to_the_sentence_that_answers_it_is_two_clicks(desk, town):
    table = desk.get(reverse("goals"), AS_OF).content.decode()
    assert f'href="{reverse("goal", args=[town.goal.pk])}"' in table
    page = desk.get(reverse("goal", args=[town.goal.pk])).content.decode()
    place = f"{reverse('document', args=[town.document.pk])}?at=result-{town.result.pk}#result-mark-{town.result.pk}"
    assert place in page
    assert f'id="result-mark-{town.result.pk}"' in desk.get(place.split("#")[0]).content.decode()


def test_a_status_is_decided_with_a_reason_only(desk, town):
    address = reverse("goal_decide", args=[town.goal.pk])
    desk.get(reverse("goal", args=[town.goal.pk]), AS_OF)
    desk.post(address, {"status": "done", "reason": " "})
    assert not GoalStatus.objects.exclude(decided="").exists()
    desk.post(address, {"status": "done", "reason": "现场核查"})
    row = GoalStatus.objects.get(goal=town.goal, as_of=DAY)
    assert (row.decided, row.status, row.decided_reason, row.decided_by) == (
        "done",
        "done",
        "现场核查",
        town.users["supervisor"],
    )
    story = desk.get(reverse("goal", args=[town.goal.pk])).content.decode()
    assert "核定“新增外贸企业”截至" in story[story.index("办理记录") :]
    desk.post(address, {"status": "", "reason": "撤回"})
    row.refresh_from_db()
    assert row.decided == ""


def test_extension_keeps_the_original_deadline_and_wants_a_reason(desk, town):
    address = reverse("goal_extend", args=[town.goal.pk])
    desk.post(address, {"deadline": "2025-06-30", "reason": ""})
    assert Goal.objects.get(pk=town.goal.pk).period_end == date(2024, 12, 31)
    desk.post(address, {"deadline": "2025-06-30", "reason": "市政府批复"})
    goal = Goal.objects.get(pk=town.goal.pk)
    assert (goal.period_end, goal.original_deadline) == (date(2025, 6, 30), date(2024, 12, 31))
    assert "原定" in desk.get(reverse("goal", args=[goal.pk])).content.decode()


def test_accept_and_reject_in_place_with_undo(desk, town):
    address = reverse("record_decide", args=["goal", town.inner.pk])
    answer = htmx(desk, address, {"action": "accept", "revision": "1"})
    assert "is-accepted" in answer.content.decode()
    assert "undo" in answer["HX-Trigger"] and answer["HX-Trigger"].isascii()
    event = Event.objects.filter(object_id=town.inner.pk, model="goal").first()
    htmx(desk, reverse("undo", args=[event.pk]), {})
    assert Goal.objects.get(pk=town.inner.pk).review == Review.UNREVIEWED
    htmx(desk, address, {"action": "reject"})
    assert Goal.objects.get(pk=town.inner.pk).review == Review.REJECTED
    htmx(desk, reverse("undo_last"), {})
    assert Goal.objects.get(pk=town.inner.pk).review == Review.UNREVIEWED


def test_records_fetched_again_keep_their_buttons(desk, town):
    """After an undo or an addition the workbench is fetched through htmx: its records can still be decided."""
    again = htmx(desk, reverse("document", args=[town.inner.document_id])).content.decode()
    assert f'data-decide-url="/records/goal/{town.inner.pk}/decide/"' in again and "data-undo-url" in again


def test_nobody_undoes_somebody_elses_step(desk, client, town):
    htmx(desk, reverse("record_decide", args=["goal", town.inner.pk]), {"action": "accept"})
    event = Event.objects.filter(object_id=town.inner.pk, model="goal").first()
    other = factories.user("second")
    client.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(reverse("undo", args=[event.pk])).status_code == 404


def edit_values(record, **changes) -> dict:
    prefix = f"{record._meta.model_name}{record.pk}"
    values = {
        "organisation": record.organisation.name, "indicator": record.indicator, "value": "100", "value_max": "", "unit": record.unit,
        "comparator": record.comparator, "measure": record.measure, "period_start": "2024-01-01", "period_end": "2024-12-31",
        "owner": record.owner, "post": record.post, "scope": "", "note": "", "baseline": "", "problems": "", "steps": "",
        "reason": "", "revision": record.revision,
    } | changes  # fmt: skip
    return {f"{prefix}-{name}": value for name, value in values.items()}


def test_editing_in_place_wants_a_reason_for_a_value(desk, town):
    address = reverse("record_edit", args=["goal", town.goal.pk])
    assert "<form" in htmx(desk, address).content.decode()
    refused = htmx(desk, address, edit_values(town.goal, value="90"))
    assert "请写明理由" in refused.content.decode()
    saved = htmx(desk, address, edit_values(town.goal, value="90", reason="看错了"))
    assert "is-corrected" in saved.content.decode()
    goal = Goal.objects.get(pk=town.goal.pk)
    assert (goal.value, goal.review, goal.origin) == (Decimal(90), Review.CORRECTED, Origin.MACHINE)
    assert Event.objects.filter(model="goal", object_id=goal.pk, reason="看错了").exists()


def test_the_second_of_two_people_is_told_and_loses_nothing(desk, town):
    address = reverse("record_edit", args=["goal", town.goal.pk])
    Goal.objects.filter(pk=town.goal.pk).update(revision=5, owner="别人")
    answer = htmx(desk, address, edit_values(town.goal, value="90", reason="我的理由")).content.decode()
    assert "刚被其他人修改过" in answer and "我的理由" in answer and 'value="90"' in answer
    goal = Goal.objects.get(pk=town.goal.pk)
    assert (goal.value, goal.owner) == (Decimal(100), "别人")
    stale = htmx(desk, reverse("record_decide", args=["goal", town.goal.pk]), {"action": "accept", "revision": "1"})
    assert stale.status_code == 409
    assert (
        f'"chosen": "goal-{town.goal.pk}"' in stale["HX-Trigger"]
    )  # the page fetches what the other person made of it
    assert Goal.objects.get(pk=town.goal.pk).review == Review.UNREVIEWED


def test_an_unknown_organisation_is_refused_unless_it_is_to_be_added(desk, town):
    address = reverse("record_edit", args=["goal", town.goal.pk])
    wrong = edit_values(town.goal, organisation="望海市不存在局", reason="归属有误")
    assert "没有名为" in htmx(desk, address, wrong).content.decode()
    htmx(desk, address, wrong | {f"goal{town.goal.pk}-add_organisation": "on"})
    assert Goal.objects.get(pk=town.goal.pk).organisation.name == "望海市不存在局"


def test_add_by_selecting_text(desk, town):
    start = TEXT.index("上半年新增")
    place = {"document": town.document.pk, "start": start, "end": start + 12}
    form = htmx(
        desk, reverse("record_add", args=["goal"]) + f"?document={place['document']}&start={start}&end={start + 12}"
    ).content.decode()
    assert "上半年新增外贸企业56家" in form and "望海市商务局" in form
    values = place | {
        "organisation": "望海市商务局",
        "indicator": "新增企业",
        "value": "56",
        "unit": "家",
        "comparator": "ge",
        "measure": "level",
        "quote": "改过的话",
    }
    answer = htmx(desk, reverse("record_add", args=["goal"]), values)
    assert answer.status_code == 204 and "records-changed" in answer["HX-Trigger"]
    made = Goal.objects.get(indicator="新增企业")
    assert made.quote == "上半年新增外贸企业56家"  # cut on the server, whatever the browser sent
    assert (made.start, made.end, made.origin, made.paragraph) == (start, start + 12, Origin.PERSON, 3)


@pytest.mark.parametrize("span", [("5", "2"), ("-1", "4"), ("0", "99999"), ("a", "b"), ("", "")])
def test_a_selection_outside_the_text_is_no_selection(span, desk, town):
    address = reverse("record_add", args=["goal"]) + f"?document={town.document.pk}&start={span[0]}&end={span[1]}"
    assert 'name="start"' not in htmx(desk, address).content.decode()


def test_a_goal_is_typed_in_without_a_document(desk, town):
    values = {"organisation": "望海市商务局", "indicator": "引进项目", "value": "5", "unit": "个", "comparator": "ge", "measure": "level",
              "period_end": "2024-12-31", "quote": "会议纪要：引进项目5个以上"}  # fmt: skip
    answer = desk.post(reverse("record_add", args=["goal"]), values)
    made = Goal.objects.get(indicator="引进项目")
    assert answer["Location"] == reverse("goal", args=[made.pk])
    bad = desk.post(reverse("record_add", args=["goal"]), values | {"period_start": "2025-01-01"})
    assert "早于时期起" in bad.content.decode()


def test_split_and_merge(desk, town):
    record = town.goal
    base = {"organisation": "望海市商务局", "indicator": "新增外贸企业", "value": "100", "unit": "家", "comparator": "ge", "measure": "level",
            "period_start": "2024-01-01", "period_end": "2024-12-31", "owner": "沈怀仁", "post": "局长", "revision": record.revision}  # fmt: skip
    values = {f"part0-{k}": v for k, v in base.items()} | {
        f"part1-{k}": v for k, v in (base | {"indicator": "重点外贸企业", "value": "10"}).items()
    }
    answer = htmx(desk, reverse("record_split", args=["goal", record.pk]), values)
    assert answer.status_code == 204
    made = Goal.objects.get(indicator="重点外贸企业")
    assert made.value == Decimal(10)
    answer = htmx(desk, reverse("record_merge", args=["goal", town.inner.pk]), {"others": [made.pk]})
    assert answer.status_code == 204
    assert Goal.objects.get(pk=made.pk).review == Review.REJECTED
    nothing = htmx(desk, reverse("record_merge", args=["goal", town.inner.pk]), {"others": []})
    assert nothing.status_code == 409


def test_link_by_search_and_reject_it(desk, town):
    address = reverse("record_link", args=["goal", town.inner.pk])
    assert "外贸" in htmx(desk, address + "?q=外贸").content.decode()
    htmx(desk, address, {"other": town.result.pk})
    link = Link.objects.get(goal=town.inner, result=town.result)
    assert (link.state, link.decided_by) == (LinkState.ACCEPTED, town.users["supervisor"])
    htmx(desk, reverse("link_decide", args=[link.pk]), {"state": "rejected", "card": "goal", "reason": "不是一回事"})
    link.refresh_from_db()
    assert link.state == LinkState.REJECTED
    assert htmx(desk, reverse("link_decide", args=[link.pk]), {"state": "nonsense"}).status_code == 409


def test_links_are_accepted_above_a_score_in_one_step(desk, town):
    desk.post(reverse("links_decide"), {"from": "0.85", "action": "accept"})
    assert Link.objects.get(pk=town.other_link.pk).state == LinkState.PROPOSED
    desk.post(reverse("links_decide"), {"from": "0.75", "action": "accept"})
    assert Link.objects.get(pk=town.other_link.pk).state == LinkState.ACCEPTED
    htmx(desk, reverse("undo_last"), {})
    assert Link.objects.get(pk=town.other_link.pk).state == LinkState.PROPOSED
    assert desk.post(reverse("links_decide"), {"from": "abc"}).status_code == 302


def test_the_rest_of_a_document_is_accepted_in_one_step(desk, town):
    htmx(desk, reverse("document_accept", args=[town.document.pk]), {})
    assert not Goal.objects.filter(document=town.document, review=Review.UNREVIEWED).exists()
    assert Goal.objects.get(pk=town.other_goal.pk).review == Review.UNREVIEWED
    htmx(desk, reverse("undo_last"), {})
    assert Goal.objects.filter(document=town.document, review=Review.UNREVIEWED).count() == 2


def test_changes_and_findings_are_settled_with_a_word(desk, town):
    desk.post(reverse("change_decide", args=[town.change.pk]), {"state": "accepted"})
    assert GoalChange.objects.get().state == LinkState.ACCEPTED
    desk.post(reverse("finding_resolve", args=[town.finding.pk]), {"resolution": ""})
    assert Finding.objects.get(pk=town.finding.pk).resolved_at is None
    desk.post(reverse("finding_resolve", args=[town.finding.pk]), {"resolution": "口径不同"})
    assert Finding.objects.get(pk=town.finding.pk).resolution == "口径不同"


def test_a_redirect_after_a_decision_never_leads_elsewhere(desk, town):
    answer = desk.post(
        reverse("change_decide", args=[town.change.pk]),
        {"state": "accepted"},
        headers={"referer": "https://evil.example/x"},
    )
    assert answer["Location"] == reverse("changes")


def test_the_audit_page_takes_back_ones_own_steps_and_an_administrator_anybodys(desk, town, client):
    htmx(desk, reverse("record_decide", args=["goal", town.inner.pk]), {"action": "accept", "revision": "1"})
    event = Event.objects.filter(action="review_accepted").get()
    button = f'hx-post="{reverse("undo", args=[event.pk])}"'
    assert button in desk.get(reverse("audit")).content.decode()
    other = factories.user("second", "supervisor")
    client.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
    assert button not in client.get(reverse("audit")).content.decode()
    client.force_login(town.users["administrator"], backend="django.contrib.auth.backends.ModelBackend")
    assert button in client.get(reverse("audit")).content.decode()
    htmx(client, reverse("undo", args=[event.pk]), {})
    assert button not in client.get(reverse("audit")).content.decode()
    assert "已撤销" in client.get(reverse("audit")).content.decode()


def test_a_setting_is_taken_back_in_the_admin_where_its_effect_is_shown(town):
    rules = Event.objects.create(
        action="settings", model="rules", object_id=1, summary="修改规则", changes={"red_from": ["-30", "-40"]}
    )
    assert not corrections.can_undo(rules)


def test_what_the_machine_had_read_is_shown_in_words(desk, town):
    corrections.correct(town.goal, {"value": Decimal(90)}, user=town.users["supervisor"], reason="批示")
    form = htmx(desk, reverse("record_edit", args=["goal", town.goal.pk])).content.decode()
    machine = form[form.index("机器原值") :]
    assert "<dt>数值</dt><dd>100</dd>" in machine and "<dt>比较</dt><dd>不低于</dd>" in machine
    assert not re.search(r"<dt>[a-z_]+</dt>", machine)
