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

from tracker.benchmarks import Row
from tracker.benchmarks.analysis import CORPUS, ROOT

SIZES = (10, 30, 60)
WAIT = 600.0
OPEN_JOBS = "SELECT count(*) FROM tracker_importjob WHERE state IN ('pending', 'running')"


def run() -> Iterator[Row]:
    """Three sizes with one worker, each against reading and analysing the same files without a database; then two workers."""
    files = sorted(CORPUS.glob("*.md"))
    if not files:
        return
    for size in SIZES:
        chosen = files[:: len(files) // size][:size]
        bare = _extract(chosen)
        one, _ = _import(chosen, workers=1)
        yield Row("导入，1 个进程", f"{size} 份", one, f"只抽取不入库 {bare:.1f} 秒", one / bare, f"{size / one:.1f} 份/秒")
    two, waits = _import(chosen, workers=2)
    yield Row("导入，2 个进程", f"{size} 份", two, f"1 个进程 {one:.1f} 秒", two / one, f"{size / two:.1f} 份/秒")
    waits.sort()
    late = waits[int(len(waits) * 0.95)]
    yield Row("导入时网页写一行", f"{len(waits)} 次", late, "50 毫秒（上限）", late / 0.05, f"p95；中位数 {waits[len(waits) // 2] * 1000:.1f} 毫秒")


def _extract(files: list[Path]) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "manage.py", "extract", *map(str, files)], cwd=ROOT, capture_output=True, check=True)
    return time.perf_counter() - started


def _import(files: list[Path], *, workers: int) -> tuple[float, list[float]]:
    """Seconds from the worker's being ready to the last job's end, and how long small writes took meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        place = os.environ | {"JIANNUO_DATA": folder, "JIANNUO_LOG_LEVEL": "ERROR", "JIANNUO_BROKER_URL": "filesystem://localhost"}
        for command in (("migrate", "-v0"), ("import_documents", *map(str, files))):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=place, capture_output=True, check=True)
        celery = [sys.executable, "-m", "celery", "-q", "-A", "tracker.celery", "worker", "--concurrency", str(workers)]
        worker = subprocess.Popen(
            [*celery, "--loglevel", "ERROR"], cwd=ROOT, env=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            return _watch(Path(folder) / "jiannuo.sqlite3")
        finally:
            worker.terminate()
            worker.wait()


def _watch(database: Path) -> tuple[float, list[float]]:
    connection = sqlite3.connect(database, timeout=20, isolation_level=None)
    started_at = "SELECT count(*) FROM tracker_importjob WHERE started_at IS NOT NULL"
    end = time.monotonic() + WAIT
    while not connection.execute(started_at).fetchone()[0] and time.monotonic() < end:
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
