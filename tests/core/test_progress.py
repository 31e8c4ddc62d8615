"""Progress of a goal as of a date: every kind of measure, every status, every light; cases are data."""
from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.core.matching_items import HALF, goal, result
from tracker.matching.pace import share_of_time
from tracker.matching.progress import Answer, assess
from tracker.matching.rules import STATUS_LABELS, Rules, light_of_gap
from tracker.matching.series import read_series

JUNE, DECEMBER, JANUARY = date(2021, 6, 30), date(2021, 12, 31), date(2022, 1, 31)
OCTOBER = ("2021-01-01", "2021-10-31")
WHOLE = ("2021-01-01", "2021-12-31")
STOCK = (None, "2021-06-30")

# goal, results, as of, status, light, part of the arithmetic
CASES = [
    pytest.param(goal("新增学位", 100, "个"), [result("新增学位", 56, "个", period=HALF)], JUNE, "ahead", "green",
                 "56/100 = 56.0%，序时 50.0%，超序时 6.0 个百分点", id="ahead"),
    pytest.param(goal("新增学位", 100, "个"), [result("新增学位", 50, "个", period=HALF)], JUNE, "on_time", "green", "与序时持平", id="on-time"),
    pytest.param(goal("新增学位", 100, "个"), [result("新增学位", 45, "个", period=HALF)], JUNE, "behind", "yellow", "落后序时 5.0 个百分点", id="behind"),
    pytest.param(goal("新增学位", 100, "个"), [result("新增学位", 30, "个", period=HALF)], JUNE, "behind", "dark_yellow", "落后序时 20.0 个百分点", id="far-behind"),
    pytest.param(goal("新增学位", 100, "个"), [result("新增学位", 15, "个", period=HALF)], JUNE, "at_risk", "red", "落后序时 35.0 个百分点", id="at-risk"),
    pytest.param(goal("新增学位", 100, "个"), [result("新增学位", 386, "个", period=HALF)], JUNE, "done", "green", "超额完成286.0%", id="over-fulfilled-not-clamped"),
    pytest.param(goal("新增学位", 100, "个"), [result("新增学位", 99, "个", period=WHOLE)], DECEMBER, "overdue", "red", "99/100 = 99.0%", id="overdue-at-the-day"),
    pytest.param(goal("新增学位", 100, "个"), [result("新增学位", 56, "个", period=HALF)], JANUARY, "overdue", "red",
                 "2021-12-31到期，此后没有新的报告，最新数据截至2021-06-30", id="overdue-old-figure"),
    pytest.param(goal("新建健身中心", 3, "处"), [result("新建健身中心", 0, "处", period=HALF)], JUNE, "not_started", "red", "0/3 = 0.0%", id="reported-nothing-done"),
    pytest.param(goal("新建健身中心", 3, "处"), [result("新建健身中心", 0, "处")], JANUARY, "overdue", "red", "2021-12-31到期，尚未达到", id="nothing-done-is-overdue"),
    pytest.param(goal("新增学位", 100, "个"), [result("新增学位", 97, "个", period=("2021-01-01", "2021-11-30"))], date(2021, 12, 10), "ahead", "blue", "97.0%", id="due-soon"),
    pytest.param(goal("新增学位", 100, "个"), [result("新增学位", 80, "个", period=("2021-01-01", "2021-11-30"))], date(2021, 12, 10), "at_risk", "dark_yellow", "80.0%", id="due-soon-behind"),
    pytest.param(goal("城镇新增就业", 30, "万人"), [result("城镇新增就业", 184400, "人", period=HALF)], JUNE, "ahead", "green", "18.44/30 = 61.5%", id="units-converted"),
    pytest.param(goal("完成投资", "1.2", "万亿元"), [result("完成投资", 9000, "亿元", period=OCTOBER)], date(2021, 10, 31), "behind", "yellow", "0.9/1.2 = 75.0%，序时 83.3%，落后序时 8.3 个百分点", id="magnitudes"),
    pytest.param(goal("净增企业", 300, "家", "delta"), [result("新增企业", 320, "家")], JANUARY, "done", "green", "320/300 = 106.7%", id="delta"),
    pytest.param(goal("地区生产总值", 6, "%", "growth", comparator="ge"), [result("地区生产总值", 6.4, "%", "growth", period=HALF)], JUNE, "on_time", "green",
                 "高于目标0.4个百分点，达到目标（不按时间折算）", id="growth-half-year-not-scaled"),
    pytest.param(goal("地区生产总值", 6, "%", "growth", comparator="ge"), [result("地区生产总值", 3.1, "%", "growth", period=HALF)], JUNE, "behind", "yellow", "低于目标2.9个百分点", id="growth-below"),
    pytest.param(goal("地区生产总值", 7, "%", "growth", comparator="approx"), [result("地区生产总值", 6.9, "%", "growth")], JANUARY, "done", "green", "达到目标", id="approx-tolerance"),
    pytest.param(goal("地区生产总值", 7, "%", "growth", comparator="approx"), [result("地区生产总值", 6.2, "%", "growth")], JANUARY, "overdue", "red", "未达到目标", id="approx-missed"),
    pytest.param(goal("城镇登记失业率", 4, "%", "share", comparator="le"), [result("城镇登记失业率", 3.1, "%", "share")], JANUARY, "done", "green", "低于目标0.9个百分点，达到目标", id="ceiling"),
    pytest.param(goal("城镇登记失业率", 4, "%", "share", comparator="le"), [result("城镇登记失业率", 4.4, "%", "share", period=HALF)], JUNE, "behind", "yellow", "未达到目标", id="ceiling-broken"),
    pytest.param(goal("居民消费价格涨幅", 3, "%", "growth", comparator="approx"), [result("居民消费价格涨幅", 1.4, "%", "growth")], JANUARY, "done", "green", "低于目标", id="prices-low-is-good"),
    pytest.param(goal("空气质量排名", 3, "位", "rank"), [result("空气质量排名", 2, "位", "rank")], JANUARY, "done", "green", "领先目标1位", id="rank-smaller-is-better"),
    pytest.param(goal("空气质量排名", 3, "位", "rank"), [result("空气质量排名", 5, "位", "rank", period=HALF)], JUNE, "behind", "yellow", "落后目标2位", id="rank-behind"),
    pytest.param(goal("培育企业集团", 5, "家", comparator="range", maximum=6), [result("培育企业集团", 6, "家")], JANUARY, "done", "green", "6/5 = 120.0%", id="range-inside"),
    pytest.param(goal("培育企业集团", 5, "家", comparator="range", maximum=6), [result("培育企业集团", 4, "家")], JANUARY, "overdue", "red", "4/5 = 80.0%", id="range-below"),
    pytest.param(goal("高新技术企业", 850, "家", quote="高新技术企业达到850家"), [result("高新技术企业", 870, "家", period=STOCK)], JUNE, "done", "green", "870/850 = 102.4%，已达到", id="stock-reached"),
    pytest.param(goal("高新技术企业", 850, "家", quote="高新技术企业达到850家"), [result("高新技术企业", 830, "家", period=STOCK)], JUNE, "behind", "yellow", "存量指标没有基期数，不与序时比较", id="stock-without-baseline"),
    pytest.param(goal("提高绿化覆盖率", 3, "个百分点", "delta"), [result("提高绿化覆盖率", 2, "个百分点", "delta", period=HALF)], JUNE, "behind", "yellow", "低于目标1个百分点", id="points"),
    pytest.param(goal("新增学位", 100, "个"), [], JUNE, "no_data", "grey", "没有找到完成情况", id="no-data"),
    pytest.param(goal("新增学位", 100, "个"), [], JANUARY, "no_data", "grey", "没有找到完成情况", id="no-data-after-deadline"),
    pytest.param(goal("新增学位", 100, "个", period=("2021-09-01", "2021-12-31")), [], JUNE, "not_started", "grey", "2021-09-01起算", id="not-started"),
    pytest.param(goal("新增学位", 100, "个"), [result("新增学位", quote="学位建设有序推进", period=HALF)], JUNE, "no_data", "grey", "只有文字或不同口径的回应", id="words-only"),
    pytest.param(goal("新增学位", 100, "个"), [result("新增学位", 61, "%", "completion", period=HALF)], JUNE, "no_data", "grey", "部门自报完成61%", id="declared-only"),
    pytest.param(goal("新增学位", 100, "个", period=(None, None)), [result("新增学位", 40, "个", period=HALF)], JUNE, "behind", "yellow", "40/100 = 40.0%", id="no-deadline"),
]


def assessed(asked, results, as_of, relation=None, **more):
    return assess(asked, [Answer(told, relation) for told in results], as_of, **more)


@pytest.mark.parametrize(("asked", "results", "as_of", "status", "light", "arithmetic"), CASES)
def test_status_light_and_arithmetic(asked, results, as_of, status, light, arithmetic):
    found = assessed(asked, results, as_of)
    assert (found.status, found.light) == (status, light), found.arithmetic
    assert arithmetic in found.arithmetic
    assert found.light_reason
    assert found.status_label == STATUS_LABELS[status]


@pytest.mark.parametrize(("relation", "as_of", "status", "light"), [
    ("fulfils", JUNE, "done", "green"), ("progress", JUNE, "on_time", "green"), ("progress", JANUARY, "at_risk", "dark_yellow"),
    ("misses", JUNE, "at_risk", "red"), ("misses", JANUARY, "overdue", "red"),
])
def test_goal_in_words(relation, as_of, status, light):
    found = assessed(goal("东江二桥"), [result("东江二桥", quote="东江二桥加快建设", period=(None, "2021-06-30"))], as_of, relation)
    assert (found.status, found.light) == (status, light)
    assert "东江二桥加快建设" in found.arithmetic
    assert "待核定" in found.light_reason


def test_goal_in_words_without_an_answer():
    assert assessed(goal("东江二桥"), [], JUNE).status == "no_data"
    assert assessed(goal("东江二桥", period=("2021-09-01", "2021-12-31")), [], JUNE).status == "not_started"


def test_baseline_gives_the_share_of_the_way():
    asked = goal("高新技术企业", 850, "家", quote="高新技术企业达到850家")
    found = assessed(asked, [result("高新技术企业", 830, "家", period=STOCK)], JUNE, baseline=Decimal(800))
    assert (found.status, found.gap) == ("ahead", Decimal(10))
    assert "应走50，已走30，为60.0%，序时 50.0%，超序时 10.0 个百分点" in found.arithmetic


def test_stated_completion_stands_beside_the_computed_one():
    told = [result("新增学位", 45, "个", period=HALF, id="a"), result("新增学位", 61, "%", "completion", period=HALF, id="b")]
    found = assessed(goal("新增学位", 100, "个"), told, JUNE)
    assert (found.completion, found.declared) == (Decimal("0.45"), Decimal("0.61"))
    assert (found.status, found.declared_status) == ("behind", "ahead")
    assert found.declared_by.item.id == "b"


def test_status_word_of_the_department_counts_before_what_its_completion_would_mean():
    told = [
        result("新增学位", 45, "个", period=HALF, quote="新增学位：完成值45个。自报状态：已完成。", id="a"),
        result("新增学位", 45, "%", "completion", period=HALF, id="b"),
    ]
    found = assessed(goal("新增学位", 100, "个"), told, JUNE)
    assert (found.status, found.declared, found.declared_status) == ("behind", Decimal("0.45"), "done")
    assert (found.stated_by.item.id, found.declared_by.item.id) == ("a", "b")
    word = result("东江二桥", quote="东江二桥：自报状态：未达序时进度（滞后）。", period=HALF)
    assert assessed(goal("东江二桥"), [word], JUNE).declared_status == "behind"


def test_status_word_of_an_earlier_day_gives_way_to_a_later_completion():
    told = [
        result("新增学位", quote="自报状态：未启动。", period=("2021-01-01", "2021-03-31"), id="a"),
        result("新增学位", 61, "%", "completion", period=HALF, id="b"),
    ]
    assert assessed(goal("新增学位", 100, "个"), told, JUNE).declared_status == "ahead"


def test_done_in_words_is_what_the_department_says():
    told = result("目标任务", quote="提前完成“新增学位100个”目标任务", period=HALF)
    found = assessed(goal("新增学位", 100, "个"), [told], JUNE, "fulfils")
    assert (found.status, found.declared_status, found.declared) == ("no_data", "done", None)


def test_figure_that_piles_up_from_before_the_goal_was_restated():
    restated = goal("引进项目", 100, "个", period=("2021-07-01", "2021-12-31"), published="2021-08-20")
    found = assessed(restated, [result("引进项目", 56, "个", period=HALF)], JUNE)
    assert found.arithmetic.startswith("56/100 = 56.0%，序时 50.0%，超序时 6.0 个百分点")
    assert "完成值自2021-01-01起累计" in found.arithmetic


def test_forecast_says_its_assumption():
    forecast = assessed(goal("新增学位", 100, "个"), [result("新增学位", 56, "个", period=HALF)], JUNE).forecast
    assert (forecast.value, forecast.completion) == (Decimal(112), Decimal("1.12"))
    assert forecast.sentence == "假定后续保持到2021-06-30为止的平均进度（50.0%的时间完成56个），到2021-12-31预计完成112个，为目标的112.0%"
    assert assessed(goal("新增学位", 100, "个"), [result("新增学位", 100, "个", period=HALF)], JUNE).forecast is None


def test_latest_figure_before_the_day_counts():
    told = [result("新增学位", 90, "个", period=OCTOBER, id="october"), result("新增学位", 56, "个", period=HALF, id="june")]
    assert assessed(goal("新增学位", 100, "个"), told, JUNE).current.item.id == "june"
    assert assessed(goal("新增学位", 100, "个"), told, DECEMBER).current.item.id == "october"


def test_parts_of_the_year_are_added_up():
    told = [result("新增学位", 56, "个", period=HALF, id="first"), result("新增学位", 30, "个", period=("2021-07-01", "2021-12-31"), id="second")]
    found = assessed(goal("新增学位", 100, "个"), told, JANUARY)
    assert found.value == 86
    assert "分段累加：56＋30 = 86个" in found.arithmetic


def test_part_of_the_year_alone_is_taken_with_care():
    asked = goal("新增学位", 100, "个")
    told = [result("新增学位", 56, "个", period=HALF, id="half"), result("新增学位", 9, "个", period=("2021-08-01", "2021-08-31"), id="august")]
    assert assessed(asked, told, date(2021, 9, 30)).current.item.id == "half"


def test_contradiction_is_said_not_averaged():
    told = [result("新增学位", 56, "个", period=HALF, id="a", document="甲", published="2021-07-05"),
            result("新增学位", 60, "个", period=HALF, id="b", document="乙", published="2021-08-05")]
    found = assessed(goal("新增学位", 100, "个"), told, JUNE)
    assert found.value == 60
    assert any("两处数据不一致" in note and "甲为56个" in note for note in found.notes)


def test_old_figure_is_said_to_be_old():
    found = assessed(goal("新增学位", 100, "个"), [result("新增学位", 56, "个", period=HALF)], date(2021, 11, 30))
    assert "最新数据截至2021-06-30" in found.notes[0]
    assert found.time_share == Decimal("0.5")


def test_adjusted_goal_is_not_judged_by_its_old_number():
    late = [result("新增学位", 10, "个")]
    assert assessed(goal("新增学位", 100, "个"), late, JANUARY, adjusted=True).status == "adjusted"
    assert assessed(goal("新增学位", 10, "个"), late, JANUARY, adjusted=True).status == "done"


@pytest.mark.parametrize(("gap", "light"), [("0", "green"), ("-0.1", "yellow"), ("-10", "yellow"), ("-10.1", "dark_yellow"), ("-30", "dark_yellow"), ("-30.1", "red")])
def test_lights_of_gaps(gap, light):
    assert light_of_gap(Decimal(gap), Rules())[0] == light


def test_thresholds_can_be_set_and_are_said_in_words():
    rules = Rules(red_from=Decimal(-5), due_soon_days=7)
    assert assessed(goal("新增学位", 100, "个"), [result("新增学位", 44, "个", period=HALF)], JUNE, rules=rules).light == "red"
    assert "低于-5个百分点" in rules.describe()
    assert "7天内到期" in rules.describe()


@pytest.mark.parametrize(("day", "share"), [
    ("2021-01-31", Decimal(1) / 12), ("2021-06-30", Decimal("0.5")), ("2021-11-30", Decimal(11) / 12), ("2021-12-31", 1), ("2022-03-01", 1), ("2020-12-31", 0),
    ("2021-07-31", Decimal(7) / 12),
])
def test_time_share_counts_whole_months_alike(day, share):
    assert share_of_time(date(2021, 1, 1), DECEMBER, date.fromisoformat(day)) == share


def test_time_share_inside_a_month_counts_days():
    assert share_of_time(date(2021, 1, 1), DECEMBER, date(2021, 4, 15)) == Decimal("3.5") / 12
    assert share_of_time(date(2021, 3, 10), date(2021, 3, 19), date(2021, 3, 14)) == Decimal("0.5")
    with pytest.raises(ValueError):
        share_of_time(DECEMBER, JUNE, JUNE)


values = st.integers(min_value=1, max_value=100_000)
ORDER = {"at_risk": 0, "overdue": 0, "behind": 1, "on_time": 2, "ahead": 3, "done": 4}


@settings(deadline=None)
@given(values, values)
def test_completion_is_never_clamped(target, value):
    found = assessed(goal("新增学位", target, "个"), [result("新增学位", value, "个", period=HALF)], JUNE)
    assert found.completion == Decimal(value) / Decimal(target)
    assert found.gap == (found.completion - found.time_share) * 100


@settings(deadline=None)
@given(values, values, values)
def test_more_is_never_worse(target, value, more):
    asked = goal("新增学位", target, "个")
    less = assessed(asked, [result("新增学位", value, "个", period=HALF)], JUNE)
    better = assessed(asked, [result("新增学位", value + more, "个", period=HALF)], JUNE)
    assert better.completion > less.completion
    assert ORDER[better.status] >= ORDER[less.status]


@settings(deadline=None)
@given(values, values, st.sampled_from((("万人", 10_000), ("亿人", 100_000_000), ("百人", 100))))
def test_units_change_nothing(target, value, unit):
    name, factor = unit
    plain = assessed(goal("培训教师", target * factor, "人"), [result("培训教师", value * factor, "人", period=HALF)], JUNE)
    written = assessed(goal("培训教师", target, name), [result("培训教师", value * factor, "人", period=HALF)], JUNE)
    assert (plain.status, plain.light, plain.completion, plain.gap) == (written.status, written.light, written.completion, written.gap)


@settings(deadline=None)
@given(st.dates(date(2020, 1, 1), date(2023, 12, 31)), st.integers(0, 400))
def test_time_share_grows_with_time(day, later):
    start = date(2021, 1, 1)
    first, second = share_of_time(start, DECEMBER, day), share_of_time(start, DECEMBER, day + timedelta(days=later))
    assert 0 <= first <= second <= 1


@settings(deadline=None)
@given(st.decimals(-20, 20, places=1), st.decimals(-20, 20, places=1))
def test_growth_is_compared_directly_whatever_the_day(target, value):
    assume(target != 0)
    asked = goal("地区生产总值", target, "%", "growth", comparator="ge")
    june = assessed(asked, [result("地区生产总值", value, "%", "growth", period=HALF)], JUNE)
    assert june.gap == value - target
    assert june.time_share is None
    assert (june.status in ("on_time", "done")) == (value >= target)


def test_series_needs_a_number_in_the_goals_own_measure():
    asked = goal("新增学位", 100, "个")
    assert read_series(asked, asked.statement.quantity, "cumulative", [Answer(result("新增学位", 9, "%", "growth"))]) is None
