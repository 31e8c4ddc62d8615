"""Forms of the pages. They check what is typed; what changes the database stands in ``tracker.services``."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.models import fields_for_model
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tracker.models import Document, Goal, Organisation, Result, Status
from tracker.services.organisations import find_organisation, get_organisation

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
NUMBER = {"inputmode": "decimal", "autocomplete": "off"}

RECORD_FIELDS = [
    "organisation", "indicator", "value", "value_max", "unit", "comparator", "measure", "period_start", "period_end",
    "owner", "post", "scope", "quote", "note",
]  # fmt: skip
GOAL_FIELDS = ["baseline", "problems", "steps"]


class Translated(forms.Select):
    """A choice whose labels are shown in the reader's language."""

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().create_option(name, value, gettext(str(label)) if label else label, *args, **kwargs)


class OrganisationField(forms.CharField):
    """The name of an organisation, full or short; gives the organisation. A new body is made only when that is said."""

    default_error_messages = {
        "unknown": _("没有名为“%(name)s”的单位。请核对名称，或勾选“新增此单位”。"),
    }

    def __init__(self, **kwargs: Any) -> None:
        hints = {"list": "organisation-names", "autocomplete": "off"}
        super().__init__(max_length=120, widget=forms.TextInput(attrs=hints), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            value = Organisation.objects.filter(pk=value).first()
        return value.name if isinstance(value, Organisation) else value


def translate_labels(form: forms.BaseForm) -> None:
    """Labels and choices come from the models in Chinese; the reader may want English."""
    for field in form.fields.values():
        if field.label:
            field.label = gettext(str(field.label))
        if field.help_text:
            field.help_text = gettext(str(field.help_text))


class RecordForm(forms.Form):
    """A goal or a result as it is edited. ``changes()`` gives only what differs from the record."""

    add_organisation = forms.BooleanField(label=_("新增此单位"), required=False)
    reason = forms.CharField(
        label=_("修改理由"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("数值或时限有变时请写明")}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    # a change of these needs a reason
    WEIGHTY = frozenset(
        {"value", "value_max", "unit", "comparator", "measure", "period_start", "period_end", "organisation"}
    )

    def __init__(
        self, *args: Any, model: type[Goal | Result], record: Goal | Result | None = None, **kwargs: Any
    ) -> None:
        self.record = record
        initial = dict(kwargs.pop("initial", None) or {})
        names = RECORD_FIELDS + (GOAL_FIELDS if model is Goal else [])
        if record is not None:
            initial = {name: getattr(record, name) for name in names} | {"revision": record.revision} | initial
        super().__init__(*args, initial=initial, **kwargs)
        own = fields_for_model(model, fields=[name for name in names if name != "organisation"])
        self.fields = {"organisation": OrganisationField(label=_("单位"))} | own | self.fields
        for name in ("value", "value_max", "baseline"):
            if name in self.fields:
                self.fields[name].widget = forms.TextInput(attrs=NUMBER)
        for name in ("period_start", "period_end"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        for name in ("comparator", "measure"):
            field = self.fields[name]
            field.widget = Translated(choices=field.choices)
        for name in ("quote", "note", "problems", "steps"):
            if name in self.fields:
                self.fields[name].widget = forms.Textarea(attrs={"rows": 2})
        if record is not None and record.start is not None:
            del self.fields["quote"]  # the document's words; another stretch is chosen by selecting it
        if model is Goal:
            self.fields["period_end"].label = pgettext_lazy("goal", "完成时限")
        translate_labels(self)
        for name in ("value", "value_max", "baseline"):
            if name in self.initial and self.initial[name] is not None:
                self.initial[name] = (
                    f"{self.initial[name]:f}".rstrip("0").rstrip(".")
                    if "." in f"{self.initial[name]:f}"
                    else f"{self.initial[name]:f}"
                )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        name = data.get("organisation")
        if isinstance(name, str) and name:
            found = find_organisation(name)
            if found is None and data.get("add_organisation") and not self.errors:
                found = get_organisation(name)
            if found is None:
                self.add_error("organisation", OrganisationField.default_error_messages["unknown"] % {"name": name})
            data["organisation"] = found
        if (
            self.record is not None
            and not data.get("reason")
            and self.WEIGHTY & self.changes().keys()
            and not self.errors
        ):
            self.add_error("reason", _("改了数值、时期或单位，请写明理由，例如“原文第3段为50个”。"))
        return data

    def changes(self) -> dict[str, Any]:
        """Fields whose value is not the record's; all filled fields where there is no record yet."""
        data = {k: v for k, v in self.cleaned_data.items() if k not in {"reason", "revision", "add_organisation"}}
        if self.record is None:
            return data
        return {name: value for name, value in data.items() if value != getattr(self.record, name)}


class DecideForm(forms.Form):
    """核定: a person's word on a goal as of a date."""

    status = forms.ChoiceField(
        label=_("核定状态"), choices=[("", "—"), *Status.choices], required=False, widget=Translated
    )
    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class ExtendForm(forms.Form):
    deadline = forms.DateField(label=_("新时限"), widget=DAY)
    reason = forms.CharField(label=_("批准依据"), max_length=300)


class DocumentForm(forms.Form):
    """Facts of a document that a person may put right."""

    issuer = OrganisationField(label=_("发文单位"), required=False)
    reason = forms.CharField(label=_("修改理由"), max_length=300, required=False)

    FIELDS = ("title", "issuer", "published_on", "period_start", "period_end")

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        self.document = document
        initial = {name: getattr(document, name) for name in self.FIELDS}
        super().__init__(*args, initial=initial, **kwargs)
        own = fields_for_model(Document, fields=["title", "published_on", "period_start", "period_end"])
        for name in ("published_on", "period_start", "period_end"):
            own[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.fields = (
            {"title": own.pop("title"), "issuer": self.fields["issuer"]} | own | {"reason": self.fields["reason"]}
        )
        translate_labels(self)

    def clean_issuer(self) -> Organisation | None:
        name = self.cleaned_data.get("issuer")
        if not name:
            return None
        found = find_organisation(name)
        if found is None:
            raise forms.ValidationError(OrganisationField.default_error_messages["unknown"] % {"name": name})
        return found

    def changes(self) -> dict[str, Any]:
        data = {name: self.cleaned_data[name] for name in self.FIELDS}
        return {name: value for name, value in data.items() if value != getattr(self.document, name)}


class OrganisationForm(forms.Form):
    name = forms.CharField(label=_("单位名称"), max_length=120)


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
