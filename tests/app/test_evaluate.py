"""The product's own scorer: the figures of the record contract, the gate, and what the accuracy page shows."""
import json
import random
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from tests.shared import SHARED, needs_shared
from tracker.accuracy import comparing, floors, scoring
from tracker.analysis import certainty
from tracker.management.commands import evaluate

TEXT = "上半年，新增外贸企业56家，实际使用外资1.86亿美元。全年新增外贸企业100家以上。"


def record(kind, identifier, quote, value, unit, **fields):
    base = {"kind": kind, "id": identifier, "document": "a.txt", "organisation": "望海市商务局", "quote": quote, "value": value,
            "unit": unit, "indicator": "新增外贸企业", "period_end": "2024-06-30", "comparator": "eq", "measure": "level"}
    return base | fields


GOAL = record("goal", "g1", "全年新增外贸企业100家以上", 100, "家", period_end="2024-12-31", comparator="ge")
RESULT = record("result", "r1", "新增外贸企业56家", 56, "家")
INVESTMENT = record("result", "r2", "实际使用外资1.86亿美元", 1.86, "亿美元", indicator="实际使用外资")
MATCH = {"kind": "match", "goal": "g1", "result": "r1", "relation": "progress", "score": 0.9}


@pytest.fixture
def folders(tmp_path):
    gold, documents = tmp_path / "gold", tmp_path / "documents"
    gold.mkdir()
    documents.mkdir()
    (documents / "a.txt").write_text(TEXT, encoding="utf-8")
    part = {"document": "a.txt", "goals": [GOAL], "results": [RESULT, INVESTMENT], "matches": [{"goal": "g1", "result": "r1"}]}
    (gold / "a.json").write_text(json.dumps(part), encoding="utf-8")
    return gold, documents


def report(folders, predictions, show=""):
    outcome = scoring.score(scoring.read_gold(*folders), json.loads(json.dumps(predictions)), show=show)
    return outcome.report(), outcome.errors


CASES = [
    ("all right", [GOAL, RESULT, INVESTMENT, MATCH], (1.0, 1.0, 1.0), 1.0),
    ("nothing found", [], (0.0, 0.0, 0.0), 0.0),
    ("magnitude in the unit counts", [GOAL, RESULT, INVESTMENT | {"value": 18600, "unit": "万美元"}, MATCH], (1.0, 1.0, 1.0), 1.0),
    ("wrong magnitude", [GOAL, RESULT, INVESTMENT | {"unit": "万美元"}], (1.0, 0.5, 0.5), 0.0),
    ("wrong organisation is not strict", [GOAL, RESULT | {"organisation": "望海市教育局"}, INVESTMENT], (1.0, 1.0, 0.5), 0.0),
    ("period right to the month", [GOAL, RESULT | {"period_end": "2024-06-01"}, INVESTMENT], (1.0, 1.0, 1.0), 0.0),
    ("kind confused", [GOAL | {"kind": "result"}, RESULT, INVESTMENT], (0.0, 0.8, 0.8), 0.0),
    ("link to the wrong result", [GOAL, RESULT, INVESTMENT, MATCH | {"result": "r2"}], (1.0, 1.0, 1.0), 0.0),
]


@pytest.mark.parametrize(("why", "told", "wanted", "links"), CASES, ids=[case[0] for case in CASES])
def test_scores(folders, why, told, wanted, links):
    got, _ = report(folders, told)
    assert (got["goal"]["value"]["f1"], got["result"]["value"]["f1"], got["result"]["strict"]["f1"]) == pytest.approx(wanted)
    assert got["match"]["f1"] == links


def test_quotes_that_do_not_stand_in_the_text_are_counted(folders):
    got, _ = report(folders, [RESULT | {"quote": "新增外贸企业57家"}])
    assert got["quotes_not_in_the_text"] == 1 and got["result"]["value"]["right"] == 0


def test_errors_are_listed(folders):
    _, errors = report(folders, [GOAL, RESULT | {"measure": "delta"}], show="result")
    assert any(line.startswith("漏") and "1.86" in line for line in errors)
    assert any(line.startswith("错") and "measure" in line for line in errors)


@pytest.mark.parametrize(
    ("left", "right", "wanted"),
    [("生产总值", "生产总值", 1.0), ("地区生产总值", "生产总值", 0.8), ("", "生产总值", 0.0), ("城镇就业", "外资", 0.0)],
)
def test_likeness(left, right, wanted):
    assert comparing.likeness(left, right) == wanted


def run(folders, *options):
    call_command("evaluate", *map(str, folders), *options)


def test_the_gate_fails_on_a_drop_and_on_another_gold_standard(folders, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(evaluate, "MEASURED", tmp_path / "measured.json")
    good, bad, kept = tmp_path / "good.jsonl", tmp_path / "bad.jsonl", tmp_path / "floors.json"
    good.write_text("\n".join(map(json.dumps, [GOAL, RESULT, INVESTMENT, MATCH])))
    bad.write_text("\n".join(map(json.dumps, [GOAL, RESULT, MATCH])))
    run(folders, "--predictions", str(good), "--floors", str(kept), "--write-floors")
    run(folders, "--predictions", str(good), "--floors", str(kept))
    assert "不低于" in capsys.readouterr().out
    with pytest.raises(CommandError, match="result.value.f1 由 1.0000 降为 0.6667"):
        run(folders, "--predictions", str(bad), "--floors", str(kept))
    (folders[0] / "b.json").write_text((folders[0] / "a.json").read_text())
    with pytest.raises(CommandError, match="标准答案变了"):
        run(folders, "--predictions", str(good), "--floors", str(kept))
    measured = json.loads((tmp_path / "measured.json").read_text())
    assert measured["report"]["goal"]["value"]["f1"] == 1.0
    assert [row["sort"] for row in measured["by_sort"]] == ["新闻报道"]
    assert measured["gold"] and measured["version"]


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(CommandError, match="没有这个文件夹"):
        run((tmp_path / "none", tmp_path))
    with pytest.raises(CommandError, match="没有标准答案"):
        scored = tmp_path / "empty.jsonl"
        scored.write_text("")
        run((tmp_path, tmp_path), "--predictions", str(scored))


def test_the_version_changes_with_the_word_lists(tmp_path):
    (tmp_path / "analysis").mkdir()
    (tmp_path / "analysis" / "words.txt").write_text("家")
    before = floors.version(tmp_path)
    (tmp_path / "analysis" / "words.txt").write_text("家 户")
    assert before != floors.version(tmp_path) and len(before) == 12


@needs_shared
def test_same_figures_as_the_contracts_scorer(tmp_path):
    """On what the product extracts, spoilt at random so that every kind of error occurs."""
    gold, documents = SHARED / "accuracy" / "gold", SHARED / "documents"
    told = []
    rng = random.Random(7)
    for path in sorted(gold.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            continue
        for kind in ("goal", "result"):
            for row in content[f"{kind}s"]:
                row |= {"kind": kind, "id": f"{path.name}{row['id']}", "document": content["document"]}
                if rng.random() < 0.2:
                    row[rng.choice(["value", "indicator", "organisation", "period_end", "comparator", "quote"])] = rng.choice([None, "3"])
                if isinstance(row["value"], str):
                    row["value"] = 3
                told.append(row)
        told += [
            {"kind": "match", "goal": path.name + row["goal"], "result": path.name + row["result"]}
            for row in content.get("matches", []) if rng.random() < 0.8
        ]
    told = [row for row in told if row["kind"] == "match" or row["quote"]]
    predictions = tmp_path / "told.jsonl"
    predictions.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in told), encoding="utf-8")
    theirs = subprocess.run(
        [sys.executable, SHARED / "accuracy" / "score.py", gold, documents, predictions, "--json"], capture_output=True, check=True
    )
    ours = scoring.score(scoring.read_gold(gold, documents), scoring.read_predictions(predictions.read_text().splitlines()))
    assert ours.report() == json.loads(theirs.stdout)


def test_rules_are_calibrated_on_the_gold_standard(folders, tmp_path, capsys):
    output = tmp_path / "certainty.txt"
    call_command("calibrate", *map(str, folders), output=output)
    rows = [line.split("\t") for line in output.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert {row[0] for row in rows} == {*certainty.CHECKS, certainty.WHOLE}
    assert all(row[1] == certainty.OTHER for row in rows if row[0] != certainty.WHOLE)  # three records: no rule is seen often enough
    assert "实际全对" in capsys.readouterr().out


def test_calibration_judges_what_the_scorer_judges(folders):
    outcome = scoring.score(
        scoring.read_gold(*folders), [GOAL | {"id": "a"}, RESULT | {"id": "b", "measure": "delta"}, INVESTMENT | {"id": "c", "value": 2}]
    )
    assert outcome.judged == {"a": [], "b": ["measure"], "c": None}


def test_calibration_without_a_gold_standard_says_so(tmp_path):
    with pytest.raises(CommandError, match="找不到标准答案"):
        call_command("calibrate", str(tmp_path / "none"), str(tmp_path))
