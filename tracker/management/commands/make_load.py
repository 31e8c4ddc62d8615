import sys
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from tracker.services.load import make_load


class Command(BaseCommand):
    help = "往数据库里加任意数量的合成目标和完成情况，用于测速。请在单独的数据目录（JIANNUO_DATA）里使用，不要混入真实数据。"

    def add_arguments(self, parser):
        parser.add_argument("--goals", type=int, default=10_000, help="目标数（默认 10000）")
        parser.add_argument("--results", type=int, default=50_000, help="完成情况数（默认 50000）")
        parser.add_argument("--as-of", type=date.fromisoformat, default=date(2025, 12, 31), help="进度截至日期 YYYY-MM-DD（默认 2025-12-31，上月末一并写入）")
        parser.add_argument("--seed", type=int, default=1, help="同样的种子得到同样的数据；再加一批时换一个")

    def handle(self, *args, goals, results, as_of, seed, **options):
        if goals < 1 or results < 0:
            raise CommandError("目标数至少为 1，完成情况数不能为负。")
        with tqdm(total=goals + results, unit="行", disable=not sys.stderr.isatty()) as bar:
            load = make_load(goals, results, as_of=as_of, seed=seed, tell=bar.update)
        self.stdout.write(
            f"已加入 {load.goals} 项目标、{load.results} 条完成情况、{load.links} 条关联，分属 {load.organisations} 个单位、{load.documents} 份文档。"
        )
