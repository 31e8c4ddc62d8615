"""Links results to the goals that they answer, each with score, relation and reasons that a clerk understands."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tracker.analysis.records import Link
from tracker.matching.candidates import Index
from tracker.matching.explain import explain, objections
from tracker.matching.items import Item, Within, covers
from tracker.matching.names import Names
from tracker.matching.relation import read_relation
from tracker.matching.scoring import (
    Evidence,
    Weights,
    default_weights,
    is_completion,
    is_hopeful,
    is_same_measure,
    mark_nearest,
    score,
    weigh,
)
from tracker.matching.similarity import compare, read_indicator

__all__ = ["ACCEPT", "PROPOSE", "Item", "Linker", "link_statements"]

PROPOSE = default_weights().propose     # from this score on a link is shown to a person
BELOW = 0.7                             # what the score of a department's answer to its government's goal counts
ACCEPT = default_weights().accept       # from this score on it is accepted by rule; its precision stands in weights.json


@dataclass(frozen=True, slots=True)
class _Pair:
    goal: Item
    result: Item
    evidence: Evidence
    score: float

    @property
    def direct(self) -> bool:
        """The result is a number in the goal's own measure."""
        asked, told = self.goal.statement, self.result.statement
        return asked.quantity is not None and told.quantity is not None and is_same_measure(asked, told)

    @property
    def beside(self) -> bool:
        """A stated completion, or a sentence that quotes the goal: told besides a figure, not instead of it."""
        return self.evidence.covers or is_completion(self.result.statement)

    @property
    def rank(self) -> tuple[float, float, Within, str, Within]:
        return (-self.score, -self.evidence.likeness.dice, self.goal.within, self.result.document, self.result.within)


def link_statements(goals: Sequence[Item], results: Sequence[Item], *, table: Names | None = None,
                    weights: Weights | None = None, least: float | None = None, departments: bool = False) -> list[Link]:
    """Links whose score is at least ``least`` (the thresholds of weights.json when left out), strongest first within a goal, goals in order.

    Pass one organisation's neighbourhood or everything: only pairs that share body, indicator words and days are
    scored. The answer does not depend on the order in which the items come. With ``departments`` the results of a
    government's departments may answer the government's goals, as proposals only.
    """
    return list(Linker(results, table=table, weights=weights, departments=departments).link(goals, least))


class Linker:
    """Results ready to answer goals. Results may be added; goals are answered document by document."""

    def __init__(self, results: Iterable[Item] = (), *, table: Names | None = None, weights: Weights | None = None,
                 departments: bool = False) -> None:
        self._departments = departments
        self._hopeful = lru_cache(maxsize=1 << 17)(self._is_hopeful)
        self._names = table or Names.default()
        self._weights = weights or default_weights()
        self._index = Index(self._names, results)
        self.scored = 0                  # pairs that were looked at closely, for the benchmark

    def add(self, result: Item) -> None:
        """Take one more result in."""
        self._index.add(result)

    def link(self, goals: Iterable[Item], least: float | None = None) -> Iterator[Link]:
        """Links of these goals, document by document, goals in reading order, the strongest first."""
        by_document: dict[str, list[Item]] = defaultdict(list)
        for goal in goals:
            by_document[goal.document].append(goal)
        for _, asked in sorted(by_document.items()):
            # goals of one indicator after one another: what was compared is still at hand
            alike = sorted(asked, key=lambda goal: (goal.statement.indicator, goal.id))
            pairs = [pair for goal in alike for pair in self._pairs_of(goal, least)]
            for pair in sorted(_compete(pairs), key=lambda pair: (pair.goal.order, *pair.rank)):
                yield _link(pair, self._names)

    def _is_hopeful(self, asked: str, told: str, quantified: bool, floor: float) -> bool:
        row = self._weights.quantified if quantified else self._weights.qualitative
        return is_hopeful(compare(asked, told), row, floor)

    def _weigh(self, goal: Item, results: Iterable[Item], quantified: bool, floor: float) -> list[tuple[Item, Evidence]]:
        """Evidence for the results whose indicators leave a hope, or that quote the goal."""
        indicator, found = goal.statement.indicator, []
        for result in results:
            if self._hopeful(indicator, result.statement.indicator, quantified, floor) or covers(result, goal):
                found.append((result, weigh(goal, result, self._names)))
        self.scored += len(found)
        return mark_nearest(found)

    def _pairs_of(self, goal: Item, least: float | None) -> Iterator[_Pair]:
        quantified = goal.statement.quantity is not None
        usual = self._weights.propose if quantified else self._weights.propose_words
        floor = usual if least is None else least
        below = self._index.below(goal) if self._departments else ()
        for share, results in ((1.0, self._index.near(goal)), (BELOW, below)):
            for result, evidence in self._weigh(goal, results, quantified, floor):
                worth = share * score(evidence, quantified, self._weights)
                if worth >= floor:
                    yield _Pair(goal, result, evidence, worth)


def _compete(pairs: Iterable[_Pair]) -> list[_Pair]:
    """Within one report a goal keeps its best answers, and within one plan a result its best goals."""
    by_goal: dict[tuple[str, str], list[_Pair]] = defaultdict(list)
    for pair in pairs:
        by_goal[pair.goal.id, pair.result.document].append(pair)
    left = [pair for rivals in by_goal.values() for pair in _best(_headlines(rivals))]
    by_result: dict[tuple[str, str], list[_Pair]] = defaultdict(list)
    for pair in left:
        by_result[pair.result.id, pair.goal.document].append(pair)
    return [pair for rivals in by_result.values() for pair in _nearest(rivals)]


def _headlines(rivals: list[_Pair]) -> list[_Pair]:
    """A report that gives one indicator several values for the same days means its parts (片区, 区市): the first is the whole."""
    first: dict[tuple[object, ...], _Pair] = {}
    for pair in sorted(rivals, key=lambda pair: pair.result.within):
        told = pair.result.statement
        figure = (read_indicator(told.indicator).core, told.period.end) if pair.direct else (pair.result.id,)
        first.setdefault(figure, pair)
    return list(first.values())


def _best(rivals: list[_Pair]) -> list[_Pair]:
    """A figure in the goal's own measure drives out the looser answers; else only the near-equal stay."""
    beside, answers = _apart(rivals)
    direct = [pair for pair in answers if pair.direct]
    return beside + _near_best(direct or answers)


def _nearest(rivals: list[_Pair]) -> list[_Pair]:
    """One result may answer several goals (an annual growth, a five-year total), but not those it fits far worse."""
    beside, answers = _apart(rivals)
    near = _near_best(answers)
    return beside + [pair for pair in answers if pair in near or pair.evidence.likeness.equal]


def _apart(rivals: list[_Pair]) -> tuple[list[_Pair], list[_Pair]]:
    """What is told besides an answer (stated completion, a sentence that quotes the goal), and the answers."""
    return [pair for pair in rivals if pair.beside], [pair for pair in rivals if not pair.beside]


def _near_best(answers: list[_Pair]) -> list[_Pair]:
    best = min(answers, key=lambda pair: pair.rank, default=None)
    return [pair for pair in answers if best and (pair is best or _stands_beside(pair, best))]


def _stands_beside(pair: _Pair, best: _Pair) -> bool:
    return pair.score >= 0.5 and best.score - pair.score <= 0.15


def _link(pair: _Pair, names: Names) -> Link:
    return Link(pair.goal.id, pair.result.id, read_relation(pair.goal, pair.result), round(pair.score, 4),
                explain(pair.goal, pair.result, pair.evidence, names),
                objections(pair.goal, pair.result, pair.evidence, names))
