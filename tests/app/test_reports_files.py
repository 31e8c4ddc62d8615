"""Ledgers too large for one answer: ordered on a page, written by a worker, fetched by who ordered them."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from reports import tasks
from reports.models import FileState, LedgerFile
from reports.services import files, months
from tests.app import reports_samples as samples
from tracker.services import queue

pytestmark = pytest.mark.django_db
AS_OF = samples.AS_OF
LEDGER = reverse("reports:ledger") + f"?as_of={AS_OF}"


@pytest.fixture
def office(settings, tmp_path, monkeypatch):
    """Nine goals where four are already too many for one answer; messages to the workers are kept."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(files, "AT_ONCE", 3)
    sent = []
    monkeypatch.setattr(queue, "send", lambda task, pk: sent.append((task, pk)) or True)
    goals = samples.make_city()
    return {"goals": goals, "users": samples.make_users(goals["behind"].organisation), "sent": sent}


def enter(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def ask(client, address, capture):
    with capture(execute=True):
        return client.get(address)


def goals_of(data: bytes) -> set[str]:
    sheet = load_workbook(io.BytesIO(data))["进展情况总表"]
    return {row[18].value for row in sheet.iter_rows(min_row=5) if row[18].value}


def test_large_ledger_is_written_by_a_worker(office, django_capture_on_commit_callbacks):
    client = enter(office["users"]["supervisor"])
    answer = ask(client, LEDGER, django_capture_on_commit_callbacks)
    row = LedgerFile.objects.get()
    assert answer.url == reverse("reports:ledger_file", args=[row.pk])
    assert office["sent"] == [("reports.tasks.write_ledger_file", row.pk)]
    page = client.get(answer.url).content.decode()
    assert "等待生成" in page and 'hx-trigger="every 1s"' in page
    assert client.get(reverse("reports:ledger_download", args=[row.pk])).url == answer.url
    tasks.write_ledger_file(row.pk)
    page = client.get(answer.url, headers={"HX-Request": "true"}).content.decode()
    assert "已生成：9 项目标" in page and "hx-trigger" not in page and "<html" not in page
    listed = client.get(reverse("reports:months")).content.decode()
    assert "我要的台账文件" in listed and reverse("reports:ledger_download", args=[row.pk]) in listed
    other = enter(office["users"]["reader"]).get(reverse("reports:months")).content.decode()
    assert "我要的台账文件" not in other
    got = client.get(reverse("reports:ledger_download", args=[row.pk]))
    assert got["Content-Type"].endswith("spreadsheetml.sheet")
    assert "%E6%88%AA%E8%87%B32024%E5%B9%B410%E6%9C%88" in got["Content-Disposition"]
    data = b"".join(got.streaming_content)
    assert len(goals_of(data)) == 9
    now = io.BytesIO()
    files.write(office["users"]["supervisor"], AS_OF, None, None, now)
    assert data == now.getvalue()


def test_small_ledger_comes_at_once(office, monkeypatch):
    monkeypatch.setattr(files, "AT_ONCE", 9)
    answer = enter(office["users"]["supervisor"]).get(LEDGER)
    assert len(goals_of(b"".join(answer.streaming_content))) == 9 and not LedgerFile.objects.exists()


def test_file_belongs_to_who_ordered_it_and_holds_what_that_person_may_see(office, django_capture_on_commit_callbacks):
    snapshot = months.close_month(AS_OF)
    client = enter(office["users"]["liaison"])
    own = office["goals"]["behind"].organisation
    for address in (LEDGER, reverse("reports:month_ledger", args=[snapshot.pk])):
        direct = client.get(address)
        assert len(goals_of(b"".join(direct.streaming_content))) == 2  # two goals of nine: no large ledger
    files_of_all = enter(office["users"]["reader"])
    ask(files_of_all, reverse("reports:month_ledger", args=[snapshot.pk]), django_capture_on_commit_callbacks)
    row = LedgerFile.objects.get()
    tasks.write_ledger_file(row.pk)
    for name in ("ledger_file", "ledger_download"):
        assert client.get(reverse(f"reports:{name}", args=[row.pk])).status_code == 404
    samples.state(samples.make_goal(own, "新建冷库", 3), "no_data", "grey")
    samples.state(samples.make_goal(own, "改造渠道", 3), "no_data", "grey")
    ask(client, LEDGER, django_capture_on_commit_callbacks)
    mine = LedgerFile.objects.get(user=office["users"]["liaison"])
    tasks.write_ledger_file(mine.pk)
    got = client.get(reverse("reports:ledger_download", args=[mine.pk]))
    assert len(goals_of(b"".join(got.streaming_content))) == 4


def test_ordered_twice_is_written_once(office, django_capture_on_commit_callbacks):
    client = enter(office["users"]["supervisor"])
    first = ask(client, LEDGER, django_capture_on_commit_callbacks).url
    assert ask(client, LEDGER, django_capture_on_commit_callbacks).url == first
    row = LedgerFile.objects.get()
    files.work_off(row.pk)
    row.refresh_from_db()
    kept = row.file.name
    files.work_off(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempt, row.file.name, row.written) == (FileState.READY, 1, kept, 9)
    assert ask(client, LEDGER, django_capture_on_commit_callbacks).url != first


def test_what_went_wrong_is_told(office, monkeypatch, django_capture_on_commit_callbacks):
    client = enter(office["users"]["supervisor"])
    page = ask(client, LEDGER, django_capture_on_commit_callbacks).url

    def fail(*_):
        raise OSError("磁盘已满")

    monkeypatch.setattr(files, "write_workbook", fail)
    tasks.write_ledger_file(LedgerFile.objects.get().pk)
    text = client.get(page).content.decode()
    assert "没有生成" in text and "磁盘已满" in text and LEDGER.split("?")[0] in text


def test_progress_is_told_while_it_is_written(office, monkeypatch):
    monkeypatch.setattr("reports.ledger.workbook.TOLD", 2)
    told = []
    files.write(office["users"]["supervisor"], AS_OF, None, None, io.BytesIO(), told.append)
    assert told == [2, 4, 6, 8]


def test_sweep_sends_again_gives_up_and_throws_away(office):
    now, user = timezone.now(), office["users"]["supervisor"]

    def add(**fields):
        return LedgerFile.objects.create(user=user, as_of=AS_OF, rows=9, **fields)

    lost, fresh = add(sent_at=now - timedelta(minutes=3)), add(sent_at=now)
    dead = add(state=FileState.WRITING, attempt=1, lease_until=now - timedelta(minutes=1))
    hopeless = add(state=FileState.WRITING, attempt=3, lease_until=now - timedelta(minutes=1))
    old = add()
    files.work_off(old.pk)
    LedgerFile.objects.filter(pk=old.pk).update(ordered_at=now - timedelta(days=8))
    old.refresh_from_db()
    tasks.sweep_ledger_files()
    assert [pk for _task, pk in office["sent"]] == [lost.pk, dead.pk]
    assert {row.pk: row.state for row in LedgerFile.objects.all()} == {
        lost.pk: "waiting", fresh.pk: "waiting", dead.pk: "writing", hopeless.pk: "failed",
    }  # fmt: skip
    assert not old.file.storage.exists(old.file.name)
    tasks.write_ledger_file(dead.pk)
    dead.refresh_from_db()
    assert (dead.state, dead.attempt) == (FileState.READY, 2)


def test_worker_that_was_given_up_stores_nothing(office, monkeypatch):
    row = LedgerFile.objects.create(user=office["users"]["supervisor"], as_of=AS_OF, rows=9)
    real = files.write_workbook

    def slow(*args):
        real(*args)
        LedgerFile.objects.filter(pk=row.pk).update(attempt=2)  # another worker has taken it over meanwhile

    monkeypatch.setattr(files, "write_workbook", slow)
    files.work_off(row.pk)
    row.refresh_from_db()
    assert (row.state, row.file.name) == (FileState.WRITING, "")
