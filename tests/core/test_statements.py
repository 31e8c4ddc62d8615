"""Whole texts → statements: kind, organisation, owner, period, quote, repeats; and what must hold for any text."""
from datetime import date
from decimal import Decimal

import pytest

from tests.core.test_outline import text_of
from tests.shared import SHARED, needs_shared
from tracker.analysis.context import build_context, part_periods, speech_date
from tracker.analysis.records import Fact, Period, Span, Statement, TableRow, Text
from tracker.analysis.statements import analyse
from tracker.reading import read


def make(lines: list[str], *, title: str = "", published: str = "2023-07-20", name: str = "") -> Text:
    text = text_of(lines)
    return Text(text.content, text.paragraphs, "txt", name=name, title=Fact(title, "head") if title else None,
                published_on=Fact(published, "head") if published else None)


def rows(statements: tuple[Statement, ...]) -> list[tuple]:
    return [(s.kind, s.indicator, str(s.quantity.value) if s.quantity else None, s.period.end) for s in statements]


SUMMARY = ["上半年，全市新建泵站5座。截至目前，已完成投资3亿元。", "二、存在问题", "资金缺口2亿元。", "三、下半年打算", "新建水闸8座，出台节水条例。"]


def test_half_year_summary():
    found = analyse(make(SUMMARY, title="烟台市水利局2023年上半年工作总结"))
    half, now, year = date(2023, 6, 30), date(2023, 7, 20), date(2023, 12, 31)
    assert [(s.kind, s.period.end) for s in found] == [("result", half), ("result", now), ("goal", year), ("goal", year)]
    assert {s.organisation for s in found} == {"烟台市水利局"}


def test_government_report():
    lines = ["政府工作报告", "——2023年1月10日在烟台市第十八届人民代表大会第二次会议上", "一、2022年工作回顾", "全市粮食总产量达到180万吨。预计全年接待游客3000万人次。",
             "二、2023年重点工作", "新增城镇就业6万人。", "三、今后五年的奋斗目标", "森林覆盖率达到40%。"]
    found = analyse(make(lines, title="2023年政府工作报告", published="2023-01-10"))
    assert [(s.kind, s.period.end.year) for s in found] == [("result", 2022), ("result", 2022), ("goal", 2023), ("goal", 2027)]
    assert {s.organisation for s in found} == {"烟台市人民政府"}


def test_a_review_of_years_goes_on_until_it_names_one_year():
    lines = ["一、过去五年和2022年工作回顾", "过去五年，地区生产总值年均增长6.8%。", "城镇新增就业300万人。",
             "刚刚过去的2022年，新建高速公路320公里。", "规模以上工业增加值增长5.1%。"]
    found = analyse(make(lines, title="2023年政府工作报告", published="2023-01-10"))
    assert [s.period.start.year for s in found] == [2018, 2018, 2022, 2022]
    assert {s.period.end.year for s in found} == {2022}


def test_a_body_that_heads_the_file_speaks_for_all_of_it():
    """A title of no known kind (动态, 简报) still says whose figures these are."""
    raw = "望海市水利局2023年8月工作动态\n\n2023年8月28日\n\n1至8月，新建泵站5座。整治河道12公里。\n"
    found = analyse(read(raw.encode(), "动态.txt"))
    assert [(s.kind, s.organisation) for s in found] == [("result", "望海市水利局")] * 2


def test_pledges_of_a_newspaper_have_owner_and_post():
    found = analyse(make(["烟台日报讯。", "市水利局党组书记、局长王一民表示，要新建泵站5座，年底前完成改造水闸8座。", "市体育局今年以来办赛3场。"]))
    pledge, other = found[0], found[-1]
    assert (pledge.kind, pledge.organisation, pledge.owner, pledge.post) == ("goal", "烟台市水利局", "王一民", "党组书记、局长")
    assert found[1].period.end == date(2023, 12, 31)
    assert (other.kind, other.organisation, other.owner) == ("result", "烟台市体育局", None)


def test_a_box_that_repeats_the_pledge_is_one_statement():
    found = analyse(make(["市水利局局长王一民表示，要新建泵站5座。", "市水利局局长王一民:", "新建泵站5座"]))
    assert len([s for s in found if s.quantity]) == 1


def test_what_a_person_says_about_the_document_outranks_the_text():
    found = analyse(make(SUMMARY, title="烟台市水利局工作总结"), organisation="威海市水务局", published_on=date(2022, 8, 1))
    assert {s.organisation for s in found} == {"威海市水务局"}
    assert found[1].period.end == date(2022, 8, 1)


def test_without_any_date_periods_stay_open():
    found = analyse(make(["新建泵站5座。"], published=""))
    assert [s.period for s in found] == [Period()]


def test_other_peoples_figures_are_no_records():
    assert [s.indicator for s in analyse(make(["全国粮食总产量增长1%。", "全市粮食总产量增长2%。"], title="烟台市农业农村局2023年上半年工作总结"))] == ["全市粮食总产量"]


@pytest.mark.parametrize("line", ["资金缺口问题是：面临的困难还有2亿元，存在不少问题。", "坚持以人民为中心，努力奋斗。", "图为水利局职工在巡查。"])
def test_nothing_to_find(line):
    assert analyse(make([line])) == ()


def test_rows_of_a_progress_sheet():
    cells = {"organisation": "市水利局、市财政局", "owner": "王一民", "goal": "新建泵站5座", "indicator": "新建泵站", "target": "5", "unit": "座",
             "deadline": "2023年12月", "achieved": "3", "as_of": "2023-06-30"}
    content, spans = "烟台市2023年重点任务\n", {}
    for name, cell in cells.items():
        spans[name] = Span(len(content), len(content) + len(cell))
        content += cell + "\n"
    text = Text(content, (), "xlsx", title=Fact("烟台市2023年重点任务进展表", "head"), published_on=Fact("2023-07-05", "head"),
                rows=(TableRow("任务", 4, cells, spans),))
    goal, result = analyse(text)
    assert (goal.kind, goal.organisation, goal.owner, goal.quantity.value, goal.quantity.unit) == ("goal", "烟台市水利局", "王一民", Decimal(5), "座")
    assert (goal.period.end, result.period.end) == (date(2023, 12, 31), date(2023, 6, 30))
    assert (result.kind, result.owner, result.quote) == ("result", None, "3")


@pytest.mark.parametrize(("title", "published", "report", "plan"), [
    ("2023年上半年工作总结", "2023-07-20", ("2023-01-01", "2023-06-30"), ("2023-07-01", "2023-12-31")),
    ("2022年工作总结", "2023-01-05", ("2022-01-01", "2022-12-31"), ("2023-01-01", "2023-12-31")),
    ("2023年工作要点", "2023-02-05", ("2023-01-01", "2023-02-05"), ("2023-01-01", "2023-12-31")),
    ("国企改革三年行动方案（2023-2025年）", "2023-02-05", ("2023-01-01", "2023-02-05"), ("2023-01-01", "2025-12-31")),
    ("“十四五”水利发展规划", "2021-11-05", ("2021-01-01", "2021-11-05"), ("2021-01-01", "2025-12-31")),
    ("2023年前三季度工作情况", "2023-10-15", ("2023-01-01", "2023-09-30"), ("2023-10-01", "2023-12-31")),
])
def test_default_periods_of_a_title(title, published, report, plan):
    found = part_periods(title, date.fromisoformat(published))
    assert [(p.start.isoformat(), p.end.isoformat()) for p in found[:2]] == [report, plan]


@pytest.mark.parametrize(("head", "day"), [
    ("——2021年1月12日在大会上", date(2021, 1, 12)), ("一九九八年一月八日在大会上", date(1998, 1, 8)), ("在大会上", None), ("2021年13月40日", None)])
def test_speech_date(head, day):
    assert speech_date(head) == day


def test_a_report_given_in_december_plans_the_next_year():
    text = make(["——2022年12月26日在烟台市第十八届人民代表大会第二次会议上"], title="2023年政府工作报告", published="2022-12-26")
    context = build_context(text, None, None)
    assert (context.reference.plan_year, context.report.end) == (2023, date(2022, 12, 31))


def test_labels_beside_an_item_name_the_body_and_the_deadline():
    lines = ["1.新建泵站5座，改造水闸8座。（责任单位：市水利局，完成时限：2023年11月底）", "2.新建学校3所。（责任单位：市教育局）"]
    found = analyse(make(lines, title="烟台市2023年重点任务清单", published="2023-02-05"))
    assert [(s.kind, s.organisation, s.period.end) for s in found] == [
        ("goal", "烟台市水利局", date(2023, 11, 30)), ("goal", "烟台市水利局", date(2023, 11, 30)), ("goal", "烟台市教育局", date(2023, 12, 31))]
    assert found[0].quote == "新建泵站5座"


def test_labels_on_lines_of_their_own_hold_for_what_follows():
    lines = ["承诺单位：烟台市民政局", "承诺人：市民政局党组书记、局长 王一民", "承诺事项：", "一、年内新建社区食堂60处，9月底前建成30处。", "二、护理床位达到2.6万张。"]
    found = analyse(make(lines, title="烟台市公开承诺书", published="2023-03-10"))
    assert {(s.kind, s.organisation, s.owner, s.post) for s in found} == {("goal", "烟台市民政局", "王一民", "党组书记、局长")}
    assert len(found) == 3


def test_goal_and_progress_under_their_labels():
    found = analyse(make(["学校建设。年度目标：新建学校30所。进展情况：建成学校26所。"], title="烟台市教育局2023年1-10月工作进展情况", published="2023-11-06"))
    assert [(s.kind, str(s.quantity.value)) for s in found if s.quantity] == [("goal", "30"), ("result", "26")]


def test_a_title_with_two_years_reports_on_one_and_plans_the_other():
    lines = ["一、2022年主要工作", "完成吞吐量6亿吨。", "三、2023年工作计划", "吞吐量突破7亿吨，6月底前建成三期码头。"]
    found = analyse(make(lines, title="华东港口集团有限公司2022年工作总结及2023年工作计划", published="2022-12-31"))
    assert [(s.kind, s.period.end) for s in found] == [("result", date(2022, 12, 31)), ("goal", date(2023, 12, 31)), ("goal", date(2023, 6, 30))]
    assert {s.organisation for s in found} == {"华东港口集团有限公司"}


def test_a_citys_plan_without_a_department_is_its_governments():
    found = analyse(make(["到2025年，用水总量控制在9亿立方米以内。"], title="烟台市“十四五”水安全保障规划", published="2021-11-05"))
    assert [(s.kind, s.organisation, s.period.end) for s in found] == [("goal", "烟台市人民政府", date(2025, 12, 31))]


def test_a_title_page_of_the_speaker_opens_no_part_in_a_governments_report():
    lines = ["——2023年1月10日在烟台市第十八届人民代表大会第二次会议上", "烟台市发展和改革委员会", "一、2022年计划执行情况", "生产总值增长6%。"]
    found = analyse(make(lines, title="关于烟台市2022年计划执行情况与2023年计划草案的报告", published="2023-01-10"))
    assert [(s.kind, s.period.end) for s in found] == [("result", date(2022, 12, 31))]


# --- what must hold for any text ---------------------------------------------------------------------------------

def squeezed(text: str) -> str:
    return "".join(text.split())


def check_offsets(text: Text, statements: tuple[Statement, ...]) -> None:
    for statement in statements:
        behind = text.content[statement.span.start : statement.span.end]
        assert squeezed(behind) == squeezed(statement.quote)
        assert "\n" not in statement.quote and statement.quote == statement.quote.strip()
        assert statement.reasons


def test_quotes_stand_at_their_offsets_over_broken_lines():
    text = make(["今年以来，市水利局坚持节水优先，新建泵站５座，出台支持扩大内", "需的政策 12 条，完成投资3.5", "亿元。"])
    found = analyse(text)
    check_offsets(text, found)
    assert {str(s.quantity.value) for s in found if s.quantity} >= {"5", "12"}


@needs_shared
def test_real_documents_give_the_same_twice_and_exact_quotes():
    for path in sorted((SHARED / "documents").iterdir())[:3]:
        text = read(path.read_bytes(), path.name)
        first = analyse(text)
        assert first == analyse(text)
        assert len(first) > 10
        check_offsets(text, first)


def test_cost_grows_with_length_only():
    """One endless paragraph is read to its end."""
    piece = "新建泵站5座，改造水闸8座，出台节水条例；"
    text = make([piece * 500], title="烟台市水利局2023年工作总结")
    assert any(s.quantity for s in analyse(text))


def test_what_the_title_says_and_the_text_repeats_is_the_texts():
    text = read("望海水务集团上半年完成投资21.5亿元\n2022-07-18\n上半年，完成投资21.5亿元，同比增长8%。".encode(), "新闻.txt")
    found = [statement for statement in analyse(text) if statement.quantity]
    assert [statement.quote for statement in found] == ["完成投资21.5亿元", "完成投资21.5亿元，同比增长8%"]
    assert found[0].span.start > text.content.index("\n")
