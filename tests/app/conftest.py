"""The town of the page tests, and a supervisor at her desk in it."""

import pytest

from tests.app.samples_pages import build_town


@pytest.fixture
def town():
    return build_town()


@pytest.fixture
def desk(client, town):
    client.force_login(town.users["supervisor"], backend="django.contrib.auth.backends.ModelBackend")
    return client
