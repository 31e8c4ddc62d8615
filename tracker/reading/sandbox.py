"""Reading in a process of its own: bounded memory, ended when it hangs, replaced when it dies. The caller lives on.

A process is kept for the next file, so that a file costs a millisecond and not a start of Python."""
from __future__ import annotations

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .errors import ReadingError
from .limits import Limits
from .readers import SLOW
from .records import Draft, Line, Sheet

ROOT = Path(__file__).resolve().parents[2]
_idle: dict[tuple[int, int], list[Worker]] = {}
_lock = threading.Lock()


class Worker:
    """A child process that reads one file after another."""

    def __init__(self, memory: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.child", str(memory)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"},
        )

    def ask(self, data: bytes, format: str, limits: Limits, seconds: float) -> dict[str, Any]:
        """The child's answer. Raises TimeoutError when it takes too long, EOFError when the child died."""
        assert self.process.stdin and self.process.stdout
        deadline = time.monotonic() + seconds
        head = json.dumps({"format": format, "size": len(data), "limits": asdict(limits)}).encode("ascii") + b"\n"
        self._write(head, deadline)
        self._write(data, deadline)
        answer = b""
        while b"\n" not in answer:
            answer += self._read(deadline)
        length, _, payload = answer.partition(b"\n")
        parts, got = [payload], len(payload)
        while got < int(length):
            parts.append(self._read(deadline))
            got += len(parts[-1])
        result: dict[str, Any] = json.loads(b"".join(parts))
        return result

    def _write(self, data: bytes, deadline: float) -> None:
        assert self.process.stdin
        handle, view = self.process.stdin.fileno(), memoryview(data)
        os.set_blocking(handle, False)
        while view:
            if not select.select([], [handle], [], max(0.0, deadline - time.monotonic()))[1]:
                raise TimeoutError
            try:
                view = view[os.write(handle, view[: 1 << 20]) :]
            except BrokenPipeError as error:
                raise EOFError from error

    def _read(self, deadline: float) -> bytes:
        assert self.process.stdout
        handle = self.process.stdout.fileno()
        if not select.select([handle], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise TimeoutError
        block = os.read(handle, 1 << 20)
        if not block:
            raise EOFError
        return block

    def end(self, patience: float = 0.0) -> int:
        """End the child, after ``patience`` seconds in which it may end by itself; returns how it ended."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        self.process.kill()
        code = self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()
        return code


def read_apart(data: bytes, format: str, limits: Limits) -> Draft:
    """Draft of a file, read in another process within ``limits``.

    Raises ReadingError: what the reader found wrong, or 'too-slow', 'crashed'."""
    slow = format in SLOW
    memory, seconds = (limits.slow_memory, limits.slow_seconds) if slow else (limits.memory, limits.seconds)
    for attempt in (1, 2):
        worker, used = _take(memory)
        try:
            answer = worker.ask(data, format, limits, seconds)
        except TimeoutError as error:
            worker.end()
            raise ReadingError("too-slow", seconds=round(seconds)) from error
        except (EOFError, OSError, ValueError) as error:
            aborted = worker.end(1.0) == -signal.SIGABRT      # so do native libraries when memory is refused
            if used and attempt == 1 and not aborted:      # it may have been on its way out: once more with a fresh one
                continue
            raise (ReadingError("too-much-memory", limit=memory // 2**20) if aborted else ReadingError("crashed")) from error
        except BaseException:
            worker.end()
            raise
        _give_back(worker, memory, last=answer["last"])
        return _draft_of(answer)
    raise ReadingError("crashed")


def _take(memory: int) -> tuple[Worker, bool]:
    with _lock:
        idle = _idle.get((os.getpid(), memory))
        while idle:
            worker = idle.pop()
            if worker.process.poll() is None:
                return worker, True
            worker.end()
    return Worker(memory), False


def _give_back(worker: Worker, memory: int, *, last: bool) -> None:
    """Keep one idle worker a kind; a forked process never uses its parent's."""
    with _lock:
        idle = _idle.setdefault((os.getpid(), memory), [])
        if not last and len(idle) < 2:
            idle.append(worker)
            return
    worker.end()


def _draft_of(answer: dict[str, Any]) -> Draft:
    if code := answer.get("error"):
        error = ReadingError(code, **answer["values"])
        if detail := answer.get("detail"):
            error.add_note(detail)
        raise error
    draft = answer["draft"]
    return Draft(
        draft["format"], [Line(**line) for line in draft["lines"]], draft["facts"],
        [Sheet(sheet["name"], [(number, line, cells) for number, line, cells in sheet["rows"]]) for sheet in draft["sheets"]],
        draft["notes"], draft["pages_without_text"],
    )


@atexit.register
def close() -> None:
    """End the idle workers of this process."""
    with _lock:
        for (process, _), workers in _idle.items():
            while workers and process == os.getpid():
                workers.pop().end()
