"""Every page in English, walked from link to link: what is not stored data is English, words and signs alike."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.utils import translation
from lxml import html

from reports.services import months, notices, scoring
from tests import factories
from tracker.models import Goal, ImportBatch, Link, LinkState, Role, Status
from tracker.services import batches, corrections, progress

EXAMPLES = Path(__file__).resolve().parents[2] / "tracker" / "examples"
DOCUMENTS = ("望海市商务局2025年工作要点.md", "2025年上半年部门工作总结汇编.txt")
CHINESE = re.compile(r"[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef]")
# sentences that the product makes and stores: they are to be told in English
MADE = {"reasons", "objections", "notes", "arithmetic", "light_reason", "assumption", "searched", "summary", "error",
        "advice", "sentence", "stage", "words", "body"}  # fmt: skip
ATTRIBUTES = ("title", "aria-label", "placeholder", "alt", "hx-confirm", "data-confirm")
LEFT_OUT = re.compile(r"logout|export|/static/|\.xlsx|jsi18n|/download")
OF_ONE_SHAPE = 1  # pages that differ only in numbers and conditions
PAGES = 250


@pytest.fixture
def worked(db, settings):
    """Two documents read, and what people do with their records."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    taken = batches.take_in([EXAMPLES / name for name in DOCUMENTS], ImportBatch.Source.EXAMPLE, dispatch=False)
    batches.work_off(taken, lambda *_: None)
    user = factories.user("admin", Role.ADMINISTRATOR)
    goals = list(Goal.objects.filter(value__isnull=False).order_by("pk")[:4])
    corrections.correct(goals[0], {"value": goals[0].value + 5, "owner": "沈怀仁"}, user=user, reason="批示")
    corrections.accept(goals[1], user=user)
    corrections.reject(goals[2], user=user, reason="重复")
    link = Link.objects.filter(state=LinkState.ACCEPTED).order_by("pk").last()
    corrections.decide_link(link, LinkState.REJECTED, user=user, reason="不是一回事")
    day = progress.default_as_of()
    progress.ensure_statuses(day)
    corrections.decide_status(goals[3], day, Status.DONE, user=user, reason="市长会议定")
    factories.user("liaison", Role.LIAISON, goals[3].organisation)
    months.close_month(day, user=user)
    scoring.ensure_rules()
    notices.ensure_rules()
    notices.send_notice(goals[1], "behind", user=user, due_on=date(2099, 1, 1))
    return user


def stored_words() -> list[str]:
    """All data of the database, the longest first; lines of long texts also for themselves."""
    found: set[str] = set()
    for app in ("tracker", "reports"):
        for model in apps.get_app_config(app).get_models():
            if not model.__name__.startswith("Historical"):
                for row in model.objects.values_list(*names_of_data(model)):
                    gather(row, found)
    for user in get_user_model().objects.all():
        gather([user.first_name, user.last_name], found)
    return sorted(found, key=len, reverse=True)


def names_of_data(model: type[models.Model]) -> list[str]:
    kinds = (models.CharField, models.TextField, models.JSONField)
    fields = [field for field in model._meta.concrete_fields if isinstance(field, kinds) and not field.choices]
    return [field.name for field in fields if field.name not in MADE] or ["pk"]


def gather(value: Any, found: set[str]) -> None:
    if isinstance(value, str):
        found.update(line.strip() for line in (value, *value.split("\n")) if CHINESE.search(line))
    elif isinstance(value, dict):
        gather(list(value.values()), found)
    elif isinstance(value, list | tuple):
        for each in value:
            gather(each, found)


def texts_of(page: html.HtmlElement) -> list[str]:
    """What a page says to eyes and ears, but for what it marks as Chinese."""
    for element in page.xpath('//*[starts-with(@lang, "zh")] | //script | //style'):
        element.drop_tree()
    elements = [element for element in page.iter() if isinstance(element.tag, str)]
    spoken = [element.get(name) for element in elements for name in ATTRIBUTES if element.get(name)]
    return [text.strip() for text in (*page.itertext(), *spoken) if CHINESE.search(text)]


def links_of(page: html.HtmlElement, address: str) -> list[str]:
    asked = [element.get("href") or element.get("hx-get") or "" for element in page.xpath("//*[@href or @hx-get]")]
    whole = [address.split("?")[0] + link if link.startswith("?") else link for link in asked]
    return [link.split("#")[0] for link in whole if link.startswith("/") and not LEFT_OUT.search(link)]


def walk(client: Any, *begin: str):
    """(address, page) of what can be reached, a few of each shape."""
    waiting, seen, shapes = list(begin), set(begin), Counter()
    while waiting and sum(shapes.values()) < PAGES:
        address = waiting.pop(0)
        shape = re.sub(r"\d+", "1", re.sub(r"=[^&]*", "=", address))
        if shapes[shape] >= OF_ONE_SHAPE:
            continue
        shapes[shape] += 1
        answer = client.get(address, follow=True)
        assert answer.status_code < 500, address
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            page = html.fromstring(answer.content)
            new = [link for link in links_of(page, address) if link not in seen]
            seen.update(new)
            waiting += new
            yield address, page


@pytest.fixture
def in_english(client, worked):
    client.force_login(worked, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "en"
    yield client
    translation.activate("zh-hans")


def test_no_page_shows_chinese_of_its_own(in_english):
    said: dict[str, str] = {}
    pages = 0
    for address, page in walk(in_english, "/", "/admin/"):
        pages += 1
        for text in texts_of(page):
            said.setdefault(text, address)
    data = stored_words()
    whole = squeezed("\n".join(data))  # a piece of a document stands around each quote
    own = {text: address for text, address in said.items() if squeezed(text) not in whole}
    assert pages > 90
    assert {text: address for text, address in own.items() if CHINESE.search(without(text, data))} == {}


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def without(text: str, data: list[str]) -> str:
    for words in data:
        text = text.replace(words, "")
    return text


def test_a_mark_of_the_walk_is_seen():
    """The walk would find a word, a sign and a label of the product's own, and lets marked data pass."""
    page = html.fromstring('<p title="说明">Gap，<b lang="zh-Hans">泵站</b><i>目标</i><script>"字"</script></p>')
    assert texts_of(page) == ["Gap，", "目标", "说明"]
