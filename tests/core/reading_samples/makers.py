"""The article of article.py written in every format that is read."""
from __future__ import annotations

import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from .article import BLOCKS

Blocks = list[tuple[str, str]]


def make_text(blocks: Blocks = BLOCKS, newline: str = "\n") -> str:
    return newline.join(text for _, text in blocks) + newline


def make_wrapped_text(width: int = 30, blocks: Blocks = BLOCKS) -> str:
    """Hard-wrapped as by a mail program: running text broken every ``width`` characters, no mark where a paragraph ends."""
    lines = []
    for kind, text in blocks:
        lines += [text[i : i + width] for i in range(0, len(text), width)] if kind == "body" else [text]
    return "\n".join(lines) + "\n"


def make_markdown(blocks: Blocks = BLOCKS) -> str:
    marks = {"title": "# ", "h1": "## ", "h2": "### "}
    return "\n\n".join(marks.get(kind, "") + text for kind, text in blocks) + "\n"


def make_html(blocks: Blocks = BLOCKS) -> str:
    """A saved news page with everything around the article that such pages have."""
    tags = {"title": "h1", "h1": "h2", "h2": "h3"}
    rows = []
    for kind, text in blocks:
        tag = tags.get(kind, "p")
        rows.append(f"<{tag}>{escape(text)}</{tag}>")
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(blocks[0][1])}_海州新闻网</title>
<style>p {{ color: black }}</style><script>var total = 12;</script></head><body>
<div class="nav"><a href="/">首页</a> <a href="/zw">政务</a> <a href="/ms">民生</a></div>
<div class="crumbs">当前位置：<a href="/">首页</a> &gt; <a href="/zw">政务</a></div>
<div class="main"><div id="content">{"".join(rows)}</div>
<div class="editor">责任编辑：王小明</div></div>
<div class="related">相关阅读<ul><li><a href="1.html">全市教育工作会议召开，新增学位3万个</a></li></ul></div>
<div id="comment"><p>网友评论：希望多建一些学校，今年能开学吗？</p></div>
<div class="footer">版权所有 海州新闻网 备案号12345678</div></body></html>"""


def make_docx(blocks: Blocks = BLOCKS, *, numbered: bool = False) -> bytes:
    document = docx.Document()
    styles = {"title": "Title", "h1": "Heading 1", "h2": "Heading 2"}
    for kind, text in blocks:
        document.add_paragraph(text, style=styles.get(kind))
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def make_pdf(blocks: Blocks = BLOCKS, *, header: str = "海州市教育体育局", repeat: int = 1, columns: int = 1) -> bytes:
    """A PDF set line by line: running head, page number, indented paragraphs, lines broken inside sentences."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = BytesIO()
    page = canvas.Canvas(out, pagesize=A4)
    width, height = A4
    size, leading, margin = (14, 24, 80) if columns == 1 else (10, 16, 50)
    column_width = (width - 2 * margin - (columns - 1) * 24) / columns
    state = {"y": height - margin - 20, "column": 0, "page": 1}

    def begin() -> None:
        page.setFont("STSong-Light", 9)
        page.drawCentredString(width / 2, height - 40, header)
        page.drawCentredString(width / 2, 30, f"— {state['page']} —")

    def put(text: str, x: float, font: int) -> None:
        if state["y"] < margin:
            state["column"] += 1
            state["y"] = height - margin - 20
            if state["column"] == columns:
                page.showPage()
                state.update(column=0, page=state["page"] + 1)
                begin()
        left = margin + state["column"] * (column_width + 24)
        page.setFont("STSong-Light", font)
        page.drawString(left + x, state["y"], text)
        state["y"] -= leading

    begin()
    for _ in range(repeat):
        for kind, text in blocks:
            if kind in ("title", "date"):
                font = size + 6 if kind == "title" and columns == 1 else size
                put(text, max(0.0, (column_width - pdfmetrics.stringWidth(text, "STSong-Light", font)) / 2), font)
                continue
            first = True
            while text:
                indent = 2 * size if first else 0
                fit = _fitting(text, column_width - indent, size)
                put(text[:fit], indent, size)
                text, first = text[fit:], False
    page.save()
    return out.getvalue()


def _fitting(text: str, width: float, size: int) -> int:
    """How many characters fit on a line; punctuation that may not begin a line hangs over."""
    count, used = 0, 0.0
    while count < len(text):
        used += pdfmetrics.stringWidth(text[count], "STSong-Light", size)
        if used > width and not (text[count] in "，。、；：”）" and used < width + size):
            break
        count += 1
    return count


def make_xlsx_text(blocks: Blocks = BLOCKS) -> bytes:
    """The article down the first column of a sheet."""
    book = openpyxl.Workbook()
    book.active.title = "总结"
    for _, text in blocks:
        book.active.append([text])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def make_ofd(blocks: Blocks = BLOCKS) -> bytes:
    """An OFD of one text object a line, with page numbers, as converters write it."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    lines: list[tuple[str, float]] = []
    for kind, text in blocks:
        first = True
        while text:
            indent = 10.0 if first and kind == "body" else 0.0
            fit = max(1, int((160 - indent) // 5))
            lines.append((text[:fit], 25 + indent))
            text, first = text[fit:], False
    pages = [lines[i : i + 30] for i in range(0, len(lines), 30)]
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("OFD.xml", f'<?xml version="1.0" encoding="UTF-8"?><ofd:OFD {space} Version="1.0" DocType="OFD"><ofd:DocBody>'
                         "<ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>")
        refs = "".join(f'<ofd:Page ID="{i}" BaseLoc="Pages/Page_{i}/Content.xml"/>' for i in range(len(pages)))
        archive.writestr("Doc_0/Document.xml", f"<ofd:Document {space}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
                         f"</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>{refs}</ofd:Pages></ofd:Document>")
        for i, page in enumerate(pages):
            objects = [*((text, x, 30.0 + 8 * k) for k, (text, x) in enumerate(page)), (f"- {i + 1} -", 100.0, 285.0)]
            body = "".join(
                f'<ofd:TextObject ID="{k}" Boundary="{x} {y} {5 * len(text)} 6" Font="1" Size="5">'
                f'<ofd:TextCode X="0" Y="4.5" DeltaX="g {len(text) - 1} 5">{escape(text)}</ofd:TextCode></ofd:TextObject>'
                for k, (text, x, y) in enumerate(objects)
            )
            archive.writestr(f"Doc_0/Pages/Page_{i}/Content.xml", f'<ofd:Page {space}><ofd:Content><ofd:Layer ID="1">{body}</ofd:Layer></ofd:Content></ofd:Page>')
    return out.getvalue()


def make_eml(blocks: Blocks = BLOCKS, attachments: dict[str, bytes] | None = None) -> bytes:
    message = EmailMessage()
    message["Subject"] = blocks[0][1]
    message["From"], message["To"] = "a@example.com", "b@example.com"
    message["Date"] = "Wed, 12 Jul 2023 09:30:00 +0800"
    message.set_content(make_text(blocks))
    for name, data in (attachments or {}).items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes(policy=SMTP)


def make_mht(blocks: Blocks = BLOCKS) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "<Saved by Browser>", blocks[0][1]
    message["Content-Location"] = "http://www.example.gov.cn/art/2023/7/12/art_1.html"
    message.set_content(make_html(blocks), subtype="html")
    message.make_related()
    message.add_related(b"body { color: black }", maintype="text", subtype="css", cid="<a@b>")
    return message.as_bytes(policy=SMTP)


def make_zip(files: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def office_installed() -> bool:
    return bool(shutil.which("soffice") or shutil.which("libreoffice"))


def make_by_office(ending: str, source: bytes | None = None) -> bytes:
    """The article in a format that only LibreOffice writes: doc, rtf, odt, xls …"""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "in.docx" if ending not in ("xls", "ods") else "in.xlsx")
        path.write_bytes(source or make_docx())
        subprocess.run(
            [shutil.which("soffice") or "libreoffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
             "--convert-to", ending, "--outdir", f"{folder}/out", str(path)],
            check=True, capture_output=True, timeout=120,
        )
        return next(Path(folder, "out").iterdir()).read_bytes()


FORMATS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "txt utf-8": ("总结.txt", lambda: make_text().encode("utf-8")),
    "txt utf-8 with mark": ("总结.txt", lambda: make_text(newline="\r\n").encode("utf-8-sig")),
    "txt gb18030": ("总结.txt", lambda: make_text().encode("gb18030")),
    "txt utf-16": ("总结.txt", lambda: make_text().encode("utf-16")),
    "txt utf-16 without mark": ("总结.txt", lambda: make_text().encode("utf-16-le")),
    "txt wrapped at 30": ("总结.txt", lambda: make_wrapped_text(30).encode("utf-8")),
    "txt wrapped at 38": ("总结.txt", lambda: make_wrapped_text(38).encode("gb18030")),
    "md": ("总结.md", lambda: make_markdown().encode("utf-8")),
    "html": ("总结.html", lambda: make_html().encode("utf-8")),
    "html gbk": ("总结.htm", lambda: make_html().replace("utf-8", "gb2312").encode("gbk")),
    "docx": ("总结.docx", make_docx),
    "pdf": ("总结.pdf", make_pdf),
    "pdf in two columns": ("总结.pdf", lambda: make_pdf(columns=2)),
    "xlsx": ("总结.xlsx", make_xlsx_text),
    "ofd": ("总结.ofd", make_ofd),
    "eml": ("总结.eml", make_eml),
    "mht": ("总结.mht", make_mht),
    "zip": ("总结.zip", lambda: make_zip({"总结.docx": make_docx()})),
}
OFFICE_FORMATS = ("doc", "rtf", "odt")
