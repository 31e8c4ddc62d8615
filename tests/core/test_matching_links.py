"""Which result answers which goal. Cases are data; well over a fifth of them are pairs that must not be linked."""
from __future__ import annotations

import random

import pytest

from tests.core.matching_items import HALF, goal, result
from tracker.matching.linking import ACCEPT, PROPOSE, Linker, link_statements
from tracker.matching.names import Names

LINKED = [
    pytest.param(goal("城镇新增就业", 30, "万人"), result("城镇新增就业", 184400, "人", period=HALF), "progress", id="half-year-other-magnitude"),
    pytest.param(goal("地区生产总值", 6, "%", "growth", comparator="ge"), result("GDP", 6.4, "%", "growth"), "fulfils", id="synonym-gdp"),
    pytest.param(goal("外贸进出口", 5, "%", "growth"), result("货物进出口总额", 3, "%", "growth"), "misses", id="synonym-trade-missed"),
    pytest.param(goal("单位GDP能耗下降", 3, "%", "growth"), result("能耗强度降低", 3.2, "%", "growth"), "fulfils", id="synonym-energy"),
    pytest.param(goal("新建充电桩", 500, "个"), result("新建充电桩", 520, "根"), "fulfils", id="unknown-counter"),
    pytest.param(goal("净增规上工业企业", 60, "家", "delta"), result("新增规上工业企业", 71, "家"), "fulfils", id="net-gain-and-gain"),
    pytest.param(goal("城镇登记失业率", 4, "%", "share", comparator="le"), result("城镇登记失业率", 3.1, "%", "share"), "fulfils", id="ceiling-kept"),
    pytest.param(goal("城镇登记失业率", 4, "%", "share", comparator="le"), result("城镇登记失业率", 4.3, "%", "share"), "misses", id="ceiling-broken"),
    pytest.param(goal("居民消费价格涨幅", 3, "%", "growth", comparator="approx"), result("居民消费价格指数", 0.9, "%", "growth"), "fulfils", id="prices-low-is-good"),
    pytest.param(goal("培育制造业单项冠军", 5, "家"), result("新增制造业单项冠军企业", 9, "家"), "fulfils", id="verb-differs"),
    pytest.param(goal("技术合同成交额", 400, "亿元"), result("技术合同成交额", 28, "%", "growth"), "progress", id="growth-for-amount"),
    pytest.param(goal("新建改造燃气管网", 120, "公里"), result("新建改造城市燃气管网", 120, "千米"), "fulfils", id="unit-of-length"),
    pytest.param(goal("社会消费品零售总额", 8, "%", "growth", comparator="approx"), result("社零总额", 7.8, "%", "growth"), "fulfils", id="approx"),
    pytest.param(goal("引进培训项目", 50, "个", comparator="ge"), result("引进培训项目", 52, "%", "completion", period=HALF,
                      quote="引进培训项目26个，完成年度指标的52%"), "progress", id="stated-completion"),
    pytest.param(goal("东江二桥", quote="年内建成东江二桥"), result("东江二桥", quote="东江二桥建成通车"), "fulfils", id="named-project-done"),
    pytest.param(goal("青年公寓西区建设", quote="加快青年公寓西区建设"), result("青年公寓西区建设", quote="青年公寓西区建设有序推进"),
                 "progress", id="named-project-under-way"),
    pytest.param(goal("新增学位", 2, "万个"), result("学位新增", 2.1, "万个"), "fulfils", id="word-order"),
    pytest.param(goal("新增学位", 2, "万个", organisation="东江市发展和改革委员会"),
                 result("新增学位", 2.1, "万个", organisation="市发改委"), "fulfils", id="short-name"),
    pytest.param(goal("减排项目", 40, "个", organisation="东江市环境保护局"),
                 result("减排项目", 44, "个", organisation="东江市生态环境局"), "fulfils", id="predecessor"),
]

NOT_LINKED = [
    pytest.param(goal("新增学位", 2, "万个", organisation="东江市教育局"), result("新增学位", 2, "万个", organisation="西江市教育局"), id="other-city"),
    pytest.param(goal("新增学位", 2, "万个"), result("新增学位", 2, "万个", organisation="东江市财政局"), id="other-body"),
    pytest.param(goal("一般公共预算收入", 6, "%", "growth"), result("一般公共预算支出", 6, "%", "growth"), id="income-spending"),
    pytest.param(goal("出口总额", 6, "%", "growth"), result("进口总额", 6, "%", "growth"), id="export-import"),
    pytest.param(goal("进出口", 6, "%", "growth"), result("出口", 6, "%", "growth"), id="trade-export"),
    pytest.param(goal("PM2.5浓度", 35, "微克/立方米", comparator="le"), result("PM10浓度", 60, "微克/立方米"), id="pm25-pm10"),
    pytest.param(goal("新增高中学位", 10, "%", "growth"), result("新增高中学位", 10, "%", "growth", period=("2020-01-01", "2020-12-31")), id="year-before"),
    pytest.param(goal("新增高中学位", 900, "个"), result("新增高中学位", 900, "个", period=("2022-01-01", "2022-12-31"), published="2023-01-09"), id="year-after"),
    pytest.param(goal("新增高新技术企业", 90, "家"), result("高新技术企业", 850, "家", quote="高新技术企业总数达到850家",
                      period=(None, "2021-12-31")), id="total-for-addition"),
    pytest.param(goal("完成棚户区改造", 1000, "套"), result("完成棚户区改造", 9000, "套", period=("2017-01-01", "2021-12-31")), id="five-year-sum"),
    pytest.param(goal("规上工业增加值", 6, "%", "growth"), result("规上工业亩均增加值", 9, "%", "growth"), id="per-acre"),
    pytest.param(goal("空气质量排名", 5, "位", "rank"), result("空气质量", 5, "%", "growth"), id="rank-growth"),
    pytest.param(goal("新增上市公司", 10, "家"), result("新增上市公司融资额", 10, "亿元"), id="things-and-money"),
    pytest.param(goal("居民人均可支配收入", 6, "%", "growth"), result("农村居民人均可支配收入", 8, "%", "growth"), id="part-of-people"),
    pytest.param(goal("居住证收费", quote="取消居住证收费"), result("居住证收费标准", quote="出台居住证收费标准"), id="opposite-acts"),
    pytest.param(goal("粮食产量", 50, "万吨"), result("粮食产量", 50, "万吨", scope="全国"), id="nation"),
    pytest.param(goal("固定资产投资", 8, "%", "growth", period=("2021-01-01", "2025-12-31")), result("固定资产投资", 8, "%", "growth"), id="five-years-one-year"),
    pytest.param(goal("一般公共预算收入", 6, "%", "growth"), result("一般公共预算收入", 7, "%", "growth", quote="一般公共预算收入年均增长7%"), id="average-of-years"),
    pytest.param(goal("城镇新增就业", 60, "万人", period=("2016-01-01", "2020-12-31")), result("城镇新增就业", 12, "万人", period=("2020-01-01", "2020-12-31"),
                      published="2021-01-10"), id="looks-back"),
    pytest.param(goal("森林覆盖率", 45, "%", "share"), result("森林覆盖率", 2, "个百分点", "delta"), id="share-and-its-change"),
    pytest.param(goal("新建公园", 50, "个"), result("新建公园", 30, "个", quote="纳入民生实事的“新建公园30个”项目"), id="number-in-a-name"),
    pytest.param(goal("民营经济占生产总值比重", 60, "%", "share"), result("海洋产业占生产总值比重", 61, "%", "share"), id="shares-of-other-things"),
    pytest.param(goal("完成投资", 60, "亿元"), result("社会投资", 61, "亿元"), id="common-words-only"),
    pytest.param(goal("开工保障性住房", 900, "套"), result("建成保障性住房", 950, "套"), id="begun-and-finished"),
    pytest.param(goal("市场主体", 20, "%", "growth"), result("市场主体", 195.4, "万户"), id="count-for-growth"),
    pytest.param(goal("养老机构床位"), result("学前教育学位"), id="nothing-in-common"),
]


@pytest.mark.parametrize(("asked", "told", "relation"), LINKED)
def test_links(asked, told, relation):
    links = link_statements([asked], [told])
    assert [(link.goal, link.result, link.relation) for link in links] == [("g", "r", relation)]
    assert PROPOSE <= links[0].score <= 1
    assert links[0].reasons


@pytest.mark.parametrize(("asked", "told"), NOT_LINKED)
def test_does_not_link(asked, told):
    assert link_statements([asked], [told]) == []


def test_reasons_and_objections_are_words_for_a_clerk():
    asked = goal("城镇新增就业", 30, "万人")
    (link,) = link_statements([asked], [result("城镇新增就业", 184400, "人", period=HALF)])
    assert link.reasons == ("同一单位", "指标相同：城镇新增就业", "2021年1—6月在目标期内", "单位可换算：人→万人")
    (loose,) = link_statements([asked], [result("城镇新增就业", quote="城镇新增就业保持稳定")])
    assert "目标有数，结果只有文字：未以数据回应" in loose.objections


def test_percent_for_points_is_linked_with_an_objection():
    (link,) = link_statements([goal("森林覆盖率提高", 2, "个百分点", "delta")], [result("森林覆盖率提高", 2, "%", "delta")])
    assert link.relation == "progress"
    assert "百分比与百分点不能混用" in link.objections[0]


def test_same_measure_drives_out_the_looser_answer():
    growth = result("地区生产总值", 6.4, "%", "growth", id="growth")
    level = result("地区生产总值", 900, "亿元", id="level")
    links = link_statements([goal("地区生产总值", 6, "%", "growth")], [level, growth])
    assert [link.result for link in links] == ["growth"]


def test_first_of_several_values_in_one_report_is_the_whole():
    whole = result("货物进出口总额", 12, "%", "growth", id="whole", order=3)
    zone = result("货物进出口总额", 60, "%", "growth", id="zone", order=80)
    assert [link.result for link in link_statements([goal("外贸进出口", 5, "%", "growth")], [zone, whole])] == ["whole"]


def test_one_sentence_may_answer_several_goals_and_a_goal_may_have_a_series():
    goals = [goal("新增学位", 2, "万个", id="year"), goal("新增学位", 2.4, "万个", id="pledge", document="承诺")]
    results = [result("新增学位", 1, "万个", period=HALF, id="half", document="半年总结"), result("新增学位", 2.2, "万个", id="whole")]
    links = {(link.goal, link.result) for link in link_statements(goals, results)}
    assert links == {("year", "half"), ("year", "whole"), ("pledge", "half"), ("pledge", "whole")}


def test_sentence_that_quotes_its_goal_answers_it():
    asked = goal("建成示范学校", 5, "所", period=(None, None), quote="建成5所示范学校", span=(8, 16), document="报道", published="2021-11-20")
    told = result("任务", quote="提前两年完成“建成5所示范学校”任务", span=(0, 20), document="报道", published="2021-11-20", period=(None, "2021-11-20"))
    (link,) = link_statements([asked], [told])
    assert (link.relation, link.score > 0.7) == ("fulfils", True)


def test_unnamed_body_answers_only_in_its_own_document():
    asked = goal("新增学位", 2, "万个", organisation="", document="a")
    assert link_statements([asked], [result("新增学位", 2, "万个", organisation="", document="b")]) == []
    assert len(link_statements([asked], [result("新增学位", 2, "万个", organisation="", document="a")])) == 1


def test_order_of_items_changes_nothing():
    goals = [goal(name, 10, "个", id=f"g{at}", order=at) for at, name in enumerate(("新增学位", "新增床位", "培训教师", "新建学校"))]
    results = [result(name, value, "个", id=f"r{at}{value}", period=period, document=f"d{value}", order=at)
               for at, name in enumerate(("新增学位", "新增床位", "培训教师", "新建学校")) for value, period in ((5, HALF), (11, ("2021-01-01", "2021-12-31")))]
    once = link_statements(goals, results)
    dice = random.Random(1)
    for _ in range(3):
        dice.shuffle(goals)
        dice.shuffle(results)
        assert link_statements(goals, results) == once
    assert len(once) == 8


@pytest.mark.parametrize("ids", [("8", "9"), ("9", "10"), ("99", "100"), ("99999", "100000")])
def test_of_two_values_at_one_place_the_first_is_taken_whatever_their_numbers(ids):
    """Kept under other numbers, because other documents came in before, the same two records answer the same."""
    whole, part = (result("货物进出口总额", value, "%", "growth", id=id, order=3) for value, id in zip((12, 60), ids, strict=True))
    assert [link.result for link in link_statements([goal("外贸进出口", 5, "%", "growth")], [part, whole])] == [ids[0]]


def test_what_else_a_body_reports_takes_no_answer_away():
    """One document more, or a smaller part of all that is matched at once, and the links between two others stay as they are."""
    asked, told = goal("公办学位", 2, "万个"), result("学位总数", 2, "万个", id="told", document="总结")
    alone = link_statements([asked], [told])
    others = [result(f"学位{a}{b}", 1, "个", id=f"{a}{b}", document="另一份") for a in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌" for b in "东南西北中天地玄黄宇宙洪荒日月盈昃星辰末"]
    assert len(others) > 400
    beside = link_statements([asked], [*others, told])
    assert alone and [link for link in beside if link.result == "told"] == alone


def test_linker_takes_new_results_and_looks_only_at_their_neighbourhood():
    linker = Linker([result("新增学位", 1, "万个", id="a", period=HALF, document="半年")])
    asked = goal("新增学位", 2, "万个")
    assert [link.result for link in linker.link([asked])] == ["a"]
    linker.add(result("新增学位", 2.2, "万个", id="b"))
    for number in range(200):
        linker.add(result("新增学位", number, "万个", id=f"x{number}", organisation=f"甲{number}市教育局"))
    before = linker.scored
    assert [link.result for link in linker.link([asked])] == ["b", "a"] or linker.scored - before == 2
    assert linker.scored - before == 2


def test_names_of_an_installation_join_bodies():
    asked, told = goal("新增学位", 2, "万个", organisation="东江教育集团"), result("新增学位", 2, "万个", organisation="东教集团")
    assert link_statements([asked], [told]) == []
    table = Names.default().extended({"东江教育集团": ["东教集团"]})
    assert len(link_statements([asked], [told], table=table)) == 1


def test_departments_may_answer_their_government_as_a_proposal():
    asked = goal("新增学位", 2, "万个", organisation="东江市人民政府")
    told = [result("新增学位", 2.1, "万个", id="own"), result("新增学位", 2.1, "万个", organisation="西江市教育局", id="other")]
    assert link_statements([asked], told) == []
    (link,) = link_statements([asked], told, departments=True)
    assert link.result == "own"
    assert link.score < ACCEPT
    assert link.objections == ("目标是东江市人民政府的，结果是东江市教育局报的",)


def test_thresholds():
    assert 0 < PROPOSE < ACCEPT < 1
