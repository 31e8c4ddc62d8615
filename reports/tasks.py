"""What workers and Celery's beat do for the monthly round."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from reports.services import files, months, notices


@shared_task(ignore_result=True)
def close_month() -> None:
    """Close last month when its day has come."""
    months.close_if_due(timezone.localdate())


@shared_task(ignore_result=True)
def send_notices() -> None:
    """Send what the rules of chasing ask for today."""
    notices.run_rules(timezone.localdate())


@shared_task(ignore_result=True)
def write_ledger_file(pk: int) -> None:
    """Write a ledger that somebody waits for."""
    files.work_off(pk)


@shared_task(ignore_result=True)
def sweep_ledger_files() -> None:
    """What a dead worker left behind is written by a living one; old files go."""
    files.sweep()
