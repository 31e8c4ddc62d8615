"""Documents, imports, the journal and turns of linking."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tracker.admin.base import HistoryAdmin, PlainAdmin, ReadOnlyAdmin
from tracker.admin.previews import ReasonForm
from tracker.models import Document, Event, ImportBatch, ImportJob, LinkingTurn, LinkingWish, SavedView
from tracker.services import corrections, intake


@admin.action(description=_("重新读取所选文档（人工审核过的记录不变）"))
def read_again(modeladmin: Any, request: HttpRequest, rows: QuerySet) -> None:
    for document in rows:
        intake.read_again(document, user=request.user)
    messages.success(request, _("%(n)s 份文档已排队重新读取。") % {"n": rows.count()})


@admin.register(Document)
class DocumentAdmin(HistoryAdmin):
    form = ReasonForm
    list_display = ("title_or_name", "issuer", "published_on", "period_end", "format", "created_at")
    list_filter = ("format", "published_on", "issuer__region")
    list_select_related = ("issuer",)
    search_fields = ("title", "name", "issuer__name")
    autocomplete_fields = ("issuer",)
    date_hierarchy = "published_on"
    readonly_fields = ("name", "sha256", "size", "format", "sources", "notes", "uploaded_by", "created_at", "read_at")
    fields = ("title", "issuer", "published_on", "period_start", "period_end", "reason", *readonly_fields)
    actions = (read_again,)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("content", "paragraphs")

    @admin.display(description=_("标题"), ordering="title")
    def title_or_name(self, document: Document) -> str:
        return str(document)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # documents come in by upload, where they are checked and read

    def save_model(self, request: HttpRequest, obj: Document, form: Any, change: bool) -> None:
        stored = Document.objects.get(pk=obj.pk)
        names = ("title", "issuer", "published_on", "period_start", "period_end")
        given = form.cleaned_data
        changes = {name: given[name] for name in names if name in given and given[name] != getattr(stored, name)}
        corrections.correct_document(stored, changes, user=request.user, reason=given.get("reason", ""))


@admin.action(description=_("重试所选"))
def retry_chosen(modeladmin: Any, request: HttpRequest, rows: QuerySet) -> None:
    for job in rows.select_related("document"):
        intake.retry(job)
    messages.success(request, _("失败和已取消的任务已重新排队。"))


@admin.register(ImportJob)
class ImportJobAdmin(ReadOnlyAdmin):
    list_display = ("id", "document", "state", "stage", "attempt", "goals", "results", "links", "error", "created_at")
    list_filter = ("state", "batch__source", "created_at")
    list_select_related = ("document",)
    search_fields = ("document__name", "document__title", "error")
    actions = (retry_chosen,)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("document__content", "document__paragraphs")


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    list_display = ("id", "source", "created_by", "created_at")
    list_filter = ("source",)
    search_fields = ("created_by__username",)


@admin.register(LinkingTurn)
class LinkingTurnAdmin(ReadOnlyAdmin):
    search_fields = ("organisation__name",)


@admin.register(LinkingWish)
class LinkingWishAdmin(ReadOnlyAdmin):
    list_display = ("document", "organisation", "created_at")
    list_select_related = ("document", "organisation")
    search_fields = ("organisation__name", "document__name")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("at", "user", "action", "summary", "reason")
    list_filter = ("action", "at")
    list_select_related = ("user",)
    search_fields = ("summary", "reason", "user__username")
    date_hierarchy = "at"


@admin.register(SavedView)
class SavedViewAdmin(PlainAdmin):
    list_display = ("name", "page", "user", "query")
    list_filter = ("page",)
    search_fields = ("name", "user__username")
