"""Which format a file has, by its content. The name decides only between kinds of plain text."""
from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO

from .compound import MAGIC, is_encrypted_word, open_compound
from .errors import ReadingError
from .limits import DEFAULT, Limits

PROGRAMS = (
    (b"MZ", "Windows 程序"), (b"\x7fELF", "Linux 程序"), (b"\xca\xfe\xba\xbe", "Java 程序"), (b"\xcf\xfa\xed\xfe", "macOS 程序"),
    (b"SQLite format 3\x00", "SQLite 数据库"), (b"Rar!\x1a\x07", "RAR 压缩包"), (b"7z\xbc\xaf\x27\x1c", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"), (b"BZh", "bzip2 压缩包"), (b"\xfd7zXZ\x00", "xz 压缩包"), (b"ID3", "音频"),
    (b"OggS", "音频"), (b"\x00\x00\x01\x00", "图标"), (b"\x1aE\xdf\xa3", "视频"), (b"FLV\x01", "视频"),
)
IMAGES = (
    (b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"GIF8", "gif"), (b"BM", "bmp"),
    (b"II*\x00", "tiff"), (b"MM\x00*", "tiff"),
)
HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|script|title)\b", re.IGNORECASE)
MIME = re.compile(
    rb"\A(?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,}", re.MULTILINE
)
MAIL_FIELD = re.compile(rb"^(?:mime-version|received|message-id|content-type|from|return-path):", re.IGNORECASE | re.MULTILINE)
TEXT_ENDINGS = {"txt", "text", "md", "markdown", "csv", "log", ""}
DOCUMENT_ENDINGS = {"doc", "docx", "docm", "wps", "wpt", "xls", "xlsx", "et", "pdf", "ofd", "ppt", "pptx", "zip", "jpg", "jpeg", "png", "rtf"}


def ending(name: str) -> str:
    """Ending of a file name in lower case, without the dot."""
    _, dot, last = name.rpartition(".")
    return last.lower() if dot and len(last) <= 8 and "/" not in last else ""


def detect(data: bytes, name: str, limits: Limits = DEFAULT) -> str:
    """Format of a file: txt, md, html, docx, doc, wps, xls, xlsx, pdf, ofd, zip, eml, mht, rtf, odt, ods or image.

    Raises ReadingError for what is empty, too large, encrypted or no document."""
    if not data:
        raise ReadingError("empty")
    if len(data) > limits.file_bytes:
        raise ReadingError("too-large", size=round(len(data) / 2**20), limit=limits.file_bytes // 2**20)
    if data.startswith(MAGIC):
        return _detect_compound(data, name)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _detect_zip(data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"{\\rtf"):
        return "rtf"
    for magic, _ in IMAGES:
        if data.startswith(magic) and (magic != b"BM" or b"\x00" in data[:64]):
            return "image"
    for magic, what in PROGRAMS:
        if data.startswith(magic) and (len(magic) > 2 or b"\x00" in data[:512]):
            raise ReadingError("binary", what=what)
    return _detect_text(data, name)


def _detect_text(data: bytes, name: str) -> str:
    if _is_binary(data):
        last = ending(name)
        if last in DOCUMENT_ENDINGS:
            raise ReadingError("wrong-ending", ending=last)
        raise ReadingError("binary", what="内容不是文字")
    sample = data[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if sample.startswith(b"\x00") or b"\x00" in sample[:256]:
        sample = sample.replace(b"\x00", b"")
    if (match := MIME.match(sample)) and len(MAIL_FIELD.findall(match[0])) >= 2:
        return "mht" if b"multipart/related" in data[:4096].lower() or ending(name) in ("mht", "mhtml") else "eml"
    if HTML.search(sample[:2048]) and sample.startswith(b"<"):
        return "html"
    last = ending(name)
    if last in ("html", "htm", "shtml") and b"<" in sample:
        return "html"
    if sample.startswith(b"<?xml") and b"<html" in data[:8192].lower():
        return "html"
    return "md" if last in ("md", "markdown") else "txt"


def _is_binary(data: bytes) -> bool:
    """Whether bytes are no text: many control characters that are not the zero bytes of UTF-16."""
    sample = data[:8192]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    controls = sum(sample.count(c) for c in b"\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19")
    zeros = sample.count(0)
    if zeros and (even := sample[0::2].count(0)) * (odd := sample[1::2].count(0)) * 8 < (even + odd) ** 2:
        return controls * 4 > len(sample)      # UTF-16: all zeros on one side
    return controls * 50 > len(sample) or zeros * 5 > len(sample)


def _detect_compound(data: bytes, name: str) -> str:
    """Word, Excel or WPS in the old container, told apart by the names in its directory."""
    compound = open_compound(data)
    names = compound.streams.keys()
    last = ending(name)
    if names & {"EncryptedPackage", "EncryptionInfo"} or is_encrypted_word(data, compound):
        raise ReadingError("encrypted")
    if not names or not compound.complete:
        raise ReadingError("truncated")
    if "WordDocument" in names:
        return "wps" if last in ("wps", "wpt") else "doc"
    if names & {"Workbook", "Book"}:
        return "xls"
    if "PowerPoint Document" in names:
        raise ReadingError("unsupported", what="演示文稿（.ppt）")
    if last in ("wps", "wpt", "doc"):
        return "doc" if last == "doc" else "wps"
    raise ReadingError("unsupported", what="这种复合文件")


def _detect_zip(data: bytes) -> str:
    """docx, xlsx, ofd, odt or a plain zip."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            mimetype = archive.read("mimetype")[:80] if "mimetype" in names else b""
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError, EOFError, KeyError) as error:
        raise ReadingError("truncated" if b"PK\x05\x06" not in data[-65_600:] else "damaged") from error
    if "OFD.xml" in names:
        return "ofd"
    if any(name.startswith("word/") for name in names) and "[Content_Types].xml" in names:
        return "docx"
    if any(name.startswith("xl/") for name in names) and "[Content_Types].xml" in names:
        return "xlsx"
    if any(name.startswith("ppt/") for name in names) and "[Content_Types].xml" in names:
        raise ReadingError("unsupported", what="演示文稿（.pptx）")
    if b"opendocument.text" in mimetype:
        return "odt"
    if b"opendocument.spreadsheet" in mimetype:
        return "ods"
    return "zip"
