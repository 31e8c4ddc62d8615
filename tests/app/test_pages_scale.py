"""Pages over very many goals: figures kept for a version of the data are never old, long lists are the short ones' pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tests.app.samples_pages import DAY, build_town
from tracker import tasks
from tracker.models import Goal, GoalStatus, KeptFigures, Status
from tracker.services import corrections, figures, importing, intake, progress
from tracker.services.progress import ensure_statuses
from tracker.tables import rows
from tracker.views import paging
from tracker.views.figures import statuses
from tracker.views.paging import Ordering, read_page

pytestmark = pytest.mark.django_db
AS_OF = {"as_of": DAY.isoformat()}
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def town():
    return build_town()


@pytest.fixture
def desk(client, town):
    client.force_login(town.users["supervisor"], backend=BACKEND)
    return client


def make_goals(n: int) -> None:
    """Goals of three bodies, every fifth without a number and every fourth without a deadline."""
    bodies = [factories.organisation(f"望海市{name}局") for name in ("统计", "交通", "水利")]
    for i in range(n):
        deadline = date(2024, 1 + i % 7, 28) if i % 4 else None
        value = {"value": Decimal(i % 5), "comparator": "ge", "measure": "level"} if i % 5 else {"value": None}
        factories.goal(organisation=bodies[i % 3], indicator=f"指标{i % 7}", period_end=deadline, **value)


@pytest.mark.parametrize("lookup", ["goal__period_end", "goal__value", "goal__indicator", "goal__organisation__name"])
@pytest.mark.parametrize("falling", [False, True])
def test_a_long_list_walked_along_the_goals_gives_the_same_pages(lookup, falling, town, monkeypatch):
    make_goals(32)
    ensure_statuses(DAY)
    rows = GoalStatus.objects.filter(as_of=DAY).exclude(status=Status.DONE)
    order = Ordering(lookup, falling, "goal_id")
    short = [row.pk for row in read_page(rows, order, 100, {}).rows]
    monkeypatch.setattr(paging, "count_capped", lambda rows: (rows.count(), True))
    assert [row.pk for row in read_page(rows, order, 100, {}).rows] == short
    second = read_page(rows, order, 10, {"after": str(read_page(rows, order, 10, {}).after)})
    assert [row.pk for row in second.rows] == short[10:20]
    before = read_page(rows, order, 10, {"before": str(second.before)})
    assert [row.pk for row in before.rows] == short[:10]
    assert [row.pk for row in read_page(rows, order, 10, {"end": "1"}).rows] == short[-10:]


def figures_shown(desk) -> dict:
    """What the pages with kept figures count."""
    front = desk.get(reverse("front"), AS_OF).context
    bodies = desk.get(reverse("organisations"), AS_OF).context["page"].rows
    wall = desk.get(reverse("wall"), AS_OF).context["rows"]
    return {
        "front": front["total"],
        "ranked": sum(each.total for each in front["ranked"]),
        "silent": front["silent_count"],
        "goals": desk.get(reverse("goals"), AS_OF).context["chips"][0].n,
        "organisations": sum(row.goals_now for row in bodies),
        "wall": sum(row.total for row in wall),
        "timeline": desk.get(reverse("timeline"), AS_OF | {"year": 2024}).context["total"],
    }


def test_kept_figures_are_new_after_every_change(desk, town):
    user = town.users["supervisor"]
    first = figures_shown(desk)
    assert first["front"] == first["goals"] == first["organisations"] == first["wall"] == first["ranked"]
    fields = {
        "organisation": town.organisation,
        "indicator": "新建泊位",
        "quote": "全年新建泊位12个。",
        "period_end": date(2024, 12, 31),
    }
    goal = corrections.add_goal(fields, user=user)
    assert figures_shown(desk) == {name: n + 1 for name, n in first.items()}
    corrections.reject(goal, user=user, reason="重复")
    assert figures_shown(desk) == first
    corrections.restore(goal, user=user)
    corrections.close_goal(Goal.objects.get(pk=goal.pk), user=user)
    assert figures_shown(desk)["silent"] == first["silent"]
    corrections.correct(Goal.objects.get(pk=goal.pk), {"period_end": date(2025, 6, 30)}, user=user, reason="写错")
    assert figures_shown(desk)["timeline"] == first["timeline"]
    corrections.decide_status(town.goal, DAY, Status.ADJUSTED, user=user, reason="上级调整")
    assert desk.get(reverse("front"), AS_OF).context["counts"][Status.ADJUSTED] == 1


def test_kept_figures_follow_bodies_that_become_one(desk, town):
    user = town.users["supervisor"]
    first = figures_shown(desk)
    other = factories.organisation("望海市贸促会")
    fields = {"organisation": other, "indicator": "展会", "quote": "办展会3场。", "period_end": date(2024, 12, 31)}
    corrections.add_goal(fields, user=user)
    corrections.merge_organisations(town.organisation, other, user=user)
    assert figures_shown(desk) == {name: n + 1 for name, n in first.items()}
    ranked = {each.name: each.total for each in desk.get(reverse("front"), AS_OF).context["ranked"]}
    assert "望海市贸促会" not in ranked
    assert ranked[town.organisation.name] == statuses(user, DAY).filter(goal__organisation=town.organisation).count()


@pytest.fixture
def large(monkeypatch):
    """As if there were very many goals; the days that pages ask a worker for."""
    asked: list[date] = []
    monkeypatch.setattr(figures, "MANY_GOALS", 1)
    monkeypatch.setattr(progress, "_ask_worker", asked.append)
    return asked


def test_of_very_many_goals_a_page_shows_the_last_figures_until_a_worker_has_the_new(desk, town, large):
    for day in (figures.month_before(DAY), DAY):
        ensure_statuses(day)
    first = figures_shown(desk)
    assert "更新中" not in desk.get(reverse("front"), AS_OF).content.decode()
    fields = {"organisation": town.organisation, "indicator": "泊位", "quote": "新建泊位12个。", "period_end": date(2024, 12, 31)}
    corrections.add_goal(fields, user=town.users["supervisor"])
    meanwhile = desk.get(reverse("front"), AS_OF)
    assert "更新中" in meanwhile.content.decode() and DAY in large
    assert meanwhile.context["total"] == first["front"] and meanwhile.context["silent_count"] == first["silent"]
    for day in set(large):
        tasks.work_in(day.isoformat())
    with CaptureQueriesContext(connection) as asked:
        page = desk.get(reverse("front"), AS_OF)
    assert "更新中" not in page.content.decode()
    assert page.context["total"] == first["front"] + 1 and page.context["silent_count"] == first["silent"] + 1
    assert not [query["sql"] for query in asked if "COUNT" in query["sql"] and "goalstatus" in query["sql"]]
    assert figures_shown(desk) == {name: n + 1 for name, n in first.items()}


def test_after_an_import_the_worker_leaves_exact_figures(desk, town, large, django_capture_on_commit_callbacks):
    for day in (figures.month_before(DAY), DAY):
        ensure_statuses(day)
    first = figures_shown(desk)
    with django_capture_on_commit_callbacks():
        job = intake.receive("望海市商务局2024年工作计划.txt", "望海市商务局2024年工作计划\n全年新增外贸企业120家。\n".encode()).job
    importing.run_job(job.pk)
    tasks.sweep()
    there = Goal.objects.filter(document=job.document_id).count()
    assert there and figures_shown(desk)["front"] == first["front"] + there
    assert "更新中" not in desk.get(reverse("front"), AS_OF).content.decode()


def test_figures_kept_ahead_are_those_that_a_page_would_count(desk, town, large):
    for day in (figures.month_before(DAY), DAY):
        ensure_statuses(day)
    stored = KeptFigures.objects.get(days=f"{DAY},{figures.month_before(DAY)}")
    assert stored.value == figures.count_front(figures.standing_on(DAY), DAY, figures.month_before(DAY))


def test_kept_figures_show_names_as_they_are_now(desk, town):
    desk.get(reverse("front"), AS_OF)
    town.organisation.name = "望海市商务发展局"
    town.organisation.save()
    assert "望海市商务发展局" in {each.name for each in desk.get(reverse("front"), AS_OF).context["ranked"]}


def test_kept_figures_differ_by_what_a_user_may_see(client, desk, town):
    whole = figures_shown(desk)
    client.force_login(town.users["liaison"], backend=BACKEND)
    own = figures_shown(client)
    assert own["front"] == own["organisations"] == own["wall"] == statuses(town.users["liaison"], DAY).count()
    client.force_login(town.users["supervisor"], backend=BACKEND)
    assert figures_shown(client) == whole


@pytest.mark.usefixtures("unchecked_memories")
@pytest.mark.parametrize(
    "page, most", [("front", 20), ("goals", 15), ("wall", 20), ("timeline", 13), ("organisations", 13)]
)
def test_a_page_asked_for_again_counts_nothing_again(page, most, desk, town):
    desk.get(reverse(page), AS_OF)
    with CaptureQueriesContext(connection) as asked:
        desk.get(reverse(page), AS_OF)
    assert len(asked) <= most
    assert not [query["sql"] for query in asked if "GROUP BY" in query["sql"] and "goalstatus" in query["sql"]]


@pytest.mark.usefixtures("unchecked_memories")
def test_a_row_that_is_remembered_is_written_anew_once_anything_in_it_changes(desk, town, monkeypatch):
    written = []
    usual = rows._write_row
    monkeypatch.setattr(rows, "_write_row", lambda *given: written.append(given[1].goal_id) or usual(*given))
    rows._WRITTEN.clear()
    first = desk.get(reverse("goals"), AS_OF).content.decode()
    every = len(written)
    assert every == len(set(written)) == 3
    again = desk.get(reverse("goals"), AS_OF).content.decode()
    assert len(written) == every and again.count("<tr") == first.count("<tr")
    goal = Goal.objects.get(pk=written[0])
    type(goal.organisation).objects.filter(pk=goal.organisation_id).update(name="望海市新名字局")
    assert "望海市新名字局</a>" in desk.get(reverse("goals"), AS_OF).content.decode()
    del written[:]
    desk.get(reverse("goals"), AS_OF | {"cols": "organisation,goal,review"})
    Goal.objects.filter(pk=goal.pk).update(indicator="改过的指标")
    assert "改过的指标" in desk.get(reverse("goals"), AS_OF | {"cols": "organisation,goal,review"}).content.decode()
    assert written.count(goal.pk) == 2 and len(written) == every + 1
    desk.cookies["django_language"] = "en"
    del written[:]
    desk.get(reverse("goals"), AS_OF)
    assert len(written) == every
