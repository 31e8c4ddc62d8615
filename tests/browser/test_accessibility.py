"""axe-core finds no serious fault on any page, at two sizes; nothing is wider than the window."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.app.samples_pages import DAY, build_town

axe_sync = pytest.importorskip("axe_playwright_python.sync_playwright")
PAGES = [
    "front", "goals", "results", "links", "changes", "documents", "organisations", "review", "imports", "upload", "timeline",
    "wall", "search", "audit", "accuracy", "help", "password_change",
]  # fmt: skip


def faults_of(page) -> list[str]:
    """Serious and critical faults, each with the first place it was found."""
    found = axe_sync.Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:160]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)], ids=["desk", "phone"])
def test_no_serious_fault_on_any_page(page, live_server, transactional_db, enter, shot, size):
    town = build_town()
    enter(page, "supervisor")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    addresses = {name: reverse(name) for name in PAGES}
    addresses |= {
        "goal": reverse("goal", args=[town.goal.pk]),
        "result": reverse("result", args=[town.result.pk]),
        "document": reverse("document", args=[town.document.pk]),
        "organisation": reverse("organisation", args=[town.organisation.pk]),
        "person": reverse("person", args=[town.goal.owner]),
        "review-links": reverse("review") + "?part=links",
        "review-records": reverse("review") + "?part=records",
        "import": reverse("import", args=[town.job.pk]),
        "search-hits": reverse("search") + "?q=外贸",
    }
    wrong = {}
    for name, address in addresses.items():
        page.goto(live_server.url + address + ("&" if "?" in address else "?") + f"as_of={DAY}")
        shot(page, f"{name}-{size[0]}")
        faults = faults_of(page)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            faults.append(f"{wide} px wider than the window")
        if faults:
            wrong[name] = faults
    assert "\n".join(f"{name}: {fault}" for name, faults in wrong.items() for fault in faults) == ""


def test_the_door_has_no_serious_fault(page, live_server, transactional_db):
    page.goto(f"{live_server.url}/login/")
    assert faults_of(page) == []
