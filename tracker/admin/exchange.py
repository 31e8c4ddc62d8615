"""Sheets that go out of the admin and come back: their columns and choices bear the words that people know.

A sheet is written in the language of who exports it and read back in whichever it was written in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import CharField, TextField
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext, override
from import_export import resources
from import_export.admin import ExportMixin, ImportExportMixin
from import_export.forms import SelectableFieldsExportForm
from import_export.widgets import CharWidget, DateWidget, DecimalWidget, ForeignKeyWidget, Widget

from tracker.models import Organisation


def in_every_language(words: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """Word in any language → code, for (code, word); a code stands for itself."""
    found: dict[str, str] = {}
    for code, word in words:
        found[code] = code
        for language, _ in settings.LANGUAGES:
            with override(language):
                found[gettext(str(word))] = code
    return found


class ChoiceWidget(Widget):
    """A choice by its word: 不低于 for ge."""

    def __init__(self, choices: Mapping[str, Any]) -> None:
        super().__init__()
        self.choices = choices

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return gettext(str(self.choices[value])) if value in self.choices else str(value or "")

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        word = str(value or "").strip()
        if word and word not in self.known:
            words = gettext("、").join(gettext(str(each)) for each in self.choices.values())
            raise ValueError(gettext("“%(word)s”不在可选的词里：%(words)s。") % {"word": word, "words": words})
        return self.known.get(word, "")

    @cached_property
    def known(self) -> dict[str, str]:
        return in_every_language(self.choices.items())


class OrganisationWidget(ForeignKeyWidget):
    """An organisation by its name."""

    def __init__(self) -> None:
        super().__init__(Organisation, "name")

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Organisation | None:
        try:
            return super().clean(value, row, **kwargs)
        except Organisation.DoesNotExist:
            raise ValueError(gettext("没有名为“%(name)s”的单位。") % {"name": value}) from None


class NumberWidget(DecimalWidget):
    """A number of a cell, without empty digits."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        if kwargs.get("force_native_type"):
            return None if value is None else float(value)
        return "" if value is None else f"{value.normalize():f}"

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Decimal | None:
        try:
            return None if value is None or not str(value).strip() else Decimal(str(value).strip().replace(",", ""))
        except InvalidOperation:
            raise ValueError(gettext("“%(word)s”不是数字。请只填数字，不带单位。") % {"word": value}) from None


class DayWidget(DateWidget):
    """A date of a cell, as a date or written 2024-12-31."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        try:
            return super().clean(value.strip() if isinstance(value, str) else value, row, **kwargs)
        except ValueError:
            raise ValueError(gettext("“%(word)s”不是日期。请写成 2024-12-31 的样子。") % {"word": value}) from None


class TitledResource(resources.ModelResource):
    """``titles`` name the columns that are no field; ``needed`` those without which nothing can be read."""

    titles: Mapping[str, Any] = {}
    needed: tuple[str, ...] = ()

    @classmethod
    def widget_from_django_field(cls, f: Any, default: Any = Widget) -> Any:
        """An empty cell of a text is an empty text, which the database takes; None it would not."""
        if isinstance(f, CharField | TextField):
            return partial(CharWidget, coerce_to_string=True, allow_blank=True)
        return super().widget_from_django_field(f, default)

    def title_of(self, column: str) -> str:
        """What the column is called in the language of this page."""
        name = self.titles.get(column) or self._meta.model._meta.get_field(column).verbose_name
        return gettext(str(name))

    def get_export_headers(self, selected_fields: Any = None) -> list[str]:
        return [self.title_of(column) for column in super().get_export_headers(selected_fields)]

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """Cells as the preview shows them: empty for nothing, a day without its hour."""
        for name, value in row.items():
            row[name] = "" if value is None else value.date() if isinstance(value, datetime) else value

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """Columns get back the names that the program knows them by. A sheet without what is needed is refused as a whole."""
        with override("zh-hans"):
            names = [(column, self.title_of(column)) for column in self.get_import_order()]
        known = in_every_language(names)
        dataset.headers = [known.get(str(header or "").strip(), str(header or "")) for header in dataset.headers or ()]
        if missing := [column for column in self.needed if column not in dataset.headers]:
            words = gettext("、").join(self.title_of(column) for column in missing)
            raise ValidationError(
                gettext("这个文件里没有这些列：%(columns)s。什么也没有改动。请先导出，在导出的表里修改后再上传。")
                % {"columns": words}
            )


class ExportForm(SelectableFieldsExportForm):
    """Columns to choose by their titles."""

    def _get_field_label(self, resource: type[TitledResource], field_name: str) -> str:
        return resource().title_of(field_name)


class SheetsOut(ExportMixin):
    """Mixin for a ModelAdmin with a ``TitledResource``."""

    export_form_class = ExportForm

    def init_request_context_data(self, request: HttpRequest, form: Any) -> dict[str, Any]:
        return self.titled(super().init_request_context_data(request, form))

    def titled(self, context: dict[str, Any]) -> dict[str, Any]:
        """The page's context with columns by their titles."""
        resource = self.resource_classes[0]()
        lists = [(name, [resource.title_of(column) for column in columns]) for name, columns in context["fields_list"]]
        return context | {"fields_list": lists}


class SheetsBothWays(SheetsOut, ImportExportMixin):
    """Mixin for a ModelAdmin whose sheets are read back as well."""

    def import_action(self, request: HttpRequest, **kwargs: Any) -> Any:
        page = super().import_action(request, **kwargs)
        if hasattr(page, "context_data"):
            page.context_data = self.titled(page.context_data)
            if result := page.context_data.get("result"):  # read by now: its columns may be called by their titles
                resource = self.resource_classes[0]()
                result.diff_headers = [resource.title_of(column) for column in result.diff_headers]
        return page

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        form.add_error(
            "import_file",
            gettext(
                "读不出这个文件：它不是所选的格式，或者已经损坏。什么也没有改动。请选对格式，或把文件另存为 .xlsx 再上传。"
            ),
        )
