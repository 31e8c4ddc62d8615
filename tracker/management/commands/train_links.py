"""Fits the weights of linking on a gold standard and on reviewers' decisions; the same input gives the same file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tracker.matching.fitting import (
    Sample,
    Tally,
    as_record,
    choose_levels,
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
PROPOSE_FROM, ACCEPT_FROM = 0.93, 0.975


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
        propose, accept = choose_levels(tallies[True], PROPOSE_FROM, ACCEPT_FROM)
        weights = fit_weights(samples, names, propose, accept, decisions)
        report = {
            "fitted_on": {"links": count_links(samples), "decisions": len(decisions), "gold": fingerprint(options["gold"])},
            "cross_validation": {
                name: {str(level): tally.as_record() for level, tally in tallies[kind].items()}
                for name, kind in (("quantified", True), ("qualitative", False))
            },
        }
        text = json.dumps(as_record(weights, report), ensure_ascii=False, indent=1)
        options["output"].write_text(text + "\n", encoding="utf-8")
        self.stdout.write(f"提出阈值 {propose}：{describe(tallies[True][propose])}")
        self.stdout.write(f"自动采纳阈值 {accept}：{describe(tallies[True][accept])}")

    def _check(self, samples: Sequence[Sample], names: Names) -> None:
        weights = default_weights()
        for label, level in (("提出", weights.propose), ("自动采纳", weights.accept)):
            for kind, name in ((True, "有数值的目标"), (False, "文字目标")):
                total = Tally()
                for sample in samples:
                    total.add(tally_links(sample, weights, level, names, quantified=kind))
                self.stdout.write(f"{label}（把握≥{level}）{name}：{describe(total)}")


def describe(tally: Tally) -> str:
    """A tally as a sentence."""
    record = tally.as_record()
    return (f"准确率 {record['precision']}，召回率 {record['recall']}"
            f"（提出 {tally.proposed} 条，正确 {tally.right} 条；应有 {tally.wanted} 条，找到 {tally.found} 条）")


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
    return [(goal_item(row.goal), result_item(row.result), row.state == LinkState.ACCEPTED) for row in rows.order_by("pk")]
