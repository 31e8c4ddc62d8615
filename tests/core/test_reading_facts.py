"""Title, issuer, publication date and reported period, with where each was found."""
from __future__ import annotations

from datetime import date

import pytest

from tracker.reading import read
from tracker.reading.dates import find_dates, is_date_line, read_date, read_numeral
from tracker.reading.periods import read_reported_period

BODY = "今年以来，全市上下坚持稳中求进，各项工作取得新成效，完成投资12.6亿元。"

DATES = [
    ("2021-08-20", date(2021, 8, 20)), ("2021年8月20日", date(2021, 8, 20)), ("2021 年 8 月 20 日", date(2021, 8, 20)),
    ("二〇二三年一月十日", date(2023, 1, 10)), ("二○一三年一月二十五日", date(2013, 1, 25)), ("二0一四年一月十五日", date(2014, 1, 15)),
    ("２００６年１月１７日", date(2006, 1, 17)), ("2024.02.05", date(2024, 2, 5)), ("t20240205_7827747", date(2024, 2, 5)),
    ("一九九八年二月廿三日", date(1998, 2, 23)), ("2021年13月1日", None), ("2021年2月30日", None), ("8月20日", None),
    ("今年2021", None), ("120210820", None),
]


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_dates(text: str, expected: date | None) -> None:
    assert read_date(text) == expected


def test_dates_come_in_reading_order() -> None:
    assert [day for _, day in find_dates("2023-01-02起，至2022年3月4日")] == [date(2023, 1, 2), date(2022, 3, 4)]


@pytest.mark.parametrize(("text", "day"), [
    ("date: Tue, 12 Apr 2022 02:27:27 GMT", date(2022, 4, 12)), ("18.02.2015 15:14", date(2015, 2, 18)), ("1.02.3版", None),
])
def test_dates_of_feeds_and_dates_with_the_day_first(text, day):
    assert read_date(text) == day


@pytest.mark.parametrize("line", ["2021-08-20", "（二〇〇五年一月十一日）", "发布时间：2021-08-20 10:00", "2021年8月20日印发"])
def test_date_lines(line: str) -> None:
    assert is_date_line(line)


@pytest.mark.parametrize("line", ["2021年8月20日召开会议", "全年12项", "2021", "截至2021-08-20，完成12个"])
def test_no_date_lines(line: str) -> None:
    assert not is_date_line(line)


@pytest.mark.parametrize(("text", "number"), [("十", 10), ("十二", 12), ("二十", 20), ("廿三", 23), ("二〇二三", 2023), ("7", 7), ("三", 3)])
def test_numerals(text: str, number: int) -> None:
    assert read_numeral(text) == number


# (file name, lines, published_on, source)
PUBLISHED = [
    ("a.txt", ["---", "title: 水网", "date: 2021-12-16 11:22:41 +0800", "---", BODY], "2021-12-16", "metadata"),
    ("a.txt", ["海州市水利局2021年上半年工作总结", "2021-08-20", BODY], "2021-08-20", "head"),
    ("a.txt", ["政府工作报告", "——2023年1月10日在海州市第十七届人民代表大会第二次会议上", "海州市市长 李明远", BODY], "2023-01-10", "head"),
    ("a.txt", ["政府工作报告", "（二〇〇五年一月十一日）", BODY], "2005-01-11", "head"),
    ("a.md", ["---", "title: 海州市政府工作报告（2012年2月11日 李明远）", "---", BODY], "2012-02-11", "metadata"),
    ("a.txt", ["2021-08-20", "2021-09-18", "2021-08-19", "海州市水利局", BODY], "2021-09-18", "head"),
    ("a.txt", ["水网建设提速", BODY, "海州日报2021年10月26日1版"], "2021-10-26", "text"),
    ("a.txt", ["水网建设提速", "11月24日上午，全市水利会议召开。2022年已近尾声。", "2022年的任务要完成。"], "2022-11-24", "text"),
    ("a.txt", ["关于水网建设的通知", BODY, "海州市水利局", "2021年3月5日"], "2021-03-05", "tail"),
    ("水网总结20210705.txt", ["水网建设提速", BODY], "2021-07-05", "file name"),
    ("海州市_政府工作报告_2022.txt", ["各位代表：", BODY], "2022-01-01", "year"),
    ("a.md", ["---", "source: http://www.example.gov.cn/202402/t20240205_1.html", "title: 2024年政府工作报告", "---", BODY], "2024-02-05", "address"),
    ("a.md", ["---", "source: http://www.example.gov.cn/202108/t20210806_1.html", "title: 1999年政府工作报告", "---", BODY], "1999-01-01", "year"),
    ("a.txt", ["政府工作报告", "各位代表：", BODY, "一、2003年工作回顾", BODY], "2004-01-01", "year"),
    ("a.txt", ["海州市水利局2021年上半年工作总结", BODY], "2021-06-30", "period"),
    ("水网台账（截至2023年6月底）.txt", ["水网台账", BODY], "2023-06-30", "period"),
    ("a.txt", ["水网建设提速", BODY], None, None),
    ("a.txt", ["水网建设提速", "2021年3月5日，全市水利会议召开，部署全年任务。", BODY], "2021-03-05", "text"),
]


@pytest.mark.parametrize(("name", "lines", "value", "source"), PUBLISHED)
def test_publication_date(name: str, lines: list[str], value: str | None, source: str | None) -> None:
    text = read("\n".join(lines).encode(), name)
    found = text.published_on
    assert ((found.value, found.source) if found else (None, None)) == (value, source)
    if source in (None, "year", "text", "period"):
        assert any("发布日期" in note for note in text.notes)


ISSUERS = [
    ("a.txt", ["政府工作报告", "——2023年1月10日在海州市第十七届人民代表大会第二次会议上", BODY], "海州市人民政府"),
    ("a.txt", ["政府工作报告", "2019年3月6日在全国人民代表大会某次会议上", "现在，我代表国务院，向大会报告政府工作。"], "国务院"),
    ("海州市_政府工作报告_2022.txt", ["各位代表：", "现在，我代表市人民政府向大会报告工作。"], "海州市人民政府"),
    ("a.txt", ["海州市水利局2021年上半年工作总结", BODY], "海州市水利局"),
    ("a.txt", ["海州市文化和旅游局关于2023年前三季度工作的报告", BODY], "海州市文化和旅游局"),
    ("海州市体育局2021年工作总结.txt", ["工作总结", BODY], "海州市体育局"),
    ("a.txt", ["水网建设提速", BODY], None),
    ("a.txt", ["至10月末市属企业资产增长", BODY], None),
]


@pytest.mark.parametrize(("name", "lines", "issuer"), ISSUERS)
def test_issuer(name: str, lines: list[str], issuer: str | None) -> None:
    found = read("\n".join(lines).encode(), name).issuer
    assert (found.value if found else None) == issuer


TITLES = [
    (["客户端:观海", "□海州日报记者 张三", BODY], None),
    (["全市水网建设会议召开", "水网建设跑出加速度", "□海州日报记者 张三", BODY], "水网建设跑出加速度"),
    (["政 府 工 作 报 告", "——2023年1月10日在海州市第十七届人民代表大会第二次会议上", BODY], "政府工作报告"),
    (["目录", "海州市水利局总结 1", "海州市体育局总结 5", "海州市教育局总结 9", "海州市水利局总结", BODY], None),
    ([BODY, BODY], None),
]


@pytest.mark.parametrize(("lines", "title"), TITLES)
def test_title(lines: list[str], title: str | None) -> None:
    found = read("\n".join(lines).encode(), "a.txt").title
    assert (found.value if found else None) == title


PERIODS = [
    ("海州市水利局2021年上半年工作总结", None, ("2021-01-01", "2021-06-30")),
    ("2022年前三季度重点任务完成情况", None, ("2022-01-01", "2022-09-30")),
    ("2023年1-10月进展情况", None, ("2023-01-01", "2023-10-31")),
    ("2023年2月份重点任务进展情况", None, ("2023-02-01", "2023-02-28")),
    ("2023年重点任务台账（截至2023年6月底）", None, ("2023-01-01", "2023-06-30")),
    ("2021年工作总结", None, ("2021-01-01", "2021-12-31")),
    ("2023年第三季度督查通报", None, ("2023-07-01", "2023-09-30")),
    ("政府工作报告", date(2023, 1, 10), ("2022-01-01", "2022-12-31")),
    ("2023年政府工作报告", date(2022, 12, 26), ("2022-01-01", "2022-12-31")),
    ("2023年工作要点", None, None),
    ("海州市水利发展规划", None, None),
    ("2021海州改革巡礼", None, None),
]


@pytest.mark.parametrize(("title", "published_on", "expected"), PERIODS)
def test_reported_period(title: str, published_on: date | None, expected: tuple[str, str] | None) -> None:
    found = read_reported_period(title, published_on)
    assert (found and tuple(day.isoformat() for day in found)) == expected
