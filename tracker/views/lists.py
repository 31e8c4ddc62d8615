"""The list page: rows, filters and a table in; a page with chips, saved views, columns, exports and print out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django_filters
from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View
from django_tables2.data import TableListData

from tracker.models import SavedView
from tracker.tables.base import ListTable
from tracker.views.exports import csv_response, excel_response
from tracker.views.frame import as_of_day
from tracker.views.paging import Ordering, Page, order_rows, read_page

SIZES = (25, 50, 100, 200)
PRINT_LIMIT = 2000
# parts of the address that say how, not what, is shown
OUTSIDE_FILTERS = frozenset(
    {"sort", "after", "before", "from", "end", "size", "cols", "export", "print", "view", "as_of"}
)


class PageData(TableListData):
    """Rows that the database has put in order already."""

    def order_by(self, aliases: Any) -> None:
        """Nothing to do."""


class ListPage(View):
    """A table page. Subclasses name their parts and give ``rows``."""

    page: str  # name of the address, and of its saved views
    title: Any
    table_class: type[ListTable]
    filter_class: type[django_filters.FilterSet]
    sort: str  # name of a column, "-" for falling
    tie = "pk"
    template = "tracker/list.html"
    empty: Any = ""
    http_method_names = ["get", "head"]

    def rows(self, request: HttpRequest) -> QuerySet:
        """Everything that this user may see, with what the table needs joined."""
        raise NotImplementedError

    def chips(self, request: HttpRequest, every: QuerySet, filters: django_filters.FilterSet) -> list[dict[str, Any]]:
        """Quick choices above the table, each with its count."""
        return []

    def known_count(self, request: HttpRequest) -> int | None:
        """The number of rows where it is known without counting."""
        return None

    def more(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def heading(self) -> str:
        return str(self.title)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        every = self.rows(request)
        filters = self.filter_class(request.GET, queryset=every, request=request)
        valid = filters.is_valid()
        rows = filters.qs if valid else every.none()
        table, order = self.table(request)
        if kind := request.GET.get("export"):
            return self.export(request, kind, rows, order, describe(filters.form) if valid else "")
        asked = {key: request.GET[key] for key in ("after", "before", "from", "end") if key in request.GET}
        size = PRINT_LIMIT if "print" in request.GET else self.size(request)
        page = read_page(rows, order, size, asked, every, known=self.known_count(request) if valid else None)
        return render(request, self.template, self.context(request, every, filters, table, order, page))

    def context(
        self,
        request: HttpRequest,
        every: QuerySet,
        filters: django_filters.FilterSet,
        table: ListTable,
        order: Ordering,
        page: Page,
    ) -> dict[str, Any]:
        table.show_only(self.columns(request))
        table.show_page(page.rows, page.first, order)
        views = SavedView.objects.filter(user=request.user, page=self.page)
        return {
            "title": self.heading(),
            "page_name": self.page,
            "table": table,
            "filters": filters,
            "page": page,
            "sizes": SIZES,
            "size": self.size(request),
            "chips": self.chips(request, every, filters),
            "views": [(view, _same_query(view.query, request.GET)) for view in views],
            "columns": table.choices(),
            "filtered": any(value for key, value in request.GET.items() if key not in OUTSIDE_FILTERS),
            "query_kept": [(k, v) for k, v in request.GET.lists() if k in {"sort", "cols"}],
            "empty_text": self.empty,
            "printing": "print" in request.GET,
            **self.more(request),
        }

    def table(self, request: HttpRequest) -> tuple[ListTable, Ordering]:
        """An empty table and the order asked for; an unknown column gives the default."""
        table = self.table_class([], request=request)
        asked = request.GET.get("sort", "") or self.sort
        lookup = table.lookup(asked.lstrip("-"))
        if lookup is None:
            asked, lookup = self.sort, table.lookup(self.sort.lstrip("-"))
        return table, Ordering(lookup or self.tie, asked.startswith("-"), self.tie)

    def columns(self, request: HttpRequest) -> list[str] | None:
        """Columns chosen in the address, or None for the usual ones."""
        chosen = request.GET.getlist("cols")
        return [name for part in chosen for name in part.split(",") if name] or None

    def size(self, request: HttpRequest) -> int:
        """Rows a page, remembered for this session."""
        asked = request.GET.get("size", "")
        if asked.isdigit() and int(asked) in SIZES:
            request.session["size"] = int(asked)
        return request.session.get("size", 50)

    def export(self, request: HttpRequest, kind: str, rows: QuerySet, order: Ordering, conditions: str) -> HttpResponse:
        """All rows of this view in its order, with its columns; ``conditions`` stand at the head of the workbook."""
        ordered = order_rows(rows, order)
        sheet = self.table_class(PageData(_Stream(ordered)), request=request)
        sheet.show_only(self.columns(request))
        name = f"{self.heading()}（{as_of_day(request):%Y-%m-%d}）"
        lines = sheet.lines()
        if kind == "csv":
            return csv_response(name, lines)
        subtitle = _("截至 %(day)s；条件：%(conditions)s") % {
            "day": as_of_day(request),
            "conditions": conditions or _("全部"),
        }
        return excel_response(name, self.heading(), subtitle, lines, sheet.widths())


class _Stream:
    """Reads rows in portions, so that a hundred thousand of them do not stand in memory at once."""

    def __init__(self, rows: QuerySet) -> None:
        self.rows = rows

    def __iter__(self) -> Iterator[Model]:
        return self.rows.iterator(chunk_size=2000)

    def __len__(self) -> int:
        return self.rows.count()

    def __getitem__(self, key: Any) -> Any:
        return self.rows[key]


def _same_query(saved: str, asked: QueryDict) -> bool:
    ignored = {"after", "before", "from", "end", "as_of", "size"}
    now = {key: values for key, values in asked.lists() if key not in ignored and any(values)}
    return dict(QueryDict(saved).lists()) == now


def describe(form: Form) -> str:
    """The conditions of a view in words, for the head of an export: 单位：望海市教育局；状态：逾期未完成."""
    said = []
    for name, field in form.fields.items():
        asked = form.cleaned_data.get(name)
        if asked not in (None, "", []):
            words = [_word(field, value) for value in (asked if isinstance(asked, list) else [asked])]
            said.append(f"{field.label}{_('：')}{_('、').join(words)}")
    return _("；").join(said)


def _word(field: Any, value: Any) -> str:
    labels = {} if isinstance(value, Model) else dict(getattr(field, "choices", ()))
    return _(str(labels.get(value, value)))


def saved_query(asked: QueryDict) -> str:
    """What of an address is kept in a saved view: conditions, order and columns, not the place in the list."""
    kept = asked.copy()
    for key in ("after", "before", "from", "end", "export", "print", "as_of", "size"):
        kept.pop(key, None)
    for key in [key for key, values in kept.lists() if not any(values)]:
        kept.pop(key)
    return kept.urlencode()
