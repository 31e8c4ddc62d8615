"""What does not add up, who did not answer, and what cannot be checked."""
from __future__ import annotations

from datetime import date

import pytest

from tests.core.matching_items import HALF, goal, result
from tracker.matching.findings import FINDING_LABELS, Report, find_alike, find_in_goal, find_in_results, find_silence
from tracker.matching.measurability import check_document, check_goal
from tracker.matching.progress import Answer, assess

JUNE = date(2021, 6, 30)
BEFORE = ("2020-01-01", "2020-12-31")
NOW = ("2021-01-01", "2021-12-31")

FOUND = [
    pytest.param([result("新增学位", 56, "个", id="a", document="甲"), result("新增学位", 60, "个", id="b", document="乙")], "contradiction", "甲为56个", id="contradiction"),
    pytest.param([result("营业收入", 100, "亿元", period=BEFORE, id="a"), result("营业收入", 110, "亿元", period=NOW, id="b"), result("营业收入", 15, "%", "growth", period=NOW, id="c")],
                 "growth", "测算为10.0%，相差5.0个百分点", id="growth-against-levels"),
    pytest.param([result("完成投资", 60, "亿元", period=HALF, id="a"), result("完成投资", 55, "亿元", period=("2021-01-01", "2021-10-31"), id="b")], "falling", "由2021年1—6月的60亿元降为2021年1—10月的55亿元", id="falling"),
    pytest.param([result("服务业增加值占比", 3, "%", "delta", quote="服务业增加值占比提高3%")], "points", "可能应为“个百分点”", id="percent-or-points"),
]

NOT_FOUND = [
    pytest.param([result("新增学位", 56, "个", id="a", document="甲"), result("新增学位", 56, "个", id="b", document="乙")], id="same"),
    pytest.param([result("完成投资", "1.2", "万亿元", id="a", document="甲"), result("完成投资", 11960, "亿元", id="b", document="乙")], id="rounded"),
    pytest.param([result("新增学位", 56, "个", period=HALF, id="a", document="甲"), result("新增学位", 90, "个", id="b", document="乙")], id="other-days"),
    pytest.param([result("营业收入", 100, "亿元", period=BEFORE, id="a"), result("营业收入", 115, "亿元", id="b"), result("营业收入", "15.2", "%", "growth", id="c")], id="growth-rounded"),
    pytest.param([result("地区生产总值", 100, "亿元", period=BEFORE, id="a"), result("地区生产总值", 112, "亿元", id="b"), result("地区生产总值", 7, "%", "growth", id="c")], id="constant-prices"),
    pytest.param([result("完成投资", 60, "亿元", period=BEFORE, id="a"), result("完成投资", 20, "亿元", period=HALF, id="b")], id="new-year-starts-anew"),
    pytest.param([result("服务业增加值占比", 3, "个百分点", "delta", quote="服务业增加值占比提高3个百分点")], id="points-right"),
    pytest.param([result("新增学位", 56, "个", id="a", document="甲"), result("新增学位", 60, "个", id="b", document="乙", organisation="西江市教育局")], id="other-body"),
    # of papers told many years apart one is only sometimes at hand when the other is looked at
    pytest.param([result("新增学位", 56, "个", id="a", document="甲"), result("新增学位", 60, "个", id="b", document="乙", published="2026-01-10")], id="contradiction-years-later"),
    pytest.param([result("完成投资", 60, "亿元", id="a"), result("完成投资", 55, "亿元", period=("2021-01-01", "2025-12-31"), id="b", published="2026-01-10")], id="falling-years-later"),
    pytest.param([result("营业收入", 100, "亿元", period=BEFORE, id="a"), result("营业收入", 110, "亿元", id="b"), result("营业收入", 15, "%", "growth", id="c", published="2026-01-10")], id="growth-years-later"),
]


@pytest.mark.parametrize(("results", "kind", "said"), FOUND)
def test_finding_in_results(results, kind, said):
    (finding,) = find_in_results(results)
    assert finding.kind == kind
    assert said in finding.sentence
    assert kind in FINDING_LABELS


@pytest.mark.parametrize("results", NOT_FOUND)
def test_no_finding(results):
    assert find_in_results(results) == []


def findings_of(asked, results, as_of=JUNE):
    answers = [Answer(told) for told in results]
    return {finding.kind: finding.sentence for finding in find_in_goal(asked, answers, assess(asked, answers, as_of))}


def test_stated_completion_against_the_computed_one():
    told = [result("新增学位", 45, "个", period=HALF, id="a"), result("新增学位", 61, "%", "completion", period=HALF, id="b")]
    assert findings_of(goal("新增学位", 100, "个", owner="某人"), told) == {"declared": "自报完成61.0%，按45/100 = 45.0%测算为45.0%，相差16.0个百分点"}
    told[1] = result("新增学位", 45.4, "%", "completion", period=HALF, id="b")
    assert findings_of(goal("新增学位", 100, "个"), told) == {}


def test_stated_status_against_the_computed_one():
    said = "新增学位：完成值45个。自报状态：{}。"
    told = [result("新增学位", 45, "个", period=HALF, quote=said.format("已完成"), id="a")]
    found = findings_of(goal("新增学位", 100, "个", owner="某人"), told)
    assert found == {"declared": "自报“已完成”，测算为“未达序时进度（滞后）”：45/100 = 45.0%，序时 50.0%，落后序时 5.0 个百分点"}
    told = [result("新增学位", 45, "个", period=HALF, quote=said.format("有风险"), id="a")]
    assert findings_of(goal("新增学位", 100, "个"), told) == {}
    told = [result("新增学位", 61, "个", period=HALF, quote="自报状态：超序时。", id="a")]
    assert findings_of(goal("新增学位", 100, "个"), told, date(2022, 6, 30)) == {}
    told.append(result("新增学位", 62, "个", period=("2021-01-01", "2021-07-31"), id="b"))
    assert findings_of(goal("新增学位", 100, "个"), told, date(2021, 7, 31)) == {}


def test_number_answered_only_in_words():
    found = findings_of(goal("新增学位", 100, "个"), [result("学位", quote="学位建设取得阶段性成效", period=HALF)])
    assert list(found) == ["words"]
    assert "目标有数值（100个）" in found["words"]


def test_percent_against_points():
    found = findings_of(goal("森林覆盖率提高", 2, "个百分点", "delta"), [result("森林覆盖率提高", 2, "%", "delta", period=HALF)])
    assert "百分比与百分点不是一个单位" in found["points"]


@pytest.mark.parametrize(("reports", "until", "said"), [
    ([], date(2022, 3, 1), "没有同一单位在目标之后发布的文件可查"),
    ([Report("半年总结", date(2021, 7, 20), 12), Report("年终总结", date(2022, 1, 9), 30)], date(2022, 3, 1), "查了东江市教育局《半年总结》（2021-07-20）、《年终总结》（2022-01-09）共2份，42条完成情况，查到2022-03-01为止"),
    ([Report("一季度", date(2021, 4, 2), 5), Report("半年", date(2021, 7, 2), 5)], date(2021, 8, 1), "其后2份报告都没有提到"),
])
def test_nobody_answered_says_what_was_searched(reports, until, said):
    finding = find_silence(goal("新增学位", 100, "个"), [], reports, until)
    assert finding is not None
    assert said in finding.sentence


def test_silence_waits_for_the_deadline_or_for_enough_reports():
    asked = goal("新增学位", 100, "个")
    assert find_silence(asked, [], [Report("半年", date(2021, 7, 2), 5)], date(2021, 8, 1)) is None
    assert find_silence(asked, [], [Report("更早", date(2020, 7, 2), 5), Report("旧", date(2020, 9, 2), 5)], date(2021, 8, 1)) is None
    assert find_silence(asked, [Answer(result("新增学位", 3, "个", period=HALF))], [], date(2022, 8, 1)) is None


def test_nearest_results_for_a_person_who_looks_further():
    near, far = result("新增床位学位", 3, "个", id="near"), result("粮食产量", 3, "吨", id="far")
    assert [item.id for item in find_alike(goal("新增学位", 100, "个"), [far, near])] == ["near"]


@pytest.mark.parametrize(("asked", "missing"), [
    (goal("城镇新增就业", 30, "万人", owner="李某"), ()),
    (goal("城镇新增就业", 30, "万人"), ("owner",)),
    (goal("东江二桥主桥", owner="李某"), ("number",)),
    (goal("城镇新增就业", 30, "万人", period=(None, None), owner="李某"), ("deadline",)),
    (goal("重点工作", owner="李某"), ("indicator", "number")),
    (goal("城镇新增就业", 30, "万人", organisation="", owner="李某"), ("organisation",)),
])
def test_measurability(asked, missing):
    found = check_goal(asked)
    assert found.missing == missing
    assert found.complete == (not missing)
    assert ("建议" in found.sentence) == bool(missing)


def test_list_that_the_author_could_mend_is_in_reading_order():
    goals = [goal("重点工作", id="b", order=2), goal("城镇新增就业", 30, "万人", owner="李某", id="c", order=3), goal("东江二桥主桥", id="a", order=1)]
    assert [found.goal for found in check_document(goals)] == ["a", "b"]
    assert [found.checkable for found in check_document(goals)] == [False, False]
