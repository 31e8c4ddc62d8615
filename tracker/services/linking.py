"""Who is matched when: documents that wait, an organisation's turn, and what several workers see of each other.

Whatever is stored leaves a wish in the same transaction. An organisation's wishes are worked off together in one turn, by one
worker: what stands around the documents is loaded once for all of them. Wishes outlive their worker.

Every match raises a version on the organisations that it touches before it looks. Who sees at its end that one has moved
meanwhile matches again: so of several workers at once the last one has seen everything, and all write the same.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Min, Q
from django.utils import timezone

from tracker.matching.linking import ACCEPT
from tracker.models import Document, Goal, ImportJob, JobState, Link, LinkingTurn, LinkingWish, LinkState, Result
from tracker.services import links, progress, queue, wording
from tracker.services.neighbourhood import Chosen, find_bodies
from tracker.services.pacing import in_chunks

log = logging.getLogger(__name__)
MOST_ROUNDS = 5  # documents that come in all the time must not keep one worker for ever: the wishes stay for later
MOST_RECORDS = 10_000  # matched at once: some tens of megabytes
ENOUGH = 24  # documents of one organisation that are worth a turn while others are still being read,
SHARE = 10  # and a tenth of all that it has: so the cost of a large batch grows with its documents, not with their square
PATIENCE = timedelta(seconds=60)  # so long the first of them waits
WAITS = "待关联"  # the step of a job that is done but for the matching


def note_change(organisation_ids: Iterable[int]) -> None:
    """Note, in the transaction that stores records, that these organisations have other ones than before."""
    ids = sorted(set(organisation_ids))
    for some in in_chunks(ids):
        LinkingTurn.objects.bulk_create([LinkingTurn(organisation_id=pk) for pk in some], ignore_conflicts=True)
        LinkingTurn.objects.filter(organisation_id__in=some).update(version=F("version") + 1)


def want_document(document_id: int, organisation_id: int) -> None:
    """Note, in the transaction that stores its records, that a document is to be matched in an organisation's turn."""
    LinkingTurn.objects.bulk_create([LinkingTurn(organisation_id=organisation_id)], ignore_conflicts=True)
    LinkingWish.objects.create(document_id=document_id, organisation_id=organisation_id)


def want_turns(organisation_ids: Iterable[int]) -> None:
    """Note, in the caller's transaction, that these organisations are to be matched again as a whole."""
    ids = sorted(set(organisation_ids))
    note_change(ids)
    for pk in ids:
        rows = Q(goals__organisation=pk) | Q(results__organisation=pk)
        documents = sorted(set(Document.objects.filter(rows).values_list("pk", flat=True)))
        wishes = [LinkingWish(organisation_id=pk, document_id=each) for each in (*documents, None)]
        LinkingWish.objects.bulk_create(wishes, batch_size=1000)


def relink(organisation_ids: Iterable[int]) -> None:
    """Match these organisations again as a whole. What another worker is at, that worker finishes."""
    ids = sorted(set(organisation_ids))
    want_turns(ids)
    take_turns(ids)


def relink_records(records: Sequence[Goal | Result], organisation_ids: Iterable[int] = ()) -> None:
    """Match again what some records touch: their documents, or themselves where they stand by themselves."""
    note_change([*(record.organisation_id for record in records), *organisation_ids])
    documents = sorted({record.document_id for record in records if record.document_id})
    alone = [record for record in records if not record.document_id]
    match_documents(
        documents,
        goals=[record.pk for record in alone if isinstance(record, Goal)],
        results=[record.pk for record in alone if isinstance(record, Result)],
    )


def match_documents(documents: Sequence[int], *, goals: Sequence[int] = (), results: Sequence[int] = ()) -> None:
    """Match all records of some documents, and some typed-in ones, with everything that they can meet, now."""
    chosen = Chosen(documents, goals, results)
    if not _match(chosen):
        want_turns(_own_organisations(chosen))


def _match(chosen: Chosen) -> bool:
    """Match until nobody has been at the same bodies meanwhile. False when that did not come about."""
    own = _own_organisations(chosen)
    note_change(own)
    for _ in range(MOST_ROUNDS):
        bodies = find_bodies(own)
        met = sorted({*bodies.same, *bodies.below, *bodies.above})
        seen = _versions(met)
        links.match(chosen, bodies)
        if _versions(met) == seen:
            return True
        own = _own_organisations(chosen)
    return False


def _own_organisations(chosen: Chosen) -> list[int]:
    found: set[int] = set()
    for model, ids in ((Goal, chosen.goals), (Result, chosen.results)):
        for some in in_chunks(chosen.documents):
            rows = model.objects.filter(document_id__in=some).order_by()
            found.update(rows.values_list("organisation_id", flat=True).distinct())
        for some in in_chunks(ids):
            found.update(model.objects.filter(pk__in=some).values_list("organisation_id", flat=True))
    return sorted(found)


def _versions(organisation_ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for some in in_chunks(organisation_ids):
        found |= dict(LinkingTurn.objects.filter(organisation_id__in=some).values_list("organisation_id", "version"))
    return found


def open_turns() -> int:
    """How many organisations wait to be matched."""
    return LinkingWish.objects.order_by().values("organisation_id").distinct().count()


def finish_turns() -> None:
    """All that waits, in this process."""
    take_turns(list(LinkingWish.objects.order_by("organisation_id").values_list("organisation_id", flat=True).distinct()))


def match_ripe() -> None:
    """The ripe turns, in this process."""
    take_turns(_ripe(idle=not queue.is_busy()))


def share_turns() -> None:
    """A worker has read a document: while others wait to be read it takes one ripe turn itself, else all workers share them."""
    if queue.is_busy():
        take_turns(_ripe(idle=False)[:1])
    else:
        dispatch_turns()


def dispatch_turns() -> None:
    """Send the ripe turns to the workers, each once. Without a broker they stay for the sweep."""
    now = timezone.now()
    unsent = Q(sent_at__isnull=True) | Q(sent_at__lt=now - timedelta(seconds=settings.JOB_RESEND_SECONDS))
    unsent |= Q(lease_until__isnull=False)  # and run out: its worker is dead
    for pk in _ripe(idle=not queue.is_busy()):
        turn = LinkingTurn.objects.filter(_free(), unsent, organisation_id=pk)
        if turn.update(sent_at=now) and not queue.send("tracker.tasks.match_organisation", pk):
            LinkingTurn.objects.filter(organisation_id=pk).update(sent_at=None)
            return


def send_again() -> None:
    """A worker has started: what was sent to its predecessor may be lost."""
    LinkingTurn.objects.filter(_free(), sent_at__isnull=False).update(sent_at=None)


def _ripe(*, idle: bool) -> list[int]:
    """Organisations whose turn it is: while documents are still being read only those that have enough or have waited."""
    waiting = LinkingWish.objects.order_by().values("organisation_id", "organisation__linking_turn__matched")
    waiting = waiting.annotate(number=Count("pk"), first=Min("created_at")).order_by("first", "organisation_id")
    late = timezone.now() - PATIENCE
    return [
        row["organisation_id"]
        for row in waiting
        if idle
        or row["first"] < late
        or row["number"] >= max(ENOUGH, (row["organisation__linking_turn__matched"] or 0) // SHARE)
    ]


def take_turns(organisation_ids: Iterable[int]) -> None:
    """Do the turns of these organisations that are wanted, one after the other."""
    for pk in organisation_ids:
        while _take_turn(pk):
            pass


def _free() -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now())


def _take_turn(organisation_id: int) -> bool:
    """One turn, if one is wanted and nobody else is at it. True when it was done."""
    if not LinkingWish.objects.filter(organisation_id=organisation_id).exists():
        return False
    own = LinkingTurn.objects.filter(organisation_id=organisation_id)
    LinkingTurn.objects.bulk_create([LinkingTurn(organisation_id=organisation_id)], ignore_conflicts=True)
    lease = queue.lease_end()
    if not own.filter(_free()).update(lease_until=lease):
        return False
    try:
        while chunk := _next_wishes(organisation_id):
            done = _match_wishes(organisation_id, chunk)
            before, lease = lease, queue.lease_end()
            if not own.filter(lease_until=before).update(lease_until=lease) or not done:
                break
    except Exception:
        log.exception("matching of organisation %s failed, it is tried again later", organisation_id)
        own.filter(lease_until=lease).update(lease_until=None, sent_at=timezone.now())
        return False
    own.filter(lease_until=lease).update(lease_until=None, sent_at=None)
    return not chunk


def _next_wishes(organisation_id: int) -> list[LinkingWish]:
    """The oldest documents first, as many as are matched well at once."""
    waiting = LinkingWish.objects.filter(organisation_id=organisation_id)
    waiting = list(waiting.order_by("document__published_on", "document_id", "pk")[:500])
    sizes: Counter[int] = Counter()
    documents = [wish.document_id for wish in waiting if wish.document_id]
    for model in (Goal, Result):
        rows = model.objects.filter(document_id__in=documents).order_by().values_list("document_id")
        sizes.update(dict(rows.annotate(Count("pk"))))
    room = MOST_RECORDS
    for number, wish in enumerate(waiting):
        room -= sizes[wish.document_id or 0]
        if number and room < 0:
            return waiting[:number]
    return waiting


def _match_wishes(organisation_id: int, wishes: Sequence[LinkingWish]) -> bool:
    documents = sorted({wish.document_id for wish in wishes if wish.document_id})
    goals: list[int] = []
    results: list[int] = []
    if any(wish.document_id is None for wish in wishes):
        alone = {"organisation": organisation_id, "document__isnull": True}
        goals = list(Goal.objects.filter(**alone).values_list("pk", flat=True))
        results = list(Result.objects.filter(**alone).values_list("pk", flat=True))
    if not _match(Chosen(documents, goals, results)):
        return False
    _tell_jobs(documents)
    LinkingWish.objects.filter(pk__in=[wish.pk for wish in wishes]).delete()
    LinkingTurn.objects.filter(organisation_id=organisation_id).update(matched=F("matched") + len(documents))
    return True


def _tell_jobs(documents: Sequence[int]) -> None:
    """The import page shows what came out."""
    jobs = list(ImportJob.objects.filter(document_id__in=documents, state=JobState.DONE, stage=WAITS).only("pk", "document_id"))
    numbers = count_links([job.document_id for job in jobs])
    for job in jobs:
        job.links, job.stage, job.progress = numbers[job.document_id], "完成", 100
    ImportJob.objects.bulk_update(jobs, ["links", "stage", "progress"])


def count_links(documents: Sequence[int]) -> Counter[int]:
    """document → links that touch it at either end."""
    ends = ("goal__document_id", "result__document_id")
    touching = {pair for end in ends for pair in _ends_of(documents, end, ends)}
    return Counter(document for _, *both in touching for document in set(both))


def _ends_of(documents: Sequence[int], end: str, ends: tuple[str, str]) -> Iterable[tuple[int, int, int]]:
    return Link.objects.filter(**{f"{end}__in": documents}).order_by().values_list("pk", *ends)


def settle_links() -> int:
    """Apply the threshold of the rules to links that nobody decided on. Returns how many changed."""
    accept = wording.accept_from(ACCEPT)
    open_links = Link.objects.filter(decided_at__isnull=True)
    raised = open_links.filter(score__gte=accept).exclude(state=LinkState.ACCEPTED)
    lowered = open_links.filter(score__lt=accept, state=LinkState.ACCEPTED)
    with transaction.atomic():
        goals = {*raised.values_list("goal_id", flat=True), *lowered.values_list("goal_id", flat=True)}
        count = raised.update(state=LinkState.ACCEPTED) + lowered.update(state=LinkState.PROPOSED)
    progress.refresh(goals)
    return count
