"""Linking at scale: time, memory, share of the pairs that was scored, and growth when both sides double."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from resource import RUSAGE_SELF, getrusage

from tracker.analysis.records import Period, Quantity, Span, Statement
from tracker.benchmarks import Row
from tracker.matching.linking import Item, Linker

TITLE = "关联"

CITIES = [f"{a}{b}{c}市" for c in ("", *"阳州安平宁丰泰") for a in "东西南北新长" for b in "江海山城河湖岭泉"]
CITIES_PER_GOALS = 24 / 10_000          # more data comes from more places
BODIES = [
    "发展和改革委员会", "教育局", "科学技术局", "工业和信息化局", "民政局", "财政局", "人力资源和社会保障局", "生态环境局",
    "交通运输局", "水务局", "商务局", "卫生健康委员会",
]  # fmt: skip
SUBJECTS = [
    "城镇", "农村", "规上工业", "民营企业", "外贸", "海洋", "轨道交通", "学前教育", "职业教育", "养老", "医疗", "保障房",
    "污水处理", "燃气管网", "充电桩", "高新技术企业", "专精特新企业", "技术改造", "港口", "机场", "种业", "水利工程", "林业",
    "文化旅游", "数字经济", "生物医药", "新材料", "集成电路", "物流", "会展", "跨境电商",
]  # fmt: skip
AMOUNTS = [
    ("新增数量", "家"), ("完成投资", "亿元"), ("增加值", "亿元"), ("营业收入", "亿元"), ("新建项目", "个"), ("培训人数", "人"),
    ("覆盖面积", "平方公里"), ("新增床位", "张"), ("改造里程", "公里"), ("服务人次", "万人次"), ("贷款余额", "亿元"),
    ("税收", "亿元"), ("产量", "万吨"), ("签约项目", "个"), ("授权专利", "件"), ("减排量", "吨"),
]  # fmt: skip
SIZES = ((5_000, 50_000), (10_000, 100_000), (20_000, 200_000))
LARGEST = (100_000, 1_000_000)
YEARS = range(2015, 2025)


def make_item(kind: str, number: int, dice: random.Random, cities: int) -> Item:
    """A made-up goal or result: bodies × 496 indicators × 10 years, results reworded and at five dates a year."""
    subject, (amount, unit) = dice.choice(SUBJECTS), dice.choice(AMOUNTS)
    indicator, year = f"{subject}{amount}", dice.choice(YEARS)
    month = 12
    if kind == "result":
        indicator = dice.choice((indicator, f"全市{indicator}", f"{subject}领域{amount}", f"{amount}（{subject}）"))
        month = dice.choice((3, 6, 9, 10, 12))
    end = date(year, month, 28 if month != 12 else 31)
    value = Decimal(dice.randint(10, 5000))
    statement = Statement(
        "goal" if kind == "goal" else "result", CITIES[dice.randrange(cities)] + dice.choice(BODIES), Span(0, 10), f"{indicator}{value}{unit}",
        indicator, "", Quantity(value, unit), "level", Period(date(year, 1, 1), end),
    )  # fmt: skip
    return Item(f"{kind[0]}{number}", statement, f"{kind}{year}-{month}", end, number)


def measure(goals: int, results: int, cities: int) -> tuple[float, float, float, int]:
    """Seconds of the processor, megabytes above the items, share of the pairs scored, links found."""
    dice = random.Random(7)  # noqa: S311 - made-up data, the same in every run
    asked = [make_item("goal", number, dice, cities) for number in range(goals)]
    told = [make_item("result", number, dice, cities) for number in range(results)]
    before = getrusage(RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    linker = Linker(told)
    links = sum(1 for _ in linker.link(asked))
    seconds = time.process_time() - started
    memory = (getrusage(RUSAGE_SELF).ru_maxrss - before) / 1024
    return seconds, memory, linker.scored / (goals * results), links


def _measure_apart(goals: int, results: int, cities: int) -> tuple[float, float, float, int, float]:
    """The same in a process of its own, so that its memory is its own; the fifth number is all megabytes."""
    code = (
        f"from tracker.benchmarks.matching import measure\n"
        f"from resource import getrusage, RUSAGE_SELF\n"
        f"print(*measure({goals}, {results}, {cities}), getrusage(RUSAGE_SELF).ru_maxrss / 1024)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    return float(out[0]), float(out[1]), float(out[2]), int(out[3]), float(out[4])


def run(*, largest: bool = False) -> Iterator[Row]:
    """Three sizes that double with their places, the last once more without new places; ``largest`` adds 100 k × 1 M."""
    last: tuple[float, int] | None = None
    for goals, results in (*SIZES, *([LARGEST] if largest else [])):
        cities = round(goals * CITIES_PER_GOALS)
        yield (row := _row(goals, results, cities, last))
        last = (row.seconds, goals)
    goals, results = SIZES[-1]
    yield _row(goals, results, round(SIZES[-2][0] * CITIES_PER_GOALS), None, "单位不增加、每个单位数据加倍；")
    yield _update_row(*SIZES[1])


def _row(goals: int, results: int, cities: int, last: tuple[float, int] | None, note: str = "") -> Row:
    seconds, memory, share, links, total = _measure_apart(goals, results, cities)
    return Row(
        "关联", f"{goals}×{results}", seconds, f"上一档（数据{goals / last[1]:g}倍）" if last else "",
        seconds / last[0] if last else None,
        f"{note}{cities * len(BODIES)}个单位，打分的对子占{share:.4%}，另占内存{memory:.0f} MB（连数据{total:.0f} MB），得{links}条",
    )  # fmt: skip


def _update_row(goals: int, results: int) -> Row:
    """One more document (60 results of one place) taken into a filled index, and the goals of its bodies linked again."""
    dice = random.Random(7)  # noqa: S311 - made-up data
    cities = round(goals * CITIES_PER_GOALS)
    told = [make_item("result", number, dice, cities) for number in range(results)]
    asked = [make_item("goal", number, dice, cities) for number in range(goals)]
    news = [make_item("result", results + number, dice, 1) for number in range(60)]
    bodies = {item.statement.organisation for item in news}
    touched = [goal for goal in asked if goal.statement.organisation in bodies]
    linker = Linker(told)
    started = time.process_time()
    links = sum(1 for _ in linker.link(asked))
    whole = time.process_time() - started
    started = time.process_time()
    for item in news:
        linker.add(item)
    sum(1 for _ in linker.link(touched))
    seconds = time.process_time() - started
    return Row(
        "关联：新增一份文件", f"{goals}×{results}＋60", seconds, "全部重连", seconds / whole,
        f"只重连{len(bodies)}个单位的{len(touched)}条目标；全部重连{whole:.2f}秒、{links}条",
    )  # fmt: skip
