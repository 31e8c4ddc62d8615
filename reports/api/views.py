"""Answers of the read interface. Pages go by keyset: the next page begins after the last id, however much was added meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from reports.ledger.frozen import read_pages
from reports.ledger.rows import CHUNK
from reports.models import Snapshot, SnapshotPage
from reports.services.files import own_organisations
from reports.services.tokens import find_user
from tracker.access import may, visible
from tracker.services import progress

from .resources import RESOURCES, ROW, Resource
from .schema import LIMITS, describe_interface


class BadQuery(ValueError):
    """A parameter that cannot be read; the message says which and how it should be."""


def keyed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a request in by its key, as the user that the key belongs to. No session, no cookie, only GET."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "GET":
            return _error(405, "只读接口，只支持 GET。")
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        user = find_user(key.strip()) if scheme.lower() == "bearer" else None
        if user is None:
            answer = _error(401, "请在 Authorization 头中给出有效的密钥：Bearer jn_…")
            answer["WWW-Authenticate"] = 'Bearer realm="jiannuo"'
            return answer
        if not may(user, "export"):
            return _error(403, "密钥所属用户没有权限。")
        request.user = user
        try:
            return view(request, *args, **kwargs)
        except BadQuery as error:
            return _error(400, str(error))

    checked.required_action = "export"  # type: ignore[attr-defined]  # read by the test that holds every view to the matrix
    return csrf_exempt(login_not_required(never_cache(checked)))


def _error(status: int, words: str) -> JsonResponse:
    return JsonResponse({"error": words}, status=status, json_dumps_params={"ensure_ascii": False})


def _answer(records: list[dict[str, Any]], following: str | None) -> JsonResponse:
    return JsonResponse({"data": records, "next": following}, json_dumps_params={"ensure_ascii": False})


def _whole(request: HttpRequest, name: str, default: int, least: int, most: int) -> int:
    text = request.GET.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise BadQuery(f"{name} 应为 {least} 到 {most} 的整数。")
    return int(text)


def _limits(request: HttpRequest) -> tuple[int, int]:
    after = _whole(request, "after", 0, 0, 2**62)
    return after, _whole(request, "limit", LIMITS["default"], 1, LIMITS["maximum"])


def _next(request: HttpRequest, after: int) -> str:
    query = {name: value for name, value in request.GET.items() if name != "after"} | {"after": after}
    return f"{settings.BASE_URL}{request.path}?{urlencode(query)}"


@keyed
def listing(request: HttpRequest, name: str) -> HttpResponse:
    """One page of a resource."""
    resource = RESOURCES.get(name)
    if resource is None:
        return _error(404, "没有这个资源。")
    after, limit = _limits(request)
    as_of = _as_of(request) if resource.dated else None
    rows = resource.rows(as_of).filter(pk__gt=after).order_by("pk")
    rows = _filter(rows, resource, request)
    if resource.organisation:
        rows = visible(rows, request.user, resource.organisation)
    found = list(rows[: limit + 1])
    records = [{field.name: field.read(_with_status(row)) for field in resource.fields} for row in found[:limit]]
    return _answer(records, _next(request, found[limit - 1].pk) if len(found) > limit else None)


def _with_status(row: Any) -> Any:
    statuses = getattr(row, "status_rows", None)
    row.status_row = statuses[0] if statuses else None
    return row


def _as_of(request: HttpRequest) -> date | None:
    text = request.GET.get("status_as_of", "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadQuery("status_as_of 应为 2024-10-31 这样的日期。") from error
    progress.ensure_statuses(day)
    return day


def _filter(rows: Any, resource: Resource, request: HttpRequest) -> Any:
    for name, lookup in resource.filters.items():
        value: Any = request.GET.get(name, "")
        if not value:
            continue
        if name == "changed_since":
            value = _time(value)
        elif lookup.endswith("_id") and not (value.isascii() and value.isdigit()):
            raise BadQuery(f"{name} 应为编号。")
        elif name == "as_of":
            try:
                value = date.fromisoformat(value)
            except ValueError as error:
                raise BadQuery("as_of 应为 2024-10-31 这样的日期。") from error
        rows = rows.filter(**{lookup: value})
    return rows


def _time(text: str) -> datetime:
    try:
        found = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None:
        raise BadQuery("changed_since 应为 2024-10-31T08:00:00+08:00 这样的时间。")
    return found if timezone.is_aware(found) else timezone.make_aware(found)


@keyed
def snapshot_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The frozen ledger of a month, row by row. ``after`` counts rows of the whole snapshot."""
    snapshot = get_object_or_404(Snapshot, pk=pk)
    after, limit = _limits(request)
    own = own_organisations(request.user)
    allowed = None if own is None else set(own.values_list("pk", flat=True))
    records: list[dict[str, Any]] = []
    position = after
    for row in islice(_rows_from(snapshot, after), snapshot.rows):
        if len(records) == limit:
            return _answer(records, _next(request, position))
        position += 1
        if allowed is None or row.organisation_id in allowed:
            records.append({field.name: field.read(row) for field in ROW})
    return _answer(records, None)


def _rows_from(snapshot: Snapshot, after: int) -> Any:
    """The rows behind the first ``after`` ones; pages that lie before are not unpacked."""
    skipped = after // CHUNK
    rows = read_pages(snapshot, SnapshotPage.Kind.ROWS, first=skipped)
    return islice(rows, after - skipped * CHUNK, None)


@login_not_required
def schema(request: HttpRequest) -> HttpResponse:
    """The description of the interface; it holds no data, so it needs no key."""
    base = settings.BASE_URL + reverse("reports:api_root")
    text = json.dumps(describe_interface(base.rstrip("/")), ensure_ascii=False, indent=1)
    return HttpResponse(text, content_type="application/json; charset=utf-8")


schema.required_action = None  # type: ignore[attr-defined]  # open to all: it describes, it gives nothing


@keyed
def root(request: HttpRequest) -> HttpResponse:
    """Where the resources are."""
    here = settings.BASE_URL + reverse("reports:api_root")
    return JsonResponse(
        {name: f"{here}{name}/" for name in RESOURCES} | {"schema": settings.BASE_URL + reverse("reports:api_schema")}
    )
