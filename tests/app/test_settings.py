"""The settings table in the docs is the truth about the environment variables."""
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = re.compile(r"JIANNUO_[A-Z0-9_]+")


def test_every_variable_is_in_the_table_and_every_row_is_a_variable():
    in_code = set(NAME.findall((ROOT / "tracker/settings.py").read_text(encoding="utf-8")))
    rows = [line for line in (ROOT / "docs/SETTINGS.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `JIANNUO_")]
    in_table = [NAME.search(row).group() for row in rows]
    assert len(in_table) == len(set(in_table))
    assert set(in_table) == in_code


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("JIANNUO_DEBUG", "maybe", "应为 1 或 0"),
        ("JIANNUO_UPLOAD_MB", "0", "不小于 1"),
        ("JIANNUO_UPLOAD_MB", "ten", "不小于 1"),
        ("JIANNUO_LOG_FORMAT", "xml", "之一"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(name, value, part, tmp_path):
    code = "import django, os; os.environ['DJANGO_SETTINGS_MODULE']='tracker.settings'; django.setup()"
    run = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {name: value, "JIANNUO_DATA": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
        capture_output=True, text=True, cwd=ROOT, encoding="utf-8",
    )
    assert run.returncode != 0
    assert name in run.stderr and part in run.stderr
