"""What all tests share."""
import pytest


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Real password hashes are slow on purpose; a test that logs in need not wait for them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
