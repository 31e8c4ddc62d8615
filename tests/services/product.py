"""The real product in processes of its own, on a data folder of its own: for tests that start, kill and watch it."""
from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CELERY = [sys.executable, "-m", "celery", "-A", "tracker.celery"]
STATEMENT_COLUMNS = "document_id, quote, start, end, indicator, value, unit, period_end"


class Product:
    """Commands, worker and database of one installation."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.environment = os.environ | {
            "JIANNUO_DATA": str(folder), "JIANNUO_BROKER_URL": "filesystem://", "JIANNUO_LOG_LEVEL": "WARNING",
            "JIANNUO_JOB_LEASE_SECONDS": "2", "JIANNUO_SWEEP_SECONDS": "1", "JIANNUO_JOB_RESEND_SECONDS": "5",
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
        } | environment
        self.processes: list[subprocess.Popen[bytes]] = []

    def manage(self, *arguments: str) -> str:
        """Output of a management command; it must succeed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"process-{len(self.processes)}.log").open("wb")
        process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        self.processes.append(process)
        return process

    def start_worker(self, concurrency: int = 1) -> subprocess.Popen[bytes]:
        """A worker with a beat inside."""
        return self.start(
            *CELERY, "worker", "-B", "--concurrency", str(concurrency), "--without-gossip", "--without-mingle",
            "--loglevel", "INFO", "--pidfile=", "-s", str(self.folder / f"beat-{len(self.processes)}"),
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

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("process-*.log")))

    def outcome(self) -> dict[str, list[tuple]]:
        """All that an import leaves, in a form that two installations can be compared by."""
        ends = "FROM tracker_link l JOIN tracker_goal g ON g.id = l.goal_id JOIN tracker_result r ON r.id = l.result_id"
        return {
            "goals": sorted(self.rows(f"SELECT {STATEMENT_COLUMNS} FROM tracker_goal"), key=repr),
            "results": sorted(self.rows(f"SELECT {STATEMENT_COLUMNS} FROM tracker_result"), key=repr),
            "links": sorted(self.rows(f"SELECT g.quote, g.start, r.quote, r.start, l.state, l.relation, l.score {ends}"), key=repr),
        }
