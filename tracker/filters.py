"""Conditions of the list pages. Every condition stands in the address; conditions combine."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tracker import access
from tracker.checkmenu import CheckMenu
from tracker.models import (
    ChangeKind,
    Document,
    Event,
    ImportBatch,
    ImportJob,
    JobState,
    Light,
    Link,
    LinkState,
    Measure,
    Organisation,
    Origin,
    Relation,
    Result,
    Review,
    Status,
)
from tracker.quickforms import AsIs, FilterCopies, FilterForm, OrganisationSelect, QuickSelect
from tracker.services.figures import month_before, worsened
from tracker.services.searching import Wanted, condition, find
from tracker.services.wordindex import GOALS, RESULTS, WordIndex
from tracker.tables.others import ACTIONS
from tracker.views.frame import as_of_day

# a list of ids in a query is kept below what every database takes
MOST_IDS = 5000
# changes that make a goal easier, later, or gone
DRIFT = (ChangeKind.LOWERED, ChangeKind.POSTPONED, ChangeKind.WEAKENED, ChangeKind.RESCOPED, ChangeKind.DROPPED)


def words_in(text: str, *lookups: str) -> Q:
    """Rows in which every word of the text stands in one of the fields."""
    each = [
        reduce(lambda one, other: one | other, (Q(**{f"{name}__icontains": word}) for name in lookups))
        for word in text.split()
    ]
    return reduce(and_, each, Q())


def by_words(rows: QuerySet, index: WordIndex, text: str, path: str = "") -> QuerySet:
    """Rows of records that hold every word. Few of them are asked for by their ids; where the words stand in many records,
    any part of the list has some, and its rows are looked through."""
    wanted = Wanted.read(text)
    found = find(index, index.model.objects.standing(), wanted, MOST_IDS)
    if found.more:
        return rows.filter(condition(index, wanted, by_index=False, path=path))
    return rows.filter(**{f"{path}pk__in": found.ids})


def own_organisations(request: Any) -> QuerySet[Organisation]:
    """Organisations that the user of this request may choose among."""
    return (
        access.visible(Organisation.objects.all(), getattr(request, "user", None), "pk")
        if request
        else Organisation.objects.none()
    )


def day_filter(field: str, step: str, label: Any) -> filters.DateFilter:
    return filters.DateFilter(
        field_name=field, lookup_expr=step, label=label, widget=forms.DateInput(attrs={"type": "date"})
    )


def search_filter() -> filters.CharFilter:
    hint = {"type": "search", "placeholder": _("指标、原文、单位、姓名、数字…")}
    return filters.CharFilter(method="search", label=_("搜索"), widget=forms.TextInput(attrs=hint))


def organisation_filter(field: str) -> filters.ModelChoiceFilter:
    return filters.ModelChoiceFilter(
        field_name=field,
        queryset=own_organisations,
        label=_("单位"),
        empty_label=_("全部单位"),
        widget=OrganisationSelect,
        method=by_organisation if field.startswith("goal__") else None,
    )


def by_organisation(rows: QuerySet, name: str, organisation: Organisation) -> QuerySet:
    """Rows of one organisation's goals. Given their ids a database starts from these few, not from all of the day."""
    goals = list(organisation.goals.order_by().values_list("pk", flat=True)[: MOST_IDS + 1])
    if len(goals) <= MOST_IDS:
        return rows.filter(goal__in=goals)
    return rows.filter(goal__organisation=organisation)


def choice_filter(field: str, choices: Any, label: Any) -> filters.ChoiceFilter:
    return filters.ChoiceFilter(
        field_name=field, choices=choices, label=label, empty_label=_("全部"), widget=QuickSelect
    )


class ListFilter(filters.FilterSet):
    """Filters of a list page, with a form that is quickly made and written."""

    class Meta:
        form = FilterForm

    @classmethod
    def has_organisations(cls) -> bool:
        """Whether one of the conditions is an organisation."""
        return any(each.extra.get("widget") is OrganisationSelect for each in cls.base_filters.values())

    @classmethod
    def get_filters(cls) -> Any:
        return FilterCopies(super().get_filters())

    def get_form_class(self) -> type[forms.Form]:
        made = super().get_form_class()
        made.base_fields = AsIs(made.base_fields)
        return made


class GoalFilter(ListFilter):
    """On ``GoalStatus`` rows of one as-of date."""

    q = search_filter()
    organisation = organisation_filter("goal__organisation")
    # a row has one status: to ask for each row once would sort them all
    status = filters.MultipleChoiceFilter(choices=Status.choices, label=_("状态"), distinct=False)
    owner = filters.CharFilter(field_name="goal__owner", lookup_expr="icontains", label=_("责任人"))
    kind = filters.ChoiceFilter(
        choices=[("number", _("有数值")), ("words", _("定性")), *Measure.choices],
        method="by_kind",
        label=_("类型"),
        empty_label=_("全部"),
        widget=QuickSelect,
    )
    due_from = day_filter("goal__period_end", "gte", _("时限起"))
    due_to = day_filter("goal__period_end", "lte", _("时限止"))
    title = filters.CharFilter(method="by_title", label=_("文档"))
    document = filters.NumberFilter(field_name="goal__document_id", label=_("文档编号"), widget=forms.HiddenInput)
    goal = filters.CharFilter(method="by_chosen", label=_("所选目标"), widget=forms.HiddenInput)
    review = choice_filter("goal__review", Review.choices, _("审核"))
    origin = choice_filter("goal__origin", Origin.choices, _("来源"))
    answer = filters.ChoiceFilter(
        choices=[
            ("none", _("无人回应")),
            ("words", _("未以数据回应")),
            ("number", _("有数据")),
        ],
        method="by_answer",
        label=_("回应"),
        empty_label=_("全部"),
        widget=QuickSelect,
    )
    notable = filters.ChoiceFilter(
        choices=[
            ("worse", _("比上月变差")),
            ("red", _("比上月变差且转红")),
            ("drift", _("目标有下调、延期或弱化")),
            ("differs", _("自报与测算不符")),
            ("decided", _("已核定")),
            ("closed", _("已销号")),
        ],
        method="by_note",
        label=_("重点"),
        empty_label=_("全部"),
        widget=QuickSelect,
    )

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return by_words(rows, GOALS, value, "goal__")

    def by_chosen(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Goals ticked in the table: the name stands in the address once for each."""
        return rows.filter(goal__in=[pk for pk in self.data.getlist(name) if pk.isdigit() and len(pk) < 12])

    def by_kind(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value in {"number", "words"}:
            return rows.filter(goal__value__isnull=value == "words")
        return rows.filter(goal__measure=value)

    def by_title(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(words_in(value, "goal__document__title", "goal__document__name"))

    def by_answer(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == "words":
            return rows.filter(answered_in_words=True)
        return rows.filter(answers=0) if value == "none" else rows.filter(result__value__isnull=False)

    def by_note(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value in {"worse", "red"}:
            worse = worsened(rows, month_before(as_of_day(self.request)))
            return worse.filter(light=Light.RED) if value == "red" else worse
        if value == "drift":
            return (
                rows.filter(goal__changes__kind__in=DRIFT).exclude(goal__changes__state=LinkState.REJECTED).distinct()
            )
        if value == "differs":
            return rows.exclude(declared="").exclude(declared=F("computed"))
        return rows.exclude(decided="") if value == "decided" else rows.filter(goal__closed_on__isnull=False)


class ResultFilter(ListFilter):
    q = search_filter()
    organisation = organisation_filter("organisation")
    measure = choice_filter("measure", Measure.choices, _("口径"))
    until_from = day_filter("period_end", "gte", _("数据截止起"))
    until_to = day_filter("period_end", "lte", _("数据截止止"))
    document = filters.NumberFilter(field_name="document_id", widget=forms.HiddenInput)
    review = choice_filter("review", Review.choices, _("审核"))
    origin = choice_filter("origin", Origin.choices, _("来源"))
    linked = filters.ChoiceFilter(
        choices=[("yes", _("已关联")), ("no", _("未关联"))], method="by_link", label=_("关联"), empty_label=_("全部")
    )

    class Meta(ListFilter.Meta):
        model = Result
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return by_words(rows, RESULTS, value)

    def by_link(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(answered__gt=0) if value == "yes" else rows.filter(answered=0)


class LinkFilter(ListFilter):
    q = search_filter()
    organisation = organisation_filter("goal__organisation")
    state = choice_filter("state", LinkState.choices, _("状态"))
    relation = choice_filter("relation", Relation.choices, _("关系"))
    score = filters.NumberFilter(
        field_name="score",
        lookup_expr="gte",
        label=_("把握不低于"),
        widget=forms.NumberInput(attrs={"step": "0.05", "min": 0, "max": 1}),
    )
    by = filters.ChoiceFilter(
        choices=[("person", _("人工")), ("rule", _("自动"))],
        method="by_decider",
        label=_("决定"),
        empty_label=_("全部"),
    )

    class Meta(ListFilter.Meta):
        model = Link
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(
            words_in(
                value, "goal__indicator", "goal__quote", "result__quote", "goal__organisation__name", "goal__owner"
            )
        )

    def by_decider(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(decided_by__isnull=value == "rule")


class ChangeFilter(ListFilter):
    q = search_filter()
    organisation = organisation_filter("goal__organisation")
    kind = filters.MultipleChoiceFilter(
        field_name="kind", choices=ChangeKind.choices, label=_("变化"), widget=CheckMenu, distinct=False
    )
    state = choice_filter("state", LinkState.choices, _("状态"))
    day_from = day_filter("happened_on", "gte", _("日期起"))
    day_to = day_filter("happened_on", "lte", _("日期止"))

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(words_in(value, "goal__indicator", "goal__quote", "sentence", "goal__organisation__name"))


class DocumentFilter(ListFilter):
    q = search_filter()
    issuer = organisation_filter("issuer")
    format = filters.CharFilter(field_name="format", lookup_expr="iexact", label=_("格式"))
    day_from = day_filter("published_on", "gte", _("发布起"))
    day_to = day_filter("published_on", "lte", _("发布止"))
    open = filters.ChoiceFilter(
        choices=[("yes", _("有待审核")), ("no", _("已审完"))], method="by_open", label=_("审核"), empty_label=_("全部")
    )

    class Meta(ListFilter.Meta):
        model = Document
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(words_in(value, "title", "name", "issuer__name"))

    def by_open(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(open_found__gt=0) if value == "yes" else rows.filter(open_found=0)


class OrganisationFilter(ListFilter):
    q = search_filter()
    region = filters.CharFilter(field_name="region", lookup_expr="icontains", label=_("地区"))
    active = filters.ChoiceFilter(
        choices=[("yes", _("有目标")), ("no", _("无目标"))], method="by_goals", label=_("目标"), empty_label=_("全部")
    )

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(words_in(value, "name", "aliases__name")).distinct()

    def by_goals(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(goals_now__gt=0) if value == "yes" else rows.filter(goals_now=0)


class ImportFilter(ListFilter):
    q = search_filter()
    state = choice_filter("state", JobState.choices, _("状态"))
    source = choice_filter("batch__source", ImportBatch.Source.choices, _("来源"))

    class Meta(ListFilter.Meta):
        model = ImportJob
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(words_in(value, "document__name", "document__title", "error"))


class EventFilter(ListFilter):
    q = search_filter()
    user = filters.CharFilter(field_name="user__username", lookup_expr="icontains", label=_("谁"))
    action = filters.ChoiceFilter(
        choices=list(ACTIONS.items()), label=_("动作"), empty_label=_("全部"), widget=QuickSelect
    )
    day_from = day_filter("at__date", "gte", _("日期起"))
    day_to = day_filter("at__date", "lte", _("日期止"))

    class Meta(ListFilter.Meta):
        model = Event
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(
            words_in(value, "summary", "reason", "user__username", "user__first_name", "user__last_name")
        )
