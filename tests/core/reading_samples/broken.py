"""Files that cannot be read, one for each way in which that happens: (name, content, code of the message)."""
from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO

import openpyxl
from reportlab.pdfgen import canvas

from .makers import make_docx, make_ofd, make_pdf, make_text, make_xlsx_text, make_zip

DOCX_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


def make_docx_with(document: bytes) -> bytes:
    return make_zip({"[Content_Types].xml": DOCX_TYPES.encode(), "word/document.xml": document})


def entity_bomb() -> bytes:
    levels = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    return make_docx_with(
        f'<?xml version="1.0"?><!DOCTYPE bomb [<!ENTITY a0 "哈哈哈">{levels}]>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&a9;</w:t></w:r></w:p>'
        "</w:body></w:document>".encode()
    )


def zip_bomb(member: str = "data.txt", megabytes: int = 300) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if member.startswith("word"):
            archive.writestr("[Content_Types].xml", DOCX_TYPES)
        with archive.open(member, "w") as stream:
            for _ in range(megabytes):
                stream.write(b"0" * 2**20)
    return out.getvalue()


def lying_zip_bomb() -> bytes:
    """The directory says that the member is small."""
    data = bytearray(zip_bomb("data.txt", 300))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 500_000)
    return bytes(data)


def encrypted_zip() -> bytes:
    data = bytearray(make_zip({"a.txt": "内容".encode()}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    return bytes(data)


def compound(names: list[str], stream: bytes = b"") -> bytes:
    """A compound file with a directory and one sector for its streams, as encrypted workbooks and old documents begin."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<II", header, 44, 1, 1)
    struct.pack_into("<109I", header, 76, 0, *([0xFFFFFFFF] * 108))
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFE, *([0xFFFFFFFF] * 125))
    entries = b""
    for name in ["Root Entry", *names]:
        encoded = name.encode("utf-16-le")
        entries += encoded.ljust(64, b"\0") + struct.pack("<H", len(encoded) + 2) + bytes(50) + struct.pack("<III", 2, len(stream), 0)
    return bytes(header) + table + entries.ljust(512, b"\0") + stream.ljust(512, b"\0")


def encrypted_pdf() -> bytes:
    out = BytesIO()
    page = canvas.Canvas(out, encrypt="secret")
    page.drawString(100, 700, "closed")
    page.save()
    return out.getvalue()


def long_pdf(pages: int = 10_000) -> bytes:
    """Ten thousand empty pages, without the time that a library would take to write them."""
    head = b"%PDF-1.4\n"
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = b" ".join(b"%d 0 R" % (i + 3) for i in range(pages))
    objects.append(b"<< /Type /Pages /Count %d /Kids [" % pages + kids + b"] >>")
    objects += [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"] * pages
    out, places = bytearray(head), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int) -> bytes:
    """A black picture of one bit a pixel: 30,000 × 30,000 of them take a hundred kilobytes."""
    line = b"\0" + bytes((width + 7) // 8)
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(line) for _ in range(height)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def wide_workbook() -> bytes:
    """A cell at the far corner: the rectangle between has 16 billion cells."""
    book = openpyxl.Workbook()
    book.active["A1"] = "目标任务"
    book.active["XFD1048576"] = "末"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@cache
def workbook_with_empty_rows() -> bytes:
    """A million rows of styled cells without a value, and two rows of text: the answer is those two rows."""
    rows = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (i, i) for i in range(3, 1_000_001))
    book = openpyxl.Workbook()
    book.active.append(["责任单位", "目标任务", "进展情况"])
    book.active.append(["海州市教育局", "新增学位2万个", "已新增1.2万个"])
    source = BytesIO()
    book.save(source)
    out = BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                data = data.replace(b"</sheetData>", rows + b"</sheetData>").replace(b'<dimension ref="A1:C2"', b'<dimension ref="A1:C1000000"')
            new.writestr(name, data)
    return out.getvalue()


def docx_with_macros() -> bytes:
    source, out = BytesIO(make_docx()), BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("word/vbaProject.bin", b"\xd0\xcf\x11\xe0" + bytes(200))
    return out.getvalue()


# what the person did: (file name, content, code of the message)
BROKEN: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "zero bytes": ("空.docx", lambda: b"", "empty"),
    "only blanks": ("空白.txt", lambda: "　 \n\n\t\r\n".encode(), "blank"),
    "a docx without words": ("空白.docx", lambda: make_docx([("body", "")]), "blank"),
    "200 MB": ("大.txt", lambda: b"a" * (200 * 2**20), "too-large"),
    "too much text": ("长.txt", lambda: "文".encode() * 6_000_000, "too-much-text"),
    "an encrypted docx": ("密.docx", lambda: compound(["EncryptionInfo", "EncryptedPackage"]), "encrypted"),
    "an encrypted workbook": ("密.xlsx", lambda: compound(["EncryptedPackage"]), "encrypted"),
    "an encrypted old document": ("密.doc", lambda: compound(["WordDocument"], b"\xec\xa5" + bytes(8) + b"\x00\x01"), "encrypted"),
    "an encrypted PDF": ("密.pdf", encrypted_pdf, "encrypted"),
    "an encrypted zip": ("密.zip", encrypted_zip, "encrypted"),
    "a truncated docx": ("断.docx", lambda: make_docx()[:9000], "truncated"),
    "a truncated xlsx": ("断.xlsx", lambda: make_xlsx_text()[:2000], "truncated"),
    "a truncated PDF": ("断.pdf", lambda: make_pdf()[:700], "truncated"),
    "a truncated OFD": ("断.ofd", lambda: make_ofd()[:900], "truncated"),
    "a truncated old document": ("断.doc", lambda: compound(["WordDocument"])[:700], "truncated"),
    "a docx whose XML is broken": ("坏.docx", lambda: make_docx_with(b"<w:document><w:body>"), "damaged"),
    "an OFD without a document": ("坏.ofd", lambda: make_zip({"OFD.xml": b"<OFD>"}), "damaged"),
    "a program named .docx": ("程序.docx", lambda: b"MZ\x90\0" + bytes(range(256)) * 40, "binary"),
    "random bytes named .pdf": ("乱.pdf", lambda: bytes((i * 7919 + i // 3) % 256 for i in range(5000)), "wrong-ending"),
    "random bytes named .txt": ("乱.txt", lambda: bytes((i * 7919 + i // 3) % 256 for i in range(5000)), "binary"),
    "a RAR archive": ("包.rar", lambda: b"Rar!\x1a\x07\x01\0" + bytes(200), "binary"),
    "a database": ("库.db", lambda: b"SQLite format 3\0" + bytes(2000), "binary"),
    "a presentation": ("讲.pptx", lambda: make_zip({"[Content_Types].xml": b"<a/>", "ppt/presentation.xml": b"<a/>"}), "unsupported"),
    "a zip bomb": ("弹.zip", zip_bomb, "zip-bomb"),
    "a zip bomb that lies about its size": ("弹.zip", lying_zip_bomb, "truncated"),
    "a zip bomb as docx": ("弹.docx", lambda: zip_bomb("word/document.xml"), "zip-bomb"),
    "a zip with ../ names": ("路径.zip", lambda: make_zip({"../../etc/cron.d/x": b"1", "a.txt": b"2"}), "zip-names"),
    "a zip with Windows paths": ("路径.zip", lambda: make_zip({"C:\\Windows\\x.txt": b"1"}), "zip-names"),
    "a zip with 600 files": ("多.zip", lambda: make_zip({f"{i}.txt": b"1" for i in range(600)}), "zip-many"),
    "a zip of several documents": ("包.zip", lambda: make_zip({"甲.txt": make_text().encode(), "乙.docx": make_docx()}), "package"),
    "a zip without documents": ("包.zip", lambda: make_zip({"a.exe": b"MZ\0\0" + bytes(99)}), "package-empty"),
    "an XML entity bomb": ("弹.docx", entity_bomb, "xml-entities"),
    "a PDF of 10,000 pages": ("长.pdf", long_pdf, "too-many-pages"),
    "a picture of 30,000 × 30,000": ("大.png", lambda: png(30_000, 30_000), "too-many-pixels"),
    "a truncated picture": ("断.png", lambda: b"\x89PNG\r\n\x1a\n\0\0\0", "truncated"),
    "a sheet of 16 billion cells": ("宽.xlsx", wide_workbook, "too-much-memory"),
}
