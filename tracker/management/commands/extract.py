"""``manage.py extract``: documents in, one JSON object a line out. Touches no database."""
from __future__ import annotations

import json
import re
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tracker.analysis.records import Link, Statement, Text
from tracker.analysis.statements import analyse
from tracker.matching.items import Item
from tracker.matching.linking import link_statements
from tracker.reading import ReadingError, read


class Command(BaseCommand):
    help = "从文件里找出目标与完成情况，每行打印一个 JSON 对象；不读写数据库。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", type=Path, help="文件，或装着文件的目录")
        parser.add_argument("--matches", action="store_true", help="最后打印目标与完成情况之间的对应")
        parser.add_argument("--organisation", metavar="NAME", help="这些文件的责任单位（全称），优先于文中所写")
        parser.add_argument("--published-on", metavar="DATE", help="发布日期，如 2021-08-20，优先于文中所写")
        parser.add_argument("--explain", action="store_true", help="每条后面打印判断的理由（到标准错误）")

    def handle(self, *args: Any, **options: Any) -> None:
        failed, given = 0, _read_date(options["published_on"])
        found: list[Item] = []
        names: Counter[str] = Counter()
        for path in _files(options["paths"]):
            name = _unlike(path, names)
            read_file = self._read(path)
            if read_file is None:
                failed += 1
                continue
            text, source = read_file
            published = given or (date.fromisoformat(text.published_on.value) if text.published_on else None)
            for order, statement in enumerate(analyse(text, organisation=options["organisation"], published_on=given)):
                identifier = f"{name}#{order + 1}"
                self._print(as_record(statement, identifier, path.name) | {"quote": source.as_written(statement.quote)})
                if options["explain"]:
                    self.stderr.write(f"{identifier}：{'；'.join(statement.reasons)}")
                if options["matches"]:
                    found.append(Item(identifier, statement, name, published, order))
        if options["matches"]:
            self._print_links(found, options["explain"])
        if failed:
            raise CommandError(f"{failed} 个文件没能读出，其余已打印。", returncode=1)

    def _read(self, path: Path) -> tuple[Text, Source] | None:
        """One file's text and its characters as they stand in the file; None, with a message, when it cannot be read."""
        try:
            data = path.read_bytes()
            text = read(data, path.name)
        except (OSError, ReadingError) as error:
            self.stderr.write(f"{path}：{error}")
            return None
        return text, Source(data if text.format in ("txt", "md") else b"")

    def _print_links(self, found: list[Item], explain: bool) -> None:
        goals = [item for item in found if item.statement.kind == "goal"]
        results = [item for item in found if item.statement.kind == "result"]
        for link in link_statements(goals, results):
            self._print(as_match(link))
            if explain:
                self.stderr.write(f"{link.goal} ← {link.result}：{'；'.join((*link.reasons, *link.objections))}")

    def _print(self, record: dict[str, object]) -> None:
        self.stdout.write(json.dumps(record, ensure_ascii=False))


class Source:
    """A plain-text file as it stands, for quotes that run over marks of emphasis (``**``) which reading takes out."""

    def __init__(self, data: bytes) -> None:
        marked = data.decode("utf-8", "replace") if b"**" in data else ""
        self._text = re.sub(r"\s+", "", marked)
        self._at = 0

    def as_written(self, quote: str) -> str:
        """The quote with the marks that stand inside it, so that it is an exact substring of the file."""
        bare = re.sub(r"\s+", "", quote)
        if not self._text or not bare:
            return quote
        window = self._text[max(0, self._at - 2000) : self._at + 20000]
        if bare in window or bare in self._text:
            self._at = max(0, self._at - 2000) + window.find(bare) if bare in window else self._text.find(bare)
            return quote
        found = re.search(r"(?:\*\*)*".join(map(re.escape, bare)), self._text)
        return found.group() if found else quote


def _read_date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CommandError(f"不是日期：{text}（应写成 2021-08-20）") from None


def _unlike(path: Path, names: Counter[str]) -> str:
    """The file's name; a second file of that name gets a number, so that ids stay apart."""
    names[path.name] += 1
    return path.name if names[path.name] == 1 else f"{path.name}({names[path.name]})"


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and those in the folders named, in a fixed order."""
    for path in paths:
        if path.is_dir():
            yield from sorted(child for child in path.rglob("*") if child.is_file() and not child.name.startswith("."))
        else:
            yield path


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def as_record(statement: Statement, identifier: str, document: str) -> dict[str, object]:
    """The JSON form of a goal or result, keys in the order of the record contract."""
    quantity = statement.quantity
    return {
        "kind": statement.kind, "id": identifier, "document": document, "organisation": statement.organisation,
        "owner": statement.owner, "quote": statement.quote, "indicator": statement.indicator,
        "value": _number(quantity.value) if quantity else None,
        "value_max": _number(quantity.maximum) if quantity else None,
        "unit": quantity.unit if quantity else None,
        "comparator": quantity.comparator if quantity else None,
        "measure": statement.measure,
        "period_start": _day(statement.period.start), "period_end": _day(statement.period.end),
    }


def as_match(link: Link) -> dict[str, object]:
    """The JSON form of a link."""
    return {"kind": "match", "goal": link.goal, "result": link.result, "relation": link.relation, "score": link.score}
