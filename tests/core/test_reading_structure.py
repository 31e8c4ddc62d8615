"""Lines into paragraphs: headings, tables of contents, furniture, broken lines; cases as data, own sentences."""
from __future__ import annotations

import pytest

from tracker.analysis.records import Text
from tracker.reading import read


def read_lines(*lines: str) -> Text:
    return read("\n".join(lines).encode(), "a.txt")


def styles(*lines: str) -> list[tuple[str, int | None]]:
    return [(p.style, p.level) for p in read_lines(*lines).paragraphs]


RUNNING = "今年以来，全市水利系统坚持系统治理，扎实推进水网建设，完成投资12.6亿元，各项任务按序时推进。"

HEADINGS = [
    ("一、上半年主要工作", 2, "Chinese number with a comma"),
    ("（一）重点工程提速推进", 3, "in brackets"),
    ("(二)河湖治理成效明显", 3, "in half-width brackets"),
    ("1.水网骨干工程", 4, "Arabic number"),
    ("２、农村供水", 4, "full-width digit"),
    ("（1）水库除险", 5, "Arabic number in brackets"),
    ("第一部分 工作回顾", 1, "part"),
    ("海州市水利局2023年上半年工作总结", 1, "a department's title"),
    ("海州市水利局", 1, "a body's name alone"),
    ("海州市卫生健康委员会：", 1, "a body's name with a colon"),
    ("防汛备汛 有力有序", None, "two phrases, no number"),
    ("聚力打造安澜水网——", None, "ends in a dash"),
    ("市水利局局长李明远:", None, "a speaker"),
]
NOT_HEADINGS = [
    ("一是加快项目建设。全年开工水利项目30个。", "a numbered sentence"),
    ("1.新建水库3座，除险加固水库12座。", "a numbered goal"),
    ("（三）坚持建管并重。落实管护资金2.3亿元，管护率达到95%。", "run-in heading"),
    ("12345热线受理来电来信39万件", "a line that gives a figure"),
    ("2.6亿元投资全部到位", "a decimal, not a number of a list"),
    ("2023-07-12", "a date"),
    ("各位代表：", "an address"),
    ("一、全市水利系统认真落实省委、省政府决策部署，聚焦水网建设、防汛减灾、农村供水等重点，统筹推进各项工作取得新成效", "too long"),
    ("强化责任落实，", "ends in a comma"),
]


@pytest.mark.parametrize(("line", "level", "why"), HEADINGS)
def test_headings(line: str, level: int | None, why: str) -> None:
    assert styles("标题行", line, RUNNING)[1] == ("heading", level), why


@pytest.mark.parametrize(("line", "why"), NOT_HEADINGS)
def test_not_headings(line: str, why: str) -> None:
    assert styles(RUNNING, line, RUNNING)[1][0] != "heading", why


FURNITURE = [
    "打开APP", "责任编辑：李小红", "□海州日报记者 张三 李四", "全媒体记者王小明", "通讯员赵某某钱某某", "（文章来源：海州日报）",
    "海州日报2023年7月12日3版", "相关阅读", "首页 | 登录 | 注册", "当前位置：首页 > 政务公开", "浏览次数：1024", "— 3 —", "第3页 共12页",
    "主编 张三 美编 李四 审读 王五", "扫一扫在手机打开当前页", "版权所有：海州市人民政府", "http://www.example.gov.cn/a.html", "【字体：大 中 小】",
]
NOT_FURNITURE = [
    "编辑部开展主题活动12场，参与群众3000人次。", "记者从市水利局获悉，全市新建水库3座。", "首页信息公开专栏访问量突破百万。",
    "相关阅读活动覆盖学校120所，受益学生5万人。", "来源于中央资金的投资占比达到42%。", "客户端用户突破50万户。", "主办各类赛事37场。",
]


@pytest.mark.parametrize("line", FURNITURE)
def test_furniture_is_left_out(line: str) -> None:
    assert styles(RUNNING, line, RUNNING)[1][0] in ("noise", "caption")


@pytest.mark.parametrize("line", NOT_FURNITURE)
def test_not_furniture(line: str) -> None:
    assert styles(RUNNING, line, RUNNING)[1][0] == "body"


@pytest.mark.parametrize("line", ["图为水库除险加固现场。", "▲海州水网俯瞰图", "海州湾水库鸟瞰。", "水厂建设现场（王小明 摄）", "图1 水网布局"])
def test_captions(line: str) -> None:
    assert styles(RUNNING, line, RUNNING)[1][0] == "caption"


def test_contents_with_page_numbers() -> None:
    found = styles("目录", "海州市水利局上半年工作总结 1", "海州市体育局上半年工作总结 7", "海州市教育局上半年工作总结 15", "海州市水利局上半年工作总结", RUNNING)
    assert found == [("toc", None)] * 4 + [("heading", 1), ("body", None)]


def test_contents_with_leaders_and_without_the_word() -> None:
    found = styles("一、工作回顾………………1", "二、存在问题…………4", "三、下步打算…………6", "一、工作回顾", RUNNING)
    assert [style for style, _ in found] == ["toc", "toc", "toc", "heading", "body"]


def test_contents_without_page_numbers() -> None:
    found = styles("目 录", "一、工作回顾", "二、下步打算", "一、工作回顾", RUNNING, "二、下步打算", RUNNING)
    assert [style for style, _ in found] == ["toc", "toc", "toc", "heading", "body", "heading", "body"]


def test_figures_at_line_ends_are_no_contents() -> None:
    found = styles("新建水库 12", "除险加固水库 7", "治理河道 31")
    assert all(style != "toc" for style, _ in found)


def test_dates_of_a_list_page_are_noise_and_a_single_date_is_not() -> None:
    assert [style for style, _ in styles("2023-07-12", "2023-07-13", "2023-08-01", "海州市水利局", "2023-07-12", RUNNING)] == [
        "noise", "noise", "noise", "heading", "body", "body"
    ]


def joined(*lines: str) -> list[str]:
    text = read_lines(*lines)
    return [text.content[p.start : p.end] for p in text.paragraphs]


LONG = "市水利局坚持建管并重，落实管护资金，完善管护机制，全市水利工程运行安全平稳，农村规模化供水工程覆盖人口比例达"
JOINS = [
    ((LONG, "到82%。"), 1, "a page break in mid-sentence"),
    ((LONG, "", "到82%，全部达标。"), 1, "a page break with an empty line"),
    ((LONG + "到82%。", "全年新建水库3座。"), 2, "a full stop ends the paragraph"),
    (("一、工作回顾", RUNNING), 2, "a heading is not glued to the text"),
    ((LONG, "二是加快建设。"), 2, "a numbered item begins a paragraph"),
    ((LONG, "　　全年新建水库3座。"), 2, "an indent begins a paragraph"),
    (("新建水库3座，除险加固12座，", "治理河道31公里。"), 1, "a comma goes on"),
    ((RUNNING, "；农村供水稳定。"), 1, "a mark that cannot begin a line"),
    (("水网建设提速", "防汛有力有序", RUNNING), 3, "two headlines"),
    (("市水利局:", RUNNING), 2, "a colon"),
]


@pytest.mark.parametrize(("lines", "count", "why"), JOINS)
def test_joining(lines: tuple[str, ...], count: int, why: str) -> None:
    assert len(joined(*lines)) == count, why


def test_hard_wrapped_stretch_inside_tags() -> None:
    body = "热线不断健全督办机制灵活运用督办手段，强化月通报制度，发挥联动督办作用，定期通报典型案例，深化协同监督，提高群众满意度。"
    lines = [body[i : i + 20] for i in range(0, len(body), 20)]
    data = "---\ntitle: 热线提升办理质量\ndate: 2023-07-12\n---\n" + "".join(f"<p>{line}</p>\n " for line in lines)
    text = read(data.encode(), "a.txt")
    assert len(text.paragraphs) == 1
    assert text.content[text.paragraphs[0].start : text.paragraphs[0].end].replace("\n ", "").replace("\n", "") == body


def test_slogans_of_equal_length_are_not_glued() -> None:
    lines = ["统筹用好各类建设资金", "保障重大项目落地建设", "提升城市更新建设品质"]
    assert len(joined(*lines, RUNNING)) == 4


def test_tags_marks_and_comments_go_but_signs_stay() -> None:
    text = read("<p>PM2.5浓度&lt;35微克，<strong>优良率</strong>达到91%<br>臭氧浓度下降</p><!-- 某某 摄 -->".encode(), "a.txt")
    assert text.content.split("\n")[0] == "PM2.5浓度<35微克，优良率达到91%"
    assert "摄" not in text.content
    assert read("失业率<5%，就业>12万人。".encode(), "a.txt").content == "失业率<5%，就业>12万人。"


def test_bold_lead_of_a_markdown_paragraph_is_a_heading_of_its_own() -> None:
    text = read(f"**二、水网建设取得新进展** {RUNNING}\n\n**五年来，**{RUNNING}".encode(), "a.md")
    assert [(p.style, p.level) for p in text.paragraphs] == [("heading", 2), ("body", None), ("body", None)]
    assert "*" not in text.content


def test_reading_twice_gives_the_same() -> None:
    data = "\n".join(["海州市水利局2023年上半年工作总结", "2023-07-12", RUNNING]).encode()
    assert read(data, "a.txt") == read(data, "a.txt")
