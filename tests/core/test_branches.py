"""Narrowed alternations find what the whole alternation finds, on patterns with every kind of edge they may have."""
from __future__ import annotations

import re

import pytest

from tracker.analysis.branches import Branches, EdgeSigns, Endings, Openings, edge_signs
from tracker.analysis.phrases import read_phrase
from tracker.analysis.quantities import _BEFORE
from tracker.analysis.vocabulary import Vocabulary, alternation, patterns

PATTERNS = (r"(?<=第)\d+届", r"\d{4}年(?:度)?", r"(?:约|近)?\d+(?:\.\d+)?万?元", r"[一二三]+(?=成)", r"上(?!海)半年", r"(?P<rank>首|榜首)位?",
            r"\d{1,2}\s?月(?:底|末)?", r"\d+(?:个|家)(?=企业)", r"[一二三]{1,3}[至到][一二三]季度", r"\d+[^，]次", r"\d{2}(?:,\d{3})*亩")
TEXTS = ("9月末23 月1１月，12家企业与1,250个企业，35,000亩", "一至二季度三到四季度3万次", "1" * 60 + "元3月" + "二" * 40 + "成", "第12届展会2031年度投入约3.5万元",
         "上海2031年上半年三成企业近9元", "居榜首位，首位度提高", "２０３１年", "十二届")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("alike", [(), ("0123456789", "一二三")])
@pytest.mark.parametrize("guarded", [False, True])
def test_branches_find_what_the_alternation_finds(text: str, alike: tuple[str, ...], guarded: bool) -> None:
    whole = re.compile("|".join(PATTERNS))
    found = Branches(PATTERNS, alike=alike, guarded=guarded).find(text)
    assert [(match.span(), match.lastgroup) for match in found] == [(match.span(), match.lastgroup) for match in whole.finditer(text)]


def test_the_first_branch_counts() -> None:
    assert [match[0] for match in Branches(("新增", "新增加", "新")).find("新增加新")] == ["新增", "新"]


@pytest.mark.parametrize("phrase", ["粮食总产量达到", "规模以上工业增加值同比增长 ", "接待游客", "", "两年平均增长", "收入为", "全省共有", "人均"])
def test_endings_find_what_the_alternation_finds(phrase: str) -> None:
    words = patterns(Vocabulary.default().predicates)
    whole = re.compile(rf"(?:{'|'.join(words)})\s*$")
    for start in range(len(phrase) + 1):
        found, expected = Endings(words).search(phrase, start), whole.search(phrase, start)
        assert (found and found.span()) == (expected and expected.span())


def test_signs_at_the_end() -> None:
    signs = EdgeSigns(_BEFORE.pattern, last=True)
    assert all(signs[sign] for sign in "于过约足 \t")
    assert not any(signs[sign] for sign in ("市", "不", ""))


@pytest.mark.parametrize("pattern", ["(?:约)?", "[^，]元", ".元", r"\w+"])
def test_signs_of_what_may_begin_with_anything_cannot_be_told(pattern: str) -> None:
    with pytest.raises(ValueError):
        edge_signs(pattern)


def test_a_repeat_may_be_left_out() -> None:
    assert edge_signs("(?:约|近)?(?<!不)超").single == set("约近超")
    assert edge_signs("超过?(?!半)", last=True).single == set("超过")


@pytest.mark.parametrize("words", [("市", "市场", "市场主体", "市民", "区"), ("个", "个百分点", "家（户）"), ("a.b", "a", "ab")])
def test_shared_beginnings_are_written_once_and_the_longest_word_wins(words: tuple[str, ...]) -> None:
    flat = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
    text = "市场主体与市民在市区，市场；3个百分点、5个家（户）aba.ba"
    assert re.findall(alternation(words), text) == flat.findall(text)


def test_a_pattern_whose_edge_cannot_be_told_is_tried_everywhere() -> None:
    words = (r".{2}口径", "共", "[^，]约?")
    assert Endings(words).search("收入按可比口径").span() == (3, 7)
    assert Openings((r".批次", "的?", "共")).match("三批次设备")[0] == "三批次"
    assert [match[0] for match in Branches((r"[^，]届", "共")).find("共三届，六届")] == ["共", "三届", "六届"]


def test_an_ending_of_nothing_is_none() -> None:
    assert Endings(("的?",)).search("收入") is None


def test_an_administrators_patterns_may_begin_and_end_with_anything() -> None:
    words = Vocabulary.default().extended({"openers": [".口径下"], "predicates": ["达到.", "的?"]})
    assert read_phrase("新口径下外贸收入达到了", words).name == "外贸收入"
