"""Fits the weights of linking on reviewed links: logistic regression in plain Python, checked document by document.

The same code serves the gold standard and the decisions of reviewers: both are goals, results and the pairs accepted.
"""
from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker.matching.candidates import Index
from tracker.matching.items import Item
from tracker.matching.linking import link_statements
from tracker.matching.names import Names
from tracker.matching.scoring import FEATURES, Weights, is_same_measure, mark_nearest, weigh

RIDGE = 0.6              # pull of every weight towards 0: few examples must not make steep weights
ROUNDS = 40
PRIOR = {"covers": 8.0}  # a sentence that quotes the goal answers it by its nature; too rare to be learnt


@dataclass(frozen=True, slots=True)
class Sample:
    """One group of documents that were compared with each other. ``accepted`` holds alternatives: links whose ends
    share one quote (分别…) satisfy a reader alike."""

    name: str
    goals: tuple[Item, ...]
    results: tuple[Item, ...]
    accepted: tuple[frozenset[tuple[str, str]], ...] = ()


@dataclass(slots=True)
class Tally:
    """Links proposed, right ones among them, and accepted links that were found."""

    right: int = 0
    proposed: int = 0
    found: int = 0
    wanted: int = 0

    def add(self, other: Tally) -> None:
        """Take another tally in."""
        self.right, self.proposed = self.right + other.right, self.proposed + other.proposed
        self.found, self.wanted = self.found + other.found, self.wanted + other.wanted

    def as_record(self) -> dict[str, Any]:
        """Precision and recall with the counts they come from."""
        return {"precision": round(self.right / self.proposed, 4) if self.proposed else None,
                "recall": round(self.found / self.wanted, 4) if self.wanted else None,
                "right": self.right, "proposed": self.proposed, "found": self.found, "wanted": self.wanted}


@dataclass(slots=True)
class Examples:
    """Feature rows (with a leading 1) and whether a reader accepts the pair."""

    rows: list[tuple[float, ...]] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)


def collect_examples(samples: Iterable[Sample], names: Names) -> dict[bool, Examples]:
    """Examples for goals with a number (True) and goals in words (False)."""
    found = {True: Examples(), False: Examples()}
    for sample in samples:
        right, ambiguous = _right_pairs(sample, names)
        index = Index(names, sample.results)
        answered = _answered_directly(sample, right)
        for goal in sample.goals:
            rivals = [(result, weigh(goal, result, names)) for result in index.near(goal)]
            for result, evidence in mark_nearest(rivals):
                pair = (goal.id, result.id)
                if evidence.veto or pair in ambiguous or _outranked(goal, result, pair, right, answered):
                    continue
                examples = found[goal.statement.quantity is not None]
                examples.rows.append((1.0, *evidence.features))
                examples.labels.append(int(pair in right))
    return found


def judge_pairs(pairs: Iterable[tuple[Item, Item, bool]], names: Names) -> dict[bool, Examples]:
    """Examples from reviewers' decisions: a goal, a result, and whether the link was accepted or rejected."""
    found = {True: Examples(), False: Examples()}
    for goal, result, accepted in pairs:
        (_, evidence), = mark_nearest([(result, weigh(goal, result, names))])
        if not evidence.veto:
            examples = found[goal.statement.quantity is not None]
            examples.rows.append((1.0, *evidence.features))
            examples.labels.append(int(accepted))
    return found


def _right_pairs(sample: Sample, names: Names) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Pairs that are right for sure, and pairs that only share a quote with a right one."""
    items = {item.id: item for item in (*sample.goals, *sample.results)}
    right: set[tuple[str, str]] = set()
    ambiguous: set[tuple[str, str]] = set()
    for alternatives in sample.accepted:
        likeness = {pair: weigh(items[pair[0]], items[pair[1]], names).likeness for pair in alternatives}
        best = max(likeness, key=lambda pair: (likeness[pair].equal, likeness[pair].dice, pair))
        right.add(best)
        ambiguous |= alternatives - {best}
    return right, ambiguous - right


def _answered_directly(sample: Sample, right: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Goals that a report answers with a number in their own measure: its looser figures teach nothing."""
    goals, results = {item.id: item for item in sample.goals}, {item.id: item for item in sample.results}
    return {(goal, results[result].document) for goal, result in right
            if is_same_measure(goals[goal].statement, results[result].statement)}


def _outranked(goal: Item, result: Item, pair: tuple[str, str], right: set[tuple[str, str]],
               answered: set[tuple[str, str]]) -> bool:
    direct = goal.statement.quantity is not None and is_same_measure(goal.statement, result.statement)
    return pair not in right and not direct and (goal.id, result.document) in answered


def fit_logistic(examples: Examples, ridge: float = RIDGE) -> tuple[float, ...]:
    """Weights (bias first) by Newton's method with a ridge on everything but the bias."""
    width = len(FEATURES) + 1
    prior = [0.0, *(PRIOR.get(name, 0.0) for name in FEATURES)]
    weights = list(prior)
    if not examples.rows:
        return tuple(weights)
    for _ in range(ROUNDS):
        gradient = [ridge * (weight - before) for weight, before in zip(weights, prior, strict=True)]
        gradient[0] = 0.0
        curve = [[ridge * (row == column and row > 0) for column in range(width)] for row in range(width)]
        for row, label in zip(examples.rows, examples.labels, strict=True):
            _add_example(row, label, weights, gradient, curve)
        step = solve(curve, gradient)
        weights = [weight - change for weight, change in zip(weights, step, strict=True)]
        if max(abs(change) for change in step) < 1e-7:
            break
    return tuple(round(weight, 4) for weight in weights)


def _add_example(row: Sequence[float], label: int, weights: Sequence[float], gradient: list[float],
                 curve: list[list[float]]) -> None:
    total = sum(weight * value for weight, value in zip(weights, row, strict=True))
    chance = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
    spread = max(chance * (1.0 - chance), 1e-6)
    filled = [(at, value) for at, value in enumerate(row) if value]
    for at, value in filled:
        gradient[at] += (chance - label) * value
        line = curve[at]
        for other, second in filled:
            line[other] += spread * value * second


def solve(matrix: Sequence[Sequence[float]], vector: Sequence[float]) -> list[float]:
    """Solve a small linear system by elimination with pivoting. A zero pivot counts as a tiny one."""
    rows = [[*row, value] for row, value in zip(matrix, vector, strict=True)]
    size = len(rows)
    for at in range(size):
        pivot = max(range(at, size), key=lambda line: abs(rows[line][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        head = rows[at][at] or 1e-9
        for line in range(at + 1, size):
            factor = rows[line][at] / head
            if factor:
                rows[line] = [value - factor * base for value, base in zip(rows[line], rows[at], strict=True)]
    answer = [0.0] * size
    for at in range(size - 1, -1, -1):
        rest = rows[at][size] - sum(rows[at][column] * answer[column] for column in range(at + 1, size))
        answer[at] = rest / (rows[at][at] or 1e-9)
    return answer


def fit_weights(samples: Sequence[Sample], names: Names,
                decisions: Sequence[tuple[Item, Item, bool]] = ()) -> Weights:
    """Both models on all samples, and on what reviewers decided."""
    examples, judged = collect_examples(samples, names), judge_pairs(decisions, names)
    for kind in (True, False):
        examples[kind].rows += judged[kind].rows
        examples[kind].labels += judged[kind].labels
    return Weights(fit_logistic(examples[True]), fit_logistic(examples[False]), 0.5, 0.9, {})


def tally_links(sample: Sample, weights: Weights, least: float, names: Names, *, quantified: bool = True) -> Tally:
    """How the links of one sample fare against what readers accepted."""
    numbered = {goal.id for goal in sample.goals if goal.statement.quantity is not None}
    links = link_statements(sample.goals, sample.results, table=names, weights=weights, least=least)
    judged = [(link.goal, link.result) for link in links if (link.goal in numbered) == quantified]
    right_pairs = set().union(*sample.accepted) if sample.accepted else set()
    right = {pair for pair in judged if pair in right_pairs}
    wanted = [pairs for pairs in sample.accepted if any((goal in numbered) == quantified for goal, _ in pairs)]
    return Tally(len(right), len(judged), sum(bool(pairs & right) for pairs in wanted), len(wanted))


def cross_validate(samples: Sequence[Sample], names: Names, levels: Sequence[float]) -> dict[bool, dict[float, Tally]]:
    """Tallies at each score level, every sample judged by weights fitted on the other samples."""
    result: dict[bool, dict[float, Tally]] = {kind: {level: Tally() for level in levels} for kind in (True, False)}
    for sample in samples:
        weights = fit_weights([other for other in samples if other is not sample], names)
        for kind in (True, False):
            for level in levels:
                result[kind][level].add(tally_links(sample, weights, level, names, quantified=kind))
    return result


def choose_level(tallies: Mapping[float, Tally], bar: float) -> float:
    """The lowest score level from which on cross-validated precision stays at the bar or above."""
    chosen = max(tallies)
    for level in sorted(tallies, reverse=True):
        tally = tallies[level]
        if not tally.proposed or tally.right / tally.proposed < bar:
            break
        chosen = level
    return chosen


def as_record(weights: Weights, report: Mapping[str, Any]) -> dict[str, Any]:
    """The content of weights.json."""
    def row(values: Sequence[float]) -> dict[str, Any]:
        return {"bias": values[0], "weights": dict(zip(FEATURES, values[1:], strict=True))}

    return {"features": list(FEATURES), "quantified": row(weights.quantified), "qualitative": row(weights.qualitative),
            "propose": weights.propose, "propose_words": weights.propose_words, "accept": weights.accept, **report}


def group_items(goals: Iterable[Item], results: Iterable[Item], group: Mapping[str, str],
                accepted: Iterable[frozenset[tuple[str, str]]]) -> list[Sample]:
    """Samples from items: ``group`` names the sample of each document."""
    goal_lists: dict[str, list[Item]] = defaultdict(list)
    result_lists: dict[str, list[Item]] = defaultdict(list)
    for goal in goals:
        goal_lists[group[goal.document]].append(goal)
    for result in results:
        result_lists[group[result.document]].append(result)
    home = {goal.id: name for name, members in goal_lists.items() for goal in members}
    links: dict[str, list[frozenset[tuple[str, str]]]] = defaultdict(list)
    for pairs in accepted:
        links[home[min(pairs)[0]]].append(pairs)
    return [Sample(name, tuple(goal_lists[name]), tuple(result_lists[name]), tuple(links[name]))
            for name in sorted(set(goal_lists) | set(result_lists))]
