"""What every page shows of the monthly round: how many notices wait to be read."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import Count
from django.http import HttpRequest

from reports.models import Channel, Delivery
from tracker.services.prepared import Given, Prepared

_UNREAD = Prepared(
    lambda: (
        Delivery.objects.filter(user=Given(0, Delivery._meta.get_field("user")), channel=Channel.APP, read_at=None)
        .order_by()
        .values("user")
        .annotate(n=Count("pk"))
        .values_list("n")
    )
)


def unread_notices(request: HttpRequest) -> dict[str, Any]:
    """Counted only when a page asks for it: a template calls what it is given."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"unread_notices": cache(lambda: sum(n for (n,) in _UNREAD(user.pk)))}
