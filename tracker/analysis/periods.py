"""Periods as the genre writes them, worked out against the document's own date; nothing here knows today.

``find_periods`` gives every usable time expression of a sentence. Expressions that only compare (较去年, 比“十三五”末),
that qualify a noun (去年重组的集团) or that belong to a title (《2021年作战方案》) are left out.
"""
from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Literal

from tracker.analysis.branches import Branches
from tracker.analysis.records import Period, record

Reach = Literal["span", "point", "since", "until"]

_CN = {char: value for value, char in enumerate("零一二三四五六七八九十")} | {"两": 2, "〇": 0}
_PLANS = {"六": 1981, "七": 1986, "八": 1991, "九": 1996, "十": 2001, "十一": 2006, "十二": 2011, "十三": 2016,
          "十四": 2021, "十五": 2026, "十六": 2031}
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4, "首": 1}


@record
class Reference:
    """What a document's time words are measured from: ``today`` is its publication (or event) date, ``year`` the year
    that 今年 means in it, ``plan_year`` the year that a plan in it is for, ``bare_year`` the year of 全年, 年底 and
    10月 in the section that is being read."""

    today: date | None
    year: int | None
    plan_year: int | None = None
    bare_year: int | None = None


@record
class Moment:
    """A time expression in a sentence: its place, its period, and how it reaches: over a span, at a point,
    since a start, or until a deadline."""

    start: int
    end: int
    period: Period
    reach: Reach
    words: str
    multi_year: bool = False


def read_number(text: str) -> int | None:
    """12, 十二, 两 → int; None for anything else."""
    if text.isdigit():
        return int(text)
    if not text or any(char not in _CN for char in text):
        return None
    if "十" not in text:
        return int("".join(str(_CN[char]) for char in text))
    tens, _, ones = text.partition("十")
    return (_CN[tens] if tens else 1) * 10 + (_CN[ones] if ones else 0)


def month_end(year: int, month: int) -> date:
    """Last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def year_period(year: int) -> Period:
    """1 January to 31 December."""
    return Period(date(year, 1, 1), date(year, 12, 31))


def read_year(text: str, reference: Reference) -> int | None:
    """2021年, 二○二一年, 今年, 去年, 明年 → year; without a word the year of 今年."""
    text = text.strip()
    digits = re.match(r"(?:19|20)\d\d", text)
    if digits:
        return int(digits.group())
    if re.match(r"[一二]?[九零〇○]?[零〇○一二三四五六七八九]{2,4}年?$", text):
        value = read_number(text.rstrip("年").replace("○", "〇"))
        return value if value and 1900 < value < 2100 else None
    if text[:1] in ("", "当", "次"):
        bare = reference.bare_year or reference.year
        return bare + (text[:1] == "次") if bare else None
    if reference.year is None:
        return None
    shift = {"今": 0, "本": 0, "去": -1, "上": -1, "前": -2, "明": 1, "来": 1, "后": 2}.get(text[:1], 0)
    return reference.year + shift


_Y = r"(?:(?<!\d)(?:19|20)\d\d年度?|(?<![以之])[今去明前本来上]年度?(?!轻)|当年|次年|后年)"
_M = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_TO = r"(?:至|到|—+|-+|~|～|－|–)"
_DUE = r"(?:之前|以前|前(?![\d一二两三四五六七八九十]{1,2}个?月))"

_RULES = (
    r"(?P<until_now>(?:截至|截止|截止到|到|迄今|至)(?:目前|现在|今(?!年)|当前|发稿)(?:为止)?|目前为止)",
    r"(?P<now>目前(?<!项目前)|现在|当前|近日|日前|近期|眼下|今天|[今这]年(?:以来|(?=已|累计|共))|今年来|年初以来|开年以来)",
    rf"(?P<between_years>(?P<y1>(?:19|20)\d\d)年?{_TO}(?P<y2>(?:19|20)\d\d)年)",
    rf"(?P<between_months>(?:(?P<my>{_Y})的?)?(?P<m1>{_M})月?(?:份)?{_TO}(?P<m2>{_M})月(?:份|底|末)?)",
    rf"(?P<day>(?P<dy>{_Y})?(?P<dm>{_M})月(?P<dd>[12]\d|3[01]|0?[1-9])[日号](?P<day_since>以来|起)?)",
    rf"(?P<month>(?P<moy>{_Y})?(?P<mom>{_M})月(?:份|(?P<mo_end>底|末)|(?P<mo_mid>[上中下]旬|初))?(?P<mo_due>{_DUE})?(?P<mo_since>以来|起)?)",
    rf"(?P<quarters>(?P<qy>{_Y})?(?P<first>前|第?)(?P<q>[一二三四两三1-4首])(?:个)?季度?(?P<q_due>末|底)?(?![度\u4e00-\u9fa5]?节))",
    r"(?P<first_months>前(?<![提以之节]前)(?P<fm>1[01]|[2-9]|十一?|[两二三四五六七八九])个?月(?:份)?)",
    rf"(?P<half>(?P<hy>{_Y})?(?P<h>[上下])半年(?P<h_due>{_DUE})?)",
    r'(?P<plan>[“"‘]?(?:国家)?(?P<five>十[一二三四五六]?|[六七八九])五[”"’]?(?:(?P<plan_end>末|期末|末期|收官|目标)|(?:时期|期间|规划(?:期)?|开局之年|头\S年|(?P<plan_since>以来))?))',
    rf"(?P<target_year>(?:(?<![达复])到|(?<!复)至|截至|截止|于)(?P<ty>(?:19|20)\d\d(?=年|[底末，,。；;]|$)|[今明去]|本世纪中叶)年?(?:年?[底末])?(?P<ty_due>{_DUE})?(?!月|以来)(?:时)?)",
    rf"(?P<year_end>(?P<ey>{_Y})?(?:年)?(?:[底末](?![大子])|年底|年末)(?:之前|以前|前)?)",
    rf"(?P<in_year>(?P<iy>{_Y})?(?:年内|年底前|全年|年度内|年底|年末)|本年度|(?P<autumn>秋季学期|秋季|入冬前|暑期|暑假)|(?P<spring>春季学期|春季))",
    r"(?P<past_years>(?:过去的?|近|最近|这)(?P<py>[一两二三四五六七八九十]|\d{1,2})年(?:来|间|以来|期间)?|(?P<py2>[两二三四五六七八九十])年(?:来|间|以来))",
    r"(?P<next_years>(?:今后|未来|下一?个?|接下来)(?:的)?(?P<ny>[一两二三四五六七八九十]|\d{1,2})(?:[到至-][一二三四五六七八九十\d])?(?:个)?年(?:内|里|左右|时间|期间)?|(?P<ny2>[一两二三四五])年内|[用经](?P<ny3>[一两二三四五])年(?:左右)?(?:的)?时间|(?:通过|经过)?(?P<ny4>[一两二三四五])到[一两二三四五]年)",
    r"(?P<bare_years>(?<![十第近每过前后这来上下])(?P<by>[三五])年(?=筹集|新增|投入|累计|建设|集聚|培育|完成|引进|改造|实现|打造|建成|投资))",
    r"(?P<term>本届政府(?:任期|五年)?(?:以来)?|(?P<term_past>上届政府|过去一届))",
    rf"(?P<year>{_Y}(?P<year_due>{_DUE}|[底末](?:之前|以前|前)?)?(?P<year_since>以来)?|过去(?:的)?一年|一年来|过去(?:的)?这?一年)",
)
_EVER_SINCE = re.compile(r"[^，,。；;：:]{2,20}以来")
_HINT = re.compile(r"[年月季现今近日当迄末五前届春秋以](?:(?<!以)|来)")      # of 以 only 以来
# in front of an expression: it is compared with, subtracted from, or part of a name
_BASE_ONLY = re.compile(r"(?:比|较|比较|相比|相较|是|相当于|超过?|高于|低于|好于|快于|恢复到|恢复至|回到|由|从|对比|剔除)(?:上年|“|\")?$")
_THAN = frozenset("当低高好快优慢")      # 相当于2019年, 低于去年
# 纳入“十四五”规划的项目, “十四五”规划内项目, 编制“十五五”规划: a plan by its name, and no time
_PLANNED_IN = re.compile(r"(?:纳入|列入|进入|编制|谋划|研究|启动|做好|抓好|对接|衔接|修编|出台|印发|发布|落实)(?:了|好)?(?:国家|全省|全市|省|市|省级|国家级)?[“\"‘]?$")
_OF_PLAN = re.compile(r"(?:的|内|中|重大|重点|储备|确定的)?[^，。；、]{0,6}(?:项目|工程|事项|盘子|编制|衔接|评估)")
_AWARDED = re.compile(r"(?:获评|评为|荣获|入选|获|列入|编制|印发|制定|出台|实施|落实|修订|发布|举办|承办|召开|公布|执行|完成|评选)(?:了)?(?:全[国省市])?$")


@lru_cache(maxsize=1)
def _rules() -> Branches:
    return Branches(_RULES, alike=("0123456789", "一二三四五六七八九十"), guarded=True)


def find_periods(sentence: str, reference: Reference) -> list[Moment]:
    """All time expressions of a folded sentence that can date its figures, in reading order."""
    if not _HINT.search(sentence):
        return []
    titles = [match.span() for match in re.finditer(r"《[^》]*》", sentence)] if "《" in sentence else []
    found: list[Moment] = []
    for match in _rules().find(sentence):
        if any(low <= match.start() < high for low, high in titles) or _is_bound(sentence, match):
            continue
        within = reference
        if match.lastgroup == "in_year" and found and found[-1].reach == "span" and match.group().startswith(("全年", "年内", "年底", "年末")):
            named = found[-1].period.end      # 2014年，…，全年完成投资45亿元
            within = replace(reference, bare_year=named.year) if named and not found[-1].multi_year else reference
        moment = _READERS[match.lastgroup or "year"](match, within)   # lastgroup: the rule, closed last
        if moment:
            found.append(moment)
    return _with_ever_since(sentence, reference, found) if "以来" in sentence else found


def _with_ever_since(sentence: str, reference: Reference, found: list[Moment]) -> list[Moment]:
    """转场以来, 自8月底推行“三零e办”以来: from something that happened until now."""
    for match in _EVER_SINCE.finditer(sentence):
        inside = [moment for moment in found if match.start() <= moment.start and moment.end <= match.end()]
        if reference.today and not any(moment.reach == "since" for moment in inside):
            start = inside[0].period.end if inside else None
            found = [moment for moment in found if moment not in inside]
            found.append(Moment(match.start(), match.end(), Period(start, reference.today), "since", match.group()))
    return sorted(found, key=lambda moment: moment.start)


def _is_bound(sentence: str, match: re.Match[str]) -> bool:
    """Whether the expression compares, qualifies or names instead of dating."""
    before, after = sentence[max(0, match.start() - 6) : match.start()], sentence[match.end() : match.end() + 16]
    words, rule = match.group(), match.lastgroup
    if _BASE_ONLY.search(before) or (words[:1] == "于" and before[-1:] in _THAN) or after.startswith(("持平", "同期", "同比", "增速", "的基础上", "基础上")):
        return True
    if rule == "plan" and re.match(r"[^，。；、]{0,6}(?:工程|项目|计划|方案|课题|普法)", after) and words[-1:] in "”\"’":
        return True
    if rule == "past_years" and re.match(r"平均|均值|新高|新低|[^，。]{0,3}(?:最[高低好优大快佳]|新高)|同期|首次|年均", after):
        return True
    if after.startswith(("价", "不变价", "可比价")):        # 按2000年价
        return True
    if re.match(r"(?:同期|年)?相[比较]|相对比", after) or words[-1:] == "“" or before.endswith("第"):
        return True
    if rule == "plan" and words.endswith("规划") and (_PLANNED_IN.search(before) or _OF_PLAN.match(after)):
        return True
    if rule == "plan" and re.match(r"(?:专项|发展|总体|教育|能源|海洋|服务业|国资|[^，。]{0,8})?规划|纲要|能耗|《", after) and not match.group("plan_end"):
        return True
    if rule == "year" and (_AWARDED.search(before) or re.match(r"(?:度)?(?:版|中国品牌日|第|青岛改革巡礼)", after)):
        return True
    return bool(rule == "year" and re.match(r"^的(?=\d)|^的?[^，。；、\d]{1,8}的(?=\d)", after)) or bool(
        words.startswith(("去年", "上年", "前年")) and re.match(r"(?:的|[^，,。；;、]{1,10}的)", after))


def _make(match: re.Match[str], start: date | None, end: date | None, reach: Reach, multi_year: bool = False) -> Moment:
    return Moment(match.start(), match.end(), Period(start, end), reach, match.group(), multi_year)


def _first_of(day: date | None) -> date | None:
    return date(day.year, 1, 1) if day else None


def _read_now(match: re.Match[str], reference: Reference) -> Moment | None:
    if reference.today is None:
        return None
    since = match.group().endswith(("来", "年"))
    return _make(match, _first_of(reference.today) if since else None, reference.today, "since" if since else "point")


def _read_between_years(match: re.Match[str], reference: Reference) -> Moment | None:
    first, last = int(match["y1"]), int(match["y2"])
    return _make(match, date(first, 1, 1), date(last, 12, 31), "span", first != last)


def _read_between_months(match: re.Match[str], reference: Reference) -> Moment | None:
    year = read_year(match["my"] or "", reference)
    first, last = read_number(match["m1"]), read_number(match["m2"])
    if year is None or not first or not last or first > last:
        return None
    return _make(match, date(year, first, 1), month_end(year, last), "span")


def _read_day(match: re.Match[str], reference: Reference) -> Moment | None:
    year = read_year(match["dy"] or "", reference)
    month, day = read_number(match["dm"]), int(match["dd"])
    if year is None or not month or day > calendar.monthrange(year, month)[1]:
        return None
    at = date(year, month, day)
    if match["day_since"]:
        return _make(match, at, reference.today, "since")
    return _make(match, at, at, "point")


def _read_month(match: re.Match[str], reference: Reference) -> Moment | None:
    year = read_year(match["moy"] or "", reference)
    month = read_number(match["mom"])
    if year is None or not month:
        return None
    last = month_end(year, month)
    if match["mo_since"]:
        return _make(match, last if match["mo_end"] else date(year, month, 1), reference.today, "since")
    if match["mo_end"] or match["mo_due"]:
        return _make(match, None, last, "until")
    return _make(match, date(year, month, 1), last, "span")


def _read_quarters(match: re.Match[str], reference: Reference) -> Moment | None:
    year = read_year(match["qy"] or "", reference)
    quarter = _QUARTERS.get(match["q"], 2 if match["q"] == "两" else 0)
    if year is None or not quarter or (match["first"] == "" and match["q"] in "两"):
        return None
    first = 1 if match["first"] == "前" else quarter * 3 - 2
    if match["q_due"]:
        return _make(match, None, month_end(year, quarter * 3), "until")
    return _make(match, date(year, first, 1), month_end(year, quarter * 3), "span")


def _read_first_months(match: re.Match[str], reference: Reference) -> Moment | None:
    """今年前两月, 前10个月."""
    named = re.search(rf"{_Y}$", match.string[max(0, match.start() - 6) : match.start()])
    year, months = read_year(named.group() if named else "", reference), read_number(match["fm"])
    return _make(match, date(year, 1, 1), month_end(year, months), "span") if year and months else None


def _read_half(match: re.Match[str], reference: Reference) -> Moment | None:
    year = read_year(match["hy"] or "", reference)
    if year is None:
        return None
    first, last = (1, 6) if match["h"] == "上" else (7, 12)
    return _make(match, date(year, first, 1), month_end(year, last), "until" if match["h_due"] else "span")


def _read_plan(match: re.Match[str], reference: Reference) -> Moment | None:
    first = _PLANS.get(match["five"])
    if first is None or not re.search(r"[“\"‘]|时期|期间|末|规划|以来|开局", match.group()):
        return None
    if "开局" in match.group():
        return None
    if match["plan_end"]:
        return _make(match, None, date(first + 4, 12, 31), "until", True)
    if match["plan_since"]:
        return _make(match, date(first, 1, 1), reference.today, "since", True)
    return _make(match, date(first, 1, 1), date(first + 4, 12, 31), "span", True)


def _read_target_year(match: re.Match[str], reference: Reference) -> Moment | None:
    if match["ty"] == "本世纪中叶":
        return _make(match, None, date(2050, 12, 31), "until", True)
    year = read_year(match["ty"], reference)
    return _make(match, None, date(year, 12, 31), "until") if year else None


def _read_year_end(match: re.Match[str], reference: Reference) -> Moment | None:
    year = read_year(match["ey"] or "", reference)
    return _make(match, None, date(year, 12, 31), "until") if year else None


def _read_in_year(match: re.Match[str], reference: Reference) -> Moment | None:
    year = read_year(match["iy"] or "", reference)
    if year is None:
        return None
    if match["autumn"]:
        return _make(match, date(year, 9, 1), date(year, 12, 31), "span")
    if match["spring"]:
        return _make(match, date(year, 1, 1), date(year, 6, 30), "span")
    if match.group().rstrip("前").endswith(("年底", "年末")):
        return _make(match, None, date(year, 12, 31), "until")
    return _make(match, date(year, 1, 1), date(year, 12, 31), "span")


def _read_past_years(match: re.Match[str], reference: Reference) -> Moment | None:
    count = read_number(match["py"] or match["py2"])
    if reference.year is None or not count:
        return None
    last = _last_full_year(reference)
    end = date(last, 12, 31) if reference.plan_year or last < reference.year else reference.today
    return _make(match, date(last - count + 1, 1, 1), end, "span", count > 1)


def _last_full_year(reference: Reference) -> int:
    """The year a report looks back on: the one before its plan year, else the running year."""
    if reference.plan_year:
        return reference.plan_year - 1
    early = reference.today is not None and reference.today.month <= 2 and reference.year == reference.today.year
    return (reference.year or 0) - early


def _read_next_years(match: re.Match[str], reference: Reference) -> Moment | None:
    words = match["ny"] or match["ny2"] or match["ny3"] or match["ny4"]
    count = read_number(words) if words else None
    first = reference.plan_year or reference.year
    if first is None or not count:
        return None
    return _make(match, date(first, 1, 1), date(first + count - 1, 12, 31), "span", True)


def _read_bare_years(match: re.Match[str], reference: Reference) -> Moment | None:
    """五年新增200处: the years ahead in a plan, the years behind in a report."""
    count, plan = read_number(match["by"]), reference.plan_year
    if not count or not plan:
        return None
    first = plan if reference.bare_year == plan else plan - count
    return _make(match, date(first, 1, 1), date(first + count - 1, 12, 31), "span", True)


def _read_term(match: re.Match[str], reference: Reference) -> Moment | None:
    return None


def _read_whole_year(match: re.Match[str], reference: Reference) -> Moment | None:
    words = match.group()
    if words.startswith(("过去", "一年来")):
        year: int | None = _last_full_year(reference) or None
    else:
        year = read_year(words, reference)
    if year is None or not 1900 < year < 2100:
        return None
    if match["year_since"]:
        return _make(match, date(year, 1, 1), reference.today, "since")
    if match["year_due"]:
        return _make(match, None, date(year, 12, 31), "until")
    return _make(match, date(year, 1, 1), date(year, 12, 31), "span")


_READERS: dict[str, Callable[[re.Match[str], Reference], Moment | None]] = {
    "until_now": _read_now, "now": _read_now, "between_years": _read_between_years,
    "between_months": _read_between_months, "day": _read_day, "month": _read_month, "quarters": _read_quarters,
    "first_months": _read_first_months, "half": _read_half, "plan": _read_plan, "target_year": _read_target_year, "year_end": _read_year_end,
    "in_year": _read_in_year, "past_years": _read_past_years, "next_years": _read_next_years, "bare_years": _read_bare_years, "term": _read_term,
    "year": _read_whole_year,
}
