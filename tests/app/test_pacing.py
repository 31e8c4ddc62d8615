"""Bulk writers on SQLite take turns, and leave room between their steps."""
import threading
import time
from itertools import pairwise

import pytest
from django.db import transaction

from tracker.services import pacing


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def write(number: int, seen: list[tuple[float, float]]) -> None:
    for some in pacing.in_steps(range(number)):
        begun = time.monotonic()
        time.sleep(0.004)
        seen.append((begun, time.monotonic()))
        assert len(some) <= pacing.SQLITE_STEP


@pytest.mark.django_db(transaction=True)
def test_two_bulk_writers_never_write_at_once_and_pause_between():
    seen: list[tuple[float, float]] = []
    writers = [threading.Thread(target=write, args=(300, seen)) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    seen.sort()
    assert len(seen) == 6
    assert all(later[0] - earlier[1] >= pacing.PAUSE * 0.9 for earlier, later in pairwise(seen))


@pytest.mark.django_db(transaction=True)
def test_a_small_write_pauses_little(monkeypatch):
    naps: list[float] = []
    monkeypatch.setattr(pacing.time, "sleep", naps.append)
    assert [len(some) for some in pacing.in_steps(range(pacing.SQLITE_STEP + 1))] == [pacing.SQLITE_STEP, 1]
    assert naps == [pacing.PAUSE, pacing.PAUSE / pacing.SQLITE_STEP]


@pytest.mark.django_db(transaction=True)
def test_who_is_inside_a_transaction_does_not_wait_for_other_writers():
    """It blocks them already: waiting for each other would end in an error."""
    with pacing._turn_to_write(), transaction.atomic():
        seen: list[tuple[float, float]] = []
        write(300, seen)
    assert len(seen) == 3
