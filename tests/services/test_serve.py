"""``serve``: one command starts web, worker and beat; a dead one comes back; Ctrl-C ends all."""
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.services.product import ROOT, Product
from tracker import supervisor
from tracker.webserver import Turns


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def children(pid: int) -> dict[int, str]:
    """Process id → command line, of the direct children."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) == pid:
                found[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def worker_of(pid: int) -> int | None:
    return next((child for child, command in children(pid).items() if " worker " in command), None)


def wait_until(condition, seconds: float = 60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError("too late")


def answers(port: int) -> int | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as page:
            return page.status
    except OSError:
        return None


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="看子进程要靠 /proc")
def test_one_command_starts_all_and_ctrl_c_ends_all(tmp_path):
    product, port = Product(tmp_path / "var"), free_port()
    serving = product.start(sys.executable, "manage.py", "serve", "--port", str(port), "--web", "1", "--jobs", "1")
    try:
        assert wait_until(lambda: answers(port)) == 200
        wait_until(lambda: "网站已启动" in product.logs())
        wait_until(lambda: len(children(serving.pid)) == 3)
        first = worker_of(serving.pid)
        os.kill(first, signal.SIGKILL)
        second = wait_until(lambda: (found := worker_of(serving.pid)) != first and found)
        assert second != first
        taken = subprocess.run(
            [sys.executable, "manage.py", "serve", "--port", str(port)], cwd=ROOT, env=product.environment, capture_output=True, text=True
        )
        assert taken.returncode == 1 and "已被占用" in taken.stderr
        started = list(children(serving.pid))
        serving.send_signal(signal.SIGINT)
        assert serving.wait(timeout=40) == 0
        assert "已全部停止" in product.logs()
        assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]
    finally:
        product.stop_all()


def slow_upload(port: int) -> socket.socket:
    """A connection that has announced a large file and sends no more of it."""
    line = socket.create_connection(("127.0.0.1", port), timeout=10)
    line.sendall(b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000000\r\n\r\na=")
    return line


def test_silent_connections_and_a_slow_upload_keep_nobody_waiting(tmp_path):
    """A browser opens connections in advance, and an office's line may be slow: others get their pages meanwhile."""
    product, port = Product(tmp_path / "var"), free_port()
    product.manage("migrate", "-v0")
    web = supervisor.product("127.0.0.1", port, web=2, jobs=1)[0]
    product.start(*web.command)
    lines = []
    try:
        assert wait_until(lambda: answers(port)) == 200
        lines = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(30)]
        lines += [slow_upload(port) for _ in range(2)]
        assert [answers(port) for _ in range(10)] == [200] * 10
    finally:
        for line in lines:
            line.close()
        product.stop_all()


def test_pages_take_turns_and_what_is_sent_waits_for_nobody(monkeypatch):
    monkeypatch.setattr(Turns, "PATIENCE", 0.01)
    busy = []
    turns = Turns(lambda environ, start: busy.append(turns.turn.locked()) or [b""])
    turns({"REQUEST_METHOD": "GET"}, None)
    assert busy == [True] and not turns.turn.locked()
    turns({"REQUEST_METHOD": "POST"}, None)
    assert busy == [True, False]
    with turns.turn:        # another page takes long: this one is made all the same, and the turn stays the other's
        turns({"REQUEST_METHOD": "GET"}, None)
        assert busy == [True, False, True] and turns.turn.locked()


def test_a_page_that_fails_gives_its_turn_back():
    def fail(environ, start):
        raise ValueError

    turns = Turns(fail)
    with pytest.raises(ValueError):
        turns({"REQUEST_METHOD": "GET"}, None)
    assert not turns.turn.locked()
