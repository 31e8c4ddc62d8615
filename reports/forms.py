"""Forms of the monthly round."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

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


class DateInput(forms.DateInput):
    """A date field of the browser's own."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class CloseForm(forms.Form):
    as_of = forms.DateField(
        label="截至", widget=DateInput(), error_messages={"invalid": "日期写作2024-10-31这样的形式。"}
    )
    note = forms.CharField(label="备注", max_length=300, required=False)

    def clean_as_of(self) -> date:
        day: date = self.cleaned_data["as_of"]
        if day.day != calendar.monthrange(day.year, day.month)[1]:
            raise ValidationError(
                f"关账日应为月末，{day:%Y-%m}的月末是{calendar.monthrange(day.year, day.month)[1]}日。"
            )
        return day


class ReasonForm(forms.Form):
    reason = forms.CharField(label="理由", max_length=300)


class SettingsForm(forms.ModelForm):
    class Meta:
        model = RoundSettings
        fields = ("close_automatically", "close_day", "bulletin_name", "bulletin_office")


class RuleForm(forms.ModelForm):
    channels = forms.MultipleChoiceField(label="方式", choices=Channel.choices, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = NoticeRule
        fields = ("name", "condition", "days", "gap", "rhythm", "day", "reply_days", "escalate", "channels", "active")


class SendForm(forms.Form):
    """A notice by hand."""

    condition = forms.ChoiceField(label="情形", choices=Condition.choices)
    step = forms.TypedChoiceField(label="步骤", choices=Step.choices, coerce=int)
    due_on = forms.DateField(label="回复期限", widget=DateInput())
    words = forms.CharField(
        label="内容",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text="不填则按进度自动写出。",
    )

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if day < timezone.localdate():
            raise ValidationError("回复期限不能早于今天。")
        return day


class ExtensionForm(forms.Form):
    deadline = forms.DateField(label="申请延至", widget=DateInput())
    reason = forms.CharField(label="理由", max_length=300)


class ReplyForm(forms.Form):
    words = forms.CharField(
        label="回复", max_length=4000, widget=forms.Textarea({"rows": 4}), help_text="写明进展、存在问题和下步措施。"
    )


class UploadForm(forms.Form):
    file = forms.FileField(label="填报表", widget=forms.ClearableFileInput({"accept": ".xlsx"}))


class TaskForm(forms.ModelForm):
    class Meta:
        model = Task
        fields = ("title", "lead", "partners", "owner", "weight", "deadline")
        widgets = {"deadline": DateInput(), "partners": forms.SelectMultiple({"size": 4})}


class MilestoneForm(forms.ModelForm):
    class Meta:
        model = Milestone
        fields = ("due_on", "sentence", "share")
        widgets = {"due_on": DateInput()}


class FlagForm(forms.ModelForm):
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


class SpecialScoreForm(forms.ModelForm):
    """Points that hold for one organisation only."""

    class Meta:
        model = ScoreRule
        fields = ("organisation", "status", "points")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].required = True


class TokenForm(forms.Form):
    name = forms.CharField(label="用途", max_length=60)
