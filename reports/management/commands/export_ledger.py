from __future__ import annotations

from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from reports.ledger import write_ledger
from tracker.services import progress
from tracker.services.organisations import guess_organisation


class Command(BaseCommand):
    help = "写出截至某日的台账（Excel）。例：export_ledger --as-of 2024-10-31 --output 台账.xlsx --organisation 望海市商务局"

    def add_arguments(self, parser):
        parser.add_argument("--as-of", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD", help="截至日期")
        parser.add_argument("--output", required=True, type=Path, metavar="FILE.xlsx", help="写到哪个文件")
        parser.add_argument("--organisation", metavar="NAME", help="只写这个单位（全称、简称或别名）")

    def handle(self, *args, as_of, output, organisation, **options):
        if output.suffix.lower() != ".xlsx":
            raise CommandError(f"文件名应以 .xlsx 结尾：{output}")
        if not output.parent.is_dir():
            raise CommandError(f"没有这个文件夹：{output.parent}")
        body = None
        if organisation and (body := guess_organisation(organisation)) is None:
            raise CommandError(f"没有单位叫“{organisation}”。")
        progress.ensure_statuses(as_of)
        counts = write_ledger(as_of, output, body)
        self.stdout.write(f"已写出 {output}：" + "，".join(f"{name} {count} 行" for name, count in counts.items()))
