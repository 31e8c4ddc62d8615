"""Cheap blocking: which pairs are worth a look. The cost grows with the answer, not with goals × results.

A statement is kept under its body (青岛 + 发改委, under whatever name), then under its indicator's wording, by date.
A goal asks its body's indicators by their telling bigrams, then takes the results that lie in its own days.
"""
from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from tracker.matching.items import Item, Within, as_of, can_cover, covers, window
from tracker.matching.names import Names, OrganisationKey, is_above
from tracker.matching.similarity import WEAK, read_indicator

MINIMUM_COVER = 0.4        # share of either side's weighted bigrams that a pair must have in common
TINY = 1e-9                # what sums of weights may differ by rounding
SENTENCE = 24              # results looked at before a goal's place, for one that quotes the goal


@dataclass(slots=True)
class _Class:
    """Statements with one indicator in order of days; those without a day stand first, under day 0."""

    days: list[int] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    def add(self, item: Item) -> None:
        day = as_of(item)
        number = day.toordinal() if day else 0
        at = bisect_right(self.days, number)
        self.days.insert(at, number)
        self.items.insert(at, item)

    def between(self, low: int, high: int) -> Iterator[Item]:
        if self.days and not self.days[0] < low and self.days[-1] <= high:
            return iter(self.items)
        undated = bisect_right(self.days, 0)
        first = max(undated, bisect_left(self.days, low))
        return iter(self.items[:undated] + self.items[first:bisect_right(self.days, high)])


@dataclass(slots=True)
class _Block:
    """One body's statements."""

    classes: dict[str, _Class] = field(default_factory=dict)              # by indicator
    weights: dict[str, float] = field(default_factory=dict)               # of all its bigrams together, by indicator
    postings: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # bigram -> indicators
    documents: dict[str, list[tuple[int, Within, Item]]] = field(default_factory=dict)    # document -> those that may quote a goal
    near: dict[str, tuple[str, ...]] = field(default_factory=dict)        # asked indicator -> indicators worth a look

    def add(self, item: Item) -> None:
        indicator = item.statement.indicator
        if indicator not in self.classes:
            self.classes[indicator] = _Class()
            self.near.clear()
            reading = read_indicator(indicator)
            self.weights[indicator] = reading.weight
            for gram in reading.grams:
                self.postings[gram].append(indicator)
        self.classes[indicator].add(item)
        if can_cover(item):
            insort(self.documents.setdefault(item.document, []), (item.statement.span.start, item.within, item), key=_place)

    def indicators(self, indicator: str) -> tuple[str, ...]:
        found = self.near.get(indicator)
        if found is None:
            found = self.near[indicator] = tuple(self._similar(indicator))
        return found

    def _similar(self, indicator: str) -> Iterator[str]:
        """Indicators that share enough weighted bigrams with this one, the fullest share first.

        Bigrams of common words (项目, 新增) bring nothing by themselves, they only add to what others brought; unless there
        are no others. What else is kept here makes no difference: a pair is found among few and among many.
        """
        wanted = read_indicator(indicator)
        grams = wanted.grams
        bringing = [gram for gram, weight in grams.items() if weight > WEAK] or list(grams)
        known = set(bringing)
        rest = {gram: weight for gram, weight in grams.items() if gram not in known}
        most = sum(rest.values()) + TINY
        found = []
        for other, share in self._shares(indicator, {gram: grams[gram] for gram in bringing}).items():
            weight = self.weights[other]
            smaller = weight if weight < wanted.weight else wanted.weight
            # of the many that one bigram brings most cannot come up to it, whatever the rest adds
            if share + most < MINIMUM_COVER * smaller and other != indicator:
                continue
            theirs = read_indicator(other).grams
            share += sum([weight for gram, weight in rest.items() if gram in theirs])
            if other == indicator or (smaller and share / smaller >= MINIMUM_COVER):
                found.append((-share, other))
        return (other for _, other in sorted(found))

    def _shares(self, indicator: str, grams: dict[str, float]) -> dict[str, float]:
        """Weight of these bigrams that each indicator has in common; the asked indicator itself is always among them."""
        shares = {indicator: 0.0} if indicator in self.classes else {}
        for gram, weight in grams.items():
            for other in self.postings.get(gram, ()):
                shares[other] = shares.get(other, 0.0) + weight
        return shares

    def around(self, goal: Item) -> Iterator[Item]:
        """Results of the same document whose words hold the goal's words, whatever they measure."""
        places = self.documents.get(goal.document, [])
        last = bisect_right(places, goal.statement.span.start, key=lambda place: place[0])
        for _, _, result in reversed(places[max(0, last - SENTENCE):last]):
            if covers(result, goal):
                yield result


class Index:
    """Statements ready to be asked. Adding one touches its own body's block only."""

    def __init__(self, names: Names, items: Iterable[Item] = ()) -> None:
        self._names = names
        self._blocks: dict[OrganisationKey, _Block] = {}
        self._places: dict[str, list[OrganisationKey]] = defaultdict(list)    # body -> its keys
        for item in items:
            self.add(item)

    def add(self, item: Item) -> None:
        """Take one more statement in."""
        key = self._names.key(item.statement.organisation)
        block = self._blocks.get(key)
        if block is None:
            block = self._blocks[key] = _Block()
            self._places[key.body].append(key)
        block.add(item)

    def near(self, goal: Item) -> Iterator[Item]:
        """Results of the same body whose indicator and days can answer the goal; each once."""
        nameless = not self._names.key(goal.statement.organisation).body
        for block in self._meeting(goal):
            quoting = {result.id: result for result in block.around(goal)}
            yield from quoting.values()
            for result in _timely(block, goal):
                # a body that the text does not name only answers inside its own document
                if result.id not in quoting and (not nameless or goal.document == result.document):
                    yield result

    def below(self, goal: Item) -> Iterator[Item]:
        """For a government's goal: results of its departments."""
        key = self._names.key(goal.statement.organisation)
        for lower in sorted(self._blocks, key=lambda one: (one.place, one.body)) if key.place else ():
            if is_above(key, lower):
                yield from _timely(self._blocks[lower], goal)

    def alike(self, goal: Item) -> Iterator[Item]:
        """Statements of the same body with an indicator like this one's, whatever their days."""
        if not self._names.key(goal.statement.organisation).body:
            return
        for block in self._meeting(goal):
            for indicator in block.indicators(goal.statement.indicator):
                yield from block.classes[indicator].between(0, date.max.toordinal())

    def _meeting(self, goal: Item) -> Iterator[_Block]:
        """The blocks of a body: at its own place and where no place is said; of every place when the goal says none."""
        key = self._names.key(goal.statement.organisation)
        keys = {key, OrganisationKey("", key.body)} if key.place else self._places.get(key.body, ())
        for one in sorted(keys, key=lambda one: one.place):
            if one in self._blocks:
                yield self._blocks[one]


def _timely(block: _Block, goal: Item) -> Iterator[Item]:
    """A block's results with a like indicator that speak of the goal's days."""
    days = window(goal)
    low = date(days.start.year, 1, 1).toordinal() if days.start else 0
    high = days.last.toordinal() if days.last else date.max.toordinal()
    for indicator in block.indicators(goal.statement.indicator):
        yield from block.classes[indicator].between(low, high)


def _place(entry: tuple[int, Within, Item]) -> tuple[int, Within]:
    return entry[:2]
