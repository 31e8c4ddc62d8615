"""Organisations and their other names. A change moves the records concerned and matches them again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from import_export import fields

from tracker.admin.base import HistoryAdmin
from tracker.admin.effects import effect_of_alias
from tracker.admin.exchange import OrganisationWidget, SheetsBothWays, SheetsOut, TitledResource
from tracker.admin.previews import PreviewAdmin, ReasonForm
from tracker.models import Alias, Organisation
from tracker.services import corrections


class AliasInline(admin.TabularInline):
    model = Alias
    extra = 0
    readonly_fields = ("name",)
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_add_permission

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


class OrganisationResource(TitledResource):
    class Meta:
        model = Organisation
        fields = ("id", "name", "region", "note")


@admin.register(Organisation)
class OrganisationAdmin(SheetsOut, HistoryAdmin):
    form = ReasonForm
    resource_classes = (OrganisationResource,)
    list_display = ("name", "region", "parent", "successor", "goal_count")
    list_filter = ("region",)
    list_select_related = ("parent", "successor")
    search_fields = ("name", "aliases__name", "region")
    autocomplete_fields = ("parent", "successor")
    fields = ("name", "region", "parent", "successor", "note", "reason")
    inlines = (AliasInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(goals_found=Count("goals"))

    @admin.display(description=_("目标数"), ordering="goals_found")
    def goal_count(self, organisation: Organisation) -> int:
        return organisation.goals_found

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        data = form.cleaned_data
        reason = data.get("reason", "")
        if not change:
            made = corrections.add_organisation(
                data["name"], user=request.user, parent=data["parent"], note=data["note"]
            )
            obj.pk, obj._state.adding = made.pk, False
            return
        stored = Organisation.objects.get(pk=obj.pk)
        if data["name"] != stored.name:
            stored = corrections.rename_organisation(stored, data["name"], user=request.user, reason=reason)
        for name in ("region", "parent", "successor", "note"):
            setattr(stored, name, data[name])
        stored._history_user, stored._change_reason = request.user, reason[:100] or None
        stored.save()


class AliasResource(TitledResource):
    organisation = fields.Field("organisation", "organisation", OrganisationWidget())
    needed = ("organisation", "name")

    class Meta:
        model = Alias
        fields = ("organisation", "name")
        import_id_fields = ("name",)
        skip_unchanged = True

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        super().before_import_row(row, **kwargs)
        self.user = kwargs.get("user")

    def do_instance_save(self, instance: Alias, is_create: bool) -> None:
        corrections.add_alias(instance.organisation, instance.name, user=self.user, reason="Excel 导入")


@admin.register(Alias)
class AliasAdmin(SheetsBothWays, PreviewAdmin):
    resource_classes = (AliasResource,)
    list_display = ("name", "organisation")
    list_select_related = ("organisation",)
    search_fields = ("name", "organisation__name")
    autocomplete_fields = ("organisation",)
    fields = ("name", "organisation", "reason")

    def effect(self, record: Alias) -> dict[str, Any]:
        return effect_of_alias(record)

    def save_model(self, request: HttpRequest, obj: Alias, form: Any, change: bool) -> None:
        data = form.cleaned_data
        if change:
            obj._history_user, obj._change_reason = request.user, (data.get("reason") or "")[:100] or None
            obj.save()
            return
        made = corrections.add_alias(
            data["organisation"], data["name"], user=request.user, reason=data.get("reason", "")
        )
        obj.pk, obj._state.adding = made.pk, False
