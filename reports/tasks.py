"""What Celery's beat does every day for the monthly round."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from reports.services import months, notices


@shared_task(ignore_result=True)
def close_month() -> None:
    """Close last month when its day has come."""
    months.close_if_due(timezone.localdate())


@shared_task(ignore_result=True)
def send_notices() -> None:
    """Send what the rules of chasing ask for today."""
    notices.run_rules(timezone.localdate())
