"""Benchmarks: each module has a ``TITLE`` and ``run(…) -> Iterator[Row]``; ``manage.py bench`` prints the rows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One measured size. ``ratio`` is seconds (or growth) over the yardstick named beside it."""

    name: str
    size: str
    seconds: float
    yardstick: str
    ratio: float | None = None
    note: str = ""
