"""The monthly round in the admin: rules and breakdowns to change, what was closed, sent or handed in to look at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from reports.models import (
    ApiToken,
    Delivery,
    Extension,
    FlagRule,
    LedgerFile,
    Milestone,
    Notice,
    NoticeRule,
    RoundSettings,
    ScoreRule,
    Snapshot,
    SnapshotTally,
    Submission,
    Task,
    WorkbookIssue,
)
from reports.services.tokens import revoke
from tracker.admin.base import HistoryAdmin, PlainAdmin, ReadOnlyAdmin


@admin.register(RoundSettings)
class RoundSettingsAdmin(PlainAdmin):
    list_display = ["__str__", "close_automatically", "close_day", "bulletin_name", "bulletin_office"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request) and not RoundSettings.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    list_display = ["as_of", "version", "state", "rows", "differences", "closed_by", "closed_at", "reopen_reason"]
    list_filter = ["state", "as_of"]
    search_fields = ["note", "reopen_reason"]
    list_select_related = ["closed_by"]


@admin.register(SnapshotTally)
class SnapshotTallyAdmin(ReadOnlyAdmin):
    list_display = ["snapshot", "name", "goals", "completion", "time_share"]
    list_filter = ["snapshot"]
    search_fields = ["name"]
    list_select_related = ["snapshot"]


@admin.register(NoticeRule)
class NoticeRuleAdmin(HistoryAdmin):
    list_display = ["name", "condition", "rhythm", "day", "reply_days", "escalate", "active", "ran_on"]
    list_filter = ["condition", "rhythm", "active"]
    search_fields = ["name"]


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ["number", "step", "organisation", "goal", "condition", "state", "sent_at", "due_on"]
    list_filter = ["state", "step", "condition", "sent_at"]
    search_fields = ["number", "organisation__name", "goal__indicator", "body", "reply"]
    list_select_related = ["organisation", "goal__organisation"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ["notice", "channel", "user", "address", "succeeded", "error", "at", "read_at"]
    list_filter = ["channel", "succeeded", "at"]
    search_fields = ["notice__number", "user__username", "address", "error"]
    list_select_related = ["notice", "user"]


@admin.register(Extension)
class ExtensionAdmin(ReadOnlyAdmin):
    list_display = ["goal", "previous", "deadline", "state", "asked_by", "asked_at", "decided_by"]
    list_filter = ["state", "asked_at"]
    search_fields = ["goal__indicator", "reason", "decision"]
    list_select_related = ["goal__organisation", "asked_by", "decided_by"]


@admin.register(ScoreRule)
class ScoreRuleAdmin(HistoryAdmin):
    list_display = ["status", "organisation", "points"]
    list_filter = ["status"]
    search_fields = ["organisation__name"]
    autocomplete_fields = ["organisation"]


@admin.register(FlagRule)
class FlagRuleAdmin(HistoryAdmin):
    list_display = ["name", "points", "colour"]
    search_fields = ["name"]


class MilestoneInline(admin.TabularInline):
    model = Milestone
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return TaskAdmin(Task, admin.site).has_view_permission(request)

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


@admin.register(Task)
class TaskAdmin(HistoryAdmin):
    list_display = ["title", "goal", "lead", "owner", "weight", "deadline", "done_on"]
    list_filter = ["deadline"]
    search_fields = ["title", "owner", "lead__name", "goal__indicator"]
    autocomplete_fields = ["goal", "lead", "partners"]
    list_select_related = ["goal__organisation", "lead"]
    inlines = [MilestoneInline]


@admin.register(WorkbookIssue)
class WorkbookIssueAdmin(ReadOnlyAdmin):
    list_display = ["pk", "organisation", "as_of", "issued_by", "issued_at"]
    list_filter = ["as_of"]
    search_fields = ["organisation__name"]
    list_select_related = ["organisation", "issued_by"]


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = [
        "organisation",
        "as_of",
        "origin",
        "state",
        "submitted_by",
        "submitted_at",
        "decided_by",
        "decision",
    ]
    list_filter = ["state", "origin", "as_of"]
    search_fields = ["organisation__name", "file_name", "decision"]
    list_select_related = ["organisation", "submitted_by", "decided_by"]


@admin.register(LedgerFile)
class LedgerFileAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "user", "as_of", "state", "rows", "attempt", "ordered_at", "finished_at", "error"]
    list_filter = ["state"]
    search_fields = ["name", "user__username"]
    list_select_related = ["user"]


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = ["name", "user", "created_at", "used_on", "revoked_at"]
    list_filter = ["revoked_at"]
    search_fields = ["name", "user__username"]
    list_select_related = ["user"]
    actions = ["revoke_chosen"]

    @admin.action(description="停用所选密钥")
    def revoke_chosen(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        for token in queryset:
            revoke(token, user=request.user)
