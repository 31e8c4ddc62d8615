"""Where a document comes from: listed counties, cities that no list knows, the place that 我市 means."""
import pytest

from tracker.analysis.context import build_context
from tracker.analysis.places import find_counties, find_place, without_province
from tracker.analysis.records import Fact, Text
from tracker.reading import read


def read_text(content: str, title: str = "") -> Text:
    return Text(content, (), "txt", title=Fact(title, "head") if title else None)


@pytest.mark.parametrize(("text", "names"), [
    ("在泾县第十五届人民代表大会上", ["泾县"]), ("杭州市余杭区发展和改革局", ["余杭区"]),
    ("建成县级医院", []), ("提高县城绿化水平", []), ("相应县区", []),
])
def test_listed_counties(text, names):
    assert [text[start:end] for start, end in find_counties(text)] == names


@pytest.mark.parametrize(("content", "title", "city"), [
    ("房县住建局围绕县委县政府目标，全县危房改造开工。", "", "房县"),
    ("住建局紧围绕县委县政府目标。", "", ""),
    ("杭州市余杭区2022年计划执行情况。", "杭州市余杭区国民经济计划执行情况", "杭州市余杭区"),
    ("临水市财政局介绍，临水市教育局负责。", "", "临水市"),
    ("大棚蔬菜销往北京、上海。", "", "北京市"),
])
def test_place_of_a_document(content, title, city):
    assert find_place(read_text(content, title)).city == city


@pytest.mark.parametrize(("name", "short"), [
    ("浙江省仙居县交通局", "仙居县交通局"), ("浙江省城市管理局", "浙江省城市管理局"), ("浙江省交通厅", "浙江省交通厅"),
    ("山东省青岛市水利局", "青岛市水利局"),
])
def test_a_province_in_front_of_a_city_goes(name, short):
    assert without_province(name) == short


@pytest.mark.parametrize(("lines", "body"), [
    (["政府工作报告", "2010年2月24日在杨陵区第七届", "人民代表大会第四次会议上", "杨陵区区长 王一民", "各位代表：", "一、2009年工作回顾",
      "新修道路40公里，蔬菜销往北京、上海。"], "杨陵区人民政府"),
    (["2007年政府工作报告", "——2007年2月8日在泾县第十五届人民代表大会第一次会议上", "各位代表：", "新修道路40公里。"], "泾县人民政府"),
    (["政府工作报告", "——2023年1月8日在烟台市第十八届人民代表大会第二次会议上", "各位代表：", "新修道路40公里。"], "烟台市人民政府"),
])
def test_whose_report_a_congress_hears(lines, body):
    assert build_context(read("\n".join(lines).encode(), "报告.txt"), None, None).organisation == body


@pytest.mark.parametrize(("lines", "source"), [
    (["水利投入再加码", "本报讯 今年我市新建泵站12座。烟台的农村供水工程已经完成。"], "烟台市"),
    (["民生实事进展", "发布日期：2022-12-14", "来源：烟台市民政局", "新建食堂12处。"], "烟台市民政局"),
    (["供水稳步推进", "2024-05-06 10:20 烟台市水利局", "新建泵站12座。"], "烟台市水利局"),
    (["今年以来的铁路建设", "今年以来，海湾铁路总公司认真贯彻部署，发送旅客300万人次。"], "海湾铁路总公司"),
    (["农村饮水工程进展", "2018年，我市计划投资4亿元。今后，烟台市水利局将继续督导。"], "烟台市水利局"),
    (["投资情况", "全省固定资产投资增长3%。山东的项目开工1100个。"], "山东省"),
    (["投资情况", "固定资产投资增长3%。"], ""),
])
def test_who_speaks_where_nobody_is_named(lines, source):
    context = build_context(read("\n".join(lines).encode(), "新闻.txt"), None, None)
    assert (context.organisation or context.source) == source
