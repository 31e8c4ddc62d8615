"""Many files at once: walking folders, taking them in, doing the jobs here or waiting for the workers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import Count, Q

from tracker.models import ImportBatch, ImportJob, JobState
from tracker.services import importing, intake, linking

OPEN = intake.OPEN_STATES
SHOWN = 100  # jobs of a batch that are told one by one; of more only those that somebody looks for


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is. ``jobs``: all of a small batch; of a large one those at work, failed and next."""

    total: int
    done: int
    failed: int
    cancelled: int
    waiting: int  # read, and not matched yet
    jobs: list[ImportJob]

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self.waiting > 0 or self.done + self.failed + self.cancelled < self.total


def progress_of(batch: ImportBatch) -> Progress:
    """Counted in the database: a batch may have ten thousand jobs, and the page asks every second."""
    state = {name: Count("pk", filter=Q(state=name)) for name in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)}
    counts = batch.jobs.aggregate(
        total=Count("pk"), waiting=Count("pk", filter=Q(state=JobState.DONE, stage=linking.WAITS)), **state
    )
    jobs = batch.jobs.select_related("document").defer("document__content", "document__paragraphs").order_by("pk")
    if counts["total"] <= SHOWN:
        return Progress(jobs=list(jobs), **counts)
    shown: list[ImportJob] = []
    for wanted in (JobState.RUNNING, JobState.FAILED, JobState.PENDING):
        shown += jobs.filter(state=wanted)[: SHOWN - len(shown)]
    return Progress(jobs=shown, **counts)


@dataclass(slots=True)
class Intake:
    """What became of the files of one command."""

    batch: ImportBatch
    document_ids: list[int] = field(default_factory=list)
    job_ids: list[int] = field(default_factory=list)
    new: int = 0
    known: list[Path] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def find_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and those in the folders named, in a fixed order. Hidden files are passed over."""
    for path in paths:
        if path.is_dir():
            inside = (file for file in path.rglob("*") if file.is_file())
            yield from sorted(
                file for file in inside if not any(part.startswith(".") for part in file.relative_to(path).parts)
            )
        else:
            yield path


def take_in(
    files: Sequence[Path],
    source: str,
    *,
    dispatch: bool = True,
    again: bool = False,
    tell: Callable[[int], object] = lambda _: None,
) -> Intake:
    """Receive files. ``again`` reads known documents once more, with the program as it is now."""
    done = Intake(intake.open_batch(source))
    for path in files:
        try:
            received = intake.receive(path.name, path, batch=done.batch, dispatch=dispatch)
        except intake.Refused as refused:
            done.refused.append(str(refused))
        except OSError as error:
            done.refused.append(f"“{path}”打不开：{error.strerror}。")
        else:
            job = received.job
            done.document_ids.append(received.document.pk)
            if received.known:
                done.known.append(path)
                if again and (job is None or job.state not in OPEN):
                    job = intake.read_again(received.document, batch=done.batch, dispatch=dispatch)
            else:
                done.new += 1
            if job is not None and job.state in OPEN:
                done.job_ids.append(job.pk)
        tell(1)
    return done


def work_off(taken: Intake, tell: Callable[[int], object] = lambda _: None) -> None:
    """Do the jobs in this process; those that a worker has taken are waited for. ``tell`` gets the number newly ended."""
    waiting = list(taken.job_ids)
    while waiting:
        for pk in waiting:
            importing.run_job(pk)
        still = set(ImportJob.objects.filter(pk__in=waiting, state__in=OPEN).values_list("pk", flat=True))
        ended = len(waiting) - len(still)
        tell(ended)
        waiting = [pk for pk in waiting if pk in still] + _unpacked(taken)
        if waiting and not ended:
            time.sleep(0.5)
    linking.finish_turns()


def _unpacked(taken: Intake) -> list[int]:
    """Jobs that came out of packages meanwhile."""
    fresh = taken.batch.jobs.exclude(pk__in=taken.job_ids).order_by("pk").values_list("pk", flat=True)
    taken.job_ids += (found := list(fresh))
    return found
