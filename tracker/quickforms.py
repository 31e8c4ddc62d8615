"""Filter forms written without templates: a dozen fields of a list page cost more than its fifty rows otherwise."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet, Subquery
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django_filters import Filter

from tracker import access
from tracker.markup import as_markup, fill
from tracker.models import Organisation
from tracker.remembering import Memory
from tracker.services.prepared import Prepared


def write_attributes(attributes: dict[str, Any] | None) -> SafeString:
    """Attributes of a tag: ``True`` gives the bare name, ``False`` nothing."""
    parts = [
        f" {name}" if value is True else f' {name}="{as_markup(value)}"'
        for name, value in (attributes or {}).items()
        if value is not False
    ]
    return SafeString("".join(parts))


def write_input(context: dict[str, Any]) -> SafeString:
    widget = context["widget"]
    value = "" if widget["value"] is None else fill(' value="{}"', widget["value"])
    return fill(
        '<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], value, write_attributes(widget["attrs"])
    )


def write_label(context: dict[str, Any]) -> SafeString:
    if not context["use_tag"]:
        return SafeString(as_markup(context["label"]))
    return fill("<{0}{1}>{2}</{0}>", context["tag"], write_attributes(context["attrs"]), context["label"])


QUICK: dict[str, Callable[[dict[str, Any]], SafeString]] = {
    "django/forms/label.html": write_label,
    **{f"django/forms/widgets/{kind}.html": write_input for kind in ("text", "date", "number", "hidden", "input")},
}


class QuickRenderer(DjangoTemplates):
    """Django's own, but for the few pieces that filter forms are made of."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if write := QUICK.get(template_name):
            return write(context)
        if template_name == "django/forms/errors/list/default.html" and not context["errors"]:
            return ""
        return super().render(template_name, context, request)


class FilterForm(forms.Form):
    default_renderer = QuickRenderer()  # one for all forms: it keeps the templates it has read

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class AsIs(dict):  # type: ignore[type-arg]
    """A dictionary that a deep copy leaves as it is: what stands in it was made for one page anyway."""

    def __deepcopy__(self, memo: dict[int, Any]) -> AsIs:
        return self


class FilterCopies(dict):  # type: ignore[type-arg]
    """The filters of a page by name; a deep copy copies each filter, but not what stands inside it."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Filter]:
        copies = {name: copy.copy(each) for name, each in self.items()}
        for each in copies.values():
            each.method = each.method  # what calls the method knows the filter that it belongs to
        return copies


class QuickSelect(forms.Select):
    """A choice whose labels are shown in the reader's language."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        final = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return fill("<select{}>{}</select>", write_attributes(final), self.options(str(value or "")))

    def options(self, chosen: str) -> SafeString:
        return SafeString("".join([_option(key, _(str(label)), str(key) == chosen) for key, label in self.choices]))


class OrganisationSelect(QuickSelect):
    """A choice among organisations, a province has thousands: written once for all who may choose among all."""

    def options(self, chosen: str) -> SafeString:
        rows = self.choices.queryset  # type: ignore[union-attr]  # the choices of a field of rows
        every = _OPTIONS.recall(_newest(), _all_options) if not rows.query.where else _options(rows)
        opening = fill('<option value="{}"', chosen)
        marked = every.replace(opening, f"{opening} selected", 1) if chosen else every
        return SafeString(_option("", self.choices.field.empty_label, not chosen) + marked)  # type: ignore[union-attr]


def known_organisations(user: Any) -> tuple[Any, ...]:
    """The organisations that a user may choose among: equal for users with the same choice, until one came, went or changed."""
    return (access.scope_of(user), *_newest())


def _option(key: Any, label: Any, chosen: bool) -> SafeString:
    return fill('<option value="{}"{}>{}</option>', key, SafeString(" selected") if chosen else "", label)


def _options(rows: QuerySet[Organisation]) -> str:
    return "".join([_option(pk, name, False) for pk, name in rows.values_list("pk", "name")])


def _all_options() -> str:
    return _options(Organisation.objects.all())


def _newest_rows() -> QuerySet:
    last = Organisation.history.order_by("-history_id")
    seen = (Subquery(last.values(name)[:1]) for name in ("history_id", "history_date"))
    return Organisation.objects.order_by("-pk").values_list("pk", *seen)[:1]


_OPTIONS = Memory()
_NEWEST = Prepared(_newest_rows)


def _newest() -> tuple[Any, ...]:
    """The last organisation that came and the last change of any: something else after every change."""
    return next(iter(_NEWEST()), ())
