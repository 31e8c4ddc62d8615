"""The same goal said again in a later document: raised, lowered, postponed, advanced, weakened, rescoped, dropped, repeated.

The original never disappears: a change is a dated event with both sentences side by side.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tracker.analysis.records import Quantity, Statement
from tracker.matching.candidates import Index
from tracker.matching.explain import cite, describe_period
from tracker.matching.items import Item, Window, flow, is_far, window
from tracker.matching.kinds import lower_is_better
from tracker.matching.names import Names
from tracker.matching.scoring import compare_statements, is_same_measure
from tracker.matching.similarity import Likeness, read_indicator
from tracker.matching.tables import has_word
from tracker.matching.units import base_maximum, base_value, format_amount, interchangeable

ChangeKind = Literal["repeated", "raised", "lowered", "postponed", "advanced", "weakened", "rescoped", "dropped"]

CHANGE_LABELS: dict[ChangeKind, str] = {
    "repeated": "重申", "raised": "上调", "lowered": "下调", "postponed": "延期", "advanced": "提前", "weakened": "弱化",
    "rescoped": "调整范围", "dropped": "未再提及",
}
SAME_NUMBER = 0.75          # likeness from which two goals with a number are one goal
SAME_NAME = 0.85            # and two goals in words
RESTATED_SHARE = 0.3        # a document that restates this share of a plan (and at least RESTATED_LEAST) revises it
RESTATED_LEAST = 3
FIRM, PLAIN, SOFT = 3, 2, 1


@dataclass(frozen=True, slots=True)
class Change:
    """A goal and its later wording. ``later`` is None when a revised plan leaves the goal out."""

    kind: ChangeKind
    goal: Item
    later: Item | None
    document: str                # where the later wording stands, or should have stood
    happened_on: date | None     # publication of that document
    sentence: str                # both wordings side by side, and what differs
    likeness: float = 1.0


def find_changes(goals: Sequence[Item], *, table: Names | None = None, done: Collection[str] = ()) -> list[Change]:
    """Changes among goals of any number of documents, in the order in which they happened.

    Every goal is joined to the nearest earlier wording of the same goal, so that chains come out link by link.
    ``done`` names goals already fulfilled: setting a fulfilled target anew is no postponement.
    """
    names = table or Names.default()
    dated = sorted((goal for goal in goals if goal.published_on), key=lambda goal: goal.place)
    index = Index(names)
    found: list[Change] = []
    for same_day in _by_day(dated):
        found += [change for later in same_day if (change := _join(later, index, done)) is not None]
        for later in same_day:
            index.add(later)
    return sorted([*found, *_dropped(dated, found, names)], key=lambda change: (change.happened_on or date.min, change.goal.place))


def _by_day(goals: Iterable[Item]) -> Iterator[list[Item]]:
    groups: dict[date | None, list[Item]] = defaultdict(list)
    for goal in goals:
        groups[goal.published_on].append(goal)
    yield from groups.values()


def _join(later: Item, index: Index, done: Collection[str]) -> Change | None:
    best: tuple[float, date, Item] | None = None
    for earlier in index.alike(later):
        if earlier.document == later.document or is_far(earlier, later):
            continue
        likeness = likeness_of_goals(earlier, later)
        if likeness is None or not _is_same_goal(earlier, later, earlier.id in done):
            continue
        mark = (likeness, earlier.published_on or date.min, earlier)
        if best is None or mark[:2] > best[:2]:
            best = mark
    return None if best is None else describe_change(best[2], later, best[0])


def likeness_of_goals(earlier: Item, later: Item) -> float | None:
    """How surely two goals name the same thing; None when they do not."""
    old, new = earlier.statement, later.statement
    if (old.quantity is None) != (new.quantity is None):
        return None
    likeness = compare_statements(old, new)
    if likeness.conflict:
        return None
    if old.quantity is None or new.quantity is None:
        return likeness.dice if likeness.equal or (likeness.dice >= SAME_NAME and _tells(old)) else None
    if not is_same_measure(old, new) or not interchangeable(old.quantity.unit, new.quantity.unit):
        return None
    if {flow(old), flow(new)} == {"addition", "total"}:
        return None
    return likeness.dice if likeness.equal or likeness.dice >= SAME_NUMBER else None


def _tells(statement: Statement) -> bool:
    """An indicator made of more than common words."""
    return read_indicator(statement.indicator).weight >= 3


def _is_same_goal(earlier: Item, later: Item, fulfilled: bool) -> bool:
    """The same goal, not next year's target for the same indicator, nor a five-year goal beside an annual one."""
    old, new = window(earlier), window(later)
    if ("年均" in earlier.statement.quote) != ("年均" in later.statement.quote):
        return False
    if old.last is None or later.published_on is None or old.end is None or new.end is None:
        return not fulfilled and old.last is not None and later.published_on is not None and later.published_on <= old.last
    if later.published_on <= old.end and (new.start is None or new.start <= old.end):
        return _same_span(old, new)
    return not fulfilled and old.end < new.end <= old.end.replace(year=old.end.year + 2) and _same_target_again(earlier, later)


def _same_span(old: Window, new: Window) -> bool:
    """Equal deadlines, or spans of like length that begin in one year."""
    if old.end == new.end or old.end is None or new.end is None or old.start is None or new.start is None:
        return old.end == new.end
    short, long = sorted(((old.end - old.start).days + 1, (new.end - new.start).days + 1))
    return long <= 2.5 * short and old.start.year == new.start.year


def _same_target_again(earlier: Item, later: Item) -> bool:
    """The deadline has passed and the very same thing is promised anew: a named project, or the same count."""
    old, new = earlier.statement, later.statement
    if old.quantity is None or new.quantity is None:
        return _tells(old) and read_indicator(old.indicator).core == read_indicator(new.indicator).core
    counts = old.measure in ("level", "delta") and flow(old) != "plain"
    return counts and len(old.quantity.value.normalize().as_tuple().digits) >= 2 and _same_amount(old.quantity, new.quantity)


def describe_change(earlier: Item, later: Item, likeness: float) -> Change:
    """What the later wording did to the goal; the gravest difference names the kind, all stand in the sentence."""
    differences = list(_differences(earlier, later))
    kind: ChangeKind = differences[0][0] if differences else "repeated"
    what = "；".join(text for _, text in differences) or "目标未变"
    sentence = (f"{earlier.published_on}{cite(earlier.document)}：“{earlier.statement.quote}”→"
                f"{later.published_on}{cite(later.document)}：“{later.statement.quote}”。{what}")
    return Change(kind, earlier, later, later.document, later.published_on, sentence, round(likeness, 4))


def _differences(earlier: Item, later: Item) -> Iterator[tuple[ChangeKind, str]]:
    old, new = earlier.statement, later.statement
    likeness = compare_statements(old, new)
    if _rescoped(old, new, likeness):
        yield "rescoped", f"口径由“{_scoped(old)}”变为“{_scoped(new)}”"
    yield from _against_number(old, new)
    yield from _against_deadline(earlier, later)
    if firmness(new) < firmness(old):
        yield "weakened", f"表述由“{_tone(old)}”变为“{_tone(new)}”"


def _rescoped(old: Statement, new: Statement, likeness: Likeness) -> bool:
    return old.scope != new.scope or likeness.narrower


def _scoped(statement: Statement) -> str:
    return f"{statement.scope}{statement.indicator}" if statement.scope else statement.indicator


def _against_number(old: Statement, new: Statement) -> Iterator[tuple[ChangeKind, str]]:
    if old.quantity is None or new.quantity is None or _same_amount(old.quantity, new.quantity):
        return
    before, after = base_value(old.quantity), base_value(new.quantity)
    if before == after:
        before, after = base_maximum(old.quantity) or before, base_maximum(new.quantity) or after
    downwards = old.measure == "rank" or old.quantity.comparator == "le" or lower_is_better(old)
    kind: ChangeKind = "raised" if (after > before) != downwards else "lowered"
    yield kind, f"目标值由{_amount(old.quantity)}变为{_amount(new.quantity)}"


def _same_amount(old: Quantity, new: Quantity) -> bool:
    return base_value(old) == base_value(new) and base_maximum(old) == base_maximum(new)


def _amount(quantity: Quantity) -> str:
    upper = f"—{format_amount(quantity.maximum)}" if quantity.maximum is not None else ""
    return f"{format_amount(quantity.value)}{upper}{quantity.unit}"


def _against_deadline(earlier: Item, later: Item) -> Iterator[tuple[ChangeKind, str]]:
    old, new = earlier.statement, later.statement
    before, after = old.period.end, new.period.end
    if before is None or after is None or before == after:
        return
    text = f"期限由{before}变为{after}"
    anew = later.published_on is not None and later.published_on > before
    if anew and not has_word(old.quote, "finishing"):
        yield "repeated", f"原期限{before}已过，再次提出，新期限{after}"       # 加大…力度 every year is no delay
        return
    yield ("postponed" if after > before else "advanced"), text


def firmness(statement: Statement) -> int:
    """3 for 确保、不低于, 1 for 力争、左右, 2 between."""
    if has_word(statement.quote, "firm"):
        return FIRM
    soft = has_word(statement.quote, "soft") or (statement.quantity is not None and statement.quantity.comparator == "approx")
    return SOFT if soft else PLAIN


def _tone(statement: Statement) -> str:
    return {FIRM: "确保/不低于", PLAIN: "直接表述", SOFT: "力争/左右"}[firmness(statement)]


def _dropped(goals: Sequence[Item], changes: Sequence[Change], names: Names) -> Iterator[Change]:
    """Goals that a revised plan leaves out. A document revises a plan when it restates a good part of its goals."""
    by_document: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for goal in goals:
        by_document[goal.document, names.key(goal.statement.organisation).body].append(goal)
    restated: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    later_day: dict[str, date | None] = {}
    for change in changes:
        body = names.key(change.goal.statement.organisation).body
        restated[change.goal.document, body, change.document].add(change.goal.id)
        later_day[change.document] = change.happened_on
    for (document, body, later), ids in sorted(restated.items()):
        plan = by_document[document, body]
        if len(ids) < max(RESTATED_LEAST, RESTATED_SHARE * len(plan)):
            continue
        for goal in plan:
            if goal.id not in ids and _still_open(goal, later_day[later]):
                yield _drop(goal, later, later_day[later], len(by_document[later, body]))


def _still_open(goal: Item, day: date | None) -> bool:
    return goal.statement.period.end is not None and day is not None and goal.statement.period.end > day


def _drop(goal: Item, later: str, day: date | None, looked_at: int) -> Change:
    period = describe_period(goal.statement.period)
    sentence = (f"{goal.published_on}{cite(goal.document)}：“{goal.statement.quote}”（{period}）→"
                f"{day}{cite(later)}重申了同一文件的其他目标，没有再提到这一条（查看了其中{looked_at}条目标）")
    return Change("dropped", goal, None, later, day, sentence)
