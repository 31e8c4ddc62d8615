"""Cheap blocking: which pairs are worth a look. The cost grows with the answer, not with goals × results.

A result is kept under its body (发改委, under whatever name), then under its indicator's wording, ordered by date.
A goal asks its body's indicators by their telling bigrams, then takes the results that lie in its own days.
"""
from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from tracker.matching.items import Item, as_of, covers, window
from tracker.matching.names import Names, OrganisationKey, meet
from tracker.matching.similarity import read_indicator

MINIMUM_COVER = 0.3        # share of either side's weighted bigrams that a pair must have in common
CROWDED = 400              # a bigram in more of a body's indicators than this does not bring candidates by itself
SENTENCE = 24              # results looked at before a goal's place, for one that quotes the goal

Entry = tuple[int, str, Item, OrganisationKey]      # day, id: the order inside a class


@dataclass(slots=True)
class _Block:
    """One body's results."""

    classes: dict[str, list[Entry]] = field(default_factory=dict)         # indicator -> results by day
    postings: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # bigram -> indicators
    documents: dict[str, list[tuple[int, str, Item]]] = field(default_factory=dict)   # document -> results by place
    near: dict[str, tuple[str, ...]] = field(default_factory=dict)        # goal indicator -> indicators worth a look


class Index:
    """Statements ready to be asked. Adding one touches its own body's block only."""

    def __init__(self, names: Names, items: Iterable[Item] = ()) -> None:
        self._names = names
        self._blocks: dict[str, _Block] = {}
        for item in items:
            self.add(item)

    def add(self, result: Item) -> None:
        """Take one more statement in."""
        key = self._names.key(result.statement.organisation)
        block = self._blocks.setdefault(key.body, _Block())
        indicator = result.statement.indicator
        entries = block.classes.get(indicator)
        if entries is None:
            entries = block.classes[indicator] = []
            block.near.clear()
            for gram in read_indicator(indicator).grams:
                block.postings[gram].append(indicator)
        day = as_of(result)
        insort(entries, (day.toordinal() if day else 0, result.id, result, key), key=lambda entry: entry[:2])
        places = block.documents.setdefault(result.document, [])
        insort(places, (result.statement.span.start, result.id, result), key=lambda place: place[:2])

    def near(self, goal: Item) -> Iterator[Item]:
        """Results of the same body whose indicator and days can answer the goal, in a fixed order."""
        key = self._names.key(goal.statement.organisation)
        block = self._blocks.get(key.body)
        if block is None:
            return
        seen = set()
        for result in _around(block, goal):
            seen.add(result.id)
            yield result
        days = window(goal)
        low = date(days.start.year, 1, 1).toordinal() if days.start else 0
        high = days.last.toordinal() if days.last else date.max.toordinal()
        for indicator in self._indicators(block, goal.statement.indicator):
            entries = block.classes[indicator]
            first = bisect_left(entries, low, key=lambda entry: entry[0])
            last = bisect_right(entries, high, key=lambda entry: entry[0])
            for entry in [*_undated(entries, first), *entries[first:last]]:
                if entry[1] not in seen and _may_meet(goal, key, entry):
                    yield entry[2]

    def alike(self, later: Item) -> Iterator[Item]:
        """Statements of the same body with an indicator like this one's, whatever their days."""
        key = self._names.key(later.statement.organisation)
        block = self._blocks.get(key.body)
        if block is None or not key.body:
            return
        for indicator in self._indicators(block, later.statement.indicator):
            yield from (entry[2] for entry in block.classes[indicator] if meet(key, entry[3]))

    def _indicators(self, block: _Block, indicator: str) -> tuple[str, ...]:
        found = block.near.get(indicator)
        if found is None:
            found = block.near[indicator] = tuple(_similar(block, indicator))
        return found


def _may_meet(goal: Item, key: OrganisationKey, entry: Entry) -> bool:
    """A body that the text does not name only answers inside its own document."""
    return meet(key, entry[3]) and (key.body != "" or goal.document == entry[2].document)


def _around(block: _Block, goal: Item) -> Iterator[Item]:
    """Results of the same document whose words hold the goal's words, whatever they measure."""
    places = block.documents.get(goal.document, [])
    last = bisect_right(places, goal.statement.span.start, key=lambda place: place[0])
    for _, _, result in reversed(places[max(0, last - SENTENCE):last]):
        if covers(result, goal):
            yield result


def _undated(entries: list[Entry], first: int) -> list[Entry]:
    return entries[:bisect_right(entries, 0, hi=first, key=lambda entry: entry[0])]


def _similar(block: _Block, indicator: str) -> Iterator[str]:
    """Indicators of a block that share enough weighted bigrams with this one, the fullest share first."""
    wanted = read_indicator(indicator)
    shares: dict[str, float] = defaultdict(float)
    crowded = []
    for gram, weight in wanted.grams.items():
        posting = block.postings.get(gram, ())
        if len(posting) > CROWDED:
            crowded.append((gram, weight))
            continue
        for other in posting:
            shares[other] += weight
    if indicator in block.classes:
        shares[indicator] += 0.0
    for gram, weight in crowded:
        for other in shares:
            if gram in read_indicator(other).grams:
                shares[other] += weight
    ranked = sorted(shares.items(), key=lambda pair: (-pair[1], pair[0]))
    for other, share in ranked:
        smaller = min(wanted.weight, read_indicator(other).weight)
        if other == indicator or (smaller and share / smaller >= MINIMUM_COVER):
            yield other
