"""A connection that the server has ended is made anew before a page uses it; one that is quiet is not asked."""

from __future__ import annotations

import pytest
from django.db import connection, connections
from django.http import HttpResponse

from tracker.services.connections import is_quiet, trust_quiet_connections

pytestmark = pytest.mark.django_db(transaction=True)
server_only = pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has connections to lose")


def asked_for(request: object) -> bool:
    """Whether the page's connection would be looked at before it is used."""
    found = []
    connection.ensure_connection()
    connection.health_check_enabled, connection.health_check_done = True, False

    def page(_request: object) -> HttpResponse:
        found.append(not connection.health_check_done)
        return HttpResponse()

    trust_quiet_connections(page)(request)
    return found[0]


@server_only
def test_a_quiet_connection_is_not_asked(rf):
    assert not asked_for(rf.get("/"))


@server_only
def test_a_connection_that_the_server_ended_is_asked_and_made_anew(rf):
    connection.ensure_connection()
    ended = connection.connection.info.backend_pid
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 2000)", [ended])
    other.close()
    assert not is_quiet(connection.connection)
    assert asked_for(rf.get("/"))
    connection.close_if_health_check_failed()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert connection.connection.info.backend_pid != ended


@pytest.mark.skipif(connection.vendor == "postgresql", reason="for the file database")
def test_a_file_is_looked_at_as_ever(rf):
    assert asked_for(rf.get("/"))
