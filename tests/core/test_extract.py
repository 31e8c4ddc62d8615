"""``manage.py extract``: the record contract, links, unreadable files, no database."""
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tracker.management.commands.extract import Source

ROOT = Path(__file__).resolve().parent.parent.parent
KEYS = ["kind", "id", "document", "organisation", "owner", "quote", "indicator", "value", "value_max", "unit", "comparator", "measure",
        "period_start", "period_end"]
PLAN = "烟台市水利局2023年工作计划\n2023-02-03\n全年新建泵站5座，改造水闸8-10座，出台节水条例。\n"
REPORT = "烟台市水利局2023年工作总结\n2023-12-28\n全年新建泵站6座，改造水闸9座。\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "计划.txt").write_text(PLAN, encoding="utf-8")
    (tmp_path / "总结.txt").write_text(REPORT, encoding="utf-8")
    return tmp_path


def run(*args: object, **options: object) -> tuple[list[dict], str]:
    out, err = StringIO(), StringIO()
    call_command("extract", *map(str, args), stdout=out, stderr=err, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def test_keys_and_values(folder):
    records, _ = run(folder / "计划.txt")
    assert [list(record) for record in records] == [KEYS] * 3
    first, second, third = records
    assert (first["kind"], first["value"], first["unit"], first["comparator"], first["period_end"]) == ("goal", 5, "座", "eq", "2023-12-31")
    assert (second["value"], second["value_max"], second["comparator"]) == (8, 10, "range")
    assert (third["value"], third["unit"], third["measure"], third["quote"]) == (None, None, None, "出台节水条例")
    assert {record["organisation"] for record in records} == {"烟台市水利局"}


def test_a_folder_is_read_in_order_and_the_same_twice(folder):
    once, _ = run(folder)
    assert [record["document"] for record in once] == sorted(record["document"] for record in once)
    assert once == run(folder)[0]
    assert len({record["id"] for record in once}) == len(once)


def test_files_of_one_name_have_ids_of_their_own(folder):
    other = folder / "另一处"
    other.mkdir()
    (other / "计划.txt").write_text(PLAN, encoding="utf-8")
    records, _ = run(folder)
    assert len({record["id"] for record in records}) == len(records)


def test_links_come_last_and_name_records(folder):
    records, _ = run(folder, matches=True)
    links = [record for record in records if record["kind"] == "match"]
    assert links and records[-len(links):] == links
    kinds = {record["id"]: record["kind"] for record in records[:-len(links)]}
    assert all((kinds[link["goal"]], kinds[link["result"]]) == ("goal", "result") for link in links)
    assert list(links[0]) == ["kind", "goal", "result", "relation", "score"]


def test_given_facts_outrank_the_text(folder):
    records, _ = run(folder / "计划.txt", organisation="威海市水务局", published_on="2022-03-01")
    assert {record["organisation"] for record in records} == {"威海市水务局"}


def test_reasons_on_request(folder):
    _, err = run(folder / "计划.txt", explain=True)
    assert err.count("计划.txt#") == 3 and "；" in err


def test_what_cannot_be_read_is_said_and_the_rest_is_printed(folder):
    (folder / "坏.pdf").write_bytes(b"%PDF-1.7 broken")
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("extract", str(folder), str(folder / "没有.txt"), stdout=out, stderr=err)
    assert failed.value.returncode == 1
    assert "坏.pdf" in err.getvalue() and "没有.txt" in err.getvalue()
    assert len(out.getvalue().splitlines()) == 5


def test_a_date_that_is_none_is_refused(folder):
    with pytest.raises(CommandError):
        run(folder, published_on="昨天")


def test_marks_inside_a_sentence_come_back_in_the_quote(tmp_path):
    path = tmp_path / "报告.md"
    path.write_text("2023-02-03\n\n今年，**新建泵站5座，改造**水闸8座。\n", encoding="utf-8")
    raw = path.read_text(encoding="utf-8")
    records, _ = run(path)
    assert records and all(record["quote"] in raw for record in records)


@pytest.mark.parametrize(("quote", "written"), [("改造水闸8座", "改造**水闸8座"), ("新建泵站", "新建泵站"), ("没有的话", "没有的话")])
def test_source_as_written(quote, written):
    assert Source("**新建泵站5座，改造**水闸8座".encode()).as_written(quote) == written


def test_needs_no_database(folder):
    environment = os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "JIANNUO_DATA": str(folder / "data")}
    done = subprocess.run([sys.executable, "manage.py", "extract", str(folder / "计划.txt")], cwd=ROOT, env=environment,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 3
