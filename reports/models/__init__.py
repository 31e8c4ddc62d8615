"""The data of the monthly round, one module a subject. Import from here."""

from .breakdown import Milestone, Task
from .files import FileState, LedgerFile
from .months import RoundSettings, Snapshot, SnapshotPage, SnapshotState, SnapshotTally
from .notices import Channel, Condition, Delivery, Extension, Notice, NoticeRule, NoticeState, Rhythm, Step
from .roundtrip import Submission, SubmissionOrigin, SubmissionState, WorkbookIssue
from .scoring import FlagRule, ScoreRule
from .tokens import ApiToken

__all__ = [
    "ApiToken",
    "Channel",
    "Condition",
    "Delivery",
    "Extension",
    "FileState",
    "FlagRule",
    "LedgerFile",
    "Milestone",
    "Notice",
    "NoticeRule",
    "NoticeState",
    "Rhythm",
    "RoundSettings",
    "ScoreRule",
    "Snapshot",
    "SnapshotPage",
    "SnapshotState",
    "SnapshotTally",
    "Step",
    "Submission",
    "SubmissionOrigin",
    "SubmissionState",
    "Task",
    "WorkbookIssue",
]
