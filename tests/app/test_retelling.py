"""Stored sentences in English: what the core and the services write is told by its templates, what they quote is kept."""

from __future__ import annotations

import re
from datetime import date
from itertools import chain
from pathlib import Path

import pytest
from django.utils import translation

from reports import sentences as of_reports
from tests import factories
from tracker import sentences
from tracker.analysis.statements import analyse
from tracker.matching.items import Item
from tracker.matching.linking import link_statements
from tracker.reading import read
from tracker.reading.errors import MESSAGES, ReadingError
from tracker.retelling import HAN, tell, tell_marked
from tracker.services import corrections
from tracker.services.corrections import CorrectionError

EXAMPLES = Path(__file__).resolve().parents[2] / "tracker" / "examples"
CASES = [
    ("指标同义：公办学位＝全市公办学位", "Indicators of one meaning: 公办学位 = 全市公办学位"),
    ("2024年1—6月在目标期内", "Within the goal's period: months 1–6 of 2024"),
    ("2024-08-01公布正到完成期限", "Up to the deadline: published on 2024-08-01"),
    (
        "目标是数额，结果是增幅，只能算进展",
        "The goal is of the kind “amount”, the result “growth”: it counts as progress only",
    ),
    (
        "45/60 = 75.0%，序时 50.0%，超序时 25.0 个百分点（完成值自2024-01-01起累计，序时从这一天算）",
        "45/60 = 75.0%, time share 50.0%, 25.0 points ahead of the time share "
        "(the figure is counted from 2024-01-01 on, and so is the time share)",
    ),
    (
        "12/30 = 40.0%，序时 50.0%，落后序时 10.0 个百分点；2024-12-31到期，尚未达到",
        "12/30 = 40.0%, time share 50.0%, 10.0 points behind the time share; due on 2024-12-31, not yet reached",
    ),
    (
        "实际6.2%，目标不低于7%，低于目标0.8个百分点，未达到目标（不按时间折算）",
        "Actual 6.2%, target at least 7%, 0.8 points below the target, target not reached (not scaled by time)",
    ),
    ("100/80 = 125.0%（分段累加：40＋60 = 100）", "100/80 = 125.0% (added up by stretches: 40 + 60 = 100)"),
    ("差+2.5个百分点，不低于0，亮绿灯", "Gap +2.5 points, not below 0, green light"),
    ("核定：市长会议定", "Decided: 市长会议定"),
    (
        "其后3份报告都没有提到，没有找到“养老床位”的完成情况；查了望海市民政局《上半年总结，节选》（2024-07-10）共1份，4条完成情况，查到2024-07-31为止",
        "Not mentioned in any later report (3), and no result was found for “养老床位”; documents searched: 1, "
        "results in them: 4, up to 2024-07-31: 望海市民政局《上半年总结，节选》（2024-07-10）",
    ),
    (
        "缺少指标、责任人。建议：写明考核的是什么（如“城镇新增就业”），不只写“相关工作”；写明责任人姓名",
        "Missing: indicator, owner. Advice: say what is measured (such as new urban jobs), not only “related work”; "
        "name the person responsible",
    ),
    (
        "2024-01-10《工作要点》：“新建泵站6座”→2024-08-01《调整通知》：“新建泵站4座”。目标值由6座变为4座；期限由2024-10-31变为2024-12-31",
        "2024-01-10 《工作要点》: “新建泵站6座” → 2024-08-01 《调整通知》: “新建泵站4座”: target changed from 6座 to 4座; "
        "deadline changed from 2024-10-31 to 2024-12-31",
    ),
    ("修改目标“新建泵站”：数值 6 → 4，责任人 空 → 陈海", "Edited goal “新建泵站”: value 6 → 4, owner empty → 陈海"),
    (
        "“计划.docx”有 62 MB，超过上限 50 MB，没有导入。请拆分或压缩后再上传。",
        "“计划.docx” has 62 MB, more than the limit of 50 MB, and was not taken in. Split or compress it and upload it again.",
    ),
    (
        "“计划.exe”的类型（.exe）不能读取，没有导入。可以上传 Word、WPS、PDF、Excel、OFD、网页、文本、图片或 zip 压缩包。",
        "“计划.exe” is of a type (.exe) that cannot be read and was not taken in. Word, WPS, PDF, Excel, OFD, web pages, text, images and "
        "zip archives can be uploaded.",
    ),
    ("撤销：采纳完成情况“新建泵站”", "Undone: accepted result “新建泵站”"),
    ("关账：截至2024-07-31，12项目标（第2版）", "Closed the month: as of 2024-07-31, goals: 12 (version 2)"),
]
# a person's own words, and sentences that only begin as one of ours
OTHERS = ["请抓紧落实", "同一单位？", "指标在数前后", "45/60 = 75.0%，请核对", "修改目标书"]


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(("stored", "told"), CASES)
def test_a_stored_sentence_is_told_in_english(stored, told):
    assert tell(stored) == told


@pytest.mark.parametrize("sentence", OTHERS)
def test_a_sentence_of_nobodys_making_stays_and_says_that_it_is_chinese(sentence):
    assert tell(sentence) == sentence
    assert tell_marked(sentence) == f'<span lang="zh-Hans">{sentence}</span>'


def test_in_chinese_it_stays_as_it_was_written():
    with translation.override("zh-hans"):
        for stored, _ in CASES:
            assert tell(stored) == stored == str(tell_marked(stored))


def test_what_is_quoted_is_marked_and_escaped():
    assert tell_marked("指标相同：<b>泵站") == 'Same indicator: <span lang="zh-Hans">&lt;b&gt;泵站</span>'
    assert tell_marked("表格“<b>”第2行“数”一栏") == 'Table “&lt;b&gt;”, row 2, column “<span lang="zh-Hans">数</span>”'


def test_all_that_is_said_of_the_examples_is_told():
    items = []
    for path in sorted(EXAMPLES.iterdir()):
        if path.is_file() and not path.name.startswith((".", "README")):
            text = read(path.read_bytes(), path.name)
            items += [Item(f"{path.name}#{n}", one, path.name, None, n) for n, one in enumerate(analyse(text))]
    links = link_statements(*([item for item in items if item.statement.kind == kind] for kind in ("goal", "result")))
    said = set(
        chain(*(item.statement.reasons for item in items), *((*link.reasons, *link.objections) for link in links))
    )
    assert len(said) > 50
    assert [sentence for sentence in said if tell(sentence) == sentence and HAN.search(sentence)] == []


@pytest.mark.parametrize("code", MESSAGES)
def test_why_a_file_could_not_be_read_is_told(code):
    names = ("size", "limit", "pages", "count", "width", "height", "seconds")
    error = ReadingError(code, **dict.fromkeys(names, 7), ending="doc", what="音频", name="../a", format="wps")
    for sentence in (error.message, error.advice):
        assert not HAN.search(tell(sentence).replace("音频", ""))


def test_templates_keep_their_places_apart():
    """Two places that touch could not be told apart, unless the kind of one says where it ends."""
    touching = [
        text
        for text in (*sentences.TEMPLATES, *of_reports.TEMPLATES)
        if re.search(r"\)s%\((name|quote|sentence)", text)
    ]
    assert all(re.search(r"%\(day2?\)s%\(name", text) for text in touching)


def test_a_refusal_is_said_in_the_reader_s_language(db):
    goal = factories.goal()
    with pytest.raises(CorrectionError, match="An extension needs a reason"):
        corrections.extend_deadline(goal, date(2025, 6, 30), user=None, reason="")
    with translation.override("zh-hans"), pytest.raises(CorrectionError, match="延期要写明理由"):
        corrections.extend_deadline(goal, date(2025, 6, 30), user=None, reason="")
