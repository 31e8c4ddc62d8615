"""Sentence → figures. The cases are data: own sentences in the genre's shapes, a fifth of them without any figure."""
import json
from pathlib import Path

import pytest

from tracker.analysis.figures import Carried, Figure, read_figures
from tracker.analysis.vocabulary import Vocabulary

CASES = json.loads((Path(__file__).parent / "cases" / "figures.json").read_text(encoding="utf-8"))


def shown(figure: Figure) -> list[str]:
    quantity = figure.quantity
    value = str(quantity.value) + (f"-{quantity.maximum}" if quantity.maximum else "")
    return [figure.indicator, value, quantity.unit, quantity.comparator, figure.measure]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:24])
def test_figures_of_a_sentence(case):
    figures = [figure for figure in read_figures(case["text"], role=case["role"]) if not figure.naming]
    assert [shown(figure) for figure in figures] == case["expect"], case["why"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:24])
def test_quote_holds_the_number_and_every_decision_has_a_reason(case):
    for figure in read_figures(case["text"], role=case["role"]):
        assert figure.start <= figure.at < figure.end <= len(case["text"])
        assert figure.reasons and all(figure.reasons)


def test_a_fifth_of_the_cases_are_negatives():
    assert sum(not case["expect"] for case in CASES) >= len(CASES) / 5


def test_two_runs_agree():
    text = "".join(case["text"] + "；" for case in CASES)
    assert read_figures(text) == read_figures(text)


def test_subject_of_the_sentence_before_is_carried():
    figures = read_figures("同比增长5.2%", carried=Carried("社会用电量"))
    assert [figure.indicator for figure in figures] == ["社会用电量"]


def test_without_any_subject_the_indicator_is_empty():
    assert [figure.indicator for figure in read_figures("同比增长5.2%")] == [""]


def test_items_of_a_list_are_quoted_up_to_their_own_number():
    text = "新建公园55处、绿道130公里"
    assert [text[figure.start:figure.end] for figure in read_figures(text)] == ["新建公园55处", text]


def test_a_respectively_clause_is_quoted_whole():
    text = "今年，出口、进口分别增长8%、3%"
    assert {text[figure.start:figure.end] for figure in read_figures(text)} == {"出口、进口分别增长8%、3%"}


def test_a_plan_pushes_what_a_report_counts():
    text = "支持30个重大项目建设"
    assert [figure.naming for figure in read_figures(text, role="plan")] == [True]
    assert [figure.naming for figure in read_figures(text, role="report")] == [False]


def test_figures_of_other_bodies_carry_their_scope():
    assert [figure.scope for figure in read_figures("全国增长6%，全市工业投资增长9%")] == ["全国", None]


def test_unit_of_an_administrator_is_read():
    text = "存栏绒山羊12万羊只位"
    more = Vocabulary.default().extended({"units": ["羊只位"]})
    assert [figure.quantity.unit for figure in read_figures(text, vocabulary=more)] == ["万羊只位"]


def test_cost_is_linear_without_sentence_ends():
    figures = read_figures("新建泵站3座，清淤河道12公里，" * 2000)
    assert len(figures) == 4000


@pytest.mark.parametrize("unit", ["一二三四五六", "推进“", "（其中，", "第一", "百千万亿", "由5%", "建成A、", "增长5%和"])
def test_any_run_of_signs_is_read_in_linear_time(unit):
    # an unbounded repetition in a pattern would not come back from this
    assert read_figures(unit * 1500) == read_figures(unit * 1500)
