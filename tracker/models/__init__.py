"""The data model, one module a subject. Import from here."""

from .documents import Document, ImportBatch, ImportJob, JobState
from .links import (
    ChangeKind,
    Finding,
    FindingKind,
    GoalChange,
    GoalStatus,
    Light,
    Link,
    LinkingTurn,
    LinkState,
    Relation,
    Status,
    StatusDay,
)
from .organisations import Alias, Organisation, Profile, Role
from .settings import Event, Rules, SavedView, Word
from .statements import Comparator, Goal, Measure, Origin, Result, Review

__all__ = [
    "Alias",
    "ChangeKind",
    "Comparator",
    "Document",
    "Event",
    "Finding",
    "FindingKind",
    "Goal",
    "GoalChange",
    "GoalStatus",
    "ImportBatch",
    "ImportJob",
    "JobState",
    "Light",
    "Link",
    "LinkState",
    "LinkingTurn",
    "Measure",
    "Organisation",
    "Origin",
    "Profile",
    "Relation",
    "Result",
    "Review",
    "Role",
    "Rules",
    "SavedView",
    "Status",
    "StatusDay",
    "Word",
]
