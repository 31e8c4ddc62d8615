"""Checks that typed-in and extracted records share. Errors name their field, so that a form can show them there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from tracker.analysis.indicators import indicator_key
from tracker.models import Document, Goal, Result
from tracker.services import wording

EDITABLE = {
    "organisation", "owner", "post", "quote", "start", "end", "indicator", "value", "value_max", "unit", "comparator",
    "measure", "period_start", "period_end", "scope", "note",
}  # fmt: skip
GOAL_ONLY = {"baseline", "problems", "steps", "closed_on", "original_deadline"}


def check_fields(model: type[Goal | Result], changes: Mapping[str, Any]) -> None:
    """Refuse fields that a person may not set: a programming error, not a person's."""
    allowed = EDITABLE | (GOAL_ONLY if model is Goal else set())
    if unknown := set(changes) - allowed:
        raise ValueError(f"not editable: {sorted(unknown)}")


def complete(changes: Mapping[str, Any], record: Goal | Result | None = None) -> dict[str, Any]:
    """The changes with what follows from them: the indicator's normal form, comparator and measure beside a value."""
    done = dict(changes)
    if "indicator" in done:
        done["indicator_key"] = indicator_key(done["indicator"], wording.vocabulary())[:200]

    def now(name: str) -> Any:
        return done[name] if name in done else getattr(record, name, None)

    if "value" in done and done["value"] is None:
        done.update(value_max=None, comparator="", measure="", unit="")
    elif now("value") is not None:
        if not now("comparator"):
            done["comparator"] = "range" if now("value_max") is not None else "eq"
        if not now("measure"):
            done["measure"] = "level"
    return done


def check_record(record: Goal | Result) -> None:
    """Raise ValidationError with Chinese sentences by field for what the database would refuse, and for what makes no sense."""
    errors: dict[str, str] = {}
    if not record.indicator.strip():
        errors["indicator"] = gettext("请写明指标：考核的是什么。")
    if not record.quote.strip():
        errors["quote"] = gettext("请写明原文。")
    if record.value is None and record.value_max is not None:
        errors["value"] = gettext("填了上限，还缺数值。")
    if record.value_max is not None and record.value is not None and record.value_max < record.value:
        errors["value_max"] = gettext("上限 %(upper)s 小于数值 %(value)s。") % {"upper": record.value_max, "value": record.value}
    if record.value_max is not None and record.comparator != "range":
        errors["comparator"] = gettext("有上限时，比较应为“区间”。")
    if record.period_start and record.period_end and record.period_start > record.period_end:
        errors["period_end"] = gettext("时期止 %(end)s 早于时期起 %(start)s。") % {"end": record.period_end, "start": record.period_start}
    if record.start is not None and not stands_in(record.document, record.start, record.end):
        errors["quote"] = gettext("所选文字不在文档范围内，请重新选择。")
    if errors:
        raise ValidationError(errors)
    record.clean_fields(exclude=["document", "organisation", "created_by"])


def stands_in(document: Document | None, start: int, end: int | None) -> bool:
    """Whether start…end is a stretch of the document's text."""
    return document is not None and end is not None and 0 <= start < end <= len(document.content)
