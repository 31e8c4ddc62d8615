"""Pages on a database of a given size against the bare query under them. Each size gets a data folder and processes of its own."""
from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from tracker.benchmarks import Row

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 7
MANAGE = Path(__file__).resolve().parent.parent.parent / "manage.py"


def run(sizes: Iterable[int] = SIZES) -> Iterator[Row]:
    """Milliseconds are medians of ROUNDS requests through Django's test client; the yardstick is a bare SELECT … LIMIT 50."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            place = os.environ | {"JIANNUO_DATA": folder, "JIANNUO_LOG_LEVEL": "ERROR"}
            for command in (("migrate", "-v0"), ("make_load", "--goals", str(size), "--results", str(2 * size))):
                subprocess.run([sys.executable, str(MANAGE), *command], env=place, check=True, capture_output=True)
            probe = subprocess.run([sys.executable, "-m", "tracker.benchmarks.pages"], env=place, check=True, capture_output=True, text=True, cwd=MANAGE.parent)
        for name, seconds, bare, queries in json.loads(probe.stdout.splitlines()[-1]):
            yield Row(name, f"{size:,} 项目标", seconds, "裸 SQL 取 50 行", seconds / bare, f"{queries} 次查询")


def time_of(work: Callable[[], object]) -> float:
    work()
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        rounds.append(time.perf_counter() - start)
    return median(rounds)


def addresses() -> dict[str, str]:
    return {
        "首页": "/",
        "目标台账 第一页": "/goals/",
        "目标台账 筛选": "/goals/?" + urlencode({"status": "overdue"}),
        "目标台账 按差值排序": "/goals/?" + urlencode({"sort": "gap"}),
        "目标台账 最后一页": "/goals/?end=1",
        "搜索 两个字": "/search/?" + urlencode({"q": "学位"}),
        "单位": "/organisations/",
    }


def probe() -> list[tuple[str, float, float, int]]:
    """Measures this process's database: name, seconds, seconds of the bare query, number of queries."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    django.setup()
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.force_login(User.objects.create_superuser("bench"), backend="django.contrib.auth.backends.ModelBackend")

    def bare() -> list:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM tracker_goal ORDER BY period_end DESC, id DESC LIMIT 50")
            return cursor.fetchall()

    yardstick = time_of(bare)
    rows = []
    for name, address in addresses().items():
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address, follow=True)
        number = len(queries)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
        rows.append((name, time_of(lambda address=address: client.get(address, follow=True)), yardstick, number))
    return rows


if __name__ == "__main__":
    print(json.dumps(probe(), ensure_ascii=False))
