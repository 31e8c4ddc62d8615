"""Parts, headings, roles, sentences. A line of a case is a paragraph of a text."""
import json
from datetime import date
from pathlib import Path

import pytest

from tracker.analysis.normalise import fold
from tracker.analysis.outline import (
    Section,
    Sentence,
    numbered_level,
    read_outline,
    split_sentences,
)
from tracker.analysis.records import Paragraph, Text
from tracker.analysis.roles import heading_role, lead_role

CASES = json.loads((Path(__file__).parent / "cases" / "outline.json").read_text(encoding="utf-8"))


def text_of(lines: list[str], styles: dict[int, str] | None = None) -> Text:
    content, paragraphs = "", []
    for number, line in enumerate(lines):
        style = (styles or {}).get(number, "body")
        paragraphs.append(Paragraph(len(content), len(content) + len(line), number + 1, style=style))
        content += line + "\n"
    return Text(content, tuple(paragraphs), "txt")


def sentences(lines: list[str], forward: bool = False, title: str = "", plan_year: int | None = None,
              styles: dict[int, str] | None = None) -> list[Sentence]:
    start = Section(role="report", title=title)
    return list(read_outline(text_of(lines, styles), start, plan_year, forward=forward))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_roles(case):
    headings = {at: "heading" for at, line in enumerate(case["lines"]) if line[-1] not in "。：" and len(line) < 20 and case["kind"] == "government"}
    found = sentences(case["lines"], case["kind"] == "government", case.get("title", ""), 2023, headings)
    assert [sentence.section.role for sentence in found] == case["roles"], case["why"]


def test_a_fifth_of_the_cases_are_negatives():
    assert sum(set(case["roles"]) <= {"skip"} for case in CASES) >= len(CASES) / 5


def test_parts_of_departments_with_their_own_dates():
    found = sentences(["烟台市水利局2023年上半年工作总结", "2023-07-20", "新建水闸5座。", "烟台市体育局2023年上半年工作总结", "2023-08-02", "办赛3场。"])
    assert [(s.section.organisation, s.section.published_on, s.section.part) for s in found] == [
        ("烟台市水利局", date(2023, 7, 20), 1), ("烟台市体育局", date(2023, 8, 2), 2)]


def test_lines_of_a_table_of_contents_open_no_part():
    found = sentences(["烟台市水利局2023年上半年工作总结 5", "烟台市体育局2023年上半年工作总结......13", "办赛3场。"])
    assert {s.section.part for s in found} == {0}


def test_hard_wrapped_lines_are_one_sentence():
    found = sentences(["今年以来，全市坚持节水优先，出台支持扩大内", "需的政策12条，新建水闸5座。"])
    assert [s.text for s in found] == ["今年以来，全市坚持节水优先，出台支持扩大内需的政策12条，新建水闸5座。"]


def test_a_heading_is_not_joined_with_what_follows():
    found = sentences(["一是抓项目，一是抓投资", "二是抓招商，新建园区5个。"])
    assert len(found) == 2


def test_a_headline_that_runs_into_the_paragraph_before_it_is_cut_off():
    content = "改革创新不断深化，发展活力持续增强——\n\n东岭新区:打造“新引擎”"
    text = Text(content + "\n新建园区5个。", (Paragraph(0, len(content), 1), Paragraph(len(content) + 1, len(content) + 8, 2)), "txt")
    found = list(read_outline(text, Section(role="report")))
    assert [s.section.organisation for s in found] == ["", "东岭新区"]


def test_sentences_keep_closing_marks():
    assert [s.text for s in split_sentences(fold("他说：“要快。”我们要稳！好"))] == ["他说：“要快。”", "我们要稳！", "好"]


def test_an_endless_sentence_is_cut_in_pieces_that_add_up():
    endless = "新建园区5个，" * 3000
    pieces = list(split_sentences(fold(endless)))
    assert "".join(piece.text for piece in pieces) == endless
    assert max(len(piece.text) for piece in pieces) <= 1201


@pytest.mark.parametrize(("heading", "role"), [
    ("一、2022年工作回顾", "report"), ("三、2023年重点工作安排", "plan"), ("存在的问题及下一步打算", "problems"),
    ("名词解释", "skip"), ("指导思想和奋斗目标", "plan"), ("年终盘点：军令状兑现了多少", "report"), ("（三）农业农村", None)])
def test_heading_role(heading, role):
    assert heading_role(heading) == role


def test_a_bare_year_in_a_heading_says_plan_or_report():
    assert heading_role("关于2023年的政府工作", 2023) == "plan"
    assert heading_role("关于2022年的政府工作", 2023) == "report"


@pytest.mark.parametrize(("sentence", "current", "role"), [
    ("下半年，我们将加快建设。", "report", "plan"),
    ("今年经济社会发展的主要预期目标是：增长6%。", "report", "plan"),
    ("我们也清醒地看到，不少矛盾还没有解决。", "report", "problems"),
    ("面临的困难还有不少。", "plan", None),
    ("全市新建园区5个。", "report", None)])
def test_lead_role(sentence, current, role):
    assert lead_role(sentence, current) == role


@pytest.mark.parametrize(("line", "level"), [("一、总体要求", 1), ("（二）农业", 2), ("3.工业", 3), ("3.5亿元", None), ("第四章 保障", 1)])
def test_numbered_level(line, level):
    assert numbered_level(line) == level
