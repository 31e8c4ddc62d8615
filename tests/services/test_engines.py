"""The queue and the database on the engines that a province runs: PostgreSQL, Redis, RabbitMQ. Skipped where they are not there."""
import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from kombu import Connection

from tests.services import product as at
from tests.services.product import OPEN_JOBS, Product, fresh_database
from tests.services.test_killed_worker import write_documents

BODIES = ("商务局", "教育局", "商务局")
# in the middle of reading, before and between the steps of storing, when all is stored but the job's end; then while links are
# written, and when they are written but nobody has noted it
STEPS = ("读取", "分析", "保存", "写到一半", "写完", "关联", "关联写完")
READING = 5  # of these
READ_ONE = """
import django
django.setup()
from tracker.models import ImportJob
from tracker.services import importing
importing.read_job(ImportJob.objects.filter(state="pending").earliest("pk").pk)
"""
DIE_AT = """
import os, signal, sys, threading
import django
django.setup()
from tracker.models import ImportJob
from tracker.services import importing, linking, links, queue
step, real, writes = sys.argv[1], queue.Lease.update, []

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def update(self, **fields):
    if step == "写完" and fields.get("state") == "done":
        die()
    real(self, **fields)
    if fields.get("stage") == step:
        die()

def renew(self):
    if threading.current_thread() is threading.main_thread():
        writes.append(1)  # goals are written, results not yet
    if step == "写到一半" and len(writes) == 2:
        die()
    real(self, lease_until=queue.lease_end())

queue.Lease.update, queue.Lease.renew = update, renew
if step == "读取":
    importing.read = die
if step == "关联":
    links.progress.refresh = die
if step == "关联写完":
    linking._tell_jobs = die
if "关联" in step:
    linking.finish_turns()
importing.run_job(ImportJob.objects.filter(state="pending").earliest("pk").pk)
"""


def reachable(check) -> bool:
    try:
        check()
    except Exception:
        return False
    return True


def broker_answers(url: str) -> bool:
    return reachable(lambda: Connection(url, connect_timeout=2).ensure_connection(max_retries=1, timeout=2))


postgres_there = reachable(lambda: psycopg.connect(f"{at.SERVER}/postgres", connect_timeout=2).close())
pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(not postgres_there, reason="PostgreSQL 不在 127.0.0.1:5432"),
    pytest.mark.xdist_group("services"),
]


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    return write_documents(tmp_path_factory.mktemp("services") / "documents", number=9, repeats=10, bodies=BODIES)


@pytest.fixture(scope="module")
def expected(documents, tmp_path_factory):
    """What one process makes of the documents, one after the other, on SQLite."""
    untouched = Product(tmp_path_factory.mktemp("untouched") / "var")
    untouched.manage("migrate", "-v0")
    untouched.manage("import_documents", str(documents), "--wait")
    outcome = untouched.outcome()
    assert all(outcome.values()), "nothing to lose"
    return outcome


@pytest.fixture(scope="module")
def template(documents, tmp_path_factory):
    """A database with all tables and the documents waiting, to be copied: migrations take longer than the tests themselves."""
    with fresh_database() as url:
        product = Product(tmp_path_factory.mktemp("template") / "var", database=url, broker="memory://")
        product.manage("migrate", "-v0")
        product.manage("import_documents", str(documents))
        yield product


@pytest.fixture
def installation(tmp_path, template):
    """Makes products on PostgreSQL with nine documents waiting; ends their processes and drops their databases afterwards."""
    with ExitStack() as stack:
        def make(broker: str = at.REDIS + "/9", **environment: str) -> Product:
            database = stack.enter_context(fresh_database(template.database))
            shutil.copytree(template.folder, tmp_path / "var")
            made = Product(tmp_path / "var", database=database, broker=broker, **environment)
            stack.callback(made.stop_all)
            return made

        yield make


def queue_name(url: str) -> str:
    """Tests at the same time must not take each other's messages."""
    return f"jiannuo-test-{os.getpid()}-{abs(hash(url)) % 1000}"


@pytest.mark.parametrize("broker", [at.REDIS + "/9", at.RABBITMQ], ids=["redis", "rabbitmq"])
def test_four_workers_on_overlapping_organisations(installation, documents, expected, broker):
    if not broker_answers(broker):
        pytest.skip(f"{broker} 不在")
    product = installation(broker, JIANNUO_QUEUE=queue_name(broker))
    product.start_worker(concurrency=2)
    product.start_worker(concurrency=2, beat=False)
    product.wait_until_done()
    assert product.outcome() == expected
    assert product.rows("SELECT count(*), max(attempt) FROM tracker_importjob") == [(9, 1)]
    assert len(product.busy_processes()) >= 3, "hardly anybody was at work at the same time"


def test_killed_at_every_step(installation, documents, expected):
    """Another document at each step of reading, another body at each step of matching; then one does what is left."""
    product = installation("memory://", JIANNUO_JOB_LEASE_SECONDS="600")
    for _ in range(2):  # documents of two bodies
        assert product.run_python(READ_ONE) == 0
    for step in STEPS:
        assert product.run_python(DIE_AT, step) == -9, step
    held = "SELECT count(*) FROM tracker_importjob WHERE state = 'running'"
    assert product.rows(held) == [(READING,)]
    assert product.rows("SELECT count(*) FROM tracker_linkingturn WHERE lease_until IS NOT NULL") == [(2,)]
    half = "SELECT count(DISTINCT g.document_id), count(DISTINCT r.document_id) FROM tracker_goal g FULL JOIN tracker_result r USING (document_id)"
    assert product.rows(half) == [(4, 3)], "two are read, one is stored but not ended, one is stored by half"
    assert product.rows("SELECT count(*) > 0 FROM tracker_link") == [(True,)]
    with psycopg.connect(product.database, autocommit=True) as server:  # ten minutes later
        for table in ("importjob", "linkingturn"):
            server.execute(f"UPDATE tracker_{table} SET lease_until = now() WHERE lease_until IS NOT NULL")
    product.manage("import_documents", str(documents), "--wait")
    assert product.outcome() == expected
    assert sorted(product.rows("SELECT attempt, count(*) FROM tracker_importjob GROUP BY attempt")) == [(1, 9 - READING), (2, READING)]


def test_the_same_files_sent_twice_at_once(installation, documents, expected, tmp_path):
    """Two commands with the same folder at the same time: every file is one document, read once."""
    product = installation("memory://")
    with psycopg.connect(product.database, autocommit=True) as server:
        server.execute("TRUNCATE tracker_document, tracker_importbatch CASCADE")
    command = (sys.executable, "manage.py", "import_documents", str(documents), "--wait")
    started = [product.start(*command) for _ in range(2)]
    assert [each.wait(timeout=120) for each in started] == [0, 0], product.logs()[-2000:]
    assert product.outcome() == expected
    assert product.rows("SELECT count(*), count(DISTINCT document_id), max(attempt) FROM tracker_importjob") == [(9, 9, 1)]


def test_the_broker_is_restarted_in_the_middle(installation, documents, expected, tmp_path):
    """All messages are lost: the job table knows what is still to be done."""
    def start_redis() -> subprocess.Popen[bytes]:
        started = subprocess.Popen(["redis-server", "--port", "6399", "--save", "", "--dir", str(tmp_path)], stdout=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while not broker_answers("redis://127.0.0.1:6399/0") and time.monotonic() < end:
            time.sleep(0.1)
        return started

    if not Path("/usr/bin/redis-server").exists():
        pytest.skip("没有 redis-server 程序")
    redis = start_redis()
    try:
        product = installation("redis://127.0.0.1:6399/0")
        product.manage("import_documents", str(documents))
        product.start_worker()
        product.wait_for("SELECT count(*) > 0 FROM tracker_importjob WHERE state = 'done'", True)
        redis.kill()
        redis.wait()
        assert product.rows(OPEN_JOBS)[0][0] > 0, "killed too late to show anything"
        time.sleep(1)
        redis = start_redis()
        product.wait_until_done()
        assert product.outcome() == expected
        assert product.rows("SELECT count(*), count(DISTINCT document_id) FROM tracker_importjob WHERE state = 'done'") == [(9, 9)]
    finally:
        redis.kill()
        redis.wait()


def test_the_database_drops_its_connections(installation, documents, expected):
    product = installation(JIANNUO_QUEUE=queue_name("drop"))
    product.start_worker(concurrency=2)
    name = product.database.rsplit("/", 1)[1]
    for _ in range(3):
        product.wait_for("SELECT count(*) > 0 FROM tracker_importjob WHERE state = 'running'", True)
        ended, until = [], time.monotonic() + 20
        with psycopg.connect(f"{at.SERVER}/postgres", autocommit=True) as server:
            while not ended and time.monotonic() < until:      # between two jobs nobody is connected
                ended = server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]).fetchall()
        assert ended, "nobody was connected"
        time.sleep(0.5)
    product.wait_until_done()
    assert product.outcome() == expected
    assert product.rows("SELECT DISTINCT state FROM tracker_importjob") == [("done",)]


def test_a_full_disk_puts_imports_off_until_there_is_room(documents, expected, tmp_path):
    product = Product(tmp_path / "var")
    product.manage("migrate", "-v0")
    product.manage("import_documents", str(documents))
    size = (product.folder / "jiannuo.sqlite3").stat().st_size
    cramped = product.start_worker(largest_file=size + 100_000)
    put_off = "SELECT count(*) > 0 FROM tracker_importjob WHERE state = 'failed' OR (state = 'pending' AND attempt > 0)"
    try:
        product.wait_for(put_off, True)
        assert cramped.poll() is None, "a full disk ended the worker"
        product.kill(cramped)
        product.start_worker()
        product.wait_for(OPEN_JOBS, 0, 60)
        for (sentence,) in product.rows("SELECT error FROM tracker_importjob WHERE state = 'failed'"):
            assert sentence.endswith("。")
        product.stop_all()
        product.manage("import_documents", str(documents), "--wait")
        assert product.outcome() == expected
    finally:
        product.stop_all()
