"""Goal, result or neither. The cases are data, a fifth of them neither."""
import json
from datetime import date
from pathlib import Path

import pytest

from tracker.analysis.modality import clause_at, decide, decide_planned_act, looks_ahead

CASES = json.loads((Path(__file__).parent / "cases" / "modality.json").read_text(encoding="utf-8"))


def verdict(case: dict):
    text = case["text"]
    at = text.index(case["mark"])
    clause = clause_at(text, 0, at, at + len(case["mark"]))
    return decide(clause, case["role"], period_end=None, today=date(2023, 7, 20), closed=case.get("closed", False))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"] + case["role"])
def test_kind_of_a_figure(case):
    assert verdict(case).kind == case["expect"], case["why"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"] + case["role"])
def test_every_verdict_has_a_reason(case):
    assert verdict(case).reason


def test_a_fifth_of_the_cases_are_negatives():
    assert sum(case["expect"] is None for case in CASES) >= len(CASES) / 5


def test_a_date_after_the_publication_makes_a_goal():
    text = "到2030年新建泵站5座"
    at = text.index("5座")
    clause = clause_at(text, 0, at, at + 2)
    assert decide(clause, "report", period_end=date(2030, 12, 31), today=date(2023, 7, 20), closed=False).kind == "goal"


def test_a_clause_runs_from_break_to_break():
    text = "上半年，新建泵站5座，改造水闸3座。"
    at = text.index("3座")
    clause = clause_at(text, at, at, at + 2)
    assert (clause.before, clause.after) == ("改造水闸", "3座")


@pytest.mark.parametrize(("sentence", "ahead"), [
    ("新的一年，市水利局将持续发力，修建泵站。", True), ("要切实抓好防汛。", True), ("市水利局修建泵站5座。", False),
    ("重要水源地全部达标。", False), ("已将12家单位纳入管理。", False)])
def test_looks_ahead(sentence, ahead):
    assert looks_ahead(sentence) is ahead


@pytest.mark.parametrize(("words", "kind"), [("加快泵站建设", "goal"), ("泵站已开工建设", "result"), ("推进已批复项目建设", "goal")])
def test_a_planned_act(words, kind):
    assert decide_planned_act(words).kind == kind
