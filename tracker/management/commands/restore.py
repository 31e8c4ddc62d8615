from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from tracker.services.backups import BackupError, restore_backup


class Command(BaseCommand):
    help = "把 backup 写出的 zip 恢复到空的数据库（先运行 migrate）。数据库不空就拒绝，什么也不改。"

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, metavar="文件.zip", help="backup 命令写出的文件")

    def handle(self, *args, path, **options):
        try:
            summary = restore_backup(path)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"已恢复 {summary.rows} 行、{summary.files} 个文件。")
