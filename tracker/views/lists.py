"""The list page: rows, filters and a table in; a page with chips, saved views, columns, exports and print out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View
from django_tables2.data import TableListData

from tracker.filters import ListFilter
from tracker.models import SavedView
from tracker.quickforms import known_organisations
from tracker.services.prepared import Given, Prepared, unbuilt
from tracker.tables.base import ListTable
from tracker.tables.layout import Layout, TablePage, layout_of
from tracker.views.exports import csv_response, excel_response
from tracker.views.frame import as_of_day
from tracker.views.paging import Ordering, Page, order_rows, read_page

SIZES = (25, 50, 100, 200)
PRINT_LIMIT = 2000
# parts of the address that say how, not what, is shown
OUTSIDE_FILTERS = frozenset(
    {"sort", "after", "before", "from", "end", "size", "cols", "export", "print", "view", "as_of"}
)


_OWNER, _PAGE = (SavedView._meta.get_field(name) for name in ("user", "page"))
_SAVED_VIEWS = Prepared(lambda: SavedView.objects.filter(user=Given(0, _OWNER), page=Given(1, _PAGE)))


class PageData(TableListData):
    """Rows that the database has put in order already."""

    def order_by(self, aliases: Any) -> None:
        """Nothing to do."""


@dataclass(frozen=True)
class Chip:
    """A quick choice with its count; ``query`` is the address that it leads to, ``current`` whether it is chosen."""

    label: str
    n: int | None
    query: str
    current: bool
    light: str = ""


class Conditions:
    """The conditions that an address sets, and the rows that meet them. Of an address without any no form is made: it would
    let all rows pass; how an empty form looks is known from the last one."""

    def __init__(self, kind: type[ListFilter], request: HttpRequest, every: QuerySet) -> None:
        self.kind = kind
        self.request = request
        self.every = every
        asked = ((name, tuple(request.GET.getlist(name))) for name in kind.base_filters if name in request.GET)
        self.given = tuple((name, values) for name, values in asked if any(values))

    @cached_property
    def filters(self) -> ListFilter:
        return self.kind(self.request.GET, queryset=self.every, request=self.request)

    @cached_property
    def valid(self) -> bool:
        return not self.given or self.filters.is_valid()

    @property
    def rows(self) -> QuerySet:
        if not self.given:
            return self.every
        return self.filters.qs if self.valid else self.every.none()

    @property
    def form(self) -> Form:
        return self.filters.form

    @cached_property
    def looks(self) -> tuple[Any, ...]:
        """All that the form shows depends on."""
        return (self.kind, self.given, known_organisations(self.request.user) if self.kind.has_organisations() else "")


class ListPage(View):
    """A table page. Subclasses name their parts and give ``rows``."""

    page: str  # name of the address, and of its saved views
    title: Any
    table_class: type[ListTable]
    filter_class: type[ListFilter]
    sort: str  # name of a column, "-" for falling
    tie = "pk"
    template = "tracker/list.html"
    empty: Any = ""
    http_method_names = ["get", "head"]

    def rows(self, request: HttpRequest) -> QuerySet:
        """Everything that this user may see, with what the table needs joined."""
        raise NotImplementedError

    def chips(self, request: HttpRequest, every: QuerySet) -> tuple[Chip, ...]:
        """Quick choices above the table."""
        return ()

    def known_count(self, request: HttpRequest) -> int | None:
        """The number of rows where it is known without counting."""
        return None

    def more(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def heading(self) -> str:
        return str(self.title)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        every = self.rows(request)
        asked = Conditions(self.filter_class, request, every)
        layout = layout_of(self.table_class, self.columns(request), request.GET.get("sort", "") or self.sort, self.sort)
        order = Ordering(layout.lookup or self.tie, layout.falling, self.tie)
        if kind := request.GET.get("export"):
            return self.export(request, kind, asked.rows, order, describe(asked.form) if asked.given and asked.valid else "")
        place = {key: request.GET[key] for key in ("after", "before", "from", "end") if key in request.GET}
        size = PRINT_LIMIT if "print" in request.GET else self.size(request)
        rows = unbuilt(asked.rows) if self.table_class.same_for_same else asked.rows
        page = read_page(rows, order, size, place, every, known=self.known_count(request) if asked.valid else None)
        return render(request, self.template, self.context(request, every, asked, layout, page))

    def context(
        self, request: HttpRequest, every: QuerySet, asked: Conditions, layout: Layout, page: Page
    ) -> dict[str, Any]:
        return {
            "title": self.heading(),
            "page_name": self.page,
            "table": TablePage(layout, partial(self.table, request, layout), request.GET, page.rows, page.first),
            "filters": asked,
            "page": page,
            "sizes": SIZES,
            "size": self.size(request),
            "chips": self.chips(request, every),
            "views": [(view, _same_query(view.query, request.GET)) for view in _SAVED_VIEWS(request.user.pk, self.page)],
            "columns": layout.choices,
            "filtered": any(value for key, value in request.GET.items() if key not in OUTSIDE_FILTERS),
            "query_kept": [(k, v) for k, v in request.GET.lists() if k in {"sort", "cols"}],
            "empty_text": self.empty,
            "printing": "print" in request.GET,
            **self.more(request),
        }

    def table(self, request: HttpRequest, layout: Layout) -> ListTable:
        """An empty table in this layout."""
        table = self.table_class([], request=request)
        table.arrange(self.columns(request), layout.lookup, falling=layout.falling)
        return table

    def columns(self, request: HttpRequest) -> tuple[str, ...]:
        """Columns chosen in the address; none are the usual ones."""
        return tuple(name for part in request.GET.getlist("cols") for name in part.split(",") if name)

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
