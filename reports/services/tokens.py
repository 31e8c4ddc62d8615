"""Keys for other systems: made once and shown once, kept as a fingerprint, revoked at any time."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.utils import timezone

from reports.models import ApiToken
from tracker.models import Event

PREFIX = "jn_"


def fingerprint(key: str) -> str:
    # a key is 256 random bits: a plain hash cannot be guessed back
    return hashlib.sha256(key.encode()).hexdigest()


def make_token(user: Any, name: str) -> tuple[ApiToken, str]:
    """A new key; the second value is the key itself, which is not kept."""
    key = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(user=user, name=name.strip()[:60] or "未命名", digest=fingerprint(key))
    Event.objects.create(
        user=user, action="token_make", model="apitoken", object_id=token.pk, summary=f"新建接口密钥：{token.name}"
    )
    return token, key


def find_user(key: str) -> Any | None:
    """The user that a key acts for; None for an unknown or revoked key or a locked account."""
    if not key.startswith(PREFIX):
        return None
    token = ApiToken.objects.select_related("user").filter(digest=fingerprint(key), revoked_at__isnull=True).first()
    if token is None or not token.user.is_active:
        return None
    today = timezone.localdate()
    if token.used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(used_on=today)
    return token.user


def revoke(token: ApiToken, *, user: Any) -> None:
    if token.revoked_at is None:
        ApiToken.objects.filter(pk=token.pk).update(revoked_at=timezone.now())
        Event.objects.create(
            user=user, action="token_revoke", model="apitoken", object_id=token.pk, summary=f"停用接口密钥：{token.name}"
        )  # fmt: skip
