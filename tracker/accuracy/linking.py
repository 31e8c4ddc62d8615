"""Scores predicted links: right when both ends are records that the gold standard links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from .comparing import Record, flat

Pair = tuple[str, str]


class HasGold(Protocol):
    parts: list[Record]
    links: list[Record]


@dataclass(slots=True)
class Links:
    """Wanted links (each a set of pairs that satisfy it, with whether its goal has a number), and what was predicted."""

    wanted: list[tuple[set[Pair], bool]] = field(default_factory=list)
    found: set[Pair] = field(default_factory=set)
    predicted: int = 0
    right: int = 0
    predicted_numbers: int = 0
    right_numbers: int = 0
    unresolved: int = 0

    def report(self) -> dict[str, Any]:
        """All links, and those of goals with a number."""
        everything = [pairs for pairs, _ in self.wanted]
        of_numbers = [pairs for pairs, numbered in self.wanted if numbered]
        return {
            "match": self._rates(everything, self.predicted, self.right),
            "match_quantified": self._rates(of_numbers, self.predicted_numbers, self.right_numbers),
        }

    def _rates(self, wanted: Sequence[set[Pair]], predicted: int, right: int) -> dict[str, float]:
        found = sum(bool(pairs & self.found) for pairs in wanted)
        precision, recall = right / predicted if predicted else 0.0, found / len(wanted) if wanted else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return {
            "precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4),
            "right": right, "predicted": predicted, "gold": len(wanted),
        }  # fmt: skip


def score_links(
    gold: HasGold,
    matches: Iterable[Record],
    aligned: dict[str, Record],
    scoped: set[str],
    numbered: set[str],
    errors: list[str] | None = None,
) -> Links:
    """``aligned`` tells which prediction is which gold record; only links with both ends in annotated parts count."""
    links = Links()
    _collect_wanted(gold, links)
    right_pairs: set[Pair] = set().union(*(pairs for pairs, _ in links.wanted))
    for match in matches:
        if match["goal"] in scoped and match["result"] in scoped:
            _judge(match, links, right_pairs, aligned, numbered, errors)
    if errors is not None:
        errors += [f"漏 {sorted(pairs)[0]}" for pairs, _ in links.wanted if not pairs & links.found]
    return links


def _collect_wanted(gold: HasGold, links: Links) -> None:
    by_quote: dict[Pair, list[str]] = defaultdict(list)
    quantified: set[str] = set()
    for part in gold.parts:
        for record in (*part["goals"], *part["results"]):
            by_quote[part["document"], flat(record["quote"])].append(record["_key"])
            if record.get("value") is not None:
                quantified.add(record["_key"])
        for match in part.get("matches", []):
            goal, result = (f"{part['_file']}#{match[end]}" for end in ("goal", "result"))
            links.wanted.append(({(goal, result)}, goal in quantified))
    for link in gold.links:
        goals = by_quote.get((link["goal_document"], flat(link["goal_quote"])), [])
        results = by_quote.get((link["result_document"], flat(link["result_quote"])), [])
        if goals and results:  # records that share one quote (分别…) satisfy the link alike
            pairs = {(goal, result) for goal in goals for result in results}
            links.wanted.append((pairs, any(goal in quantified for goal in goals)))
        else:
            links.unresolved += 1


def _judge(
    match: Record,
    links: Links,
    right_pairs: set[Pair],
    aligned: dict[str, Record],
    numbered: set[str],
    errors: list[str] | None,
) -> None:
    goal, result = aligned.get(match["goal"]), aligned.get(match["result"])
    pair = (goal["_key"], result["_key"]) if goal and result else None
    good = pair in right_pairs
    links.predicted, links.right = links.predicted + 1, links.right + good
    if match["goal"] in numbered:
        links.predicted_numbers, links.right_numbers = links.predicted_numbers + 1, links.right_numbers + good
    if pair is not None and good:
        links.found.add(pair)
    elif errors is not None:
        errors.append(f"多 {goal and goal['quote']} ← {result and result['quote']} {match.get('score')}")
