"""What all tests share."""
import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Real password hashes are slow on purpose; a test that logs in need not wait for them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def empty_cache():
    """Figures kept by one test must not be shown by the next."""
    cache.clear()
