from __future__ import annotations

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from tracker.models import ImportBatch, ImportJob, JobState
from tracker.services import batches


class Command(BaseCommand):
    help = (
        "导入文档（文件，或整个文件夹）。默认只排队，由后台任务读取；加 --wait 则在本进程里读完再返回，没有后台任务也行。"
        "已经导入过的文件按内容认出，不会重复。有文件没能导入时退出状态为 1。"
    )

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="文件或文件夹")
        parser.add_argument("--wait", action="store_true", help="读完、关联完再返回")
        parser.add_argument(
            "--again", action="store_true", help="已导入过的也重新读取一遍（程序升级后用；人工修改保留）"
        )

    def handle(self, *args, paths, wait, again, **options):
        missing = [str(path) for path in paths if not path.exists()]
        if missing:
            raise CommandError(f"找不到：{'、'.join(missing)}")
        files = list(batches.find_files(paths))
        if not files:
            raise CommandError("这些文件夹里没有文件。")
        quiet = not sys.stderr.isatty()
        with tqdm(total=len(files), desc="入库", unit="个", disable=quiet) as bar:
            taken = batches.take_in(files, ImportBatch.Source.COMMAND, dispatch=not wait, again=again, tell=bar.update)
        if wait:
            with tqdm(total=len(taken.job_ids), desc="读取", unit="份", disable=quiet) as bar:
                batches.work_off(taken, bar.update)
        failed = self.report(taken, wait=wait)
        if failed or taken.refused:
            raise CommandError(f"{failed + len(taken.refused)} 个文件没有导入。")

    def report(self, taken: batches.Intake, *, wait: bool) -> int:
        """Tell what happened; returns the number of failed jobs."""
        for sentence in taken.refused:
            self.stderr.write(sentence)
        self.stdout.write(f"新文件 {taken.new} 个，已在库中 {len(taken.known)} 个。")
        jobs = ImportJob.objects.filter(pk__in=taken.job_ids).select_related("document")
        if not wait:
            self.stdout.write(f"{len(taken.job_ids)} 份等待后台读取。")
            return 0
        failed = [job for job in jobs.order_by("pk") if job.state != JobState.DONE]
        for job in failed:
            self.stderr.write(f"{job.document.name}：{job.error or job.get_state_display()}{job.advice}")
        done = [job for job in jobs if job.state == JobState.DONE]
        goals, results = sum(job.goals for job in done), sum(job.results for job in done)
        self.stdout.write(f"读取 {len(done)} 份：目标 {goals} 项，完成情况 {results} 条。")
        return len(failed)
