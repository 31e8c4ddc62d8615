"""Plain text: encodings, front matter, Markdown marks, and the tags that saved articles carry in .txt files."""
from __future__ import annotations

import codecs
import html
import re

from .errors import ReadingError
from .records import Draft, Line, Sheet
from .tables import has_header

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The most frequent characters of public documents, in simplified and traditional form: they tell encodings apart.
COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "這為個國時來們發動說產種後學會對經過與業務區建設實現長開資項目標完增加全市政府企重點機關總開展"
)
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")
FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
FIELD = re.compile(r"^(\w[\w-]*)\s*[:：]\s*(.*)$")
TAGGED = re.compile(r"</?(?:p|div|br|span|strong|b|h[1-6]|li|td|tr|table|font|a|img)\b[^<>]*>|<!--", re.IGNORECASE)
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^<>]*>(?!\s*\n)", re.IGNORECASE)
AUTOLINK = re.compile(r"<(?:https?:)?//[^<>\s]*>")
LINK = re.compile(r"!?\[([^\]\n]*)\]\([^()\s]*\)")
EMPHASIS = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*|(?<![\w*])__(?=\S)(.+?)(?<=\S)__(?![\w_])")
EMPTY_MARK = re.compile(r"\*\*\s*\*\*\s*")
HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
BOLD_LINE = re.compile(r"^\s*\*\*(?=\S)([^*]+)\*\*\s*$")
BOLD_START = re.compile(r"^\s*\*\*(?=\S)([^*]+?)\*\*[ \t\u3000]*(?=\S)")
MARKED = re.compile(r"^#{1,4} \S|^\*\*[^*\n]+\*\*\s*$", re.MULTILINE)
RULE = re.compile(r"^\s*(?:[-*_=]\s*){3,}$|^\s*\|?\s*:?-{3,}:?\s*(?:\|\s*:?-{3,}:?\s*)*\|?\s*$")
LONGEST_HEADING = 300           # characters; the patterns of rules and headings are tried on shorter lines only
LONGEST_MARKED = 20_000         # and those of emphasis and links on paragraphs up to this
FIELDS = {"title": "title", "date": "published_on", "published": "published_on", "published_on": "published_on",
          "author": "author", "issuer": "issuer", "source": "address", "url": "address",
          "标题": "title", "日期": "published_on", "发布日期": "published_on", "发文单位": "issuer", "来源": "address"}


def decode(data: bytes) -> str:
    """Text of ``data``: byte order mark, strict UTF-8, UTF-16 without a mark, then GB18030 or Big5, whichever reads as Chinese.

    Raises ReadingError('not-text') when no encoding fits."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark):].decode(encoding, "replace")
    try:
        if data[:4096].count(0) * 4 <= len(data[:4096]):      # ASCII in UTF-16 is valid UTF-8, half of it zeros
            return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(data) - error.start < 4 and error.reason == "unexpected end of data":
            return data[: error.start].decode("utf-8")
    wide = _wide(data) if b"\x00" in data[:4096] else None
    return _legacy(data) if wide is None else wide


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of the ASCII in it is zero."""
    sample = data[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) // 40 or min(even, odd) * 4 > max(even, odd):
        return None
    text = data[: len(data) // 2 * 2].decode("utf-16-le" if odd > even else "utf-16-be", "replace")
    return text if text.count("\ufffd") * 50 < len(text) else None


def _legacy(data: bytes) -> str:
    """GB18030 or Big5, or UTF-8 with a few bad bytes."""
    candidates = []
    for encoding in ("gb18030", "big5hkscs"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        candidates.append((_familiar(text), text))
    if candidates and (best := max(candidates))[0] > 0.02:
        return best[1]
    for encoding in ("utf-8", "gb18030"):
        text = data.decode(encoding, "replace")
        if text.count("\ufffd") * 100 < len(text) and _familiar(text) > 0.05:
            return text
    raise ReadingError("not-text")


def _familiar(text: str) -> float:
    """Share of the non-ASCII characters that are among the most frequent ones."""
    sample = [c for c in text[:20_000] if c > "\x7f"]
    return sum(c in COMMON for c in sample) / len(sample) if sample else 1.0


def clean(text: str) -> str:
    """Text with \\n as the only line break, without control characters and lone surrogates. Form feeds end a line."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\x0c", "\n").replace("\x0b", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return UNREADABLE.sub("", text)


def read_plain(data: bytes, format: str) -> Draft:
    """Draft of a txt or md file. Lines stay as they are; tags, front matter and Markdown marks go."""
    raw = decode(data)
    text = clean(raw)
    draft = Draft(format)
    if len(text) < len(raw.replace("\r\n", "\n")):
        draft.notes.append("文中有无法显示的字符，已略去。")
    text = _take_front_matter(text, draft)
    if TAGGED.search(text):
        text = strip_tags(text)
    if format == "md" or draft.facts or MARKED.search(text):
        draft.lines = [line for raw_line in text.split("\n") for line in _markdown_lines(raw_line)]
    else:
        draft.lines = [Line(raw_line) for raw_line in text.split("\n")]
    if "\t" in text or "|" in text:
        _take_tables(draft)
    elif STACKED.search(text):
        _take_stacked(draft)
    return draft


STACKED = re.compile(r"^\s*序\s*号\s*$", re.M)
WIDEST = 12                     # columns of a table whose cells stand below each other


def _take_stacked(draft: Draft) -> None:
    """A table copied from a page, one cell a line: 序号, 项目内容, 当前进度 and so on, then 1 and its cells, 2 and its cells."""
    filled = [at for at, line in enumerate(draft.lines) if line.text.strip()]
    for place, at in enumerate(filled):
        if STACKED.match(draft.lines[at].text) and (rows := _stacked_rows(draft.lines, filled[place:])):
            sheet = Sheet("", [(number, row[0], [draft.lines[cell].text.strip() for cell in row]) for number, row in enumerate(rows, 1)])
            if len(rows) >= FEWEST_ROWS and has_header(sheet):
                draft.sheets.append(sheet)
                for (_, first, cells), row in zip(sheet.rows, rows, strict=True):
                    for cell in row:
                        draft.lines[cell] = Line("")
                    draft.lines[first] = Line("\t".join(cells), style="table", whole=True)
                return


def _stacked_rows(lines: list[Line], filled: list[int]) -> list[list[int]]:
    """The lines of each row, the header first; empty when 1 does not follow after a few short lines."""
    width = next((n for n, at in enumerate(filled[: WIDEST + 1]) if lines[at].text.strip() == "1"), 0)
    rows: list[list[int]] = [filled[:width]] if width >= 3 else []
    while rows and len(filled) > width * len(rows):
        row = filled[width * len(rows) : width * (len(rows) + 1)]
        if lines[row[0]].text.strip() != str(len(rows)) or len(row) < width:
            break
        rows.append(row)
    return rows


CELL_MARK = re.compile(r"[\t|]")
FEWEST_ROWS = 3                 # of a table in plain text, its header counted


def _take_tables(draft: Draft) -> None:
    """Lines of cells below each other, between tabs or Markdown's bars, whose header is understood: a table of the document."""
    run: list[tuple[int, int, list[str]]] = []
    for at, line in enumerate([*draft.lines, Line("")]):
        if line.text.count("\t") + line.text.count("|") >= 1:
            run.append((len(run) + 1, at, CELL_MARK.split(line.text)))
        elif line.text.strip() or len(run) != 1:          # the rule below a Markdown header has become an empty line
            sheet = Sheet("", run)
            if len(run) >= FEWEST_ROWS and has_header(sheet):
                draft.sheets.append(sheet)
                for _, row, _ in run:
                    draft.lines[row].style, draft.lines[row].whole = "table", True
            run = []


def _take_front_matter(text: str, draft: Draft) -> str:
    match = FRONT_MATTER.match(text)
    if not match:
        return text
    for row in match[1].split("\n"):
        if (found := FIELD.match(row)) and (name := FIELDS.get(found[1].lower())) and found[2].strip():
            draft.facts[name] = found[2].strip().strip("\"'")
    return text[match.end():]


def strip_tags(text: str) -> str:
    """Text without comments, tags and autolinks; the end of a block ends a line."""
    text = AUTOLINK.sub("", _without_comments(text))
    return html.unescape(TAG.sub("", BREAK.sub("\n", text)))


def _without_comments(text: str) -> str:
    """Text without <!-- … -->; by hand, because a pattern is slow where thousands are left open."""
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept.append(text[at:start])
        at = end + 3
    return "".join(kept) + text[at:]


def _markdown_lines(raw: str) -> list[Line]:
    """The one or two lines of a Markdown line: a bold lead without a full stop is a heading of its own."""
    if len(raw) > LONGEST_MARKED:
        return [Line(raw)]
    if len(raw) > LONGEST_HEADING:
        return _bold_lead(raw)
    if RULE.match(raw):
        return [Line("")]
    if found := HEADING.match(raw):
        return [Line(_unmark(found[2]), whole=True, style="heading", level=len(found[1]))]
    if found := BOLD_LINE.match(raw):
        return [Line(found[1].strip(), bold=True)]
    return _bold_lead(raw)


def _bold_lead(raw: str) -> list[Line]:
    found = BOLD_START.match(raw)
    if found and raw[found.end() - 1] in " \t\u3000" and found[1][-1] not in "。；：:，,！":
        return [Line(found[1].strip(), bold=True), Line(_unmark(raw[found.end():]))]
    return [Line(_unmark(raw))]


def _unmark(text: str) -> str:
    if "**" in text or "__" in text:
        text = EMPTY_MARK.sub("", EMPHASIS.sub(lambda m: m[1] or m[2], text))
    if "](" in text:
        text = LINK.sub(r"\1", text)
    if text.startswith("> "):
        text = text[2:]
    return text
