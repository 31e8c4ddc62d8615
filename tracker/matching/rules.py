"""The status words, the lights and the thresholds that decide between them."""
from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Status = Literal["done", "ahead", "on_time", "behind", "at_risk", "overdue", "not_started", "adjusted", "no_data"]
Light = Literal["green", "yellow", "dark_yellow", "red", "blue", "grey"]

STATUS_LABELS: dict[Status, str] = {
    "done": "已完成", "ahead": "超序时", "on_time": "达到序时进度", "behind": "未达序时进度（滞后）", "at_risk": "有风险",
    "overdue": "逾期未完成", "not_started": "未启动", "adjusted": "目标调整", "no_data": "无数据",
}
LIGHT_LABELS: dict[Light, str] = {
    "green": "绿灯", "yellow": "黄灯", "dark_yellow": "深黄灯", "red": "红灯", "blue": "蓝灯", "grey": "灰灯",
}


@dataclass(frozen=True, slots=True)
class Rules:
    """Thresholds of lights, in percentage points unless said. The defaults are those of the trade's common practice."""

    yellow_from: Decimal = Decimal(0)          # a gap below this is yellow
    dark_yellow_from: Decimal = Decimal(-10)
    red_from: Decimal = Decimal(-30)
    due_soon_days: int = 30
    approx_tolerance: Decimal = Decimal(5)     # 左右、约: per cent of the target
    declared_tolerance: Decimal = Decimal(1)   # stated and computed completion may differ by so many points
    silent_reports: int = 2                    # later reports of the body without a word before a goal counts as unanswered

    def describe(self) -> str:
        """The rule in words, shown wherever a light is shown."""
        return (
            f"绿灯：已完成，或进度差不低于{self.yellow_from}个百分点；"
            f"黄灯：差{self.dark_yellow_from}至{self.yellow_from}个百分点；"
            f"深黄灯：差{self.red_from}至{self.dark_yellow_from}个百分点；"
            f"红灯：差低于{self.red_from}个百分点，或逾期未完成；"
            f"蓝灯：{self.due_soon_days}天内到期；灰灯：无数据。"
        )


def light_of_gap(gap: Decimal, rules: Rules) -> tuple[Light, str]:
    """The light of a gap in percentage points, and the part of the rule that decided, in words."""
    shown = f"{gap:+.1f}"
    if gap < rules.red_from:
        return "red", f"差{shown}个百分点，低于{rules.red_from}，亮红灯"
    if gap < rules.dark_yellow_from:
        return "dark_yellow", f"差{shown}个百分点，低于{rules.dark_yellow_from}，亮深黄灯"
    if gap < rules.yellow_from:
        return "yellow", f"差{shown}个百分点，低于{rules.yellow_from}，亮黄灯"
    return "green", f"差{shown}个百分点，不低于{rules.yellow_from}，亮绿灯"
