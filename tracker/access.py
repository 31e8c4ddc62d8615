"""Who may do what. Every view, export and command that acts for a person asks here; nothing else decides.

Rows are restricted by ``visible``; actions by ``may`` and ``requires``. A user without a profile may do nothing; a superuser is an administrator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, wraps
from types import MappingProxyType
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from tracker.models import Profile, Role
from tracker.services.prepared import Given, Prepared

ACTIONS: dict[str, frozenset[str]] = {
    "view": frozenset(Role.values),  # pages, within one's organisations
    "export": frozenset(Role.values),  # what one may view
    "report": frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR, Role.LIAISON}),  # progress, replies, workbooks
    "import": frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR}),  # upload documents
    "review": frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR}),  # accept, edit, reject, link, type in
    "decide": frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR}),  # set a status, close a goal, grant an extension
    "close_month": frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR}),
    "notify": frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR}),  # notices, steps of supervision
    "audit": frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR}),
    "administer": frozenset({Role.ADMINISTRATOR}),  # admin site, rules, words, users
}


_PROFILE = Prepared(lambda: Profile.objects.filter(user=Given(0, Profile._meta.get_field("user"))))


def role_of(user: Any) -> str | None:
    """The user's role, or None for a stranger or a user to whom none was given."""
    if not user.is_authenticated:
        return None
    if user.is_superuser:
        return Role.ADMINISTRATOR
    profile = profile_of(user)
    return profile.role if profile else None


def profile_of(user: Any) -> Profile | None:
    """The user's profile, from then on known to the user."""
    known = user._state.fields_cache
    if "profile" not in known:
        known["profile"] = next(iter(_PROFILE(user.pk)), None)
    return known["profile"]


@cache
def rights_of(role: str) -> Mapping[str, bool]:
    """For every action whether this role may do it."""
    return MappingProxyType({action: role in roles for action, roles in ACTIONS.items()})


def may(user: Any, action: str) -> bool:
    return role_of(user) in ACTIONS[action]


def requires(action: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Decorator for views: 403 for a user who may not do this. (Without login the middleware has redirected before.)"""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if role_of(request.user) is None:
                raise PermissionDenied("您的账号还没有分配角色，什么也看不到。请联系管理员分配角色和单位。")
            if not may(request.user, action):
                raise PermissionDenied("您的角色不能进行此操作。需要时请联系管理员调整角色。")
            return view(request, *args, **kwargs)

        checked.required_action = action  # type: ignore[attr-defined]  # read by the test that holds every view to the matrix
        return checked

    return decorate


def visible(rows: QuerySet, user: Any, organisation: str = "organisation") -> QuerySet:
    """Only the rows that this user may see. ``organisation`` is the lookup path from a row to its organisation ("pk" for organisations)."""
    role = role_of(user)
    if role is None:
        return rows.none()
    if role == Role.LIAISON:
        return rows.filter(**{f"{organisation}__in": user.profile.organisations.values("pk")})
    return rows


def scope_of(user: Any) -> str:
    """A name for the set of rows that this user may see: equal for users who see the same."""
    role = role_of(user)
    if role != Role.LIAISON:
        return "all" if role else "none"
    return "-".join(str(pk) for pk in user.profile.organisations.order_by("pk").values_list("pk", flat=True))
