"""The text core stands alone: importing it loads neither Django nor Celery, and it never asks for today's date."""
import re
import subprocess
import sys
from pathlib import Path

import pytest

TRACKER = Path(__file__).resolve().parent.parent.parent / "tracker"
CORE = sorted(path for room in ("reading", "analysis", "matching") for path in (TRACKER / room).rglob("*.py"))

PROBE = """
import sys
import tracker.reading, tracker.analysis.statements, tracker.matching.linking
print(sorted(name for name in sys.modules if name.partition(".")[0] in {"django", "celery", "reports"} or name == "tracker.settings"))
"""


def test_importing_the_core_loads_no_framework():
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True, cwd=TRACKER.parent)
    assert done.stdout.strip() == "[]"


def test_the_package_itself_is_empty():
    assert (TRACKER / "__init__.py").read_text(encoding="utf-8").strip() == ""


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(TRACKER)))
def test_no_clock_and_no_framework_in_the_source(path):
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"\.today\(\)|datetime\.now\(|(?<!date)time\.time\(\)|^(?:from|import) (?:django|celery|requests|reports)\b", source, re.MULTILINE)
