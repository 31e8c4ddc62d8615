"""The command that fits the weights: reproducible, and it says how good they are."""
from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from tracker.matching.scoring import FEATURES, read_weights

THINGS = ("学位", "床位", "充电桩", "停车位", "图书馆", "体育场", "农贸市场", "公交站")


def record(number, quote, indicator, value):
    return {"id": number, "organisation": "东江市人民政府", "owner": None, "quote": quote, "indicator": indicator, "value": value,
            "value_max": None, "unit": "个", "comparator": "eq", "measure": "level", "period_start": "2021-01-01", "period_end": "2021-12-31"}


@pytest.fixture
def gold(tmp_path):
    """A plan and a report of an imaginary city, twice."""
    folder, documents = tmp_path / "gold", tmp_path / "documents"
    folder.mkdir()
    documents.mkdir()
    links = []
    for name in ("甲", "乙"):
        goals = [record(f"g{at}", f"新增{thing}{at + 40}个", f"新增{thing}", at + 40) for at, thing in enumerate(THINGS)]
        results = [record(f"r{at}", f"全年新增{thing}{at + 41}个", f"新增{thing}", at + 41) for at, thing in enumerate(THINGS)]
        for kind, records, year in (("goals", goals, "2021-01-10"), ("results", results, "2022-01-10")):
            (documents / f"{name}{kind}.txt").write_text("。".join(row["quote"] for row in records), encoding="utf-8")
            part = {"document": f"{name}{kind}.txt", "published_on": year, "goals": [], "results": []} | {kind: records}
            (folder / f"{name}-{kind}.json").write_text(json.dumps(part), encoding="utf-8")
        links += [{"goal_document": f"{name}goals.txt", "goal_quote": goal["quote"], "result_document": f"{name}results.txt",
                   "result_quote": result["quote"], "relation": "fulfils"} for goal, result in zip(goals, results, strict=True)]
    (folder / "all-links.json").write_text(json.dumps(links), encoding="utf-8")
    return folder, documents


def test_fit_writes_the_weights_with_their_score(gold, tmp_path, capsys):
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    call_command("train_links", *map(str, gold), output=first)
    call_command("train_links", *map(str, gold), output=second)
    assert first.read_bytes() == second.read_bytes()
    content = json.loads(first.read_text(encoding="utf-8"))
    assert content["fitted_on"]["links"] == 16
    assert content["cross_validation"]["quantified"]["0.5"]["found"] == 16
    assert len(read_weights(first).quantified) == len(FEATURES) + 1
    assert "交叉验证准确率" in capsys.readouterr().out


def test_check_judges_the_present_weights(gold, capsys):
    call_command("train_links", *map(str, gold), check=True)
    assert "找到 16 条" in capsys.readouterr().out


def test_missing_folder_is_said(tmp_path):
    with pytest.raises(CommandError, match="找不到"):
        call_command("train_links", str(tmp_path / "none"), str(tmp_path))
