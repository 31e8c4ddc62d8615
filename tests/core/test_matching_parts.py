"""Names, units, indicators, periods: the parts that linking stands on."""
from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.matching_items import HALF, goal, result
from tracker.analysis.records import Quantity
from tracker.matching.items import fit_period, flow
from tracker.matching.names import Names
from tracker.matching.similarity import compare
from tracker.matching.units import base_value, convert, format_amount, interchangeable, read_unit, same_family

NAMES = Names.default()


@pytest.mark.parametrize(("left", "right"), [
    ("市发改委", "青岛市发展和改革委员会"), ("青岛市环保局", "青岛市生态环境局"), ("日照市卫健委", "日照市卫生和计划生育委员会"),
    ("山东省青岛市财政局", "青岛市财政局"), ("云南省", "云南省人民政府"), ("青岛市政府", "青岛市人民政府"), ("青岛市供销合作社", "青岛市供销社"),
])
def test_same_body(left, right):
    assert NAMES.same(left, right)


@pytest.mark.parametrize(("left", "right"), [
    ("青岛市财政局", "日照市财政局"), ("青岛市财政局", "青岛市教育局"), ("云南省人民政府", "昆明市人民政府"), ("国家发展改革委", "青岛市发改委"),
])
def test_other_body(left, right):
    assert not NAMES.same(left, right)


@pytest.mark.parametrize(("value", "unit", "target", "expected"), [
    ("18.44", "万人", "人", "184400"), ("0.6", "万亿元", "亿元", "6000"), ("2", "公里", "米", "2000"), ("15", "公顷", "亩", "225.000"),
    ("3", "兆瓦", "千瓦", "3000"), ("5", "家", "个", "5"), ("1.5", "万套(间)", "套", "15000"), ("8", "%", "个百分点", None),
    ("8", "亿元", "亿美元", None), ("8", "亿元", "家", None),
])
def test_convert(value, unit, target, expected):
    got = convert(Decimal(value), unit, target)
    assert got is None if expected is None else abs(got - Decimal(expected)) < Decimal("0.01")


def test_percent_and_points_are_two_units():
    assert not interchangeable("%", "个百分点")
    assert not same_family("人", "人次")
    assert read_unit("连增").known is False


amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(10) ** 9, places=2)
MONEY = st.sampled_from(("元", "万元", "亿元", "万亿元"))


@settings(deadline=None)
@given(amounts, MONEY, MONEY)
def test_conversion_and_back(value, unit, target):
    there = convert(value, unit, target)
    assert there is not None
    back = convert(there, target, unit)
    assert back == value
    assert base_value(Quantity(value, unit)) == base_value(Quantity(there, target))


@settings(deadline=None)
@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3))
def test_amounts_are_written_without_exponent_or_trailing_zeros(value):
    text = format_amount(value)
    assert "E" not in text
    assert not ("." in text and text.endswith(("0", ".")))
    assert abs(Decimal(text) - value) <= Decimal("0.005")


@pytest.mark.parametrize(("left", "right"), [
    ("国内生产总值", "GDP"), ("全市城镇新增就业人数", "新增城镇就业"), ("实际利用外资", "实际使用外资"), ("规模以上工业增加值", "规上工业增加值"),
    ("R&D经费投入强度", "研发经费占GDP比重"), ("技术改造投资增长", "技改投资"), ("农村人口饮水安全", "农村饮水安全"),
])
def test_same_indicator(left, right):
    assert compare(left, right).equal


@pytest.mark.parametrize(("left", "right"), [
    ("工业投资", "民间投资"), ("就业人数", "失业人数"), ("小学学位", "高中学位"), ("高速公路里程", "农村公路里程"), ("存款余额", "贷款余额"),
    ("人均生产总值", "生产总值"), ("财政总收入", "地方一般公共预算收入"),
])
def test_contrasts(left, right):
    assert compare(left, right).conflict is not None
    assert compare(right, left).conflict is not None


@settings(deadline=None)
@given(st.text("新增学位产业投资收入增长项目建设", min_size=1, max_size=12), st.text("新增学位产业投资收入增长项目建设", min_size=1, max_size=12))
def test_likeness_stays_between_0_and_1_and_is_symmetric(left, right):
    there, back = compare(left, right), compare(right, left)
    for share in (there.dice, there.letters, there.goal_cover, there.result_cover):
        assert 0 <= share <= 1.0000001
    assert there.dice == pytest.approx(back.dice)
    assert (there.equal, bool(there.conflict)) == (back.equal, bool(back.conflict))


@pytest.mark.parametrize(("period", "expected"), [
    (("2021-01-01", "2021-12-31"), "whole"), (HALF, "inside"), ((None, "2021-10-31"), "inside"), ((None, "2022-01-20"), "late"),
    (("2020-01-01", "2020-12-31"), "before"), ((None, "2022-06-30"), "after"), (("2016-01-01", "2021-12-31"), "longer"),
])
def test_days_of_a_result_against_an_annual_goal(period, expected):
    assert fit_period(goal("新增学位", 1, "个"), result("新增学位", 1, "个", period=period)) == expected


def test_first_half_is_earlier_than_a_goal_for_the_second_half():
    asked = goal("渔港整治", period=("2021-07-01", "2021-12-31"), published="2021-08-20")
    assert fit_period(asked, result("渔港整治", period=HALF, published="2021-08-20")) == "earlier"


@pytest.mark.parametrize(("quote", "value", "expected"), [
    ("高新技术企业达到850家", 850, "total"), ("新增高新技术企业90家", 90, "addition"), ("高新技术企业由700家增加到850家", 850, "total"),
    ("高新技术企业净增90家、总数达到850家", 850, "total"), ("高新技术企业850家", 850, "plain"),
])
def test_addition_or_total(quote, value, expected):
    assert flow(goal("高新技术企业", value, "家", quote=quote).statement) == expected
