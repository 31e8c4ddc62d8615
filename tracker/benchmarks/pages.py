"""Pages on a database of a given size against the bare query under them, alone and with ten readers at once.

Each size gets a database of its own: SQLite files by default; with JIANNUO_DATABASE_URL on PostgreSQL new databases beside the
one given, and that one too, as it is, when it holds more goals than they do. Ten readers are asked for with ``wrk`` where
that is installed, through gunicorn as ``manage.py serve`` starts it.
"""
from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg

from tracker.benchmarks import Row
from tracker.supervisor import product, wait_until_up, web_processes

ON_SERVER = os.environ.get("JIANNUO_DATABASE_URL", "").startswith(("postgres:", "postgresql:"))
TITLE = f"页面，{'PostgreSQL' if ON_SERVER else 'SQLite'}"

SIZES = (1_000, 10_000, 100_000)
SERVER_SIZES = (1_000, 10_000)  # on PostgreSQL; the large one is the database given
ROUNDS = 7
READERS = 10
SECONDS = 6
MANAGE = Path(__file__).resolve().parent.parent.parent / "manage.py"
SCRIPT = Path(__file__).with_suffix(".lua")
# different words, so that no search is answered from what another one has left in a cache
SUBJECTS = ("公办学位", "农村公路", "养老床位", "充电桩", "口袋公园", "供水管网", "城市书房", "厂房", "停车位", "卫生室")
WORDS = ("示范", "重点", "市级", "智慧", "便民", "数字")


@dataclass
class Measured:
    """One page: seconds alone, of these the processor's in this process, seconds of the bare query, queries, milliseconds of
    the slowest, p95 of ten readers in milliseconds: who ask again at once, and who read for a second first. None where wrk
    is not installed."""

    name: str
    seconds: float
    worked: float
    bare: float
    queries: int
    slowest: float
    busy: float | None = None
    reading: float | None = None


def run(sizes: Iterable[int] = ()) -> Iterator[Row]:
    """Seconds are medians of ROUNDS requests through Django's test client; the yardstick is a bare SELECT … LIMIT 50."""
    server = os.environ.get("JIANNUO_DATABASE_URL", "")
    first: dict[str, float] = {}
    for size in sizes or (SERVER_SIZES if ON_SERVER else SIZES):
        with (server_place(server, size) if ON_SERVER else file_place()) as place:
            for command in (("migrate", "-v0"), ("make_load", "--goals", str(size), "--results", str(5 * size))):
                subprocess.run([sys.executable, str(MANAGE), *command], env=place, check=True, capture_output=True)
            yield from rows_of(size, measure(place), first)
    if ON_SERVER:
        with psycopg.connect(server) as link:
            (size,) = link.execute("SELECT count(*) FROM tracker_goal").fetchone() or (0,)
        if size > max(SERVER_SIZES):
            yield from rows_of(size, measure(dict(os.environ)), first)


def rows_of(size: int, pages: list[Measured], first: dict[str, float]) -> Iterator[Row]:
    for page in pages:
        smallest = first.setdefault(page.name, page.seconds)
        said = [
            f"为最小一档的 {page.seconds / smallest:.2f} 倍",
            f"网站进程用处理器 {page.worked * 1000:.0f} 毫秒",
            f"{page.queries} 次查询，最慢 {page.slowest:.0f} 毫秒",
        ]
        if page.busy is not None and page.reading is not None:
            said.append(f"{READERS} 人 p95：不停地点 {page.busy:.0f} 毫秒，每页看 1 秒 {page.reading:.0f} 毫秒")
        yield Row(page.name, f"{size:,} 项目标", page.seconds, "裸 SQL 取 50 行", page.seconds / page.bare, "；".join(said))


@contextmanager
def file_place() -> Iterator[dict[str, str]]:
    """Environment of an installation in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        yield os.environ | {"JIANNUO_DATA": folder, "JIANNUO_LOG_LEVEL": "ERROR"}


@contextmanager
def server_place(address: str, size: int) -> Iterator[dict[str, str]]:
    """As ``file_place``, with a new database on the server of this address, dropped afterwards."""
    name = f"jiannuo_bench_{size}"
    with psycopg.connect(address, autocommit=True) as link, file_place() as place:
        link.execute(f"DROP DATABASE IF EXISTS {name}")  # type: ignore[call-overload]  # no name that anybody typed
        link.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
        try:
            yield place | {"JIANNUO_DATABASE_URL": urlunsplit(urlsplit(address)._replace(path=f"/{name}"))}
        finally:
            link.execute(f"DROP DATABASE {name}")  # type: ignore[call-overload]


def measure(place: dict[str, str]) -> list[Measured]:
    """The pages of one installation, measured by processes of its own."""
    command = [sys.executable, "-m", "tracker.benchmarks.pages"]
    probe = subprocess.run(command, env=place, check=True, capture_output=True, text=True, cwd=MANAGE.parent)
    told = json.loads(probe.stdout.splitlines()[-1])
    pages = [Measured(**page) for page in told["pages"]]
    if shutil.which("wrk"):
        with served(place) as port:
            for page in pages:
                page.busy, page.reading = (
                    ninety_fifth(port, told["addresses"][page.name], told["cookie"], pause) for pause in (0, 1000)
                )
    return pages


@contextmanager
def served(place: dict[str, str]) -> Iterator[int]:
    """The web server as ``manage.py serve`` starts it, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    web = product("127.0.0.1", port, web=web_processes(), jobs=1)[0]
    server = subprocess.Popen(web.command, env=place, cwd=MANAGE.parent)
    try:
        wait_until_up(f"http://127.0.0.1:{port}/healthz")
        yield port
    finally:
        server.terminate()
        server.wait()


def ninety_fifth(port: int, addresses: list[str], cookie: str, pause: int) -> float:
    """Milliseconds within which 95 of 100 pages come to ten readers who wait ``pause`` milliseconds between two."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(addresses))
        file.flush()
        place = os.environ | {"PAGES": file.name, "COOKIE": cookie, "PAUSE": str(pause)}
        command = ["wrk", "-t1", f"-c{READERS}", "--timeout", "20s", "-s", str(SCRIPT), f"http://127.0.0.1:{port}"]
        subprocess.run([*command, "-d3s"], env=place, check=True, capture_output=True)  # warms both processes up
        told = subprocess.run([*command, f"-d{SECONDS}s"], env=place, check=True, capture_output=True, text=True).stdout
    words = told.split("P95 ", 1)[1].split()
    if int(words[6]):
        raise RuntimeError(f"{addresses[0]}: {words[6]} answers were wrong")
    return float(words[0])


def time_of(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds, and the processor's seconds in this process: medians."""
    work()
    rounds, worked = [], []
    for _ in range(ROUNDS):
        start, busy = time.perf_counter(), time.process_time()
        work()
        rounds.append(time.perf_counter() - start)
        worked.append(time.process_time() - busy)
    return median(rounds), median(worked)


def addresses(deep: str) -> dict[str, list[str]]:
    """Name of a page → the addresses that stand for it. ``deep`` is the query of a page far down the list."""
    return {
        "首页": ["/"],
        "目标台账 第一页": ["/goals/"],
        "目标台账 筛选": ["/goals/?" + urlencode({"status": status}) for status in ("overdue", "behind", "done")],
        "目标台账 按时限排序": ["/goals/?" + urlencode({"sort": "-deadline"})],
        "目标台账 深处一页": [f"/goals/?{deep}"],
        "目标台账 最后一页": ["/goals/?end=1"],
        "搜索 两个字": ["/search/?" + urlencode({"q": "学位"})],
        "搜索 各种词": ["/search/?" + urlencode({"q": q}) for q in [*SUBJECTS, *WORDS, *(word + subject for word in WORDS for subject in SUBJECTS)]],
        "搜索 各种数字": ["/search/?" + urlencode({"q": q}) for q in range(100, 3000, 37)],
        "单位": ["/organisations/"],
    }


def probe() -> dict[str, Any]:
    """Measures this process's database; gives the pages, their addresses and a session for a load tool."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    django.setup()
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tracker.models import GoalStatus, StatusDay

    client = Client()
    reader, _ = User.objects.get_or_create(username="bench", defaults={"is_superuser": True})
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    day = StatusDay.objects.order_by("-as_of")[0].as_of
    halfway = GoalStatus.objects.filter(as_of=day).count() // 2
    pks = GoalStatus.objects.filter(as_of=day).order_by("gap", "goal_id").values_list("goal_id", flat=True)
    pages = addresses(urlencode({"after": pks[halfway], "from": halfway + 2}))

    def bare() -> list:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM tracker_goal ORDER BY period_end DESC, id DESC LIMIT 50")
            return cursor.fetchall()

    yardstick, _ = time_of(bare)
    found = []
    for name, (first, *_) in pages.items():
        client.get(first)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(first)
        if answer.status_code != 200:
            raise RuntimeError(f"{first}: {answer.status_code}")
        took = [float(query["time"]) * 1000 for query in queries.captured_queries]
        seconds, worked = time_of(lambda first=first: client.get(first))
        found.append(Measured(name, seconds, worked, yardstick, len(took), max(took)))
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    return {"pages": [asdict(page) for page in found], "addresses": pages, "cookie": cookie}


if __name__ == "__main__":
    print(json.dumps(probe(), ensure_ascii=False))
