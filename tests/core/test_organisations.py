"""Names of bodies: headers, subjects, speakers, full names, predecessors."""
import pytest

from tracker.analysis.organisations import (
    Speaker,
    find_names,
    find_speaker,
    find_speaker_after,
    full_name,
    government_of,
    header_organisation,
    headline_organisation,
    headline_subject,
    organisation_key,
    same_organisation,
    subject_organisation,
)
from tracker.analysis.places import Place, find_place, short_place
from tracker.analysis.records import Fact, Text

YANTAI = Place("烟台市", "山东省")


@pytest.mark.parametrize(("line", "name"), [
    ("烟台市水利局2023年上半年工作总结", "烟台市水利局"),
    ("烟台市人民政府办公室：", "烟台市人民政府办公室"),
    ("烟台民政局：", "烟台民政局"),
    ("烟台市文化和旅游局关于2023年工作情况的报告", "烟台市文化和旅游局"),
    ("烟台市住房公积金管理中心2023年工作总结", "烟台市住房公积金管理中心"),
    ("# 福山区教育局2023年工作计划", "福山区教育局"),
    ("中共烟台市委组织部2023年工作总结", "中共烟台市委组织部"),
    ("长河能源集团有限公司2023年工作总结", "长河能源集团有限公司"),
    ("东岭新区:按下项目“快进键”", "东岭新区"),
    ("一、上半年主要工作", None),
    ("二、存在问题", None),
    ("加快建设文化强市", None),
    ("2023年上半年工作总结", None),
    ("抓改革求突破", None),
])
def test_header(line, name):
    assert header_organisation(line) == name


@pytest.mark.parametrize(("title", "name"), [
    ("望海市教育局：今年新增学位5000个", "望海市教育局"),
    ("望海水务集团", "望海水务集团"),
    ("全国水利工作会议召开", None),
    ("一图读懂：今年的民生实事", None),
])
def test_headline(title, name):
    assert headline_organisation(title) == name


@pytest.mark.parametrize(("title", "name"), [
    ("海湾集团召开半年工作会议", "海湾集团"),
    ("县农业农村局传达学习会议精神", "县农业农村局"),
    ("市水利局局长谈防汛", ""),
    ("今年我市公路投资再加码", ""),
])
def test_subject_of_a_headline(title, name):
    assert headline_subject(title) == name


@pytest.mark.parametrize("content", ["否则我向市委辞职，由在市财政局工作的同志接替。", "传达学习县委全会精神，从县委书记到干部都要落实。"])
def test_words_before_a_bare_office_are_no_city(content):
    assert find_place(Text(content, (), "txt")).city == ""


@pytest.mark.parametrize(("sentence", "name"), [
    ("记者昨日从市水利局获悉，全市新建泵站5座。", "市水利局"),
    ("今年以来，全市交通运输部门抢抓机遇。", None),
    ("今年以来，市水利局坚持节水优先。", "市水利局"),
    ("市地方金融监管局数据显示，全市存款增长。", "市地方金融监管局"),
    ("2023年，烟台市国资委依法履职。", "烟台市国资委"),
    ("充分发挥市委统筹作用。", None),
    ("建设国家级海洋牧场。", None),
    ("市水利局局长王一民表示，要抓好防汛。", None),
])
def test_subject(sentence, name):
    assert subject_organisation(sentence) == name


@pytest.mark.parametrize(("sentence", "speaker"), [
    ("市水利局党组书记、局长王一民表示，要", Speaker("市水利局", "王一民", "党组书记、局长", 16)),
    ("市教育局局长吴敏向家长们承诺，", Speaker("市教育局", "吴敏", "局长", 14)),
    ("市交通运输局局长马涛则把话说得很直白：“", Speaker("市交通运输局", "马涛", "局长", 14)),
    ("水利部部长李国明13日在新闻发布会上表示，", Speaker("水利部", "李国明", "部长", 20)),
    ("市卫生健康委主任孙立新", Speaker("市卫生健康委", "孙立新", "主任", 11)),
    ("临水县委书记周国平:", Speaker("临水县委", "周国平", "书记", 10)),
    ("东岭县县长李明说，", Speaker("东岭县人民政府", "李明", "县长", 8)),
    ("市自来水公司总经理吴刚说，", Speaker("市自来水公司", "吴刚", "总经理", 12)),
    ("市水利局局长王一民:", Speaker("市水利局", "王一民", "局长", 10)),
    ("市委教育工委常务副书记、市教育局党组书记、局长李明远说，", Speaker("市教育局", "李明远", "党组书记、局长", 27)),
    ("市政协副主席、市商务局局长赵海承诺，", Speaker("市商务局", "赵海", "局长", 17)),
    ("市卫生健康委主任、市中医药管理局局长周安表示，", Speaker("市卫生健康委", "周安", "主任", 22)),
    ("各级领导干部表示，要抓紧抓实。", None),
    ("会议强调，要压实责任。", None),
])
def test_speaker(sentence, speaker):
    assert find_speaker(sentence) == speaker


def test_speaker_behind_the_words():
    found = find_speaker_after("“今年净增企业90家。”市科技局局长韩致告诉记者。")
    assert found is not None and (found.organisation, found.owner) == ("市科技局", "韩致")


@pytest.mark.parametrize(("name", "place", "full"), [
    ("市财政局", YANTAI, "烟台市财政局"),
    ("我市财政局", YANTAI, "烟台市财政局"),
    ("烟台民政局", YANTAI, "烟台市民政局"),
    ("省教育厅", YANTAI, "山东省教育厅"),
    ("烟台市国资委", YANTAI, "烟台市国资委"),
    ("市财政局", Place(), "市财政局"),
    ("烟台大学", YANTAI, "烟台大学"),
])
def test_full_name(name, place, full):
    assert full_name(name, place) == full


def test_a_district_is_named_as_the_text_names_it():
    assert full_name("东岭新区", YANTAI, "烟台东岭新区航拍") == "烟台东岭新区"
    assert full_name("东岭新区", YANTAI, "别的内容") == "东岭新区"


@pytest.mark.parametrize(("left", "right", "same"), [
    ("烟台市发改委", "烟台市发展和改革委员会", True),
    ("烟台市环保局", "烟台市生态环境局", True),
    ("烟台市卫生局", "烟台市卫生健康委", True),
    ("烟台市旅游局", "烟台市文化和旅游局", True),
    ("烟台市教育局", "威海市教育局", False),
    ("烟台市教育局", "烟台市体育局", False),
])
def test_predecessors_and_short_names(left, right, same):
    assert same_organisation(left, right) is same


def test_an_alias_of_the_administrator_is_asked_first():
    aliases = {"烟台市热线办": "烟台市行政审批服务局"}
    assert organisation_key("烟台市热线办", aliases) == organisation_key("烟台市行政审批服务局")


@pytest.mark.parametrize(("names", "government"), [
    (["烟台市第十八"], "烟台市人民政府"), (["国务院总理"], "国务院"), (["宁夏"], "宁夏回族自治区人民政府"), (["大会"], ""),
])
def test_government_of(names, government):
    assert government_of(names) == government


@pytest.mark.parametrize(("name", "short"), [
    ("烟台市", "烟台"), ("内蒙古自治区", "内蒙古"), ("新疆维吾尔自治区", "新疆"), ("宁夏回族自治区", "宁夏"), ("大理白族自治州", "大理")])
def test_short_place(name, short):
    assert short_place(name) == short


def read_text(content: str, title: str = "") -> Text:
    return Text(content, (), "txt", title=Fact(title, "head") if title else None)


@pytest.mark.parametrize(("content", "title", "city"), [
    ("威海市召开会议。威海港吞吐量增长。烟台也参会。", "", "威海市"),
    ("全文不提地名。", "烟台市教育局工作总结", "烟台市"),
    ("海岭市财政局、海岭市教育局分别汇报。", "", "海岭市"),
    ("没有地名的文字。", "", ""),
])
def test_find_place(content, title, city):
    assert find_place(read_text(content, title)).city == city


def test_names_in_order():
    assert find_names("市财政局会同市教育局、省科技厅") == ["市财政局", "市教育局", "省科技厅"]


def test_the_end_of_a_heading_is_no_part_of_the_next_lines_city():
    from tracker.analysis.places import _unlisted_city

    assert _unlisted_city("把民生工程办实\n市住房和城乡建设局局长说") == ""
    assert _unlisted_city("望海市财政局近日表示") == "望海市"
