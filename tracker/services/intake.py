"""Files come in: checked, known by their fingerprint, stored with a job that a worker will do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone

from tracker.models import Document, ImportBatch, ImportJob, JobState
from tracker.services import queue
from tracker.services.pacing import in_steps

Data = bytes | Path | IO[bytes] | File
CHUNK = 1024 * 1024
OPEN_STATES = (JobState.PENDING, JobState.RUNNING)
SUFFIXES = {
    ".txt", ".text", ".md", ".markdown", ".csv", ".html", ".htm", ".shtml", ".xhtml", ".mht", ".mhtml", ".eml", ".docx", ".docm",
    ".doc", ".wps", ".wpt", ".rtf", ".odt", ".ods", ".pdf", ".ofd", ".xlsx", ".xlsm", ".xls", ".et", ".jpg", ".jpeg", ".png",
    ".bmp", ".tif", ".tiff", ".gif", ".zip",
}  # fmt: skip


class Refused(Exception):
    """A file that is not taken in. The message is a Chinese sentence with what to do."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a file: its document, the job that reads it, and whether the file was known before."""

    document: Document
    job: ImportJob | None
    known: bool


def open_batch(source: str, *, user: Any = None) -> ImportBatch:
    """Files that come in together share a batch."""
    return ImportBatch.objects.create(source=source, created_by=user)


def receive(
    file_name: str,
    data: Data,
    *,
    user: Any = None,
    batch: ImportBatch | None = None,
    source: str = ImportBatch.Source.UPLOAD,
    dispatch: bool = True,
) -> Received:
    """Take a file in. Raises Refused; a file known by its content returns the document that is there.

    Document and job are made in one transaction; after commit a worker is told (unless ``dispatch`` is False).
    """
    name = PurePath(file_name.replace("\\", "/")).name.strip()[:255] or "未命名"
    data = data.read_bytes() if isinstance(data, Path) and check_size(name, data.stat().st_size) else data
    size, mark = measure(data)
    check_size(name, size)
    check_suffix(name)
    if known := Document.objects.filter(sha256=mark).first():
        return _known(known, user=user, batch=batch, source=source, dispatch=dispatch)
    try:
        with transaction.atomic():
            batch = batch or open_batch(source, user=user)
            document = _store(name, data, size, mark, user)
            job = ImportJob.objects.create(batch=batch, document=document)
            if dispatch:
                transaction.on_commit(queue.dispatch)
    except IntegrityError:
        # the same file came in twice at once: the other one is the document
        return _known(Document.objects.get(sha256=mark), user=user, batch=batch, source=source, dispatch=dispatch)
    return Received(document, job, known=False)


def _known(document: Document, *, user: Any, batch: ImportBatch | None, source: str, dispatch: bool) -> Received:
    """A known file. When its last reading failed, sending it again means: try again."""
    last = document.jobs.first()
    if last is not None and last.state in (JobState.FAILED, JobState.CANCELLED):
        last = retry(last, dispatch=dispatch)
    elif last is None:
        last = read_again(document, user=user, batch=batch, source=source, dispatch=dispatch)
    return Received(document, last, known=True)


def _store(name: str, data: Data, size: int, mark: str, user: Any) -> Document:
    document = Document(sha256=mark, name=name, size=size, uploaded_by=user)
    document._change_reason = "入库"
    # a name of our own: what came with the file may be too long for a disk, or lead out of the folder
    try:
        document.file.save(f"{mark[:24]}{PurePath(name).suffix.lower()[:10]}", as_file(data), save=False)
    except OSError as error:
        raise Refused(f"“{name}”没有存下来（{error.strerror or '存储出错'}），没有导入。请管理员检查磁盘空间，然后重新上传。") from error
    try:
        document.save()
    except Exception:
        document.file.delete(save=False)
        raise
    return document


def as_file(data: Data) -> File:
    """The data as a Django file, at its beginning."""
    if isinstance(data, bytes):
        return ContentFile(data)
    data.seek(0)
    return data if isinstance(data, File) else File(data)


def measure(data: Data) -> tuple[int, str]:
    """(bytes, SHA-256) without holding a large upload in memory twice."""
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(data):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def _chunks(data: Data) -> Iterator[bytes]:
    if isinstance(data, bytes):
        yield data
        return
    data.seek(0)
    while chunk := data.read(CHUNK):
        yield chunk


def check_size(name: str, size: int) -> bool:
    """Raise Refused for an empty or an oversized file."""
    if size == 0:
        raise Refused(f"“{name}”是空文件（0 字节），没有导入。请检查原文件后重新上传。")
    if size > settings.UPLOAD_LIMIT:
        limit = settings.UPLOAD_LIMIT // 1024**2
        raise Refused(f"“{name}”有 {size / 1024**2:.0f} MB，超过上限 {limit} MB，没有导入。请拆分或压缩后再上传。")
    return True


def check_suffix(name: str) -> None:
    """Raise Refused for an ending that no document has. What a file really is, the reader finds out from its content."""
    suffix = PurePath(name).suffix.lower()
    if suffix and suffix not in SUFFIXES:
        raise Refused(
            f"“{name}”的类型（{suffix}）不能读取，没有导入。可以上传 Word、WPS、PDF、Excel、OFD、网页、文本、图片或 zip 压缩包。"
        )


def read_again(
    document: Document,
    *,
    user: Any = None,
    batch: ImportBatch | None = None,
    source: str = ImportBatch.Source.UPLOAD,
    dispatch: bool = True,
) -> ImportJob:
    """A new reading of a stored document: after a correction of its date, or with a newer program. Nothing is doubled."""
    if waiting := document.jobs.filter(state=JobState.PENDING).first():
        return waiting
    # a reading under way started from the old facts: it is put aside for the new one
    document.jobs.filter(state=JobState.RUNNING).update(state=JobState.CANCELLED, finished_at=timezone.now())
    with transaction.atomic():
        job = ImportJob.objects.create(batch=batch or open_batch(source, user=user), document=document)
        if dispatch:
            transaction.on_commit(queue.dispatch)
    return job


def retry(job: ImportJob, *, dispatch: bool = True) -> ImportJob:
    """Try a failed or cancelled job again. A job that waits, runs or is done is left as it is."""
    _take_up([job.pk], dispatch=dispatch)
    job.refresh_from_db()
    return job


def _take_up(job_ids: Sequence[int], *, dispatch: bool) -> int:
    """Closed jobs wait again, but for those whose document is already waiting or being read. Returns how many."""
    number = 0
    for some in in_steps(job_ids):
        closed = ImportJob.objects.filter(pk__in=some, state__in=[JobState.FAILED, JobState.CANCELLED])
        number += closed.exclude(document__jobs__state__in=OPEN_STATES).update(
            state=JobState.PENDING, sent_at=None, lease_until=None, error="", error_code="", advice="", stage="",
            progress=0, finished_at=None, forgiven=F("attempt"),
        )  # fmt: skip
    if number and dispatch:
        transaction.on_commit(queue.dispatch)
    return number


def cancel(job: ImportJob) -> bool:
    """Stop a job that is not done. A worker that is at it stores nothing any more. False when there was nothing to stop."""
    return bool(_stop([job.pk]))


def _stop(job_ids: Sequence[int]) -> int:
    return sum(
        ImportJob.objects.filter(pk__in=some, state__in=OPEN_STATES).update(
            state=JobState.CANCELLED, finished_at=timezone.now(), lease_until=None, stage="已取消"
        )
        for some in in_steps(job_ids)
    )


def cancel_batch(batch: ImportBatch) -> int:
    """Stop what is left of a batch. Returns how many jobs were stopped."""
    waiting = batch.jobs.filter(state__in=OPEN_STATES)
    return _stop(list(waiting.order_by("pk").values_list("pk", flat=True)))


def resume_batch(batch: ImportBatch) -> int:
    """Take up again what was stopped or failed, once for each document. Returns how many jobs wait again."""
    closed = batch.jobs.filter(state__in=[JobState.CANCELLED, JobState.FAILED]).order_by()
    last = closed.values("document_id").annotate(last=Max("pk"))
    return _take_up(sorted(last.values_list("last", flat=True)), dispatch=True)
