"""Fits the weights of linking on a gold standard and on reviewers' decisions; the same input gives the same file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tracker.matching.fitting import (
    Sample,
    Tally,
    as_record,
    choose_level,
    cross_validate,
    fit_weights,
    tally_links,
)
from tracker.matching.gold import count_links, read_gold
from tracker.matching.items import Item
from tracker.matching.names import Names
from tracker.matching.scoring import WEIGHTS, default_weights
from tracker.models import Link, LinkState
from tracker.services.items import goal_item, result_item

LEVELS = tuple(round(0.3 + 0.025 * step, 3) for step in range(27))
PROPOSE = 0.5  # a link is shown to a person when it is more likely right than wrong
ACCEPT_FROM = 0.95  # cross-validated precision, of all links together, from which on a link is accepted by rule


class Command(BaseCommand):
    help = "用金标准（和审核人员已确认、已否决的关联）重新拟合关联的权重；逐文档交叉验证的成绩写在权重文件里。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("gold", type=Path, help="金标准目录")
        parser.add_argument("documents", type=Path, help="金标准对应的文档目录")
        parser.add_argument("--output", type=Path, default=WEIGHTS, help="写到哪个文件（默认：程序使用的权重文件）")
        parser.add_argument("--decisions", action="store_true", help="一并使用数据库里人工决定过的关联")
        parser.add_argument("--check", action="store_true", help="不拟合，只用现有权重给这份金标准打分")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["gold"].is_dir() or not options["documents"].is_dir():
            raise CommandError("找不到金标准目录或文档目录。")
        samples, names = read_gold(options["gold"], options["documents"]), Names.default()
        if options["check"]:
            self._check(samples, names)
            return
        decisions = read_decisions() if options["decisions"] else []
        tallies = cross_validate(samples, names, LEVELS)
        weights = replace(
            fit_weights(samples, names, decisions),
            propose=PROPOSE,
            propose_words=PROPOSE,
            accept=choose_level(_merge(tallies), ACCEPT_FROM),
        )
        report = {
            "fitted_on": {
                "links": count_links(samples),
                "decisions": len(decisions),
                "gold": fingerprint(options["gold"]),
            },
            "cross_validation": {
                name: {str(level): tally.as_record() for level, tally in tallies[kind].items()}
                for name, kind in (("quantified", True), ("qualitative", False))
            },
        }
        text = json.dumps(as_record(weights, report), ensure_ascii=False, indent=1)
        options["output"].write_text(text + "\n", encoding="utf-8")
        for kind, name, level in (
            (True, "有数值的目标，提出", weights.propose), (False, "文字目标，提出", weights.propose_words),
            (True, "有数值的目标，自动采纳", weights.accept), (False, "文字目标，自动采纳", weights.accept),
        ):  # fmt: skip
            self.stdout.write(f"{name}（把握≥{level}）：交叉验证{describe(tallies[kind][level])}")

    def _check(self, samples: Sequence[Sample], names: Names) -> None:
        weights = default_weights()
        for name, kind, level in (
            ("有数值的目标，提出", True, weights.propose), ("文字目标，提出", False, weights.propose_words),
            ("有数值的目标，自动采纳", True, weights.accept), ("文字目标，自动采纳", False, weights.accept),
        ):  # fmt: skip
            total = Tally()
            for sample in samples:
                total.add(tally_links(sample, weights, level, names, quantified=kind))
            self.stdout.write(f"{name}（把握≥{level}）：{describe(total)}")


def _merge(tallies: dict[bool, dict[float, Tally]]) -> dict[float, Tally]:
    """Goals with numbers and goals in words together."""
    merged = {level: Tally() for level in LEVELS}
    for level, total in merged.items():
        total.add(tallies[True][level])
        total.add(tallies[False][level])
    return merged


def describe(tally: Tally) -> str:
    """A tally as a sentence."""
    record = tally.as_record()
    return (
        f"准确率 {record['precision']}，召回率 {record['recall']}"
        f"（提出 {tally.proposed} 条，正确 {tally.right} 条；应有 {tally.wanted} 条，找到 {tally.found} 条）"
    )


def fingerprint(folder: Path) -> str:
    """Which gold standard the weights were fitted on."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.json")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def read_decisions() -> list[tuple[Item, Item, bool]]:
    """Links that a person accepted or rejected."""
    decided = Link.objects.filter(decided_by__isnull=False).exclude(state=LinkState.PROPOSED)
    rows = decided.select_related("goal__organisation", "goal__document", "result__organisation", "result__document")
    return [
        (goal_item(row.goal), result_item(row.result), row.state == LinkState.ACCEPTED) for row in rows.order_by("pk")
    ]
