"""The queue of open work: sorted and narrowed by how sure the machine is, accepted in bulk above a score, in one step taken back."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tests.app.samples_pages import htmx
from tracker.models import Event, Goal, Link, LinkState, Result, Review
from tracker.services import corrections
from tracker.views import waiting
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
    assert [(row.goals_found, row.results_found) for row in front if row.pk == town.document.pk] == [(2, 1)]


def make_many(body, n: int) -> None:
    """Waiting goals, each with a waiting link."""
    for place in range(n):
        goal = factories.goal(organisation=body, indicator=f"指标{place}")
        Goal.objects.filter(pk=goal.pk).update(score=0.9)
        factories.link(goal, factories.result(organisation=body, indicator="别的"), state=LinkState.PROPOSED, score=0.9)


def count_queries(ask) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert ask().status_code < 300
    return len(asked)


@pytest.mark.parametrize("part", ["documents", "records", "links", "changes", "findings"])
def test_a_long_queue_asks_no_more_questions_than_a_short_one(desk, town, part):
    address = reverse("review") + f"?part={part}"
    make_many(town.organisation, 3)
    short = count_queries(lambda: desk.get(address))
    make_many(town.organisation, 60)
    assert count_queries(lambda: desk.get(address)) == short <= 20


@pytest.mark.parametrize("address", ["records_accept", "links_decide"])
def test_to_accept_many_and_to_take_it_back_asks_no_more_than_to_accept_a_few(desk, town, address):
    counts = []
    for n in (3, 60):
        make_many(town.organisation, n)
        accepted = count_queries(lambda: htmx(desk, reverse(address), {"from": "0.85", "action": "accept"}))
        counts.append((accepted, count_queries(lambda: htmx(desk, reverse("undo_last"), {}))))
    assert counts[0] == counts[1]
    assert max(counts[1]) <= 45


def test_each_of_many_has_its_history_and_its_line_in_the_audit(desk, scored):
    htmx(desk, reverse("records_accept"), {"from": "0.9"})
    goal = Goal.objects.get(pk=scored.goal.pk)
    assert (goal.revision, goal.review) == (scored.goal.revision + 1, Review.ACCEPTED)
    last = goal.history.first()
    assert (last.review, last.history_type, last.history_user.username, last.history_change_reason) == ("accepted", "~", "supervisor", None)
    event = Event.objects.get(model="goal", object_id=goal.pk)
    assert (event.action, event.summary) == ("review_accepted", f"采纳目标“{goal.indicator}”")
    assert event.changes == {"review": ["unreviewed", "accepted"]} and event.part_of.summary == "批量采纳 3 条记录"
    htmx(desk, reverse("undo_last"), {})
    assert goal.history.first().history_change_reason == "撤销：批量采纳 3 条记录"
    assert Goal.objects.get(pk=goal.pk).revision == goal.revision + 1


def test_what_was_changed_since_is_not_taken_back_with_the_others(desk, scored):
    htmx(desk, reverse("records_accept"), {"from": "0.9"})
    whole = Event.objects.get(action="accept_all")
    corrections.correct(Goal.objects.get(pk=scored.goal.pk), {"value": 90}, user=scored.users["administrator"], reason="误")
    answer = htmx(desk, reverse("undo", args=[whole.pk]), {})
    assert answer.status_code == 409 and "1 条又有人改过" in json.loads(answer["HX-Trigger"])["toast"]["text"]
    assert Goal.objects.get(pk=scored.other_goal.pk).review == Review.ACCEPTED


def test_more_than_one_step_takes_the_surest_and_says_so(desk, scored, monkeypatch):
    monkeypatch.setattr(waiting, "MOST_AT_ONCE", {"records": 2, "links": 1})
    for name in ("review", "statements"):
        monkeypatch.setattr(f"tracker.views.{name}.MOST_AT_ONCE", waiting.MOST_AT_ONCE)
    factories.link(scored.goal, scored.other_result, state=LinkState.PROPOSED, score=0.6)
    assert "采纳把握最高的 2 条" in desk.get(reverse("review"), {"from": "0.9"}).content.decode()
    assert "采纳把握最高的 1 条" in desk.get(reverse("review"), {"part": "links", "from": "0.5"}).content.decode()
    htmx(desk, reverse("records_accept"), {"from": "0.9"})
    htmx(desk, reverse("links_decide"), {"from": "0.5", "action": "accept"})
    assert set(Goal.objects.filter(review=Review.ACCEPTED)) == {scored.goal, scored.other_goal}
    assert list(Link.objects.filter(decided_by__isnull=False)) == [scored.other_link]


def test_an_acceptance_taken_back_matches_nothing_again(desk, scored, monkeypatch):
    rematched = []
    monkeypatch.setattr("tracker.services.linking.match_documents", lambda *given, **named: rematched.append(given))
    address = reverse("record_decide", args=["goal", scored.goal.pk])
    htmx(desk, address, {"action": "accept"})
    htmx(desk, reverse("undo_last"), {})
    assert Goal.objects.get(pk=scored.goal.pk).review == Review.UNREVIEWED and rematched == []
    htmx(desk, address, {"action": "reject"})
    assert len(rematched) == 1
    htmx(desk, reverse("undo_last"), {})
    assert len(rematched) == 2


def test_a_link_taken_back_is_the_machines_again(desk, scored):
    for address, values in (("links_decide", {"from": "0.5", "action": "accept"}), ("link_decide", {"state": "rejected"})):
        htmx(desk, reverse(address, args=[scored.other_link.pk] if address == "link_decide" else []), values)
        htmx(desk, reverse("undo_last"), {})
        link = Link.objects.get(pk=scored.other_link.pk)
        assert (link.state, link.decided_by, link.decided_at) == (LinkState.PROPOSED, None, None)


def test_links_that_the_same_person_decided_before_are_rejected_and_taken_back(desk, scored):
    for state in ("accepted", "proposed", "accepted"):
        htmx(desk, reverse("link_decide", args=[scored.other_link.pk]), {"state": state})
    corrections.reject_links(Link.objects.filter(pk=scored.other_link.pk), user=scored.users["supervisor"])
    htmx(desk, reverse("undo_last"), {})
    link = Link.objects.get(pk=scored.other_link.pk)
    assert (link.state, link.decided_by) == (LinkState.ACCEPTED, scored.users["supervisor"])
