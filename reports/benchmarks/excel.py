"""Writing the ledger workbook against bare openpyxl write-only with the same cells: time and memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook

from reports.ledger import write_workbook
from reports.ledger.cells import Formula
from reports.ledger.columns import LEDGER, MISMATCH, UNANSWERED, Column, is_behind, is_mismatch, is_unanswered
from reports.ledger.rows import LedgerRow
from reports.ledger.source import Facts, Source
from tracker.benchmarks import Row

TITLE = "台账工作簿"

SIZES = (10_000, 100_000)
ROOT = Path(__file__).resolve().parent.parent.parent
AS_OF = date(2024, 10, 31)
RULES = {
    "yellow_from": "0", "dark_yellow_from": "-10", "red_from": "-30", "due_soon_days": "30", "approx_tolerance": "5",
    "silent_reports": "2",
}  # fmt: skip
SHEETS = ((LEDGER, None), (LEDGER, is_behind), (UNANSWERED, is_unanswered), (MISMATCH, is_mismatch))
PROBE = (
    "import django; django.setup(); from reports.benchmarks import excel; "
    "print(*excel.measure('{name}', {size}, '{folder}'))"
)


def run(sizes: Iterable[int] = SIZES) -> Iterator[Row]:
    """Each writer in a process of its own. The yardstick counts openpyxl's own time only, not the making of the values."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            bare, bare_memory = probe("bare", size, folder)
            own, own_memory = probe("ledger", size, folder)
        note = f"多用内存 {(own_memory - bare_memory) / 1024:.0f} MB"
        yield Row(
            "写台账工作簿（九张表）",
            f"{size:,} 行",
            own,
            f"openpyxl 只写模式同样单元格 {bare:.2f} 秒",
            own / bare,
            note,
        )


def probe(name: str, size: int, folder: str) -> tuple[float, int]:
    """(seconds, peak kilobytes) of one writer."""
    code = PROBE.format(name=name, size=size, folder=folder)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True,
        env=environment(folder),
    )  # fmt: skip
    seconds, memory = done.stdout.split()[-2:]
    return float(seconds), int(memory)


def environment(folder: str) -> dict[str, str]:
    return os.environ | {
        "JIANNUO_DATA": folder,
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "JIANNUO_LOG_LEVEL": "ERROR",
    }


def peak() -> int:
    """The most memory that this process has held, in kilobytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def measure(name: str, size: int, folder: str) -> tuple[float, int]:
    seconds = (
        write_bare(size, Path(folder) / "bare.xlsx") if name == "bare" else write_own(size, Path(folder) / "own.xlsx")
    )
    return seconds, peak()


def make_rows(size: int) -> Iterator[LedgerRow]:
    """Synthetic goals of 300 organisations, a third of them behind; the words have the length of real ones."""
    words = "全年完成固定资产投资{}亿元以上，着力打造一批标志性引领性项目，推动重点产业链延链补链强链"
    for number in range(size):
        target, done = Decimal(100 + number % 900), Decimal(60 + number % 700)
        completion = round(done / target, 4)
        gap = round((completion - Decimal("0.8333")) * 100, 2)
        status, light = ("behind", "dark_yellow") if number % 3 == 0 else ("ahead", "green")
        yield LedgerRow(
            number, number % 300, f"望海市第{number % 300}局", "李秀英", words.format(target), "固定资产投资", target, None,
            "亿元", "ge", "level", None, date(2024, 12, 31), None, None, done, "", AS_OF, completion, None,
            Decimal("0.8333"), gap, status, light, status, "", "", "", "", f"截至10月底完成固定资产投资{done}亿元",
            "用地指标紧张，部分项目前期手续办理缓慢", "专班推进，倒排工期", 1, "2024年工作计划", 3, None, number, 2,
            "2024年1—10月进展", 5, None, f"{done}/{target}", 1, False, "",
        )  # fmt: skip


def write_own(size: int, target: Path) -> float:
    facts = Facts(AS_OF, date(2024, 11, 1), "", "http://127.0.0.1:8000", "督查室", RULES)
    source = Source(facts, lambda: make_rows(size), lambda: ())
    started = time.perf_counter()
    write_workbook(source, target)
    return time.perf_counter() - started


def write_bare(size: int, target: Path) -> float:
    """The same cells with plain ``append``; seconds spent inside openpyxl."""
    workbook, spent = Workbook(write_only=True), 0.0
    sheets = [(workbook.create_sheet(), columns, wanted) for columns, wanted in SHEETS]
    for number, row in enumerate(make_rows(size), 1):
        for sheet, columns, wanted in sheets:
            if wanted is None or wanted(row, AS_OF):
                values = [plain_value(column, row, number) for column in columns]
                started = time.perf_counter()
                sheet.append(values)
                spent += time.perf_counter() - started
    started = time.perf_counter()
    workbook.save(target)
    return spent + time.perf_counter() - started


def plain_value(column: Column, row: LedgerRow, number: int) -> object:
    value = column.fill(row, number, number, "").value
    return f"={value.text}" if isinstance(value, Formula) else value
