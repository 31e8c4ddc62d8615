"""Closing, reopening and comparing months."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from reports.ledger.columns import Tally
from reports.ledger.frozen import RECORDS, newest_before, read_pages
from reports.ledger.rows import CHUNK, LedgerRow, Record, dump, load
from reports.ledger.source import Facts, Source, live_facts, live_source
from reports.models import RoundSettings, Snapshot, SnapshotPage, SnapshotState, SnapshotTally
from tracker.models import Event, Goal, Status
from tracker.services import progress

Kind = SnapshotPage.Kind


class RoundError(Exception):
    """A step of the monthly round that cannot be taken. The message is a Chinese sentence."""


def round_settings() -> RoundSettings:
    return RoundSettings.objects.order_by("pk").first() or RoundSettings.objects.create()


def closed(as_of: date) -> Snapshot | None:
    """The snapshot that counts for a date."""
    return Snapshot.objects.filter(as_of=as_of, state=SnapshotState.CLOSED).first()


def close_month(as_of: date, *, user: Any = None, note: str = "") -> Snapshot:
    """Freeze the ledger as of a date. Raises RoundError when it is closed already or has not come yet.

    ``user`` None: closed by the schedule. Nothing that is corrected later changes what is kept here.
    """
    if closed(as_of):
        raise RoundError(gettext("%(as_of)s已经关账。要重新关账，请先写明理由重开。") % {"as_of": as_of})
    if as_of > timezone.localdate():
        raise RoundError(gettext("%(as_of)s还没有到，不能关账。") % {"as_of": as_of})
    progress.ensure_statuses(as_of)
    previous = newest_before(as_of)
    version = Snapshot.objects.filter(as_of=as_of).count() + 1
    facts = live_facts(as_of, "", previous.as_of if previous else None)
    content = _gather(live_source(as_of, None, ""))
    snapshot = Snapshot(
        as_of=as_of, version=version, facts=facts.as_json(), previous=previous, closed_by=user, note=note[:300],
        rows=content.counts[Kind.ROWS], differences=content.counts[Kind.DIFFERENCES], digest=content.digest,
        counts={status: sum(t.counts[status] for _, t in content.tallies.values()) for status in Status.values},
    )  # fmt: skip
    try:
        with transaction.atomic():
            _store(snapshot, content)
            _record("close_month", snapshot, user, f"关账：截至{as_of}，{snapshot.goals}项目标（第{version}版）", note)
    except IntegrityError as error:
        raise RoundError(gettext("%(as_of)s刚刚被别人关账，请刷新页面。") % {"as_of": as_of}) from error
    return snapshot


def _record(action: str, snapshot: Snapshot, user: Any, summary: str, reason: str) -> None:
    Event.objects.create(
        user=user, action=action, model="snapshot", object_id=snapshot.pk, summary=summary, reason=reason[:300]
    )  # fmt: skip


@dataclass
class _Content:
    """A month made ready outside any transaction: compressed pages by kind, counts, and tallies by organisation."""

    pages: dict[str, list[bytes]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    tallies: dict[int, tuple[str, Tally]] = field(default_factory=dict)
    digest: str = ""

    def records(self, kind: str) -> Iterator[Any]:
        for data in self.pages[kind]:
            yield from load(RECORDS[Kind(kind)], zlib.decompress(data))


def _gather(source: Source) -> _Content:
    content, digest = _Content(), hashlib.sha256()

    def counted() -> Iterator[LedgerRow]:
        for row in source.rows():
            content.tallies.setdefault(row.organisation_id, (row.organisation, Tally()))[1].add(row)
            yield row

    def keep(kind: str, records: Iterable[Record]) -> None:
        iterator, pages, count = iter(records), [], 0
        while some := list(islice(iterator, CHUNK)):
            data = dump(some)
            digest.update(data)
            pages.append(zlib.compress(data, 6))
            count += len(some)
        content.pages[kind], content.counts[kind] = pages, count

    keep(Kind.ROWS, counted())
    keep(Kind.ADJUSTMENTS, source.adjustments())
    keep(Kind.DIFFERENCES, source.differences())
    content.digest = digest.hexdigest()
    return content


def _store(snapshot: Snapshot, content: _Content) -> None:
    """Write the snapshot with its pages and tallies."""
    snapshot.save()
    for kind, pages in content.pages.items():
        for number, data in enumerate(pages):
            SnapshotPage.objects.create(snapshot=snapshot, kind=kind, number=number, data=data)
    SnapshotTally.objects.bulk_create(
        SnapshotTally(
            snapshot=snapshot, organisation_id=pk, name=name, counts=tally.counts, goals=tally.goals,
            completion=tally.mean("completion"), time_share=tally.mean("time_share"),
        )
        for pk, (name, tally) in content.tallies.items()
    )  # fmt: skip


def is_intact(snapshot: Snapshot) -> bool:
    """Whether the stored pages are those that were written at closing."""
    digest = hashlib.sha256()
    for kind in (Kind.ROWS, Kind.ADJUSTMENTS, Kind.DIFFERENCES):
        for data in snapshot.pages.filter(kind=kind).order_by("number").values_list("data", flat=True).iterator():
            digest.update(zlib.decompress(bytes(data)))
    return digest.hexdigest() == snapshot.digest


def snapshot_source(snapshot: Snapshot, organisations: QuerySet | None = None, scope: str = "") -> Source:
    """A snapshot as the source of a workbook; only rows of ``organisations`` when given."""
    allowed = None if organisations is None else set(organisations.values_list("pk", flat=True))

    def reader(kind: str) -> Callable[[], Iterator[Any]]:
        def read() -> Iterator[Any]:
            for record in read_pages(snapshot, kind):
                if allowed is None or record.organisation_id in allowed:
                    yield record

        return read

    facts = replace(Facts.from_json(snapshot.facts), scope=scope)
    return Source(facts, reader(Kind.ROWS), reader(Kind.ADJUSTMENTS), reader(Kind.DIFFERENCES))


def reopen_month(snapshot: Snapshot, *, user: Any, reason: str) -> Snapshot:
    """Lay a closed month open again. What was closed stays readable; the next closing is a new version."""
    if not reason.strip():
        raise RoundError(gettext("重开已关的月份要写明理由。"))
    with transaction.atomic():
        now = timezone.now()
        done = Snapshot.objects.filter(pk=snapshot.pk, state=SnapshotState.CLOSED).update(
            state=SnapshotState.REOPENED, reopened_by=user, reopened_at=now, reopen_reason=reason.strip()[:300]
        )
        if not done:
            raise RoundError(gettext("这个月份已经重开过了。"))
        _record("reopen_month", snapshot, user, f"重开：截至{snapshot.as_of}（第{snapshot.version}版）", reason)
    snapshot.refresh_from_db()
    return snapshot


def last_month_end(today: date) -> date:
    return today.replace(day=1) - timedelta(days=1)


def close_if_due(today: date) -> Snapshot | None:
    """What the schedule does every day: close last month on the chosen day or later, unless somebody reopened it."""
    settings = round_settings()
    as_of = last_month_end(today)
    if not settings.close_automatically or today.day < settings.close_day:
        return None
    if Snapshot.objects.filter(as_of=as_of).exists() or not Goal.objects.exists():
        return None
    return close_month(as_of, note="按计划自动关账")
