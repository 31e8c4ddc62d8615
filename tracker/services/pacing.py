"""Large writes in small steps, so that a person who writes at the same time waits only a moment."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from django.conf import settings
from django.db import connection

Row = TypeVar("Row")
STEP = 500
SQLITE_STEP = 100  # rows of thirty columns with their indexes: a writer that comes meanwhile waits about ten milliseconds
PAUSE = 0.02  # seconds after a full step; without it bulk writers on SQLite starve the web for seconds on end


def in_chunks(rows: Sequence[Row], step: int = STEP) -> Iterator[Sequence[Row]]:
    """Slices of at most ``step`` rows, for reading."""
    for at in range(0, len(rows), step):
        yield rows[at : at + step]


def in_steps(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Slices to write. Where one writer blocks all others (SQLite) they are smaller, and bulk writers take turns with a pause
    after each step: so between any two steps, of whichever worker, there is room for a person."""
    if connection.vendor != "sqlite":
        yield from in_chunks(rows)
        return
    for some in in_chunks(rows, SQLITE_STEP):
        if connection.in_atomic_block:
            yield some  # who is inside a transaction blocks the others already, and must not wait for them
            continue
        with _turn_to_write():
            yield some
            time.sleep(PAUSE * len(some) / SQLITE_STEP)


@contextmanager
def _turn_to_write() -> Iterator[None]:
    """One bulk writer of this machine at a time. The system takes the lock back from a process that is killed."""
    with (settings.DATA_DIR / "writing.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
