"""Dates as public documents write them: 2021-08-20, 2023年1月10日, 二〇〇五年一月十一日, ２００６年１月１７日."""
from __future__ import annotations

import re
from datetime import date

DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | dict.fromkeys("〇○ОOo0", 0) | {"元": 1}
WIDE = str.maketrans("０１２３４５６７８９－／．：　", "0123456789-/.: ")
YEAR = r"(?P<year>(?:19|20)\d{2}|[一二][〇○零ОOo0０九一二三四五六七八]{3})"
MONTH = r"(?P<month>\d{1,2}|[正元一二三四五六七八九十]{1,3})"
DAY = r"(?P<day>\d{1,2}|[一二三四五六七八九十廿]{1,3})"
CHINESE_DATE = re.compile(rf"{YEAR}\s*年\s*{MONTH}\s*月\s*{DAY}\s*[日号]")
ISO_DATE = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})\s*(?P<mark>[-/.])\s*(?P<month>\d{1,2})\s*(?P=mark)\s*(?P<day>\d{1,2})(?!\d)")
COMPACT_DATE = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)")
MONTH_OF_YEAR = re.compile(rf"{YEAR}\s*年\s*{MONTH}\s*月(?!\s*\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# as feeds and mail write it: Tue, 12 Apr 2022 02:27:27 GMT
ENGLISH_DATE = re.compile(rf"(?<!\d)(?P<day>\d{{1,2}}) (?P<month>{'|'.join(_MONTHS)})[a-z]* (?P<year>(?:19|20)\d{{2}})(?!\d)", re.IGNORECASE)
DAY_FIRST = re.compile(r"(?<![\d.])(?P<day>\d{2})\.(?P<month>\d{2})\.(?P<year>(?:19|20)\d{2})(?!\d)")
DATE_LINE = re.compile(
    r"[\s（(【\[]*(?:(?:发布|更新|发文|成文|印发|公开|报送)?(?:日期|时间)\s*[:：]\s*)?"
    r"(?P<date>\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?|[一二][〇○零ОO0九一二三四五六七八]{3}年[元一二三四五六七八九十]{1,2}月[一二三四五六七八九十廿]{1,3}日)"
    r"(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?[\s）)】\]]*(?:印发|发布)?"
)


def read_numeral(text: str) -> int:
    """A day, month or year in digits, Chinese or (a month) English: 12, 十二, 廿三, 二〇〇五, Apr. Raises ValueError."""
    if text.isdigit():
        return int(text)
    if text == "正":
        return 1
    if text[:3].lower() in _MONTHS:
        return _MONTHS.index(text[:3].lower()) + 1
    if len(text) == 4 or text in DIGIT:
        return int("".join(str(DIGIT[c]) if c in DIGIT else "x" for c in text))
    text = text.replace("廿", "二十")
    tens, _, ones = text.partition("十")
    if "十" not in text:
        raise ValueError(text)
    return 10 * (DIGIT[tens] if tens else 1) + (DIGIT[ones] if ones else 0)


def read_match(match: re.Match[str]) -> date | None:
    """The date of a match with the groups year, month, day; None when there is no such day."""
    try:
        return date(*(read_numeral(match[part]) for part in ("year", "month", "day")))
    except (ValueError, KeyError):
        return None


def find_dates(text: str) -> list[tuple[int, date]]:
    """Full dates in ``text`` with their offsets, in reading order."""
    text = text.translate(WIDE)
    found = []
    for pattern in (CHINESE_DATE, ISO_DATE, ENGLISH_DATE, DAY_FIRST):
        for match in pattern.finditer(text):
            if (day := read_match(match)) and 1949 <= day.year <= 2100:
                found.append((match.start(), day))
    return sorted(found)


def read_date(text: str) -> date | None:
    """The first full date in ``text`` (20210820 also counts), or None."""
    if found := find_dates(text):
        return found[0][1]
    match = COMPACT_DATE.search(text)
    return read_match(match) if match else None


def is_date_line(text: str) -> bool:
    """Whether a line holds a date and nothing else: 2021-08-20, （二〇〇五年一月十一日）, 发布时间：2021-08-20 10:00,
    date: Tue, 12 Apr 2022 02:27:27 GMT."""
    if 8 <= len(text) <= 40 and text[:4].lower() == "date" and find_dates(text):
        return True
    return 8 <= len(text) <= 40 and DATE_LINE.fullmatch(text.translate(WIDE)) is not None
