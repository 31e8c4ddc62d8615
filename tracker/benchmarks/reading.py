"""Reading speed of every format against the bare library call that gives the same characters."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable, Iterator
from html import escape
from importlib.util import find_spec
from io import BytesIO
from statistics import median

import docx
import openpyxl
import pypdfium2
import trafilatura
from lxml import etree
from python_calamine import CalamineWorkbook

from tracker.benchmarks import Row
from tracker.reading import DEFAULT, office, read, sandbox

TITLE = "读取各种格式"

SENTENCE = "上半年新建、改扩建学校{n}所，新增学位{n}个，完成年度目标的63%，覆盖率比去年底提高4.2个百分点。"
PARAGRAPHS = [f"{n}." + SENTENCE.format(n=n) * 4 for n in range(1, 201)]
REPEATS = 5
Sample = tuple[str, str, bytes, str, Callable[[bytes], object]]


def run() -> Iterator[Row]:
    """One document of 200 paragraphs in every format; the median of five runs after one that warms up."""
    for name, size, data, library, bare in _samples():
        ours, theirs = _time(lambda data=data, name=name: read(data, name)), _time(lambda data=data, bare=bare: bare(data))
        yield Row(
            "读取", f"{name.rpartition('.')[2]}，{size}", ours, f"{library} {theirs * 1000:.1f} 毫秒", ours / theirs,
            f"{len(read(data, name).content) / ours / 1e6:.2f} 百万字/秒" + ("" if name.endswith("txt") else "，在另一进程中读"),
        )  # fmt: skip
    sandbox.close()


def _time(call: Callable[[], object]) -> float:
    call()
    taken = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return median(taken)


def _samples() -> Iterator[Sample]:
    text = "\n".join(PARAGRAPHS)
    yield "样本.txt", "5 万字", text.encode(), "bytes.decode + str.splitlines", lambda data: data.decode().splitlines()
    yield "样本.txt", "GB18030", text.encode("gb18030"), "bytes.decode + str.splitlines", lambda data: data.decode("gb18030").splitlines()
    page = "<html><body><div class='nav'>首页</div><div id='content'>" + "".join(f"<p>{escape(p)}</p>" for p in PARAGRAPHS) + "</div></body></html>"
    yield "样本.html", "200 段", page.encode(), "trafilatura", lambda data: trafilatura.extract(data.decode())
    yield "样本.docx", "200 段", _docx(), "python-docx", lambda data: [p.text for p in docx.Document(BytesIO(data)).paragraphs]
    yield "样本.xlsx", "2000 行 × 8 列", _xlsx(), "calamine", lambda data: CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
    yield "样本.ofd", "20 页", _ofd(), "zipfile + lxml", _bare_ofd
    if find_spec("reportlab"):
        yield "样本.pdf", "20 页", _pdf(), "pypdfium2", _bare_pdf
    if office.find_office():
        old = office.convert(_docx(), "docx", DEFAULT, "doc")
        yield "样本.doc", "200 段", old, "LibreOffice 转换", lambda data: office.convert(data, "doc", DEFAULT)


def _docx() -> bytes:
    document, out = docx.Document(), BytesIO()
    for paragraph in PARAGRAPHS:
        document.add_paragraph(paragraph)
    document.save(out)
    return out.getvalue()


def _xlsx() -> bytes:
    book, out = openpyxl.Workbook(write_only=True), BytesIO()
    sheet = book.create_sheet("台账")
    sheet.append(["序号", "责任单位", "目标任务", "目标值", "单位", "完成时限", "完成值", "进展情况"])
    for n in range(2000):
        sheet.append([n, "海州市教育局", f"新增学位第{n}批", 1000 + n, "个", "2023-12-31", 600 + n, "按序时推进"])
    book.save(out)
    return out.getvalue()


def _lines() -> list[str]:
    return [paragraph[i : i + 30] for paragraph in PARAGRAPHS for i in range(0, len(paragraph), 30)]


def _ofd() -> bytes:
    lines, out = _lines(), BytesIO()
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    per_page = len(lines) // 20 + 1
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("OFD.xml", f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>D/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>")
        archive.writestr("D/Document.xml", f"<ofd:Document {space}><ofd:Pages>" + "".join(f'<ofd:Page BaseLoc="P{i}.xml"/>' for i in range(20)) + "</ofd:Pages></ofd:Document>")
        for i in range(20):
            objects = "".join(
                f'<ofd:TextObject Boundary="25 {30 + 5 * k} 150 5" Size="4"><ofd:TextCode X="0" Y="4" DeltaX="g {len(line) - 1} 5">{line}</ofd:TextCode></ofd:TextObject>'
                for k, line in enumerate(lines[i * per_page : (i + 1) * per_page])
            )
            archive.writestr(f"D/P{i}.xml", f"<ofd:Page {space}><ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content></ofd:Page>")
    return out.getvalue()


def _bare_ofd(data: bytes) -> str:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        roots = [etree.fromstring(archive.read(name)) for name in archive.namelist()]
    return "".join(node.text or "" for root in roots for node in root.iter("{http://www.ofdspec.org/2016}TextCode"))


def _pdf() -> bytes:
    from reportlab.pdfbase import pdfmetrics  # only a development tool: installed with requirements-dev.lock
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen import canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out, lines = BytesIO(), _lines()
    page = canvas.Canvas(out)
    for start in range(0, len(lines), 50):
        page.setFont("STSong-Light", 14)
        for k, line in enumerate(lines[start : start + 50]):
            page.drawString(80, 780 - 15 * k, line)
        page.showPage()
    page.save()
    return out.getvalue()


def _bare_pdf(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return "".join(page.get_textpage().get_text_range() for page in document)
