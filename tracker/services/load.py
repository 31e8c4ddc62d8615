"""Synthetic goals, results, links and statuses in any number, for measuring how pages and linking grow.

Same arguments, same data: everything comes from one seeded generator. Sizes follow what real documents show: a few bodies commit a lot,
most a little; with five results to a goal, about two thirds of the goals are answered, most once or twice; deadlines are year ends over thirty years.
"""
from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max, Model
from django.utils import timezone

from tracker.matching.pace import month_end
from tracker.models import (
    Document,
    Goal,
    GoalStatus,
    Light,
    Link,
    LinkState,
    Organisation,
    Relation,
    Result,
    Status,
    StatusDay,
)
from tracker.services import figures

BATCH = 2000
PER_DOCUMENT = 200
FIELDS = ("教育", "商务", "交通运输", "农业农村", "水务", "文化和旅游", "民政", "科学技术", "生态环境", "住房和城乡建设", "工业和信息化", "体育", "财政", "应急管理", "卫生健康", "大数据")
SUBJECTS = ("公办学位", "农村公路", "高标准农田", "养老床位", "充电桩", "口袋公园", "高新技术企业", "供水管网", "城市书房", "标准化厂房", "污水管网", "保障性住房", "公共停车位", "跨境电商企业", "水库加固工程", "村级卫生室")
WORDS = ("示范", "重点", "市级", "省级", "城区", "乡镇", "社区", "新型", "智慧", "骨干", "规范化", "标准化", "便民", "绿色", "数字", "共享")
UNITS = ("个", "公里", "万亩", "张", "家", "处", "万元", "亿元")
# of goals that a result answers; the others have no data
SHARES = ((Status.DONE, Light.GREEN, 60), (Status.ON_TIME, Light.GREEN, 18), (Status.BEHIND, Light.YELLOW, 13), (Status.OVERDUE, Light.RED, 9))
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Load:
    organisations: int
    documents: int
    goals: int
    results: int
    links: int


class Writer:
    """Rows given as fields, written with ids of their own: by COPY where the database has it, else by bulk_create."""

    def __init__(self, model: type[Model]) -> None:
        self.model = model
        self.written = 0
        self.next_id = (model._default_manager.aggregate(last=Max("pk"))["last"] or 0) + 1

    def write(self, rows: list[Row]) -> None:
        """Gives each row its ``id`` and stores it."""
        for row in rows:
            row["id"] = self.next_id
            self.next_id += 1
        self.written += len(rows)
        if not rows:
            return
        if connection.vendor == "postgresql":
            self._copy(rows)
        else:
            self.model._default_manager.bulk_create([self.model(**row) for row in rows], BATCH)

    def _copy(self, rows: list[Row]) -> None:
        """Fields that no row names have their default, written once for all."""
        names = list(rows[0])
        blank = self.model()
        rest = [field for field in self.model._meta.concrete_fields if field.attname not in names]
        same = "".join(f"\t{as_text(field.get_db_prep_save(field.pre_save(blank, True), connection))}" for field in rest)
        columns = [self.model._meta.get_field(name).column for name in names] + [field.column for field in rest]
        quoted = ", ".join(map(connection.ops.quote_name, columns))
        lines = ["\t".join([as_text(row[name]) for name in names]) + same for row in rows]
        with connection.cursor() as cursor, cursor.copy(f"COPY {self.model._meta.db_table} ({quoted}) FROM STDIN") as copy:
            copy.write("\n".join(lines) + "\n")

    def finish(self) -> None:
        """The next row that the product itself makes comes after these; and the database is told how many there are."""
        table = self.model._meta.db_table
        with connection.cursor() as cursor:
            for line in [*connection.ops.sequence_reset_sql(no_style(), [self.model]), f"ANALYZE {table}"]:
                cursor.execute(line)


def as_text(value: Any) -> str:
    """A value in the text form of COPY."""
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if hasattr(value, "obj"):  # what Django hands to the driver for JSON
        value = json.dumps(value.obj, ensure_ascii=False)
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def make_load(goals: int, results: int, *, as_of: date, seed: int = 1, tell: Callable[[int], None] = lambda rows: None) -> Load:
    """Adds the given numbers of goals and results (and what belongs to them) to the database. ``tell`` hears how many rows were written."""
    chance = random.Random(seed)  # noqa: S311  # repeatable data, no secret
    bodies = make_organisations(max(10, min(2000, goals // 100)), seed)
    writers = {model: Writer(model) for model in (Document, Goal, Result, Link, GoalStatus)}
    by_body: dict[int, list[int]] = {}
    for rows in write_statements(Goal, goals, bodies, writers, chance, seed):
        for row in rows:
            by_body.setdefault(row["organisation_id"], []).append(row["id"])
        tell(len(rows))
    answers: dict[int, tuple[int, int]] = {}  # goal → how many results answer it, the last of them
    for rows in write_statements(Result, results, bodies, writers, chance, seed):
        links = draw_links(rows, by_body, chance)
        writers[Link].write(links)
        for link in links:
            if link["state"] == LinkState.ACCEPTED:
                answers[link["goal_id"]] = (answers.get(link["goal_id"], (0, 0))[0] + 1, link["result_id"])
        tell(len(rows))
    every = [pk for ids in by_body.values() for pk in ids]
    for day in (month_end(as_of.replace(day=1) - timedelta(days=1)), as_of):
        for at in range(0, len(every), BATCH):
            writers[GoalStatus].write(draw_statuses(every[at : at + BATCH], answers, day, chance))
        finish_day(day)
    for writer in writers.values():
        writer.finish()
    return Load(len(bodies), writers[Document].written, goals, results, writers[Link].written)


def finish_day(as_of: date) -> None:
    """Marks the drawn statuses of a date as complete, so that the pages do not work them out again."""
    counts = figures.count_bodies(as_of)
    StatusDay.objects.update_or_create(
        as_of=as_of, defaults={"wanted": 1, "done": 1, "counts": counts, "computed_at": timezone.now()}
    )
    figures.keep_ahead(as_of, 1)


def make_organisations(count: int, seed: int) -> list[Organisation]:
    names = [f"第{seed}-{number // len(FIELDS) + 1}市{FIELDS[number % len(FIELDS)]}局" for number in range(count)]
    Organisation.objects.bulk_create([Organisation(name=name, key=name, region=name.split("市")[0] + "市") for name in names], BATCH, ignore_conflicts=True)
    return list(Organisation.objects.filter(name__in=names).order_by("pk"))


def write_statements(
    model: type[Goal | Result], count: int, bodies: list[Organisation], writers: dict[Any, Writer], chance: random.Random, seed: int
) -> Iterator[list[Row]]:
    """Documents with their text and the rows that stand in them, written batch by batch; each batch is given back."""
    weights = [1 / (rank + 5) for rank in range(len(bodies))]
    while count > 0:
        papers, groups = [], []
        for number in range(min(BATCH, count) // PER_DOCUMENT or 1):
            label = f"{seed}-{model.__name__}-{writers[model].written}-{number}"
            paper, rows = draw_document(model, min(PER_DOCUMENT, count), chance.choices(bodies, weights)[0], chance, label)
            papers.append(paper)
            groups.append(rows)
            count -= len(rows)
        writers[Document].write(papers)
        for paper, rows in zip(papers, groups, strict=True):
            for row in rows:
                row["document_id"] = paper["id"]
        every = [row for rows in groups for row in rows]
        writers[model].write(every)
        yield every


def draw_document(model: type[Goal | Result], size: int, body: Organisation, chance: random.Random, label: str) -> tuple[Row, list[Row]]:
    """A document of one body and year, and its rows with their places in the text."""
    year = chance.randint(1995, 2025)
    name = f"{body.name}{year}年工作{'计划' if model is Goal else '完成'}"
    rows, texts, at = [], [], 0
    for place in range(size):
        row = draw_row(model, body, year, chance)
        row |= {"start": at, "end": at + len(row["quote"]), "paragraph": place + 1, "fingerprint": f"{at}-{label}"[:40]}
        texts.append(row["quote"] + "。")
        at = row["end"] + 1
        rows.append(row)
    content = "".join(texts)
    paper = {
        "sha256": hashlib.sha256(label.encode()).hexdigest(), "name": f"{name}.txt", "size": len(content.encode()), "format": "txt",
        "title": name, "issuer_id": body.pk, "published_on": date(year, 1 if model is Goal else 12, 20), "read_at": timezone.now(), "content": content,
    }
    return paper, rows


def draw_row(model: type[Goal | Result], body: Organisation, year: int, chance: random.Random) -> Row:
    indicator = chance.choice(WORDS) + chance.choice(SUBJECTS)
    unit = chance.choice(UNITS)
    value = chance.randint(2, 3000)
    done = model is Result
    return {
        "organisation_id": body.pk, "indicator": indicator, "indicator_key": indicator, "value": Decimal(value), "unit": unit, "measure": "level",
        "comparator": "eq" if done else "ge", "period_start": date(year, 1, 1), "period_end": date(year, 12, 31),
        "score": round(0.5 + chance.random() / 2, 3), "quote": f"{'已建成' if done else '全年新增'}{indicator}{value}{unit}{'' if done else '以上'}",
    }


def draw_statuses(goals: list[int], answers: dict[int, tuple[int, int]], as_of: date, chance: random.Random) -> list[Row]:
    """Goals that a result answers have a status with figures, the others have no data."""
    rows = []
    for goal in goals:
        number, result = answers.get(goal, (0, None))
        status, light, _ = chance.choices(SHARES, [share for *_, share in SHARES])[0] if number else (Status.NO_DATA, Light.GREY, 0)
        completion = Decimal(chance.randint(2000, 14000)) / 10000 if number else None
        rows.append({
            "goal_id": goal, "as_of": as_of, "status": status.value, "computed": status.value, "light": light.value, "completion": completion,
            "time_share": Decimal(1), "gap": None if completion is None else (completion - 1) * 100, "answers": number, "result_id": result,
        })
    return rows


def draw_links(results: list[Row], goals_by_body: dict[int, list[int]], chance: random.Random) -> list[Row]:
    """Three of ten results answer a goal of their body, four of five of these links are accepted."""
    pairs: dict[tuple[int, int], Row] = {}
    for result in results:
        mine = goals_by_body.get(result["organisation_id"])
        if mine and chance.random() < 0.3:
            goal, accepted = chance.choice(mine), chance.random() < 0.8
            pairs[goal, result["id"]] = {
                "goal_id": goal, "result_id": result["id"], "relation": Relation.PROGRESS.value, "score": round(0.5 + chance.random() / 2, 3),
                "state": (LinkState.ACCEPTED if accepted else LinkState.PROPOSED).value,
            }
    return list(pairs.values())
