"""When documents are matched: together, in their organisation's turn; and that it makes no difference in which order they came."""
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from django.db.models import Q
from django.utils import timezone

from tests import factories as make
from tracker.analysis.records import Period, Quantity, Span, Statement
from tracker.models import (
    Document,
    Finding,
    Goal,
    GoalChange,
    ImportJob,
    JobState,
    Link,
    LinkingTurn,
    LinkingWish,
    Organisation,
    Result,
)
from tracker.services import importing, intake, linking, links, queue
from tracker.services.bulk import NewRows
from tracker.services.organisations import UNKNOWN
from tracker.services.statements import plan_storing

pytestmark = pytest.mark.django_db

REPORT = """望海市{body}{year}年工作总结
（{year}年12月{day}日）

一、主要工作
全年，新增限额以上商贸企业{done}家，实际使用外资{paid}亿美元，新建农村公路{roads}公里。

二、下一年工作打算
{next}年，新增限额以上商贸企业{goal}家以上，实际使用外资达到{money}亿美元。到2025年，新建农村公路达到{far}公里。
"""


def report(year: int, body: str = "商务局", **figures) -> tuple[str, bytes]:
    told = {"day": 20, "done": year - 1900, "paid": "1.5", "roads": 100 + year - 2000, "goal": year - 1870, "money": "4.5", "far": 2000} | figures
    return f"{body}{year}-{told['day']}.txt", REPORT.format(body=body, year=year, next=year + 1, **told).encode()


TOWN = [report(2014, far=2050), report(2019), report(2020, far=2100), report(2021, far=1900), report(2021, "政府", goal=160), report(2022, done=40), report(2021, day=25, done=99)]


def receive(*files: tuple[str, bytes]) -> list[ImportJob]:
    batch = intake.open_batch("upload")
    return [intake.receive(name, data, batch=batch).job for name, data in files]


def outcome() -> dict[str, list[tuple]]:
    """What matching leaves, told by documents and places instead of by ids."""
    goal, result = ("goal__document__name", "goal__start"), ("result__document__name", "result__start")
    return {
        "links": sorted(Link.objects.values_list(*goal, *result, "state", "relation", "score", "reasons", "objections"), key=repr),
        "changes": sorted(GoalChange.objects.values_list(*goal, "later__document__name", "later__start", "kind", "sentence"), key=repr),
        "findings": sorted(Finding.objects.values_list("kind", *result, "other__document__name", "sentence"), key=repr),
    }


@pytest.fixture
def matches(monkeypatch):
    """The documents of every match."""
    seen, real = [], links.match
    monkeypatch.setattr(links, "match", lambda chosen, bodies: (seen.append(list(chosen.documents)), real(chosen, bodies)))
    return seen


def test_documents_are_matched_together_when_all_are_read(matches):
    jobs = receive(report(2020), report(2021), report(2022))
    for job in jobs[:2]:
        assert importing.run_job(job.pk) == JobState.DONE
    assert not matches and not Link.objects.exists() and linking.open_turns() == 1
    jobs[0].refresh_from_db()
    assert (jobs[0].stage, jobs[0].progress, jobs[0].links) == ("待关联", 90, 0)
    importing.run_job(jobs[2].pk)
    assert matches == [sorted(Document.objects.values_list("pk", flat=True))]
    assert linking.open_turns() == 0 and not LinkingWish.objects.exists()
    told = {job.document_id: job.links for job in ImportJob.objects.all()}
    touching = {pk: Link.objects.filter(Q(goal__document=pk) | Q(result__document=pk)).count() for pk in told}
    assert told == touching and sum(told.values()) > 0
    assert set(ImportJob.objects.values_list("stage", "progress")) == {("完成", 100)}


def test_enough_documents_of_one_organisation_do_not_wait_for_the_others(matches, monkeypatch):
    monkeypatch.setattr(linking, "ENOUGH", 2)
    jobs = receive(report(2020), report(2021), report(2022), report(2021, "教育局"))
    for job in jobs[:3]:
        importing.run_job(job.pk)
    assert matches == [[jobs[0].document_id, jobs[1].document_id]] and LinkingWish.objects.count() == 1


def test_enough_is_a_tenth_of_what_was_matched_before(matches, monkeypatch):
    """Else a batch of ten thousand would be matched with all its surroundings four hundred times."""
    monkeypatch.setattr(linking, "ENOUGH", 1)
    jobs = receive(report(2020), report(2021), report(2022), report(2021, "教育局"))
    importing.run_job(jobs[0].pk)
    assert len(matches) == 1
    LinkingTurn.objects.update(matched=20)
    importing.run_job(jobs[1].pk)
    assert len(matches) == 1
    importing.run_job(jobs[2].pk)
    assert len(matches) == 2


def test_nobody_waits_longer_than_patience_allows(matches):
    jobs = receive(report(2020), report(2021))
    importing.run_job(jobs[0].pk)
    assert not matches
    LinkingWish.objects.update(created_at=timezone.now() - linking.PATIENCE - timedelta(seconds=1))
    linking.match_ripe()
    assert len(matches) == 1


def test_turns_are_sent_once_and_again_when_their_worker_died(monkeypatch, settings):
    sent = []
    monkeypatch.setattr(queue.app, "send_task", lambda name, args: sent.append((name, *args)))
    [job] = receive(report(2020))
    importing.read_job(job.pk)
    body = LinkingWish.objects.get().organisation_id
    linking.dispatch_turns()
    linking.dispatch_turns()
    assert sent == [("tracker.tasks.match_organisation", body)]
    LinkingTurn.objects.update(lease_until=timezone.now() + timedelta(seconds=30))
    linking.dispatch_turns()
    assert len(sent) == 1, "another worker is at it"
    LinkingTurn.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    linking.dispatch_turns()
    assert len(sent) == 2
    linking.take_turns([body])
    assert not LinkingWish.objects.exists() and set(LinkingTurn.objects.values_list("lease_until", "sent_at")) == {(None, None)}


def test_without_a_broker_turns_wait_in_the_table(monkeypatch):
    def unreachable(*_):
        raise queue.OperationalError("no broker")

    monkeypatch.setattr(queue.app, "send_task", unreachable)
    [job] = receive(report(2020))
    importing.read_job(job.pk)
    linking.dispatch_turns()
    assert LinkingTurn.objects.get(organisation=LinkingWish.objects.get().organisation).sent_at is None


@pytest.mark.parametrize("order", [list(order) for order in permutations(range(len(TOWN)))][::601])
def test_one_by_one_in_any_order_comes_to_the_same_as_all_at_once(order):
    for place in order:
        [job] = receive(TOWN[place])
        importing.run_job(job.pk)
    one_by_one = outcome()
    Link.objects.all().delete()
    GoalChange.objects.all().delete()
    Finding.objects.all().delete()
    linking.relink(Organisation.objects.values_list("pk", flat=True))
    assert outcome() == one_by_one
    assert all(one_by_one.values())


TWINS = [report(2021), report(2021, "商务局 ", done=150, goal=155, far=2010), report(2022, far=2020), report(2020)]


def test_of_two_papers_of_one_day_neither_is_first_for_having_come_first():
    """Nor for its number: as text 100 stands before 97. Numbers go on from one order to the next."""
    make.document(pk=90).delete()
    told = []
    for order in permutations(range(len(TWINS))):
        for place in order:
            [job] = receive(TWINS[place])
            importing.run_job(job.pk)
        told.append(outcome())
        Document.objects.all().delete()
    assert any("两处不一致" in sentence for *_, sentence in told[0]["findings"]) and all(told[0].values())
    assert all(each == told[0] for each in told)


def test_in_small_portions_comes_to_the_same_as_at_once(monkeypatch):
    for job in receive(*TOWN):
        importing.run_job(job.pk)
    at_once = outcome()
    monkeypatch.setattr(linking, "MOST_RECORDS", 4)
    linking.relink(Organisation.objects.values_list("pk", flat=True))
    assert outcome() == at_once
    Link.objects.all().delete()
    linking.relink(Organisation.objects.values_list("pk", flat=True))
    assert outcome() == at_once


def test_matched_again_when_another_was_at_the_same_bodies_meanwhile(monkeypatch):
    calls, real = [], links.match

    def meanwhile(chosen, bodies):
        real(chosen, bodies)
        calls.append(1)
        if len(calls) == 1:
            linking.note_change(bodies.same)

    monkeypatch.setattr(links, "match", meanwhile)
    [job] = receive(report(2020))
    importing.run_job(job.pk)
    assert len(calls) == 2 and not LinkingWish.objects.exists()


def test_what_does_not_come_to_rest_waits_for_later(monkeypatch):
    real = links.match
    monkeypatch.setattr(links, "match", lambda chosen, bodies: (real(chosen, bodies), linking.note_change(bodies.same)))
    [job] = receive(report(2020))
    assert importing.run_job(job.pk) == JobState.DONE
    assert LinkingWish.objects.count() == 1
    monkeypatch.setattr(links, "match", real)
    linking.finish_turns()
    assert not LinkingWish.objects.exists()


def test_a_match_that_fails_is_tried_again_and_costs_no_document(monkeypatch, caplog):
    real = links.match
    monkeypatch.setattr(links, "match", lambda *_: 1 / 0)
    [job] = receive(report(2020))
    assert importing.run_job(job.pk) == JobState.DONE
    assert LinkingWish.objects.count() == 1 and "is tried again" in caplog.text
    monkeypatch.setattr(links, "match", real)
    linking.finish_turns()
    assert Link.objects.exists() and not LinkingWish.objects.exists()


def test_what_nobody_is_named_for_answers_only_inside_its_document():
    """Two papers without a body are not two papers of one body."""
    nobody = make.organisation(UNKNOWN)
    first, second = make.document(name="甲.txt"), make.document(name="乙.txt", published_on=date(2024, 12, 20))
    words = {"organisation": nobody, "indicator": "新建农村公路", "unit": "公里", "comparator": "ge", "measure": "level"}
    days = {"period_start": date(2024, 1, 1), "period_end": date(2024, 12, 31)}
    make.goal(document=first, value=100, quote="新建农村公路100公里", **words, **days)
    own = make.result(document=first, value=60, quote="新建农村公路60公里", **words | {"comparator": "eq"}, **days)
    make.result(document=second, value=90, quote="新建农村公路90公里", **words | {"comparator": "eq"}, **days)
    linking.match_documents([first.pk, second.pk])
    assert list(Link.objects.values_list("result", flat=True)) == [own.pk]
    assert not Finding.objects.filter(kind="contradiction").exists()


def test_a_period_out_of_order_costs_its_start_and_not_the_document():
    document, body = make.document(), make.organisation()
    told = Statement(
        kind="goal", organisation=body.name, span=Span(0, 10), quote="新建农村公路9公里", indicator="新建农村公路", indicator_key="新建农村公路",
        quantity=Quantity(Decimal(9), "公里", "ge"), measure="level", period=Period(date(2024, 12, 31), date(2024, 2, 1)),
    )  # fmt: skip
    plan = plan_storing(document, "goal", [("mark", told)], {body.name: body})
    NewRows(Goal, plan.create).insert()
    goal = Goal.objects.get()
    assert (goal.period_start, goal.period_end, goal.value, goal.organisation) == (None, date(2024, 2, 1), 9, body)


def test_rows_written_in_bulk_are_those_that_django_writes():
    body, document = make.organisation(), make.document()
    odd = "制表\t换行\n回车\r反斜杠\\N引号\"'百分号%s"
    fields = {
        "organisation_id": body.pk, "document_id": document.pk, "quote": odd, "indicator": "指标", "value": Decimal("12.500000"), "value_max": None,
        "unit": "亿元", "comparator": "ge", "measure": "level", "period_end": date(2024, 12, 31), "reasons": ["甲“乙”", "丙\\丁"], "score": 0.73,
    }  # fmt: skip
    NewRows(Result, [fields | {"fingerprint": "一"}, fields | {"fingerprint": "二"}]).insert()
    NewRows(Result, []).insert()
    Result.objects.create(**fields, fingerprint="三")
    columns = [field.attname for field in Result._meta.concrete_fields if field.attname not in {"id", "fingerprint", "created_at", "updated_at"}]
    assert len(set(map(repr, Result.objects.values_list(*columns)))) == 1
    assert Result.objects.filter(created_at__isnull=False, quote=odd).count() == 3
