"""A worker reads one document: claim, read and analyse outside any transaction, store in short ones, leave it to be matched.

Every step can be cut off and done again: statements are known by their fingerprints, links by their pairs, and a worker
whose lease was taken over can store nothing.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from tracker.analysis.records import Fact, Statement, Text
from tracker.analysis.statements import analyse
from tracker.models import Document, ImportJob, JobState, Organisation
from tracker.reading import ReadingError, is_package, read, unpack
from tracker.services import intake, linking, progress, wording
from tracker.services.bulk import NewRows
from tracker.services.organisations import UNKNOWN, get_organisation, key_of, resolve
from tracker.services.pacing import in_steps
from tracker.services.queue import MOST_ATTEMPTS, Lease, LeaseLost, Renewal, claim, release
from tracker.services.statements import MACHINE_FIELDS, MODELS, plan_storing, with_fingerprints

log = logging.getLogger(__name__)
BY_PERSON = "given"
FACT_FIELDS = ("title", "issuer", "published_on", "period_start", "period_end")


def run_job(job_id: int) -> str:
    """Do one import job, and match what is ripe for it, in this process. Returns the job's state afterwards."""
    read_job(job_id)
    linking.match_ripe()
    return ImportJob.objects.filter(pk=job_id).values_list("state", flat=True).first() or ""


def read_job(job_id: int) -> None:
    """Read and store one document; it then waits to be matched. A job that is done or in other hands is left alone."""
    lease = claim(job_id)
    if lease is not None:
        try:
            with Renewal(lease):
                _work(lease)
        except LeaseLost:
            log.info("job %s was cancelled or taken over", job_id)


def _work(lease: Lease) -> None:
    job = ImportJob.objects.select_related("document").get(pk=lease.job_id)
    if job.attempt - job.forgiven > MOST_ATTEMPTS:
        _fail(lease, "gave-up", f"处理这份文件时程序中断了 {MOST_ATTEMPTS} 次，已停止自动重试；原文件已保留。",
              "可以另存为 .docx 或拆成较小的文件再上传，或点“重试”。")  # fmt: skip
        return
    try:
        _import(lease, job.document)
    except ReadingError as error:
        _fail(lease, error.code, error.message, error.advice)
    except (OperationalError, InterfaceError, OSError) as error:
        _put_off(lease, job, error)
    except LeaseLost:
        raise
    except Exception as error:
        log.exception("job %s failed", lease.job_id)
        _fail(lease, "internal", f"程序处理这份文件时出错（{type(error).__name__}）；原文件已保留，没有存入新的目标和完成情况。",
              "可以点“重试”；再次出错时请把文件名和时间告诉管理员，日志里有详情。")  # fmt: skip


def _fail(lease: Lease, code: str, error: str, advice: str) -> None:
    lease.update(
        state=JobState.FAILED, error_code=code[:40], error=error, advice=advice, finished_at=timezone.now(),
        lease_until=None, stage="失败",
    )  # fmt: skip


def _put_off(lease: Lease, job: ImportJob, error: Exception) -> None:
    """Trouble that is not the document's fault: database gone, disk full. The job waits and is tried again."""
    log.warning("job %s put off: %s", lease.job_id, error)
    if isinstance(error, FileNotFoundError):
        _fail(lease, "file-gone", "原文件已不在存储中，读不到内容。", "请重新上传这个文件。")
    elif job.attempt - job.forgiven >= MOST_ATTEMPTS:
        _fail(
            lease,
            "storage",
            "数据库或磁盘多次出错，没有导入完成；原文件已保留。",
            "请管理员检查磁盘空间和数据库，然后点“重试”。",
        )
    else:
        release(lease)


def _import(lease: Lease, document: Document) -> None:
    with document.file.open("rb") as file:
        data = file.read()
    if is_package(data, document.name) and _open_package(lease, document, data):
        return
    text = read(data, document.name)
    lease.update(stage="分析", progress=35)
    store_facts(document, text)
    statements = analyse_document(document, text)
    lease.update(stage="保存", progress=60)
    _store(lease, document, statements)


def _finish(lease: Lease, stage: str = "完成", progress: int = 100, **figures: int) -> None:
    lease.update(
        state=JobState.DONE, stage=stage, progress=progress, finished_at=timezone.now(), lease_until=None, **figures
    )


def _open_package(lease: Lease, document: Document, data: bytes) -> bool:
    """Take in the documents of a zip, or the attachments of a mail. True when nothing is left to read in the file itself."""
    package = unpack(data, document.name)
    members = [(name, content) for name, content in package.files if content != data]
    if len(members) == 1 and len(package.files) == 1:
        return False  # a zip around one document is read as that document
    job = ImportJob.objects.select_related("batch").get(pk=lease.job_id)
    lease.update(stage="展开", progress=50)
    notes = list(package.notes)
    for name, content in members:
        try:
            intake.receive(name, content, user=document.uploaded_by, batch=job.batch)
        except intake.Refused as refused:
            notes.append(str(refused))
    if len(members) < len(package.files):
        return False  # the mail itself is a document too
    document.format, document.read_at = "zip", timezone.now()
    document.notes = [f"压缩包，已展开为 {len(members)} 个文件分别导入。", *notes]
    document.save_without_historical_record()
    _finish(lease)
    return True


def store_facts(document: Document, text: Text) -> None:
    """Text and facts as read. What a person has corrected stays."""
    read_facts = {"title": text.title, "issuer": text.issuer, "published_on": text.published_on}
    read_facts["period_start"], read_facts["period_end"] = text.period or (None, None)
    sources = dict(document.sources)
    for name in FACT_FIELDS:
        if sources.get(name) == BY_PERSON:
            continue
        fact = read_facts[name]
        setattr(document, name, _value(name, fact))
        sources[name] = fact.source if fact else ""
    document.content, document.format, document.notes = text.content, text.format, list(text.notes)
    document.paragraphs = [[p.start, p.end, p.number, p.page, p.style, p.level] for p in text.paragraphs]
    document.sources, document.read_at = sources, timezone.now()
    # no line of history: only people's changes make one
    document.save_without_historical_record()


def _value(name: str, fact: Fact | None) -> object:
    if name == "title":
        return fact.value[:300] if fact else ""
    if name == "issuer":
        return get_organisation(fact.value) if fact and fact.value.strip() else None
    return date.fromisoformat(fact.value) if fact else None


def analyse_document(document: Document, text: Text) -> tuple[Statement, ...]:
    """What the document says, read with the facts that a person has corrected and the installation's own words."""
    given = {name: getattr(document, name) for name in FACT_FIELDS if document.sources.get(name) == BY_PERSON}
    if "period_start" in given or "period_end" in given:
        ends = (document.period_start, document.period_end)
        text = replace(text, period=tuple(Fact(day.isoformat(), "given") for day in ends) if all(ends) else None)
    issuer = given.get("issuer")
    return analyse(
        text,
        organisation=issuer.name if issuer else None,
        published_on=given.get("published_on"),
        vocabulary=wording.vocabulary(),
    )


def home_of(document: Document, names: Sequence[str]) -> str:
    """The place that a name without one (市科技局) belongs to: the issuer's, else the one most named in the document,
    else the only one that this installation knows."""
    if document.issuer and (place := key_of(document.issuer.name)[0]):
        return place
    places = Counter(place for name in names if (place := key_of(name)[0]))
    if places:
        return max(places, key=lambda place: (places[place], place))
    known = list(Organisation.objects.exclude(region="").order_by().values_list("region", flat=True).distinct()[:2])
    return known[0] if len(known) == 1 else ""


def _store(lease: Lease, document: Document, statements: Sequence[Statement]) -> None:
    """Store statements in short transactions, each fenced by the lease."""
    named = [statement.organisation for statement in statements]
    bodies = resolve(named, home_of(document, named))
    by_kind: dict[str, list[tuple[str, Statement]]] = defaultdict(list)
    for mark, statement in with_fingerprints(statements):
        by_kind[statement.kind].append((mark, statement))
    left: set[int] = set()
    for kind in MODELS:
        left |= _store_kind(lease, document, kind, by_kind[kind], bodies)
    progress.refresh([])
    with transaction.atomic():
        numbers = {"goals": len(by_kind["goal"]), "results": len(by_kind["result"])}
        if statements or left:
            _finish(lease, linking.WAITS, 90, **numbers)
            linking.note_change(left)
            linking.want_document(document.pk, _home(bodies[name].pk for name in named) or min(left))
        else:
            _finish(lease, **numbers)


def _home(organisation_ids: Iterable[int]) -> int | None:
    """The organisation that most records are of: in its turn the document is matched."""
    numbers = Counter(organisation_ids)
    return max(numbers, key=lambda pk: (numbers[pk], -pk), default=None)


def _store_kind(
    lease: Lease,
    document: Document,
    kind: str,
    statements: Sequence[tuple[str, Statement]],
    bodies: dict[str, Organisation],
) -> set[int]:
    """One kind's rows; organisations that lost or changed rows are given back."""
    model = MODELS[kind]
    plan = plan_storing(document, kind, statements, bodies)
    for new in in_steps(plan.create):
        ready = NewRows(model, new)
        with transaction.atomic():
            lease.renew()
            ready.insert()
    for rows in in_steps(plan.update):
        with transaction.atomic():
            lease.renew()
            model.objects.bulk_update(rows, [*MACHINE_FIELDS, "score", "organisation", "fingerprint", "machine"])
    if kind == "goal":
        progress.refresh([row.pk for row in plan.update])
    for ids in in_steps(plan.delete):
        with transaction.atomic():
            lease.renew()
            model.objects.filter(pk__in=ids).delete()
    return plan.left


def ask_for(document: Document) -> list[str]:
    """What the import page asks the user for, because the document does not say it."""
    wanted = {"title": "标题", "issuer": "发文单位", "published_on": "发布日期"}
    missing = [word for name, word in wanted.items() if not getattr(document, name)]
    if document.goals.filter(organisation__name=UNKNOWN).exists():
        missing.append("目标的责任单位")
    return missing
