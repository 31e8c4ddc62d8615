"""The same article in every format gives the same paragraphs, title, issuer and dates."""
from __future__ import annotations

import re

import pytest

from tests.core.reading_samples import article, makers
from tests.shared import SHARED, needs_shared
from tracker.analysis.statements import analyse
from tracker.reading import Text, read

# Wrapped text can show a paragraph's end only by a short last line.
EXACT = [name for name in makers.FORMATS if "wrapped" not in name]


def paragraphs_of(text: Text) -> list[str]:
    return [
        re.sub(r"\s*\n\s*", "", text.content[p.start : p.end])
        for p in text.paragraphs if p.style not in ("noise", "caption", "toc")
    ]


def check_sound(text: Text) -> None:
    """What holds for every text that was read."""
    text.content.encode("utf-8")
    assert "\0" not in text.content and "\r" not in text.content
    end = 0
    for number, paragraph in enumerate(text.paragraphs, 1):
        assert paragraph.number == number
        assert end <= paragraph.start < paragraph.end <= len(text.content)
        words = text.content[paragraph.start : paragraph.end]
        assert words == words.strip()
        end = paragraph.end
    for row in text.rows:
        assert set(row.spans) == set(row.cells)
        assert all(text.content[span.start : span.end] == row.cells[field] for field, span in row.spans.items())


@pytest.mark.parametrize("name", makers.FORMATS)
def test_same_article_in_every_format(name: str) -> None:
    file_name, make = makers.FORMATS[name]
    text = read(make(), file_name)
    check_sound(text)
    if name in EXACT:
        assert paragraphs_of(text) == article.PARAGRAPHS
    assert "".join(paragraphs_of(text)) == "".join(article.PARAGRAPHS)
    assert text.title and text.title.value == article.TITLE
    assert text.issuer and text.issuer.value == "海州市教育体育局"
    assert text.published_on and text.published_on.value == article.DATE
    assert text.period and [fact.value for fact in text.period] == ["2023-01-01", "2023-06-30"]


@pytest.mark.parametrize("name", EXACT)
def test_same_headings_in_every_format(name: str) -> None:
    file_name, make = makers.FORMATS[name]
    levels = [p.level for p in read(make(), file_name).paragraphs if p.style == "heading"]
    assert levels == [1, 2, 3, 3, 2, 2]


@pytest.mark.skipif(not makers.office_installed(), reason="needs LibreOffice")
@pytest.mark.parametrize("ending", makers.OFFICE_FORMATS)
def test_same_article_through_libreoffice(ending: str) -> None:
    text = read(makers.make_by_office(ending), f"总结.{ending}")
    assert text.format == ending
    assert paragraphs_of(text) == article.PARAGRAPHS
    assert statements_in(text) == statements_of("txt utf-8")


@pytest.mark.parametrize("width", [20, 26, 34, 38, 45])
def test_wrapped_lines_are_put_together(width: int) -> None:
    text = read(makers.make_wrapped_text(width).encode(), "总结.txt")
    found = paragraphs_of(text)
    assert "".join(found) == "".join(article.PARAGRAPHS)
    assert [p for p in found if p in article.PARAGRAPHS] == found or len(found) >= len(article.PARAGRAPHS) - 2
    broken = [p for p in found if p[-1] not in "。：" and p not in article.PARAGRAPHS]
    assert not broken


def test_content_of_a_text_file_is_the_file() -> None:
    source = makers.make_wrapped_text(26)
    assert read(source.encode("gb18030"), "a.txt").content == source


def test_wrong_ending_does_not_matter() -> None:
    assert read(makers.make_docx(), "总结.doc").format == "docx"
    assert read(makers.make_pdf(), "总结.txt").format == "pdf"
    assert read(makers.make_text().encode(), "总结.docx").format == "txt"
    assert read(makers.make_html().encode(), "总结.txt").format == "html"
    assert read(makers.make_xlsx_text(), "总结").format == "xlsx"


ENCODED = [
    ("utf-8", "完成学位建设12个，同比增长3.5%。"),
    ("utf-8-sig", "完成学位建设12个。"),
    ("gb18030", "完成12个。"),
    ("gbk", "全年目标任务已完成㎡"),
    ("utf-16", "完成学位建设12个。"),
    ("utf-16-le", "完成学位建设12个。\n第二行。"),
    ("utf-16-be", "完成学位建设12个。\n第二行。"),
    ("utf-32", "完成学位建设12个。"),
    ("big5", "全市新增就業人數達到一萬二千人，完成年度目標的百分之六十。"),
    ("utf-8", "ASCII only, 12 items done."),
]


@pytest.mark.parametrize(("encoding", "words"), ENCODED)
def test_encodings(encoding: str, words: str) -> None:
    assert read(words.encode(encoding), "a.txt").content == words


def test_text_cut_inside_a_character_is_still_utf8() -> None:
    assert read("完成学位建设".encode()[:-1], "a.txt").content == "完成学位建"


def test_nuls_and_control_characters_are_left_out_with_a_note() -> None:
    text = read("完成\x00学位\x07建设12\x1b个。".encode(), "a.txt")
    assert text.content == "完成学位建设12个。"
    assert any("无法显示" in note for note in text.notes)


def test_lone_surrogates_are_left_out() -> None:
    data = "完成".encode("utf-16-le") + b"\x3d\xd8" + "12个。".encode("utf-16-le")
    text = read(b"\xff\xfe" + data, "a.txt")
    check_sound(text)
    assert "12个" in text.content


def test_a_pdf_drops_running_heads_and_page_numbers() -> None:
    text = read(makers.make_pdf(repeat=6), "总结.pdf")
    check_sound(text)
    found = paragraphs_of(text)
    assert found == article.PARAGRAPHS * 6
    assert [p.page for p in text.paragraphs] == sorted(p.page or 0 for p in text.paragraphs)
    assert max(p.page or 0 for p in text.paragraphs) > 3


@needs_shared
@pytest.mark.shared
def test_shared_documents_read_as_they_are() -> None:
    """Every character of the article stands in the file, tags and white space left out."""
    for path in sorted((SHARED / "documents").iterdir()):
        data = path.read_bytes()
        text = read(data, path.name)
        check_sound(text)
        source = re.sub(r"\s|<[^>]*>|\*\*|^#+ ", "", data.decode("utf-8"), flags=re.MULTILINE)
        place = 0
        for paragraph in paragraphs_of(text):
            words = re.sub(r"\s", "", paragraph)
            found = source.find(words, place)
            assert found >= 0, (path.name, paragraph[:40])
            place = found + len(words)
        assert text.published_on, path.name


def statements_of(name: str) -> list[tuple[object, ...]]:
    file_name, make = makers.FORMATS[name]
    return statements_in(read(make(), file_name))


def statements_in(text: Text) -> list[tuple[object, ...]]:
    found = analyse(text)
    for statement in found:
        words = text.content[statement.span.start : statement.span.end]
        assert re.sub(r"\s*\n\s*", "", words) == statement.quote
    return [
        (s.kind, s.organisation, s.quote, s.indicator, s.quantity, s.measure, s.period, s.owner) for s in found
    ]


@pytest.mark.parametrize("name", list(makers.FORMATS)[1:])
def test_same_statements_in_every_format(name: str) -> None:
    expected = statements_of("txt utf-8")
    assert len(expected) > 15
    assert statements_of(name) == expected
