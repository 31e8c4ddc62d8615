"""Every role against every address. The list is walked from the address table, so that a new page cannot be forgotten."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.app.samples_pages import DAY, build_town
from tracker import access
from tracker.models import Goal, Link, LinkState, Review

pytestmark = pytest.mark.django_db
ROLES = ("administrator", "supervisor", "liaison", "reader", "stranger")
# open to those who have not logged in: the door itself, and what machines ask
OPEN = {"login", "set_language", "live", "ready", "metrics", "reports:api_schema"}
# for everybody who is logged in, with or without a role
ANYBODY = {"logout", "password_change", "password_change_done"}

# read by machines with a key; a session, of whatever role, opens none of them
KEYED = ("reports:api_",)
# what a page refuses beyond the role's action, and why
NARROWER = {("liaison", "reports:bulletin"): "it names all organisations"}


def own_pages(patterns=None, prefix: str = "", space: str = "") -> list[tuple[str, URLPattern]]:
    """(name, pattern) of every address that is ours; the admin has its own test."""
    found = []
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                inner = f"{entry.namespace}:" if entry.namespace else ""
                found += own_pages(entry.url_patterns, prefix + str(entry.pattern), space + inner)
        else:
            found.append((space + (entry.name or ""), entry))
    return found


PAGES = own_pages()


def action_of(pattern: URLPattern) -> str | None:
    return getattr(pattern.callback, "required_action", None)


def test_every_page_names_the_action_it_needs():
    unnamed = [name for name, pattern in PAGES if action_of(pattern) is None and name not in OPEN | ANYBODY]
    assert unnamed == []
    assert {action_of(pattern) for _name, pattern in PAGES} - {None} <= access.ACTIONS.keys()


@pytest.fixture
def town():
    return build_town()


def arguments(name: str, pattern: URLPattern, town) -> list | None:
    """Values that lead to rows of the liaison officer's own organisation."""
    wanted = re.findall(r"<(?:(\w+):)?(\w+)>", str(pattern.pattern))
    values = {
        "kind": "goal",
        "name": town.goal.owner,
        "pk": {
            "goal": town.goal, "result": town.result, "document": town.document, "organisation": town.organisation,
            "import": town.job, "link": town.link, "change": town.change, "finding": town.finding,
        },
    }  # fmt: skip
    found = []
    for _kind, key in wanted:
        if key != "pk":
            if key not in values:
                return None
            found.append(values[key])
            continue
        subject = name.split("_")[0]
        row = {"peek": town.goal, "record": town.goal, "import": town.job}.get(subject) or values["pk"].get(subject)
        found.append(row.pk if row is not None else 1)
    return found


def status_of(client: Client, address: str, method: str) -> int:
    return getattr(client, method)(address, {}).status_code


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_what_it_may_and_403_for_the_rest(role, town):
    client = Client()
    client.force_login(town.users[role], backend="django.contrib.auth.backends.ModelBackend")
    wrong = []
    for name, pattern in PAGES:
        needed = action_of(pattern)
        given = arguments(name, pattern, town)
        if needed is None or given is None:
            continue
        may = access.may(town.users[role], needed)
        for method in ("get", "post"):
            status = status_of(client, reverse(name, args=given), method)
            if name.startswith(KEYED):
                good = status in (401, 405)
            elif (role, name) in NARROWER:
                good = status in (403, 405)
            else:
                good = (status == 403) != may and status < 500
            if not good:
                wrong.append((name, method, needed, status))
    assert wrong == []


def test_without_login_every_page_leads_to_the_door(town):
    client = Client()
    wrong = []
    for name, pattern in PAGES:
        given = arguments(name, pattern, town)
        if name in OPEN or given is None or name.startswith(KEYED):
            continue
        for method in ("get", "post"):
            answer = getattr(client, method)(reverse(name, args=given))
            if answer.status_code != 302 or not answer["Location"].startswith(reverse("login")):
                wrong.append((name, method, answer.status_code))
    assert wrong == []


def test_admin_is_for_administrators(town):
    for role in ROLES:
        client = Client()
        client.force_login(town.users[role], backend="django.contrib.auth.backends.ModelBackend")
        expected = 200 if role == "administrator" else 403
        for address in (
            reverse("admin:index"),
            reverse("admin:tracker_goal_changelist"),
            reverse("admin:auth_user_changelist"),
        ):
            assert client.get(address).status_code == expected, (role, address)
    assert Client().get(reverse("admin:index")).status_code == 302


@pytest.mark.parametrize("role", ["supervisor", "liaison", "reader", "stranger"])
def test_no_page_of_the_admin_opens_for_others(role, town):
    client = logged_in(town, role)
    opened = []
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for address in (reverse(f"{name}_changelist"), reverse(f"{name}_add"), reverse(f"{name}_change", args=[1])):
            for method in ("get", "post"):
                if status_of(client, address, method) != 403:
                    opened.append((address, method))
    assert opened == []


def logged_in(town, role: str) -> Client:
    client = Client()
    client.force_login(town.users[role], backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_liaison_officer_meets_only_the_own_organisation(town):
    client = logged_in(town, "liaison")
    far = [
        reverse("goal", args=[town.other_goal.pk]),
        reverse("peek", args=[town.other_goal.pk]),
        reverse("result", args=[town.other_result.pk]),
        reverse("organisation", args=[town.other.pk]),
        reverse("document", args=[town.other_document.pk]),
        reverse("document_file", args=[town.other_document.pk]),
        reverse("record", args=["goal", town.other_goal.pk]),
        reverse("person", args=[town.other_goal.owner]),
    ]
    assert [address for address in far if client.get(address).status_code != 404] == []


@pytest.mark.parametrize(
    "page", ["front", "goals", "results", "links", "documents", "organisations", "wall", "timeline"]
)
def test_lists_and_exports_of_a_liaison_officer_hold_nothing_of_others(town, page):
    client = logged_in(town, "liaison")
    shown = client.get(reverse(page), {"as_of": DAY.isoformat()}).content.decode()
    assert "新建学校" not in shown
    assert "教育局" not in shown
    if page in {"goals", "results", "links", "documents", "organisations"}:
        answer = client.get(reverse(page), {"as_of": DAY.isoformat(), "export": "csv"})
        text = b"".join(answer.streaming_content).decode()
        assert "教育局" not in text and "新建学校" not in text


def test_search_of_a_liaison_officer_finds_nothing_of_others(town):
    shown = logged_in(town, "liaison").get(reverse("search"), {"q": "学校"}).content.decode()
    assert "新建学校" not in shown


def test_a_supervisor_sees_both_organisations(town):
    shown = logged_in(town, "supervisor").get(reverse("goals"), {"as_of": DAY.isoformat()}).content.decode()
    assert "新建学校" in shown and "新增外贸企业" in shown


@pytest.mark.parametrize("role", ["liaison", "reader", "stranger"])
def test_those_who_may_not_decide_change_nothing(town, role):
    client = logged_in(town, role)
    client.post(reverse("record_decide", args=["goal", town.goal.pk]), {"action": "reject"})
    client.post(reverse("link_decide", args=[town.link.pk]), {"state": "rejected"})
    client.post(reverse("goal_decide", args=[town.goal.pk]), {"status": "done", "reason": "试试"})
    client.post(reverse("links_decide"), {"from": "0"})
    client.post(reverse("records_accept"), {"from": "0"})
    assert Goal.objects.get(pk=town.goal.pk).review == Review.UNREVIEWED
    assert Link.objects.get(pk=town.link.pk).state == LinkState.ACCEPTED
    assert Link.objects.get(pk=town.other_link.pk).state == LinkState.PROPOSED


def test_saved_views_are_ones_own(town):
    view = town.users["supervisor"].saved_views.get()
    assert logged_in(town, "reader").post(reverse("saved_view_delete", args=[view.pk])).status_code == 404
    assert logged_in(town, "supervisor").post(reverse("saved_view_delete", args=[view.pk])).status_code == 302
