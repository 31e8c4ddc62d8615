"""Every bad input through the real web upload: one sentence each, the upload kept, the worker alive and small, the next good file read."""
import re
import socket
import sys
import time
from pathlib import Path

import pytest
import urllib3

from tests.core.reading_samples.broken import BROKEN
from tests.services.product import Product

PASSWORD = "一个很长的口令2024"
MAKE_USER = f"import django; django.setup(); from django.contrib.auth.models import User; User.objects.create_superuser('lin', password='{PASSWORD}')"
WORKER_LIMIT = 2**30
# a package of good documents is opened, not refused
OPENED = "a zip of several documents"
GOOD = "望海市水务局2024年工作总结\n2024-12-30\n全年改造供水管网162公里。\n".encode()


def file_name(case: str) -> str:
    """The case's number with the ending that the person gave it."""
    return f"{list(BROKEN).index(case)}{Path(BROKEN[case][0]).suffix}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Browser:
    """Just enough of one: cookies, the CSRF token, forms."""

    def __init__(self, base: str) -> None:
        self.base, self.cookies, self.pool = base, {}, urllib3.PoolManager(retries=False, timeout=120)

    def ask(self, method: str, path: str, **options) -> urllib3.BaseHTTPResponse:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        answer = self.pool.request(method, self.base + path, headers=headers, redirect=False, **options)
        for cookie in answer.headers.getlist("Set-Cookie"):
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer

    def post(self, path: str, fields) -> urllib3.BaseHTTPResponse:
        return self.ask("POST", path, fields=[("csrfmiddlewaretoken", self.cookies["csrftoken"]), *fields])

    def log_in(self) -> None:
        for _ in range(200):
            try:
                self.ask("GET", "/login/")
                break
            except urllib3.exceptions.HTTPError:
                time.sleep(0.1)
        assert self.post("/login/", [("username", "lin"), ("password", PASSWORD)]).status == 302

    def upload(self, name: str, data: bytes) -> urllib3.BaseHTTPResponse:
        return self.post("/upload/", [("files", (name, data, "application/octet-stream"))])


def memory_of_group(leader: int) -> int:
    """Bytes of resident memory of all processes of a worker."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            if int(stat[2]) == leader:
                total += int(stat[21]) * 4096
        except (OSError, IndexError):
            continue
    return total


@pytest.fixture
def site(tmp_path):
    product = Product(tmp_path / "var", JIANNUO_HOSTS="127.0.0.1")
    product.manage("migrate", "-v0")
    assert product.run_python(MAKE_USER) == 0
    port = free_port()
    product.start(sys.executable, "-m", "gunicorn", "tracker.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "2")
    worker = product.start_worker()
    browser = Browser(f"http://127.0.0.1:{port}")
    browser.log_in()
    yield product, worker, browser
    product.stop_all()


@pytest.mark.services
def test_every_bad_file_through_the_web(site):
    product, worker, browser = site
    peak, at_once = 0, {}
    for case, (_, make, _) in BROKEN.items():
        answer = browser.upload(file_name(case), make())
        assert answer.status in (200, 302), case
        if answer.status == 200:  # refused before it was stored, with a sentence on the page
            at_once[case] = answer.data.decode()
        peak = max(peak, memory_of_group(worker.pid))
    for _ in range(600):
        peak = max(peak, memory_of_group(worker.pid))
        if product.rows("SELECT count(*) FROM tracker_importjob WHERE state IN ('pending', 'running')")[0][0] == 0:
            break
        time.sleep(0.1)
    jobs = {name: (state, error, advice, file) for name, state, error, advice, file in product.rows(
        "SELECT d.name, j.state, j.error, j.advice, d.file FROM tracker_importjob j JOIN tracker_document d ON d.id = j.document_id"
    )}
    for case in BROKEN:
        if case == OPENED:
            continue
        if case in at_once:
            assert re.search(r"(没有导入|已经)[^<]*[。；]", at_once[case]), case
            continue
        state, error, advice, file = jobs[file_name(case)]
        assert state == "failed" and re.search(r"[一-鿿].*。", error) and re.search(r"[一-鿿].*。", advice), case
        assert (product.folder / "media" / file).is_file(), f"{case}: the upload is kept"
    assert worker.poll() is None, "the worker lives on"
    assert peak < WORKER_LIMIT
    assert browser.upload("好的.txt", GOOD).status == 302
    product.wait_until_done()
    assert product.rows("SELECT count(*) FROM tracker_result WHERE value = 162")[0][0] == 1
    assert product.rows("SELECT count(*) FROM tracker_goal WHERE document_id IN (SELECT document_id FROM tracker_importjob WHERE state = 'failed')")[0][0] == 0
    print(f"peak of the worker {peak / 2**20:.0f} MiB; refused at once: {sorted(at_once)}")
