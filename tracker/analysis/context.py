"""What is known of a document before its sentences are read: kind, place, organisation, years and default periods."""
from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tracker.analysis.organisations import (
    as_written_in_full,
    find_source,
    full_name,
    government_of,
    header_organisation,
    headline_organisation,
    headline_subject,
    only_body,
    telling_firm,
)
from tracker.analysis.outline import Section
from tracker.analysis.periods import Reference, month_end, read_number, year_period
from tracker.analysis.places import Place, find_place, places, without_province
from tracker.analysis.records import Fact, Period, Text
from tracker.analysis.roles import heading_role, title_role

DocumentKind = Literal["government", "department", "news"]

_GOVERNMENT = re.compile(r"政府工作(?:的)?报告|(?:向大会|向[^，。]{2,12}会议)(?:作|报告)(?:政府)?工作|代表[^，。]{0,8}(?:人民政府|国务院)[^。]{0,12}(?:报告|作)|人民代表大会第[一二三四五六七八九十]+次会议上")
# how such a report begins; a summary that only mentions 政府工作报告 is none
_GIVEN = re.compile(r"^\s*[^，。\n]{0,16}政府工作(?:的)?报告[^，。\n]{0,12}$|(?:向大会|向[^，。]{2,12}会议)(?:作|报告)(?:政府)?工作|代表[^，。]{0,8}(?:人民政府|国务院)[^。]{0,12}(?:报告|作)|人民代表大会第[一二三四五六七八九十]+次会议上", re.M)
# a newspaper tells of the report: 记者|…，市长王一民代表市政府作政府工作报告
_REPORTED = re.compile(r"记者|讯[（(]|[日社网]讯|电[（(]|(?:大会|会议)[^，。]{0,8}(?:开幕|闭幕|举行|召开)")
_ADDRESSED = re.compile(r"各位代表|现在[，,]?我代表|同志们[：:]")
# 关于印发政府工作报告任务分解的通知 is no report to a congress
_TASKS = re.compile(r"政府工作报告[》”〉>]?[^，。]{0,16}(?:任务|分解|分工|责任|落实|督查|督办)|(?:分解|落实|印发|贯彻|督办)[^，。]{0,12}[《“〈<]?政府工作报告")
_SPEECH_DATE = re.compile(r"(19\d\d|20\d\d)年(\d{1,2})月(\d{1,2})日")
_CHINESE_DATE = re.compile(r"([一二][九〇零○Ｏ][〇零○一二三四五六七八九]{2})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日")
_PRESS = re.compile(r"日报|晚报|网$|新闻|报社|通讯社|电视台|客户端|发布$|人民政府网")
_SPAN_OF_YEARS = re.compile(r"((?:19|20)\d\d)年?[-—~至到]+((?:19|20)\d\d)年?")
_PLAN_TITLE = re.compile(r"计划|要点|打算|安排|方案|规划|纲要|目标|任务|部署|清单|军令状|承诺|责任书|分解|分工")


@dataclass(frozen=True, slots=True)
class Context:
    """Frozen facts of one document. ``closed``: it looks back on a year that is over, so that 预计 is no promise."""

    kind: DocumentKind
    place: Place
    organisation: str
    fixed: bool                       # the organisation holds for the whole document
    reference: Reference
    report: Period
    plan: Period
    closed: bool
    start: Section
    source: str = ""                  # 来源：望海市水利局: who speaks where nobody is named
    source_why: str = ""
    told: bool = False                # a newspaper tells of a government's report


def build_context(text: Text, organisation: str | None, published_on: date | None) -> Context:
    """Context of a document; ``organisation`` and ``published_on``, when given, outrank what the text says."""
    place = find_place(text)
    published = published_on or _published(text)
    head = text.content[:1500]
    title = text.title.value if text.title else ""
    if not _TASKS.search(title) and (_GOVERNMENT.search(title) or _GOVERNMENT.search(text.name) or _GIVEN.search(head[:600])):
        return _government(text, title, head, place, organisation, published)
    return _other(text, title, place, organisation, published, given=published_on is not None)


def _published(text: Text) -> date | None:
    return date.fromisoformat(text.published_on.value) if text.published_on else None


# --- government work reports ----------------------------------------------------------------------------------------

def _government(text: Text, title: str, head: str, place: Place, organisation: str | None, published: date | None) -> Context:
    said = speech_date(head)
    spoken = said or published
    plan_year = _plan_year(title, text.name, spoken, said is not None)
    if plan_year and spoken and abs(plan_year - spoken.year) > 2:     # the day a page was put up, years later
        spoken = date(plan_year, 1, 1)
    year = spoken.year if spoken else plan_year
    name = organisation or _government_name(text, title, head, place)
    reference = Reference(spoken, year, plan_year)
    none = Period()
    return Context(
        kind="government", place=place, organisation=name, fixed=True, reference=reference, closed=True,
        report=year_period(plan_year - 1) if plan_year else none, plan=year_period(plan_year) if plan_year else none,
        start=Section(role="report", organisation=name, title=title),
        told=bool(_REPORTED.search(head[:600])) and not _ADDRESSED.search(text.content[:3000]),
    )


def speech_date(head: str) -> date | None:
    """The day of the speech: ——2024年1月18日在某市人民代表大会…, also 一九九八年一月八日."""
    digits = _SPEECH_DATE.search(head[:500])
    if digits:
        return _date(int(digits[1]), int(digits[2]), int(digits[3]))
    words = _CHINESE_DATE.search(head[:500])
    if not words:
        return None
    year = read_number(words[1].replace("○", "〇").replace("Ｏ", "〇"))
    month, day = read_number(words[2]), read_number(words[3])
    return _date(year, month, day) if year and month and day else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _plan_year(title: str, name: str, spoken: date | None, said: bool) -> int | None:
    """The year that a report plans: that of the speech (from November on the next one), else that of its title. A day
    that was not ``said`` in the text is only when the page was published."""
    named = re.search(r"((?:19|20)\d\d)年?[^月\d]{0,8}政府工作报告", title) or re.search(r"政府工作报告[_\s（(]*((?:19|20)\d\d)", name)
    if named and spoken and (abs(int(named[1]) - spoken.year) > 2 or (not said and abs(int(named[1]) - spoken.year) <= 1)):
        return int(named[1])
    if spoken and (not named or int(named[1]) != spoken.year + 1):
        return spoken.year + 1 if spoken.month >= 11 else spoken.year
    return int(named[1]) if named else None


def _government_name(text: Text, title: str, head: str, place: Place) -> str:
    if re.search(r"代表国务院|国务院总理|届全国人民代表大会第[一二三四五]次会议", head[:600]):
        return "国务院"
    congress = _CONGRESS.search(head)
    leader = _LEADER.search(head)
    for spoken in (congress[1] if congress else "", leader[1] if leader else ""):
        if spoken and (named := _government_at(spoken)):
            return named
    issuer = text.issuer.value if text.issuer else ""
    named = government_of(source for source in (title, text.name, issuer) if source)
    if not named and issuer.endswith("人民政府"):        # a district or county that the list of places does not hold
        return issuer
    return named or government_of(filter(None, [place.city or place.province]))


_CONGRESS = re.compile(r"在(?:中国共产党)?([^，。\s]{2,16}?)第[一二三四五六七八九十\d]+届\s*人民代表大会")
# 临水区区长 王一民, 临水县人民政府县长
_LEADER = re.compile(r"^\s*([\u4e00-\u9fa5]{2,12}?[市县区州旗])(?:人民政府)?代?[市县区州旗]长(?=\s|[\u4e00-\u9fa5]{2,3}$|$)", re.M)


def _government_at(place: str) -> str:
    """杭州市余杭区 → 杭州市余杭区人民政府, 浙江省仙居县 → 仙居县人民政府, 烟台 → 烟台市人民政府; "" for no place."""
    listed = government_of([place])
    if place in places() or not place.endswith(("市", "县", "区", "州", "旗")) or place[0] in "本我全":
        return listed
    if listed and place.endswith("市") and listed == f"{place}人民政府":
        return listed
    return without_province(place) + "人民政府"


# --- summaries, plans and newspapers --------------------------------------------------------------------------------

def _other(text: Text, title: str, place: Place, organisation: str | None, published: date | None, *, given: bool) -> Context:
    name = organisation or as_written_in_full(title_organisation(title, text.name, text.issuer, place), text.content, place)
    year = published.year if published else None
    known = None if text.published_on and text.published_on.source == "year" and not given else published
    report, plan, about, closed = part_periods(title or text.name, known, text.period)
    reference = Reference(published, about or year)
    kind: DocumentKind = "department" if name else "news"
    if _TASKS.search(title) or _ISSUED.search(title):      # the office hands out what the government has promised
        name = re.sub(r"(?:人民)?政府办公[室厅]$", "人民政府", name)
    source, why = ("", "") if name else _find_source(text, title, place)
    return Context(
        kind=kind, place=place, organisation=name, fixed=bool(organisation), source=source, source_why=why, reference=reference,
        report=report, plan=plan, closed=closed,
        start=Section(role=title_role(title) if _PLAN_TITLE.search(title) else "report", organisation=name, title=title),
    )


_ISSUED = re.compile(r"办公[室厅](?:关于)?.*的?通知$")


def _find_source(text: Text, title: str, place: Place) -> tuple[str, str]:
    """Who speaks where nobody is named, and how that is known."""
    if subject := headline_subject(title):
        return full_name(subject, place), "标题所说的单位"
    if firm := telling_firm(text.content):
        return firm, "全文所说的单位"
    if source := find_source(text.content, place):
        return source, "来源栏"
    if body := only_body(text.content, place):
        return body, "全文只提到的单位"
    return (own, "全文所说的地方") if (own := _own_place(text.content[:6000], place)) else ("", "")


def _own_place(content: str, place: Place) -> str:
    """The place that 我市, 全区 mean: the city or county, or the province where the text says 全省 more often; its
    government where that has issued what the text tells of."""
    said = {kind: len(re.findall(f"[我全]{kind}", content)) for kind in "市县旗区省"}
    province = said["省"] + (said["区"] + content.count("自治区") if place.province.endswith("自治区") else 0)
    city = said.get(place.city[-1:], 0)
    own = place.province if place.province and province > city else place.city if city else ""
    return f"{own}人民政府" if own and re.search(r"[省市县区]政府(?:办公[厅室])?(?:近日|日前)?(?:印发|发文|出台|发布)", content) else own


def title_organisation(title: str, name: str, issuer: Fact | None, place: Place) -> str:
    """The body that a title, a file name or an issuer names; newspapers and web sites are none."""
    inner = re.search(r"《([^》]+)》", title)
    for source in (title, inner[1] if inner else "", re.sub(r"[_\-\s]+", "", name.rsplit(".", 1)[0]), issuer.value if issuer else ""):
        found = header_organisation(source) if source and not _PRESS.search(source) else None
        if found:
            return full_name(found, place)
    if heads := headline_organisation(title):
        return full_name(heads, place)
    # a page's metadata name the press or the site, unless its title says the same
    named = issuer and (issuer.source != "metadata" or issuer.value in title)
    if issuer and named and not _PRESS.search(issuer.value):      # 望海市商务局2025年8月工作动态
        return full_name(issuer.value, place)
    if re.search(r"规划|纲要|计划|方案|要点|公报|清单|任务|目标|工作总结", title) and not _PRESS.search(title):
        return government_of([title])
    return ""


def part_periods(title: str, published: date | None, given: tuple[Fact, Fact] | None = None) -> tuple[Period, Period, int | None, bool]:
    """Default period of results, default period of plans, the year reported on, and whether that period is over.

    2021年上半年工作总结 → 2021-01-01…06-30, 07-01…12-31; 2023年工作要点 → plan 2023; without a year nothing is
    known but the publication date."""
    span = _SPAN_OF_YEARS.search(title)
    five = re.search(r"[“\"]?(十[一二三四五六]?)五[”\"]?|第(?P<nth>十[一二三四五六]?)个五年", title)
    year_word = re.search(r"((?:19|20)\d\d)年?", title)
    both = re.search(r"((?:19|20)\d\d)年.*(?:总结|情况|回顾).*?((?:19|20)\d\d)年.*(?:计划|打算|安排|要点|思路)", title)
    if both:
        return year_period(int(both[1])), year_period(int(both[2])), int(both[1]), True
    if span:
        plan = Period(date(int(span[1]), 1, 1), date(int(span[2]), 12, 31))
        return _until(published), plan, published.year if published else None, False
    if five and not year_word:
        from_plan = {"十": 2001, "十一": 2006, "十二": 2011, "十三": 2016, "十四": 2021, "十五": 2026}.get(five[1] or five["nth"])
        if from_plan:
            return _until(published), Period(date(from_plan, 1, 1), date(from_plan + 4, 12, 31)), published.year if published else None, False
    if given and not year_word:
        first, last = date.fromisoformat(given[0].value), date.fromisoformat(given[1].value)
        return Period(first, last), _after(last), last.year, bool(published and published > last)
    month = _last_month(title) if not year_word and _PART_OF_YEAR.search(title) else None
    end = month_end(published.year, month) if published and month else None
    if published and end and end <= published:       # 上半年全市新增就业3万人
        return Period(date(published.year, 1, 1), end), _after(end), published.year, False
    if not year_word and published and published.month == 1:       # nothing of this year is done yet
        return year_period(published.year - 1), year_period(published.year), published.year, True
    if not year_word:
        return _until(published), Period(), published.year if published else None, False
    return _yearly(title, int(year_word[1]), published)


def _yearly(title: str, year: int, published: date | None) -> tuple[Period, Period, int | None, bool]:
    last = _last_month(title)
    if last:
        report = Period(date(year, 1, 1), month_end(year, last))
        return report, _after(month_end(year, last)), year, False
    if heading_role(title) == "plan":
        return _until(published), year_period(year), year, False
    over = published is None or published >= date(year, 12, 1)
    report = year_period(year) if over else _until(published)
    return report, year_period(year + 1) if over else _after(published), year, over


_PART_OF_YEAR = re.compile(r"上半年|[前第]?[一二三1-3]季度|(?:1月?[-—~至到]+|前)(?:1[0-2]|[1-9])个?月")


def _last_month(title: str) -> int | None:
    """Last month of the part of a year that a title names: 上半年 → 6, 前三季度 → 9, 1-10月 → 10."""
    if "上半年" in title or ("半年" in title and "下半年" not in title):
        return 6
    quarter = re.search(r"(?:前|第)?([一二三1-3])季度", title)
    if quarter:
        return (read_number(quarter[1]) or 1) * 3
    months = re.search(r"(?:[1一]月?[-—~至到]+|前)?(1[0-2]|[1-9])个?月(?:份)?(?![-—~至到])", title)
    return int(months[1]) if months else None


def _until(published: date | None) -> Period:
    return Period(date(published.year, 1, 1), published) if published else Period()


def _after(last: date | None) -> Period:
    """The rest of the year after ``last``: what a plan at the end of a half-year summary is for."""
    if last is None:
        return Period()
    if last.month == 12:
        return year_period(last.year + 1)
    return Period(date(last.year, last.month + 1, 1), date(last.year, 12, 31))
