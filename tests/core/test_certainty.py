"""How sure the machine is: the rules behind a statement's reasons, the shares measured for them, and their product."""
from pathlib import Path

import pytest

from tracker.analysis import certainty
from tracker.analysis.certainty import BODY, INDICATOR, KIND, OTHER, PERIOD, WORDS
from tracker.analysis.statements import analyse
from tracker.reading import read

EXAMPLES = sorted(path for path in (Path(certainty.__file__).parents[1] / "examples").iterdir() if path.is_file())
PLAIN = ("成绩与进展一节", "指标在数前", "绝对数", "本节所说的期间", "标题或文件署名")


def test_each_rule_speaks_for_one_check():
    reasons = ("计划一节，“力争”", "承前“外贸企业”", "绝对数", "时间词“2024年底”", "发言人“市商务局沈怀仁”")
    assert certainty.checks_of(reasons, "新增100家") == {
        KIND: ["计划一节，“…”"],
        INDICATOR: ["承前“…”", "绝对数"],
        PERIOD: ["时间词“…”"],
        BODY: ["发言人“…”"],
    }


@pytest.mark.parametrize(
    ("quote", "rule"),
    [
        ("深化改革创新", "可核对的事项“…”，短句"),
        ("建成3号渡口", "可核对的事项“…”，短句，有专名或数目"),
        ("建成望海湾客运码头并投入使用", "可核对的事项“…”，中等长度"),
        ("举办望海国际渔业博览会和第五届“蓝湾”渔业装备展览会", "可核对的事项“…”，长句，有专名或数目"),
    ],
)
def test_commitments_in_words_are_told_apart_by_length_and_names(quote, rule):
    assert certainty.checks_of(("计划与目标一节", "可核对的事项“港”"), quote)[WORDS] == [rule]


def test_the_score_is_the_product_of_the_least_certain_rule_of_each_check():
    shares = {(KIND, OTHER): 0.9, (INDICATOR, "指标在数前"): 0.99, (INDICATOR, "绝对数"): 0.8, (INDICATOR, OTHER): 0.5,
              (PERIOD, OTHER): 1.0, (BODY, OTHER): 0.5}
    assert certainty.score_of(PLAIN, "新增企业56家", shares) == pytest.approx(0.9 * 0.8 * 1.0 * 0.5)


def test_a_rule_without_a_share_of_its_own_counts_as_the_others():
    known, unknown = PLAIN, ("成绩与进展一节", "从没见过的规则", "绝对数", "本节所说的期间", "标题或文件署名")
    assert certainty.score_of(unknown, "新增企业56家") < certainty.score_of(known, "新增企业56家")


def test_doubts_name_the_worst_first():
    assert certainty.doubts_of(PLAIN, "新增企业56家") == []
    shared = ("成绩与进展一节里的“将”", "并列项共用动词“新建”", "绝对数", "本节所说的期间", "标题或文件署名")
    assert certainty.doubts_of(shared, "省级3个") == [(INDICATOR, "并列项共用动词“…”")]


def test_shares_lean_to_the_mean_of_their_check_and_rare_rules_go_together():
    decisions = [(KIND, "常见", True)] * 16 + [(KIND, "少见", False)] * 2 + [(KIND, "罕见", True)] * 2
    found = certainty.measure_shares(decisions)
    mean = 18 / 20
    assert found[KIND, "常见"] == (round((16 + 8 * mean) / 24, 3), 16)
    assert found[KIND, OTHER] == (round((2 + 8 * mean) / 12, 3), 4)
    assert (KIND, "少见") not in found


def test_every_check_has_a_share_for_the_other_rules():
    assert {check for check, rule in certainty.measured_shares() if rule == OTHER} == set(certainty.CHECKS)
    assert all(0 < share <= 1 for share in certainty.measured_shares().values())


def test_the_higher_the_band_the_more_is_right_as_a_whole():
    bands = certainty.measured_bands()
    assert [floor for floor, *_ in bands] == sorted((floor for floor, *_ in bands), reverse=True)
    assert bands[0][1] > 0.95 and bands[-1][1] < 0.6
    assert sum(seen for *_, seen in bands) > 1500


def test_reasons_are_weighed_one_by_one():
    assert certainty.weigh(PLAIN, "新增企业56家")[1] == ("指标在数前", certainty.measured_shares()[INDICATOR, "指标在数前"])


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_numbers_are_surer_than_words_in_every_example(path):
    scores = {True: [], False: []}
    for statement in analyse(read(path.read_bytes(), path.name)):
        score = certainty.score_of(statement.reasons, statement.quote)
        assert 0 < score <= 1
        if WORDS in certainty.checks_of(statement.reasons, statement.quote) or statement.quantity:
            scores[statement.quantity is not None].append(score)
    if scores[True] and scores[False]:
        assert sum(scores[True]) / len(scores[True]) > sum(scores[False]) / len(scores[False])
