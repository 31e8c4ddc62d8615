"""Measures on a gold standard how often each rule of the extraction is right; the same input gives the same file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tracker.accuracy import floors, scoring
from tracker.analysis import certainty
from tracker.analysis.statements import analyse
from tracker.analysis.vocabulary import LEXICON
from tracker.management.commands.extract import Source, as_record
from tracker.reading import read

FILE = LEXICON / "certainty.txt"
FIELDS = {
    certainty.INDICATOR: {"indicator", "comparator", "measure"},
    certainty.PERIOD: {"period_end"},
    certainty.BODY: {"organisation"},
}
BANDS = (0.95, 0.85, 0.7, 0.6, 0.0)
HEAD = """# How often each rule of the extraction was right on the gold standard (fingerprint {mark}, {n} records).
# Written by manage.py calibrate. check, rule, share right (leaning to the check's mean), times seen; apart by tabs.
"""


@dataclass(frozen=True)
class Judged:
    """A statement that the gold standard says something about. ``wrong`` is None where it has no such record."""

    document: str
    reasons: tuple[str, ...]
    quote: str
    quantified: bool
    wrong: list[str] | None

    @property
    def right(self) -> bool:
        return self.wrong == []


@dataclass(frozen=True)
class Band:
    """Records scored from ``floor`` up to the band above: how many, their mean score, the share of them right."""

    floor: float
    n: int
    mean: float
    right: float


class Command(BaseCommand):
    help = "用标准答案测定每条抽取规则判断正确的比例（审核页上的“把握”由它算出），并逐份文档交叉验证。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("gold", type=Path, help="标准答案目录")
        parser.add_argument("documents", type=Path, help="标准答案对应的文档目录")
        parser.add_argument("--output", type=Path, default=FILE, help="写到哪个文件（默认：程序使用的词表）")
        parser.add_argument("--check", action="store_true", help="只打印交叉验证，不写文件")

    def handle(self, *args: Any, gold: Path, documents: Path, output: Path, check: bool, **options: Any) -> None:
        if not gold.is_dir() or not documents.is_dir():
            raise CommandError("找不到标准答案目录或文档目录。")
        judged = list(judge(gold, documents))
        bands = list(reliability(judged))
        for band in bands:
            self.stdout.write(
                f"把握 {band.floor:.2f} 起：{band.n} 条，平均把握 {band.mean:.3f}，实际全对 {band.right:.3f}"
            )
        if not check:
            shares = certainty.measure_shares(decisions(judged))
            output.write_text(as_text(shares, bands, floors.fingerprint(gold)[:12], len(judged)), encoding="utf-8")
            self.stdout.write(f"已写 {output.name}：{len(shares)} 条规则。")


def judge(gold: Path, documents: Path) -> Iterator[Judged]:
    """Statements of the annotated parts with what is wrong about them. Results in words are not annotated, so left out."""
    records, found = [], {}
    for path in sorted(path for path in documents.iterdir() if path.is_file()):
        data = path.read_bytes()
        text = read(data, path.name)
        source = Source(data)
        for order, statement in enumerate(analyse(text)):
            key = f"{path.name}#{order}"
            records.append(as_record(statement, key, path.name) | {"quote": source.as_written(statement.quote)})
            found[key] = (path.name, statement)
    outcome = scoring.score(scoring.read_gold(gold, documents), records)
    for key, wrong in outcome.judged.items():
        document, statement = found[key]
        if statement.quantity is not None or statement.kind == "goal":
            yield Judged(document, statement.reasons, statement.quote, statement.quantity is not None, wrong)


def decisions(judged: Sequence[Judged]) -> Iterator[tuple[str, str, bool]]:
    """Each rule's decision with whether it was right. Of commitments in words the gold standard judges only whether they are any."""
    for each in judged:
        for check, rules in certainty.checks_of(each.reasons, each.quote).items():
            if each.quantified and check == certainty.KIND:
                right = each.wrong is not None
            elif each.quantified and each.wrong is not None and check in FIELDS:
                right = not FIELDS[check] & set(each.wrong)
            elif not each.quantified and check == certainty.WORDS:
                right = each.right
            else:
                continue
            yield from ((check, rule, right) for rule in rules)


def reliability(judged: Sequence[Judged]) -> Iterator[Band]:
    """What the score of a band comes to, each document scored with the shares of the others."""
    scored = []
    for document in sorted({each.document for each in judged}):
        others = certainty.measure_shares(decisions([each for each in judged if each.document != document]))
        shares = {key: share for key, (share, _) in others.items()}
        scored += [
            (certainty.score_of(each.reasons, each.quote, shares), each.right)
            for each in judged
            if each.document == document
        ]
    above = 1.01
    for floor in BANDS:
        band = [(score, right) for score, right in scored if floor <= score < above]
        above = floor
        if band:
            mean = sum(score for score, _ in band) / len(band)
            share = sum(right for _, right in band) / len(band)
            yield Band(floor, len(band), mean, share)


def as_text(shares: dict[certainty.Key, tuple[float, int]], bands: Sequence[Band], mark: str, n: int) -> str:
    """The list file."""
    rows = sorted(shares.items(), key=lambda row: (certainty.CHECKS.index(row[0][0]), -row[1][1], row[0]))
    lines = [f"{check}\t{rule}\t{share}\t{seen}" for (check, rule), (share, seen) in rows]
    lines += [f"{certainty.WHOLE}\t{band.floor}\t{band.right:.3f}\t{band.n}" for band in bands]
    return HEAD.format(mark=mark, n=n) + "\n".join(lines) + "\n"
