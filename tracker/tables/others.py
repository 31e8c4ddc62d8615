"""Tables of documents, organisations, imports and the audit journal."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tracker import access
from tracker.markup import address, fill
from tracker.models import (
    Alias,
    Document,
    Event,
    Finding,
    Goal,
    GoalChange,
    GoalStatus,
    ImportJob,
    Link,
    Organisation,
    Result,
    Rules,
    Word,
)
from tracker.services import corrections
from tracker.tables.base import Column, DayColumn, ListTable, NumberColumn, ToldColumn
from tracker.templatetags.jiannuo import tr, who

MODELS = {
    model._meta.model_name: model
    for model in (Alias, Document, Finding, Goal, GoalChange, GoalStatus, Link, Organisation, Result, Rules, Word)
}
# what people do, as the journal calls it
ACTIONS = {
    "add": "录入",
    "accept_all": "批量采纳",
    "accept_links": "批量采纳关联",
    "alias": "加别名",
    "breakdown_done": "任务或节点完成",
    "breakdown_remove": "删除任务或节点",
    "change_accepted": "确认变更",
    "change_proposed": "变更退回待确认",
    "change_rejected": "否定变更",
    "close_month": "关账",
    "correct": "修改",
    "correct_document": "修改文档信息",
    "decide_status": "核定",
    "extension_ask": "申请延期",
    "extension_decide": "审批延期",
    "link": "关联",
    "link_accepted": "采纳关联",
    "link_proposed": "关联退回待确认",
    "link_rejected": "否决关联",
    "merge": "合并",
    "merge_organisation": "合并单位",
    "milestone_add": "加节点",
    "move_link": "移动关联",
    "notice": "发出通知",
    "notice_close": "办结通知",
    "notice_reply": "回复通知",
    "reject_all": "批量驳回",
    "reject_links": "批量否决关联",
    "rename": "改名",
    "reopen_month": "重开月份",
    "resolve": "处理疑点",
    "review_accepted": "采纳",
    "review_corrected": "修正",
    "review_rejected": "驳回",
    "review_unreviewed": "恢复",
    "settings": "修改设置",
    "split": "拆分",
    "submission_approve": "采纳填报",
    "submission_return": "退回填报",
    "submission_submit": "提交填报",
    "submission_withdraw": "撤回填报",
    "task_add": "加任务",
    "token_make": "生成密钥",
    "token_revoke": "吊销密钥",
    "undo": "撤销",
}


class MomentColumn(Column):
    """A point of time in the office's zone: 2021-10-31 09:30."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(attrs={"td": {"class": "nowrap"}}, **kwargs)

    def render(self, value: Any) -> str:
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"

    def value(self, value: Any) -> Any:
        return value


class DocumentTable(ListTable):
    title = Column(_("标题"), empty_values=())
    issuer = Column(_("发文单位"), order_by="issuer__name")
    published_on = DayColumn(verbose_name=_("发布日期"))
    period_end = DayColumn(verbose_name=_("所述时期止"))
    format = Column(_("格式"))
    goals_found = NumberColumn(verbose_name=_("目标数"))
    results_found = NumberColumn(verbose_name=_("结果数"))
    open_found = NumberColumn(verbose_name=_("待审核"))
    uploaded_by = Column(_("上传人"), order_by="uploaded_by__username")
    created_at = MomentColumn(verbose_name=_("入库时间"))

    class Meta(ListTable.Meta):
        model = Document
        fields = ()
        sequence = ("number", "...")

    class Usual:
        columns = (
            "title",
            "issuer",
            "published_on",
            "format",
            "goals_found",
            "results_found",
            "open_found",
            "created_at",
        )
        widths = {"number": 6, "title": 50, "issuer": 22}

    def render_title(self, record: Document) -> SafeString:
        where = address("document", record.pk)
        return fill('<a class="main" href="{}">{}</a><span class="quote">{}</span>', where, record, record.name)

    def value_title(self, record: Document) -> str:
        return str(record)

    def render_uploaded_by(self, value: Any) -> str:
        return who(value)


class OrganisationTable(ListTable):
    """``goals_now`` and the parts are counts at the as-of date."""

    name = Column(_("单位"))
    region = Column(_("地区"))
    goals_now = NumberColumn(verbose_name=_("目标"))
    done = NumberColumn(verbose_name=_("已完成"))
    ontime = NumberColumn(verbose_name=_("达到序时"))
    behind = NumberColumn(verbose_name=_("滞后"))
    overdue = NumberColumn(verbose_name=_("逾期"))
    none = NumberColumn(verbose_name=_("无数据"))
    documents_found = NumberColumn(verbose_name=_("文档"))
    parent = Column(_("上级单位"), order_by="parent__name")

    class Meta(ListTable.Meta):
        model = Organisation
        fields = ()
        sequence = ("number", "...")

    class Usual:
        columns = ("name", "region", "goals_now", "done", "ontime", "behind", "overdue", "none", "documents_found")
        widths = {"number": 6, "name": 34}

    def render_name(self, record: Organisation) -> SafeString:
        return fill('<a class="main" href="{}">{}</a>', address("organisation", record.pk), record.name)

    def value_name(self, record: Organisation) -> str:
        return record.name


class ImportTable(ListTable):
    document = Column(_("文件"), order_by="document__name")
    state = Column(_("状态"), attrs={"td": {"class": "tight"}})
    goals = NumberColumn(verbose_name=_("目标数"))
    results = NumberColumn(verbose_name=_("结果数"))
    links = NumberColumn(verbose_name=_("关联数"))
    source = Column(_("来源"), accessor="batch__source", order_by="batch__source")
    by = Column(_("提交人"), accessor="batch__created_by", order_by="batch__created_by__username")
    created_at = MomentColumn(verbose_name=_("提交时间"))
    finished_at = MomentColumn(verbose_name=_("结束时间"))
    attempt = NumberColumn(verbose_name=_("第几次"))
    error = Column(_("错误"), orderable=False)

    class Meta(ListTable.Meta):
        model = ImportJob
        fields = ()
        sequence = ("number", "...")

    class Usual:
        columns = ("document", "state", "goals", "results", "links", "source", "by", "created_at", "error")
        widths = {"number": 6, "document": 44, "error": 40}

    def render_document(self, record: ImportJob) -> SafeString:
        return fill('<a class="main" href="{}">{}</a>', address("import", record.pk), record.document.name)

    def value_document(self, record: ImportJob) -> str:
        return record.document.name

    def render_state(self, record: ImportJob) -> SafeString:
        return fill('<span class="tag {}">{}</span>', "warn" if record.error else "", tr(record.get_state_display()))

    def value_state(self, record: ImportJob) -> str:
        return tr(record.get_state_display())

    def render_source(self, record: ImportJob) -> str:
        return tr(record.batch.get_source_display())

    def render_by(self, value: Any) -> str:
        return who(value)


class EventTable(ListTable):
    at = MomentColumn(verbose_name=_("时间"))
    user = Column(_("谁"), order_by="user__username", empty_values=())
    action = Column(_("动作"))
    summary = ToldColumn(verbose_name=_("说明"), orderable=False)
    reason = ToldColumn(verbose_name=_("理由"), orderable=False)
    changes = Column(_("变更"), orderable=False)
    model = Column(_("对象"))
    object_id = NumberColumn(verbose_name=_("编号"))
    undone_by = Column(_("撤销"), orderable=False, empty_values=(), attrs={"td": {"class": "tight"}})

    class Meta(ListTable.Meta):
        model = Event
        fields = ()
        sequence = ("number", "...")

    class Usual:
        columns = ("at", "user", "action", "summary", "changes", "reason", "undone_by")
        widths = {"number": 6, "summary": 44, "changes": 44, "reason": 30}

    def render_user(self, record: Event) -> str:
        return who(record.user) or "—"

    def render_action(self, value: str) -> str:
        return action_word(value)

    def render_changes(self, record: Event) -> str:
        return describe_changes(record)

    def render_model(self, value: str) -> str:
        model = MODELS.get(value)
        return tr(model._meta.verbose_name) if model else value

    def render_undone_by(self, record: Event) -> SafeString | str:
        """What has been taken back says so; what this user may take back has a button."""
        if record.undone_by_id is not None:
            return tr("已撤销")
        if not (record.user == self.request.user or access.may(self.request.user, "administer")):
            return ""
        if not corrections.can_undo(record, has_parts=record.has_parts):
            return ""
        button = '<button type="button" class="small no-print" hx-post="{}" hx-swap="none">{}</button>'
        return fill(button, address("undo", record.pk), tr("撤销"))

    def value_undone_by(self, record: Event) -> str:
        return tr("已撤销") if record.undone_by_id is not None else ""


def action_word(action: str) -> str:
    """The word of an action of the journal; an unknown one is shown as it is."""
    return tr(ACTIONS[action]) if action in ACTIONS else action


def describe_changes(event: Event) -> str:
    """Old and new of each field in one line: 数值：50 → 40."""
    model = MODELS.get(event.model)
    parts = []
    for name, pair in event.changes.items() if isinstance(event.changes, dict) else ():
        if isinstance(pair, list) and len(pair) == 2:
            label, old, new = name, *pair
            if model is not None and name in {field.name for field in model._meta.get_fields()}:
                field = model._meta.get_field(name)
                label = tr(getattr(field, "verbose_name", name))
                words = dict(getattr(field, "flatchoices", ()))
                old, new = (tr(words[value]) if value in words else value for value in pair)
            parts.append(f"{label}{gettext('：')}{_short(old)} → {_short(new)}")
    return gettext("；").join(parts)


def _short(value: Any) -> str:
    if value in (None, ""):
        return tr("空")
    text = str(value)
    return text if len(text) <= 60 else text[:60] + "…"
