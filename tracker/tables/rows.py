"""The body of a table page, written quickly: what is the same for all rows of a column is found out once.

django-tables2 asks for every cell anew which arguments its column takes, which attributes it has and which field stands
behind it; with fifty rows of ten columns that is most of a page's time. What a cell shows is decided by the columns as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.translation import get_language
from django_tables2.columns import BoundColumn
from django_tables2.utils import signature

from tracker.markup import as_markup

REMEMBERED = 4_000  # rows of some 2 KB
_WRITTEN: dict[tuple[Any, ...], tuple[str, str]] = {}

def write_rows(table: Any, records: Iterable[Any]) -> Iterator[str]:
    """One ``<tr>`` for each record, with the shown columns' cells.

    A table with ``same_for_same`` shows nothing but what its records hold (and their running number): a row with the very
    same values is not written again, whoever asks for it.
    """
    writers: list[tuple[str, Callable[[Any], Any]]] = []
    about: tuple[Any, ...] = ()
    for record in records:
        if not writers:
            columns = list(table.columns)
            writers = [(f"<td {column.attrs['td'].as_html()}>", _cell(table, column, record)) for column in columns]
            about = (type(table), get_language(), *(column.name for column in columns))
            numbered = next((place for place, column in enumerate(columns) if column.name == "number"), len(columns))
        key = (about, values_of(record)) if table.same_for_same else None
        row = _WRITTEN.get(key) if key else None
        if row is None:
            row = _write_row(table, record, writers, numbered)
            # what had to be fetched while writing does not stand in the key
            if key and key[1] is not None and key[1] == values_of(record):
                _remember(key, row)
        number = "".join([f"{opening}{as_markup(write(record))}</td>" for opening, write in writers[numbered : numbered + 1]])
        yield f"{row[0]}{number}{row[1]}"


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


def values_of(record: Model) -> tuple[Any, ...] | None:
    """Everything that was read of a record and of the records that came with it; None where that cannot be compared."""
    own = {name: value for name, value in record.__dict__.items() if name != "_state"}
    with_it = [values_of(other) if other is not None else () for other in record._state.fields_cache.values()]
    values = (type(record), *own, *own.values(), *record._state.fields_cache, *with_it)
    try:
        hash(values)
    except TypeError:
        return None
    return values if None not in with_it else None


def _remember(key: tuple[Any, ...], row: tuple[str, str]) -> None:
    if len(_WRITTEN) >= REMEMBERED:
        _WRITTEN.clear()
    _WRITTEN[key] = row


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
