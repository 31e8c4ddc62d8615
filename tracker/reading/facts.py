"""Title, issuing body, publication date and reported period of a document, each with where it was found.

Sources: 'metadata' (front matter, tags, properties), 'head' (first lines), 'tail' (date below the text), 'address' (the
page's address), 'text' (worked out from the text), 'file name', 'period' (the last day of the period that the title reports
on), 'year' (only the year is known; the date is its 1 January)."""
from __future__ import annotations

import re
from collections import Counter
from datetime import date

from tracker.analysis.records import Fact, Paragraph

from . import patterns
from .dates import (
    COMPACT_DATE,
    YEAR,
    find_dates,
    is_date_line,
    read_date,
    read_match,
    read_numeral,
)
from .periods import read_reported_period

# How the sources are called on a page.
SOURCES = {
    "metadata": "文件属性", "head": "正文开头", "tail": "文末落款", "address": "网址", "text": "据正文推断",
    "file name": "文件名", "year": "只知道年份", "period": "所述时期的末日", "given": "人工填写",
}
HEAD = 14                       # paragraphs that may hold title, byline and date
REPORT = "政府工作报告"
PLACE = r"(?![在第届])[\u4e00-\u9fff]{2,10}?(?:特别行政区|自治区|自治州|新区|省|市|州|盟|区|县|旗)"
CONGRESS = re.compile(rf"(?:在|^)\s*(?P<body>全国|{PLACE})第[一二三四五六七八九十\d]+届人民代表大会", re.MULTILINE)
MANDATE = re.compile(rf"代表\s*(?P<body>国务院|{PLACE})(?:人民政府)?[，,]?向")
GOVERNMENT = re.compile(rf"^(?:\d{{4}}年)?(?P<body>国务院|{PLACE})(?:\d{{4}}年)?(?:人民)?政府(?:工作报告)?")
BARE = {"自治区", "自治州"}          # no name in it: the place must be found elsewhere
TITLE_BODY = re.compile(
    r"^(?:关于)?(?:\d{4}年)?(?P<body>[\u4e00-\u9fff]{2,24}?)(?:关于)?(?:\d{4}|[“\"]?十[一二三四五六]五|上半年|下半年|全年|政府工作|年度|工作|第[一二三四]季度)"
)
NAME_BODY = re.compile(rf"^(?P<body>国务院|{PLACE})[_＿\s-]")
GREETING = re.compile(r"各位代表|各位委员|同志们")
MONTH_DAY = re.compile(r"(?<!\d)(\d{1,2})月(\d{1,2})日")
BARE_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
REVIEWED = re.compile(rf"{YEAR}\s*年?(?:及|和|、|与|政府|的|主要|全省|经济|社会|发展|过去五年|以来|本届|“[^”]*”时期){{0,8}}(?:工作)?(?:的)?(?:简要|基本)?(?:回顾|总结)")
PRESS = re.compile(r"(?:[日晚时早商周]报|新闻网|融媒体?|电视台|客户端)$")
FOLIO = re.compile(r"(?:日报|晚报|时报|早报|商报|周报).{0,6}\d{4}年")


def _joined(content: str, paragraph: Paragraph) -> str:
    return "".join(line.strip() for line in content[paragraph.start : paragraph.end].split("\n"))


def find_title(content: str, paragraphs: tuple[Paragraph, ...], facts: dict[str, str]) -> Fact | None:
    """The title: metadata, else the last heading-like line before the byline or the first running text."""
    if title := re.sub(r"\s+", " ", facts.get("title", "")).strip():
        return Fact(title[:300], "metadata")
    candidates: list[str] = []
    for paragraph in paragraphs[: HEAD * 3]:
        text = _joined(content, paragraph)
        if paragraph.style == "noise" and re.search("记者|通讯员|作者", text) and candidates:
            return Fact(candidates[-1], "head")
        if paragraph.style in ("noise", "caption"):
            continue
        if paragraph.style == "toc":
            return None
        if len(text) > 60 or patterns.ends_sentence(text.rstrip("！!")) or GREETING.match(text) or is_date_line(text):
            break
        if (patterns.level_of(text) or 9) <= 4 and candidates:
            break
        candidates.append(text)
    return Fact(_best_title(candidates), "head") if candidates else None


def _best_title(candidates: list[str]) -> str:
    def worth(text: str) -> int:
        spaced = text.replace(" ", "").replace("\u3000", "").replace("\xa0", "")
        return 3 * patterns.is_title(spaced) - 2 * text.startswith(("—", "─", "（", "(", "□")) - 2 * bool(find_dates(text))

    best = max(candidates[:6], key=worth)
    return re.sub(r"(?<=[\u4e00-\u9fff])[\s\u3000\xa0]+(?=[\u4e00-\u9fff](?:[\s\u3000\xa0]|$))", "", best)


def find_issuer(content: str, title: Fact | None, name: str, facts: dict[str, str]) -> Fact | None:
    """Who speaks: metadata, the congress reported to, the body named by the title or the file name."""
    if issuer := facts.get("issuer"):
        return Fact(issuer, "metadata")
    head = content[:1500]
    heading = title.value.replace(" ", "") if title else ""
    if REPORT in f"{heading}{name}" or "人民代表大会" in head[:300]:
        for text, source in ((head, "head"), (heading, title.source if title else "")):
            for pattern in (CONGRESS, MANDATE, GOVERNMENT):
                if (match := pattern.search(text)) and match["body"] not in BARE:
                    return Fact(_government(match["body"]), source)
        if match := NAME_BODY.match(name):
            return Fact(_government(match["body"]), "file name")
    if title and (match := TITLE_BODY.match(heading)) and patterns.is_organisation(match["body"]):
        return Fact(match["body"], title.source)
    if (match := TITLE_BODY.match(name)) and patterns.is_organisation(match["body"]):
        return Fact(match["body"], "file name")
    return None


def find_signer(content: str, paragraphs: tuple[Paragraph, ...]) -> Fact | None:
    """The body on a line of its own among the first ones, with or without the date: 江口市计划委员会 2001年3月2日."""
    for paragraph in paragraphs[:4]:
        text = content[paragraph.start : paragraph.end].strip()
        days = find_dates(text) if len(text) <= 40 else []
        name = text[: days[0][0]].strip() if days else text
        if len(text) <= 40 and name[-1:] not in ":：" and patterns.is_organisation(name):
            return Fact(name, "head")
    return None


def _government(place: str) -> str:
    if place in ("全国", "国务院"):
        return "国务院"
    return place if place.endswith("人民政府") else f"{place}人民政府"


def find_published_on(
    content: str, paragraphs: tuple[Paragraph, ...], name: str, facts: dict[str, str], title: Fact | None
) -> Fact | None:
    """The publication date; for a report given to a congress the day it was given."""
    year = _known_year(content, name, title)
    for found in (
        _from_metadata(facts), _from_head(content, paragraphs, title), _from_folio(content, paragraphs),
        _from_address(facts.get("address", ""), year), _from_name(name), _from_tail(content, paragraphs),
        None if REPORT in f"{name}{title.value if title else ''}" else _from_month_and_day(content, paragraphs, year),
    ):
        if found:
            return found
    for text in (title.value if title else "", name):
        if REPORT not in name and (period := read_reported_period(text, None)):
            return Fact(period[1].isoformat(), "period")
    return Fact(f"{year}-01-01", "year") if year else None


def _from_metadata(facts: dict[str, str]) -> Fact | None:
    day = read_date(facts.get("published_on", ""))
    return Fact(day.isoformat(), "metadata") if day else None


def _from_head(content: str, paragraphs: tuple[Paragraph, ...], title: Fact | None) -> Fact | None:
    """A date that stands alone, or in the title or a line below it, before the running text begins."""
    dumped = [d for p in paragraphs if p.style == "noise" for _, d in find_dates(content[p.start : p.end][:60])
              if is_date_line(content[p.start : p.end].strip())]
    if len(dumped) >= 3:
        return Fact(max(dumped).isoformat(), "head")
    if title and (days := find_dates(title.value)):
        return Fact(days[0][1].isoformat(), "metadata" if title.source == "metadata" else "head")
    for paragraph in paragraphs[:HEAD]:
        text = content[paragraph.start : paragraph.end]
        if paragraph.style in ("toc", "caption") or len(text) > 120 or FOLIO.search(text):
            continue
        if (days := find_dates(text)) and _stands_alone(text, paragraph):
            return Fact(days[0][1].isoformat(), "head")
        if paragraph.style == "body" and len(text) > 30 and patterns.ends_sentence(text):
            return None
    return None


def _stands_alone(text: str, paragraph: Paragraph) -> bool:
    lead = text.strip().lstrip("—─-–（( \u3000")
    return (
        is_date_line(text.strip()) or paragraph.style == "noise" or _is_byline(text.strip()) or bool(_STAMPED.match(lead))
        or (not patterns.ends_sentence(text.strip(" ）)")) and ("大会" in text or "会议" in text or bool(re.match(YEAR, lead))))
    )


# date: Tue, 12 Apr 2022; 18.02.2015 15:14
_STAMPED = re.compile(r"date\s*[:：]|\d{2}\.\d{2}\.\d{4}(?:\s+\d{1,2}:\d{2})?$", re.IGNORECASE)


def _is_byline(text: str) -> bool:
    """望海市统计局 2024-01-12; 望海日报 2024-01-12; 【信息来源：市水利局 信息时间：2022-02-15】."""
    if len(text) > 60 or patterns.ends_sentence(text):
        return False
    before = text[: find_dates(text)[0][0]]
    return patterns.is_organisation(before.strip()) or PRESS.search(before.strip()) is not None or re.search(r"(?:来源|时间|日期|发布|作者)\s*[:：]", before) is not None


def _from_folio(content: str, paragraphs: tuple[Paragraph, ...]) -> Fact | None:
    """青岛日报2021年10月26日1版."""
    for paragraph in paragraphs:
        text = content[paragraph.start : paragraph.end]
        if paragraph.style == "noise" and len(text) < 60 and FOLIO.search(text) and (days := find_dates(text)):
            return Fact(days[0][1].isoformat(), "text")
    return None


def _from_address(address: str, year: int | None) -> Fact | None:
    """/202402/t20240205_1.shtml, /art/2011/2/17/: pages moved to a new site carry the day of moving, so the year must agree."""
    match = COMPACT_DATE.search(address) or re.search(
        r"/(?P<year>20\d{2})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})/", address
    )
    day = read_match(match) if match else None
    return Fact(day.isoformat(), "address") if day and year in (None, day.year) else None


def _from_name(name: str) -> Fact | None:
    day = read_date(name)
    return Fact(day.isoformat(), "file name") if day else None


def _from_tail(content: str, paragraphs: tuple[Paragraph, ...]) -> Fact | None:
    """A date alone at the end, below the signature."""
    for paragraph in paragraphs[-6:]:
        text = content[paragraph.start : paragraph.end].strip()
        if is_date_line(text) and (days := find_dates(text)):
            return Fact(days[0][1].isoformat(), "tail")
    return None


def _from_month_and_day(content: str, paragraphs: tuple[Paragraph, ...], year: int | None) -> Fact | None:
    """2021年3月5日 or 11月24日上午 at the beginning of an article, if need be in the year that the text makes plain."""
    for paragraph in paragraphs[:HEAD]:
        text = content[paragraph.start : paragraph.end]
        if paragraph.style != "body":
            continue
        if (days := find_dates(text[:20])) and days[0][0] <= 2:
            return Fact(days[0][1].isoformat(), "text")
        if not (match := MONTH_DAY.search(text[:60])):
            continue
        return _in_likely_year(content, int(match[1]), int(match[2]), year)
    return None


def _in_likely_year(content: str, month: int, day: int, known: int | None) -> Fact | None:
    """11月24日 in the year in which the text has that day in full, else the one that it speaks of most, else the known one.
    In January and February a text that speaks of two years in a row reports on the first of them."""
    if same := [found for _, found in find_dates(content[:20_000]) if (found.month, found.day) == (month, day)]:
        return Fact(same[0].isoformat(), "text")
    years = Counter(int(year) for year in re.findall(r"(?<!\d)((?:19|20)\d{2})年(?!代|前|以前)", content))
    likely, times = years.most_common(1)[0] if years else (known, 0)
    if likely is None or (times == 1 and len(years) > 1 and known != likely):
        return None
    if month <= 2 and likely + 1 in years:
        likely += 1
    try:
        return Fact(date(likely, month, day).isoformat(), "text")
    except ValueError:
        return None


def _known_year(content: str, name: str, title: Fact | None) -> int | None:
    """The year in which a document was made, where no day is known: the year after the one reviewed, file name, title."""
    heading = title.value if title else ""
    if REPORT in f"{heading}{name}" and (match := REVIEWED.search(content[:1200])):
        return read_numeral(match["year"]) + 1
    for text in (name, heading):
        if years := BARE_YEAR.findall(text):
            return int(years[-1])
    return None


def find_period(title: Fact | None, name: str, published_on: Fact | None) -> tuple[Fact, Fact] | None:
    """The period reported on, from the title or the file name: 2021年上半年工作总结; a report to a congress is about the year before."""
    day = date.fromisoformat(published_on.value) if published_on else None
    for text, source in ((title.value, title.source) if title else ("", ""), (name, "file name")):
        if period := read_reported_period(text, day):
            return Fact(period[0].isoformat(), source), Fact(period[1].isoformat(), source)
    return None
