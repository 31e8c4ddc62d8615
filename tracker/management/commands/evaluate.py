from __future__ import annotations

import io
import json
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracker.accuracy import floors, scoring

TRACKER = Path(__file__).resolve().parent.parent.parent
MEASURED = TRACKER / "accuracy" / "measured.json"
KINDS = {"goal": "目标", "result": "完成情况"}


class Command(BaseCommand):
    help = (
        "对标准答案测定抽取和关联的准确度。先对文档文件夹运行 extract --matches（或读 --predictions 给出的结果），再逐条比对。"
        "给出 --floors 时，任何一项低于下限即以非零状态退出。"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("gold", type=Path, metavar="GOLD", help="标准答案文件夹（*.json）")
        parser.add_argument("documents", type=Path, metavar="DOCUMENTS", help="文档文件夹")
        parser.add_argument(
            "--predictions", type=Path, metavar="FILE.jsonl", help="用 extract 已打印的结果，不重新抽取"
        )
        parser.add_argument("--floors", type=Path, metavar="FILE.json", help="下限文件；低于下限即失败")
        parser.add_argument(
            "--write-floors", action="store_true", help="把这次的结果写成新的下限（同时写准确度页面的数据）"
        )
        parser.add_argument("--json", action="store_true", help="以 JSON 打印全部数字")
        parser.add_argument("--show", choices=("goal", "result", "match"), default="", help="逐条列出错漏")

    def handle(self, *args, gold, documents, predictions, show, **options):
        for folder in (gold, documents):
            if not folder.is_dir():
                raise CommandError(f"没有这个文件夹：{folder}")
        lines = predictions.read_text(encoding="utf-8") if predictions else self.extract(documents)
        try:
            outcome = scoring.score(
                scoring.read_gold(gold, documents), scoring.read_predictions(lines.splitlines()), show=show
            )
        except (ValueError, KeyError) as error:
            raise CommandError(f"标准答案或抽取结果读不懂：{error}") from error
        for line in outcome.errors:
            self.stdout.write(line)
        report = outcome.report()
        self.print_report(report, as_json=options["json"])
        mark = floors.fingerprint(gold)
        if options["write_floors"]:
            self.write(outcome, report, mark, options["floors"])
        elif options["floors"]:
            self.hold(report, mark, options["floors"])

    def extract(self, documents: Path) -> str:
        printed = io.StringIO()
        call_command("extract", str(documents), matches=True, stdout=printed, stderr=self.stderr)
        return printed.getvalue()

    def print_report(self, report: dict, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1))
            return
        for kind, word in KINDS.items():
            value, strict, fields = report[kind]["value"], report[kind]["strict"], report[kind]["fields"]
            self.stdout.write(
                f"{word}：数值 F1 {value['f1']:.3f}（准 {value['precision']:.3f}，全 {value['recall']:.3f}，标准答案 {value['gold']} 条），"
                f"整条 F1 {strict['f1']:.3f}；" + "，".join(f"{name} {share:.3f}" for name, share in fields.items())
            )
        self.stdout.write(f"定性目标找到 {report['goal']['qualitative_recall']}")
        for name, word in (("match_quantified", "有数值目标的关联"), ("match", "全部关联")):
            row = report[name]
            self.stdout.write(
                f"{word}：准 {row['precision']:.3f}，全 {row['recall']:.3f}，F1 {row['f1']:.3f}（标准答案 {row['gold']}，给出 {row['predicted']}）"
            )
        if report["quotes_not_in_the_text"]:
            self.stdout.write(f"不在原文中的引文：{report['quotes_not_in_the_text']}")

    def hold(self, report: dict, mark: str, path: Path) -> None:
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"下限文件读不出：{path}（{error}）") from error
        if fallen := list(floors.drops(report, kept, mark)):
            raise CommandError("准确度低于下限：\n" + "\n".join(fallen))
        self.stdout.write(f"不低于 {path.name} 的全部 {len(kept['floors'])} 项下限。")

    def write(self, outcome: scoring.Outcome, report: dict, mark: str, path: Path | None) -> None:
        """New floors, and the figures that the accuracy page shows."""
        if path is None:
            raise CommandError("请用 --floors 指明写到哪个文件。")
        path.write_text(_json({"gold": mark, "floors": floors.figures(report)}), encoding="utf-8")
        sorts = sorted({part.sort for part in outcome.parts})
        measured = {
            "measured_on": timezone.localdate().isoformat(),
            "version": floors.version(TRACKER),
            "gold": mark[:12],
            "documents": len({part.document for part in outcome.parts}),
            "parts": len(outcome.parts),
            "report": report,
            "by_sort": [
                {"sort": sort, "parts": len(parts), **scoring.summarise(parts)}
                for sort in sorts
                if (parts := [part for part in outcome.parts if part.sort == sort])
            ],
        }
        MEASURED.write_text(_json(measured), encoding="utf-8")
        self.stdout.write(f"已写 {path} 和 {MEASURED.name}。")


def _json(content: dict) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
