"""What is measured: cleaned of verbs of doing and time words, and the normal form in which synonyms meet."""
import pytest

from tracker.analysis.indicators import indicator_key
from tracker.analysis.lists import count_subjects, split_subjects
from tracker.analysis.phrases import read_object, read_phrase, strip_openers
from tracker.analysis.vocabulary import Vocabulary

WORDS = Vocabulary.default()


@pytest.mark.parametrize(("left", "name"), [
    ("今年以来，累计完成固定资产投资", "固定资产投资"),
    ("青山机场完成航班起降", "青山机场航班起降"),
    ("力争全年接待游客", "接待游客"),
    ("截至10月末，存款余额达到", "存款余额"),
    ("近岸海域水质优良面积达到", "近岸海域水质优良面积"),
    ("在建重大水利工程投资超过", "在建重大水利工程投资"),
    ("基本养老保险参保率超过", "基本养老保险参保率"),
    ("一般公共预算收入达到", "一般公共预算收入"),
    ("开行中欧班列", "中欧班列"),
    ("居民可支配收入比上年同期增长", "居民可支配收入"),
    ("单位能耗同比下降", "单位能耗"),
    ("使畜禽良种率提高到", "畜禽良种率"),
])
def test_phrase_before_a_number(left, name):
    assert read_phrase(left, WORDS).name == name


@pytest.mark.parametrize("left", ["同比增长", "，比上年提高", "分别达到", "今年力争实现", "累计完成"])
def test_nothing_but_verbs_is_no_name(left):
    assert read_phrase(left, WORDS).name == ""


@pytest.mark.parametrize(("right", "name"), [
    ("的产业投资基金", "产业投资基金"),
    ("老旧小区改造任务", "老旧小区改造"),
    ("民生实事全面完成", "民生实事"),
    ("项目入选省重大项目", "入选省重大项目"),
    ("医院接入信息平台", "接入信息平台医院"),
    ("，同比增长", ""),
    ("和", ""),
    ("以外", ""),
])
def test_phrase_after_a_number(right, name):
    assert read_object(right) == name


@pytest.mark.parametrize("words", ["出口总额", "发展指数", "建设用地", "有机蔬菜", "共享单车", "再就业人数"])
def test_openers_do_not_eat_into_words(words):
    assert strip_openers(words, WORDS) == words


@pytest.mark.parametrize(("words", "size", "parts"), [
    ("城镇、农村居民人均可支配收入", 2, ["城镇居民人均可支配收入", "农村居民人均可支配收入"]),
    ("存贷款余额", 2, ["存款余额", "贷款余额"]),
    ("市区PM2.5、PM10平均浓度", 2, ["市区PM2.5平均浓度", "市区PM10平均浓度"]),
    ("蔬菜、肉蛋奶和水产品产量", 3, ["蔬菜产量", "肉蛋奶产量", "水产品产量"]),
    ("事故起数、死亡人数下降", 2, ["事故起数下降", "事故死亡人数下降"]),
])
def test_lists_of_subjects(words, size, parts):
    assert split_subjects(words, size, WORDS) == parts


def test_a_list_of_another_length_is_not_split():
    assert split_subjects("蔬菜、水果产量", 3, WORDS) is None
    assert count_subjects("蔬菜、水果产量") == 2


@pytest.mark.parametrize(("one", "other"), [
    ("全市生产总值", "GDP"), ("地区生产总值", "国内生产总值"), ("实际利用外资", "实际使用外资"), ("规上工业增加值", "规模以上工业增加值"),
    ("我市“专精特新”企业", "专精特新企业"),
])
def test_synonyms_meet(one, other):
    assert indicator_key(one) == indicator_key(other)


@pytest.mark.parametrize(("one", "other"), [
    ("一般公共预算收入", "一般公共预算支出"), ("城镇登记失业率", "城镇调查失业率"), ("PM2.5平均浓度", "PM10平均浓度"),
    ("出口", "进口"), ("高新技术企业", "科技型中小企业"),
])
def test_contrasts_stay_apart(one, other):
    assert indicator_key(one) != indicator_key(other)


def test_an_administrator_can_add_synonyms():
    more = WORDS.extended({"synonyms": ["快递业务量 快件量"]})
    assert indicator_key("快件量", more) == "快递业务量"
    assert indicator_key("快件量") == "快件量"


def test_an_unknown_kind_of_words_is_refused():
    with pytest.raises(ValueError, match="没有这种词表"):
        WORDS.extended({"colours": ["红"]})
