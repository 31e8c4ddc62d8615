"""Every change by a person goes through here: who, when, from what, to what, why."""

from .documents import correct_document
from .journal import CorrectionError, StaleRecord, describe
from .links import accept_links, decide_change, decide_link, decide_status, link, reject_links, resolve_finding
from .organisations import add_alias, add_organisation, merge_organisations, rename_organisation
from .records import (
    accept,
    accept_all,
    add_goal,
    add_result,
    close_goal,
    correct,
    extend_deadline,
    merge,
    reject,
    reject_all,
    restore,
    split,
)
from .undoing import can_undo, undo

__all__ = [
    "CorrectionError",
    "StaleRecord",
    "accept",
    "accept_all",
    "accept_links",
    "add_alias",
    "add_goal",
    "add_organisation",
    "add_result",
    "can_undo",
    "close_goal",
    "correct",
    "correct_document",
    "decide_change",
    "decide_link",
    "decide_status",
    "describe",
    "extend_deadline",
    "link",
    "merge",
    "merge_organisations",
    "reject",
    "reject_all",
    "reject_links",
    "rename_organisation",
    "resolve_finding",
    "restore",
    "split",
    "undo",
]
