"""Whether a kept connection to PostgreSQL still leads anywhere, without asking the server before every page.

A server that ended the connection has said so: there is something to be read. Only then Django's own question is asked.
"""

from __future__ import annotations

import select
from collections.abc import Callable
from typing import Any

from django.db import connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase


def trust_quiet_connections(answer: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, the first of all: Django has just made up its mind to look at every connection before it is used."""

    def trusting(request: HttpRequest) -> HttpResponseBase:
        for connection in connections.all(initialized_only=True):
            if connection.vendor == "postgresql" and connection.connection is not None and is_quiet(connection.connection):
                connection.health_check_done = True
        return answer(request)

    return trusting


def is_quiet(link: Any) -> bool:
    """Whether the connection is open and the server has said nothing since the last answer."""
    if link.closed:
        return False
    watch = select.poll()
    watch.register(link.fileno(), select.POLLIN)
    return not watch.poll(0)
