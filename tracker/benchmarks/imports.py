"""Import of documents by the real worker with the embedded queue: one and two at a time, and what a person waits meanwhile."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tracker.benchmarks import Row
from tracker.benchmarks.analysis import CORPUS, ROOT

SIZES = (10, 30, 60)
WAIT = 3600.0
SERVER = os.environ.get("JIANNUO_BENCH_DATABASE", "postgresql://postgres@127.0.0.1:5432/postgres")
BROKERS = {"Redis": "redis://127.0.0.1:6379/8", "RabbitMQ": "amqp://guest:guest@127.0.0.1:5672//"}
STARTED = "SELECT count(*) FROM tracker_importjob WHERE started_at IS NOT NULL"
OPEN_JOBS = "SELECT count(*) FROM tracker_importjob WHERE state IN ('pending', 'running')"


def run(*, largest: bool = False) -> Iterator[Row]:
    """Three sizes with one worker, each against reading and analysing the same files without a database; then two workers.

    ``largest`` adds the whole corpus on PostgreSQL through Redis and RabbitMQ.
    """
    files = sorted(CORPUS.glob("*.md"))
    if not files:
        return
    for size in SIZES:
        chosen = files[:: len(files) // size][:size]
        bare = _extract(chosen)
        one, _ = _import(chosen, workers=1)
        yield Row(
            "导入，1 个进程", f"{size} 份", one, f"只抽取不入库 {bare:.1f} 秒", one / bare, f"{size / one:.1f} 份/秒"
        )
    two, waits = _import(chosen, workers=2)
    yield Row("导入，2 个进程", f"{size} 份", two, f"1 个进程 {one:.1f} 秒", two / one, f"{size / two:.1f} 份/秒")
    waits.sort()
    late = waits[int(len(waits) * 0.95)]
    yield Row(
        "导入时网页写一行",
        f"{len(waits)} 次",
        late,
        "50 毫秒（上限）",
        late / 0.05,
        f"p95；中位数 {waits[len(waits) // 2] * 1000:.1f} 毫秒",
    )

    if largest:
        yield from run_servers(files)


def run_servers(files: list[Path]) -> Iterator[Row]:
    """All files on PostgreSQL: two workers through each broker against one worker through Redis; every document once."""
    one, _ = _import_to_server(files, BROKERS["Redis"], workers=1)
    yield Row("导入 PostgreSQL，Redis，1 个进程", f"{len(files)} 份", one, "", None, f"{len(files) / one:.1f} 份/秒")
    for name, broker in BROKERS.items():
        two, said = _import_to_server(files, broker, workers=2)
        yield Row(
            f"导入 PostgreSQL，{name}，2 个进程", f"{len(files)} 份", two, f"1 个进程 {one:.0f} 秒", two / one,
            f"{len(files) / two:.1f} 份/秒，{said}",
        )  # fmt: skip


def _import_to_server(files: list[Path], broker: str, *, workers: int) -> tuple[float, str]:
    """Seconds, and a sentence on what was lost or doubled."""
    import psycopg  # only where the servers are there

    name = f"jiannuo_bench_{os.getpid()}"
    base = SERVER.rsplit("/", 1)[0]
    with psycopg.connect(SERVER, autocommit=True) as server, tempfile.TemporaryDirectory() as folder:
        server.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        place = _place(folder, broker) | {"JIANNUO_DATABASE_URL": f"{base}/{name}", "JIANNUO_QUEUE": name}
        try:
            _queue(files, place)
            worker = _start_worker(place, workers)
            try:
                with psycopg.connect(f"{base}/{name}", autocommit=True) as database:
                    return _watch_server(database, len(files))
            finally:
                worker.terminate()
                worker.wait()
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _watch_server(database: Any, files: int) -> tuple[float, str]:
    end = time.monotonic() + WAIT
    while not database.execute(STARTED).fetchone()[0] and time.monotonic() < end:
        time.sleep(0.05)
    started = time.perf_counter()
    while database.execute(OPEN_JOBS).fetchone()[0] and time.monotonic() < end:
        time.sleep(0.2)
    seconds = time.perf_counter() - started
    done, again = database.execute(
        "SELECT count(*) FILTER (WHERE state = 'done'), count(*) FILTER (WHERE attempt > 1) FROM tracker_importjob"
    ).fetchone()
    return seconds, f"读成 {done}，遗失 {files - done}，重做 {again}"


def _extract(files: list[Path]) -> float:
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "manage.py", "extract", *map(str, files)], cwd=ROOT, capture_output=True, check=True
    )
    return time.perf_counter() - started


def _import(files: list[Path], *, workers: int) -> tuple[float, list[float]]:
    """Seconds from the worker's first job to the last job's end, and how long small writes took meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        place = _place(folder, "filesystem://localhost")
        _queue(files, place)
        worker = _start_worker(place, workers)
        try:
            return _watch(Path(folder) / "jiannuo.sqlite3")
        finally:
            worker.terminate()
            worker.wait()


def _place(folder: str, broker: str) -> dict[str, str]:
    return os.environ | {"JIANNUO_DATA": folder, "JIANNUO_LOG_LEVEL": "ERROR", "JIANNUO_BROKER_URL": broker}


def _queue(files: list[Path], place: dict[str, str]) -> None:
    for command in (("migrate", "-v0"), ("import_documents", *map(str, files))):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=place, capture_output=True, check=True)


def _start_worker(place: dict[str, str], workers: int) -> subprocess.Popen[bytes]:
    celery = [sys.executable, "-m", "celery", "-q", "-A", "tracker.celery", "worker", "--concurrency", str(workers)]
    return subprocess.Popen(
        [*celery, "--loglevel", "ERROR"], cwd=ROOT, env=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _watch(database: Path) -> tuple[float, list[float]]:
    connection = sqlite3.connect(database, timeout=20, isolation_level=None)
    end = time.monotonic() + WAIT
    while not connection.execute(STARTED).fetchone()[0] and time.monotonic() < end:
        time.sleep(0.01)
    started, waits = time.perf_counter(), []
    connection.execute("CREATE TABLE bench_probe (id INTEGER PRIMARY KEY, at REAL)")
    while connection.execute(OPEN_JOBS).fetchone()[0] and time.monotonic() < end:
        before = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO bench_probe (at) VALUES (?)", (before,))
        connection.execute("COMMIT")
        waits.append(time.perf_counter() - before)
        time.sleep(0.02)
    return time.perf_counter() - started, waits
