"""Time expressions against the document's own date. The cases are data; a fifth of them must give nothing."""
import json
from datetime import date
from pathlib import Path

import pytest

from tracker.analysis.periods import Reference, find_periods, month_end, read_number, year_period
from tracker.analysis.records import Period

CASES = json.loads((Path(__file__).parent / "cases" / "periods.json").read_text(encoding="utf-8"))


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def reference(case: dict) -> Reference:
    today = date.fromisoformat(case["today"])
    return Reference(today, today.year, case.get("plan_year"), case.get("bare_year"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_time_expressions(case):
    found = [[moment.words, day(moment.period.start), day(moment.period.end)] for moment in find_periods(case["text"], reference(case))]
    assert found == case["expect"], case["why"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_expressions_stand_where_they_say(case):
    for moment in find_periods(case["text"], reference(case)):
        assert case["text"][moment.start : moment.end] == moment.words


def test_a_fifth_of_the_cases_are_negatives():
    assert sum(not case["expect"] for case in CASES) >= len(CASES) / 5


def test_nothing_is_dated_without_a_reference():
    unknown = Reference(None, None)
    for text in ("今年新增3家", "截至目前开工3个", "年底前完成", "上半年增长3%", "9月启用"):
        assert find_periods(text, unknown) == []


def test_a_written_year_needs_no_reference():
    assert find_periods("到2030年实现碳达峰", Reference(None, None))[0].period == Period(None, date(2030, 12, 31))


@pytest.mark.parametrize(("text", "value"), [("12", 12), ("十二", 12), ("两", 2), ("二十", 20), ("一九九八", 1998), ("多", None), ("", None)])
def test_read_number(text, value):
    assert read_number(text) == value


def test_month_end_knows_leap_years():
    assert month_end(2024, 2) == date(2024, 2, 29)
    assert year_period(2024) == Period(date(2024, 1, 1), date(2024, 12, 31))


def test_impossible_days_are_passed_over():
    assert find_periods("2月30日", Reference(date(2023, 3, 1), 2023)) == []
