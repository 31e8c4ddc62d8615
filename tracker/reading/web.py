"""Saved web pages: the article without navigation, comments, related reading and scripts."""
from __future__ import annotations

import re

from lxml import etree
from lxml import html as lxml_html

from .dates import find_dates
from .errors import ReadingError
from .limits import Limits
from .patterns import ends_sentence
from .plain import clean, decode
from .records import Draft, Line, Sheet

CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
# Properties of <meta> that news and government sites fill in, most telling first.
TITLES = ("articletitle", "og:title", "title")
DATES = ("pubdate", "publishdate", "article:published_time", "og:release_date", "publishtime", "firstpublishtime", "date")
CONTENT_NAME = re.compile(
    r"(?:^|[\s_-])(?:zoom|ucap-?content|trs_editor|article-?(?:content|body|text|con)?|art_?(?:content|con)|news_?(?:content|text|con)|js_content|pages_content|xxgk_?content|wz_?con(?:tent)?|zw_?(?:content|nr)?|neirong|"
    r"detail-?(?:content|con)?|content|con_?text|main-?text|rich_media_content|view-?content)(?=$|[\s_-])", re.IGNORECASE
)
ASIDE_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav\w*|menu\w*|crumbs?|breadcrumbs?|location|position|foot\w*|top-?bar|comments?|discuss\w*|related?|recommend\w*|"
    r"share\w*|side-?bar|aside|copyright|login|search\w*|hot-?\w*|ad|ads|advert\w*|banner|pagination|pager|tool-?bar|qr-?code|links?)(?=$|[\s_-])",
    re.IGNORECASE,
)
DROPPED = {"script", "style", "noscript", "iframe", "form", "button", "select", "nav", "footer", "aside", "template", "svg",
           "textarea", "input", "object", "embed", "canvas", "video", "audio"}
BLOCKS = {"p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "blockquote", "dd", "dt", "ul", "ol",
          "body", "main", "header", "center", "pre", "figure", "fieldset", "tr", "td", "th", "table", "tbody",
          # the same in trafilatura's own names
          "head", "item", "list", "quote", "row", "cell"}
HEADS = {f"h{i}": i for i in range(1, 7)}
CONTAINERS = ("div", "article", "section", "td", "main", "ucapcontent")
SITE = re.compile(r"\s*[-–—_|｜]+\s*[^-–—_|｜]{2,24}(?:网|政府|日报|晚报|新闻|客户端|在线|公开|平台|频道)$|\s*[_|｜]\s*.*$|\s+[-–—]\s+.*$")
DATE_NAME = re.compile(r"date|time|source|info|laiyuan|shijian", re.IGNORECASE)
DATE_WORDS = re.compile("发布|发表|更新|时间|日期|来源")
SENTENCE = re.compile("[。；！？，、]")


def read_html(data: bytes, format: str, limits: Limits) -> Draft:
    """Draft of a saved page: the article's paragraphs and tables, title and date from the page's properties."""
    return read_page(_decode(data), limits)


def read_page(text: str, limits: Limits) -> Draft:
    """Draft of a page given as text, see read_html."""
    text = clean(text)
    if len(text) > 8 * limits.characters:
        raise ReadingError("too-much-text", limit=limits.characters // 10_000)
    root = _parse(text)
    if root is None:
        raise ReadingError("damaged")
    draft = Draft("html")
    _read_properties(root, draft)
    _prune(root)
    everything = _text_of(root)
    Walker(draft).walk(_find_article(root))
    title = draft.facts.get("title", "")
    if title and title in everything and not any(title in line.text for line in draft.lines[:8]):
        draft.lines.insert(0, Line(title, whole=True, style="heading", level=1))
        for sheet in draft.sheets:
            sheet.rows = [(number, line + 1, cells) for number, line, cells in sheet.rows]
    return draft


def _decode(data: bytes) -> str:
    """The declared character set when it fits, else the one that reads as Chinese."""
    match = CHARSET.search(data[:4096])
    if match and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        name = match[1].decode("ascii").lower()
        try:
            return data.decode("gb18030" if name in ("gb2312", "gbk", "gb_2312-80") else name)
        except (UnicodeDecodeError, LookupError):
            pass
    return decode(data)


def _parse(text: str) -> etree._Element | None:
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        return lxml_html.document_fromstring(text, parser=lxml_html.HTMLParser(no_network=True, remove_comments=True))
    except (etree.ParserError, ValueError):
        return None


def _read_properties(root: etree._Element, draft: Draft) -> None:
    properties: dict[str, str] = {}
    for node in root.iter("meta"):
        name = (node.get("name") or node.get("property") or "").strip().lower()
        if name and (value := (node.get("content") or "").strip()):
            properties.setdefault(name, value)
    for fact, names in (("title", TITLES), ("published_on", DATES)):
        if value := next((properties[name] for name in names if name in properties), ""):
            draft.facts[fact] = value
    heading = _only_heading(root)
    if "title" not in draft.facts and heading:
        draft.facts["title"] = heading
    if "title" not in draft.facts and (title := (root.findtext(".//title") or "").strip()):
        draft.facts["title"] = SITE.sub("", title) or title
    if "published_on" not in draft.facts and (day := _date_of_page(root)):
        draft.facts["published_on"] = day
    for node in root.iter("link"):
        if node.get("rel") == "canonical" and node.get("href"):
            draft.facts["address"] = node.get("href", "")


def _date_of_page(root: etree._Element) -> str:
    """The date that stands between headline and article: 发布时间：2023-07-12 09:00 来源：…"""
    for node in root.iter("div", "span", "p", "td", "em", "li", "time", "i", "font"):
        text = node.text_content() if len(node) < 8 and hasattr(node, "text_content") else ""
        if 8 <= len(text.strip()) <= 120 and (
            DATE_WORDS.search(text) or node.tag == "time" or DATE_NAME.search(f"{node.get('class') or ''} {node.get('id') or ''}")
        ) and (days := find_dates(text)):
            return days[0][1].isoformat()
    return ""


def _only_heading(root: etree._Element) -> str:
    headings = [_text_of(node) for node in root.iter("h1")]
    headings = [heading for heading in headings if 4 < len(heading) < 100]
    return headings[0] if len(headings) == 1 else ""


def _text_of(node: etree._Element) -> str:
    return " ".join("".join(str(text) for text in node.itertext()).split())


def _prune(root: etree._Element) -> None:
    """Take out scripts, navigation and what is named like something beside the article."""
    lengths = _sentence_lengths(root)
    total = lengths[root]
    for node in list(root.iter()):
        if not isinstance(node.tag, str) or node.getparent() is None or node.tag in ("html", "body", "head"):
            continue
        beside = node.tag in DROPPED or "display:none" in (node.get("style") or "").replace(" ", "").lower()
        names = f"{node.get('class') or ''} {node.get('id') or ''}"
        if not beside and len(names) > 1 and ASIDE_NAME.search(names):
            beside = lengths.get(node, 0) * 3 < total
        if beside:
            _drop(node)


def _drop(node: etree._Element) -> None:
    """Take an element out and leave the text behind it."""
    parent = node.getparent()
    if parent is None:
        return
    before = node.getprevious()
    if node.tail and before is not None:
        before.tail = (before.tail or "") + node.tail
    elif node.tail:
        parent.text = (parent.text or "") + node.tail
    parent.remove(node)


def _sentence_lengths(root: etree._Element) -> dict[etree._Element, int]:
    """For every element the characters of running text (with Chinese punctuation) in it that are not a link's."""
    lengths: dict[etree._Element, int] = {}
    for _, node in etree.iterwalk(root, events=("end",)):
        length = sum(lengths.get(child, 0) + _running(child.tail) for child in node)
        if isinstance(node.tag, str) and node.tag not in ("script", "style", "a"):
            length += _running(node.text)
        lengths[node] = 0 if node.tag == "a" else length
    return lengths


def _running(text: str | None) -> int:
    return len(text.strip()) if text and SENTENCE.search(text) else 0


def _find_article(root: etree._Element) -> etree._Element:
    """The element that holds the article: one named for it, else the smallest with nearly all running text."""
    found_body = root.find("body")
    body = root if found_body is None else found_body
    lengths = _sentence_lengths(body)
    total = lengths[body]
    named = [
        node for node in body.iter(*CONTAINERS) if lengths[node] * 10 >= total * 6 and total
        and (node.tag == "article" or CONTENT_NAME.search(f"{node.get('class') or ''} {node.get('id') or ''}"))
    ]
    if named:
        return named[-1]                       # the innermost: children follow their parents
    dense = [node for node in body.iter(*CONTAINERS) if lengths[node] * 10 >= total * 9 and total]
    if dense:
        return dense[-1]
    found = _by_trafilatura(root, total)
    return body if found is None else found


def _by_trafilatura(root: etree._Element, total: int) -> etree._Element | None:
    """The article of a page that is not built of nested blocks; None when it loses much of the text."""
    import trafilatura  # takes 0.2 s to load, and most pages do without

    found = trafilatura.bare_extraction(
        etree.tostring(root, encoding="unicode"), include_comments=False, include_tables=True, include_formatting=True,
        favor_recall=True, with_metadata=False,
    )
    main: etree._Element | None = getattr(found, "body", None)
    if main is None or len(main) < 2 or _sentence_lengths(main)[main] * 10 < total * 7:
        return None
    return main


class Walker:
    """Turns an element's blocks into lines."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.parts: list[str] = []
        self.bold: list[bool] = []
        self.linked = 0              # characters of the line that are a link's

    def walk(self, node: etree._Element, bold: bool = False) -> None:
        """Collect the lines of ``node`` and what is in it."""
        self._block(node, bold)
        self._flush()

    def _block(self, node: etree._Element, bold: bool) -> None:
        tag = node.tag if isinstance(node.tag, str) else ""
        bold = bold or tag in ("b", "strong") or (tag == "hi" and node.get("rend") == "#b")
        self._add(node.text, bold)
        for child in node:
            name = child.tag if isinstance(child.tag, str) else ""
            if name == "table":
                self._flush()
                self._table(child)
            elif name in ("br", "lb"):
                self._flush()
            elif name in HEADS or name == "head":
                self._flush()
                self._block(child, bold)
                self._flush(level=HEADS.get(name) or int((child.get("rend") or "h2")[-1]))
            elif name in BLOCKS:
                self._flush()
                self._block(child, bold)
                self._flush()
            elif name:
                before = sum(map(len, self.parts))
                self._block(child, bold)
                if name == "a":
                    self.linked += max(0, sum(map(len, self.parts)) - before)
            self._add(child.tail, bold)

    def _add(self, text: str | None, bold: bool) -> None:
        if text:
            self.parts.append(text)
            if text.strip():
                self.bold.append(bold)

    def _flush(self, level: int | None = None) -> None:
        text = re.sub(r"[ \t\r\n]+", " ", "".join(self.parts)).strip(" ")
        menu = self.linked * 3 > len(text) * 2 and not ends_sentence(text)
        if text.strip() and not menu:
            self.draft.lines.append(Line(text, bold=all(self.bold), style="heading" if level else None, level=level))
        self.parts, self.bold, self.linked = [], [], 0

    def _table(self, table: etree._Element) -> None:
        """A table of data becomes rows with tabs; one that only lays out the page becomes its blocks."""
        rows = [[cell for cell in row if cell.tag in ("td", "th", "cell")] for row in table.iter("tr", "row")]
        nested = next((node for node in table.iterdescendants("table")), None) is not None
        if nested or max((len(row) for row in rows), default=0) <= 1:
            for row in rows if not nested else []:
                for cell in row:
                    self._block(cell, False)
                    self._flush()
            if nested:
                for node in table:
                    self._block(node, False)
                    self._flush()
            return
        sheet = Sheet(f"表{len(self.draft.sheets) + 1}")
        for number, row in enumerate(rows, 1):
            cells = [_text_of(cell) for cell in row]
            if any(cells):
                sheet.rows.append((number, len(self.draft.lines), cells))
                self.draft.lines.append(Line("\t".join(cells), whole=True, style="table"))
        self.draft.sheets.append(sheet)
