"""Forms of the monthly round."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reports.models import (
    Channel,
    Condition,
    FlagRule,
    Milestone,
    NoticeRule,
    RoundSettings,
    ScoreRule,
    Step,
    Task,
)
from tracker.forms import translate_labels


class Translated:
    """A form whose labels, hints and choices, Chinese in the models, are shown in the reader's language."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"label_suffix": ""} | kwargs))
        translate_labels(self)
        for field in self.fields.values():
            if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
                field.choices = [(value, gettext(str(label)) if label else label) for value, label in field.choices]


class DateInput(forms.DateInput):
    """A date field of the browser's own."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class CloseForm(Translated, forms.Form):
    as_of = forms.DateField(
        label=_("截至"), widget=DateInput(), error_messages={"invalid": _("日期写作2024-10-31这样的形式。")}
    )
    note = forms.CharField(label=_("备注"), max_length=300, required=False)

    def clean_as_of(self) -> date:
        day: date = self.cleaned_data["as_of"]
        if day.day != calendar.monthrange(day.year, day.month)[1]:
            raise ValidationError(
                gettext("关账日应为月末，%(month)s的月末是%(day)s日。")
                % {"month": f"{day:%Y-%m}", "day": calendar.monthrange(day.year, day.month)[1]}
            )
        return day


class ReasonForm(Translated, forms.Form):
    reason = forms.CharField(label=_("理由"), max_length=300)


class SettingsForm(Translated, forms.ModelForm):
    class Meta:
        model = RoundSettings
        fields = ("close_automatically", "close_day", "bulletin_name", "bulletin_office")


class RuleForm(Translated, forms.ModelForm):
    channels = forms.MultipleChoiceField(label=_("方式"), choices=Channel.choices, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = NoticeRule
        fields = ("name", "condition", "days", "gap", "rhythm", "day", "reply_days", "escalate", "channels", "active")


class SendForm(Translated, forms.Form):
    """A notice by hand."""

    condition = forms.ChoiceField(label=_("情形"), choices=Condition.choices)
    step = forms.TypedChoiceField(label=_("步骤"), choices=Step.choices, coerce=int)
    due_on = forms.DateField(label=_("回复期限"), widget=DateInput())
    words = forms.CharField(
        label=_("内容"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("不填则按进度自动写出。"),
    )

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if day < timezone.localdate():
            raise ValidationError(gettext("回复期限不能早于今天。"))
        return day


class ExtensionForm(Translated, forms.Form):
    deadline = forms.DateField(label=_("申请延至"), widget=DateInput())
    reason = forms.CharField(label=_("理由"), max_length=300)


class ReplyForm(Translated, forms.Form):
    words = forms.CharField(
        label=_("回复"), max_length=4000, widget=forms.Textarea({"rows": 4}), help_text=_("写明进展、存在问题和下步措施。")
    )


class UploadForm(Translated, forms.Form):
    file = forms.FileField(label=_("填报表"), widget=forms.ClearableFileInput({"accept": ".xlsx"}))


class TaskForm(Translated, forms.ModelForm):
    class Meta:
        model = Task
        fields = ("title", "lead", "partners", "owner", "weight", "deadline")
        widgets = {"deadline": DateInput(), "partners": forms.SelectMultiple({"size": 4})}


class MilestoneForm(Translated, forms.ModelForm):
    class Meta:
        model = Milestone
        fields = ("due_on", "sentence", "share")
        widgets = {"due_on": DateInput()}


class FlagForm(Translated, forms.ModelForm):
    class Meta:
        model = FlagRule
        fields = ("name", "points", "colour")
        widgets = {"colour": forms.TextInput({"type": "color"})}

    def has_changed(self) -> bool:
        # a browser always sends a colour, so an empty line for a new flag is known by its name and points
        named = any(self.data.get(self.add_prefix(name)) for name in ("name", "points"))
        return super().has_changed() if self.instance.pk or named else False


ScoreFormSet = forms.modelformset_factory(ScoreRule, fields=("points",), extra=0)
FlagFormSet = forms.modelformset_factory(FlagRule, form=FlagForm, extra=1, can_delete=True)


class SpecialScoreForm(Translated, forms.ModelForm):
    """Points that hold for one organisation only."""

    class Meta:
        model = ScoreRule
        fields = ("organisation", "status", "points")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].required = True


class TokenForm(Translated, forms.Form):
    name = forms.CharField(label=_("用途"), max_length=60)
