"""The period that a title names: 2021年上半年, 2022年前三季度, 2023年1-10月, 2021年度."""
from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

REPORT_TO_CONGRESS = re.compile(r"政府[^，。；]{0,8}工作报告")
PARTS: tuple[tuple[re.Pattern[str], int, int], ...] = (
    (re.compile(r"上半年"), 1, 6),
    (re.compile(r"下半年"), 7, 12),
    (re.compile(r"前三季度|1[-—–~至到]9月"), 1, 9),
    (re.compile(r"(?:第一|一|首)季度|1[-—–~至到]3月"), 1, 3),
    (re.compile(r"(?:第二|二)季度"), 4, 6),
    (re.compile(r"(?:第三|三)季度"), 7, 9),
    (re.compile(r"(?:第四|四)季度"), 10, 12),
)
MONTHS = re.compile(r"(?<!\d)(\d{1,2})月?[-—–~至到](\d{1,2})月")
MONTH = re.compile(r"(?<!\d)(\d{1,2})月(?:份|底|末)?(?!\d)")
AS_OF = re.compile(r"截[至止](?:\d{4}年)?(\d{1,2})月(?:份|底|末)?(?!\d)")
YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*(?:年|(?=[上下]半年|前三季度))")
REPORTS = re.compile(r"总结|报告|情况|进展|完成|通报|回顾|公报|盘点|台账|一览")


def read_reported_period(text: str, published_on: date | None) -> tuple[date, date] | None:
    """First and last day of the period that ``text`` (a title or file name) reports on, or None when it names none."""
    if REPORT_TO_CONGRESS.search(text):
        if published_on is None:
            return None
        reported = published_on.year if published_on.month >= 11 else published_on.year - 1
        return date(reported, 1, 1), date(reported, 12, 31)
    years = [int(year) for year in YEAR.findall(text)]
    if not years or not REPORTS.search(text):
        return None
    first, last = _months(text)
    return date(years[0], first, 1), date(years[0], last, monthrange(years[0], last)[1])


def _months(text: str) -> tuple[int, int]:
    for pattern, first, last in PARTS:
        if pattern.search(text):
            return first, last
    if (match := MONTHS.search(text)) and 1 <= int(match[1]) < int(match[2]) <= 12:
        return int(match[1]), int(match[2])
    if (match := AS_OF.search(text)) and 1 <= int(match[1]) <= 12:
        return 1, int(match[1])
    if (match := MONTH.search(text)) and 1 <= int(match[1]) <= 12 and not re.search(r"\d{1,2}月\d{1,2}日", text):
        return int(match[1]), int(match[1])
    return 1, 12
