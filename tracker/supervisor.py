"""Several processes as one: started together, started again when one dies, stopped together by Ctrl-C or SIGTERM."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

TERM_WAIT = 20.0  # seconds that a child may take to end what it is at
LONGEST_PAUSE = 30.0  # seconds between two starts of a child that keeps dying
STEADY = 60.0  # a child that lived so long starts again at once
PR_SET_PDEATHSIG = 1
QUIET_WARNINGS = "ignore::RuntimeWarning,ignore::UserWarning"  # those of libraries say nothing to who runs the product


@dataclass
class Child:
    """One process, and when it was last started."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    deaths: int = 0

    def start(self) -> None:
        environment = os.environ | {"PYTHONWARNINGS": QUIET_WARNINGS}
        self.process = subprocess.Popen(
            self.command, env=environment, preexec_fn=_end_with_parent, start_new_session=True
        )
        self.started_at = time.monotonic()

    def ask_to_end(self) -> None:
        """The child ends its own helpers, each after what it is at."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def kill(self) -> None:
        """The child and all that it has started, at once."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _end_with_parent() -> None:
    """Linux: a child whose supervisor is killed outright ends too, so that the port is free for the next start."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Supervisor:
    """Runs children until it is told to stop. ``tell`` gets a sentence for each event."""

    children: list[Child]
    tell: Callable[[str], object] = print
    _stopping: bool = field(default=False, init=False)

    def run(self, on_start: Callable[[], object] | None = None) -> None:
        """Start all, keep them alive, and return after SIGINT or SIGTERM when all have ended."""
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            for child in self.children:
                child.start()
            if on_start is not None:
                on_start()
            while not self._stopping:
                self._look()
                time.sleep(0.2)
        finally:
            self._end_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    @property
    def stopping(self) -> bool:
        """Whether the end has been asked for."""
        return self._stopping

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _look(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self._note_death(child, now)
            if child.process is None and now >= child.start_again_at:
                child.start()

    def _note_death(self, child: Child, now: float) -> None:
        code = child.process.returncode if child.process else 0
        child.kill()  # helpers that have outlived it
        child.deaths = 1 if now - child.started_at > STEADY else child.deaths + 1
        pause = min(2.0 ** (child.deaths - 1), LONGEST_PAUSE)
        self.tell(f"{child.name}进程意外退出（{code}），{pause:.0f} 秒后重新启动。")
        child.process, child.start_again_at = None, now + pause

    def _end_all(self) -> None:
        for child in self.children:
            child.ask_to_end()
        end = time.monotonic() + TERM_WAIT
        for child in self.children:
            if child.process is not None:
                try:
                    child.process.wait(max(0.1, end - time.monotonic()))
                except subprocess.TimeoutExpired:
                    self.tell(
                        f"{child.name}进程 {TERM_WAIT:.0f} 秒内没有结束，强行停止；没做完的任务下次启动时接着做。"
                    )
                    child.kill()


# Who is busy takes no more: a process accepts few connections, makes one page at a time (``tracker.webserver.Turns``) and
# leaves the others to the processes that are idle. A connection that is kept open would stay with one of them.
SPREAD = ("--threads", "3", "--worker-connections", "3", "--keep-alive", "0")


def web_processes() -> int:
    """Two for each core: one works while the other waits for the database."""
    return min(2 * (os.cpu_count() or 1), 8)


def product(host: str, port: int, *, web: int, jobs: int) -> list[Child]:
    """The product's processes: web, worker, beat."""
    celery = [sys.executable, "-m", "celery", "-q", "-A", "tracker.celery"]
    quiet = ["--loglevel", "WARNING"]
    # in a single office nobody listens to the workers' talk among themselves
    silent = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    gunicorn = [sys.executable, "-m", "gunicorn", "tracker.wsgi:application", "--bind", f"{host}:{port}"]
    spread = ["--workers", str(web), *SPREAD, "--preload", "--config", "python:tracker.webserver"]
    return [
        Child("网站", [*gunicorn, *spread, "--timeout", "120", "--log-level", "warning"]),
        Child("后台任务", [*celery, "worker", "--concurrency", str(jobs), *silent, *quiet]),
        Child("定时任务", [*celery, "beat", "--pidfile=", *quiet]),
    ]


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens at this address yet."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def wait_until_up(url: str, *, seconds: float = 60.0, stop: Callable[[], bool] = lambda: False) -> bool:
    """Whether a page answers within the time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not stop():
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own address
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.3)
    return False
