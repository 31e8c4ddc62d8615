"""Fitting of the weights: it learns, it is reproducible, and the shipped file belongs to the shipped features."""
from __future__ import annotations

import json
import random

import pytest

from tests.core.matching_items import goal, result
from tests.shared import SHARED, needs_shared
from tracker.matching.fitting import (
    Examples,
    Sample,
    Tally,
    as_record,
    choose_level,
    cross_validate,
    fit_logistic,
    fit_weights,
    judge_pairs,
    solve,
    tally_links,
)
from tracker.matching.gold import count_links, read_gold
from tracker.matching.names import Names
from tracker.matching.scoring import FEATURES, WEIGHTS, default_weights, read_weights

NAMES = Names.default()
SUBJECTS = ("学位", "床位", "充电桩", "停车位", "图书馆", "体育场", "农贸市场", "公交站", "污水管网", "口袋公园")


def made_up_sample(name: str) -> Sample:
    """Every goal answered by the result of the same subject, and surrounded by the others'."""
    goals = tuple(goal(f"新建{subject}", 50, "个", id=f"{name}g{at}", document=f"{name}计划", order=at) for at, subject in enumerate(SUBJECTS))
    results = tuple(result(f"建成{subject}面积" if at % 5 == 4 else f"新建{subject}", 40 + at, "个", id=f"{name}r{at}", document=f"{name}总结", order=at)
                    for at, subject in enumerate(SUBJECTS))
    right = tuple(frozenset({(f"{name}g{at}", f"{name}r{at}")}) for at in range(len(SUBJECTS)) if at % 5 != 4)
    return Sample(name, goals, results, right)


def test_solve():
    assert solve([[2, 1], [1, 3]], [3, 5]) == pytest.approx([0.8, 1.4])


def test_logistic_regression_finds_the_telling_feature():
    dice = random.Random(3)
    examples = Examples()
    for _ in range(300):
        row = [1.0] + [float(dice.random() < 0.5) for _ in FEATURES]
        examples.rows.append(tuple(row))
        examples.labels.append(int(row[1] == 1.0))
    weights = fit_logistic(examples)
    assert max(range(1, len(weights) - 1), key=lambda at: weights[at] if FEATURES[at - 1] != "covers" else 0) == 1
    assert fit_logistic(examples) == weights
    assert set(fit_logistic(Examples())) <= {0.0, 8.0}


def test_cross_validation_counts_each_link_once():
    samples = [made_up_sample("a"), made_up_sample("b")]
    tallies = cross_validate(samples, NAMES, (0.3, 0.5))
    assert tallies[True][0.5].wanted == count_links(samples) == 16
    assert tallies[True][0.5].found >= 14
    assert tallies[False][0.5].proposed == 0


def test_fit_is_reproducible_and_round_trips(tmp_path):
    samples = [made_up_sample("a"), made_up_sample("b")]
    weights = fit_weights(samples, NAMES)
    assert fit_weights(samples, NAMES) == weights
    path = tmp_path / "weights.json"
    path.write_text(json.dumps(as_record(weights, {"note": 1})), encoding="utf-8")
    read = read_weights(path)
    assert (read.quantified, read.qualitative, read.report["note"]) == (weights.quantified, weights.qualitative, 1)
    tally = tally_links(samples[0], read, 0.5, NAMES)
    assert (tally.wanted, tally.right) == (8, tally.found)


def test_reviewers_decisions_move_the_weights():
    sample = made_up_sample("a")
    rejected = [(sample.goals[0], sample.results[0], False)] * 30
    before, after = fit_weights([sample], NAMES), fit_weights([sample], NAMES, rejected)
    assert tally_links(sample, after, 0.5, NAMES).proposed < tally_links(sample, before, 0.5, NAMES).proposed
    assert judge_pairs(rejected, NAMES)[True].labels == [0] * 30


def test_weights_for_other_features_are_refused(tmp_path):
    content = json.loads(WEIGHTS.read_text(encoding="utf-8")) | {"features": ["dice"]}
    path = tmp_path / "weights.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ValueError, match="train_links"):
        read_weights(path)


def test_threshold_is_the_lowest_from_which_precision_holds():
    levels = {0.3: Tally(1, 4), 0.5: Tally(9, 10), 0.7: Tally(8, 9), 0.9: Tally(5, 5)}
    assert choose_level(levels, 0.95) == 0.9
    assert choose_level(levels, 0.85) == 0.5
    assert choose_level({0.3: Tally(1, 4), 0.9: Tally(1, 3)}, 0.95) == 0.9


def test_shipped_weights_show_the_precision_of_their_thresholds():
    report = default_weights().report
    measured = report["cross_validation"]["quantified"][str(report["accept"])]
    assert measured["precision"] >= 0.95
    assert measured["proposed"] >= 30


@needs_shared
def test_shipped_weights_hold_their_bars_on_the_gold_standard():
    samples = read_gold(SHARED / "accuracy" / "gold", SHARED / "documents")
    total = Tally()
    for sample in samples:
        total.add(tally_links(sample, default_weights(), default_weights().propose, NAMES))
    record = total.as_record()
    assert record["precision"] >= 0.95
    assert record["recall"] >= 0.88
