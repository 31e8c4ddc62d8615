"""Rules of lights and links, and the lists of words. The effect is shown before anything is saved."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from import_export import resources
from import_export.admin import ImportExportMixin

from tracker.admin.base import HistoryAdmin
from tracker.admin.effects import effect_of_rules, effect_of_word
from tracker.models import Event, Rules, Word
from tracker.services import rewording
from tracker.services.wording import LISTS, check_word

CONFIRMED = "_confirmed"


class ReasonForm(forms.ModelForm):
    reason = forms.CharField(label=_("修改理由"), max_length=300, required=False)


class PreviewAdmin(HistoryAdmin):
    """Asks once more before saving, with the effect on the page."""

    form = ReasonForm
    preview_template = "admin/tracker/effect.html"

    def effect(self, record: Any) -> Any:
        raise NotImplementedError

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method == "POST" and CONFIRMED not in request.POST and self.has_change_permission(request):
            record = self.get_object(request, object_id) if object_id else self.model()
            form = self.get_form(request, record, change=bool(object_id))(request.POST, request.FILES, instance=record)
            if record is not None and form.is_valid():
                return self.preview(request, form, object_id)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def preview(self, request: HttpRequest, form: Any, object_id: Any) -> HttpResponse:
        record = form.save(commit=False)
        context = {
            **self.admin_site.each_context(request),
            "title": _("保存前请看影响"),
            "opts": self.model._meta,
            "record": record,
            "effect": self.effect(record),
            "changed": [
                (form.fields[name].label, form[name].initial, form.cleaned_data[name]) for name in form.changed_data
            ],
            "posted": [
                (key, value) for key, values in request.POST.lists() for value in values if key != "csrfmiddlewaretoken"
            ],
            "confirmed": CONFIRMED,
        }
        return TemplateResponse(request, self.preview_template, context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj._history_user, obj._change_reason = request.user, (form.cleaned_data.get("reason") or "")[:100] or None
        changes = {
            name: [str(form[name].initial), str(form.cleaned_data[name])]
            for name in form.changed_data
            if name != "reason"
        }
        obj.save()
        Event.objects.create(
            user=request.user, action="settings", model=obj._meta.model_name, object_id=obj.pk,
            summary=f"修改{obj._meta.verbose_name}“{obj}”", changes=changes, reason=form.cleaned_data.get("reason", "")[:300],
        )  # fmt: skip
        self.apply()

    def apply(self) -> None:
        """What was saved takes effect on what is stored already."""
        raise NotImplementedError


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


class WordResource(resources.ModelResource):
    class Meta:
        model = Word
        fields = ("kind", "text", "meaning")
        import_id_fields = ("kind", "text")
        skip_unchanged = True

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
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
class WordAdmin(ImportExportMixin, PreviewAdmin):
    form = WordForm
    resource_classes = (WordResource,)
    list_display = ("text", "list_name", "meaning")
    list_filter = ("kind",)
    search_fields = ("text", "meaning")

    @admin.display(description=_("词表"), ordering="kind")
    def list_name(self, word: Word) -> str:
        return str(LISTS.get(word.kind, word.kind))

    def effect(self, record: Word) -> Any:
        return effect_of_word(record)

    def apply(self) -> None:
        rewording.apply_words()
