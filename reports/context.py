"""What every page shows of the monthly round: how many notices wait to be read."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest

from reports.models import Channel, Delivery


def unread_notices(request: HttpRequest) -> dict[str, Any]:
    """Counted only when a page asks for it: a template calls what it is given."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    rows = Delivery.objects.filter(user=user, channel=Channel.APP, read_at__isnull=True)
    return {"unread_notices": cache(rows.count)}
