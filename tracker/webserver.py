"""How the web server's processes live: settings for gunicorn, named in its command line by ``serve`` and the Procfile."""

from __future__ import annotations

import gc
import sys
from typing import Any

# a page waits for the database some ten times; a thread that has its answer is not to wait long for the others
TURN = 0.0005
YOUNG = 50_000  # objects made before the youngest are looked through: a page makes some thousands and lets go of them all


def when_ready(server: Any) -> None:
    """What was loaded before the processes part stays for good: the collector need not look at it again."""
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    sys.setswitchinterval(TURN)
    gc.set_threshold(YOUNG, 20, 20)
