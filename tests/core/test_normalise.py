"""Folding keeps a way back to every original character; quotes are cut from the original."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.analysis.normalise import fold, join, quote_of
from tracker.analysis.records import Span


@pytest.mark.parametrize(("content", "folded"), [
    ("新增就业１８．５万人", "新增就业18.5万人"),
    ("增长 7.2 %，达到 3 家", "增长7.2%，达到3家"),
    ("支持扩大内\n需政策", "支持扩大内需政策"),
    ("　　全市\u3000生产总值", "全市生产总值"),
    ("**一是**抓项目", "一是抓项目"),
    ("Open AI 公司", "Open AI公司"),
    ("ＰＭ２．５浓度", "PM2.5浓度"),
    ("\ufeff占比５０％", "占比50%"),
    ("", ""),
])
def test_fold(content, folded):
    assert fold(content).text == folded


def test_source_span_covers_the_line_break_and_the_quote_leaves_it_out():
    content = "出台支持扩大内\n需的政策12条。"
    folded = fold(content)
    start = folded.text.index("支持")
    span = folded.source_span(start, start + 8)
    assert content[span.start : span.end] == "支持扩大内\n需的政"
    assert quote_of(content, span) == "支持扩大内需的政"


def test_fold_of_a_part_keeps_the_offsets_of_the_whole():
    content = "第一段。\n第 二 段"
    folded = fold(content, 5)
    assert folded.text == "第二段"
    assert [content[offset] for offset in folded.offsets] == list("第二段")


def test_join_puts_pieces_of_a_sentence_together():
    content = "创新督办\n\n机制"
    joined = join([fold(content, 0, 4), fold(content, 6)])
    assert joined.text == "创新督办机制"
    assert joined.source_span(0, 6) == Span(0, len(content))


def test_quote_without_breaks_is_the_text_itself():
    assert quote_of("全市 GDP 增长", Span(0, 9)) == "全市 GDP 增长"


@given(st.text(alphabet="全市增长7.5%５ \n\t　*“”，。AB", max_size=80))
def test_every_folded_character_has_its_original(content):
    folded = fold(content)
    assert len(folded.text) == len(folded.offsets)
    assert list(folded.offsets) == sorted(set(folded.offsets))
    for character, offset in zip(folded.text, folded.offsets, strict=True):
        assert fold(content[offset]).text in ("", character)
