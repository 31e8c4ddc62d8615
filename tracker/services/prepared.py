"""Queries that every page asks, put into SQL once; and rows that become records only when somebody needs them.

To make a query and to compile it takes several times as long as to answer it, and to make fifty records with their relations
longer than to show them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.query import BaseIterable, get_related_populators


class Given(Expression):
    """Stands in a prepared query for a value that is given when it is asked: the ``place``-th, of a field's kind."""

    def __init__(self, place: int, field: Field) -> None:
        super().__init__(output_field=field)
        self.place = place

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]

    def told(self, values: Sequence[Any]) -> Any:
        """The value as the database takes it. Whole numbers are sent to PostgreSQL in one length: it would keep a plan of its
        own for every other one."""
        value = self.output_field.get_db_prep_value(values[self.place], connection)
        return _whole(value) if type(value) is int and connection.vendor == "postgresql" else value


def _whole(value: int) -> Any:
    from psycopg.types.numeric import Int8  # only where there is PostgreSQL

    return Int8(value)


class Builder:
    """From a row of a compiled query of records to the record, with the relations that came with it."""

    def __init__(self, compiler: Any) -> None:
        info = compiler.klass_info
        first, last = info["select_fields"][0], info["select_fields"][-1] + 1
        self.model = info["model"]
        self.own = slice(first, last)
        self.names = [column.target.attname for column, *_ in compiler.select[first:last]]
        self.places = {name: place for place, name in enumerate(self.names, first)}
        self.relations = get_related_populators(info, compiler.select, compiler.using)
        self.annotations = list(compiler.annotation_col_map.items())
        self.using = compiler.using

    def build(self, row: Sequence[Any]) -> Model:
        record = self.model.from_db(self.using, self.names, row[self.own])
        for relation in self.relations:
            relation.populate(row, record)
        for name, column in self.annotations:
            setattr(record, name, row[column])
        return record


def _cursor() -> Any:
    """PostgreSQL keeps the plan of what it is asked through a cursor that gives text and values apart. Where queries are
    written down they are to be read with their values."""
    if connection.vendor != "postgresql" or connection.queries_logged:
        return connection.cursor()
    from django.db.backends.postgresql.base import ServerBindingCursor

    connection.ensure_connection()
    return connection._prepare_cursor(ServerBindingCursor(connection.connection))


class Prepared:
    """A query of a fixed form. ``build`` makes it with ``Given`` in the places of the values; ``unbuilt`` leaves its rows so."""

    def __init__(self, build: Callable[[], QuerySet], *, unbuilt: bool = False) -> None:
        self.build = build
        self.unbuilt = unbuilt

    def __call__(self, *values: Any) -> list[Any]:
        """Records, or tuples where the query asks for values."""
        sql, params, finish = self._compiled()
        given = [each.told(values) if isinstance(each, Given) else each for each in params]
        with _cursor() as cursor:
            cursor.execute(sql, given)
            return finish(cursor.fetchall())

    def _compiled(self) -> tuple[str, Sequence[Any], Callable[[list[Any]], list[Any]]]:
        """Kept with the connection: every thread has its own."""
        known = connection.__dict__.setdefault("prepared", {})
        if self not in known:
            rows = self.build()
            compiler = rows.query.get_compiler(connection=connection)
            sql, params = compiler.as_sql()
            known[self] = (sql, params, _finisher(compiler, self._maker(rows, compiler)))
        return known[self]


    def _maker(self, rows: QuerySet, compiler: Any) -> Callable[[tuple[Any, ...]], Any] | None:
        if rows._fields is not None:
            return None
        builder = Builder(compiler)
        return partial(Unbuilt, builder, _shape(compiler)) if self.unbuilt else builder.build


def _shape(compiler: Any) -> tuple[str, ...]:
    """What the values of a row are."""
    return tuple([sql for _column, (sql, _params), _alias in compiler.select])


def _finisher(
    compiler: Any, make: Callable[[tuple[Any, ...]], Any] | None
) -> Callable[[list[Any]], list[Any]]:
    """Database values to Python's, and rows to records."""
    converters = compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])

    def finish(rows: list[Any]) -> list[Any]:
        if converters:
            rows = list(map(tuple, compiler.apply_converters(rows, converters)))
        return list(map(make, rows)) if make else rows

    return finish


class Unbuilt:
    """A row that becomes its record when something is asked for that is no value of the row. ``values`` are all that the row
    holds, ``shape`` tells what each of them is: rows of which both are the same show the same."""

    __slots__ = ("_builder", "_record", "shape", "values")

    def __init__(self, builder: Builder, shape: tuple[str, ...], values: tuple[Any, ...]) -> None:
        self._builder = builder
        self._record: Model | None = None
        self.shape = shape
        self.values = values

    @property
    def record(self) -> Model:
        if self._record is None:
            self._record = self._builder.build(self.values)
        return self._record

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unbuilt) and (self.values, self.shape) == (other.values, other.shape)

    def __hash__(self) -> int:
        return hash(self.values)

    def __str__(self) -> str:
        return str(self.record)

    def __getattr__(self, name: str) -> Any:
        place = self._builder.places.get(name)
        return getattr(self.record, name) if place is None else self.values[place]


class UnbuiltRows(BaseIterable):
    def __iter__(self) -> Iterator[Unbuilt]:
        compiler = self.queryset.query.get_compiler(using=self.queryset.db)
        found = compiler.execute_sql(chunked_fetch=self.chunked_fetch, chunk_size=self.chunk_size)
        builder = Builder(compiler)
        shape = _shape(compiler)
        for values in compiler.results_iter(found, tuple_expected=True):
            yield Unbuilt(builder, shape, values)


def unbuilt(rows: QuerySet) -> QuerySet:
    """The same rows, each given as ``Unbuilt``."""
    same = rows.all()
    same._iterable_class = UnbuiltRows
    return same


def padded(ids: Sequence[int], n: int) -> list[int]:
    """Up to ``n`` ids for a prepared query that takes so many."""
    return [*ids[:n], *[0] * (n - len(ids))]
