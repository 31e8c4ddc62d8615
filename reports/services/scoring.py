"""计分挂旗: scores of a month or a quarter, with the arithmetic in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext

from reports.models import FlagRule, ScoreRule, Snapshot, SnapshotState
from tracker.models import Status

DEFAULT_POINTS = {
    Status.DONE: 10, Status.AHEAD: 9, Status.ON_TIME: 8, Status.BEHIND: 4, Status.AT_RISK: 2, Status.OVERDUE: 0,
    Status.NOT_STARTED: 2, Status.ADJUSTED: 6, Status.NO_DATA: 0,
}  # fmt: skip
DEFAULT_FLAGS = (
    ("红旗", "8", "#C0392B"),
    ("蓝旗", "6", "#2E6DB4"),
    ("黄旗", "4", "#B8860B"),
    ("黑旗", "-100", "#333333"),
)


def ensure_rules() -> None:
    """An office that has set no rule starts with these; all of them can be changed."""
    if not ScoreRule.objects.exists():
        for status, points in DEFAULT_POINTS.items():
            ScoreRule.objects.create(status=status, points=points)
    if not FlagRule.objects.exists():
        for name, points, colour in DEFAULT_FLAGS:
            FlagRule.objects.create(name=name, points=points, colour=colour)


@dataclass(frozen=True)
class Points:
    """Points by status: common ones, and those of single organisations."""

    common: Mapping[str, Decimal]
    special: Mapping[tuple[int, str], Decimal]

    def of(self, organisation: int | None, status: str) -> Decimal:
        return self.special.get((organisation or 0, status), self.common.get(status, Decimal(0)))


def read_points() -> Points:
    ensure_rules()
    rows = list(ScoreRule.objects.values_list("organisation_id", "status", "points"))
    return Points(
        {status: points for pk, status, points in rows if pk is None},
        {(pk, status): points for pk, status, points in rows if pk is not None},
    )


@dataclass
class Score:
    """One organisation's place. ``arithmetic`` shows how the mean came about."""

    organisation: int | None
    name: str
    goals: int
    mean: Decimal
    arithmetic: str
    rank: int = 0
    flag: FlagRule | None = None


def score_month(snapshot: Snapshot) -> list[Score]:
    """Ranking of a closed month: the mean points of each organisation's goals; equal means share a rank."""
    points = read_points()
    scores = []
    for tally in snapshot.tallies.all():
        # in the order of the status words: a database may give JSON back in another order
        counts = {status: tally.counts[status] for status in Status.values if tally.counts.get(status)}
        if not counts:
            continue
        parts = [(status, number, points.of(tally.organisation_id, status)) for status, number in counts.items()]
        total = sum((number * each for _, number, each in parts), Decimal(0))
        mean = round(total / tally.goals, 2)
        scores.append(
            Score(tally.organisation_id, tally.name, tally.goals, mean, _words(parts, total, tally.goals, mean))
        )
    return place(scores)


def _words(parts: Iterable[tuple[str, int, Decimal]], total: Decimal, goals: int, mean: Decimal) -> str:
    """已完成3项×10＋滞后1项×4＝34；34÷4项＝8.5分。"""
    shown = gettext("＋").join(
        gettext("%(status)s%(n)s项×%(points)s")
        % {"status": gettext(Status(status).label), "n": number, "points": plain(points)}
        for status, number, points in parts
    )
    places = {"parts": shown, "total": plain(total), "n": goals, "mean": plain(mean)}
    return gettext("%(parts)s＝%(total)s；%(total)s÷%(n)s项＝%(mean)s分") % places


def plain(value: Decimal) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


def place(scores: list[Score]) -> list[Score]:
    """Sort, give ranks (1, 2, 2, 4) and hang the flags."""
    flags = list(FlagRule.objects.order_by("-points"))
    scores.sort(key=lambda score: (-score.mean, -score.goals, score.name))
    for position, score in enumerate(scores, 1):
        tied = position > 1 and scores[position - 2].mean == score.mean
        score.rank = scores[position - 2].rank if tied else position
        score.flag = next((flag for flag in flags if score.mean >= flag.points), None)
    return scores


def quarter_of(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3 + 1


def quarters() -> list[tuple[int, int]]:
    """Quarters with a closed month, newest first."""
    days = Snapshot.objects.filter(state=SnapshotState.CLOSED).values_list("as_of", flat=True)
    return sorted({quarter_of(day) for day in days}, reverse=True)


def score_quarter(year: int, quarter: int) -> tuple[list[Score], list[Snapshot]]:
    """Ranking of a quarter: the mean of its closed months' scores. Months that are not closed do not count."""
    rows = Snapshot.objects.filter(state=SnapshotState.CLOSED, as_of__year=year).order_by("as_of")
    snapshots = [row for row in rows if quarter_of(row.as_of) == (year, quarter)]
    by_name: dict[tuple[int | None, str], list[tuple[date, Score]]] = {}
    for snapshot in snapshots:
        for score in score_month(snapshot):
            by_name.setdefault((score.organisation, score.name), []).append((snapshot.as_of, score))
    scores = []
    for (organisation, name), months in by_name.items():
        mean = round(sum((score.mean for _, score in months), Decimal(0)) / len(months), 2)
        words = gettext("＋").join(
            gettext("%(month)s月%(points)s") % {"month": day.month, "points": plain(score.mean)} for day, score in months
        )
        arithmetic = gettext("（%(parts)s）÷%(n)s个月＝%(mean)s分") % {"parts": words, "n": len(months), "mean": plain(mean)}
        scores.append(Score(organisation, name, months[-1][1].goals, mean, arithmetic))
    return place(scores), snapshots
