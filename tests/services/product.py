"""The real product in processes of its own, on a data folder of its own: for tests that start, kill and watch it."""
from __future__ import annotations

import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent.parent
CELERY = [sys.executable, "-m", "celery", "-A", "tracker.celery"]
STATEMENT_COLUMNS = 'd.name, o.name, s.quote, s.start, s."end", s.indicator, s.value, s.unit, s.period_end'
STATEMENTS = (
    "SELECT {} FROM tracker_{} s JOIN tracker_document d ON d.id = s.document_id JOIN tracker_organisation o ON o.id = s.organisation_id"
)
# where a goal and a result (or two of a kind) stand, whatever their numbers
ENDS = "gd.name, g.start, g.fingerprint, rd.name, r.start, r.fingerprint"
JOIN = "{0} JOIN tracker_{1} {2} ON {2}.id = {3} {0} JOIN tracker_document {2}d ON {2}d.id = {2}.document_id"
SERVER = "postgresql://postgres@127.0.0.1:5432"
REDIS = "redis://127.0.0.1:6379"
RABBITMQ = "amqp://guest:guest@127.0.0.1:5672//"
OPEN_JOBS = "SELECT count(*) FROM tracker_importjob WHERE state IN ('pending', 'running')"

WAITING = "SELECT count(*) FROM tracker_linkingwish"  # documents that are read and not matched


@contextmanager
def fresh_database(template: str = "") -> Iterator[str]:
    """The URL of a new PostgreSQL database (a copy of ``template``, or empty) that is dropped afterwards."""
    name = f"jiannuo_test_{uuid.uuid4().hex[:10]}"
    source = template.rsplit("/", 1)[1] if template else "template0"
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE {source}")
        try:
            yield f"{SERVER}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Product:
    """Commands, worker and database of one installation."""

    def __init__(self, folder: Path, *, database: str = "", broker: str = "filesystem://localhost", **environment: str) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.database = folder, database
        self.environment = os.environ | {
            "JIANNUO_DATA": str(folder), "JIANNUO_BROKER_URL": broker, "JIANNUO_LOG_LEVEL": "WARNING",
            "JIANNUO_JOB_LEASE_SECONDS": "2", "JIANNUO_SWEEP_SECONDS": "1", "JIANNUO_JOB_RESEND_SECONDS": "3",
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
        } | ({"JIANNUO_DATABASE_URL": database} if database else {}) | environment
        self.processes: list[subprocess.Popen[bytes]] = []

    def manage(self, *arguments: str) -> str:
        """Output of a management command; it must succeed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def run_python(self, code: str, *arguments: str) -> int:
        """Exit status of a script in the installation's environment."""
        log = (self.folder / "script.log").open("ab")
        return subprocess.run(
            [sys.executable, "-c", code, *arguments], cwd=ROOT, env=self.environment, stdout=log, stderr=log, timeout=120
        ).returncode

    def start(self, *command: str, largest_file: int = 0) -> subprocess.Popen[bytes]:
        """A process of its own group. ``largest_file`` bytes: what a full disk does to it."""
        log = (self.folder / f"process-{len(self.processes)}.log").open("wb")

        def limit() -> None:
            if largest_file:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

        process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=limit
        )
        self.processes.append(process)
        return process

    def start_worker(self, concurrency: int = 1, *, beat: bool = True, **options: int) -> subprocess.Popen[bytes]:
        """A worker, with a beat inside."""
        number = len(self.processes)
        timed = ("-B", "-s", str(self.folder / f"beat-{number}")) if beat else ()
        return self.start(
            *CELERY, "worker", *timed, "--concurrency", str(concurrency), "--without-gossip", "--without-mingle",
            "--loglevel", "INFO", "--pidfile=", "-n", f"{self.folder.name}-{number}@test", **options,
        )

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9, with all its children."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def stop_all(self) -> None:
        for process in self.processes:
            self.kill(process)

    def rows(self, query: str) -> list[tuple]:
        if self.database:
            with psycopg.connect(self.database) as server:
                return server.execute(query).fetchall()
        connection = sqlite3.connect(f"file:{self.folder / 'jiannuo.sqlite3'}?mode=ro", uri=True, timeout=10)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def wait_for(self, query: str, wanted, seconds: float = 60) -> None:
        """Until the query's first value is what is wanted."""
        end, seen = time.monotonic() + seconds, None
        while time.monotonic() < end:
            seen = self.rows(query)[0][0]
            if seen == wanted:
                return
            time.sleep(0.01)
        raise AssertionError(f"{query}: {seen}, not {wanted}\n{self.logs()[-3000:]}")

    def wait_until_done(self, seconds: float = 90) -> None:
        """Until every job has ended and every organisation is matched."""
        self.wait_for(OPEN_JOBS, 0, seconds)
        self.wait_for(WAITING, 0, 20)

    def busy_processes(self) -> set[tuple[str, str]]:
        """Processes of the workers that have read a document, as their logs name them."""
        done = re.compile(r"/(\w+-\d+)\] Task tracker\.tasks\.import_document\[\S+\] succeeded")
        return {(path.name, name) for path in self.folder.glob("process-*.log") for name in done.findall(path.read_text(errors="replace"))}

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("process-*.log")))

    def outcome(self) -> dict[str, list[str]]:
        """All that an import leaves, told by documents and places, so that two installations can be compared by it."""
        def told(query: str) -> list[str]:
            return sorted(repr([str(float(cell)) if _is_number(cell) else str(cell) for cell in row]) for row in self.rows(query))

        def told_of_two(columns: str, table: str, first: tuple[str, str], second: tuple[str, str]) -> list[str]:
            joined = f"{JOIN.format('LEFT', first[0], 'g', first[1])} {JOIN.format('LEFT', second[0], 'r', second[1])}"
            return told(f"SELECT {ENDS}, {columns} FROM tracker_{table} t {joined}")

        return {
            "goals": told(STATEMENTS.format(STATEMENT_COLUMNS, "goal")),
            "results": told(STATEMENTS.format(STATEMENT_COLUMNS, "result")),
            "links": told_of_two("t.state, t.relation, t.score", "link", ("goal", "t.goal_id"), ("result", "t.result_id")),
            "changes": told_of_two("t.kind, t.sentence", "goalchange", ("goal", "t.goal_id"), ("goal", "t.later_id")),
            "findings": told_of_two("t.kind, t.sentence", "finding", ("result", "t.result_id"), ("result", "t.other_id")),
            "organisations": told("SELECT name, key FROM tracker_organisation"),
        }


def _is_number(cell: object) -> bool:
    try:
        float(cell)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return True
