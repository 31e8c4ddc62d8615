"""Whether a kept connection to PostgreSQL still leads anywhere, without asking the server before every page.

A server that ended the connection has said so: there is something to be read. Only then Django's own question is asked.
"""

from __future__ import annotations

import select
from typing import Any

from django.db import connections


def note_quiet(**_: Any) -> None:
    """On ``request_started``, after Django has made up its mind to look at every connection."""
    for connection in connections.all(initialized_only=True):
        if connection.vendor == "postgresql" and connection.connection is not None and is_quiet(connection.connection):
            connection.health_check_done = True


def is_quiet(link: Any) -> bool:
    """Whether the connection is open and the server has said nothing since the last answer."""
    if link.closed:
        return False
    watch = select.poll()
    watch.register(link.fileno(), select.POLLIN)
    return not watch.poll(0)
