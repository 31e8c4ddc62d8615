"""What every page shares: the as-of date, the menu, counts of open work; and answers to htmx."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.translation import gettext_lazy as _

from tracker import access
from tracker.models import Goal, Link, LinkState, Result, Review, StatusDay
from tracker.services import progress
from tracker.views.paging import count_capped

MENU = [
    ("front", _("总览"), "M2 8l6-5 6 5v6H2z", "view"),
    ("goals", _("目标台账"), "M2 3h12v10H2zM2 7h12M6 7v6", "view"),
    ("results", _("完成情况"), "M2 9l4 4 8-9", "view"),
    ("links", _("关联"), "M6 10a3 3 0 010-5l2-2a3 3 0 015 4M10 6a3 3 0 010 5l-2 2a3 3 0 01-5-4", "view"),
    ("review", _("待办审核"), "M3 2h10v12H3zM5 6l2 2 4-4M5 11h6", "review"),
    ("documents", _("文档"), "M4 2h6l3 3v9H4zM10 2v3h3", "view"),
    ("organisations", _("单位"), "M3 14V4l5-2 5 2v10M6 6h1M9 6h1M6 9h1M9 9h1M2 14h12", "view"),
    ("changes", _("目标变更"), "M3 4h8l-2-2M13 11H5l2 2", "view"),
    ("timeline", _("时限日程"), "M2 3h12v11H2zM2 6h12M5 1v3M11 1v3", "view"),
    ("search", _("搜索"), "M7 2a5 5 0 100 10A5 5 0 007 2zM11 11l3 3", "view"),
]
MENU_ROUND = [
    ("reports:months", _("月报"), "M3 2h10v12H3zM5 11V8M8 11V5M11 11V7", "view"),
    ("reports:fill", _("填报"), "M3 13l1-4 7-7 3 3-7 7zM2 15h12", "report"),
    ("reports:notices", _("督办"), "M8 2a4 4 0 014 4v4l1 2H3l1-2V6a4 4 0 014-4zM7 14h2", "view"),
    ("reports:ranking", _("计分挂旗"), "M2 14V9h4v5M6 14V4h4v10M10 14v-7h4v7", "view"),
    ("reports:breakdown", _("立项分解"), "M8 2v4M3 10V8h10v2M1 10h4v4H1zM6 10h4v4H6zM11 10h4v4h-4z", "view"),
    ("wall", _("挂图作战"), "M1 3h14v9H1zM5 15h6", "view"),
]
MENU_DESK = [
    ("imports", _("导入"), "M8 2v8M5 7l3 3 3-3M2 12v2h12v-2", "import"),
    ("accuracy", _("准确度"), "M8 2a6 6 0 100 12A6 6 0 008 2zM8 5v3l2 2", "view"),
    ("audit", _("操作记录"), "M3 3h10M3 7h10M3 11h6", "audit"),
    ("admin:index", _("管理"), "M8 5a3 3 0 100 6 3 3 0 000-6zM8 1v2M8 13v2M1 8h2M13 8h2", "administer"),
    ("help", _("帮助"), "M6 6a2 2 0 113 2c-1 .5-1 1-1 2M8 12v.5M8 1a7 7 0 100 14A7 7 0 008 1z", "view"),
]


def read_day(text: str | None) -> date | None:
    """An ISO date, or None for anything else."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def as_of_day(request: HttpRequest) -> date:
    """The date that figures are worked out for: from the address, else the session, else the newest month end with data.

    Work of this request is done once; the date is remembered for the pages that follow.
    """
    known = getattr(request, "as_of", None)
    if known is not None:
        return known
    asked = read_day(request.GET.get("as_of"))
    if asked and 1990 <= asked.year <= 2100:
        request.session["as_of"] = asked.isoformat()
    day = asked if asked and 1990 <= asked.year <= 2100 else read_day(request.session.get("as_of"))
    request.as_of = day or progress.default_as_of()  # type: ignore[attr-defined]
    return request.as_of  # type: ignore[attr-defined]


def fresh_day(request: HttpRequest) -> date:
    """As ``as_of_day``, with every goal's progress of that date worked out, or with a worker at it (``updating``)."""
    return status_day(request).as_of


def status_day(request: HttpRequest) -> StatusDay:
    """The day of ``fresh_day`` with its counts, asked for once for each page."""
    day = as_of_day(request)
    known = getattr(request, "status_day", None)
    if known is None or known.as_of != day:
        known = request.status_day = progress.ready_day(day)  # type: ignore[attr-defined]
    return known


def updating(request: HttpRequest) -> StatusDay | None:
    """The day whose changes are still being worked in, or None when this page shows the newest."""
    known = getattr(request, "status_day", None)
    return known if known is not None and known.done != known.wanted else None


def open_work(user: Any) -> tuple[int, bool]:
    """How many records wait for a person: goals and results not reviewed, links not decided; and whether there are more.

    Nobody works off more than some thousands: counting stops there, and "more than" that stays true for a while.
    """
    known: tuple[int, bool] | None = cache.get(f"open-work-{user.pk}")
    if known:
        return known
    unreviewed = {"review": Review.UNREVIEWED}
    waiting = [
        count_capped(access.visible(Goal.objects.filter(**unreviewed), user)),
        count_capped(access.visible(Result.objects.filter(**unreviewed), user)),
        count_capped(access.visible(Link.objects.filter(state=LinkState.PROPOSED), user, "goal__organisation")),
    ]
    found = sum(n for n, _capped in waiting), any(capped for _n, capped in waiting)
    if found[1]:
        cache.set(f"open-work-{user.pk}", found, MANY_STAY)
    return found


MANY_STAY = 30  # seconds that a count which stopped at its limit is told again: it says no more than "many"


@lru_cache(maxsize=64)
def menus_of(role: str, prefix: str) -> list[tuple[Any, list[dict[str, Any]]]]:
    """The menu's groups for a role, each with its title; addresses begin with ``prefix``."""
    known = _addresses(prefix)
    groups = ((None, MENU), (_("督办与月报"), MENU_ROUND), (_("工具"), MENU_DESK))
    return [
        (
            title,
            [
                {"name": name, "label": label, "icon": icon, "url": known[name]}
                for name, label, icon, action in entries
                if name in known and role in access.ACTIONS[action]
            ],
        )
        for title, entries in groups
    ]


@lru_cache(maxsize=8)
def _addresses(_prefix: str) -> dict[str, str]:
    """Addresses of the menu's entries; an app that is not installed has none."""
    found = {}
    for name, *_rest in (*MENU, *MENU_ROUND, *MENU_DESK):
        with suppress(NoReverseMatch):
            found[name] = reverse(name)
    return found


def _here(path: str, menus: list[tuple[Any, list[dict[str, Any]]]]) -> str:
    """Name of the entry whose address is the longest beginning of this page's."""
    urls = [(entry["url"], entry["name"]) for _title, entries in menus for entry in entries]
    fitting = [(len(url), name) for url, name in urls if path == url or (url != "/" and path.startswith(url))]
    return max(fitting)[1] if fitting else ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every page. A part of a page gets the rights only; strangers get nothing."""
    user = getattr(request, "user", None)
    role = access.role_of(user) if user is not None else None
    if role is None:
        return {"may": {}}
    may = access.rights_of(role)
    if getattr(request, "htmx", False):
        return {"may": may}
    access.profile_of(user)
    menus = menus_of(role, get_script_prefix())
    return {
        "may": may,
        "role": role,
        "menus": menus,
        "here": _here(request.path, menus),
        "as_of": as_of_day(request),
        "updating": updating(request),
    }


def open_goals(user: Any, **conditions: Any) -> Q:
    """Condition on ``GoalStatus`` rows: goals that stand (not rejected)."""
    return Q(**conditions) & ~Q(goal__review=Review.REJECTED)


def toast(response: HttpResponse, text: str, *, undo: int | None = None, error: bool = False) -> HttpResponse:
    """Adds a short message to an htmx answer; ``undo`` is the event that its button takes back."""
    message: dict[str, Any] = {"text": str(text), "error": error}
    if undo:
        message["undo"] = reverse("undo", args=[undo])
    response["HX-Trigger"] = json.dumps({"toast": message})  # escapes to ASCII: header values must be
    return response
