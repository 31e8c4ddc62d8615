"""The job table is the queue: messages only carry an id, so a lost message loses nothing and a doubled one does nothing.

A worker claims a job by one conditional UPDATE and holds a lease that a thread renews. What it writes is fenced by the
attempt number: a worker that lost its lease can store nothing.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.db.utils import Error as DatabaseError
from django.utils import timezone
from kombu.exceptions import OperationalError

from tracker.celery import app
from tracker.models import ImportJob, JobState

WINDOW = 200  # messages on their way at most; the rest waits in the table (back-pressure)
MOST_ATTEMPTS = 5  # a document that ends its worker five times is given up
log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """The job was cancelled, or another worker has taken it over: stop and store nothing."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a job. ``attempt`` is the fencing number."""

    job_id: int
    attempt: int

    def update(self, **fields: object) -> None:
        """Write to the job row, or raise LeaseLost."""
        held = ImportJob.objects.filter(pk=self.job_id, attempt=self.attempt, state=JobState.RUNNING)
        if not held.update(**fields):
            raise LeaseLost(self.job_id)

    def renew(self) -> None:
        self.update(lease_until=lease_end())


def lease_end() -> datetime:
    """When a lease taken now runs out."""
    return timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def claimable(now: datetime) -> Q:
    """Jobs that wait, or whose worker has not been heard of."""
    return Q(state=JobState.PENDING) | Q(state=JobState.RUNNING, lease_until__lt=now)


def claim(job_id: int) -> Lease | None:
    """Compare-and-swap: of several workers that are told the same job, one gets it."""
    now = timezone.now()
    job = ImportJob.objects.filter(claimable(now), pk=job_id).only("attempt").first()
    if job is None:
        return None
    taken = ImportJob.objects.filter(claimable(now), pk=job_id, attempt=job.attempt).update(
        state=JobState.RUNNING,
        attempt=job.attempt + 1,
        lease_until=lease_end(),
        started_at=now,
        finished_at=None,
        stage="读取",
        progress=5,
        error="",
        error_code="",
        advice="",
    )
    return Lease(job_id, job.attempt + 1) if taken else None


def take_waiting(limit: int = WINDOW) -> list[int]:
    """Ids of jobs to send now, marked as sent. Never more than ``limit`` on their way."""
    on_the_way = ImportJob.objects.filter(state=JobState.PENDING, sent_at__isnull=False).count()
    room = limit - on_the_way
    if room <= 0:
        return []
    waiting = ImportJob.objects.filter(state=JobState.PENDING, sent_at__isnull=True)
    # in the order of the index "jobs_to_send", so that those done before are not read over
    ids = list(waiting.order_by("sent_at", "pk").values_list("pk", flat=True)[:room])
    return [pk for pk in ids if waiting.filter(pk=pk).update(sent_at=timezone.now())]


def dispatch() -> None:
    """Send waiting jobs to the workers. Without a broker they wait in the table until it is back."""
    ids = take_waiting()
    for at, job_id in enumerate(ids):
        if not send("tracker.tasks.import_document", job_id):
            unsend(ids[at:])
            return


def send(task: str, number: int) -> bool:
    """A message with one number. False when the broker does not take it."""
    try:
        app.send_task(task, [number])
    except (OperationalError, OSError) as error:
        log.warning("broker not reachable, what is to be done waits in the database: %s", error)
        return False
    return True


def is_busy() -> bool:
    """Whether documents wait or are being read."""
    return ImportJob.objects.filter(state__in=[JobState.PENDING, JobState.RUNNING]).exists()


def unsend(job_ids: list[int]) -> None:
    """The broker did not take them: they wait in the table."""
    ImportJob.objects.filter(pk__in=job_ids, state=JobState.PENDING).update(sent_at=None)


def recover(*, restarted: bool = False) -> int:
    """Put back what a dead worker held, and what was sent but never arrived. Returns how many jobs wait again.

    ``restarted``: a worker has just started, so messages read by its predecessor are lost and all is sent again.
    """
    now = timezone.now()
    held = ImportJob.objects.filter(state=JobState.RUNNING, lease_until__lt=now)
    freed = held.update(state=JobState.PENDING, sent_at=None, lease_until=None, stage="等待重试")
    late = now if restarted else now - timedelta(seconds=settings.JOB_RESEND_SECONDS)
    return freed + ImportJob.objects.filter(state=JobState.PENDING, sent_at__lte=late).update(sent_at=None)


def release(lease: Lease) -> None:
    """Give a job back after trouble that is not the document's fault (database or disk), to be tried again later."""
    ImportJob.objects.filter(pk=lease.job_id, attempt=lease.attempt, state=JobState.RUNNING).update(
        state=JobState.PENDING, lease_until=None, sent_at=timezone.now(), stage="等待重试"
    )


class Renewal:
    """Renews a lease from a thread of its own while the work goes on."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"lease-{lease.job_id}", daemon=True)

    def __enter__(self) -> Renewal:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.wait(settings.JOB_LEASE_SECONDS / 3):
            try:
                self._lease.renew()
            except LeaseLost:
                return
            except DatabaseError:
                log.warning("lease of job %s could not be renewed", self._lease.job_id, exc_info=True)
            finally:
                connection.close()
