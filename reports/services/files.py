"""A ledger for one person: how large it is, written at once, or by a worker when it is too large for one answer of the web.

The table of orders is the queue, as with documents: a message carries a number, a lost one is sent again by the sweep.
"""

from __future__ import annotations

import logging
import tempfile
from datetime import date, timedelta
from typing import IO, Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from reports.ledger.source import live_source
from reports.ledger.workbook import Tell, ledger_name, write_workbook
from reports.models import FileState, LedgerFile, Snapshot
from reports.services.months import snapshot_source
from tracker import access
from tracker.models import Organisation, Role
from tracker.services import progress, queue

AT_ONCE = 5_000  # goals that a page waits for: a second or two
KEPT = timedelta(days=7)
LEASE = timedelta(minutes=15)
RESEND = timedelta(minutes=2)
MOST_ATTEMPTS = 3
TASK = "reports.tasks.write_ledger_file"
log = logging.getLogger(__name__)


def own_organisations(user: Any) -> QuerySet[Organisation] | None:
    """The organisations that a user is restricted to, or None for one who sees all. Who has no role is shown none."""
    if access.role_of(user) in (None, Role.LIAISON):
        return access.visible(Organisation.objects.all(), user, "pk")
    return None


def choose(user: Any, organisation: Organisation | None) -> tuple[QuerySet[Organisation] | None, str]:
    """The organisations of a ledger, and the name that stands in its title: the one asked for, or all that the user may see."""
    if organisation is not None:
        return Organisation.objects.filter(pk=organisation.pk), organisation.name
    own = own_organisations(user)
    names = list(own.values_list("name", flat=True)[:2]) if own is not None else []
    return own, names[0] if len(names) == 1 else ""


def count_rows(user: Any, as_of: date, snapshot: Snapshot | None, organisation: Organisation | None) -> int:
    """How many goals the ledger will hold."""
    own, _ = choose(user, organisation)
    if snapshot is None:
        goals = progress.eligible(as_of)
        return (goals if own is None else goals.filter(organisation__in=own.values("pk"))).count()
    if own is None:
        return snapshot.rows
    return snapshot.tallies.filter(organisation__in=own.values("pk")).aggregate(n=Sum("goals"))["n"] or 0


def write(
    user: Any,
    as_of: date,
    snapshot: Snapshot | None,
    organisation: Organisation | None,
    target: IO[bytes],
    tell: Tell | None = None,
) -> str:
    """Write the ledger of a closed month, or of the data now, as far as the user may see it; its name comes back."""
    own, scope = choose(user, organisation)
    if snapshot is None:
        progress.ensure_statuses(as_of)
        source = live_source(as_of, own, scope)
    else:
        source = snapshot_source(snapshot, own, scope)
    write_workbook(source, target, tell)
    return ledger_name(scope, as_of)


def order(
    user: Any, as_of: date, snapshot: Snapshot | None, organisation: Organisation | None, rows: int
) -> LedgerFile:
    """Have a ledger written by a worker. One that this user ordered and that is not ready yet is given again."""
    wanted = {"user": user, "as_of": as_of, "snapshot": snapshot, "organisation": organisation}
    under_way = LedgerFile.objects.filter(**wanted, state__in=[FileState.WAITING, FileState.WRITING]).first()
    if under_way is not None:
        return under_way
    made = LedgerFile.objects.create(**wanted, rows=rows)
    transaction.on_commit(lambda: _send(made.pk))
    return made


def _send(pk: int) -> None:
    LedgerFile.objects.filter(pk=pk).update(sent_at=timezone.now())
    queue.send(TASK, pk)


def work_off(pk: int) -> None:
    """Write one ordered ledger. A message that came twice, or late, does nothing."""
    now = timezone.now()
    free = Q(state=FileState.WAITING) | Q(state=FileState.WRITING, lease_until__lt=now)
    claimed = LedgerFile.objects.filter(free, pk=pk).update(
        state=FileState.WRITING, attempt=F("attempt") + 1, written=0, lease_until=now + LEASE
    )
    row = LedgerFile.objects.select_related("user", "snapshot", "organisation").filter(pk=pk).first()
    if not claimed or row is None:
        return
    held = LedgerFile.objects.filter(pk=pk, attempt=row.attempt, state=FileState.WRITING)

    def tell(written: int) -> None:
        held.update(written=written, lease_until=timezone.now() + LEASE)

    with tempfile.TemporaryFile() as file:
        try:
            name = write(row.user, row.as_of, row.snapshot, row.organisation, file, tell)
        except Exception as error:  # whatever went wrong is told on the page instead of an endless wait
            log.exception("ledger file %s failed", pk)
            held.update(state=FileState.FAILED, error=f"{type(error).__name__}：{error}"[:300], finished_at=timezone.now())
            return
        row.file.save(f"{pk}-{row.attempt}.xlsx", File(file), save=False)
    done = {"state": FileState.READY, "name": name, "file": row.file.name, "finished_at": timezone.now()}
    if not held.update(**done, written=F("rows")):
        row.file.delete(save=False)


def sweep() -> None:
    """Send again what no worker took or finished, give up what failed time and again, throw away what is old."""
    now = timezone.now()
    dead = LedgerFile.objects.filter(state=FileState.WRITING, lease_until__lt=now)
    dead.filter(attempt__gte=MOST_ATTEMPTS).update(
        state=FileState.FAILED, error="生成多次都没有完成，请管理员查看后台日志。", finished_at=now
    )
    waiting = LedgerFile.objects.filter(state=FileState.WAITING).filter(
        Q(sent_at__isnull=True) | Q(sent_at__lt=now - RESEND)
    )
    for pk in [*waiting.values_list("pk", flat=True), *dead.values_list("pk", flat=True)]:
        _send(pk)
    for row in LedgerFile.objects.filter(ordered_at__lt=now - KEPT):
        if row.file:
            row.file.delete(save=False)
        row.delete()
