"""The watched folder: what is put into var/inbox is imported by itself, then moved to done/ or failed/ with a reason.

A file that is being imported lies in working/ under its job's number, so that it is not read at every look.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from tracker.models import ImportBatch, ImportJob, JobState
from tracker.services import intake

QUIET = 2.0  # seconds without a change before a file counts as wholly copied
UNFINISHED = (".part", ".tmp", ".crdownload", ".swp")
MARK = "__"


@dataclass(slots=True)
class Sweep:
    """What one look at the folder did."""

    taken: int = 0
    done: int = 0
    failed: int = 0


def scan(folder: Path) -> Sweep:
    """Take in new files, and move those whose job has ended."""
    for name in ("working", "done", "failed"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    seen = Sweep()
    for path in _ready(folder):
        _take(path, folder, seen)
    for path in sorted((folder / "working").iterdir()):
        _move_ended(path, folder, seen)
    return seen


def _ready(folder: Path) -> list[Path]:
    """Files that nobody is still writing."""
    now = time.time()
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file()
        and not path.name.startswith((".", "~$"))
        and path.suffix.lower() not in UNFINISHED
        and now - path.stat().st_mtime >= QUIET
    ]


def _take(path: Path, folder: Path, seen: Sweep) -> None:
    try:
        received = intake.receive(path.name, path, source=ImportBatch.Source.INBOX)
    except FileNotFoundError:
        return  # another worker looked at the folder at the same time
    except intake.Refused as refused:
        _put(path, folder / "failed", path.name, reason=str(refused))
        seen.failed += 1
        return
    job = received.job
    _put(path, folder / "working", f"{job.pk if job else 0}{MARK}{path.name}")
    seen.taken += 1


def _move_ended(path: Path, folder: Path, seen: Sweep) -> None:
    number, _, name = path.name.partition(MARK)
    job = ImportJob.objects.filter(pk=int(number) if number.isdigit() else 0).first()
    if job is not None and job.state in (JobState.PENDING, JobState.RUNNING):
        return
    if job is not None and job.state == JobState.DONE:
        _put(path, folder / "done", name)
        seen.done += 1
    else:
        reason = f"{job.error}{job.advice}" if job and job.error else "导入任务已取消，没有导入。可以再次放入收件夹。"
        _put(path, folder / "failed", name, reason=reason)
        seen.failed += 1


def _put(path: Path, folder: Path, name: str, reason: str = "") -> None:
    """Move a file, under a free name, with a text file beside it that says why."""
    target, number = folder / name, 1
    while target.exists():
        number += 1
        target = folder / f"{Path(name).stem}（{number}）{Path(name).suffix}"
    try:
        path.rename(target)
    except FileNotFoundError:
        return  # another worker has moved it
    if reason:
        target.with_name(f"{target.name}.原因.txt").write_text(f"{reason}\n", encoding="utf-8")
