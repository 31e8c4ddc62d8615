"""Corrections of what is known about a document: title, issuing body, dates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from tracker.models import Document
from tracker.services import intake

from .journal import differences, save_changes, summarise, write_event

FACTS = ("title", "issuer", "published_on", "period_start", "period_end")
BY_PERSON = "given"


def correct_document(document: Document, changes: Mapping[str, Any], *, user: Any, reason: str = "") -> Document:
    """Correct facts of a document. Statements that depend on its date or issuing body are read again in the background.

    What a person has corrected in those statements stays. Raises ValidationError with sentences by field.
    """
    if unknown := set(changes) - set(FACTS):
        raise ValueError(f"not a fact of a document: {sorted(unknown)}")
    start = changes.get("period_start", document.period_start)
    end = changes.get("period_end", document.period_end)
    if start and end and start > end:
        raise ValidationError({"period_end": gettext("时期止 %(end)s 早于时期起 %(start)s。") % {"end": end, "start": start}})
    with transaction.atomic():
        changed = differences(document, changes)
        if not changed:
            return document
        sources = document.sources | dict.fromkeys(changed, BY_PERSON)
        save_changes(document, {**changes, "sources": sources}, user=user, reason=reason)
        write_event(
            "correct_document", document, user=user, reason=reason, changes=changed,
            summary=summarise(document, "修改", changed),
        )  # fmt: skip
        if set(changed) - {"title"}:
            intake.read_again(document, user=user)
    return document
