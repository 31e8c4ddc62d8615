from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from tracker.services.backups import BackupError, write_backup


class Command(BaseCommand):
    help = "把所有数据和上传的文件写进一个 zip。可恢复到任何受支持的数据库。"

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, metavar="文件.zip", help="写到哪里；已有同名文件时不覆盖")

    def handle(self, *args, path, **options):
        try:
            summary = write_backup(path)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"已备份 {summary.rows} 行、{summary.files} 个文件：{path}")
