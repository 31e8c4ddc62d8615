"""Search and the pages' figures on PostgreSQL: the same tests as on SQLite, in a process of their own."""
import os
import subprocess
import sys

import psycopg
import pytest

from tests.services.product import ROOT, SERVER, fresh_database

SAME = ("tests/app/test_search.py", "tests/app/test_pages_scale.py", "tests/services/test_connections.py")


def reachable() -> bool:
    try:
        psycopg.connect(f"{SERVER}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.mark.services
@pytest.mark.skipif(not reachable(), reason="PostgreSQL is not there")
def test_search_and_figures_on_postgresql():
    with fresh_database() as database:
        place = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "JIANNUO"))}
        command = [sys.executable, "-m", "pytest", *SAME, "-n", "0", "-p", "no:cacheprovider"]
        done = subprocess.run(
            command, cwd=ROOT, env=place | {"JIANNUO_DATABASE_URL": database}, capture_output=True, text=True, timeout=300
        )
    assert done.returncode == 0, done.stdout[-3000:]
