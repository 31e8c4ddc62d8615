"""What the interface gives: resources with their fields, kinds and meanings. The schema and the answers both come from here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.db.models import Prefetch, QuerySet

from reports.ledger.rows import plain
from reports.models import Snapshot
from tracker.models import (
    Comparator,
    Goal,
    GoalStatus,
    Light,
    Link,
    LinkState,
    Measure,
    Origin,
    Relation,
    Result,
    Review,
    Status,
)

ID, TEXT, NUMBER, DAY, TIME, SHARE = "integer", "string", "decimal", "date", "date-time", "decimal"


@dataclass(frozen=True)
class Field:
    """A field of a resource. ``path`` is where the value is found, dotted; ``choices`` what it may be."""

    name: str
    kind: str
    meaning: str
    path: str = ""
    choices: Any = None
    nullable: bool = False

    def read(self, row: Any) -> Any:
        try:
            value = attrgetter((self.path or self.name).replace("__", "."))(row)
        except AttributeError:
            value = None
        return as_json(value)


def as_json(value: Any) -> Any:
    """Decimals as exact text, dates in ISO form."""
    if isinstance(value, Decimal):
        return f"{plain(value):f}"
    return value.isoformat() if isinstance(value, date | datetime) else value


STATEMENT = (
    Field("id", ID, "编号"),
    Field("organisation", ID, "单位编号", "organisation_id"),
    Field("organisation_name", TEXT, "单位", "organisation.name"),
    Field("owner", TEXT, "责任人"),
    Field("quote", TEXT, "原文"),
    Field("indicator", TEXT, "指标"),
    Field("value", NUMBER, "数值，文字形式以保全精度", nullable=True),
    Field("value_max", NUMBER, "区间上限", nullable=True),
    Field("unit", TEXT, "计量单位"),
    Field("comparator", TEXT, "比较", choices=Comparator),
    Field("measure", TEXT, "口径", choices=Measure),
    Field("period_start", DAY, "时期起", nullable=True),
    Field("period_end", DAY, "时期止；目标的时限", nullable=True),
    Field("document", ID, "文档编号", "document_id", nullable=True),
    Field("document_title", TEXT, "文档标题", "document.title", nullable=True),
    Field("paragraph", ID, "第几段", nullable=True),
    Field("page", ID, "第几页", nullable=True),
    Field("start", ID, "原文在文档正文中的起点（字符）", nullable=True),
    Field("end", ID, "终点（字符，不含）", nullable=True),
    Field("origin", TEXT, "来源", choices=Origin),
    Field("review", TEXT, "审核", choices=Review),
    Field("updated_at", TIME, "修改时间"),
)
GOAL = (
    *STATEMENT,
    Field("original_deadline", DAY, "延期前的原定时限", nullable=True),
    Field("closed_on", DAY, "销号日期", nullable=True),
    Field("problems", TEXT, "存在问题"),
    Field("steps", TEXT, "下步措施"),
)
STATUS = (
    Field("as_of", DAY, "截至日期", "status_row.as_of", nullable=True),
    Field("status", TEXT, "状态：核定优先，否则测算", "status_row.status", Status, nullable=True),
    Field("light", TEXT, "亮灯", "status_row.light", Light, nullable=True),
    Field("computed", TEXT, "测算状态", "status_row.computed", Status, nullable=True),
    Field("declared", TEXT, "自报状态", "status_row.declared", Status, nullable=True),
    Field("decided", TEXT, "核定状态", "status_row.decided", Status, nullable=True),
    Field("done", NUMBER, "完成值，按目标的计量单位", "status_row.value", nullable=True),
    Field("completion", SHARE, "完成率，1＝100%，不封顶", "status_row.completion", nullable=True),
    Field("declared_completion", SHARE, "自报完成率", "status_row.declared_completion", nullable=True),
    Field("time_share", SHARE, "序时进度", "status_row.time_share", nullable=True),
    Field("gap", NUMBER, "差值，百分点", "status_row.gap", nullable=True),
    Field("arithmetic", TEXT, "算式", "status_row.arithmetic", nullable=True),
)
LINK = (
    Field("id", ID, "编号"),
    Field("goal", ID, "目标编号", "goal_id"),
    Field("result", ID, "完成情况编号", "result_id"),
    Field("relation", TEXT, "关系", choices=Relation),
    Field("score", "number", "把握，0到1"),
    Field("state", TEXT, "状态", choices=LinkState),
    Field("reasons", "array", "理由"),
    Field("objections", "array", "疑点"),
    Field("decided_at", TIME, "决定时间", nullable=True),
)
SNAPSHOT = (
    Field("id", ID, "编号"),
    Field("as_of", DAY, "截至日期"),
    Field("version", ID, "第几版"),
    Field("state", TEXT, "状态：closed 已关账，reopened 已重开"),
    Field("rows", ID, "目标数（全部单位，含重申而不计入合计的）"),
    Field("closed_at", TIME, "关账时间"),
    Field("digest", TEXT, "内容指纹"),
)
ROW = tuple(
    Field(name, kind, meaning, path, choices, nullable=True)
    for name, kind, meaning, path, choices in (
        ("goal", ID, "目标编号", "", None), ("organisation", ID, "单位编号", "organisation_id", None),
        ("organisation_name", TEXT, "当时的单位名称", "organisation", None), ("owner", TEXT, "责任人", "", None),
        ("quote", TEXT, "目标任务（原文）", "", None), ("indicator", TEXT, "指标", "", None),
        ("target", NUMBER, "目标值", "", None), ("target_max", NUMBER, "区间上限", "", None),
        ("unit", TEXT, "计量单位", "", None), ("comparator", TEXT, "比较", "", Comparator),
        ("deadline", DAY, "完成时限", "", None), ("original_deadline", DAY, "原定时限", "", None),
        ("done", NUMBER, "完成值", "", None), ("done_on", DAY, "数据截止", "", None),
        ("completion", SHARE, "完成率", "", None), ("time_share", SHARE, "序时进度", "", None),
        ("gap", NUMBER, "差值，百分点", "", None), ("status", TEXT, "状态", "", Status),
        ("light", TEXT, "亮灯", "", Light), ("progress", TEXT, "进展情况（原文）", "", None),
        ("problems", TEXT, "存在问题", "", None), ("steps", TEXT, "下步措施", "", None),
        ("document", TEXT, "目标所在文档", "", None), ("paragraph", ID, "第几段", "", None),
        ("result_document", TEXT, "进展所在文档", "", None), ("result_paragraph", ID, "第几段", "", None),
        ("same_as", TEXT, "重申哪项目标，不计入合计；空：计入", "", None),
    )
)  # fmt: skip


@dataclass(frozen=True)
class Resource:
    """A list that is read page by page. ``filters`` maps a query parameter to a lookup."""

    name: str
    title: str
    fields: tuple[Field, ...]
    rows: Callable[[date | None], QuerySet]
    filters: dict[str, str]
    organisation: str = "organisation"
    dated: bool = False


def goals(as_of: date | None) -> QuerySet:
    rows = Goal.objects.select_related("organisation", "document").defer("document__content", "document__paragraphs")
    if as_of is None:
        return rows
    return rows.prefetch_related(Prefetch("statuses", GoalStatus.objects.filter(as_of=as_of), to_attr="status_rows"))


def results(as_of: date | None) -> QuerySet:
    return Result.objects.select_related("organisation", "document").defer("document__content", "document__paragraphs")


STATEMENT_FILTERS = {
    "organisation": "organisation_id", "document": "document_id", "review": "review", "changed_since": "updated_at__gte",
}  # fmt: skip
RESOURCES = {
    each.name: each
    for each in (
        Resource("goals", "目标", (*GOAL, *STATUS), goals, STATEMENT_FILTERS, dated=True),
        Resource("results", "完成情况", STATEMENT, results, STATEMENT_FILTERS),
        Resource(
            "links", "关联", LINK, lambda as_of: Link.objects.all(),
            {"goal": "goal_id", "result": "result_id", "state": "state"}, "goal__organisation",
        ),
        Resource("snapshots", "月度快照", SNAPSHOT, lambda as_of: Snapshot.objects.all(), {"as_of": "as_of"}, ""),
    )
}  # fmt: skip
