"""Qualitative goals and results: named things that can be checked. The cases are data; slogans give nothing."""
import json
from pathlib import Path

import pytest

from tracker.analysis.commitments import find_achievements, find_announcements, find_commitments, split_clauses

CASES = json.loads((Path(__file__).parent / "cases" / "commitments.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_commitments_of_a_planning_sentence(case):
    acts = find_commitments(case["text"])
    assert [[case["text"][act.start : act.end], act.object] for act in acts] == case["expect"], case["why"]
    assert all(act.reason for act in acts)


def test_a_fifth_of_the_cases_are_negatives():
    assert sum(not case["expect"] for case in CASES) >= len(CASES) / 5


@pytest.mark.parametrize(("sentence", "clauses"), [
    ("甲，乙；丙", ["甲", "乙", "丙"]),
    ("办好“山，海”节，建馆", ["办好“山，海”节", "建馆"]),
    ("（甲，乙）丙，丁", ["（甲，乙）丙", "丁"]),
    ("没有逗号", ["没有逗号"]),
    ("", []),
])
def test_clauses_keep_quotations_whole(sentence, clauses):
    assert [sentence[start:end] for start, end in split_clauses(sentence)] == clauses


def test_a_quotation_that_never_closes_does_not_swallow_the_sentence():
    sentence = "办好“山海节，" + "修建泵站，" * 40
    assert len(split_clauses(sentence)) > 10


@pytest.mark.parametrize(("sentence", "found"), [
    ("北湾大桥建成通车，各项工作取得明显成效", ["北湾大桥建成通车"]),
    ("出台养老服务条例", ["出台养老服务条例"]),
    ("公共充电桩建设扎实推进，取得积极成效", ["公共充电桩建设扎实推进"]),
    ("干部作风明显增强", []),
    ("各项工作有序推进", []),
])
def test_achievements(sentence, found):
    assert [sentence[act.start : act.end] for act in find_achievements(sentence)] == found


@pytest.mark.parametrize(("sentence", "found"), [
    ("东站主体已经封顶，计划年底前投入使用", ["东站主体已经封顶，计划年底前投入使用"]),
    ("新药研发中心即将挂牌", ["新药研发中心即将挂牌"]),
    ("北湾大桥建成通车", []),
])
def test_announcements_inside_a_report(sentence, found):
    assert [sentence[act.start : act.end] for act in find_announcements(sentence)] == found


@pytest.mark.parametrize("sentence", [
    "加快北湾泵站、东河泵站项目，南岭水厂等项目建设，出台养老服务条例",
    "优质服务群众，北湾泵站配套工程，南岭水厂配套工程",
    "新建北湾泵站，东河泵站配套工程，南岭水厂配套工程，西山环线工程",
])
def test_a_clause_that_a_figure_speaks_for_is_not_read_but_its_list_goes_on(sentence):
    for find in (find_commitments, find_achievements):
        for taken in split_clauses(sentence):
            low, high = taken
            assert find(sentence, [taken]) == [act for act in find(sentence) if act.end <= low or high <= act.start]
