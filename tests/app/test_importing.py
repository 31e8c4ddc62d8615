"""From a file to stored goals, results, links and progress; and again, without doubling anything."""
import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import factories as make
from tracker.models import (
    Document,
    Goal,
    GoalStatus,
    ImportJob,
    JobState,
    Link,
    LinkState,
    Organisation,
    Result,
    Review,
)
from tracker.services import corrections, importing, inbox, intake, linking, progress, queue

pytestmark = pytest.mark.django_db

SUMMARY = """望海市商务局2024年上半年工作总结
（2024年7月10日）

一、主要工作
上半年，全市新增限额以上商贸企业83家，完成年度目标的55.3%；实际使用外资1.86亿美元。

二、存在问题
外贸企业数量偏少。

三、下半年工作打算
全年新增限额以上商贸企业150家以上，实际使用外资达到4.5亿美元。
"""


def bring(text: str = SUMMARY, name: str = "望海市商务局2024年上半年工作总结.txt", **options):
    return intake.receive(name, text.encode(), **options)


def rows(model):
    return list(model.objects.order_by("pk").values_list("pk", "quote", "value"))


def test_a_document_becomes_goals_results_links_and_progress():
    received = bring()
    assert importing.run_job(received.job.pk) == JobState.DONE
    document = Document.objects.get()
    assert document.content.startswith("望海市商务局2024年上半年工作总结")
    assert document.published_on == date(2024, 7, 10)
    goals = {goal.indicator: goal for goal in Goal.objects.all()}
    assert any("限额以上商贸企业" in name for name in goals)
    goal = next(goal for name, goal in goals.items() if "限额以上商贸企业" in name)
    assert (goal.value, goal.unit, goal.comparator, goal.period_end) == (150, "家", "ge", date(2024, 12, 31))
    assert document.content[goal.start : goal.end].replace("\n", "") == goal.quote
    assert goal.organisation.name == "望海市商务局"
    assert goal.links.filter(state=LinkState.ACCEPTED, result__value=83).exists()
    progress.ensure_statuses(date(2024, 6, 30).replace(month=7, day=31))
    status = GoalStatus.objects.get(goal=goal)
    assert status.completion == Decimal("0.5533")
    job = ImportJob.objects.get()
    assert (job.goals, job.results) == (Goal.objects.count(), Result.objects.count())
    assert job.links == Link.objects.count() > 0
    assert job.progress == 100 and job.finished_at and not job.error


def test_the_same_file_again_leads_to_the_document_that_is_there():
    first = bring()
    importing.run_job(first.job.pk)
    again = bring(name="另一个名字.txt")
    assert again.known and again.document == first.document
    assert again.job.state == JobState.DONE
    assert Document.objects.count() == 1 and ImportJob.objects.count() == 1


def test_a_task_delivered_twice_does_nothing():
    received = bring()
    importing.run_job(received.job.pk)
    before = rows(Goal), rows(Result), Link.objects.count()
    assert importing.run_job(received.job.pk) == JobState.DONE
    assert (rows(Goal), rows(Result), Link.objects.count()) == before
    assert ImportJob.objects.get().attempt == 1


def test_reading_again_keeps_rows_and_what_people_did():
    user = make.user()
    received = bring()
    importing.run_job(received.job.pk)
    goal = Goal.objects.get(value=150)
    corrections.correct(goal, {"value": 160}, user=user, reason="原件为160")
    rejected = Result.objects.first()
    corrections.reject(rejected, user=user, reason="不是完成情况")
    ids = rows(Goal), rows(Result)
    job = intake.read_again(received.document)
    assert importing.run_job(job.pk) == JobState.DONE
    assert (rows(Goal), rows(Result)) == ids
    goal.refresh_from_db()
    assert goal.value == 160 and goal.review == Review.CORRECTED
    assert goal.machine["value"] == "150"
    rejected.refresh_from_db()
    assert rejected.review == Review.REJECTED
    assert not rejected.links.filter(decided_at__isnull=True).exists()


def test_what_the_machine_no_longer_finds_goes_but_not_what_a_person_touched(monkeypatch):
    received = bring()
    importing.run_job(received.job.pk)
    kept = Goal.objects.order_by("pk").first()
    corrections.accept(kept, user=make.user())
    monkeypatch.setattr(importing, "analyse", lambda *args, **options: ())
    importing.run_job(intake.read_again(received.document).pk)
    assert list(Goal.objects.all()) == [kept]
    assert not Result.objects.exists()


def test_a_record_with_other_bounds_is_the_same_record(monkeypatch):
    received = bring()
    importing.run_job(received.job.pk)
    before = {goal.value: goal.pk for goal in Goal.objects.all()}
    from dataclasses import replace

    from tracker.analysis.records import Span
    real = importing.analyse

    def shifted(text, **options):
        return tuple(
            replace(told, span=Span(told.span.start + 1, told.span.end), quote=told.quote[1:]) for told in real(text, **options)
        )

    monkeypatch.setattr(importing, "analyse", shifted)
    importing.run_job(intake.read_again(received.document).pk)
    assert {goal.value: goal.pk for goal in Goal.objects.all()} == before


def test_an_unreadable_file_fails_with_a_sentence_and_can_be_tried_again():
    received = intake.receive("坏文件.docx", b"PK\x03\x04 not a document")
    assert importing.run_job(received.job.pk) == JobState.FAILED
    job = ImportJob.objects.get()
    assert job.error and job.advice and job.error_code
    assert job.error.endswith("。") and "Traceback" not in job.error
    assert intake.retry(job).state == JobState.PENDING
    assert importing.run_job(job.pk) == JobState.FAILED
    again = intake.receive("坏文件.docx", b"PK\x03\x04 not a document")
    assert again.known and again.job.state == JobState.PENDING


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [("空.txt", b"", "空文件"), ("程序.exe", b"MZ123", "类型"), ("脚本.js", b"alert(1)", "类型")],
)
def test_what_is_refused_at_the_door(name, data, told):
    with pytest.raises(intake.Refused, match=told):
        intake.receive(name, data)
    assert not Document.objects.exists()


def test_too_large_a_file_is_refused(settings):
    settings.UPLOAD_LIMIT = 1024 * 1024
    with pytest.raises(intake.Refused, match="超过上限 1 MB"):
        intake.receive("大.txt", b"x" * (1024 * 1024 + 1))


def test_a_full_disk_is_said_and_leaves_nothing_behind(monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", full)
    with pytest.raises(intake.Refused, match="检查磁盘空间"):
        bring()
    assert not Document.objects.exists() and not ImportJob.objects.exists()


@pytest.mark.parametrize("name", ["../../etc/passwd.txt", "..\\..\\windows\\a.txt", "名" * 400 + ".txt", "/绝对/路径.txt"])
def test_names_cannot_lead_out_of_the_folder(name, settings):
    document = intake.receive(name, SUMMARY.encode()).document
    assert Path(document.file.path).resolve().is_relative_to(Path(settings.MEDIA_ROOT).resolve())
    assert "/" not in document.name and "\\" not in document.name and len(document.name) <= 255


def test_uploads_and_open_files_are_taken_like_bytes():
    by_upload = intake.receive("a.txt", SimpleUploadedFile("a.txt", SUMMARY.encode()))
    by_file = intake.receive("b.txt", io.BytesIO(SUMMARY.encode()))
    assert by_file.known and by_file.document == by_upload.document


def test_a_cancelled_job_stores_nothing(monkeypatch):
    received = bring()
    real = importing.read

    def cancel_meanwhile(data, name):
        intake.cancel(received.job)
        return real(data, name)

    monkeypatch.setattr(importing, "read", cancel_meanwhile)
    assert importing.run_job(received.job.pk) == JobState.CANCELLED
    assert not Goal.objects.exists() and Document.objects.get().content == ""


def test_a_worker_that_lost_its_lease_stores_nothing(monkeypatch):
    received = bring()
    real = importing.analyse_document

    def overtaken(document, text):
        ImportJob.objects.filter(pk=received.job.pk).update(attempt=7)
        return real(document, text)

    monkeypatch.setattr(importing, "analyse_document", overtaken)
    importing.run_job(received.job.pk)
    assert not Goal.objects.exists()
    assert ImportJob.objects.get().state == JobState.RUNNING


def test_trouble_with_the_database_puts_a_job_off_and_gives_up_in_the_end(monkeypatch):
    from django.db import OperationalError
    received = bring()

    def broken(*_):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(importing, "read", broken)
    for attempt in range(1, queue.MOST_ATTEMPTS):
        assert importing.run_job(received.job.pk) == JobState.PENDING
        assert ImportJob.objects.get().attempt == attempt
    assert importing.run_job(received.job.pk) == JobState.FAILED
    assert "数据库或磁盘" in ImportJob.objects.get().error


def test_an_expired_lease_is_taken_over_and_the_attempt_counts():
    received = bring()
    lease = queue.claim(received.job.pk)
    assert queue.claim(received.job.pk) is None
    ImportJob.objects.update(lease_until="2020-01-01T00:00:00Z")
    assert queue.recover() == 1
    assert importing.run_job(received.job.pk) == JobState.DONE
    with pytest.raises(queue.LeaseLost):
        lease.renew()
    assert ImportJob.objects.get().attempt == 2


def test_a_document_that_keeps_ending_its_worker_is_given_up():
    received = bring()
    ImportJob.objects.update(attempt=queue.MOST_ATTEMPTS)
    assert importing.run_job(received.job.pk) == JobState.FAILED
    job = ImportJob.objects.get()
    assert "中断了 5 次" in job.error
    intake.retry(job)
    assert importing.run_job(job.pk) == JobState.DONE


def test_no_more_messages_on_their_way_than_the_window(monkeypatch):
    sent = []
    monkeypatch.setattr(queue.app, "send_task", lambda name, args: sent.append(args[0]))
    jobs = [make.job() for _ in range(7)]
    monkeypatch.setattr(queue, "take_waiting", lambda limit=5, real=queue.take_waiting: real(limit))
    queue.dispatch()
    queue.dispatch()
    assert sent == [job.pk for job in jobs[:5]]
    ImportJob.objects.filter(pk=jobs[0].pk).update(state=JobState.DONE)
    queue.dispatch()
    assert sent[5:] == [jobs[5].pk]


def test_without_a_broker_jobs_wait_in_the_table(monkeypatch):
    def unreachable(*_):
        raise queue.OperationalError("no broker")

    monkeypatch.setattr(queue.app, "send_task", unreachable)
    make.job()
    queue.dispatch()
    assert ImportJob.objects.get().sent_at is None


def test_a_batch_can_be_stopped_and_taken_up_again():
    batch = intake.open_batch("upload")
    jobs = [intake.receive(f"{n}.txt", f"{SUMMARY}{n}".encode(), batch=batch).job for n in range(3)]
    importing.run_job(jobs[0].pk)
    assert intake.cancel_batch(batch) == 2
    assert importing.run_job(jobs[1].pk) == JobState.CANCELLED
    assert intake.resume_batch(batch) == 2
    assert [importing.run_job(job.pk) for job in jobs] == [JobState.DONE] * 3


def test_a_corrected_date_reads_the_document_again(django_capture_on_commit_callbacks):
    user = make.user()
    received = bring(SUMMARY.replace("（2024年7月10日）\n", "").replace("2024年", ""), name="工作总结.txt")
    importing.run_job(received.job.pk)
    document = Document.objects.get()
    assert "发布日期" in importing.ask_for(document)
    corrections.correct_document(document, {"published_on": date(2023, 7, 10)}, user=user, reason="原件落款")
    job = document.jobs.first()
    assert job.state == JobState.PENDING
    importing.run_job(job.pk)
    document.refresh_from_db()
    assert document.published_on == date(2023, 7, 10) and document.sources["published_on"] == "given"
    assert Goal.objects.get(value=150).period_end == date(2023, 12, 31)


def test_the_inbox_moves_files_to_done_or_failed_with_a_reason(tmp_path, monkeypatch):
    monkeypatch.setattr(inbox, "QUIET", 0)
    (tmp_path / "总结.txt").write_text(SUMMARY, encoding="utf-8")
    (tmp_path / "程序.exe").write_bytes(b"MZ")
    (tmp_path / "坏.docx").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / ".隐藏.txt").write_text("x")
    (tmp_path / "下载中.part").write_text("x")
    seen = inbox.scan(tmp_path)
    assert (seen.taken, seen.failed) == (2, 1)
    assert inbox.scan(tmp_path).done == 0
    for job in ImportJob.objects.all():
        importing.run_job(job.pk)
    seen = inbox.scan(tmp_path)
    assert (seen.done, seen.failed) == (1, 1)
    assert {path.name for path in (tmp_path / "done").iterdir()} == {"总结.txt"}
    assert {path.name for path in (tmp_path / "failed").iterdir()} == {"程序.exe", "程序.exe.原因.txt", "坏.docx", "坏.docx.原因.txt"}
    assert "。" in (tmp_path / "failed" / "坏.docx.原因.txt").read_text(encoding="utf-8")
    assert (tmp_path / ".隐藏.txt").exists() and (tmp_path / "下载中.part").exists()
    (tmp_path / "总结.txt").write_text(SUMMARY, encoding="utf-8")
    inbox.scan(tmp_path)
    inbox.scan(tmp_path)
    assert (tmp_path / "done" / "总结（2）.txt").exists() and Document.objects.count() == 2


def test_two_names_of_one_body_are_one_organisation():
    bring_text = SUMMARY.replace("（2024年7月10日）", "（2024年8月1日）")
    importing.run_job(bring().job.pk)
    importing.run_job(bring(bring_text).job.pk)
    assert Organisation.objects.filter(key="望海|商务局").count() == 1


def test_a_name_without_a_place_is_the_body_of_the_only_place_there_is():
    article = "年终盘点\n\n2024年12月27日\n\n市商务局全年新增限额以上商贸企业152家。\n"
    importing.run_job(bring().job.pk)
    importing.run_job(bring(article, "年终盘点.txt").job.pk)
    assert Result.objects.get(value=152).organisation.name == "望海市商务局"
    Organisation.objects.create(name="烟台市商务局", key="烟台|商务局", region="烟台")
    importing.run_job(bring(article.replace("152", "153"), "另一处.txt").job.pk)
    assert Result.objects.get(value=153).organisation.name == "市商务局"  # of two places: not for the machine to say


def test_a_turn_of_linking_left_by_a_dead_worker_is_finished():
    importing.run_job(bring().job.pk)
    Link.objects.all().delete()
    body = Organisation.objects.get(name="望海市商务局")
    linking.want_turns([body.pk])
    body.linking_turn.refresh_from_db()
    assert linking.open_turns() == 1
    linking.finish_turns()
    assert linking.open_turns() == 0 and Link.objects.exists()


def make_zip(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return packed.getvalue()


def test_a_package_is_opened_and_its_documents_are_imported_by_themselves():
    other = SUMMARY.replace("商务局", "教育局")
    received = intake.receive("总结.zip", make_zip(甲_txt=SUMMARY.encode(), 乙_txt=other.encode()))
    assert importing.run_job(received.job.pk) == JobState.DONE
    members = Document.objects.exclude(pk=received.document.pk)
    assert sorted(members.values_list("name", flat=True)) == ["乙.txt", "甲.txt"]
    for job in received.job.batch.jobs.exclude(pk=received.job.pk):
        assert importing.run_job(job.pk) == JobState.DONE
    assert Goal.objects.filter(document__in=members).count() == Goal.objects.count() > 2
    received.document.refresh_from_db()
    assert "2 个文件" in received.document.notes[0]


def test_a_package_around_one_document_is_that_document():
    received = intake.receive("总结.zip", make_zip(甲_txt=SUMMARY.encode()))
    importing.run_job(received.job.pk)
    assert Document.objects.count() == 1 and Goal.objects.exists()
