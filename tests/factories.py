"""Small makers of rows for tests. Everything has a sensible default; name only what the test is about."""
from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile

from tracker.analysis.indicators import indicator_key
from tracker.models import (
    Document,
    Goal,
    ImportBatch,
    ImportJob,
    Link,
    LinkState,
    Organisation,
    Profile,
    Relation,
    Result,
    Role,
)
from tracker.services.organisations import key_of

_numbers = count(1)
PASSWORD = "望海-2024-督查"


def user(name: str = "", role: str | None = Role.SUPERVISOR, *organisations: Organisation, **fields: Any):
    """A user with a role (None: a stranger without one) and, for a liaison officer, organisations."""
    made = get_user_model().objects.create_user(name or f"user{next(_numbers)}", password=PASSWORD, **fields)
    if role:
        Profile.objects.create(user=made, role=role).organisations.set(organisations)
    return made


def organisation(name: str = "", **fields: Any) -> Organisation:
    name = name or f"望海市测试{next(_numbers)}局"
    place, key = key_of(name)
    return Organisation.objects.create(name=name, key=key, region=place, **fields)


def document(content: str = "", *, name: str = "", published_on: date | None = date(2024, 7, 10), **fields: Any) -> Document:
    """A document with its text; the stored file holds the text in UTF-8."""
    number = next(_numbers)
    content = content or f"第{number}份文件的正文。"
    data = content.encode()
    made = Document(
        sha256=hashlib.sha256(data + str(number).encode()).hexdigest(), name=name or f"文件{number}.txt", size=len(data),
        content=content, published_on=published_on, format="txt", paragraphs=[[0, len(content), 1, None, "body", None]], **fields,
    )
    made.file.save(f"test-{number}.txt", ContentFile(data), save=False)
    made.save()
    return made


def job(document_: Document | None = None, **fields: Any) -> ImportJob:
    batch = fields.pop("batch", None) or ImportBatch.objects.create(source=ImportBatch.Source.UPLOAD)
    return ImportJob.objects.create(batch=batch, document=document_ or document(), **fields)


def _statement(model: type, defaults: dict[str, Any], fields: dict[str, Any]) -> Any:
    values = defaults | fields
    if "organisation" not in values:
        values["organisation"] = Organisation.objects.filter(name="望海市商务局").first() or organisation("望海市商务局")
    if values.get("value") is None:
        values |= {"comparator": "", "measure": "", "unit": ""}
    elif not isinstance(values["value"], Decimal):
        values["value"] = Decimal(str(values["value"]))
    values.setdefault("indicator_key", indicator_key(values["indicator"]))
    return model.objects.create(**values)


def goal(**fields: Any) -> Goal:
    """全年新增外贸企业 100 家, unless said otherwise."""
    return _statement(Goal, {
        "quote": "全年新增外贸企业100家以上", "indicator": "新增外贸企业", "value": 100, "unit": "家", "comparator": "ge",
        "measure": "level", "period_start": date(2024, 1, 1), "period_end": date(2024, 12, 31),
    }, fields)


def result(**fields: Any) -> Result:
    """上半年新增外贸企业 56 家, unless said otherwise."""
    return _statement(Result, {
        "quote": "上半年新增外贸企业56家", "indicator": "新增外贸企业", "value": 56, "unit": "家", "comparator": "eq",
        "measure": "level", "period_start": date(2024, 1, 1), "period_end": date(2024, 6, 30),
    }, fields)


def link(goal_: Goal, result_: Result, **fields: Any) -> Link:
    values = {"relation": Relation.PROGRESS, "score": 0.95, "state": LinkState.ACCEPTED} | fields
    return Link.objects.create(goal=goal_, result=result_, **values)
