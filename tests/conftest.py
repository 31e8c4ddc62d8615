"""What all tests share."""
import pytest
from django.core.cache import cache

from tracker import remembering


def pytest_collection_modifyitems(items):
    """Browsers and services first: they are few and slow, and at the end one process would wait for the other."""
    items.sort(key=lambda item: not item.path.match("tests/services/*") and not item.path.match("tests/browser/*"))


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Real password hashes are slow on purpose; a test that logs in need not wait for them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def empty_cache():
    """Figures kept by one test must not be shown by the next."""
    cache.clear()
    remembering.forget()


@pytest.fixture(autouse=True)
def checked_memories(monkeypatch):
    """A part of a page that was remembered must be what would be written now."""
    monkeypatch.setattr(remembering, "CHECKED", True)


@pytest.fixture
def unchecked_memories(checked_memories, monkeypatch):
    """For a test that counts what a page asks the database: to write a part again asks again."""
    monkeypatch.setattr(remembering, "CHECKED", False)
