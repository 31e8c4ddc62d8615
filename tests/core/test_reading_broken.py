"""Every bad input gives its sentence, within the limits, and the next file is read as if nothing had happened."""
from __future__ import annotations

import os
import pickle
import re
import signal
import time
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.reading_samples import broken, makers
from tests.core.test_reading_formats import check_sound
from tracker.reading import DEFAULT, MESSAGES, Limits, ReadingError, read, sandbox

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "READING.md"
CHINESE_SENTENCE = re.compile(r"[^。]*[\u4e00-\u9fff][^。]*。")


@pytest.mark.parametrize("case", broken.BROKEN)
def test_bad_input_gives_its_sentence(case: str) -> None:
    name, make, code = broken.BROKEN[case]
    data = make()
    began = time.monotonic()
    with pytest.raises(ReadingError) as caught:
        read(data, name)
    assert caught.value.code == code
    assert time.monotonic() - began < 10
    assert CHINESE_SENTENCE.fullmatch(caught.value.message) and "原文件已保留" in caught.value.message
    assert CHINESE_SENTENCE.fullmatch(caught.value.advice) and caught.value.advice.startswith(("请", "可以"))
    assert "{" not in str(caught.value)


def test_every_message_is_in_the_guide() -> None:
    guide = GUIDE.read_text("utf-8")
    for code, (happened, advice) in MESSAGES.items():
        for sentence in (happened, advice):
            assert re.sub(r"\{\w+\}", "…", sentence) in guide, code


def test_limits_are_in_the_guide() -> None:
    guide = GUIDE.read_text("utf-8")
    for field in DEFAULT.__dataclass_fields__:
        assert f"`{field}`" in guide, field


def test_error_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(ReadingError("too-many-pages", pages=9, limit=3)))
    assert error.code == "too-many-pages" and "9 页" in error.message


def test_a_reader_that_hangs_is_ended_and_the_next_file_is_read() -> None:
    sandbox.close()
    read(makers.make_docx(), "a.docx")
    child = sandbox._idle[os.getpid(), DEFAULT.memory][-1].process.pid
    os.kill(child, signal.SIGSTOP)
    with pytest.raises(ReadingError) as caught:
        read(makers.make_docx(), "a.docx", limits=Limits(seconds=0.3))
    assert caught.value.code == "too-slow"
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert read(makers.make_docx(), "a.docx").paragraphs


def test_a_reader_that_dies_is_replaced() -> None:
    sandbox.close()
    read(makers.make_docx(), "a.docx")
    os.kill(sandbox._idle[os.getpid(), DEFAULT.memory][-1].process.pid, signal.SIGKILL)
    assert read(makers.make_docx(), "a.docx").paragraphs


def test_memory_of_the_reader_is_bounded() -> None:
    data = makers.make_docx([("body", "学位建设完成情况良好。" * 400_000)])
    small = Limits(memory=80 * 2**20)
    with pytest.raises(ReadingError) as caught:
        read(data, "a.docx", limits=small)
    assert caught.value.code in ("too-much-memory", "crashed")
    assert read(makers.make_docx(), "a.docx").paragraphs


def test_a_million_empty_rows_are_two_rows() -> None:
    text = read(broken.workbook_with_empty_rows(), "空行.xlsx")
    assert [row.cells["progress"] for row in text.rows] == ["已新增1.2万个"]


def test_macros_are_left_out_with_a_note() -> None:
    text = read(broken.docx_with_macros(), "宏.docm")
    assert text.paragraphs and any("宏" in note for note in text.notes)


def test_without_libreoffice_a_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    data = broken.compound(["WordDocument"])
    for name, shown in (("旧.doc", ".doc"), ("旧.wps", ".wps")):
        with pytest.raises(ReadingError) as caught:
            read(data, name)
        assert caught.value.code == "no-office"
        assert shown in caught.value.message and ".docx" in caught.value.advice


def test_without_recognition_a_message_says_what_to_do() -> None:
    from tracker.reading import recognition

    if recognition.RapidOCR is not None:
        pytest.skip("text recognition is installed")
    for data, name in ((broken.png(200, 100), "图.png"), (broken.long_pdf(2), "扫描.pdf")):
        with pytest.raises(ReadingError) as caught:
            read(data, name)
        assert caught.value.code == "no-ocr"


SLOW_FOR_PATTERNS = {
    "open comments": "<p>" + "<!--" * 200_000, "open emphasis": "# 题\n" + "__a " * 200_000, "open links": "# 题\n" + "[" * 300_000,
    "blanks": "# 题\n" + " " * 300_000 + "完", "marks": "# 题\n" + "#" + " " * 200_000 + "#" * 1000 + "x", "stars": "# 题\n" + "**" * 200_000,
    "open tags": "<p>" + "<a " * 200_000, "one line": "完成" * 400_000, "many lines": "完成\n" * 80_000, "entities": "<p>" + "&amp" * 200_000,
    "tabs": "完\t" * 200_000, "digits": "1" * 500_000, "dashes": "# 题\n" + "- " * 100_000 + "x", "quotes": "“" * 300_000, "dates": "2021-08-20\n" * 20_000,
}


@pytest.mark.parametrize("kind", SLOW_FOR_PATTERNS)
def test_text_that_is_slow_for_patterns(kind: str) -> None:
    began = time.process_time()
    try:
        check_sound(read(SLOW_FOR_PATTERNS[kind].encode(), "a.md"))
    except ReadingError as error:
        assert error.code == "blank"
    assert time.process_time() - began < 8


def make_workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in (["责任单位", "目标任务", "目标值"], ["海州市教育局", "新增学位", 12000], ["海州市体育局", "办好赛事", 80]):
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


FUZZED = {
    "a.docx": makers.make_docx(), "a.pdf": makers.make_pdf(), "a.xlsx": make_workbook(), "a.ofd": makers.make_ofd(),
    "a.html": makers.make_html().encode(), "a.eml": makers.make_eml(attachments={"b.docx": b"PK"}),
    "a.mht": makers.make_mht(), "a.txt": makers.make_text().encode("gb18030"), "a.md": makers.make_markdown().encode(),
    "a.zip": makers.make_zip({"a.docx": makers.make_docx()}), "a.doc": broken.compound(["WordDocument"]),
    "a.png": broken.png(60, 40),
}
EDIT = st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 40), st.binary(max_size=40))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(name=st.sampled_from(sorted(set(FUZZED) - {"a.doc"})), edits=st.lists(EDIT, min_size=1, max_size=6), cut=st.floats(0.2, 1.5))
def test_mutated_files_are_read_or_refused(name: str, edits: list[tuple[float, int, bytes]], cut: float) -> None:
    """Bytes replaced, inserted and cut off anywhere: a text that is sound, or a sentence; never anything else."""
    data = bytearray(FUZZED[name])
    for place, length, put in edits:
        at = int(place * len(data))
        data[at : at + length] = put
    try:
        text = read(bytes(data[: int(cut * len(data))]), name, limits=Limits(seconds=20))
    except ReadingError as error:
        assert error.code in MESSAGES and error.code not in ("too-slow",)
    else:
        check_sound(text)


@settings(max_examples=60, deadline=None)
@given(words=st.text(max_size=400))
def test_any_text_is_read_or_blank(words: str) -> None:
    try:
        check_sound(read(words.encode("utf-8", "surrogatepass"), "a.txt"))
    except ReadingError as error:
        assert error.code in ("empty", "blank", "not-text", "binary")
