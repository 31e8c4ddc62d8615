from __future__ import annotations

import secrets
import sys
from collections import Counter
from datetime import date
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from reports.bulletin import write_bulletin
from reports.ledger import ledger_name, write_ledger
from reports.ledger.frozen import read_pages
from reports.models import Snapshot, SnapshotPage
from reports.services import months
from tracker.management.commands.serve import add_serve_arguments, serve, set_address
from tracker.models import Document, GoalStatus, ImportBatch, JobState, Light, Link, LinkState, Profile, Role, Status
from tracker.reading import read
from tracker.services import batches, progress

EXAMPLES = settings.BASE_DIR / "tracker" / "examples"
ACCOUNT = "demo"
TELLING = (
    ("已完成", {"status": Status.DONE, "completion__isnull": False}, ("-completion",)),
    ("滞后", {"status__in": [Status.BEHIND, Status.AT_RISK], "gap__isnull": False}, ("gap",)),
    ("逾期未完成", {"status": Status.OVERDUE}, ("completion",)),
    ("无人回应", {"status": Status.NO_DATA}, ("goal__period_end",)),
)


def split_by_month(folder: Path) -> tuple[list[Path], list[Path]]:
    """The documents of a folder by the day they were published: those of the last month, and those before."""
    dated = []
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.name.startswith((".", "README")):
            told = read(path.read_bytes(), path.name).published_on
            dated.append((told.value if told else "", path))
    newest = max(day for day, _ in dated)[:7]
    dated.sort()
    return [path for day, path in dated if day[:7] != newest], [path for day, path in dated if day[:7] == newest]


class Command(BaseCommand):
    help = (
        "演示：建库，导入示例文档（虚构的望海市），抽取目标和完成情况，关联，算进度，写台账，建登录账号，启动网站。"
        "可以反复运行，不会重复。"
    )

    def add_arguments(self, parser):
        parser.add_argument("--no-serve", action="store_true", help="只做到写出台账，不启动网站")
        parser.add_argument(
            "--as-of", type=date.fromisoformat, metavar="YYYY-MM-DD", help="进度截至日期（默认：最新文档所在月的月末）"
        )
        add_serve_arguments(parser)

    def handle(self, *args, no_serve, as_of, host, port, web, jobs, **options):
        call_command("migrate", verbosity=0)
        set_address(host, port)
        self.import_examples()
        as_of = as_of or progress.default_as_of()
        day = progress.ensure_statuses(as_of)
        self.show_progress(as_of, day.counts)
        self.close_months(as_of)
        self.write_ledger(as_of)
        self.make_account()
        if not no_serve:
            serve(self, host=host, port=port, web=web, jobs=jobs)

    def import_examples(self) -> None:
        """As the months went: what came last is imported after the month before was closed."""
        earlier, last = split_by_month(EXAMPLES)
        taken = self.take_in(earlier)
        if not Snapshot.objects.exists():
            months.close_month(progress.default_as_of(), note="演示")
        taken += self.take_in(last)
        documents = Document.objects.filter(pk__in=[pk for each in taken for pk in each.document_ids])
        jobs = [document.jobs.first() for document in documents.order_by("pk")]
        failed = [job for job in jobs if job.state == JobState.FAILED]
        for job in failed:
            self.stderr.write(f"{job.document.name}：{job.error}{job.advice}")
        if failed:
            raise CommandError(f"{len(failed)} 份示例文档没有读成。")
        accepted = Link.objects.filter(state=LinkState.ACCEPTED).count()
        self.stdout.write(
            f"示例文档 {len(jobs)} 份（新导入 {sum(each.new for each in taken)} 份）：目标 {sum(job.goals for job in jobs)} 项，"
            f"完成情况 {sum(job.results for job in jobs)} 条，已关联 {accepted} 对。"
        )

    def take_in(self, files: list[Path]) -> list[batches.Intake]:
        taken = batches.take_in(files, ImportBatch.Source.EXAMPLE, dispatch=False)
        with tqdm(total=len(taken.job_ids), desc="读取示例文档", unit="份", disable=not sys.stderr.isatty()) as bar:
            batches.work_off(taken, bar.update)
        if not taken.batch.jobs.exists():
            taken.batch.delete()
        return [taken]

    def show_progress(self, as_of: date, counts: dict[str, int]) -> None:
        words = "，".join(f"{Status(name).label} {counts[name]}" for name in Status.values if counts.get(name))
        self.stdout.write(f"\n截至{as_of.year}年{as_of.month}月{as_of.day}日，{sum(counts.values())} 项目标：{words}。")
        for title, conditions, order in TELLING:
            rows = GoalStatus.objects.filter(as_of=as_of, **conditions).select_related("goal__organisation")
            self.stdout.write(self.style.MIGRATE_HEADING(f"\n{title}"))
            for row in rows.order_by(*order, "pk")[:4]:
                self.stdout.write(f"  {self.describe(row)}")

    def describe(self, row: GoalStatus) -> str:
        goal = row.goal
        target = "" if goal.value is None else f" {goal.value.normalize():f}{goal.unit}"
        owner = f"（{goal.owner}）" if goal.owner else ""
        return f"[{Light(row.light).label}] {goal.organisation}{owner}｜{goal.indicator}{target}｜{row.arithmetic}"

    def write_ledger(self, as_of: date) -> None:
        folder = settings.DATA_DIR / "ledgers"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / ledger_name("望海市", as_of)
        counts = write_ledger(as_of, path)
        self.stdout.write(f"\n台账：{path}（{'，'.join(f'{name} {count} 行' for name, count in counts.items())}）")

    def close_months(self, as_of: date) -> None:
        """Close the last two months in which documents came, tell what is different, and write the bulletin."""
        days = Document.objects.filter(published_on__lte=as_of).values_list("published_on", flat=True)
        ends = sorted({progress.month_end(day) for day in days if progress.month_end(day) <= as_of})[-2:]
        if not ends:
            return
        for day in ends:
            snapshot = months.closed(day) or months.close_month(day, note="演示")
        fields = Counter(each.field for each in read_pages(snapshot, SnapshotPage.Kind.DIFFERENCES))
        words = "，".join(f"{name} {number} 处" for name, number in fields.most_common(6)) or "没有变化"
        since = f"，与{snapshot.previous.as_of}相比：{words}" if snapshot.previous else ""
        self.stdout.write(f"\n月报：{snapshot.as_of}已关账{since}。")
        path = settings.DATA_DIR / "ledgers" / f"督查通报（{snapshot.as_of.year}年{snapshot.as_of.month}月）.docx"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bulletin(snapshot, path, months.round_settings())
        self.stdout.write(f"通报：{path}")

    def make_account(self) -> None:
        """An administrator's login; its password is kept in the data folder and the same the second time."""
        kept = Path(settings.DATA_DIR) / "demo_password"
        if not kept.exists():
            kept.touch(mode=0o600)
            kept.write_text(secrets.token_urlsafe(12), encoding="utf-8")
        password = kept.read_text(encoding="utf-8").strip()
        user, _ = get_user_model().objects.get_or_create(
            username=ACCOUNT, defaults={"is_staff": True, "is_superuser": True, "first_name": "演示"}
        )
        if not user.check_password(password):
            user.set_password(password)
            user.save()
        Profile.objects.get_or_create(user=user, defaults={"role": Role.ADMINISTRATOR})
        self.stdout.write(f"登录账号：{ACCOUNT}　密码：{password}（也记在 {kept}）")
