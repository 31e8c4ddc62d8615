"""Reads hand-made goals, results and links (the gold standard's JSON) into the items that linking is fitted on."""
from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tracker.analysis.records import Period, Quantity, Span, Statement, StatementKind
from tracker.matching.fitting import Sample, group_items
from tracker.matching.items import Item
from tracker.matching.tables import fold


@dataclass(slots=True)
class _Gold:
    """Everything of one folder."""

    goals: list[Item] = field(default_factory=list)
    results: list[Item] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)
    accepted: list[frozenset[tuple[str, str]]] = field(default_factory=list)
    by_quote: dict[tuple[str, str, str], list[str]] = field(default_factory=lambda: defaultdict(list))


def read_gold(folder: Path, documents: Path) -> list[Sample]:
    """One sample for each group of documents that links connect. ``documents`` gives the quotes their places."""
    gold, texts = _Gold(), {}
    for path in sorted(folder.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, list):
            gold.links += content
            continue
        name = content["document"]
        if name not in texts:
            texts[name] = fold((documents / name).read_text(encoding="utf-8", errors="replace"))
        _read_part(gold, content, path.name, texts[name])
    _join(gold)
    return group_items(gold.goals, gold.results, _group_documents(gold), gold.accepted)


def _read_part(gold: _Gold, part: dict[str, Any], file: str, text: str) -> None:
    kinds: tuple[tuple[StatementKind, list[Item]], ...] = (("goal", gold.goals), ("result", gold.results))
    for kind, items in kinds:
        for order, record in enumerate(part[f"{kind}s"]):
            key = f"{file}#{record['id']}"
            items.append(Item(key, read_statement(kind, record, text), part["document"], _day(part["published_on"]), order))
            gold.by_quote[kind, part["document"], fold(record["quote"])].append(key)
    gold.accepted += [frozenset({(f"{file}#{match['goal']}", f"{file}#{match['result']}")}) for match in part.get("matches", ())]


def _join(gold: _Gold) -> None:
    """Links between documents name their ends by quote; records that share one quote satisfy the link alike."""
    for link in gold.links:
        goals = gold.by_quote.get(("goal", link["goal_document"], fold(link["goal_quote"])), [])
        results = gold.by_quote.get(("result", link["result_document"], fold(link["result_quote"])), [])
        if goals and results:
            gold.accepted.append(frozenset((goal, result) for goal in goals for result in results))


def _group_documents(gold: _Gold) -> dict[str, str]:
    """Documents that a link connects belong together; a group is named by its first document."""
    home = {item.id: item.document for item in (*gold.goals, *gold.results)}
    group = {document: document for document in home.values()}
    for pairs in gold.accepted:
        for goal, result in pairs:
            first, second = sorted((group[home[goal]], group[home[result]]))
            group = {document: first if name == second else name for document, name in group.items()}
    return group


def read_statement(kind: StatementKind, record: dict[str, Any], text: str) -> Statement:
    """One record of the gold standard as a statement."""
    quote = fold(record["quote"])
    at = max(0, text.find(quote))
    numbered = record["value"] is not None
    quantity = _quantity(record) if numbered else None
    return Statement(
        kind, record["organisation"] or "", Span(at, at + len(quote)), record["quote"], record["indicator"] or "", "",
        quantity, record["measure"] if numbered else None,
        Period(_day(record["period_start"]), _day(record["period_end"])), record.get("owner"),
    )


def _quantity(record: dict[str, Any]) -> Quantity:
    upper = record.get("value_max")
    return Quantity(Decimal(str(record["value"])), record["unit"] or "", record["comparator"] or "eq",
                    None if upper is None else Decimal(str(upper)))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def count_links(samples: Iterable[Sample]) -> int:
    """How many links the samples hold."""
    return sum(len(sample.accepted) for sample in samples)
