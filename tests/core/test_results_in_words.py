"""Results without a number that answer goals with one: states of an indicator, quoted goals, missed targets."""
from __future__ import annotations

import pytest

from tracker.analysis.commitments import find_achievements, find_fulfilments
from tracker.analysis.modality import tells_of_missed_goal


@pytest.mark.parametrize(("sentence", "indicator"), [
    ("居民消费价格涨幅保持在较低水平。", "居民消费价格涨幅"),
    ("受外需影响，去年全市进出口总额有所下降。", "进出口总额"),
    ("装备制造业产值持续壮大。", "装备制造业产值"),
    ("城乡居民人均可支配收入增速快于经济增速。", "城乡居民人均可支配收入"),
])
def test_state_of_an_indicator(sentence, indicator):
    assert indicator in [act.object for act in find_achievements(sentence)]


@pytest.mark.parametrize("sentence", ["干部作风保持稳定。", "社会大局持续稳定。", "城市面貌出现可喜变化。"])
def test_state_of_nothing_measured(sentence):
    assert find_achievements(sentence) == []


def test_sentence_that_quotes_its_goal():
    (act,) = find_fulfilments("全市提前一年完成行动计划提出的“建成8个示范园区、3个研究中心”目标任务，走在前列。")
    assert act.object == "行动计划目标任务"
    assert find_fulfilments("全市推进“建成8个示范园区”目标任务。") == []


@pytest.mark.parametrize(("sentence", "missed"), [
    ("外贸出口下滑，预期目标未能实现。", True), ("有两项指标没有完成年初计划。", True), ("进出口增长未达到预期。", True),
    ("各项目标任务全面完成。", False), ("一些项目进展不快。", False),
])
def test_missed_goal(sentence, missed):
    assert tells_of_missed_goal(sentence) is missed
