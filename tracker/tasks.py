"""Celery tasks: an id goes in, the services do the work. Sent by name, so that services need not import this module."""

from __future__ import annotations

from datetime import date

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings

from tracker.services import importing, inbox, linking, progress, queue, rewording


@shared_task(ignore_result=True)
def import_document(job_id: int) -> None:
    """Read one document, then tell the workers what waits next."""
    importing.read_job(job_id)
    queue.dispatch()
    linking.share_turns()


@shared_task(ignore_result=True)
def match_organisation(organisation_id: int) -> None:
    """Match what waits for an organisation's turn."""
    linking.take_turns([organisation_id])


@shared_task(ignore_result=True)
def sweep(restarted: bool = False) -> None:
    """What a dead worker left behind is done by a living one."""
    queue.recover(restarted=restarted)
    if restarted:
        linking.send_again()
    queue.dispatch()
    linking.dispatch_turns()
    if not queue.is_busy():
        progress.catch_up()


@shared_task(ignore_result=True)
def work_in(as_of: str) -> None:
    """Work in what has changed for a date that somebody looks at."""
    progress.work_in(date.fromisoformat(as_of))


@shared_task(ignore_result=True)
def scan_inbox() -> None:
    """Take in what lies in the watched folder."""
    inbox.scan(settings.INBOX)


@shared_task(ignore_result=True)
def apply_words() -> None:
    """A changed word list takes effect on stored records."""
    rewording.rewrite_keys()


@worker_ready.connect
def take_up(**_: object) -> None:
    """A worker that starts takes up what its predecessor left."""
    sweep.delay(restarted=True)
