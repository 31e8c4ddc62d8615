"""The same goal in later documents: each kind of change, and goals that only look alike."""
from __future__ import annotations

from datetime import date

import pytest

from tests.core.matching_items import goal
from tracker.matching.versions import CHANGE_LABELS, find_changes

PLAN, HALF_PLAN, NEXT = "2021-01-10", "2021-07-20", "2022-01-12"
YEAR, NEXT_YEAR = ("2021-01-01", "2021-12-31"), ("2022-01-01", "2022-12-31")


def first(indicator, *args, **more):
    return goal(indicator, *args, **({"id": "old", "document": "年初计划", "published": PLAN} | more))


def later(indicator, *args, **more):
    return goal(indicator, *args, **({"id": "new", "document": "半年安排", "published": HALF_PLAN} | more))


CHANGED = [
    pytest.param(first("新增学位", 100, "个"), later("新增学位", 120, "个"), "raised", "目标值由100个变为120个", id="raised"),
    pytest.param(first("新增学位", 1, "万个"), later("新增学位", 9000, "个"), "lowered", "目标值由1万个变为9000个", id="lowered-other-unit"),
    pytest.param(first("城镇登记失业率", 4, "%", "share", comparator="le"), later("城镇登记失业率", 4.5, "%", "share", comparator="le"), "lowered", "4%变为4.5%", id="ceiling-loosened"),
    pytest.param(first("新增学位", 100, "个"), later("新增学位", 100, "个", period=("2021-01-01", "2022-06-30")), "postponed", "期限由2021-12-31变为2022-06-30", id="postponed"),
    pytest.param(first("新增学位", 100, "个"), later("新增学位", 100, "个", period=("2021-01-01", "2021-10-31")), "advanced", "期限由2021-12-31变为2021-10-31", id="advanced"),
    pytest.param(first("新增学位", 100, "个", quote="确保新增学位不低于100个"), later("新增学位", 100, "个", quote="力争新增学位100个"), "weakened", "表述由“确保/不低于”变为“力争/左右”", id="weakened"),
    pytest.param(first("新增学位", 100, "个"), later("新增学位", 100, "个", scope="全省"), "rescoped", "口径由", id="rescoped"),
    pytest.param(first("新增学位", 100, "个"), later("新增学位", 100, "个"), "repeated", "目标未变", id="repeated"),
    pytest.param(first("东江二桥主桥", quote="建成东江二桥主桥"), later("东江二桥主桥", quote="建成东江二桥主桥", published=NEXT, period=NEXT_YEAR), "postponed", "期限由", id="named-project-next-year"),
    pytest.param(first("东江流域联防机制", quote="完善东江流域联防机制"), later("东江流域联防机制", quote="完善东江流域联防机制", published=NEXT, period=NEXT_YEAR),
                 "repeated", "再次提出", id="slogan-next-year-is-no-delay"),
]

NOT_CHANGED = [
    pytest.param(first("地区生产总值", 6, "%", "growth"), later("地区生产总值", 5, "%", "growth", published=NEXT, period=NEXT_YEAR), id="next-years-target"),
    pytest.param(first("新增学位", 100, "个"), later("新增学位", 500, "个", period=("2021-01-01", "2025-12-31")), id="five-year-goal"),
    pytest.param(first("新增学位", 100, "个"), later("新增学位", 100, "个", organisation="西江市教育局"), id="other-city"),
    pytest.param(first("新增学位", 100, "个"), later("新增床位", 100, "张"), id="other-indicator"),
    pytest.param(first("新增学位", 100, "个"), later("新增学位", 8, "%", "growth"), id="other-measure"),
    pytest.param(first("地区生产总值", 6, "%", "growth"), later("地区生产总值", 5, "%", "growth", quote="地区生产总值年均增长5%"), id="average"),
]


@pytest.mark.parametrize(("old", "new", "kind", "said"), CHANGED)
def test_change(old, new, kind, said):
    (change,) = find_changes([new, old])
    assert (change.kind, change.goal.id, change.later.id) == (kind, "old", "new")
    assert change.happened_on == new.published_on
    assert said in change.sentence
    assert old.statement.quote in change.sentence and new.statement.quote in change.sentence
    assert kind in CHANGE_LABELS


@pytest.mark.parametrize(("old", "new"), NOT_CHANGED)
def test_not_the_same_goal(old, new):
    assert find_changes([old, new]) == []


def test_fulfilled_goal_set_anew_is_no_delay():
    old, new = first("东江二桥主桥", quote="建成东江二桥主桥"), later("东江二桥主桥", published=NEXT, period=NEXT_YEAR)
    assert find_changes([old, new], done={"old"}) == []


def test_chain_goes_link_by_link():
    goals = [goal("新增学位", value, "个", id=name, document=name, published=told)
             for name, value, told in (("a", 100, "2021-01-10"), ("b", 90, "2021-05-10"), ("c", 80, "2021-09-10"))]
    assert [(change.goal.id, change.later.id, change.kind) for change in find_changes(goals)] == [("a", "b", "lowered"), ("b", "c", "lowered")]


def test_goal_left_out_of_a_revised_plan_is_dropped():
    names = ("新增学位", "培训教师", "新建学校", "发放助学金")
    old = [goal(name, 50, "个", id=f"a{name}", document="年初计划", published=PLAN) for name in names]
    new = [goal(name, 50, "个", id=f"b{name}", document="调整计划", published=HALF_PLAN) for name in names[:3]]
    dropped = [change for change in find_changes([*old, *new]) if change.kind == "dropped"]
    assert [(change.goal.id, change.later, change.document) for change in dropped] == [("a发放助学金", None, "调整计划")]
    assert dropped[0].happened_on == date(2021, 7, 20)
    assert "查看了其中3条目标" in dropped[0].sentence


def test_plan_that_restates_little_drops_nothing():
    old = [goal(name, 50, "个", id=name, document="年初计划", published=PLAN) for name in ("新增学位", "培训教师", "新建学校", "发放助学金")]
    new = [goal("新增学位", 50, "个", id="n", document="讲话", published=HALF_PLAN)]
    assert [change.kind for change in find_changes([*old, *new])] == ["repeated"]
