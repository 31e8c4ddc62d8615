"""The door: wrong passwords are counted, sessions end, weak passwords are refused, nobody is led elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tracker.models import Role

pytestmark = pytest.mark.django_db
LOGIN = "/login/"


@pytest.fixture
def reader():
    return factories.user("reader", Role.READER, first_name="远航", last_name="陆")


def enter(client: Client, name: str, password: str = factories.PASSWORD, address: str = "10.0.0.1"):
    return client.post(LOGIN, {"username": name, "password": password}, REMOTE_ADDR=address)


def is_in(client: Client) -> bool:
    return client.get(reverse("front")).status_code == 200


@pytest.fixture
def later(monkeypatch):
    """Moves the clock of the server forward."""
    now = timezone.now

    def move(**spans: int) -> None:
        monkeypatch.setattr(timezone, "now", lambda: now() + timedelta(**spans))

    return move


def test_a_session_ends_after_the_hours_set(reader, client, later):
    enter(client, "reader")
    assert is_in(client)
    hours = settings.SESSION_COOKIE_AGE // 3600
    later(hours=hours, minutes=-5)
    assert is_in(client)
    later(hours=hours, minutes=5)
    answer = client.get(reverse("front"))
    assert (answer.status_code, answer["Location"]) == (302, f"{LOGIN}?next=/")


def test_logging_out_ends_the_session_on_the_server_too(reader, client):
    enter(client, "reader")
    stolen = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post(reverse("logout"))
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert not is_in(thief)


def test_a_new_password_ends_the_sessions_elsewhere(reader, client):
    enter(client, "reader")
    elsewhere = Client()
    enter(elsewhere, "reader")
    change(client, "新的口令-2025-甲")
    assert is_in(client) and not is_in(elsewhere)


def test_scripts_and_other_sites_do_not_get_the_session(reader, client):
    enter(client, "reader")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"


def test_a_user_who_was_closed_is_out_at_once(reader, client):
    enter(client, "reader")
    reader.is_active = False
    reader.save()
    assert not is_in(client)
    assert enter(Client(), "reader").status_code == 200  # the door again, not the house


def change(client: Client, password: str):
    values = {"old_password": factories.PASSWORD, "new_password1": password, "new_password2": password}
    return client.post(reverse("password_change"), values)


@pytest.mark.parametrize(
    ("password", "why"),
    [("短-2025", "10"), ("20252025202520", "数字"), ("password123", "常见"), ("reader2025", "相似")],
    ids=["short", "digits", "common", "like the name"],
)
def test_a_weak_password_is_refused_with_a_sentence(reader, client, password, why):
    enter(client, "reader")
    page = change(client, password).content.decode()
    assert "errorlist" in page
    assert why in page[page.index("errorlist") :]
    reader.refresh_from_db()
    assert reader.check_password(factories.PASSWORD)


def test_a_strong_password_is_taken(reader, client):
    enter(client, "reader")
    assert change(client, "新的口令-2025-甲")["Location"] == reverse("password_change_done")
    reader.refresh_from_db()
    assert reader.check_password("新的口令-2025-甲")


def test_the_admin_refuses_weak_passwords_too(client):
    factories.user("admin", Role.ADMINISTRATOR)
    enter(client, "admin")
    values = {"username": "newcomer", "password1": "12345678901", "password2": "12345678901", "usable_password": "true",
              "profile-TOTAL_FORMS": "0", "profile-INITIAL_FORMS": "0"}  # fmt: skip
    page = client.post(reverse("admin:auth_user_add"), values)
    assert page.status_code == 200 and "errorlist" in page.content.decode()


def test_after_too_many_wrong_passwords_the_right_one_has_to_wait_too(reader, client):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        enter(client, "reader", "wrong")
    locked = enter(client, "reader")
    assert locked.status_code == 429 and "暂停登录" in locked.content.decode()
    assert not is_in(client)
    pause = timedelta(hours=settings.AXES_COOLOFF_TIME, minutes=5)
    AccessAttempt.objects.update(attempt_time=timezone.now() - pause)
    assert enter(client, "reader")["Location"] == "/"


def test_others_and_other_places_are_not_locked_out_with_one(reader, client):
    factories.user("second", Role.READER)
    for _ in range(settings.AXES_FAILURE_LIMIT):
        enter(client, "reader", "wrong")
    assert enter(Client(), "second").status_code == 302
    assert enter(Client(), "reader", address="10.0.0.2").status_code == 302


def test_a_few_slips_are_forgotten_after_a_right_password(reader, client):
    for _ in range(2):
        for _slip in range(settings.AXES_FAILURE_LIMIT - 1):
            enter(client, "reader", "wrong")
        assert enter(client, "reader").status_code == 302


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/x", "javascript:alert(1)"])
def test_the_door_leads_only_into_the_house(reader, client, elsewhere):
    answer = client.post(f"{LOGIN}?next={elsewhere}", {"username": "reader", "password": factories.PASSWORD})
    assert answer["Location"] == "/"
