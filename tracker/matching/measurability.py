"""Measurability: what a goal lacks (indicator, number, deadline, owner), told before the pledge is signed."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tracker.analysis.records import Statement
from tracker.matching.items import Item
from tracker.matching.similarity import read_indicator

Part = Literal["indicator", "number", "deadline", "organisation", "owner"]

PART_LABELS: dict[Part, str] = {
    "indicator": "指标", "number": "数值", "deadline": "完成时限", "organisation": "责任单位", "owner": "责任人",
}
ADVICE: dict[Part, str] = {
    "indicator": "写明考核的是什么（如“城镇新增就业”），不只写“相关工作”",
    "number": "写明数值和单位，或写明可以查验的成果（文件、项目、活动）",
    "deadline": "写明完成时限（到哪年哪月）",
    "organisation": "写明由哪个单位负责",
    "owner": "写明责任人姓名",
}
TELLING = 1.0        # an indicator of common words only (重点工作, 项目建设) names nothing that can be checked


@dataclass(frozen=True, slots=True)
class Measurability:
    """What one goal has and lacks."""

    goal: str                        # the goal's id
    present: tuple[Part, ...]
    missing: tuple[Part, ...]
    sentence: str

    @property
    def complete(self) -> bool:
        """All five parts are there."""
        return not self.missing

    @property
    def checkable(self) -> bool:
        """Someone outside can tell later whether it was done: indicator, number and deadline are there."""
        return not {"indicator", "number", "deadline"} & set(self.missing)


def check_goal(goal: Item) -> Measurability:
    """What a goal has and lacks, with advice for each missing part."""
    there = _parts(goal.statement)
    present = tuple(part for part, found in there.items() if found)
    missing = tuple(part for part, found in there.items() if not found)
    if not missing:
        return Measurability(goal.id, present, missing, "指标、数值、完成时限、责任单位、责任人齐全，可以考核")
    names = "、".join(PART_LABELS[part] for part in missing)
    advice = "；".join(ADVICE[part] for part in missing)
    return Measurability(goal.id, present, missing, f"缺少{names}。建议：{advice}")


def check_document(goals: Sequence[Item]) -> list[Measurability]:
    """Goals of a document that lack something, in reading order: the list that its author could mend."""
    return [found for goal in sorted(goals, key=lambda goal: goal.within) if not (found := check_goal(goal)).complete]


def _parts(goal: Statement) -> dict[Part, bool]:
    return {
        "indicator": read_indicator(goal.indicator).weight >= TELLING,
        "number": goal.quantity is not None,
        "deadline": goal.period.end is not None,
        "organisation": bool(goal.organisation),
        "owner": bool(goal.owner),
    }
