"""A real Chromium against the live server. Skipped where there is none."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from django.db.backends.signals import connection_created

from tests import factories
from tracker.models import Role

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""
SHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in the thread of the test


def read_beside_writers(connection, **_signal):
    """The tests' database lives in memory, where a reader is refused while somebody writes; in a file it would wait."""
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        connection.connection.execute("PRAGMA read_uncommitted = true")


connection_created.connect(read_beside_writers)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@pytest.fixture(scope="session")
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """A new window of 1366×768; an error in a script or a failed answer of the server fails the test."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", accept_downloads=True)
    tab = context.new_page()
    tab.set_default_timeout(10_000)
    trouble: list[str] = []
    tab.on("pageerror", lambda error: trouble.append(str(error)))
    tab.on("response", lambda answer: trouble.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None)
    yield tab
    context.close()
    assert trouble == []


@pytest.fixture
def shot():
    """Saves a screenshot under var/screenshots."""
    SHOTS.mkdir(parents=True, exist_ok=True)

    def take(tab, name: str, *, whole: bool = False) -> None:
        tab.screenshot(path=str(SHOTS / f"{name}.png"), full_page=whole)

    return take


@pytest.fixture
def enter(live_server):
    """Logs a user in through the door, as a person does."""

    def log_in(tab, name: str) -> None:
        tab.goto(f"{live_server.url}/login/")
        tab.fill("#id_username", name)
        tab.fill("#id_password", factories.PASSWORD)
        tab.click("button.primary")
        tab.wait_for_load_state()

    return log_in


@pytest.fixture
def people(transactional_db):
    """One user of each role; the liaison officer answers for 望海市商务局."""
    body = factories.organisation("望海市商务局")
    factories.user("admin", Role.ADMINISTRATOR)
    factories.user("supervisor", Role.SUPERVISOR)
    factories.user("liaison", Role.LIAISON, body)
    factories.user("reader", Role.READER)
    return body
