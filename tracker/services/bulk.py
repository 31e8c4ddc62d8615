"""Many new rows at once, made ready before the transaction that writes them begins: on SQLite a writer blocks all others,
and whoever waits should wait for the writing alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField, Model

ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class NewRows:
    """Rows of one table, each a dictionary of the same column attributes (``document_id``). The rest has its default."""

    def __init__(self, model: type[Model], rows: Sequence[dict[str, Any]]) -> None:
        names = list(rows[0]) if rows else []
        given = [model._meta.get_field(name) for name in names]
        rest = [field for field in model._meta.concrete_fields if not field.primary_key and field.attname not in names]
        blank = model()
        defaults = [field.get_db_prep_save(field.pre_save(blank, add=True), connection) for field in rest]
        self._table = connection.ops.quote_name(model._meta.db_table)
        self._columns = ", ".join(connection.ops.quote_name(field.column) for field in (*given, *rest))
        self._by_copy = connection.vendor == "postgresql"
        self._rows: list[Any] = []
        if self._by_copy:
            end = "".join(f"\t{as_text(value)}" for value in defaults) + "\n"
            as_json = [isinstance(field, JSONField) for field in given]
            self._rows = [_line(row, names, as_json) + end for row in rows]
        else:
            self._rows = [[*_prepared(row, given), *defaults] for row in rows]
        self._width = len(given) + len(rest)

    def insert(self) -> None:
        """Write them. SQLite passes over those that are there; on PostgreSQL that is an IntegrityError."""
        if not self._rows:
            return
        with connection.cursor() as cursor:
            if self._by_copy:
                with cursor.copy(f"COPY {self._table} ({self._columns}) FROM STDIN") as copy:
                    copy.write("".join(self._rows))
            else:
                marks = ", ".join(["%s"] * self._width)
                cursor.executemany(f"INSERT OR IGNORE INTO {self._table} ({self._columns}) VALUES ({marks})", self._rows)  # noqa: S608  # names of our own tables


def _line(row: dict[str, Any], names: Sequence[str], as_json: Sequence[bool]) -> str:
    return "\t".join(
        [
            as_text(json.dumps(row[name], ensure_ascii=False) if encoded else row[name])
            for name, encoded in zip(names, as_json, strict=True)
        ]
    )


def as_text(value: Any) -> str:
    """A value in the text form of COPY."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    if hasattr(value, "obj"):  # what Django hands to the driver for JSON
        value = json.dumps(value.obj, ensure_ascii=False)
    return str(value).translate(ESCAPES)


def _prepared(row: dict[str, Any], fields: Sequence[Field]) -> list[Any]:
    return [field.get_db_prep_save(row[field.attname], connection) for field in fields]
