"""Import of documents by the real worker: how it grows, one and two at a time, what a person waits meanwhile; with servers too."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker.benchmarks import Row
from tracker.benchmarks.analysis import CORPUS, ROOT
from tracker.benchmarks.papers import write_papers

TITLE = "导入"

SIZES = (10, 30, 60)
WAIT = 3600.0
MOST_NAMES = 1000
SMALL = 10_000  # small documents in one batch
PARTS = (0.1, 0.5, 1.0)  # of them: the cost of one must not grow
TOLD_EVERY = 15.0  # seconds between two lines on how far a long run is
SERVER = os.environ.get("JIANNUO_BENCH_DATABASE", "postgresql://postgres@127.0.0.1:5432/postgres")
BROKERS = {"Redis": "redis://127.0.0.1:6379/8", "RabbitMQ": "amqp://guest:guest@127.0.0.1:5672//"}
STARTED = "SELECT count(*) FROM tracker_importjob WHERE started_at IS NOT NULL"
# read, stored and matched: a document that still waits for its organisation's turn is not imported
OPEN = (
    "SELECT (SELECT count(*) FROM tracker_importjob WHERE state IN ('pending', 'running')),"
    " (SELECT count(*) FROM tracker_linkingwish)"
)
# seconds from the first document that was taken up until so many were read
READ_BY = (
    "SELECT extract(epoch FROM finished_at - (SELECT min(started_at) FROM tracker_importjob)) FROM tracker_importjob"
    " WHERE state = 'done' ORDER BY finished_at OFFSET %s LIMIT 1"
)
RECORDS = (
    "SELECT d.sha256 || r.kind || r.fingerprint AS mark FROM tracker_document d JOIN ("
    "SELECT 'goal' AS kind, document_id, fingerprint FROM tracker_goal UNION ALL"
    " SELECT 'result', document_id, fingerprint FROM tracker_result) r ON r.document_id = d.id"
)
LINKS = (
    "SELECT concat_ws('|', gd.sha256, g.fingerprint, rd.sha256, r.fingerprint, l.state, l.relation, l.score) AS mark"
    " FROM tracker_link l JOIN tracker_goal g ON g.id = l.goal_id JOIN tracker_document gd ON gd.id = g.document_id"
    " JOIN tracker_result r ON r.id = l.result_id JOIN tracker_document rd ON rd.id = r.document_id"
)
OUTCOME = "SELECT count(*), count(*) - count(DISTINCT mark), md5(string_agg(mark, ',' ORDER BY mark)) FROM ({}) marks"


def run(*, largest: bool = False, files: int = 0) -> Iterator[Row]:
    """Three sizes with one worker, each against reading and analysing the same files without a database; then two workers.

    ``largest`` adds the whole corpus (of it ``files`` at most, when given) on PostgreSQL through Redis and RabbitMQ.
    """
    corpus = sorted(CORPUS.glob("*.md"))
    if not corpus:
        return
    for size in SIZES:
        chosen = corpus[:: len(corpus) // size][:size]
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
        "导入时网页写一行", f"{len(waits)} 次", late, "50 毫秒（上限）", late / 0.05,
        f"p95；中位数 {waits[len(waits) // 2] * 1000:.1f} 毫秒，最长 {waits[-1] * 1000:.0f} 毫秒；2 个进程在导入",
    )  # fmt: skip
    if largest:
        yield from run_servers(corpus[:: max(1, len(corpus) // files)][:files] if files else corpus)
        yield from run_small(min(SMALL, files * 10) if files else SMALL)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run on PostgreSQL took, and what it left in the database."""

    seconds: float
    done: int
    again: int
    records: tuple[int, int, str]  # number, of them doubled, digest of all
    links: tuple[int, int, str]
    read_by: tuple[float, ...]  # seconds until each of the PARTS was read

    def sentence(self, files: int, usual: Outcome) -> str:
        same = self.records == usual.records and self.links == usual.links
        return (
            f"{files / self.seconds:.1f} 份/秒，{self.records[0] / self.seconds:.0f} 条记录/秒；读成 {self.done}，遗失 {files - self.done}，"
            f"重做 {self.again}；记录 {self.records[0]} 条、关联 {self.links[0]} 条，重复 {self.records[1] + self.links[1]}"
            + ("" if self is usual else "，与 1 个进程的逐条相同" if same else "，与 1 个进程的不同")
        )


def run_servers(files: list[Path]) -> Iterator[Row]:
    """Files on PostgreSQL, a fresh database each time: two workers through each broker against one worker through Redis."""
    size = f"{len(files)} 份"
    one = _import_to_server(files, "Redis", workers=1)
    yield Row("导入 PostgreSQL，Redis，1 个进程", size, one.seconds, "", None, one.sentence(len(files), one))
    for name in BROKERS:
        two = _import_to_server(files, name, workers=2)
        yield Row(
            f"导入 PostgreSQL，{name}，2 个进程", size, two.seconds, f"1 个进程 {one.seconds:.0f} 秒", two.seconds / one.seconds,
            f"快 {one.seconds / two.seconds:.2f} 倍；{two.sentence(len(files), one)}",
        )  # fmt: skip


def run_small(number: int) -> Iterator[Row]:
    """Very many small documents of a thousand bodies in one batch: whether the last ones cost as much as the first."""
    with tempfile.TemporaryDirectory() as folder:
        made = _import_to_server(write_papers(Path(folder), number), "Redis", workers=2)
    first = made.read_by[0] / PARTS[0]
    for part, seconds in zip(PARTS, made.read_by, strict=True):
        read = int(number * part)
        told = f"{read / seconds:.1f} 份/秒"
        if part == PARTS[-1]:
            told += f"；全部关联完 {made.seconds:.0f} 秒；{made.sentence(number, made)}"
        yield Row(
            "一批小文件，PostgreSQL，Redis，2 个进程", f"前 {read} 份", seconds, "按最先一成的速度", seconds / (first * part), told
        )


def _import_to_server(files: list[Path], broker: str, *, workers: int) -> Outcome:
    import psycopg  # only where the servers are there

    name = f"jiannuo_bench_{os.getpid()}"
    base = SERVER.rsplit("/", 1)[0]
    with psycopg.connect(SERVER, autocommit=True) as server, tempfile.TemporaryDirectory() as folder:
        server.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        place = _place(folder, BROKERS[broker]) | {"JIANNUO_DATABASE_URL": f"{base}/{name}", "JIANNUO_QUEUE": name}
        try:
            _queue(files, place)
            server.execute("CHECKPOINT")  # what the run before has written is not this one's work
            with _Worker(place, workers), psycopg.connect(f"{base}/{name}", autocommit=True) as database:
                return _watch_server(database, len(files), f"{broker}，{workers} 个进程")
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _watch_server(database: Any, files: int, title: str) -> Outcome:
    end = time.monotonic() + WAIT
    while not database.execute(STARTED).fetchone()[0] and time.monotonic() < end:
        time.sleep(0.05)
    started = told = time.perf_counter()
    while any(left := database.execute(OPEN).fetchone()) and time.monotonic() < end:
        time.sleep(0.2)
        if (now := time.perf_counter()) - told > TOLD_EVERY:
            told = now
            said = f"{title}：{now - started:.0f} 秒，读完 {files - left[0]}/{files} 份，待关联 {left[1]} 份"
            print(said, file=sys.stderr, flush=True)
    seconds = time.perf_counter() - started
    done, again = database.execute(
        "SELECT count(*) FILTER (WHERE state = 'done'), count(*) FILTER (WHERE attempt > 1) FROM tracker_importjob"
    ).fetchone()
    records, links = (database.execute(OUTCOME.format(query)).fetchone() for query in (RECORDS, LINKS))
    ends = (database.execute(READ_BY, [max(0, int(done * part) - 1)]).fetchone() for part in PARTS)
    return Outcome(seconds, done, again, records, links, tuple(float(end[0]) if end else 0.0 for end in ends))


def _extract(files: list[Path]) -> float:
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "manage.py", "extract", *map(str, files)], cwd=ROOT, capture_output=True, check=True
    )
    return time.perf_counter() - started


def _import(files: list[Path], *, workers: int) -> tuple[float, list[float]]:
    """Seconds from the worker's first job until the last document is matched, and how long small writes took meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        place = _place(folder, "filesystem://localhost")
        _queue(files, place)
        with _Worker(place, workers):
            return _watch(Path(folder) / "jiannuo.sqlite3")


def _place(folder: str, broker: str) -> dict[str, str]:
    return os.environ | {"JIANNUO_DATA": folder, "JIANNUO_LOG_LEVEL": "ERROR", "JIANNUO_BROKER_URL": broker}


def _queue(files: list[Path], place: dict[str, str]) -> None:
    # ten thousand names are too long for a command
    paths = {str(file.parent) for file in files} if len(files) > MOST_NAMES else map(str, files)
    for command in (("migrate", "-v0"), ("import_documents", *paths)):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=place, capture_output=True, check=True)


class _Worker:
    """The worker of ``make serve`` with so many processes, and the beat in it; ended with all its processes."""

    def __init__(self, place: dict[str, str], processes: int) -> None:
        celery = [sys.executable, "-m", "celery", "-q", "-A", "tracker.celery", "worker", "--loglevel", "ERROR"]
        beat = ["-B", "-s", f"{place['JIANNUO_DATA']}/beat-of-bench"]
        self._command = [*celery, *beat, "--concurrency", str(processes), "--without-gossip", "--without-mingle"]
        self._place = place

    def __enter__(self) -> None:
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(self._command, cwd=ROOT, env=self._place, stdout=quiet, stderr=quiet)

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()


def _watch(database: Path) -> tuple[float, list[float]]:
    connection = sqlite3.connect(database, timeout=20, isolation_level=None)
    end = time.monotonic() + WAIT
    while not connection.execute(STARTED).fetchone()[0] and time.monotonic() < end:
        time.sleep(0.01)
    started, waits = time.perf_counter(), []
    connection.execute("CREATE TABLE bench_probe (id INTEGER PRIMARY KEY, at REAL)")
    while any(connection.execute(OPEN).fetchone()) and time.monotonic() < end:
        before = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO bench_probe (at) VALUES (?)", (before,))
        connection.execute("COMMIT")
        waits.append(time.perf_counter() - before)
        time.sleep(0.02)
    return time.perf_counter() - started, waits
