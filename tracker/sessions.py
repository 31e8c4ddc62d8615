"""Sessions in the database, as Django's own; reading one, which every page does, is a prepared query."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from tracker.services.prepared import Given, Prepared


def _of_key() -> Any:
    model = SessionStore.get_model_class()
    key, until = (model._meta.get_field(name) for name in ("session_key", "expire_date"))
    return model.objects.filter(session_key=Given(0, key), expire_date__gt=Given(1, until))


_SESSION = Prepared(_of_key)


class SessionStore(DatabaseStore):
    def _get_session_from_db(self) -> Any:
        found = _SESSION(self.session_key, timezone.now())
        if not found:
            self._session_key = None
        return found[0] if found else None
