"""Pages of one organisation: months that a worker still works out, and what a liaison officer learns of other bodies: nothing."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.urls import reverse

from tests import factories
from tests.app.samples_pages import DAY
from tracker.models import LinkState
from tracker.services import progress

pytestmark = pytest.mark.django_db
ASK = {"as_of": DAY.isoformat()}


def open_page(desk, town) -> str:
    return desk.get(reverse("organisation", args=[town.organisation.pk]), ASK).content.decode()


def test_the_strip_says_which_months_are_still_worked_out(desk, town, monkeypatch):
    monkeypatch.setattr(progress, "_ask_worker", lambda day: None)
    progress.ensure_statuses(DAY)
    monkeypatch.setattr("tracker.views.organisations.PATIENCE", 0)
    assert "正在测算其余 6 个月" in open_page(desk, town)
    progress.work_in(date(2024, 6, 30))
    assert "正在测算其余 5 个月" in open_page(desk, town)


def test_the_strip_says_nothing_when_all_months_are_there(desk, town, monkeypatch):
    monkeypatch.setattr("tracker.views.organisations.PATIENCE", 60)
    assert "正在测算" not in open_page(desk, town)


@pytest.fixture
def liaison(client, town):
    """She sees her own body's result; it answers her own goal and, by another link, a goal of another body."""
    factories.link(town.other_goal, town.result, state=LinkState.PROPOSED)
    client.force_login(town.users["liaison"], backend="django.contrib.auth.backends.ModelBackend")
    return client


def answered(client, town) -> int:
    answer = client.get(reverse("results"), ASK | {"export": "csv", "cols": "indicator,answered"})
    table = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    return next(int(row[-1]) for row in table if any("新增外贸企业" in each for each in row))


def test_a_liaison_officer_counts_links_to_her_own_goals_only(liaison, town):
    assert answered(liaison, town) == 1
    liaison.force_login(town.users["reader"], backend="django.contrib.auth.backends.ModelBackend")
    assert answered(liaison, town) == 2


@pytest.mark.parametrize("name", ["result", "peek", "record"])
def test_a_liaison_officer_reads_nothing_of_goals_of_other_bodies(liaison, town, name):
    addresses = {
        "result": reverse("result", args=[town.result.pk]),
        "peek": reverse("peek", args=[town.goal.pk]),
        "record": reverse("record", args=["result", town.result.pk]),
    }
    page = liaison.get(addresses[name], ASK, headers={"hx-request": "true"} if name != "result" else {})
    assert page.status_code == 200
    assert town.other_goal.quote not in page.content.decode()
    assert town.other.name not in page.content.decode()


def test_a_document_counts_links_to_her_own_goals_only(liaison, town):
    page = liaison.get(reverse("document", args=[town.document.pk]), ASK)
    records = {record.pk: record for record in page.context["records"] if record._meta.model_name == "result"}
    assert records[town.result.pk].linked == 1
