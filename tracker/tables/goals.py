"""Tables of goals as of a date, results, links and changes of goals."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tracker.markup import address, fill
from tracker.models import Goal, GoalChange, GoalStatus, Link, Result
from tracker.tables.base import ChooseColumn, Column, DayColumn, ListTable, NumberColumn, ToldColumn
from tracker.templatetags.jiannuo import (
    days_left,
    plain_quantity,
    points,
    quantity,
    status_light,
    sure,
    tr,
    width,
    write_percent,
)
from tracker.views.exports import Amount, Percent


def statement_cell(record: Goal | Result, where: str) -> SafeString:
    """Indicator in bold over the quote in one grey line; the whole quote shows on hovering."""
    return fill(
        '<a class="main" href="{}">{}</a><span class="quote" title="{}">{}</span>',
        where,
        record.indicator,
        record.quote,
        record.quote,
    )


def statement_text(record: Goal | Result) -> str:
    return f"{record.indicator}\n{record.quote}" if record.quote else record.indicator


def amount_value(record: Goal | Result | None) -> Amount | str:
    """One figure as a number, so that a sheet can reckon with it; ranges and words as text."""
    shown = plain_quantity(record)
    alone = record is not None and record.value is not None and record.value_max is None
    return Amount(record.value, shown) if alone else shown


class GoalTable(ListTable):
    """Rows are ``GoalStatus``: a goal as it stands at the as-of date."""

    same_for_same = True
    choose = ChooseColumn(accessor="goal_id", name="goal")
    organisation = Column(
        _("单位"), accessor="goal__organisation", order_by="goal__organisation__name", attrs={"td": {"class": "org"}}
    )
    goal = Column(_("指标与原文"), order_by="goal__indicator")
    target = Column(
        _("目标"), accessor="goal", order_by="goal__value", attrs={"td": {"class": "num"}, "th": {"class": "num"}}
    )
    latest = Column(
        _("最新完成"),
        accessor="result",
        empty_values=(),
        order_by="result__period_end",
        attrs={"td": {"class": "num"}, "th": {"class": "num"}},
    )
    completion = Column(_("完成率"), empty_values=())
    gap = Column(_("差值"), attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    status = Column(_("亮灯"), attrs={"td": {"class": "tight"}})
    deadline = DayColumn(verbose_name=_("时限"), accessor="goal__period_end", order_by="goal__period_end")
    owner = Column(_("责任人"), accessor="goal__owner", order_by="goal__owner", attrs={"td": {"class": "nowrap"}})
    quote = Column(_("原文"), accessor="goal__quote", orderable=False)
    time_share = Column(_("序时进度"), attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    answers = NumberColumn(verbose_name=_("回应数"))
    computed = Column(_("测算"))
    declared = Column(_("自报"))
    decided = Column(_("核定"))
    document = Column(_("文档"), accessor="goal__document", order_by="goal__document__title")
    measure = Column(_("口径"), accessor="goal__measure", order_by="goal__measure", attrs={"td": {"class": "nowrap"}})
    score = Column(
        _("把握"),
        accessor="goal__score",
        order_by="goal__score",
        attrs={"td": {"class": "num"}, "th": {"class": "num"}},
    )
    review = Column(_("审核"), accessor="goal__review", order_by="goal__review", attrs={"td": {"class": "nowrap"}})
    origin = Column(_("来源"), accessor="goal__origin", order_by="goal__origin", attrs={"td": {"class": "nowrap"}})

    class Meta(ListTable.Meta):
        model = GoalStatus
        fields = ()
        sequence = ("choose", "number", "...")
        row_attrs = {"data-row": lambda record: record.goal_id}

    class Usual:
        columns = ("organisation", "goal", "target", "latest", "completion", "gap", "status", "deadline", "owner")
        widths = {
            "number": 6,
            "organisation": 22,
            "goal": 34,
            "quote": 50,
            "document": 34,
            "declared": 18,
            "computed": 18,
        }

    def render_goal(self, record: GoalStatus) -> SafeString:
        return statement_cell(record.goal, address("goal", record.goal_id))

    def value_goal(self, record: GoalStatus) -> str:
        return statement_text(record.goal)

    def render_organisation(self, record: GoalStatus) -> SafeString:
        goal = record.goal
        return fill('<a href="{}">{}</a>', address("organisation", goal.organisation_id), goal.organisation)

    def value_organisation(self, record: GoalStatus) -> str:
        return record.goal.organisation.name

    def render_target(self, record: GoalStatus) -> SafeString | str:
        return quantity(record.goal)

    def value_target(self, record: GoalStatus) -> Amount | str:
        return amount_value(record.goal)

    def render_latest(self, record: GoalStatus) -> SafeString | str:
        if record.result is None:
            return fill('<span class="muted">{}</span>', gettext("无"))
        when = record.result.period_end
        return fill(
            '{}<br><span class="muted small">{}</span>', quantity(record.result), f"{when:%Y-%m-%d}" if when else ""
        )

    def value_latest(self, record: GoalStatus) -> Amount | str:
        return amount_value(record.result)

    def render_completion(self, record: GoalStatus) -> SafeString:
        if record.completion is None:
            return fill('<span class="muted">{}</span>', "—")
        tick = fill('<u style="left:{}"></u>', width(record.time_share)) if record.time_share is not None else ""
        title = gettext("完成率 %(done)s，序时进度 %(time)s") % {
            "done": write_percent(record.completion),
            "time": write_percent(record.time_share) or "—",
        }
        return fill(
            '<span class="barcell" title="{}"><span class="bar"><i style="width:{}"></i>{}</span><span class="num">{}</span></span>',
            title,
            width(record.completion),
            tick,
            write_percent(record.completion),
        )

    def value_completion(self, record: GoalStatus) -> Percent | None:
        return None if record.completion is None else Percent(record.completion)

    def render_gap(self, value: Any) -> str:
        return points(value)

    def value_gap(self, value: Any) -> Any:
        return value

    def render_time_share(self, value: Any) -> str:
        return write_percent(value)

    def value_time_share(self, value: Any) -> Percent:
        return Percent(value)

    def render_status(self, record: GoalStatus) -> SafeString:
        return status_light(record.status, record.light, short=True)

    def value_status(self, record: GoalStatus) -> str:
        return tr(record.get_status_display())

    def render_deadline(self, record: GoalStatus) -> SafeString | str:
        deadline = record.goal.period_end
        if deadline is None:
            return ""
        return fill(
            '{}<br><span class="muted small">{}</span>', f"{deadline:%Y-%m-%d}", days_left(deadline, record.as_of)
        )

    def value_deadline(self, record: GoalStatus) -> Any:
        return record.goal.period_end

    def render_owner(self, value: str) -> SafeString:
        return fill('<a href="{}">{}</a>', reverse("person", args=[value]), value)

    def value_owner(self, value: str) -> str:
        return value

    def _word(self, value: str) -> str:
        return tr(value)

    render_computed = render_declared = render_decided = value_computed = value_declared = value_decided = _word

    def render_document(self, value: Any) -> SafeString:
        return fill('<a class="clip" href="{0}" title="{1}">{1}</a>', address("document", value.pk), value)

    def value_document(self, value: Any) -> str:
        return str(value)

    def render_measure(self, record: GoalStatus) -> str:
        return tr(record.goal.get_measure_display())

    def render_score(self, value: float) -> str:
        return sure(value)

    def value_score(self, value: float) -> float:
        return value

    def render_review(self, record: GoalStatus) -> str:
        return tr(record.goal.get_review_display())

    def render_origin(self, record: GoalStatus) -> str:
        return tr(record.goal.get_origin_display())


class ResultTable(ListTable):
    """Rows are ``Result`` with ``answered``: how many goals each answers."""

    organisation = Column(_("单位"), order_by="organisation__name", attrs={"td": {"class": "org"}})
    indicator = Column(_("指标与原文"))
    amount = Column(
        _("完成值"), accessor="value", empty_values=(), attrs={"td": {"class": "num"}, "th": {"class": "num"}}
    )
    period_end = DayColumn(verbose_name=_("数据截止"))
    answered = NumberColumn(verbose_name=_("回应目标数"))
    owner = Column(_("责任人"))
    document = Column(_("文档"), order_by="document__title")
    quote = Column(_("原文"), orderable=False)
    measure = Column(_("口径"), attrs={"td": {"class": "nowrap"}})
    score = Column(_("把握"), attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    review = Column(_("审核"), attrs={"td": {"class": "tight"}})
    origin = Column(_("来源"), attrs={"td": {"class": "nowrap"}})

    class Meta(ListTable.Meta):
        model = Result
        fields = ()
        sequence = ("number", "...")

    class Usual:
        columns = ("organisation", "indicator", "amount", "period_end", "answered", "document", "review")
        widths = {"number": 6, "organisation": 22, "indicator": 34, "quote": 50, "document": 34}

    def render_indicator(self, record: Result) -> SafeString:
        return statement_cell(record, address("result", record.pk))

    def value_indicator(self, record: Result) -> str:
        return statement_text(record)

    def render_amount(self, record: Result) -> SafeString | str:
        return quantity(record)

    def value_amount(self, record: Result) -> Amount | str:
        return amount_value(record)

    render_document, value_document = GoalTable.render_document, GoalTable.value_document
    render_score, value_score = GoalTable.render_score, GoalTable.value_score

    def render_review(self, record: Result) -> str:
        return tr(record.get_review_display())

    def render_origin(self, record: Result) -> str:
        return tr(record.get_origin_display())

    def render_measure(self, record: Result) -> str:
        return tr(record.get_measure_display())


class LinkTable(ListTable):
    choose = ChooseColumn()
    organisation = Column(
        _("单位"), accessor="goal__organisation", order_by="goal__organisation__name", attrs={"td": {"class": "org"}}
    )
    goal = Column(_("目标"), order_by="goal__indicator")
    target = Column(
        _("目标值"), accessor="goal", order_by="goal__value", attrs={"td": {"class": "num"}, "th": {"class": "num"}}
    )
    result = Column(_("完成情况"), order_by="result__indicator")
    amount = Column(
        _("完成值"), accessor="result", order_by="result__value", attrs={"td": {"class": "num"}, "th": {"class": "num"}}
    )
    until = DayColumn(verbose_name=_("数据截止"), accessor="result__period_end", order_by="result__period_end")
    relation = Column(_("关系"))
    score = Column(_("把握"), attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    state = Column(_("状态"), attrs={"td": {"class": "tight"}})
    reasons = ToldColumn(verbose_name=_("理由"), orderable=False)
    objections = ToldColumn(verbose_name=_("疑点"), orderable=False)
    decided_by = Column(_("决定人"), order_by="decided_by__username")

    class Meta(ListTable.Meta):
        model = Link
        attrs = {"class": "data two"}
        fields = ()
        sequence = ("choose", "number", "...")

    class Usual:
        columns = ("organisation", "goal", "target", "result", "amount", "until", "relation", "score", "state")
        widths = {"number": 6, "goal": 40, "result": 40, "reasons": 40, "objections": 30}

    def render_goal(self, value: Goal) -> SafeString:
        return statement_cell(value, address("goal", value.pk))

    def value_goal(self, value: Goal) -> str:
        return statement_text(value)

    def render_result(self, value: Result) -> SafeString:
        return statement_cell(value, address("result", value.pk))

    def value_result(self, value: Result) -> str:
        return statement_text(value)

    def render_target(self, value: Goal) -> SafeString | str:
        return quantity(value)

    def value_target(self, value: Goal) -> Amount | str:
        return amount_value(value)

    render_amount, value_amount = render_target, value_target

    render_score, value_score = GoalTable.render_score, GoalTable.value_score

    def render_relation(self, record: Link) -> str:
        return tr(record.get_relation_display())

    def render_state(self, record: Link) -> str:
        return tr(record.get_state_display())


class ChangeTable(ListTable):
    """The same goal said differently later, or dropped."""

    happened_on = DayColumn(verbose_name=_("日期"))
    organisation = Column(
        _("单位"), accessor="goal__organisation", order_by="goal__organisation__name", attrs={"td": {"class": "org"}}
    )
    kind = Column(_("变化"))
    goal = Column(_("原目标"), order_by="goal__indicator")
    first = Column(
        _("原目标值"), accessor="goal", order_by="goal__value", attrs={"td": {"class": "num"}, "th": {"class": "num"}}
    )
    later = Column(_("后来的提法"), order_by="later__indicator")
    then = Column(
        _("后来的值"), accessor="later", order_by="later__value", attrs={"td": {"class": "num"}, "th": {"class": "num"}}
    )
    sentence = ToldColumn(verbose_name=_("说明"), orderable=False)
    state = Column(_("状态"), attrs={"td": {"class": "tight"}})
    document = Column(_("后来的文档"), order_by="document__title")

    class Meta(ListTable.Meta):
        model = GoalChange
        attrs = {"class": "data two"}
        fields = ()
        sequence = ("number", "...")

    class Usual:
        columns = ("happened_on", "organisation", "kind", "goal", "first", "later", "then", "state")
        widths = {"number": 6, "goal": 40, "later": 40, "sentence": 50}

    def render_kind(self, record: GoalChange) -> SafeString:
        return fill('<span class="tag warn">{}</span>', tr(record.get_kind_display()))

    def value_kind(self, record: GoalChange) -> str:
        return tr(record.get_kind_display())

    render_goal = render_later = LinkTable.render_goal
    value_goal = value_later = LinkTable.value_goal
    render_first = render_then = LinkTable.render_target
    value_first = value_then = LinkTable.value_target

    def render_state(self, record: GoalChange) -> str:
        return tr(record.get_state_display())

    render_document, value_document = GoalTable.render_document, GoalTable.value_document
