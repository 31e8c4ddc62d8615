"""Many files in one batch: its page stays small, and it is stopped and taken up again as a whole."""
import re

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories as make
from tracker.models import Document, ImportJob, JobState
from tracker.services import batches, intake

pytestmark = pytest.mark.django_db


def fill(number: int, state: str = JobState.PENDING, batch=None):
    batch = batch or intake.open_batch("upload")
    first = batch.jobs.count()
    names = [f"第{n}份.txt" for n in range(first, first + number)]
    documents = Document.objects.bulk_create([Document(sha256=f"{name}{batch.pk}", name=name, file=name, size=1) for name in names])
    ImportJob.objects.bulk_create([ImportJob(batch=batch, document=document, state=state) for document in documents])
    return batch


def states(batch) -> dict[str, int]:
    return {state: batch.jobs.filter(state=state).count() for state in JobState.values if batch.jobs.filter(state=state).exists()}


def test_the_page_of_a_large_batch_shows_what_matters_and_counts_in_the_database(desk):
    batch = fill(120)
    fill(30, JobState.FAILED, batch)
    page = reverse("import_batch", args=[batch.pk])
    with CaptureQueriesContext(connection) as small:
        desk.get(page)
    fill(1000, JobState.DONE, batch)
    with CaptureQueriesContext(connection) as large:
        text = desk.get(page).content.decode()
    assert len(large) == len(small)
    shown = re.findall(r'class="main" href="[^"]+">([^<]+)</a>', text)
    assert len(shown) == batches.SHOWN and shown[:30] == [f"第{n}份.txt" for n in range(120, 150)], "failed ones first"
    assert "1000/1150 份完成" in text and "30 份失败" in text and "份数很多" in text


def test_a_small_batch_shows_all_its_files(desk):
    batch = fill(3, JobState.DONE)
    text = desk.get(reverse("import_batch", args=[batch.pk])).content.decode()
    assert text.count("份.txt</a>") == 3 and "份数很多" not in text


def test_a_batch_is_open_until_everything_is_matched():
    batch = fill(2, JobState.DONE)
    assert not batches.progress_of(batch).open
    batch.jobs.filter(pk=batch.jobs.order_by("pk")[0].pk).update(stage="待关联")
    assert batches.progress_of(batch).open and batches.progress_of(batch).waiting == 1


def test_stopped_and_taken_up_as_a_whole_in_a_few_questions(desk, django_capture_on_commit_callbacks):
    batch = fill(700)
    fill(20, JobState.DONE, batch)
    fill(5, JobState.FAILED, batch)
    address = reverse("import_batch_change", args=[batch.pk])
    with CaptureQueriesContext(connection) as asked:
        answer = desk.post(address, {"action": "cancel"})
    assert "已取消 700 份" in str(next(iter(get_messages(answer.wsgi_request)))) and len(asked) < 40
    assert states(batch) == {"cancelled": 700, "done": 20, "failed": 5}
    with CaptureQueriesContext(connection) as asked:
        desk.post(address, {"action": "resume"})
    assert len(asked) < 40
    assert states(batch) == {"pending": 705, "done": 20}


def test_a_document_that_is_read_elsewhere_is_not_taken_up_twice():
    batch = fill(2, JobState.CANCELLED)
    document = batch.jobs.order_by("pk")[0].document
    ImportJob.objects.create(batch=batch, document=document, state=JobState.FAILED)
    make.job(batch.jobs.order_by("pk")[1].document, batch=intake.open_batch("upload"))
    assert intake.resume_batch(batch) == 1
    assert states(batch) == {"pending": 1, "cancelled": 2}
    assert batch.jobs.get(state="pending").document == document


def test_the_next_of_ten_thousand_are_found_without_reading_all():
    """Asked after every document: else the cost of one grows with the number of all. What is sorted has first been read."""
    batch = fill(30)
    waiting = ImportJob.objects.filter(state=JobState.PENDING, sent_at__isnull=True)
    on_the_way = ImportJob.objects.filter(state=JobState.PENDING, sent_at__isnull=False)
    for rows, index in (
        (waiting.order_by("sent_at", "pk").values_list("pk"), "jobs_to_send"),
        (on_the_way.order_by().values_list("pk"), "jobs_to_send"),
        (batch.jobs.filter(state=JobState.PENDING).order_by("pk"), "jobs_of_batch"),
    ):
        plan = rows.explain()
        assert connection.vendor != "sqlite" or (index in plan and "B-TREE" not in plan), plan
