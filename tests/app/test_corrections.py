"""What people change: who, when, from what, to what, why; told when stale; taken back by one undo; kept by every re-link."""
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from tests import factories as make
from tracker.models import (
    Alias,
    ChangeKind,
    Event,
    Finding,
    Goal,
    GoalChange,
    GoalStatus,
    Link,
    LinkState,
    Organisation,
    Origin,
    Result,
    Review,
    Status,
)
from tracker.services import corrections, linking, progress
from tracker.services.corrections import CorrectionError, StaleRecord

pytestmark = pytest.mark.django_db
AS_OF = date(2024, 6, 30)


@pytest.fixture
def user():
    return make.user("张督查", first_name="张")


@pytest.fixture
def pair():
    """A goal and the result that answers it, linked by the machine."""
    document = make.document(published_on=date(2024, 7, 10))
    goal, result = make.goal(document=document, fingerprint="g"), make.result(document=document, fingerprint="r")
    linking.relink([goal.organisation_id])
    assert Link.objects.get().state == LinkState.ACCEPTED
    return goal, result


def status(goal, as_of=AS_OF):
    progress.ensure_statuses(as_of)
    return GoalStatus.objects.get(goal=goal, as_of=as_of)


def test_a_correction_keeps_the_machines_view_writes_who_and_why_and_moves_progress(user, pair):
    goal, _ = pair
    assert status(goal).completion == Decimal("0.56")
    corrections.correct(goal, {"value": Decimal(80)}, user=user, reason="原件写的是80家")
    goal.refresh_from_db()
    assert (goal.value, goal.review, goal.machine["value"], goal.revision) == (80, Review.CORRECTED, "100", 2)
    event = Event.objects.get()
    assert (event.user, event.action, event.reason) == (user, "correct", "原件写的是80家")
    assert event.changes["value"] == ["100", "80"]
    assert corrections.describe(event)[0] == ("数值", "100", "80")
    history = goal.history.first()
    assert history.history_user == user and history.history_change_reason == "原件写的是80家"
    assert status(goal).completion == Decimal("0.70")


def test_a_change_that_changes_nothing_leaves_no_trace(user, pair):
    goal, _ = pair
    corrections.correct(goal, {"value": Decimal("100.000")}, user=user)
    assert not Event.objects.exists()


def test_the_second_of_two_people_is_told(user, pair):
    goal, _ = pair
    seen_by_both = goal.revision
    corrections.correct(goal, {"note": "甲"}, user=user, revision=seen_by_both)
    mine = Goal.objects.get(pk=goal.pk)
    with pytest.raises(StaleRecord, match="刚被其他人修改"):
        corrections.correct(mine, {"note": "乙"}, user=user, revision=seen_by_both)
    assert Goal.objects.get(pk=goal.pk).note == "甲"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"indicator": " "}, "indicator"),
        ({"value": Decimal(5), "value_max": Decimal(3), "comparator": "range"}, "value_max"),
        ({"value_max": Decimal(130)}, "comparator"),
        ({"period_start": date(2025, 1, 1)}, "period_end"),
        ({"start": 3, "end": 99999}, "quote"),
        ({"comparator": "nonsense"}, "comparator"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(user, pair, changes, field):
    goal, _ = pair
    with pytest.raises(ValidationError) as caught:
        corrections.correct(goal, changes, user=user)
    assert field in caught.value.message_dict
    goal.refresh_from_db()
    assert goal.value == 100 and goal.revision == 1 and not Event.objects.exists()


def test_fields_of_the_machinery_cannot_be_set(user, pair):
    with pytest.raises(ValueError, match="not editable"):
        corrections.correct(pair[0], {"fingerprint": "x"}, user=user)


def test_taking_a_value_away_takes_its_unit_and_measure(user, pair):
    goal, _ = pair
    corrections.correct(goal, {"value": None}, user=user)
    goal.refresh_from_db()
    assert (goal.value, goal.unit, goal.comparator, goal.measure) == (None, "", "", "")


def test_accept_reject_and_restore(user, pair):
    goal, result = pair
    corrections.accept(goal, user=user)
    assert Goal.objects.get(pk=goal.pk).review == Review.ACCEPTED
    corrections.reject(result, user=user, reason="是举例")
    assert Result.objects.standing().count() == 0
    assert not Link.objects.exists(), "a machine's link of a rejected result goes"
    corrections.restore(result, user=user)
    assert Link.objects.filter(state=LinkState.ACCEPTED).count() == 1
    assert [event.action for event in Event.objects.order_by("pk")] == ["review_accepted", "review_rejected", "review_unreviewed"]


def test_many_are_accepted_as_one_action_and_taken_back_as_one(user):
    rows = [make.goal(indicator=f"指标{n}") for n in range(3)]
    assert corrections.accept_all(rows, user=user) == 3
    whole = Event.objects.get(action="accept_all")
    assert whole.parts.count() == 3
    corrections.undo(whole, user=user)
    assert set(Goal.objects.values_list("review", flat=True)) == {Review.UNREVIEWED}
    with pytest.raises(CorrectionError, match="已经撤销过"):
        corrections.undo(Event.objects.get(pk=whole.pk), user=user)


def test_undo_puts_the_old_value_back(user, pair):
    goal, _ = pair
    corrections.correct(goal, {"value": Decimal(80), "period_end": date(2024, 11, 30)}, user=user, reason="误")
    corrections.undo(Event.objects.get(action="correct"), user=user)
    goal.refresh_from_db()
    assert (goal.value, goal.period_end, goal.review) == (100, date(2024, 12, 31), Review.UNREVIEWED)
    assert Event.objects.get(action="correct").undone_by.action == "undo"


def test_undo_of_what_has_been_changed_since_is_refused(user, pair):
    goal, _ = pair
    corrections.correct(goal, {"value": Decimal(80)}, user=user)
    first = Event.objects.get()
    corrections.correct(Goal.objects.get(pk=goal.pk), {"value": Decimal(90)}, user=user)
    with pytest.raises(StaleRecord, match="之后又有人改过"):
        corrections.undo(first, user=user)
    assert Goal.objects.get(pk=goal.pk).value == 90


def test_typed_in_goals_and_results_are_linked_and_counted_like_extracted_ones(user):
    body = make.organisation("望海市商务局")
    goal = corrections.add_goal(
        {"organisation": body, "quote": "全年新增外贸企业100家", "indicator": "新增外贸企业", "value": Decimal(100), "unit": "家",
         "period_start": date(2024, 1, 1), "period_end": date(2024, 12, 31), "owner": "李华"},
        user=user,
    )
    corrections.add_result(
        {"organisation": body, "quote": "上半年新增外贸企业56家", "indicator": "新增外贸企业", "value": Decimal(56), "unit": "家",
         "period_start": date(2024, 1, 1), "period_end": date(2024, 6, 30)},
        user=user,
    )
    assert (goal.origin, goal.review, goal.comparator, goal.measure) == (Origin.PERSON, Review.ACCEPTED, "eq", "level")
    assert goal.indicator_key
    assert status(goal).completion == Decimal("0.56")
    corrections.undo(Event.objects.filter(action="add", model="result").get(), user=user)
    assert Result.objects.get().review == Review.REJECTED
    assert status(goal).completion is None


def test_a_record_marked_in_a_document_is_cut_by_the_server(user):
    document = make.document("上半年，全市新增外\n贸企业56家，增长8%。𠮷")
    body = make.organisation("望海市商务局")
    start, end = document.content.index("新增"), document.content.index("，增长")
    result = corrections.add_result(
        {"organisation": body, "start": start, "end": end, "quote": "会被忽略", "indicator": "新增外贸企业", "value": Decimal(56), "unit": "家"},
        user=user, document=document,
    )
    assert (result.quote, result.paragraph) == ("新增外贸企业56家", 1)


def test_merging_moves_links_and_one_undo_takes_it_back(user, pair):
    goal, result = pair
    twin = make.goal(document=goal.document, fingerprint="g2", quote="全年新增外贸企业100家", start=40, end=50)
    Link.objects.all().delete()
    link = make.link(twin, result, decided_by=user, decided_at="2024-07-11T00:00Z")
    corrections.merge(goal, [twin], user=user, reason="同一句话")
    link.refresh_from_db()
    twin.refresh_from_db()
    assert link.goal == goal and twin.review == Review.REJECTED
    corrections.undo(Event.objects.get(action="merge"), user=user)
    link.refresh_from_db()
    twin.refresh_from_db()
    assert link.goal == twin and twin.review == Review.UNREVIEWED
    with pytest.raises(CorrectionError, match="同类"):
        corrections.merge(goal, [result], user=user)


def test_splitting_makes_several_of_one(user, pair):
    goal, _ = pair
    made = corrections.split(
        goal, [{"indicator": "新增外贸企业", "value": Decimal(60)}, {"indicator": "新增外资企业", "value": Decimal(40)}], user=user
    )
    assert [(row.indicator, row.value, row.unit) for row in made] == [("新增外贸企业", 60, "家"), ("新增外资企业", 40, "家")]
    assert made[1].document == goal.document and made[1].origin == Origin.PERSON
    corrections.undo(Event.objects.get(action="split"), user=user)
    assert Goal.objects.standing().count() == 1 and Goal.objects.get(pk=goal.pk).value == 100


def test_a_rejected_link_is_not_proposed_again_and_a_persons_link_stays(user, pair):
    goal, result = pair
    link = Link.objects.get()
    corrections.decide_link(link, LinkState.REJECTED, user=user, reason="不是一回事")
    assert status(goal).completion is None
    linking.relink([goal.organisation_id])
    assert Link.objects.get().state == LinkState.REJECTED
    other = make.result(indicator="无关指标", quote="无关", organisation=make.organisation("望海市教育局"))
    made = corrections.link(goal, other, user=user, reason="补记")
    linking.relink([goal.organisation_id, other.organisation_id])
    made.refresh_from_db()
    assert made.state == LinkState.ACCEPTED and made.decided_by == user
    corrections.undo(Event.objects.get(action="link"), user=user)
    assert not Link.objects.filter(pk=made.pk).exists()
    assert corrections.link(goal, result, user=user).state == LinkState.ACCEPTED


def test_links_are_accepted_in_bulk_and_undone(user):
    goals = [make.goal(indicator=f"指标{n}") for n in range(2)]
    rows = [make.link(goal, make.result(indicator="别的"), state=LinkState.PROPOSED) for goal in goals]
    assert corrections.accept_links(rows, user=user) == 2
    corrections.undo(Event.objects.get(action="accept_links"), user=user)
    assert set(Link.objects.values_list("state", flat=True)) == {LinkState.PROPOSED}
    assert set(Link.objects.values_list("decided_by", flat=True)) == {None}


def test_a_decided_status_stands_beside_the_computed_one(user, pair):
    goal, _ = pair
    assert status(goal).status == Status.AHEAD
    with pytest.raises(CorrectionError, match="理由"):
        corrections.decide_status(goal, AS_OF, Status.AT_RISK, user=user, reason=" ")
    corrections.decide_status(goal, AS_OF, Status.AT_RISK, user=user, reason="后劲不足")
    row = status(goal)
    assert (row.status, row.computed, row.decided, row.decided_by, row.light) == ("at_risk", "ahead", "at_risk", user, "dark_yellow")
    linking.relink([goal.organisation_id])
    progress.refresh_all()
    assert status(goal).status == Status.AT_RISK
    corrections.undo(Event.objects.get(action="decide_status"), user=user)
    row = status(goal)
    assert (row.status, row.decided, row.light) == ("ahead", "", "green")


def test_an_extension_keeps_the_original_deadline(user, pair):
    goal, _ = pair
    with pytest.raises(CorrectionError, match="理由"):
        corrections.extend_deadline(goal, date(2025, 3, 31), user=user, reason="")
    with pytest.raises(CorrectionError, match="没有晚于"):
        corrections.extend_deadline(goal, date(2024, 6, 30), user=user, reason="x")
    corrections.extend_deadline(goal, date(2025, 3, 31), user=user, reason="市政府同意延期")
    corrections.extend_deadline(Goal.objects.get(pk=goal.pk), date(2025, 6, 30), user=user, reason="再次延期")
    goal.refresh_from_db()
    assert (goal.period_end, goal.original_deadline) == (date(2025, 6, 30), date(2024, 12, 31))


def test_a_new_alias_takes_effect_on_stored_records(user):
    body, other = make.organisation("望海市商务局"), make.organisation("望海市外经贸中心")
    goal = make.goal(organisation=body, document=make.document(published_on=date(2024, 1, 5)))
    result = make.result(organisation=other, document=make.document())
    linking.relink([body.pk, other.pk])
    assert not Link.objects.exists()
    corrections.add_alias(body, "望海市外经贸中心", user=user, reason="合署办公")
    result.refresh_from_db()
    assert result.organisation == body
    assert Link.objects.get().goal == goal
    assert not Organisation.objects.filter(name="望海市外经贸中心").exists()
    corrections.undo(Event.objects.get(action="merge_organisation"), user=user)
    result.refresh_from_db()
    assert result.organisation.name == "望海市外经贸中心" and not Link.objects.exists()


def test_renaming_keeps_the_old_name_as_an_alias(user):
    body = make.organisation("望海市商务局")
    corrections.rename_organisation(body, "望海市商务和投资促进局", user=user, reason="机构改革")
    assert Alias.objects.get().name == "望海市商务局"
    from tracker.services.organisations import get_organisation
    assert get_organisation("望海市商务局") == body
    with pytest.raises(CorrectionError, match="是同一单位"):
        corrections.add_organisation("望海市商务局", user=user)
    with pytest.raises(CorrectionError, match="2 到 120 个字"):
        corrections.add_alias(body, "局", user=user)


def test_findings_and_changes_are_decided_by_people(user, pair):
    goal, result = pair
    finding = Finding.objects.create(kind="words", goal=goal, result=result, sentence="未以数据回应", fingerprint="f")
    with pytest.raises(CorrectionError):
        corrections.resolve_finding(finding, user=user, resolution="")
    corrections.resolve_finding(finding, user=user, resolution="已要求补报")
    assert Finding.objects.get(fingerprint="f").resolved_by == user
    later = make.goal(value=80, document=make.document(published_on=date(2024, 5, 1)))
    change = GoalChange.objects.create(goal=goal, later=later, kind=ChangeKind.LOWERED, happened_on=date(2024, 5, 1), sentence="下调")
    assert status(goal, date(2024, 7, 31)).status == Status.ADJUSTED
    corrections.decide_change(change, LinkState.REJECTED, user=user, reason="不同口径")
    assert status(goal, date(2024, 7, 31)).status != Status.ADJUSTED
