"""Forms of the monthly round."""

from __future__ import annotations

import calendar
from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from reports.models import RoundSettings

DAY = {"type": "date"}


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
