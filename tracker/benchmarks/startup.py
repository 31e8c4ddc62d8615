"""How long processes take to be there, and how much memory they hold."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tracker.benchmarks import Row

TITLE = "启动"

ROOT = Path(__file__).resolve().parent.parent.parent
# VmHWM, not ru_maxrss: that one starts from the size of the process that started this one
MEMORY = "print([int(l.split()[1]) // 1024 for l in open('/proc/self/status') if l.startswith('VmHWM')][0])"
SETUP = "import os, django; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'tracker.settings'); django.setup(); "
STARTS = {
    "启动：文本核心（读取、分析、关联）": "import tracker.reading, tracker.analysis.statements, tracker.matching.linking; ",
    "启动：网站": "from tracker.wsgi import application; import tracker.urls; ",
    "启动：后台任务": SETUP + "import tracker.tasks; ",
}


def run() -> Iterator[Row]:
    """Medians of three starts, against a bare Django start in the same run."""
    bare, _ = _start("import django; from django.conf import settings; settings.configure(); django.setup(); ")
    for name, code in STARTS.items():
        seconds, memory = _start(code)
        yield Row(name, "1 个进程", seconds, f"空 Django {bare:.2f} 秒", seconds / bare, f"内存 {memory} MB")


def _start(code: str) -> tuple[float, int]:
    times, memory = [], 0
    for _ in range(3):
        started = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", code + MEMORY], cwd=ROOT, capture_output=True, text=True, check=True)
        times.append(time.perf_counter() - started)
        memory = int(done.stdout.split()[-1])
    return median(times), memory
