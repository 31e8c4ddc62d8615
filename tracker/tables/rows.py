"""The body of a table page, written quickly: what is the same for all rows of a column is found out once.

django-tables2 asks for every cell anew which arguments its column takes, which attributes it has and which field stands
behind it; with fifty rows of ten columns that is most of a page's time. What a cell shows is decided by the columns as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django_tables2.columns import BoundColumn
from django_tables2.utils import signature

from tracker.markup import as_markup


def write_rows(table: Any, records: Iterable[Any]) -> Iterator[str]:
    """One ``<tr>`` for each record, with the shown columns' cells."""
    writers: list[tuple[str, Callable[[Any], Any]]] = []
    for record in records:
        if not writers:
            writers = [
                (f"<td {column.attrs['td'].as_html()}>", _cell(table, column, record)) for column in table.columns
            ]
        cells = "".join([f"{opening}{as_markup(write(record))}</td>" for opening, write in writers])
        attributes = "".join(
            f' {name}="{as_markup(value(record=record) if callable(value) else value)}"'
            for name, value in table.row_attrs.items()
        )
        yield f"<tr{attributes}>{cells}</tr>\n"


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
