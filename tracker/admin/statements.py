"""Goals, results, links, changes, findings and progress. Corrections go through the services, with a reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from import_export import fields

from tracker.admin.base import HistoryAdmin, PlainAdmin, ReadOnlyAdmin
from tracker.admin.exchange import (
    ChoiceWidget,
    DayWidget,
    NumberWidget,
    OrganisationWidget,
    SheetsBothWays,
    TitledResource,
)
from tracker.models import (
    BodyDay,
    Comparator,
    Finding,
    Goal,
    GoalChange,
    GoalStatus,
    KeptFigures,
    Link,
    LinkState,
    Measure,
    Origin,
    Result,
    Review,
    StatusDay,
)
from tracker.services import corrections
from tracker.services.corrections.checks import EDITABLE, GOAL_ONLY, check_record
from tracker.services.corrections.journal import plain
from tracker.templatetags.jiannuo import plain_quantity

PLACES = ("start", "end", "quote")
REASON = forms.CharField(
    label=_("修改理由"), max_length=300, required=False, help_text=_("改数值、时限、单位时请写明。")
)


class StatementForm(forms.ModelForm):
    """The record with a reason; ``seen`` is the version on the screen, so that two people do not overwrite each other."""

    reason = REASON
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            rows = type(self.instance).objects.filter(pk=self.instance.pk)
            self.fields["seen"].initial = rows.values_list("revision", flat=True).first()
        for name in ("value", "value_max", "baseline"):
            if isinstance(number := self.initial.get(name), Decimal):
                self.initial[name] = plain(number)  # 6, not 6.000000

    def _post_clean(self) -> None:
        """The services' sentences in place of the names of database constraints."""
        super()._post_clean()
        try:
            check_record(self.instance)
        except ValidationError as problem:
            for name, sentences in problem.message_dict.items():
                self.add_error(name if name in self.fields else None, sentences)


ROWS_OF_TEXT = {models.TextField: {"widget": forms.Textarea(attrs={"rows": 3, "cols": 80})}}


class CorrectionResource(TitledResource):
    """Corrections by Excel: rows of known ids; only what differs is changed, with the reason given in the row."""

    titles = {"id": gettext_noop("编号"), "reason": gettext_noop("修改理由")}
    needed = ("id",)

    organisation = fields.Field("organisation", "organisation", OrganisationWidget())
    value = fields.Field("value", "value", NumberWidget())
    value_max = fields.Field("value_max", "value_max", NumberWidget())
    period_start = fields.Field("period_start", "period_start", DayWidget("%Y-%m-%d"))
    period_end = fields.Field("period_end", "period_end", DayWidget("%Y-%m-%d"))
    comparator = fields.Field("comparator", "comparator", ChoiceWidget(dict(Comparator.choices)))
    measure = fields.Field("measure", "measure", ChoiceWidget(dict(Measure.choices)))
    reason = fields.Field(column_name="reason")

    class Meta:
        fields = (
            "id", "organisation", "owner", "post", "indicator", "value", "value_max", "unit", "comparator", "measure",
            "period_start", "period_end", "scope", "quote", "note", "reason",
        )  # fmt: skip
        import_order = export_order = fields
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True

    def dehydrate_reason(self, record: Goal | Result) -> str:
        return ""

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().select_related("organisation")

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        super().before_import_row(row, **kwargs)
        if not str(row.get("id") or "").strip():
            raise ValidationError(gettext("缺少编号。这里只修正已有记录；新增请在页面上录入。"))
        self.user = kwargs.get("user")
        self.reason_given = str(row.get("reason") or "").strip()

    def get_or_init_instance(self, instance_loader: Any, row: Any) -> tuple[Any, bool]:
        found, new = super().get_or_init_instance(instance_loader, row)
        if new:
            raise ValidationError(gettext("没有编号为 %(id)s 的记录。") % {"id": row.get("id")})
        return found, False

    def do_instance_save(self, instance: Goal | Result, is_create: bool) -> None:
        stored = type(instance).objects.get(pk=instance.pk)
        names = [name for name in self._meta.fields if name in EDITABLE and name not in PLACES]
        changes = {name: getattr(instance, name) for name in names if getattr(instance, name) != getattr(stored, name)}
        if changes:
            corrections.correct(stored, changes, user=self.user, reason=self.reason_given or "Excel 修正")


class GoalResource(CorrectionResource):
    class Meta(CorrectionResource.Meta):
        model = Goal


class ResultResource(CorrectionResource):
    class Meta(CorrectionResource.Meta):
        model = Result


@admin.action(description=_("采纳所选（未审核的）"))
def accept_chosen(modeladmin: Any, request: HttpRequest, rows: QuerySet) -> None:
    n = corrections.accept_all(rows.select_related(None).only("review").iterator(), user=request.user)
    messages.success(request, _("已采纳 %(n)s 条。") % {"n": n})


@admin.action(description=_("驳回所选"))
def reject_chosen(modeladmin: Any, request: HttpRequest, rows: QuerySet) -> None:
    chosen = rows.exclude(review=Review.REJECTED).select_related("organisation", "document")
    n = corrections.reject_all(chosen, user=request.user, reason="后台批量驳回")
    messages.success(request, _("已驳回 %(n)s 条。") % {"n": n})


class StatementAdmin(SheetsBothWays, HistoryAdmin):
    form = StatementForm
    formfield_overrides = ROWS_OF_TEXT
    list_display = (
        "id",
        "indicator",
        "organisation",
        "amount",
        "measure",
        "period_end",
        "owner",
        "review",
        "origin",
    )
    list_display_links = ("id", "indicator")
    list_filter = ("review", "origin", "measure", "comparator", "period_end", "organisation__region")
    list_select_related = ("organisation",)
    search_fields = ("indicator", "quote", "organisation__name", "owner", "=id")
    autocomplete_fields = ("organisation",)
    raw_id_fields = ("document",)
    date_hierarchy = "period_end"
    actions = (accept_chosen, reject_chosen)
    readonly_fields = (
        "document", "start", "end", "paragraph", "page", "indicator_key", "reasons", "machine", "origin", "review",
        "created_by", "created_at", "updated_at",
    )  # fmt: skip
    own_fields: tuple[str, ...] = ()

    @admin.display(description=_("数值"), ordering="value")
    def amount(self, record: Goal | Result) -> str:
        return plain_quantity(record)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            (None, {"fields": (("organisation", "owner", "post"), "indicator", "quote", ("value", "value_max", "unit"),
                               ("comparator", "measure", "scope"), ("period_start", "period_end"), *self.own_fields,
                               "note", "reason", "seen")}),
            (_("出处与判定"), {"fields": (("document", "paragraph", "page"), ("start", "end"), ("review", "origin"), "indicator_key",
                                  "reasons", "machine", ("created_by", "created_at", "updated_at")), "classes": ("collapse",)}),
        )  # fmt: skip

    def save_model(self, request: HttpRequest, obj: Goal | Result, form: Any, change: bool) -> None:
        """Through the services. What differs from the database counts, so that an old version can be put back too."""
        data = form.cleaned_data
        names = EDITABLE | (GOAL_ONLY if isinstance(obj, Goal) else set())
        given = {name: data[name] for name in names if name in data}
        if not change:
            make = corrections.add_goal if isinstance(obj, Goal) else corrections.add_result
            filled = {name: value for name, value in given.items() if value not in (None, "")}
            made = make(filled, user=request.user, reason=data.get("reason", ""))
            obj.pk, obj._state.adding = made.pk, False
            return
        stored = type(obj).objects.select_related("organisation", "document").get(pk=obj.pk)
        changes = {name: value for name, value in given.items() if value != getattr(stored, name)}
        reason = data.get("reason") or ("恢复历史版本" if "history" in request.path else "")
        corrections.correct(stored, changes, user=request.user, reason=reason, revision=data.get("seen"))

    def delete_model(self, request: HttpRequest, obj: Goal | Result) -> None:
        """A machine's record would come back with the next reading: it is rejected. A typed-in one goes."""
        if obj.origin == Origin.MACHINE:
            corrections.reject(obj, user=request.user, reason="后台删除")
            messages.warning(request, _("机器抽取的记录标为已驳回：删除后重新读取文档时它会再次出现。"))
        else:
            obj._history_user = request.user
            obj.delete()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for record in queryset:
            self.delete_model(request, record)


@admin.register(Goal)
class GoalAdmin(StatementAdmin):
    resource_classes = (GoalResource,)
    own_fields = (("original_deadline", "baseline", "closed_on"), "problems", "steps")


@admin.register(Result)
class ResultAdmin(StatementAdmin):
    resource_classes = (ResultResource,)


class LinkForm(forms.ModelForm):
    reason = REASON


@admin.action(description=_("采纳所选关联"))
def accept_links(modeladmin: Any, request: HttpRequest, rows: QuerySet) -> None:
    messages.success(request, _("已采纳 %(n)s 条。") % {"n": corrections.accept_links(rows, user=request.user)})


@admin.action(description=_("否决所选关联"))
def reject_links(modeladmin: Any, request: HttpRequest, rows: QuerySet) -> None:
    n = corrections.reject_links(rows.select_related("goal", "result"), user=request.user, reason="后台批量否决")
    messages.success(request, _("已否决 %(n)s 条。") % {"n": n})


@admin.register(Link)
class LinkAdmin(HistoryAdmin):
    form = LinkForm
    list_display = ("id", "goal", "result", "relation", "score", "state", "decided_by")
    list_filter = ("state", "relation", ("decided_by", admin.EmptyFieldListFilter))
    list_select_related = ("goal__organisation", "result__organisation", "decided_by")
    search_fields = ("goal__indicator", "goal__quote", "result__indicator", "result__quote", "goal__organisation__name")
    raw_id_fields = ("goal", "result")
    readonly_fields = ("score", "reasons", "objections", "decided_by", "decided_at", "created_at")
    fields = ("goal", "result", "relation", "state", "reason", *readonly_fields)
    actions = (accept_links, reject_links)

    def get_readonly_fields(self, request: HttpRequest, obj: Link | None = None) -> tuple[str, ...]:
        return (*self.readonly_fields, "goal", "result") if obj else (*self.readonly_fields, "state")

    def save_model(self, request: HttpRequest, obj: Link, form: Any, change: bool) -> None:
        data = form.cleaned_data
        if not change:
            made = corrections.link(
                data["goal"], data["result"], user=request.user, relation=data["relation"], reason=data["reason"]
            )
            obj.pk, obj._state.adding = made.pk, False
            return
        stored = Link.objects.select_related("goal", "result").get(pk=obj.pk)
        corrections.decide_link(
            stored, data["state"], user=request.user, relation=data["relation"], reason=data.get("reason", "")
        )

    def delete_model(self, request: HttpRequest, obj: Link) -> None:
        """Rejected, not deleted: a deleted pair would be proposed again."""
        corrections.decide_link(obj, LinkState.REJECTED, user=request.user, reason="后台删除")

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for link in queryset.select_related("goal", "result"):
            self.delete_model(request, link)


@admin.register(GoalChange)
class GoalChangeAdmin(PlainAdmin):
    list_display = ("happened_on", "goal", "kind", "later", "state", "decided_by")
    list_filter = ("kind", "state", "happened_on")
    list_select_related = ("goal__organisation", "later__organisation", "decided_by")
    search_fields = ("goal__indicator", "goal__organisation__name", "sentence")
    readonly_fields = ("goal", "later", "document", "kind", "happened_on", "sentence", "decided_by", "decided_at")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_delete_permission = has_add_permission

    def save_model(self, request: HttpRequest, obj: GoalChange, form: Any, change: bool) -> None:
        stored = GoalChange.objects.select_related("goal").get(pk=obj.pk)
        corrections.decide_change(stored, form.cleaned_data["state"], user=request.user)


@admin.register(Finding)
class FindingAdmin(PlainAdmin):
    list_display = ("kind", "sentence", "goal", "result", "resolved_by", "resolved_at")
    list_filter = ("kind", ("resolved_at", admin.EmptyFieldListFilter))
    list_select_related = ("goal__organisation", "result__organisation", "resolved_by")
    search_fields = ("sentence", "goal__indicator", "result__indicator")
    readonly_fields = ("kind", "goal", "result", "other", "sentence", "resolved_by", "resolved_at", "created_at")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_delete_permission = has_add_permission

    def save_model(self, request: HttpRequest, obj: Finding, form: Any, change: bool) -> None:
        stored = Finding.objects.get(pk=obj.pk)
        corrections.resolve_finding(stored, user=request.user, resolution=form.cleaned_data["resolution"])


@admin.register(GoalStatus)
class GoalStatusAdmin(ReadOnlyAdmin):
    list_display = ("goal", "as_of", "status", "light", "completion", "time_share", "gap", "decided", "decided_by")
    list_filter = ("as_of", "status", "light", "answered_in_words")
    list_select_related = ("goal__organisation", "decided_by")
    search_fields = ("goal__indicator", "goal__organisation__name")


@admin.register(BodyDay)
class BodyDayAdmin(ReadOnlyAdmin):
    list_display = ("organisation", "as_of", "total", "done", "ontime", "behind", "overdue", "none")
    list_filter = ("as_of",)
    list_select_related = ("organisation",)
    search_fields = ("organisation__name",)


@admin.register(KeptFigures)
class KeptFiguresAdmin(ReadOnlyAdmin):
    list_display = ("name", "days", "version", "counted_at")
    search_fields = ("name", "days")


@admin.register(StatusDay)
class StatusDayAdmin(ReadOnlyAdmin):
    list_display = ("as_of", "wanted", "done", "computed_at")
