"""The queue of open work: sorted and narrowed by how sure the machine is, accepted in bulk above a score, in one step taken back."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests import factories
from tests.app.samples_pages import htmx
from tracker.models import Event, Goal, Link, LinkState, Result, Review
from tracker.views.waiting import read_score

pytestmark = pytest.mark.django_db


@pytest.fixture
def scored(town):
    """Three records of one body and one of another, each with a score of its own."""
    for record, score in ((town.goal, 0.97), (town.inner, 0.4), (town.result, 0.9), (town.other_goal, 0.96)):
        type(record).objects.filter(pk=record.pk).update(score=score)
    return town


def cards(page: str) -> list[str]:
    return re.findall(r'data-record="((?:goal|result)-\d+)"', page)


def test_records_stand_in_the_order_of_their_score_those_without_one_last(desk, scored):
    page = desk.get(reverse("review"), {"part": "records"}).content.decode()
    wanted = [f"goal-{scored.inner.pk}", f"result-{scored.result.pk}", f"goal-{scored.other_goal.pk}", f"goal-{scored.goal.pk}",
              f"result-{scored.other_result.pk}"]  # fmt: skip
    assert cards(page) == wanted
    assert cards(desk.get(reverse("review"), {"part": "records", "sort": "sure"}).content.decode()) == [
        *reversed(wanted[:4]),
        wanted[4],
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"floor": "0.95"}, {"goal", "other_goal"}),
        ({"floor": "0.85", "ceiling": "0.95"}, {"result"}),
        ({"ceiling": "60%"}, {"inner"}),
        ({"kind": "result", "floor": "0"}, {"result"}),
        ({"floor": "nonsense", "kind": "nonsense"}, {"goal", "inner", "other_goal", "result", "other_result"}),
    ],
)
def test_records_are_narrowed_by_score_and_kind(desk, scored, asked, found):
    page = desk.get(reverse("review"), {"part": "records", **asked}).content.decode()
    records = {name: getattr(scored, name) for name in ("goal", "inner", "result", "other_goal", "other_result")}
    names = {f"{record._meta.model_name}-{record.pk}": name for name, record in records.items()}
    assert {names[card] for card in cards(page)} == found


def test_the_first_tab_counts_records_and_one_body_narrows_it(desk, scored):
    assert '目标与完成情况 <span class="muted">5</span>' in desk.get(reverse("review")).content.decode()
    narrowed = desk.get(reverse("review"), {"organisation": scored.other.pk}).content.decode()
    assert '目标与完成情况 <span class="muted">2</span>' in narrowed


def test_what_would_be_accepted_is_counted_before_and_taken_back_in_one_step(desk, scored):
    page = desk.get(reverse("review"), {"from": "0.9"}).content.decode()
    assert "采纳这 3 条" in page and "目标 2，完成情况 1" in page
    answer = htmx(desk, reverse("records_accept"), {"from": "0.9"})
    assert answer.status_code == 204 and "records-changed" in answer["HX-Trigger"]
    assert set(Goal.objects.filter(review=Review.ACCEPTED)) == {scored.goal, scored.other_goal}
    assert set(Result.objects.filter(review=Review.ACCEPTED)) == {scored.result}
    assert Event.objects.filter(part_of__isnull=True, action="accept_all").count() == 1
    htmx(desk, reverse("undo_last"), {})
    assert not Goal.objects.exclude(review=Review.UNREVIEWED).exists()
    assert not Result.objects.exclude(review=Review.UNREVIEWED).exists()


def test_accepting_in_bulk_keeps_to_the_body_the_kind_and_the_document_asked_for(desk, scored):
    htmx(desk, reverse("records_accept"), {"from": "0", "organisation": scored.organisation.pk, "kind": "goal"})
    assert Goal.objects.get(pk=scored.other_goal.pk).review == Review.UNREVIEWED
    assert Result.objects.get(pk=scored.result.pk).review == Review.UNREVIEWED
    assert Goal.objects.filter(review=Review.ACCEPTED).count() == 2
    htmx(desk, reverse("links_decide"), {"from": "0", "organisation": scored.organisation.pk, "action": "accept"})
    assert Link.objects.get(pk=scored.other_link.pk).state == LinkState.PROPOSED


@pytest.mark.parametrize("floor", ["", "1.5", "十成", "-1", "nan"])
def test_a_score_that_is_none_accepts_nothing(desk, scored, floor):
    assert htmx(desk, reverse("records_accept"), {"from": floor}).status_code == 409
    assert not Goal.objects.exclude(review=Review.UNREVIEWED).exists()


def test_what_people_typed_in_has_no_score_and_is_never_accepted_in_bulk(desk, scored):
    htmx(desk, reverse("records_accept"), {"from": "0"})
    assert Result.objects.get(pk=scored.other_result.pk).review == Review.UNREVIEWED


@pytest.mark.parametrize(
    ("text", "score"), [("0.9", 0.9), ("90%", 0.9), (" 1 ", 1.0), ("", None), (None, None), ("2", None)]
)
def test_scores_are_read_as_shares_or_percentages(text, score):
    assert read_score(text) == score


def test_a_decision_in_the_queue_keeps_the_page_and_offers_to_take_it_back(desk, scored):
    here = {"hx-request": "true", "hx-current-url": "http://testserver" + reverse("review") + "?part=links"}
    answer = desk.post(reverse("link_decide", args=[scored.other_link.pk]), {"state": "accepted"}, headers=here)
    assert answer.status_code == 204
    assert "undo" in answer["HX-Trigger"] and "records-changed" not in answer["HX-Trigger"]


def test_a_card_in_the_queue_shows_the_paragraph_and_what_is_doubtful(desk, scored):
    Goal.objects.filter(pk=scored.inner.pk).update(reasons=["计划与目标一节", "可核对的事项“企业”", "标题或文件署名"])
    here = {"hx-request": "true", "hx-current-url": "http://testserver" + reverse("review") + "?part=records"}
    card = desk.get(reverse("record", args=["goal", scored.inner.pk]), headers=here).content.decode()
    assert "<mark>重点企业不少于10家</mark>" in card and "全年新增外贸企业100家以上" in card
    assert re.search(r'class="weak">可核对的事项“企业”', card)
    assert "把握 0.40" in re.sub(r"\s+", " ", card)


def test_many_links_are_rejected_as_one_action_and_taken_back_as_one(desk, scored):
    more = factories.link(scored.goal, scored.other_result, state=LinkState.PROPOSED, score=0.6)
    chosen = {"chosen": [scored.other_link.pk, more.pk], "action": "reject"}
    desk.post(reverse("links_decide"), chosen)
    assert Link.objects.filter(state=LinkState.REJECTED).count() == 2
    htmx(desk, reverse("undo_last"), {})
    assert Link.objects.filter(state=LinkState.PROPOSED).count() == 2


def test_a_liaison_officer_counts_only_the_own_records_of_a_shared_document(client, town):
    factories.goal(
        organisation=town.other, document=town.document, indicator="新建学校", quote="新建学校2所", value=2, unit="所"
    )
    factories.result(
        organisation=town.other, document=town.document, indicator="新建学校", quote="已建1所", value=1, unit="所"
    )
    client.force_login(town.users["liaison"], backend="django.contrib.auth.backends.ModelBackend")
    rows = client.get(reverse("documents")).context["page"].rows
    assert [(row.goals_found, row.results_found, row.open_found) for row in rows if row == town.document] == [(2, 1, 3)]
    front = client.get(reverse("front")).context["documents"]
    assert [(row.goals_found, row.results_found) for row in front if row == town.document] == [(2, 1)]
