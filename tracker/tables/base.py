"""What all tables share: choice of columns, the order a header asks for, and rows for export."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

import django_tables2 as tables
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tracker.markup import fill
from tracker.retelling import tell, tell_marked
from tracker.templatetags.jiannuo import day


class Column(tables.Column):
    """A column that is quickly copied: every page makes a table, and nothing changes what stands inside a column."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Column:
        return copy.copy(self)


class ListTable(tables.Table):
    """A table whose columns can be chosen. ``Meta.usual`` are the columns shown unasked; ``Meta.wide`` widths in exports."""

    same_for_same = False  # whether a row shows nothing but what its record holds: it is then remembered
    number = Column(verbose_name=_("序号"), empty_values=(), orderable=False, attrs={"td": {"class": "num muted"}})

    class Meta:
        attrs = {"class": "data"}
        template_name = "tracker/_table.html"
        empty_text = ""
        usual: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.running = iter(range(1, 10**9))

    def arrange(self, chosen: Sequence[str], lookup: str | None, *, falling: bool) -> None:
        """Shows these columns, in the order of a lookup."""
        self.show_only(chosen)
        self.order_by = self.sort_of(lookup, falling)

    def render_number(self) -> int:
        return next(self.running)

    def value_number(self) -> int:
        return next(self.running)

    @property
    def usual(self) -> tuple[str, ...]:
        return type(self).Usual.columns  # type: ignore[attr-defined]

    def show_only(self, chosen: Sequence[str]) -> None:
        """Hides all columns but these; unknown names are passed over, none left means the usual ones."""
        names = set(self.columns.names())
        wanted = [name for name in chosen if name in names] or list(self.usual)
        fixed = {"number", "choose"}
        for name in names:
            if name in wanted or name in fixed:
                self.columns.show(name)
            else:
                self.columns.hide(name)
        # the choice also says the order; a column of boxes to tick and the running number stay first
        order = [name for name in ("choose", "number") if name in names]
        order += [name for name in wanted if name not in fixed]
        self.sequence = [*order, *(name for name in self.base_columns if name not in order)]

    def choices(self) -> list[tuple[str, str, bool]]:
        """Every column that can be chosen: name, title, shown now."""
        return [
            (column.name, str(column.header), column.visible)
            for column in self.columns.iterall()
            if column.name not in {"number", "choose"}
        ]

    def lookup(self, name: str) -> str | None:
        """The database lookup that this column is sorted by; None for a column that cannot be."""
        if name not in self.columns.names() or not self.columns[name].orderable:
            return None
        return self.columns[name].order_by[0].bare.replace(".", "__")

    def sort_of(self, lookup: str | None, falling: bool) -> str:
        """The column, with its direction, that stands for an order."""
        for column in self.columns.iterall():
            if column.orderable and self.lookup(column.name) == lookup:
                return ("-" if falling else "") + column.name
        return ""

    def lines(self) -> Iterator[list[Any]]:
        """Header and rows of the shown columns, as typed values, for export."""
        shown = [column for column in self.columns if column.name != "choose"]
        yield [str(column.header) for column in shown]
        names = {column.name for column in shown}
        hidden = [name for name in self.columns.names() if name not in names]
        rows = self.as_values(exclude_columns=hidden)
        next(rows)
        yield from rows

    def widths(self) -> list[int]:
        """Column widths of the export, in characters."""
        wide = getattr(type(self).Usual, "widths", {})
        return [wide.get(column.name, 14) for column in self.columns if column.name != "choose"]


BOX = '<input type="checkbox" name="{}" value="{}" data-choose aria-label="{}">'


class ChooseColumn(Column):
    """A box to tick; its value is the record's id, sent under ``name``."""

    def __init__(self, accessor: str = "pk", name: str = "chosen", **kwargs: Any) -> None:
        super().__init__(
            verbose_name="",
            accessor=accessor,
            orderable=False,
            exclude_from_export=True,
            attrs={"th": {"class": "tight no-print"}, "td": {"class": "tight no-print"}},
            **kwargs,
        )
        self.name = name

    @cached_property
    def label(self) -> str:
        """In the language of this page: each table has its own copy of the column."""
        return str(_("选择此行"))

    @property
    def header(self) -> SafeString:
        return format_html('<input type="checkbox" data-choose-all aria-label="{}">', _("全选本页"))

    def render(self, value: Any) -> SafeString:
        return fill(BOX, self.name, value, self.label)


class DayColumn(Column):
    """A date, written 2021-10-31; a date in the export as well."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"td": {"class": "nowrap"}}
        super().__init__(attrs=attrs, **kwargs)

    def render(self, value: Any) -> str:
        return day(value)

    def value(self, value: Any) -> Any:
        return value


class ToldColumn(Column):
    """A sentence stored in Chinese, in the reader's language; several in a list stand in one line."""

    def render(self, value: Any) -> SafeString:
        return tell_marked(value) if isinstance(value, str) else SafeString(gettext("；").join(map(tell_marked, value)))

    def value(self, value: Any) -> str:
        return tell(value) if isinstance(value, str) else gettext("；").join(map(tell, value))


class NumberColumn(Column):
    """A count: right-aligned, a number in the export."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(attrs={"td": {"class": "num"}, "th": {"class": "num"}}, **kwargs)

    def value(self, value: Any) -> Any:
        return value
