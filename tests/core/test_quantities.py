"""Numbers, units, comparators; and what looks like a number and is none."""
import json
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.analysis.quantities import find_quantities, fold, read_number, read_numeral

CASES = json.loads((Path(__file__).parent / "cases" / "quantities.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:24])
def test_quantities(case):
    found = [
        [str(mention.quantity.value) + (f"-{mention.quantity.maximum}" if mention.quantity.maximum else ""),
         mention.quantity.unit, mention.quantity.comparator, mention.kind]
        for mention in find_quantities(case["text"])
    ]
    assert found == case["expect"], case["why"]


@pytest.mark.parametrize(("text", "value"), [
    ("十", 10), ("十三", 13), ("二十", 20), ("一百二十", 120), ("三百零六", 306), ("三千六", 3600), ("一百十七", 117),
    ("两", 2), ("六点五", "6.5"), ("一千二百", 1200),
])
def test_numerals(text, value):
    assert read_numeral(text) == Decimal(value)


def test_a_row_of_digits_is_a_name_not_a_number():
    assert read_numeral("一二三") is None


def test_thousands_separators():
    assert read_number("12,345.6") == Decimal("12345.6")


def test_folding_keeps_every_offset():
    text = "增长１２．５％（预计）"
    assert fold(text) == "增长12.5%(预计)" and len(fold(text)) == len(text)


def test_of_a_change_only_the_new_number_counts():
    old, new = find_quantities("占比由41%增至70%")
    assert old.baseline and not new.baseline


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="增长达到约超过0123456789.,%％万亿元个家至-－由到以上分之百第前位强、，和一二三十百千“”()（） ", max_size=60))
def test_any_text_gives_mentions_inside_it_in_order(text):
    mentions = find_quantities(text)
    assert all(0 <= one.start <= one.at < one.unit_end <= one.end <= len(text) for one in mentions)
    assert all(left.at < right.at for left, right in pairwise(mentions))
