"""Saving in two steps: what a change would do is shown before it is done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from tracker.admin.base import HistoryAdmin
from tracker.models import Event

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
