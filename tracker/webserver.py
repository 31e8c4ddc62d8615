"""How the web server's processes live: settings for gunicorn, named in its command line by ``serve`` and the Procfile, and
the order in which a process works through what its threads have received."""

from __future__ import annotations

import gc
import socket
import sys
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any

# a page waits for the database some ten times; a thread that has its answer is not to wait long for the others
TURN = 0.0005
YOUNG = 50_000  # objects made before the youngest are looked through: a page makes some thousands and lets go of them all


SILENT = 30  # seconds that a connection may say nothing before a process takes it


def when_ready(server: Any) -> None:
    """What was loaded before the processes part stays for good: the collector need not look at it again. Connections that
    a browser opens in advance are the kernel's until something is asked over them."""
    for listener in server.LISTENERS:
        if hasattr(socket, "TCP_DEFER_ACCEPT") and listener.sock.family != socket.AF_UNIX:
            listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SILENT)
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    sys.setswitchinterval(TURN)
    gc.set_threshold(YOUNG, 20, 20)


class Turns:
    """Pages of one process are made one after the other, each at the process's full speed.

    Threads that make pages at the same time only take the interpreter from each other: each page costs more, and ten
    readers wait twice as long for the slowest. The threads are there for uploads from slow lines: what is sent to the server
    waits for nobody, and a page that takes long is not waited for longer than ``PATIENCE`` seconds.
    """

    PATIENCE = 0.5

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application
        self.turn = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not self.turn.acquire(timeout=self.PATIENCE):
            return self.application(environ, start_response)
        try:
            return self.application(environ, start_response)
        finally:
            self.turn.release()
