"""Rules of lights and links, and the lists of words. The effect is shown before anything is saved."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from import_export import fields

from tracker.admin.effects import effect_of_rules, effect_of_word
from tracker.admin.exchange import ChoiceWidget, SheetsBothWays, TitledResource
from tracker.admin.previews import PreviewAdmin, ReasonForm
from tracker.models import Rules, Word
from tracker.services import rewording
from tracker.services.wording import LISTS, check_word


@admin.register(Rules)
class RulesAdmin(PreviewAdmin):
    list_display = ("__str__", "yellow_from", "dark_yellow_from", "red_from", "due_soon_days", "accept_links_from")

    def effect(self, record: Rules) -> Any:
        return effect_of_rules(record)

    def apply(self) -> None:
        rewording.apply_rules()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request) and not Rules.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one row: its form is what opens, filled with what is in force where nobody has saved any."""
        only = Rules.objects.first()
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        if only is None:
            return HttpResponseRedirect(reverse("admin:tracker_rules_add"))
        return HttpResponseRedirect(reverse("admin:tracker_rules_change", args=[only.pk]))


class WordResource(TitledResource):
    kind = fields.Field("kind", "kind", ChoiceWidget(LISTS))
    needed = ("kind", "text")

    class Meta:
        model = Word
        fields = ("kind", "text", "meaning")
        import_id_fields = ("kind", "text")
        skip_unchanged = True

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        super().before_import_row(row, **kwargs)
        row["kind"] = self.fields["kind"].clean(row)
        check_word(*(str(row.get(name) or "") for name in self._meta.fields))

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """What came in takes effect; a preview leaves everything as it is."""
        if not kwargs.get("dry_run") and not result.has_errors() and not result.has_validation_errors():
            rewording.apply_words()


class WordForm(ReasonForm):
    """A word with its list by a name that people know; a list that people do not know is not offered."""

    kind = forms.ChoiceField(label=_("词表"), choices=list(LISTS.items()))

    class Meta:
        help_texts = {"meaning": _("只有同义词要填：把左边的词看作哪个指标。")}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        check_word(data.get("kind", ""), data.get("text", ""), data.get("meaning", ""))
        return data


@admin.register(Word)
class WordAdmin(SheetsBothWays, PreviewAdmin):
    form = WordForm
    resource_classes = (WordResource,)
    list_display = ("text", "list_name", "meaning")
    list_filter = ("kind",)
    filter_words = {"kind": LISTS}
    search_fields = ("text", "meaning")

    @admin.display(description=_("词表"), ordering="kind")
    def list_name(self, word: Word) -> str:
        return str(LISTS.get(word.kind, word.kind))

    def effect(self, record: Word) -> Any:
        return effect_of_word(record)

    def apply(self) -> None:
        rewording.apply_words()
