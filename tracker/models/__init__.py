"""The data model, one module a subject. Import from here."""

from .documents import Document, ImportBatch, ImportJob, JobState
from .links import (
    BodyDay,
    ChangeKind,
    Finding,
    FindingKind,
    GoalChange,
    GoalStatus,
    KeptFigures,
    Light,
    Link,
    LinkingTurn,
    LinkingWish,
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
    "BodyDay",
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
    "KeptFigures",
    "Light",
    "Link",
    "LinkState",
    "LinkingTurn",
    "LinkingWish",
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
