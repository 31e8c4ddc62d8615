"""Progress of goals as of a date, kept in GoalStatus and worked out again when what it rests on has changed.

``StatusDay`` counts changes (wanted) and those worked in (done), so that a page knows with one query whether all is fresh.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from time import monotonic
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from tracker.celery import app
from tracker.matching.findings import Report, find_silence
from tracker.matching.items import Item
from tracker.matching.pace import month_end
from tracker.matching.progress import Answer, Assessment, assess
from tracker.matching.relation import read_relation
from tracker.matching.rules import Rules
from tracker.models import (
    ChangeKind,
    Document,
    Goal,
    GoalChange,
    GoalStatus,
    Light,
    Link,
    LinkState,
    Result,
    Review,
    Status,
    StatusDay,
)
from tracker.services import figures, wording
from tracker.services.items import Speller, goal_item, result_item
from tracker.services.pacing import SQLITE_STEP, in_chunks, in_steps
from tracker.services.prepared import Given, Prepared
from tracker.services.statements import MACHINE_FIELDS

# a status that a person decided brings its own light
LIGHT_OF_DECISION = {
    Status.DONE: Light.GREEN,
    Status.AHEAD: Light.GREEN,
    Status.ON_TIME: Light.GREEN,
    Status.BEHIND: Light.YELLOW,
    Status.AT_RISK: Light.DARK_YELLOW,
    Status.OVERDUE: Light.RED,
    Status.NOT_STARTED: Light.GREY,
    Status.ADJUSTED: Light.GREY,
    Status.NO_DATA: Light.GREY,
}
# a goal that was only said again goes on as it was; one that is not mentioned any more is a person's to judge
ADJUSTING = {
    ChangeKind.RAISED,
    ChangeKind.LOWERED,
    ChangeKind.POSTPONED,
    ChangeKind.ADVANCED,
    ChangeKind.WEAKENED,
    ChangeKind.RESCOPED,
}
MACHINE_COLUMNS = [
    "status", "light", "computed", "declared", "result", "value", "counted_on", "completion", "declared_completion",
    "time_share", "gap", "forecast", "arithmetic", "light_reason", "notes", "assumption", "answered_in_words", "answers",
    "searched",
]  # fmt: skip
NEEDED = (
    *MACHINE_FIELDS, "baseline", "organisation__name", "document__published_on", "document__title", "document__name",
    "document__sha256",
)  # fmt: skip
CATCH_UP = timedelta(minutes=10)
ASK_AGAIN = 60  # seconds until a page asks the workers for the same thing again
log = logging.getLogger(__name__)
LARGEST_RATIO = Decimal(10) ** 7


_PUBLISHED, _AS_OF = Document._meta.get_field("published_on"), StatusDay._meta.get_field("as_of")
_NEWEST = Prepared(
    lambda: (
        Document.objects.filter(published_on__lte=Given(0, _PUBLISHED))
        .order_by("-published_on")
        .values_list("published_on")[:1]
    )
)
_DAY = Prepared(lambda: StatusDay.objects.filter(as_of=Given(0, _AS_OF)))


def default_as_of() -> date:
    """The end of the month of the newest document; today when that lies ahead, or when there is no document."""
    today = timezone.localdate()
    newest = _NEWEST(today)
    return min(month_end(newest[0][0]), today) if newest else today


def eligible(as_of: date) -> QuerySet[Goal]:
    """Goals that stood on a day: not rejected, and given by then or, though told later, running by then."""
    return Goal.objects.standing().exclude(_ahead(as_of))


def _ahead(as_of: date, goal: str = "") -> Q:
    """Goals told after a day whose time had not begun either. ``goal`` is the lookup path to the goal."""
    told_later = Q(**{f"{goal}document__published_on__gt": as_of})
    not_begun = Q(**{f"{goal}period_start__gt": as_of})
    # without a start a goal runs from the year it was told in
    other_year = Q(
        **{f"{goal}period_start__isnull": True, f"{goal}document__published_on__gt": as_of.replace(month=12, day=31)}
    )
    return told_later & (not_begun | other_year)


def ensure_statuses(as_of: date) -> StatusDay:
    """Make every goal's status as of a date fresh. One query when nothing has changed since the last time."""
    day, _ = StatusDay.objects.get_or_create(as_of=as_of)
    if day.done == day.wanted:
        return day
    gone = Q(goal__review=Review.REJECTED) | _ahead(as_of, "goal__")
    GoalStatus.objects.filter(gone, as_of=as_of).delete()
    made = _compute_missing(as_of)
    _compute_stale(as_of)
    _finish_day(day, made)
    return day


def ready_day(as_of: date) -> StatusDay:
    """As ``ensure_statuses`` for a page that somebody waits for: with very many goals a worker is asked to work in what has
    changed, and the day is given back as it was worked out last (``done`` is behind ``wanted``)."""
    known = _DAY(as_of)
    day = known[0] if known else StatusDay.objects.get_or_create(as_of=as_of)[0]
    if day.done == day.wanted:
        return day
    if not figures.is_large():
        return ensure_statuses(as_of)
    ask_for_day(day)
    return day


def ask_for_day(day: StatusDay) -> None:
    """Ask a worker to work a day out; asked again by many pages it is sent once in a while only."""
    if cache.add(f"asked:{day.as_of}:{day.wanted}", 1, ASK_AGAIN):
        _ask_worker(day.as_of)


def days_within(days: Iterable[date], seconds: float) -> list[date]:
    """Of these days, those that are worked out, or could be in so much time; a worker is asked for the others."""
    until, large, ready = monotonic() + seconds, figures.is_large(), []
    for as_of in days:
        day, _ = StatusDay.objects.get_or_create(as_of=as_of)
        if day.done != day.wanted and not large and monotonic() < until:
            day = ensure_statuses(as_of)
        if day.done:  # an older version of the day is better than none
            ready.append(as_of)
        if day.done != day.wanted:
            ask_for_day(day)
    return ready


def _ask_worker(as_of: date) -> None:
    try:
        app.send_task("tracker.tasks.work_in", [as_of.isoformat()])
    except (OperationalError, OSError) as error:
        log.warning("broker not reachable, progress as of %s waits for the next sweep: %s", as_of, error)


def _compute_missing(as_of: date) -> list[int]:
    there = GoalStatus.objects.filter(as_of=as_of).values("goal_id")
    # body by body: what a body has reported is read once, not once for every hundred goals
    rows = eligible(as_of).exclude(pk__in=there).order_by("organisation_id", "pk")
    missing = list(rows.values_list("pk", flat=True))
    reports: dict[int, list[Report]] = {}
    # no pause between: while the next are worked out, others can write
    for ids in in_chunks(missing, SQLITE_STEP):
        _compute(ids, as_of, reports)
    return missing


def _compute_stale(as_of: date) -> None:
    rows = GoalStatus.objects.filter(as_of=as_of, stale=True)
    stale = list(rows.order_by("goal_id").values_list("goal_id", flat=True))
    for ids in in_chunks(stale, SQLITE_STEP):
        # the mark goes before the reading: a change that comes in between sets it again
        GoalStatus.objects.filter(as_of=as_of, goal_id__in=ids).update(stale=False)
        _compute(ids, as_of)


def _finish_day(day: StatusDay, made: list[int]) -> None:
    """Count, and note which version of the data this is. Of many goals all figures are there before it is said to be ready."""
    seen = day.wanted
    counts = figures.count_bodies(day.as_of)
    if sum(counts.values()) >= figures.MANY_GOALS:
        figures.keep_ahead(day.as_of, seen)
    StatusDay.objects.filter(pk=day.pk).update(done=seen, counts=counts, computed_at=timezone.now())
    day.refresh_from_db()
    if day.wanted != seen:
        # a change came while new rows were made, before they could be marked
        for ids in in_steps(made):
            GoalStatus.objects.filter(as_of=day.as_of, goal_id__in=ids).update(stale=True)


def refresh(goal_ids: Iterable[int]) -> None:
    """What these goals' progress rests on has changed: it is worked out again before it is next shown."""
    ids = sorted(set(goal_ids))
    for some in in_steps(ids):
        GoalStatus.objects.filter(goal_id__in=some, stale=False).update(stale=True)
    StatusDay.objects.update(wanted=F("wanted") + 1)


def refresh_all() -> None:
    """The rules have changed: everything is worked out again before it is next shown."""
    GoalStatus.objects.update(stale=True)
    StatusDay.objects.update(wanted=F("wanted") + 1)


def catch_up(newest: int = 2) -> None:
    """Work in what has changed for the newest dates that people look at, so that no page has to wait for it.

    One worker at a time: the others would only do the same.
    """
    for as_of in StatusDay.objects.exclude(done=F("wanted")).values_list("as_of", flat=True)[:newest]:
        work_in(as_of)


def work_in(as_of: date) -> None:
    """Work in what has changed for one date, unless another worker is at it."""
    now = timezone.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    own = StatusDay.objects.filter(as_of=as_of)
    if own.exclude(done=F("wanted")).filter(free).update(lease_until=now + CATCH_UP):
        try:
            ensure_statuses(as_of)
        finally:
            own.update(lease_until=None)


def status_of(goal: Goal, as_of: date) -> GoalStatus:
    """One goal's status as of a date, fresh."""
    row = GoalStatus.objects.filter(goal=goal, as_of=as_of).first()
    if row is None or row.stale:
        GoalStatus.objects.filter(goal=goal, as_of=as_of).update(stale=False)
        _compute([goal.pk], as_of)
        row = GoalStatus.objects.get(goal=goal, as_of=as_of)
    return row


def settle(row: GoalStatus) -> None:
    """The status that counts: the decided one before the computed one."""
    if row.decided:
        row.status, row.light = row.decided, LIGHT_OF_DECISION[Status(row.decided)]
        row.light_reason = f"核定：{row.decided_reason}"[:300]
    else:
        row.status = row.computed


def relation_of(goal: Goal, result: Result) -> str:
    """What a result is to a goal by the figures: fulfils, progress or misses."""
    return read_relation(goal_item(goal), result_item(result))


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the statuses of some goals rest on."""

    answers: dict[int, list[Answer]]
    adjusted: dict[int, date]
    decided: dict[int, GoalStatus]
    reports: dict[int, list[Report]]
    rules: Rules


def _compute(goal_ids: Sequence[int], as_of: date, reports: dict[int, list[Report]] | None = None) -> None:
    """Work out and store the statuses of some goals. ``reports`` keeps what their bodies reported for the next call."""
    # the document's text would be a thousand times the rest
    goals = list(
        Goal.objects.filter(pk__in=goal_ids).select_related("organisation", "document").only(*NEEDED).order_by("pk")
    )
    ground = _Ground(
        answers_of(goal_ids),
        _adjustments(goal_ids),
        _decisions(goal_ids, as_of),
        _keep_reports({} if reports is None else reports, {goal.organisation_id for goal in goals}),
        wording.rules(),
    )
    rows = [_row(goal, as_of, ground) for goal in goals]
    speller = Speller()
    speller.learn(note for row in rows for note in row.notes)
    for row in rows:
        row.notes = [speller.spell(note) for note in row.notes]
    GoalStatus.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["goal", "as_of"], update_fields=MACHINE_COLUMNS
    )


def answers_of(goal_ids: Sequence[int]) -> dict[int, list[Answer]]:
    """goal → the results that answer it, as the rule or a person accepted them."""
    accepted = Link.objects.filter(state=LinkState.ACCEPTED).exclude(result__review=Review.REJECTED)
    accepted = accepted.select_related("result__organisation", "result__document")
    accepted = accepted.defer("result__document__content", "result__document__paragraphs")
    found: dict[int, list[Answer]] = defaultdict(list)
    for ids in in_chunks(goal_ids):
        for link in accepted.filter(goal_id__in=ids).order_by():
            found[link.goal_id].append(Answer(result_item(link.result), link.relation, link.score))
    return {goal: sorted(answers, key=lambda answer: answer.item.place) for goal, answers in found.items()}


def _adjustments(goal_ids: Sequence[int]) -> dict[int, date]:
    """goal → the day from which on it is no longer the goal that counts."""
    changes = GoalChange.objects.filter(goal_id__in=goal_ids).exclude(state=LinkState.REJECTED)
    changes = changes.filter(Q(kind__in=ADJUSTING) | Q(state=LinkState.ACCEPTED, kind=ChangeKind.DROPPED))
    changes = changes.exclude(later__review=Review.REJECTED)
    found: dict[int, date] = {}
    for goal_id, day in changes.order_by("-happened_on", "-pk").values_list("goal_id", "happened_on"):
        found[goal_id] = day
    return found


def reports_of(organisation_ids: Iterable[int]) -> dict[int, list[Report]]:
    """organisation → documents that report results of it, oldest first: what is searched for an answer."""
    rows = Result.objects.standing().filter(organisation_id__in=set(organisation_ids), document__isnull=False)
    rows = rows.values_list("organisation_id", "document__title", "document__name", "document__published_on")
    found: dict[int, list[Report]] = defaultdict(list)
    for body, title, name, published_on, number in rows.annotate(Count("pk")).order_by(
        "document__published_on", "document_id"
    ):
        found[body].append(Report(title or name, published_on, number))
    return found


def _keep_reports(kept: dict[int, list[Report]], organisation_ids: set[int]) -> dict[int, list[Report]]:
    """Bring what is kept to these organisations: those of before are dropped, so that memory does not grow."""
    for body in kept.keys() - organisation_ids:
        del kept[body]
    if missing := organisation_ids - kept.keys():
        found = reports_of(missing)
        kept.update({body: found.get(body, []) for body in missing})
    return kept


def _decisions(goal_ids: Sequence[int], as_of: date) -> dict[int, GoalStatus]:
    rows = GoalStatus.objects.filter(goal_id__in=goal_ids, as_of=as_of).exclude(decided="")
    return {row.goal_id: row for row in rows}


def _row(goal: Goal, as_of: date, ground: _Ground) -> GoalStatus:
    answers = ground.answers.get(goal.pk, [])
    changed_on = ground.adjusted.get(goal.pk)
    item = goal_item(goal)
    found = assess(
        item,
        answers,
        as_of,
        ground.rules,
        baseline=goal.baseline,
        adjusted=changed_on is not None and changed_on <= as_of,
    )
    row = GoalStatus(goal=goal, as_of=as_of, computed=found.status, light=found.light, **_columns(found))
    row.answers = sum(1 for answer in answers if is_known(answer.item, as_of))
    silence = find_silence(item, answers, ground.reports.get(goal.organisation_id, []), as_of, ground.rules)
    row.searched = silence.sentence if silence else ""
    decided = ground.decided.get(goal.pk)
    if decided is not None:
        row.decided, row.decided_reason = decided.decided, decided.decided_reason
    settle(row)
    return row


def is_known(item: Item, as_of: date) -> bool:
    """Whether a result speaks of a day up to this one."""
    day = item.statement.period.end or item.published_on
    return day is None or day <= as_of


def _columns(found: Assessment) -> dict[str, Any]:
    """An assessment as fields of GoalStatus."""
    forecast = found.forecast
    return {
        "declared": found.declared_status or "",
        "result_id": int(found.current.item.id) if found.current else None,
        "value": _rounded(found.value, 6),
        "counted_on": found.counted_on,
        "completion": _ratio(found.completion),
        "declared_completion": _ratio(found.declared),
        "time_share": _ratio(found.time_share),
        "gap": _rounded(found.gap, 2) if found.gap is not None and abs(found.gap) < LARGEST_RATIO else None,
        "forecast": _rounded(forecast.value, 6) if forecast else None,
        "assumption": forecast.sentence if forecast else "",
        "arithmetic": found.arithmetic,
        "light_reason": found.light_reason[:300],
        "notes": list(found.notes),
        "answered_in_words": found.answered_in_words,
    }


def _rounded(value: Decimal | None, places: int) -> Decimal | None:
    return None if value is None else value.quantize(Decimal(1).scaleb(-places))


def _ratio(value: Decimal | None) -> Decimal | None:
    """A ratio as it is stored; one beyond all sense (a target of almost nothing) is left out."""
    return None if value is None or abs(value) >= LARGEST_RATIO else _rounded(value, 4)
