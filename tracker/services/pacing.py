"""Large writes in small steps, so that a person who writes at the same time waits only a moment."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

from django.db import connection

Row = TypeVar("Row")
STEP = 500
SQLITE_STEP = 200  # rows of thirty columns: a writer that comes meanwhile waits some tens of milliseconds
PAUSE = 0.05  # seconds; without it a bulk writer on SQLite starves the web for seconds on end


def in_chunks(rows: Sequence[Row], step: int = STEP) -> Iterator[Sequence[Row]]:
    """Slices of at most ``step`` rows, for reading."""
    for at in range(0, len(rows), step):
        yield rows[at : at + step]


def in_steps(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Slices to write, smaller and with a pause between them where one writer blocks all others."""
    alone = connection.vendor == "sqlite"
    for number, some in enumerate(in_chunks(rows, SQLITE_STEP if alone else STEP)):
        if number and alone and not connection.in_atomic_block:
            time.sleep(PAUSE)
        yield some
