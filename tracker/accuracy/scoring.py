"""Scores predictions against a gold standard; the figures are those of the record contract."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .comparing import (
    FIELDS,
    STRICT_FIELDS,
    Place,
    Record,
    find_places,
    flat,
    is_right,
    likeness,
    same_value,
    shared_length,
)
from .linking import Links, score_links


@dataclass(slots=True)
class Gold:
    """A gold standard with the flat texts of its documents."""

    texts: dict[str, str]
    parts: list[Record]
    links: list[Record]


@dataclass(slots=True)
class Tally:
    """Counts of one kind of record."""

    gold: int = 0
    predicted: int = 0
    right: int = 0
    strict: int = 0
    fields: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        self.gold += other.gold
        self.predicted += other.predicted
        self.right += other.right
        self.strict += other.strict
        self.fields.update(other.fields)

    def report(self) -> dict[str, Any]:
        """Precision, recall and F1 of values and of whole records, and the share of right fields on right values."""
        shares = {name: round(self.fields[name] / self.right, 4) if self.right else 0.0 for name in FIELDS}
        return {
            "value": rates(self.right, self.predicted, self.gold),
            "strict": rates(self.strict, self.predicted, self.gold),
            "fields": shares,
        }


@dataclass(slots=True)
class PartScore:
    """What came out for one annotated part of a document."""

    name: str
    document: str
    sort: str
    tallies: dict[str, Tally] = field(default_factory=lambda: {"goal": Tally(), "result": Tally()})
    qualitative: int = 0
    qualitative_found: int = 0
    missing_quotes: int = 0


@dataclass(slots=True)
class Outcome:
    """Scores by part and over all, and the links."""

    parts: list[PartScore]
    links: Links
    errors: list[str]
    # id of a prediction inside an annotated part → its wrong fields; None: the gold standard has no such record
    judged: dict[str, list[str] | None] = field(default_factory=dict)

    def report(self) -> dict[str, Any]:
        """All figures, in the form of the record contract's scorer."""
        found = summarise(self.parts)
        found |= self.links.report()
        found["quotes_not_in_the_text"] = sum(part.missing_quotes for part in self.parts)
        if self.links.unresolved:
            found["links_without_gold_records"] = self.links.unresolved
        return found


def summarise(parts: Iterable[PartScore]) -> dict[str, Any]:
    """Goals and results over several parts."""
    totals = {"goal": Tally(), "result": Tally()}
    wanted = found = 0
    for part in parts:
        for kind, tally in part.tallies.items():
            totals[kind].add(tally)
        wanted, found = wanted + part.qualitative, found + part.qualitative_found
    report: dict[str, Any] = {kind: tally.report() for kind, tally in totals.items()}
    report["goal"]["qualitative_recall"] = round(found / wanted, 4) if wanted else None
    return report


def rates(right: int, predicted: int, gold: int) -> dict[str, float]:
    """Precision, recall, F1 and the counts behind them."""
    precision, recall = right / predicted if predicted else 0.0, right / gold if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {
        "precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4),
        "right": right, "predicted": predicted, "gold": gold,
    }  # fmt: skip


def read_gold(gold_dir: Path, document_dir: Path) -> Gold:
    """The annotated parts, the links between documents, and the documents' texts."""
    documents = (path for path in sorted(document_dir.iterdir()) if path.is_file())
    texts = {path.name: flat(path.read_text(encoding="utf-8", errors="replace")) for path in documents}
    gold = Gold(texts, [], [])
    for path in sorted(gold_dir.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if path.name.endswith("links.json"):
            gold.links += content
        else:
            gold.parts.append(content | {"_file": path.name})
    if not gold.parts:
        raise ValueError(f"{gold_dir}：没有标准答案（*.json）")
    return gold


def read_predictions(lines: Iterable[str]) -> list[Record]:
    """Records and links as ``extract`` prints them, one JSON object a line."""
    return [json.loads(line) for line in lines if line.strip()]


def score(gold: Gold, predictions: Sequence[Record], *, show: str = "") -> Outcome:
    """Score predictions. ``show`` ("goal", "result" or "match") lists each miss and each error of that kind."""
    records: dict[str, list[Record]] = defaultdict(list)
    for record in predictions:
        if record["kind"] != "match":
            records[Path(record["document"]).name].append(record)
    scorer = _Scorer(show)
    parts = [scorer.score_part(part, records[part["document"]], gold.texts[part["document"]]) for part in gold.parts]
    matches = [record for record in predictions if record["kind"] == "match"]
    numbered = {r["id"] for rows in records.values() for r in rows if r.get("value") is not None}
    links = score_links(
        gold, matches, scorer.aligned, scorer.scoped, numbered, scorer.errors if show == "match" else None
    )
    return Outcome(parts, links, scorer.errors, scorer.judged)


def sort_of(part: Record) -> str:
    """The kind of document that a part is from, as the accuracy page shows it."""
    if "政府工作报告" in part["document"]:
        return "政府工作报告"
    return "部门工作总结" if "总结" in (part.get("from") or "") else "新闻报道"


class _Scorer:
    """Walks the parts; keeps which prediction is which gold record, for the links."""

    def __init__(self, show: str) -> None:
        self.show = show
        self.errors: list[str] = []
        self.aligned: dict[str, Record] = {}
        self.scoped: set[str] = set()
        self.judged: dict[str, list[str] | None] = {}

    def score_part(self, part: Record, records: Sequence[Record], text: str) -> PartScore:
        low, high = _bounds(part, text)
        done = PartScore(part["_file"], part["document"], sort_of(part))
        inside = self._place_records(records, text, low, high, done)
        for kind in ("goal", "result"):
            golds = part[f"{kind}s"]
            for gold in golds:
                gold["_key"] = f"{part['_file']}#{gold['id']}"
                quotes = [gold["quote"], *gold.get("restated_quotes", [])]
                gold["_spans"] = [p for quote in quotes for p in find_places(quote, text) if low <= p[0] < high]
            of_kind = [record for record in inside if record["kind"] == kind]
            done.tallies[kind] = self._score_numbers(part["_file"], kind, golds, of_kind)
            found, wanted = self._align_words(golds, of_kind)
            if kind == "goal":
                done.qualitative, done.qualitative_found = wanted, found
        return done

    def _place_records(
        self, records: Sequence[Record], text: str, low: int, high: int, done: PartScore
    ) -> list[Record]:
        """Predictions whose quote stands in the part."""
        inside = []
        for record in records:
            places = find_places(record["quote"], text)
            done.missing_quotes += not places
            record["_spans"] = [place for place in places if low <= place[0] < high]
            if record["_spans"]:
                inside.append(record)
                self.scoped.add(record["id"])
        return inside

    def _score_numbers(self, file: str, kind: str, golds: Sequence[Record], told: Sequence[Record]) -> Tally:
        quantified = [gold for gold in golds if gold.get("value") is not None]
        numbered = [record for record in told if record.get("value") is not None]
        pairs = align(quantified, numbered)
        again = _said_again(pairs, numbered)
        tally = Tally(gold=len(quantified), predicted=len(numbered) - len(again), right=len(pairs))
        repeats = {record["id"] for record in again}
        self.judged |= {record["id"]: None for record in numbered if record["id"] not in repeats}
        for gold, record in pairs:
            self.aligned[record["id"]] = gold
            self.judged[record["id"]] = [name for name in FIELDS if not is_right(name, gold, record)]
            tally.fields.update(name for name in FIELDS if is_right(name, gold, record))
            tally.strict += all(is_right(name, gold, record) for name in STRICT_FIELDS)
        if self.show == kind:
            self._list_errors(file, quantified, numbered, pairs, again)
        return tally

    def _align_words(self, golds: Sequence[Record], told: Sequence[Record]) -> tuple[int, int]:
        """(found, wanted) of the records without a number: half of the quote must be covered."""
        found = wanted = 0
        self.judged |= {record["id"]: None for record in told if record.get("value") is None}
        for gold in golds:
            if gold.get("value") is not None:
                continue
            half = max((b - a for a, b in gold["_spans"]), default=1) / 2
            hits = [record for record in told if shared_length(gold["_spans"], record["_spans"]) >= half]
            wanted, found = wanted + 1, found + bool(hits)
            for record in hits:
                self.aligned.setdefault(record["id"], gold)
                if record.get("value") is None:
                    self.judged[record["id"]] = []
        return found, wanted

    def _list_errors(
        self,
        file: str,
        golds: Sequence[Record],
        told: Sequence[Record],
        pairs: Sequence[tuple[Record, Record]],
        again: Sequence[Record],
    ) -> None:
        paired = {gold["_key"] for gold, _ in pairs}
        taken = {record["id"] for _, record in pairs} | {record["id"] for record in again}
        for gold in golds:
            if gold["_key"] not in paired:
                self.errors.append(f"漏 {file} {gold['id']} {_brief(gold)}")
        for record in told:
            if record["id"] not in taken:
                self.errors.append(f"多 {file} {_brief(record)}")
        for gold, record in pairs:
            for name in FIELDS:
                if not is_right(name, gold, record):
                    self.errors.append(
                        f"错 {file} {gold['id']} {name}：应为 {gold.get(name)}，得到 {record.get(name)}｜{gold['quote']}"
                    )


def _brief(record: Record) -> str:
    return f"{record['value']}{record.get('unit') or ''}｜{record.get('indicator')}｜{record['quote']}"


def _bounds(part: Record, text: str) -> Place:
    """Where an annotated part stands: from the last place of ``from`` up to ``to``."""
    start = text.rfind(flat(part["from"])) if part.get("from") else 0
    if start < 0:
        raise ValueError(f"{part['document']}：找不到标注部分的开头")
    end = text.find(flat(part["to"]), start + 1) if part.get("to") else len(text)
    return start, end if end >= 0 else len(text)


def align(golds: Sequence[Record], told: Sequence[Record]) -> list[tuple[Record, Record]]:
    """Pairs of gold and predicted records with one value and overlapping quotes, those that agree most first."""
    candidates = []
    for i, gold in enumerate(golds):
        for j, record in enumerate(told):
            if same_value(gold, record) and shared_length(gold["_spans"], record["_spans"]) > 0:
                weight = likeness(gold.get("indicator"), record.get("indicator"))
                weight += sum(0.3 for name in FIELDS[1:] if is_right(name, gold, record))
                candidates.append((-weight, i, j))
    taken: set[tuple[str, int]] = set()
    pairs = []
    for _, i, j in sorted(candidates):
        if not taken & {("gold", i), ("told", j)}:
            taken |= {("gold", i), ("told", j)}
            pairs.append((golds[i], told[j]))
    return pairs


def _said_again(pairs: Sequence[tuple[Record, Record]], told: Sequence[Record]) -> list[Record]:
    """A restated pledge may be found twice; the second finding is neither right nor wrong."""
    taken = {record["id"] for _, record in pairs}
    restated = [gold for gold, _ in pairs if gold.get("restated_quotes")]
    return [
        record
        for record in told
        if record["id"] not in taken
        and any(same_value(gold, record) and shared_length(gold["_spans"], record["_spans"]) > 0 for gold in restated)
    ]
