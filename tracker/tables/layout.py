"""How a table stands on a page: its head, its columns and their cells' tags. The same for all pages with the same columns in
the same order, so it is found out once; a table itself is made only for rows that were not written before, and for exports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from tracker.markup import as_markup, fill
from tracker.remembering import Memory
from tracker.tables.base import ListTable
from tracker.tables.rows import Cells, write_rows

PLACES = ("after", "before", "from", "end")  # parts of an address that say where in the list a page stands
LETTERS = 5_000  # about as much as a layout holds


@dataclass(frozen=True)
class Head:
    """The head of one column; ``sort`` is what a click on it asks for, "" where the list cannot be sorted by it."""

    opening: str
    label: str
    sort: str


@dataclass(frozen=True)
class Layout:
    """``choices``: name, title, shown or not of each column that can be chosen. ``lookup`` and ``falling`` are the order."""

    attributes: str
    heads: tuple[Head, ...]
    cells: Cells
    choices: tuple[tuple[str, str, bool], ...]
    lookup: str | None
    falling: bool


_LAYOUTS = Memory(size=lambda _layout: LETTERS)


def layout_of(kind: type[ListTable], chosen: tuple[str, ...], asked: str, default: str) -> Layout:
    """With these columns (none: the usual ones), sorted as asked; a column that is not there gives the default order."""
    key = (kind, get_language(), chosen, asked, default)
    return _LAYOUTS.recall(key, lambda: _find_out(kind, chosen, asked, default))


def _find_out(kind: type[ListTable], chosen: tuple[str, ...], asked: str, default: str) -> Layout:
    table = kind([])
    if table.lookup(asked.lstrip("-")) is None:
        asked = default
    lookup, falling = table.lookup(asked.lstrip("-")), asked.startswith("-")
    table.arrange(chosen, lookup, falling=falling)
    shown = list(table.columns)
    numbered = next((place for place, column in enumerate(shown) if column.name == "number"), len(shown))
    openings = tuple(f"<td {column.attrs['td'].as_html()}>" for column in shown)
    return Layout(
        attributes=table.attrs.as_html(),
        heads=tuple(_head(column) for column in shown),
        cells=Cells(kind, get_language(), tuple(column.name for column in shown), openings, numbered),
        choices=tuple(table.choices()),
        lookup=lookup,
        falling=falling,
    )


def _head(column: Any) -> Head:
    order = ""
    if column.is_ordered:
        order = f' aria-sort="{"descending" if column.order_by_alias.is_descending else "ascending"}"'
    opening = f'<th scope="col" {column.attrs["th"].as_html()}{order}>'
    return Head(opening, as_markup(column.header), str(column.order_by_alias.next) if column.orderable else "")


class TablePage:
    """The rows of one page in a layout; ``first`` is the running number of the first. ``make`` gives an empty table."""

    def __init__(
        self, layout: Layout, make: Callable[[], ListTable], asked: QueryDict, records: Iterable[Any], first: int
    ) -> None:
        self.layout = layout
        self.make = make
        self.asked = asked
        self.records = records
        self.first = first

    template_name = ListTable.Meta.template_name

    @property
    def attributes(self) -> SafeString:
        return SafeString(self.layout.attributes)

    @cached_property
    def head(self) -> SafeString:
        """Titles of the columns, each with the address of this list sorted by it from the first page on."""
        others = self.asked.copy()
        for name in PLACES:
            others.pop(name, None)
        others["sort"] = "\n"  # no column's name
        before, _, after = others.urlencode().partition("%0A")
        link = '<a href="?{}{}{}">{}</a>'
        return SafeString(
            "".join(
                f"{head.opening}{fill(link, before, head.sort, after, SafeString(head.label)) if head.sort else head.label}</th>"
                for head in self.layout.heads
            )
        )

    def body(self) -> SafeString:
        return SafeString("".join(write_rows(self.layout.cells, self.make, self.records, self.first)))
