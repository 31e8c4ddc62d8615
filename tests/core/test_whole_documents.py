"""Invented documents of many kinds, from the file to the statements: who promised or reported which number, until when."""
import json
from pathlib import Path

import pytest

from tracker.analysis.statements import analyse
from tracker.reading import read

CASES = json.loads((Path(__file__).parent / "cases" / "documents.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_document(case):
    text = read("\n".join(case["lines"]).encode(), case["name"])
    found = [[s.kind, s.organisation, float(s.quantity.value), s.period.end.isoformat() if s.period.end else None]
             for s in analyse(text) if s.quantity]
    assert found == case["found"]
