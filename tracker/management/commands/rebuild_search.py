from django.core.management.base import BaseCommand

from tracker.services import wordindex


class Command(BaseCommand):
    help = "重建搜索索引。平时不需要：索引由数据库随每次写入更新，migrate 会补上缺少的。用于从别处直接拷入数据之后。"

    def handle(self, *args, **options):
        for index in wordindex.INDEXES:
            wordindex.rebuild(index)
            self.stdout.write(f"已重建 {index.name}。")
