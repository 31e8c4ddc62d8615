"""Every page there is, with rows to show: walked from the address table, so that a new page cannot be forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from reports.models import LedgerFile, NoticeRule
from reports.roundtrip.reading import Entry
from reports.services import breakdown, months, notices, scoring, submissions
from tests.app import reports_samples, samples_pages
from tests.app.test_access_matrix import own_pages
from tracker.models import Goal, GoalStatus, ImportBatch, Rules, Word

AS_OF = reports_samples.AS_OF
NEXT = date(2024, 11, 30)


@dataclass
class Place:
    """A town with the round of a month gone round once. ``rows``: which row stands for an address by its name."""

    town: samples_pages.Town
    rows: dict[str, int]


def build_place() -> Place:
    town = samples_pages.build_town()
    goals = reports_samples.make_city()
    supervisor, goal = town.users["supervisor"], goals["behind"]
    snapshot = months.close_month(AS_OF, user=supervisor)
    for row in GoalStatus.objects.filter(as_of=AS_OF).select_related("result"):
        row.pk, row.as_of = None, NEXT
        row.save()
    scoring.ensure_rules()
    notices.ensure_rules()
    Rules.objects.create()
    Word.objects.create(kind="units", text="艘次")
    today = date.today()
    notice = notices.send_notice(goal, "behind", user=supervisor, due_on=today + timedelta(days=3))
    notices.ask_extension(goals["risk"], date(2025, 6, 30), user=supervisor, reason="雨季")
    breakdown.add_task(goal, {"title": "东部", "lead": goal.organisation, "weight": 1}, [], user=supervisor)
    submission = submissions.receive_entries(
        goal.organisation, NEXT, [Entry(goal.pk, value="6000", day="2024-11-30")], user=supervisor
    )
    batch = ImportBatch.objects.create(created_by=supervisor)
    type(town.job).objects.filter(pk=town.job.pk).update(batch=batch)
    file = LedgerFile.objects.create(as_of=AS_OF, user=supervisor)
    rows = {
        "goal": town.goal.pk, "peek": town.goal.pk, "result": town.result.pk, "document": town.document.pk,
        "document_edit": town.document.pk, "organisation": town.organisation.pk, "import": town.job.pk, "import_batch": batch.pk,
        "record": town.goal.pk, "record_edit": town.goal.pk, "record_split": town.goal.pk, "record_merge": town.goal.pk,
        "record_link": town.goal.pk, "reports:month": snapshot.pk, "reports:ledger_file": file.pk,
        "reports:fill_web": goal.organisation_id, "reports:submission": submission.pk, "reports:rule": NoticeRule.objects.first().pk,
        "reports:notice": notice.pk, "reports:goal_breakdown": goal.pk, "reports:extend": goal.pk,
    }  # fmt: skip
    return Place(town, rows)


def open_session(user: Any) -> tuple[Client, dict[str, str]]:
    """A client that is logged in, and its cookie for a browser."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client, {"name": "sessionid", "value": client.cookies["sessionid"].value}


def is_page(client: Client, address: str) -> bool:
    """Whether the address shows a whole page: no redirect, no download, no part of one."""
    answer = client.get(address)
    if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
        return False
    return b"<html" in answer.content[:400]


def own_addresses(client: Client, place: Place, only: str = "") -> dict[str, str]:
    """name → address of every page of the product that this user gets, or of one."""
    asked = ((name, address) for name, address in _asked(place) if only in ("", name))
    return {name: address for name, address in asked if is_page(client, address)}


def _asked(place: Place) -> Iterator[tuple[str, str]]:
    day = f"as_of={AS_OF}"
    for name, pattern in own_pages():
        given = {"kind": "goal", "name": place.town.goal.owner}
        arguments: list[Any] = []
        for key in re.findall(r"<(?:\w+:)?(\w+)>", str(pattern.pattern)):
            arguments.append(place.rows.get(name, 1) if key == "pk" else given[key])
        yield name, f"{reverse(name, args=arguments)}?{day}"
    goal = Goal.objects.get(indicator="改造农村户厕").pk
    for part in ("records", "links", "changes", "findings"):
        yield f"review-{part}", f"{reverse('review')}?part={part}&{day}"
    yield "search-hits", f"{reverse('search')}?q=外贸&{day}"
    yield "goals-empty", f"{reverse('goals')}?q=没有这样的&{day}"
    yield "goals-print", f"{reverse('goals')}?print=1&{day}"
    yield "send", f"{reverse('reports:send')}?goal={goal}&{day}"
    yield "reported", f"{reverse('goal', args=[goal])}?{day}"


def admin_addresses(client: Client) -> dict[str, str]:
    """name → address of every list, form and side page of the admin."""
    return {name: address for name, address in _asked_of_admin() if is_page(client, address)}


def _asked_of_admin() -> Iterator[tuple[str, str]]:
    yield "admin", reverse("admin:index")
    for label in sorted({model._meta.app_label for model in admin.site._registry}):
        yield f"admin-{label}", reverse("admin:app_list", args=[label])
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.order_by("-pk").first()
        pages = {"changelist": [], "add": [], "import": [], "export": []}
        if row is not None:
            pages |= {page: [row.pk] for page in ("change", "history", "delete")}
        for page, arguments in pages.items():
            try:
                yield f"{name}-{page}", reverse(f"admin:{name}_{page}", args=arguments)
            except NoReverseMatch:
                continue
