"""What pages of the admin share: the role decides, a service's refusal becomes a message, history is shown."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import CharField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper

from tracker import access
from tracker.services.corrections import CorrectionError
from tracker.services.corrections.journal import plain


class ForAdministrators:
    """Mixin for a ModelAdmin: the role decides, not Django's table of permissions."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.may(request.user, "administer")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may(request.user, "administer")

    # inlines ask for the right to add with a row, models without
    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


class NamedValues(admin.AllValuesFieldListFilter):
    """Every value that stands in a column of words, by the name that the admin's ``filter_words`` gives it; none is an empty link."""

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        words = getattr(changelist.model_admin, "filter_words", {}).get(self.field_path, {})
        for choice in super().choices(changelist):
            yield choice | {"display": words.get(choice["display"], choice["display"]) or gettext("空")}


admin.FieldListFilter.register(
    lambda field: isinstance(field, CharField) and not field.choices, NamedValues, take_priority=True
)


class Refusing:
    """Mixin: what a service refuses becomes a message, and nothing is saved."""

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)  # type: ignore[misc]
        except CorrectionError as problem:
            sentence = str(problem)
        except ValidationError as problem:
            sentence = "".join(problem.messages)
        messages.error(request, sentence)
        return HttpResponseRedirect(request.get_full_path())


class PlainAdmin(ForAdministrators, Refusing, admin.ModelAdmin):
    """A model without history."""

    list_per_page = 50
    show_full_result_count = False


class ChangesInWords(HistoricalRecordContextHelper):
    """Old and new of a history's line as people write them: words for choices, 空 for nothing, numbers without empty digits."""

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        field = self.model._meta.get_field(change.field)
        if value in (None, "", [], {}):
            return gettext("空")
        words = dict(getattr(field, "flatchoices", ()))
        if isinstance(value, str) and value in words:
            return gettext(str(words[value]))
        return plain(value) if isinstance(value, Decimal) else super().prepare_delta_change_value(change, value)


class HistoryAdmin(ForAdministrators, Refusing, SimpleHistoryAdmin):
    """A model with history: who, when, old, new, why; an old version can be put back."""

    list_per_page = 50
    show_full_result_count = False
    history_list_per_page = 50

    def get_historical_record_context_helper(self, request: HttpRequest, historical_record: Any) -> ChangesInWords:
        return ChangesInWords(self.model, historical_record)

    def has_view_history_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may(request.user, "administer")

    has_change_history_permission = has_view_history_permission


class ReadOnlyAdmin(PlainAdmin):
    """Rows that the program writes; people look at them here and change what they rest on."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission
