"""Level, growth, delta, share, rank or completion, and the word that decided."""
import pytest

from tracker.analysis.figures import read_figures

CASES = [
    ("社会用电量860亿千瓦时", "level"),
    ("绿色贷款余额增加到860亿元", "level"),
    ("新增贷款2500亿元", "level"),
    ("新建厂房质量提升3.5万平方米", "level"),
    ("增加普惠托位4.8万个", "level"),
    ("城乡收入倍差缩小到1.9倍", "level"),
    ("工业用电量增长7%", "growth"),
    ("软件业收入增速达到12%", "growth"),
    ("居民消费价格涨幅控制在3%左右", "growth"),
    ("万元产值水耗下降5.6%", "growth"),
    ("行政审批事项精简三分之一", "growth"),
    ("邮政业务量是上年的1.8倍", "growth"),
    ("集体收入实现两位数增长", "growth"),
    ("市场主体净增9万户", "delta"),
    ("存款余额比年初增加320亿元", "delta"),
    ("绿化覆盖率提高1.5个百分点", "delta"),
    ("粮食增产2.6亿斤", "delta"),
    ("综合考核进位6个名次", "delta"),
    ("失业率4.2%", "share"),
    ("高技术产业占比提高到18.5%", "share"),
    ("出生率6.3‰", "share"),
    ("95%以上的事项网上可办", "share"),
    ("科技进步贡献率上升到61%", "share"),
    ("进出口总额居全国第8位", "rank"),
    ("企业满意度排名全省第一", "rank"),
    ("跻身全国城市前十强", "rank"),
    ("完成年度投资计划的77%", "completion"),
    ("改造任务总体完成率超过50%", "completion"),
    ("达到全年目标的116%", "completion"),
]


@pytest.mark.parametrize(("text", "measure"), CASES)
def test_measure(text, measure):
    assert [figure.measure for figure in read_figures(text)] == [measure]


NOT = [
    ("由8%增长到12%的设备更新占比", "growth"),       # 增长到: a level reached, not a growth
    ("民生支出占比达到78%", "completion"),
    ("新增就业12万人", "delta"),
    ("平均每天新增企业60户", "delta"),
    ("参保率保持在98%", "growth"),
    ("贫困发生率下降到3%", "growth"),
    ("提升到500家", "delta"),
]


@pytest.mark.parametrize(("text", "measure"), NOT)
def test_not_this_measure(text, measure):
    assert measure not in [figure.measure for figure in read_figures(text) if not figure.naming]


def test_the_deciding_word_is_named():
    assert "“下降”百分之几" in read_figures("单位能耗下降3%")[0].reasons
