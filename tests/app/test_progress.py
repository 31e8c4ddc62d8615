"""Statuses as of a date: made when missing, fresh when something changed, one query when nothing did."""
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from tests import factories as make
from tracker.models import (
    ChangeKind,
    Finding,
    Goal,
    GoalChange,
    GoalStatus,
    Link,
    LinkState,
    Result,
    Review,
    Rules,
    Status,
    StatusDay,
    Word,
)
from tracker.services import findings, linking, progress, rewording

pytestmark = pytest.mark.django_db
AS_OF = date(2024, 6, 30)


@pytest.fixture
def pair():
    document = make.document(published_on=date(2024, 7, 10))
    goal, result = make.goal(document=document), make.result(document=document)
    make.link(goal, result)
    return goal, result


def row(goal, as_of=AS_OF):
    progress.ensure_statuses(as_of)
    return GoalStatus.objects.get(goal=goal, as_of=as_of)


def test_a_status_carries_its_arithmetic(pair):
    goal, result = pair
    found = row(goal)
    assert (found.status, found.light, found.completion, found.time_share, found.gap) == (
        Status.AHEAD, "green", Decimal("0.5600"), Decimal("0.5000"), Decimal("6.00"),
    )
    assert "56/100 = 56.0%" in found.arithmetic and found.light_reason
    assert (found.result, found.value, found.counted_on, found.answers) == (result, 56, date(2024, 6, 30), 1)
    assert found.forecast == 112 and "预计" in found.assumption


def test_nothing_is_worked_out_twice(pair):
    progress.ensure_statuses(AS_OF)
    with CaptureQueriesContext(connection) as queries:
        day = progress.ensure_statuses(AS_OF)
    assert len(queries) == 1
    assert day.counts == {"ahead": 1}


def test_counts_follow_what_changes(pair):
    goal, _ = pair
    progress.ensure_statuses(AS_OF)
    Goal.objects.filter(pk=goal.pk).update(value=50)
    progress.refresh([goal.pk])
    make.goal(indicator="别的", period_end=date(2024, 12, 31))
    progress.refresh([])
    assert progress.ensure_statuses(AS_OF).counts == {"done": 1, "no_data": 1}


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        (lambda goal, result: Goal.objects.filter(pk=goal.pk).update(review=Review.REJECTED), {}),
        (lambda goal, result: Result.objects.filter(pk=result.pk).update(review=Review.REJECTED), {"no_data": 1}),
        (lambda goal, result: Link.objects.update(state=LinkState.PROPOSED), {"no_data": 1}),
        (lambda goal, result: Rules.objects.create(approx_tolerance=5), {"ahead": 1}),
        (lambda goal, result: goal.delete(), {}),
    ],
    ids=["goal rejected", "result rejected", "link only proposed", "rules", "goal deleted"],
)
def test_what_a_status_rests_on(pair, change, counts):
    progress.ensure_statuses(AS_OF)
    change(*pair)
    progress.refresh_all()
    assert progress.ensure_statuses(AS_OF).counts == counts


def test_rules_of_the_database_decide_on_lights(pair):
    Result.objects.update(value=40)
    assert row(pair[0]).light == "yellow"
    Rules.objects.create(yellow_from=0, dark_yellow_from=-5, red_from=-8)
    progress.refresh_all()
    assert row(pair[0]).light == "red"


def test_only_what_was_known_by_then_counts(pair):
    goal, _ = pair
    assert row(goal, date(2024, 3, 31)).status == Status.NO_DATA
    later = make.result(value=80, period_end=date(2024, 9, 30), document=make.document(published_on=date(2024, 10, 8)))
    make.link(goal, later)
    progress.refresh([goal.pk])
    assert row(goal).value == 56
    assert row(goal, date(2024, 9, 30)).value == 80


def test_next_years_goals_are_not_yet_goals(pair):
    ahead = make.goal(period_start=date(2025, 1, 1), period_end=date(2025, 12, 31), document=make.document(published_on=date(2025, 1, 20)))
    unsaid = make.goal(period_start=None, period_end=date(2025, 12, 31), document=make.document(published_on=date(2025, 1, 20)))
    progress.ensure_statuses(AS_OF)
    assert not GoalStatus.objects.filter(goal__in=[ahead, unsaid]).exists()
    progress.ensure_statuses(date(2025, 1, 31))
    assert GoalStatus.objects.filter(goal__in=[ahead, unsaid], as_of=date(2025, 1, 31)).count() == 2


def test_a_changed_goal_is_adjusted_from_the_day_of_the_change(pair):
    goal, _ = pair
    later = make.goal(value=80, document=make.document(published_on=date(2024, 8, 1)))
    GoalChange.objects.create(goal=goal, later=later, kind=ChangeKind.LOWERED, happened_on=date(2024, 8, 1), sentence="100 → 80")
    assert row(goal).status == Status.AHEAD
    assert row(goal, date(2024, 8, 31)).status == Status.ADJUSTED


@pytest.mark.parametrize("kind", [ChangeKind.REPEATED, ChangeKind.DROPPED])
def test_what_is_only_repeated_or_not_mentioned_goes_on(pair, kind):
    goal, _ = pair
    later = make.goal(document=make.document()) if kind == ChangeKind.REPEATED else None
    GoalChange.objects.create(goal=goal, later=later, kind=kind, happened_on=date(2024, 5, 1), sentence="")
    assert row(goal).status == Status.AHEAD


def test_silence_says_what_was_searched(pair):
    goal = make.goal(indicator="口袋公园", quote="新建口袋公园20个", period_end=date(2024, 3, 31), document=make.document(published_on=date(2024, 1, 5)))
    found = row(goal, date(2024, 7, 31))
    assert found.status == Status.NO_DATA
    assert "口袋公园" in found.searched and "2024-07-31" in found.searched


def test_the_default_date_is_the_end_of_the_newest_documents_month():
    assert progress.default_as_of() <= date.today()
    make.document(published_on=date(2024, 2, 10))
    make.document(published_on=date(2024, 1, 31))
    assert progress.default_as_of() == date(2024, 2, 29)
    make.document(published_on=date(2999, 1, 1))
    assert progress.default_as_of() == date(2024, 2, 29)


def test_contradictions_and_growth_are_found_and_stay_decided():
    first = make.result(document=make.document(published_on=date(2024, 7, 10)))
    second = make.result(value=65, document=make.document(published_on=date(2024, 8, 1)))
    linking.relink([first.organisation_id])
    finding = Finding.objects.get(kind="contradiction")
    assert {finding.result, finding.other} == {first, second} and "56" in finding.sentence and "⟦" not in finding.sentence
    finding.resolved_at = "2024-08-02T00:00Z"
    finding.save()
    Result.objects.filter(pk=second.pk).update(value=56)
    linking.relink([first.organisation_id])
    assert Finding.objects.filter(kind="contradiction").exists(), "a person has dealt with it"
    Finding.objects.update(resolved_at=None)
    linking.relink([first.organisation_id])
    assert not Finding.objects.filter(kind="contradiction").exists()


def test_versions_of_a_goal_are_dated_events():
    old = make.goal(document=make.document(published_on=date(2024, 1, 5), title="年初计划"))
    new = make.goal(value=80, quote="力争全年新增外贸企业80家", document=make.document(published_on=date(2024, 7, 10), title="半年总结"))
    linking.relink([old.organisation_id])
    change = GoalChange.objects.get()
    assert (change.goal, change.later, change.kind, change.happened_on) == (old, new, ChangeKind.LOWERED, date(2024, 7, 10))
    assert "年初计划" in change.sentence and "半年总结" in change.sentence
    linking.relink([old.organisation_id])
    assert GoalChange.objects.count() == 1


def test_measurability_lists_what_the_author_could_mend():
    document = make.document()
    make.goal(document=document, owner="李华")
    make.goal(document=document, value=None, period_end=None, indicator="营商环境", quote="优化营商环境")
    told = findings.measurability(document)
    assert [goal.quote for goal, _ in told] == ["优化营商环境"]
    assert {"number", "deadline", "owner"} <= set(told[0][1].missing)


def test_a_document_is_matched_with_its_surroundings_only():
    body = make.organisation("望海市商务局")
    goals = [
        make.goal(organisation=body, period_start=date(year, 1, 1), period_end=date(year, 12, 31), document=make.document(published_on=date(year, 1, 5)))
        for year in range(2015, 2025)
    ]
    result = make.result(organisation=body, document=make.document(published_on=date(2024, 7, 10)))
    linking.match_documents([result.document_id])
    assert list(Link.objects.values_list("goal", "result")) == [(goals[-1].pk, result.pk)]
    assert StatusDay.objects.count() == 0


def test_a_new_synonym_takes_effect_on_stored_records():
    goal = make.goal(indicator="新增外贸企业", document=make.document(published_on=date(2024, 1, 5)))
    make.result(indicator="新增外贸经营主体", quote="上半年新增外贸经营主体56家", document=make.document())
    linking.relink([goal.organisation_id])
    before = Link.objects.filter(state=LinkState.ACCEPTED).count()
    Word.objects.create(kind="synonyms", text="新增外贸经营主体", meaning="新增外贸企业")
    rewording.apply_words()
    assert Result.objects.get().indicator_key == goal.indicator_key
    assert (before, Link.objects.filter(state=LinkState.ACCEPTED).count()) == (0, 1)


def test_another_threshold_settles_what_nobody_decided():
    goal = make.goal()
    sure, decided = make.link(goal, make.result(), score=0.9), make.link(goal, make.result(value=57), score=0.9, decided_at="2024-07-01T00:00Z")
    Rules.objects.create(accept_links_from=0.95)
    rewording.apply_rules()
    sure.refresh_from_db()
    decided.refresh_from_db()
    assert (sure.state, decided.state) == (LinkState.PROPOSED, LinkState.ACCEPTED)


def test_one_worker_at_a_time_works_in_what_has_changed(pair):
    progress.ensure_statuses(AS_OF)
    progress.refresh([pair[0].pk])
    StatusDay.objects.update(lease_until="2999-01-01T00:00Z")
    progress.catch_up()
    assert StatusDay.objects.exclude(done=F("wanted")).exists()
    StatusDay.objects.update(lease_until="2020-01-01T00:00Z")
    progress.catch_up()
    day = StatusDay.objects.get()
    assert day.done == day.wanted and day.lease_until is None


def test_days_that_take_too_long_are_left_to_a_worker_and_shown_when_they_are_done(pair, monkeypatch):
    asked = []
    monkeypatch.setattr(progress, "_ask_worker", asked.append)
    days = [date(2024, 6, 30), date(2024, 5, 31), date(2024, 4, 30)]
    assert progress.days_within(days, 60) == days and asked == []
    Goal.objects.update(owner="陆远航")
    progress.refresh_all()
    fresh = [date(2024, 3, 31), date(2024, 2, 29)]
    assert progress.days_within([*fresh, *days], 0) == days  # what was worked out once is shown as it was
    assert asked == [*fresh, *days]
    for day in asked:
        progress.work_in(day)
    assert progress.days_within([*fresh, *days], 0) == [*fresh, *days]
    assert set(StatusDay.objects.values_list("done", flat=True)) == set(StatusDay.objects.values_list("wanted", flat=True))


def test_what_a_body_has_reported_is_read_once_for_all_its_goals(monkeypatch):
    asked, real = [], progress.reports_of
    monkeypatch.setattr(progress, "reports_of", lambda ids: (asked.extend(ids), real(ids))[1])
    monkeypatch.setattr(progress, "SQLITE_STEP", 2)
    bodies = [make.organisation(f"望海市{name}局") for name in ("商务", "教育")]
    for _ in range(5):
        for body in bodies:
            make.goal(organisation=body, document=make.document())
    progress.ensure_statuses(date(2024, 12, 31))
    assert sorted(asked) == sorted(body.pk for body in bodies)
    assert GoalStatus.objects.count() == 10
