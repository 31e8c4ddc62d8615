"""The body of a table page, written quickly: what is the same for all rows of a column is found out once.

django-tables2 asks for every cell anew which arguments its column takes, which attributes it has and which field stands
behind it; with fifty rows of ten columns that is most of a page's time. What a cell shows is decided by the columns as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django_tables2.columns import BoundColumn
from django_tables2.utils import signature

from tracker.markup import as_markup
from tracker.remembering import Memory
from tracker.services.prepared import Unbuilt

# rows of some 2 KB, by the columns shown and the values of the record
_WRITTEN = Memory(size=lambda row: len(row[0]) + len(row[1]) + 1_000)


@dataclass(frozen=True)
class Cells:
    """The cells of a table's rows: the columns shown and the tags that open them; ``numbered`` is the place of the running
    number."""

    kind: type
    language: str | None
    columns: tuple[str, ...]
    openings: tuple[str, ...]
    numbered: int


def write_rows(cells: Cells, make: Callable[[], Any], records: Iterable[Any], first: int) -> Iterator[str]:
    """One ``<tr>`` for each record, with the shown columns' cells, numbered from ``first`` on. ``make`` gives the table.

    An ``Unbuilt`` row shows nothing but the values that it holds (and its running number): one with the very same values is
    not written again, whoever asks for it.
    """
    write = _writer(make, cells.numbered)
    opening = "".join(cells.openings[cells.numbered : cells.numbered + 1])
    for number, record in enumerate(records, first):
        before, after = _recall(cells, write, record) if isinstance(record, Unbuilt) else write(record)
        yield f"{before}{opening}{number}</td>{after}" if opening else f"{before}{after}"


def _recall(cells: Cells, write: Callable[[Any], tuple[str, str]], row: Unbuilt) -> tuple[str, str]:
    read = 0

    def note_and_write() -> tuple[str, str]:
        nonlocal read
        read = _held(row.record)
        return write(row.record)

    key = (cells.kind, cells.language, cells.columns, row.shape, row.values)
    # what had to be fetched while writing does not stand in the key
    return _WRITTEN.recall(key, note_and_write, lambda: _held(row.record) == read)


def _writer(make: Callable[[], Any], numbered: int) -> Callable[[Any], tuple[str, str]]:
    """From a record to what stands in its row before and after the cell of the running number. The table is made for the
    first record that needs it."""
    table: Any = None
    writers: list[tuple[str, Callable[[Any], Any]]] = []

    def write(record: Any) -> tuple[str, str]:
        nonlocal table
        if table is None:
            table = make()
            writers.extend(
                (f"<td {column.attrs['td'].as_html()}>", _cell(table, column, record)) for column in table.columns
            )
        return _write_row(table, record, writers, numbered)

    return write


def _write_row(table: Any, record: Any, writers: list[tuple[str, Callable[[Any], Any]]], numbered: int) -> tuple[str, str]:
    """What stands before and after the cell of the running number."""
    cells = [
        f"{opening}{as_markup(write(record))}</td>" if place != numbered else ""
        for place, (opening, write) in enumerate(writers)
    ]
    attributes = "".join(
        f' {name}="{as_markup(value(record=record) if callable(value) else value)}"'
        for name, value in table.row_attrs.items()
    )
    return f"<tr{attributes}>{''.join(cells[:numbered])}", f"{''.join(cells[numbered:])}</tr>\n"


def _held(record: Model) -> int:
    """How many values were read of a record and of the records that came with it."""
    others = [other for other in record._state.fields_cache.values() if other is not None]
    return len(record.__dict__) + len(record._state.fields_cache) + sum(map(_held, others))


def _cell(table: Any, column: BoundColumn, example: Any) -> Callable[[Any], Any]:
    """From a record to what stands in its cell of this column."""
    read = _reader(column, example)
    names, takes_rest = signature(column.render)
    fixed = {"table": table, "column": column.column, "bound_column": column}
    wanted = {name: value for name, value in fixed.items() if takes_rest or name in names}
    takes_value, takes_record = (takes_rest or name in names for name in ("value", "record"))
    empty, default, render = column.column.empty_values, column.default, column.render

    def write(record: Any) -> Any:
        value = read(record)
        if value in empty:
            return default
        given = dict(wanted)
        if takes_value:
            given["value"] = value
        if takes_record:
            given["record"] = record
        return render(**given)

    return write


def _reader(column: BoundColumn, example: Any) -> Callable[[Any], Any]:
    """From a record to the column's value: the words of a choice where the field has choices; None where the path breaks off."""
    accessor = column.accessor
    *path, last = accessor.bits
    if _has_choices(accessor, example):
        last = f"get_{last}_display"

    def read(record: Any) -> Any:
        value = record
        for bit in (*path, last):
            value = getattr(value, bit, None)
            if value is None:
                return None
        return value() if callable(value) else value

    return read


def _has_choices(accessor: Any, example: Any) -> bool:
    if not isinstance(example, Model):
        return False
    try:
        return bool(getattr(accessor.get_field(example), "choices", None))
    except FieldDoesNotExist:
        return False
