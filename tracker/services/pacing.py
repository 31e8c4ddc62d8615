"""Large writes in small steps, so that a person who writes at the same time waits only a moment."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

from django.db import connection

Row = TypeVar("Row")
STEP = 500
PAUSE = 0.05  # seconds; without it a bulk writer on SQLite starves the web for seconds on end


def in_chunks(rows: Sequence[Row], step: int = STEP) -> Iterator[Sequence[Row]]:
    """Slices of at most ``step`` rows, for reading."""
    for at in range(0, len(rows), step):
        yield rows[at : at + step]


def in_steps(rows: Sequence[Row], step: int = STEP) -> Iterator[Sequence[Row]]:
    """Slices to write, with a pause between them where one writer blocks all others."""
    for number, some in enumerate(in_chunks(rows, step)):
        if number and connection.vendor == "sqlite" and not connection.in_atomic_block:
            time.sleep(PAUSE)
        yield some
