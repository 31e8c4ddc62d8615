"""Which records hold a word: an index over pairs of neighbouring letters (学位 is one pair), kept by the database itself.

PostgreSQL has a GIN index over a function of the row, SQLite an FTS5 table filled by triggers: so whatever writes a row, one
by one or in bulk, the index is never behind. ``install`` makes what is missing after every ``migrate``.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db import connection, transaction
from django.db.models import BooleanField, F, Func
from django.db.utils import NotSupportedError

from tracker.models import Document, Goal, Result

FUNCTION = "jiannuo_pairs"
# planned as dear as it is on a long text: a database must not work it out row by row instead of asking the index
POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION jiannuo_pairs(VARIADIC parts text[]) RETURNS bigint[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100000 AS $$
  SELECT coalesce(array_agg((ascii(one)::bigint << 21) | ascii(next)), '{}') FROM (
    SELECT one, lead(one) OVER () AS next
    FROM unnest(string_to_array(lower(array_to_string(parts, chr(10)) COLLATE "C"), NULL)) AS one
  ) AS letters
  WHERE next IS NOT NULL AND ascii(one) > 32 AND ascii(next) > 32
$$"""


@dataclass(frozen=True)
class WordIndex:
    """An index over some fields of a model. ``filled`` names a field without which a row is left out; the rows of some are
    found by the name of their organisation as well."""

    name: str
    model: type[Any]
    fields: tuple[str, ...]
    filled: str = ""
    by_organisation: bool = False

    @property
    def table(self) -> str:
        return str(self.model._meta.db_table)


GOALS = WordIndex("goal_words", Goal, ("indicator", "quote", "owner"), by_organisation=True)
RESULTS = WordIndex("result_words", Result, ("indicator", "quote", "owner"), by_organisation=True)
DOCUMENTS = WordIndex("document_words", Document, ("title", "name", "content"))
OWNERS = WordIndex("owner_words", Goal, ("owner",), filled="owner")
INDEXES = (GOALS, RESULTS, DOCUMENTS, OWNERS)


def fold(text: str) -> str:
    """Latin capitals as small letters, everything else as it is: the same in Python and in both databases."""
    return "".join([letter.lower() if letter.isascii() else letter for letter in text])


def pairs(*texts: str) -> set[int]:
    """Every two letters that stand next to each other, as numbers; none across the texts' borders or over white space."""
    whole = "\n".join(texts)
    codes = list(map(ord, fold(whole)))
    return {(one << 21) | two for one, two in pairwise(codes) if one > 32 and two > 32}


def _as_words(codes: set[int]) -> str:
    return " ".join([f"{code:x}" for code in sorted(codes)])


class Holds(Func):
    """Condition: every pair of letters of the word stands in the record. For words of two letters that is the word itself;
    longer ones are to be looked at again. ``path`` leads from the rows asked to the indexed model."""

    output_field = BooleanField()

    def __init__(self, index: WordIndex, word: str, path: str = "") -> None:
        self.index, self.codes = index, pairs(word)
        super().__init__(F(f"{path}pk"), *(F(path + name) for name in index.fields))

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        raise NotSupportedError("搜索只支持 SQLite 和 PostgreSQL。")

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
        _key, *fields = [compiler.compile(each) for each in self.get_source_expressions()]
        held = ",".join(map(str, sorted(self.codes)))
        known = f"{fields[0][0]} <> '' AND " if self.index.filled else ""
        return f"({known}{FUNCTION}({', '.join(sql for sql, _ in fields)}) @> '{{{held}}}'::bigint[])", []

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
        key, params = compiler.compile(self.get_source_expressions()[0])
        name = self.index.name
        return f"({key} IN (SELECT rowid FROM {name} WHERE {name} MATCH %s))", [*params, _as_words(self.codes)]  # noqa: S608


def prepare_connection(connection: Any, **_: Any) -> None:
    """SQLite calls the function in the triggers: every new connection has to know it."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(
            FUNCTION, -1, lambda *texts: _as_words(pairs(*(text or "" for text in texts))), deterministic=True
        )


def install(**_: Any) -> None:
    """Make what is missing. After a change of a table SQLite has lost its triggers: they and the index are made anew."""
    there = set(connection.introspection.table_names())
    for index in INDEXES:
        if index.table in there and index.name in missing():
            rebuild(index)


def missing() -> list[str]:
    """Names of the indexes that are not there, or not kept."""
    names = [index.name for index in INDEXES]
    if connection.vendor == "postgresql":
        query = "SELECT relname FROM pg_class JOIN pg_index ON indexrelid = oid WHERE indisvalid AND relname = ANY(%s)"
        with connection.cursor() as cursor:
            cursor.execute(query, [names])
            there = [name for (name,) in cursor.fetchall()]
        return [name for name in names if name not in there]
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        triggers = {name for (name,) in cursor.fetchall()}
    return [name for name in names if not {f"{name}_{step}" for step in ("insert", "delete", "update")} <= triggers]


def rebuild(index: WordIndex) -> None:
    """Make an index anew from the rows as they are."""
    statements = _postgresql(index) if connection.vendor == "postgresql" else _sqlite(index)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _postgresql(index: WordIndex) -> list[str]:
    where = f" WHERE {index.filled} <> ''" if index.filled else ""
    # without the list of pending entries a search never has to read through what came in last
    return [
        POSTGRESQL_FUNCTION,
        "SET LOCAL maintenance_work_mem = '512MB'",
        f"DROP INDEX IF EXISTS {index.name}",
        f"CREATE INDEX {index.name} ON {index.table} USING gin ({FUNCTION}({', '.join(index.fields)}))"
        f" WITH (fastupdate = off){where}",
        _without_statistics(index),
    ]


def _without_statistics(index: WordIndex) -> str:
    """Told that a pair of letters stands in most texts, PostgreSQL would work the function out row by row."""
    return f"ALTER INDEX {index.name} ALTER COLUMN 1 SET STATISTICS 0"


def _sqlite(index: WordIndex) -> list[str]:
    # names of this module's own tables and fields are put together, nothing that anybody types
    name, table = index.name, index.table
    old, new, own = (
        f"{FUNCTION}({', '.join(f'{row}.{field}' for field in index.fields)})" for row in ("old", "new", table)
    )
    # a row that was left out must not be taken out: SQLite holds the index for broken then
    where, when = (f" {word} {{}}.{index.filled} <> ''" if index.filled else "" for word in ("WHERE", "WHEN"))
    add = f"INSERT INTO {name}(rowid, words) SELECT new.id, {new}{where.format('new')};"
    take = f"INSERT INTO {name}({name}, rowid, words) SELECT 'delete', old.id, {old}{where.format('old')};"
    changed = " OR ".join(f"old.{field} IS NOT new.{field}" for field in index.fields)
    return [
        *(f"DROP TRIGGER IF EXISTS {name}_{step}" for step in ("insert", "delete", "update")),
        f"DROP TABLE IF EXISTS {name}",
        f"CREATE VIRTUAL TABLE {name} USING fts5(words, content='', detail=none, columnsize=0, tokenize='ascii')",
        f"INSERT INTO {name}(rowid, words) SELECT id, {own} FROM {table}{where.format(table)}",  # noqa: S608
        f"CREATE TRIGGER {name}_insert AFTER INSERT ON {table}{when.format('new')} BEGIN {add} END",
        f"CREATE TRIGGER {name}_delete AFTER DELETE ON {table}{when.format('old')} BEGIN {take} END",
        f"CREATE TRIGGER {name}_update AFTER UPDATE OF {', '.join(index.fields)} ON {table}"
        f" WHEN {changed} BEGIN {take} {add} END",
    ]
