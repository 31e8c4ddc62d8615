"""What only single formats have: list numbers, tracked changes, text boxes, merged cells, attachments, page furniture."""
from __future__ import annotations

import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from tests.core.reading_samples import article, makers
from tests.core.reading_samples.broken import DOCX_TYPES
from tests.core.test_reading_formats import check_sound, paragraphs_of
from tracker.reading import ReadingError, Text, is_package, read, recognition, unpack
from tracker.reading.layout import Piece, lay_out
from tracker.reading.numbering import write_chinese, write_number
from tracker.reading.tables import field_of

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
BODY = "上半年完成投资12.6亿元，新增学位1.26万个，各项任务按序时推进。"


def make_word(body: str, **parts: str) -> bytes:
    files = {"[Content_Types].xml": DOCX_TYPES, "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"}
    files |= {f"word/{name}.xml": f"<w:{name} {NAMESPACES}>{xml}</w:{name}>" for name, xml in parts.items()}
    return makers.make_zip({name: data.encode() for name, data in files.items()})


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(inner: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def read_word(body: str, **parts: str) -> Text:
    text = read(make_word(body, **parts), "a.docx")
    check_sound(text)
    return text


LISTS = (
    '<w:abstractNum w:abstractNumId="1">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>'
    '<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl></w:abstractNum>'
    '<w:abstractNum w:abstractNumId="2"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="7"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="8"><w:abstractNumId w:val="2"/></w:num>'
)


def item(text: str, depth: int, number: int = 7) -> str:
    return paragraph(run(text), f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')


def test_automatic_numbers_are_written_out_and_restart() -> None:
    text = read_word(
        item("工作回顾", 0) + item("学位供给", 1) + item("教师队伍", 1) + item("公开招聘", 2) + item("下步打算", 0)
        + item("项目建设", 1) + item("要点", 0, 8), numbering=LISTS,
    )
    assert text.content.split("\n") == ["一、工作回顾", "（一）学位供给", "（二）教师队伍", "1.公开招聘", "二、下步打算", "（一）项目建设", "要点"]


@pytest.mark.parametrize(("number", "shown"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五"), (100, "一〇〇")])
def test_chinese_numbers(number: int, shown: str) -> None:
    assert write_chinese(number) == shown


@pytest.mark.parametrize(("style", "shown"), [("decimal", "4"), ("upperLetter", "D"), ("lowerRoman", "iv"), ("decimalEnclosedCircle", "④"), ("bullet", "")])
def test_number_formats(style: str, shown: str) -> None:
    assert write_number(4, style) == shown


def test_tracked_deletions_and_hidden_words_are_left_out() -> None:
    text = read_word(paragraph(
        run("全年新增学位") + f'<w:del><w:r><w:delText>1.5</w:delText></w:r></w:del><w:ins>{run("2")}</w:ins>' + run("万个")
        + run("（内部）", "<w:vanish/>") + f'<w:moveFrom>{run("以上")}</w:moveFrom>' + run("。")
    ))
    assert text.content == "全年新增学位2万个。"


def test_text_boxes_once_and_footnotes_after_the_text() -> None:
    box = f'<w:txbxContent>{paragraph(run("军令状：年底前建成学校7所。"))}</w:txbxContent>'
    alternate = f"<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
    text = read_word(
        paragraph(run(BODY) + '<w:r><w:footnoteReference w:id="2"/></w:r>' + alternate) + paragraph(run("第二段内容。")),
        footnotes=f'<w:footnote w:id="2">{paragraph(run("不含续建项目。"))}</w:footnote>',
    )
    assert text.content.split("\n") == [BODY, "军令状：年底前建成学校7所。", "第二段内容。", "[1] 不含续建项目。"]


def test_heading_styles_and_fonts() -> None:
    styles = '<w:style w:styleId="a1"><w:name w:val="heading 1"/></w:style><w:style w:styleId="b"><w:name w:val="我的"/><w:basedOn w:val="a1"/></w:style>'
    black = '<w:rFonts w:eastAsia="黑体"/>'
    text = read_word(
        paragraph(run("学位建设"), '<w:pStyle w:val="b"/>') + paragraph(run(BODY))
        + paragraph(run("项目推进", black)) + paragraph(run(BODY, black) + run(BODY)), styles=styles,
    )
    assert [(p.style, p.level) for p in text.paragraphs] == [("heading", 1), ("body", None), ("heading", 2), ("body", None)]


def test_pages_follow_the_breaks_that_word_stored() -> None:
    broken = '<w:r><w:lastRenderedPageBreak/><w:t>第三页开头。</w:t></w:r>'
    text = read_word(paragraph(run(BODY)) + paragraph('<w:r><w:lastRenderedPageBreak/></w:r>' + run(BODY)) + paragraph(broken))
    assert [p.page for p in text.paragraphs] == [1, 1, 2] or [p.page for p in text.paragraphs] == [1, 2, 3]


def table(rows: list[list[str]]) -> str:
    cells = ("".join(f"<w:tc>{paragraph(run(cell))}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def test_a_table_of_a_word_document_becomes_rows() -> None:
    text = read_word(paragraph(run("进展情况如下。")) + table([
        ["序号", "责任单位", "目标任务", "完成时限", "进展情况"],
        ["1", "市教育局", "新增学位2万个", "2023年12月", "已新增1.26万个"],
        ["2", "市体育局", "办好赛事80场", "2023年12月", "已举办37场"],
    ]))
    assert [row.cells["organisation"] for row in text.rows] == ["市教育局", "市体育局"]
    assert text.rows[1].cells["progress"] == "已举办37场" and text.rows[0].row == 2
    assert [p.style for p in text.paragraphs] == ["body", "table", "table", "table"]


def test_a_frame_of_one_column_is_no_table() -> None:
    text = read_word(table([[BODY], ["第二段内容。"]]))
    assert [p.style for p in text.paragraphs] == ["body", "body"] and not text.rows


def workbook(sheets: dict[str, list[list[object]]], merged: str = "") -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if merged:
            sheet.merge_cells(merged)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_ledger_becomes_rows() -> None:
    text = read(workbook({"台账": [
        ["2023年重点目标任务台账（截至2023年6月底）"],
        ["序号", "责任单位", "责任人", "目标任务（原文）", "目标值", "计量单位", "完成时限", "完成值", "完成率", "进展情况", "存在问题", "下一步工作措施"],
        [1, "市教育局", "李明远", "新增学位", 20000, "个", "2023-12-31", 12600.0, "63%", "按序时推进", "征地偏慢", "加快拆迁"],
        ["合计", "", "", "", 20000, "", "", 12600],
        ["注：数据由各单位报送"],
    ]}), "台账.xlsx")
    check_sound(text)
    (row,) = text.rows
    assert row.row == 3 and row.sheet == "台账"
    assert row.cells == {
        "organisation": "市教育局", "owner": "李明远", "goal": "新增学位", "target": "20000", "unit": "个", "deadline": "2023-12-31",
        "achieved": "12600", "completion": "63%", "progress": "按序时推进", "problems": "征地偏慢", "steps": "加快拆迁",
    }


def test_cells_merged_downwards_count_for_every_row() -> None:
    text = read(workbook({"表": [["牵头单位", "工作任务", "工作进展"], ["市教育局", "建学校", "开工7所"], [None, "招教师", "招聘620名"]]}, "A2:A3"), "a.xlsx")
    assert [row.cells["organisation"] for row in text.rows] == ["市教育局", "市教育局"]


def test_two_header_rows() -> None:
    text = read(workbook({"表": [
        ["责任单位", "指标名称", "全年目标", "完成情况", None], [None, None, None, "完成值", "完成率"], ["市教育局", "新增学位", "2万个", "1.26万个", "63%"],
    ]}), "a.xlsx")
    assert text.rows[0].cells == {"organisation": "市教育局", "indicator": "新增学位", "target": "2万个", "achieved": "1.26万个", "completion": "63%"}


@pytest.mark.parametrize(("values", "field"), [(["2万个", "80场"], "target"), (["新增学位2万个以上", "办好赛事"], "goal")])
def test_a_column_called_yearly_goal_is_decided_by_its_values(values: list[str], field: str) -> None:
    text = read(workbook({"表": [["责任单位", "年度目标", "进展情况"], ["甲局", values[0], "好"], ["乙局", values[1], "好"]]}), "a.xlsx")
    assert [row.cells[field] for row in text.rows] == values


@pytest.mark.parametrize(("values", "field"), [(["市教育局", "市体育局"], "organisation"), (["万个", "场"], "unit")])
def test_a_column_called_unit_is_decided_by_its_values(values: list[str], field: str) -> None:
    text = read(workbook({"表": [["单位", "指标", "目标值"], [values[0], "新增学位", 2], [values[1], "赛事", 80]]}), "a.xlsx")
    assert [row.cells[field] for row in text.rows] == values


def test_sheets_without_a_known_header_become_text() -> None:
    text = read(workbook({"通讯录": [["姓名", "电话"], ["张三", 123]], "说明": [[BODY]]}), "a.xlsx")
    assert not text.rows
    assert text.content.split("\n") == ["通讯录", "姓名\t电话", "张三\t123", "说明", BODY]


def test_hidden_sheets_are_named_and_not_read() -> None:
    book = openpyxl.Workbook()
    book.active.append(["责任单位", "目标任务"])
    book.create_sheet("底稿").append(["旧数据"])
    book["底稿"].sheet_state = "hidden"
    out = BytesIO()
    book.save(out)
    text = read(out.getvalue(), "a.xlsx")
    assert "旧数据" not in text.content and any("底稿" in note for note in text.notes)


COLUMNS = [
    ("责任单位", "organisation"), ("牵头单位", "organisation"), ("目标任务", "target?"), ("2022年预期目标", "target?"), ("进度", "completion?"), ("市级牵头责任单位", "organisation"), ("项目内容", "goal"), ("完成目标(%)", "completion"), ("重点任务", "goal"), ("年度目标", "target?"), ("年度目标值", "target"), ("单位", "unit?"),
    ("全年目标值（亿元）", "target"), ("1-10月完成值", "achieved"), ("累计完成", "achieved"), ("完成率（%）", "completion"), ("完成时限", "deadline"),
    ("责任领导", "owner"), ("目前进展情况", "progress"), ("存在的问题", "problems"), ("存在问题", "problems"), ("下步措施", "steps"), ("数据截止时间", "as_of"),
    ("备注", None), ("电话", None), ("序号", None), ("考核指标", "indicator"), ("", None),
]


@pytest.mark.parametrize(("name", "field"), COLUMNS)
def test_column_names(name: str, field: str | None) -> None:
    assert field_of(name) == field


PAGES = {
    "an old page laid out with tables": (
        "<html><head><title>市水利局上半年工作总结-海州市人民政府</title></head><body><table><tr><td><a href=/>首页</a>|<a href=/x>政务公开</a></td></tr>"
        "<tr><td><table><tr><td align=center><b>市水利局上半年工作总结</b></td></tr><tr><td>发布时间：2023-07-12 来源：市水利局</td></tr>"
        f"<tr><td>　　{BODY}<br>　　<b>一、主要工作</b><br>&nbsp;&nbsp;&nbsp;&nbsp;{BODY}</td></tr></table></td></tr>"
        "<tr><td>版权所有：海州市人民政府</td></tr></table></body></html>"
    ),
    "an article of a messenger": (
        '<html><head><meta property="og:title" content="市水利局上半年工作总结"></head><body><div id="page-content"><h1>市水利局上半年工作总结</h1>'
        '<div><span>海州发布</span> <em id="publish_time">2023-07-12 18:00</em></div><div id="js_content"><section>'
        f"<p><span>{BODY}</span></p><section><section><p><strong><span>一、主要工作</span></strong></p></section></section>"
        f"<p><span>{BODY[:12]}</span><span>{BODY[12:]}</span></p></section></div></div><div>阅读 100</div></body></html>"
    ),
    "a government page": (
        '<html><body><ul class="nav"><li><a>首页</a></li></ul><div class="article"><h1>市水利局上半年工作总结</h1>'
        f'<div class="pages-date">2023-07-12 09:00 来源： 海州网</div><div id="UCAP-CONTENT"><p>{BODY}</p><p><b>一、主要工作</b></p><p>{BODY}</p></div>'
        '<div class="editor">责任编辑：王某</div></div><div class="relate">相关报道<ul><li><a>全市水利会议召开，部署全年任务</a></li></ul></div></body></html>'
    ),
    "a page of bare blocks": (
        f"<html><body><div><p>2023-07-12 来源：海州网</p><div>市水利局上半年工作总结</div><div>{BODY}</div><div><b>一、主要工作</b></div><div>{BODY}</div></div>"
        "<ul><li><a>全市水利会议召开</a></li><li><a>水网建设提速</a></li></ul></body></html>"
    ),
}


@pytest.mark.parametrize("kind", PAGES)
def test_pages_as_sites_build_them(kind: str) -> None:
    text = read(PAGES[kind].encode(), "a.html")
    assert paragraphs_of(text) == ["市水利局上半年工作总结", BODY, "一、主要工作", BODY]
    assert text.published_on and text.published_on.value == "2023-07-12"
    assert text.title and text.title.value == "市水利局上半年工作总结"


def test_a_page_whose_article_has_no_known_name() -> None:
    page = makers.make_html().replace('id="content"', 'class="x1"')
    assert paragraphs_of(read(page.encode(), "a.html"))[:2] == paragraphs_of(read(makers.make_html().encode(), "a.html"))[:2]


def test_a_page_gives_title_date_and_table() -> None:
    page = (
        '<html><head><meta charset="gbk"><meta name="ArticleTitle" content="海州市水网建设情况"><meta name="PubDate" content="2023-07-12 09:00">'
        f"</head><body><div class='nav'>首页 政务</div><div id='zoom'><p>{BODY}</p><table><tr><th>责任单位</th><th>目标任务</th></tr>"
        f"<tr><td>市水利局</td><td>新建水库3座</td></tr></table><p style='display: none'>隐藏的话。</p></div></body></html>"
    )
    text = read(page.encode("gbk"), "a.html")
    check_sound(text)
    assert text.title and text.title.value == "海州市水网建设情况"
    assert text.published_on and (text.published_on.value, text.published_on.source) == ("2023-07-12", "metadata")
    assert text.rows[0].cells == {"organisation": "市水利局", "goal": "新建水库3座"}
    assert "隐藏" not in text.content and "首页" not in text.content


def test_a_package_of_everything() -> None:
    inner = makers.make_zip({"乙.md": makers.make_markdown().encode()})
    data = makers.make_zip({
        "甲.docx": makers.make_docx(), "内.zip": inner, "__MACOSX/._甲.docx": b"x", "~$甲.docx": b"x", "程序.exe": b"MZ\0\0" + bytes(99),
    })
    package = unpack(data, "包.zip")
    assert [name for name, _ in package.files] == ["甲.docx", "内.zip/乙.md"]
    assert len(package.notes) == 1 and "程序.exe" in package.notes[0]
    assert all(read(content, name).paragraphs for name, content in package.files)


def test_names_that_windows_wrote_in_gbk() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x" * 8 + ".txt", BODY)
    data = out.getvalue().replace(b"x" * 8, "台账总结".encode("gbk"))
    assert [name for name, _ in unpack(data, "a.zip").files] == ["台账总结.txt"]


def test_a_mail_with_attachments_is_a_package() -> None:
    data = makers.make_eml(attachments={"总结.docx": makers.make_docx()})
    assert is_package(data, "a.eml") and not is_package(makers.make_eml(), "a.eml")
    assert [name for name, _ in unpack(data, "a.eml").files] == ["a.eml", "总结.docx"]
    text = read(data, "a.eml")
    assert text.paragraphs and any("总结.docx" in note for note in text.notes)


def test_packages_in_packages_end() -> None:
    data = makers.make_zip({"a.txt": BODY.encode()})
    for _ in range(5):
        data = makers.make_zip({"包.zip": data})
    with pytest.raises(ReadingError) as caught:
        unpack(data, "包.zip")
    assert caught.value.code == "package-empty"


def piece(text: str, x: float, y: float, size: float = 12, bold: bool = False) -> Piece:
    return Piece(text, x, y, x + size * len(text), y + size, size, bold)


def test_layout_reads_the_left_column_first_and_a_headline_over_both() -> None:
    left = [piece("左栏文字连续不断向下排列", 40, 100 + 20 * i) for i in range(8)]
    right = [piece("右栏文字连续不断向下排列", 310, 100 + 20 * i) for i in range(8)]
    lines = lay_out([[*right, *left, piece("跨栏标题在两栏上方居中排列横贯全页的大字", 80, 60, 22)]], [(600, 800)])
    text = "".join(line.text for line in lines)
    assert text.index("跨栏") < text.index("左栏") < text.index("右栏") and text.rindex("左栏") < text.index("右栏")


def test_layout_puts_pieces_of_one_line_together() -> None:
    lines = lay_out([[piece("“", 64, 100), piece("完成", 40, 100), piece("攻坚", 76, 100), piece("”", 100, 100)]], [(600, 800)])
    assert [line.text for line in lines] == ["完成“攻坚”"]


@pytest.mark.skipif(not makers.office_installed(), reason="needs LibreOffice")
def test_a_pdf_with_quotation_marks_in_another_font() -> None:
    data = makers.make_by_office("pdf")
    assert paragraphs_of(read(data, "a.pdf")) == article.PARAGRAPHS


@pytest.mark.skipif(recognition.RapidOCR is None, reason="needs the optional text recognition")
def test_scans_are_recognised_where_recognition_is_installed() -> None:
    page = pypdfium2.PdfDocument(makers.make_pdf())[0].render(scale=200 / 72).to_pil().convert("RGB")
    scan, picture = BytesIO(), BytesIO()
    page.save(scan, "PDF", resolution=200)
    page.save(picture, "PNG")
    for data, name in ((scan.getvalue(), "a.pdf"), (picture.getvalue(), "a.png")):
        text = read(data, name)
        check_sound(text)
        assert "新增学位1.26万个" in text.content and text.published_on and text.published_on.value == article.DATE
        assert any("机器识别" in note for note in text.notes)


def test_importing_the_reader_loads_no_library_of_a_format() -> None:
    code = "import sys, tracker.reading; print([m for m in ('django', 'trafilatura', 'pypdfium2', 'python_calamine', 'docx') if m in sys.modules])"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"
