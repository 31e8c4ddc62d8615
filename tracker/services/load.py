"""Synthetic goals, results, links and statuses in any number, for measuring how pages and linking grow.

Same arguments, same data: everything comes from one seeded generator. Sizes follow what real documents show: a few bodies commit a lot,
most a little; with five results to a goal, about two thirds of the goals are answered, most once or twice; deadlines are year ends over thirty years.
"""
from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count
from django.utils import timezone

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
from tracker.services.progress import month_end

BATCH = 2000
PER_DOCUMENT = 200
FIELDS = ("教育", "商务", "交通运输", "农业农村", "水务", "文化和旅游", "民政", "科学技术", "生态环境", "住房和城乡建设", "工业和信息化", "体育", "财政", "应急管理", "卫生健康", "大数据")
SUBJECTS = ("公办学位", "农村公路", "高标准农田", "养老床位", "充电桩", "口袋公园", "高新技术企业", "供水管网", "城市书房", "标准化厂房", "污水管网", "保障性住房", "公共停车位", "跨境电商企业", "水库加固工程", "村级卫生室")
WORDS = ("示范", "重点", "市级", "省级", "城区", "乡镇", "社区", "新型", "智慧", "骨干", "规范化", "标准化", "便民", "绿色", "数字", "共享")
UNITS = ("个", "公里", "万亩", "张", "家", "处", "万元", "亿元")
SHARES = ((Status.DONE, Light.GREEN, 40), (Status.ON_TIME, Light.GREEN, 12), (Status.BEHIND, Light.YELLOW, 9), (Status.OVERDUE, Light.RED, 6), (Status.NO_DATA, Light.GREY, 33))


@dataclass(frozen=True, slots=True)
class Load:
    organisations: int
    documents: int
    goals: int
    results: int
    links: int


def make_load(goals: int, results: int, *, as_of: date, seed: int = 1, tell: Callable[[int], None] = lambda rows: None) -> Load:
    """Adds the given numbers of goals and results (and what belongs to them) to the database. ``tell`` hears how many rows were written."""
    chance = random.Random(seed)  # noqa: S311  # repeatable data, no secret
    bodies = make_organisations(max(10, min(2000, goals // 100)), seed)
    weights = [1 / (rank + 5) for rank in range(len(bodies))]
    days = (month_end(as_of.replace(day=1) - timedelta(days=1)), as_of)
    documents, goal_keys = 0, []
    for batch in batches(goals):
        papers, rows = draw_statements(Goal, batch, bodies, weights, chance, f"{seed}-g{documents}")
        documents += len(papers)
        store(papers, rows, tell)
        for day in days:
            GoalStatus.objects.bulk_create(draw_statuses(rows, day, chance), BATCH)
        goal_keys += [(row.pk, row.organisation_id) for row in rows]
    by_body: dict[int, list[int]] = {}
    for key, body in goal_keys:
        by_body.setdefault(body, []).append(key)
    links = 0
    for batch in batches(results):
        papers, rows = draw_statements(Result, batch, bodies, weights, chance, f"{seed}-r{documents}")
        documents += len(papers)
        store(papers, rows, tell)
        drawn = draw_links(rows, by_body, chance)
        Link.objects.bulk_create(drawn, BATCH)
        links += len(drawn)
    for day in days:
        finish_day(day)
    return Load(len(bodies), documents, goals, results, links)


def finish_day(as_of: date) -> None:
    """Marks the drawn statuses of a date as complete, so that the pages do not work them out again."""
    rows = GoalStatus.objects.filter(as_of=as_of).order_by().values_list("status").annotate(Count("pk"))
    StatusDay.objects.update_or_create(
        as_of=as_of, defaults={"wanted": 1, "done": 1, "counts": dict(rows), "computed_at": timezone.now()}
    )


def batches(total: int) -> Iterator[int]:
    while total > 0:
        yield min(total, BATCH)
        total -= BATCH


def make_organisations(count: int, seed: int) -> list[Organisation]:
    names = [f"第{seed}-{number // len(FIELDS) + 1}市{FIELDS[number % len(FIELDS)]}局" for number in range(count)]
    Organisation.objects.bulk_create([Organisation(name=name, key=name, region=name.split("市")[0] + "市") for name in names], BATCH, ignore_conflicts=True)
    return list(Organisation.objects.filter(name__in=names).order_by("pk"))


def draw_statements(model, count: int, bodies: list, weights: list[float], chance: random.Random, label: str):
    """Documents with their text, and the rows that stand in them (not saved yet)."""
    papers, rows = [], []
    for number in range(-(-count // PER_DOCUMENT)):
        year = chance.randint(1995, 2025)
        body = chance.choices(bodies, weights)[0]
        verb = "计划" if model is Goal else "完成"
        texts, at = [], 0
        paper = Document(
            sha256=hashlib.sha256(f"{label}-{number}".encode()).hexdigest(), name=f"{body.name}{year}年工作{verb}.txt", size=0, format="txt",
            title=f"{body.name}{year}年工作{verb}", issuer=body, published_on=date(year, 1 if model is Goal else 12, 20), read_at=timezone.now(),
        )
        for place in range(min(PER_DOCUMENT, count - len(rows))):
            row = draw_row(model, body, year, chance)
            row.start, row.end, row.paragraph, row.document = at, at + len(row.quote), place + 1, paper
            row.fingerprint = f"{row.start}-{label}"[:40]
            texts.append(row.quote + "。")
            at = row.end + 1
            rows.append(row)
        paper.content = "".join(texts)
        paper.size = len(paper.content.encode())
        papers.append(paper)
    return papers, rows


def draw_row(model, body: Organisation, year: int, chance: random.Random):
    indicator = chance.choice(WORDS) + chance.choice(SUBJECTS)
    unit = chance.choice(UNITS)
    value = Decimal(chance.randint(2, 3000))
    done = model is Result
    return model(
        organisation=body, indicator=indicator, indicator_key=indicator, value=value, unit=unit, measure="level", comparator="eq" if done else "ge",
        period_start=date(year, 1, 1), period_end=date(year, 12, 31),
        quote=f"{'已建成' if done else '全年新增'}{indicator}{value}{unit}{'' if done else '以上'}",
    )


def store(papers: list[Document], rows: list, tell: Callable[[int], None]) -> None:
    Document.objects.bulk_create(papers, BATCH)
    for row in rows:
        row.document_id = row.document.pk
    type(rows[0]).objects.bulk_create(rows, BATCH)
    tell(len(rows))


def draw_statuses(goals: list[Goal], as_of: date, chance: random.Random) -> list[GoalStatus]:
    rows = []
    for goal in goals:
        status, light, _ = chance.choices(SHARES, [share for *_, share in SHARES])[0]
        completion = None if status == Status.NO_DATA else Decimal(chance.randint(2000, 14000)) / 10000
        rows.append(GoalStatus(
            goal=goal, as_of=as_of, status=status, computed=status, light=light, completion=completion, time_share=Decimal(1),
            gap=None if completion is None else (completion - 1) * 100, answers=int(completion is not None),
        ))
    return rows


def draw_links(results: list[Result], goals_by_body: dict[int, list[int]], chance: random.Random) -> list[Link]:
    pairs: dict[tuple[int, int], Link] = {}
    for result in results:
        mine = goals_by_body.get(result.organisation_id)
        if mine and chance.random() < 0.3:
            goal, accepted = chance.choice(mine), chance.random() < 0.8
            pairs[goal, result.pk] = Link(
                goal_id=goal, result=result, relation=Relation.PROGRESS, score=round(0.5 + chance.random() / 2, 3),
                state=LinkState.ACCEPTED if accepted else LinkState.PROPOSED,
            )
    return list(pairs.values())
