"""Reading and analysis against ``jieba.lcut`` alone over the same text, each in a process of its own, start-up included.

CPU time of both: what else the machine does in the meantime shows in it least."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tracker.benchmarks import Row
from tracker.benchmarks.startup import MEMORY

TITLE = "读取与分析"

ROOT = Path(__file__).resolve().parent.parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
EXAMPLES = ROOT / "tracker" / "examples"
SIZES = (20, 60)               # and then all files
OURS = """
import sys
from pathlib import Path
from tracker.reading import read
from tracker.analysis.statements import analyse
found = 0
for name in sys.argv[1:]:
    path = Path(name)
    found += len(analyse(read(path.read_bytes(), path.name)))
print(found, end=" ")
"""
JIEBA = """
import sys
from pathlib import Path
import jieba
jieba.setLogLevel(60)
for name in sys.argv[1:]:
    jieba.lcut(Path(name).read_text(encoding="utf-8"))
"""


def run() -> Iterator[Row]:
    """Two parts of the corpus, spread over its places and years, then all of it; the shipped text examples where there is no corpus."""
    files = sorted(CORPUS.glob("*.md")) or sorted(EXAMPLES.glob("*.md"))
    for size in (*(size for size in SIZES if size < len(files)), len(files)):
        chosen = files[:: len(files) // size][:size]
        characters = sum(len(path.read_text(encoding="utf-8")) for path in chosen)
        seconds, said = _run(OURS + MEMORY, chosen)
        yardstick, _ = _run(JIEBA, chosen)
        found, memory = said.split()
        yield Row(
            "读取与分析", f"{size} 份，{characters / 10_000:.0f} 万字", seconds, f"jieba.lcut {yardstick:.2f} 秒", seconds / yardstick,
            f"CPU 时间；{characters / seconds / 1e6:.2f} 百万字/秒，找到 {found} 条，内存 {memory} MB",
        )  # fmt: skip


def _run(code: str, files: list[Path]) -> tuple[float, str]:
    """CPU seconds of a process over ``files``, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, files)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout
