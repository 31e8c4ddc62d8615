"""Brings notices to people: in the app, by e-mail, to a group robot. Every attempt is recorded; none is tried inside a transaction."""

from __future__ import annotations

import json
import logging
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db.models import Q, QuerySet
from django.db.models.functions import Concat
from django.urls import reverse

from reports.models import Channel, Delivery, Notice
from tracker.models import Role

log = logging.getLogger(__name__)
TIMEOUT = 10
SHOWN = 20


def recipients(notice: Notice) -> QuerySet:
    """The liaison officers of the organisation, and the responsible person where there is an account of that name.

    A liaison officer of another organisation does not get it, whatever the name; locked accounts are left out.
    """
    users = get_user_model().objects.filter(is_active=True).annotate(full_name=Concat("last_name", "first_name"))
    wanted = Q(profile__role=Role.LIAISON, profile__organisations=notice.organisation_id)
    if notice.owner:
        wanted |= Q(profile__isnull=False, full_name=notice.owner) & ~Q(profile__role=Role.LIAISON)
    return users.filter(wanted).distinct().order_by("pk")


def deliver(notices: Sequence[Notice], channels: Sequence[str]) -> list[Delivery]:
    """Send these notices on these channels: one mail a person, one robot message for all."""
    made: list[Delivery] = []
    by_user: dict[Any, list[Notice]] = {}
    for notice in notices:
        people = list(recipients(notice))
        for user in people:
            by_user.setdefault(user, []).append(notice)
        if not people:
            made.append(_failed(notice, Channel.APP, "该单位还没有填报员账号，请管理员建立。"))
    if Channel.APP in channels:
        made += [
            Delivery(notice=notice, channel=Channel.APP, user=user, succeeded=True)
            for user, mine in by_user.items()
            for notice in mine
        ]
    if Channel.MAIL in channels:
        for user, mine in by_user.items():
            made += _mail(user, mine)
    if Channel.WEBHOOK in channels and settings.WEBHOOK_URL and notices:
        made += _post(notices)
    Delivery.objects.bulk_create(made)
    return made


def _failed(notice: Notice, channel: str, error: str, user: Any = None, address: str = "") -> Delivery:
    return Delivery(
        notice=notice, channel=channel, user=user, address=address, succeeded=False, error=error[:300]
    )  # fmt: skip


def _mail(user: Any, notices: Sequence[Notice]) -> list[Delivery]:
    if not user.email:
        return [_failed(notice, Channel.MAIL, "账号没有填写邮箱。", user) for notice in notices]
    first = notices[0]
    subject = str(first) if len(notices) == 1 else f"{first.get_step_display()}等{len(notices)}件：{first.organisation}"
    body = "\n\n".join(f"{notice}\n{notice.body}\n{address_of(notice)}" for notice in notices)
    try:
        EmailMessage(subject.replace("\n", " "), body, to=[user.email]).send()
    except OSError as error:
        log.warning("mail to %s failed: %s", user.pk, error)
        return [_failed(notice, Channel.MAIL, f"邮件没有发出：{error}", user, user.email) for notice in notices]
    return [
        Delivery(notice=notice, channel=Channel.MAIL, user=user, address=user.email, succeeded=True)
        for notice in notices
    ]


def address_of(notice: Notice) -> str:
    return settings.BASE_URL + reverse("reports:notice", args=[notice.pk])


def robot_message(notices: Sequence[Notice]) -> dict[str, Any]:
    """The text message that DingTalk's and WeCom's robots both take."""
    lines = [
        f"【{notice.get_step_display()}】{notice.organisation}：{notice.goal.indicator}，{notice.due_on}前回复"
        for notice in notices[:SHOWN]
    ]
    if len(notices) > SHOWN:
        lines.append(f"……共{len(notices)}件")
    lines.append(settings.BASE_URL + reverse("reports:notices"))
    return {"msgtype": "text", "text": {"content": "\n".join(lines)}}


def _post(notices: Sequence[Notice]) -> list[Delivery]:
    error = post_message(robot_message(notices))
    if error:
        return [_failed(notice, Channel.WEBHOOK, error) for notice in notices]
    return [Delivery(notice=notice, channel=Channel.WEBHOOK, succeeded=True) for notice in notices]


def post_message(message: dict[str, Any]) -> str:
    """Send a message to the office's robot; what went wrong, or an empty string."""
    if not settings.WEBHOOK_URL.startswith(("https://", "http://")):
        return "群机器人的地址应以 http:// 或 https:// 开头。"
    request = urllib.request.Request(  # noqa: S310  # the scheme is checked above
        settings.WEBHOOK_URL,
        json.dumps(message, ensure_ascii=False).encode(),
        {"Content-Type": "application/json; charset=utf-8"},
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            told = json.loads(answer.read(10_000) or b"{}")
    except (urllib.error.URLError, OSError, ValueError) as error:
        log.warning("robot message failed: %s", error)
        return f"群机器人没有收下：{error}"
    if isinstance(told, dict) and told.get("errcode"):
        return f"群机器人没有收下：{told.get('errmsg', told['errcode'])}"
    return ""
