"""Commands: what they print, how they end, and that running them again doubles nothing."""
import os
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command, get_commands
from django.core.management import load_command_class as load

from reports.models import Snapshot
from tests import factories as make
from tests.app.test_importing import SUMMARY
from tracker.management.commands.bench import put_section
from tracker.models import Document, Goal, GoalStatus, ImportJob, JobState, Link, Result, Review
from tracker.services import corrections

pytestmark = pytest.mark.django_db
OURS = ("tracker", "reports")


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "文档"
    (made / "子文件夹").mkdir(parents=True)
    (made / "商务局.txt").write_text(SUMMARY, encoding="utf-8")
    (made / "子文件夹" / "教育局.txt").write_text(SUMMARY.replace("商务局", "教育局"), encoding="gb18030")
    (made / ".隐藏").write_text("x")
    return made


def test_every_command_explains_itself(capsys):
    ours = [name for name, app in get_commands().items() if app in OURS]
    assert {"import_documents", "extract", "evaluate", "export_ledger", "demo", "serve", "bench"} <= set(ours)
    for name in ours:
        parser = load(get_commands()[name], name).create_parser("manage.py", name)
        assert len(load(get_commands()[name], name).help) > 10, name
        undocumented = [action.dest for action in parser._actions if not action.help and action.dest != "help"]
        assert not undocumented, (name, undocumented)


def test_import_and_wait_reads_all(folder, capsys):
    call_command("import_documents", str(folder), "--wait")
    said = capsys.readouterr().out
    assert "新文件 2 个" in said and "读取 2 份" in said
    assert set(ImportJob.objects.values_list("state", flat=True)) == {JobState.DONE}
    before = Goal.objects.count(), Result.objects.count(), Link.objects.count()
    call_command("import_documents", str(folder), "--wait")
    assert "已在库中 2 个" in capsys.readouterr().out
    assert (Goal.objects.count(), Result.objects.count(), Link.objects.count()) == before
    assert Document.objects.count() == ImportJob.objects.count() == 2


def test_import_without_wait_leaves_jobs_for_the_worker(folder, capsys):
    call_command("import_documents", str(folder))
    assert "2 份等待后台读取" in capsys.readouterr().out
    assert set(ImportJob.objects.values_list("state", flat=True)) == {JobState.PENDING}


def test_reading_again_keeps_what_people_changed(folder):
    call_command("import_documents", str(folder), "--wait")
    goal = Goal.objects.filter(value=150).first()
    corrections.correct(goal, {"value": Decimal(160)}, user=make.user(), reason="更正")
    call_command("import_documents", str(folder), "--wait", "--again")
    goal.refresh_from_db()
    assert (goal.value, goal.review) == (160, Review.CORRECTED)
    assert ImportJob.objects.count() == 4 and Document.objects.count() == 2


def test_import_tells_what_failed_and_ends_badly(folder, capsys):
    (folder / "坏.docx").write_bytes(b"PK\x03\x04 broken")
    (folder / "程序.exe").write_bytes(b"MZ")
    with pytest.raises(CommandError, match="2 个文件没有导入"):
        call_command("import_documents", str(folder), "--wait")
    said = capsys.readouterr()
    assert "坏.docx：" in said.err and "程序.exe" in said.err and "读取 2 份" in said.out


def test_import_of_what_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="找不到"):
        call_command("import_documents", str(tmp_path / "没有"))
    with pytest.raises(CommandError, match="没有文件"):
        call_command("import_documents", str(tmp_path))


def test_the_ledger_of_all_and_of_one_organisation(folder, tmp_path, capsys):
    call_command("import_documents", str(folder), "--wait")
    for options, rows in (((), 4), (("--organisation", "市教育局"), 2)):
        path = tmp_path / "台账.xlsx"
        call_command("export_ledger", "--as-of", "2024-07-31", "--output", str(path), *options)
        workbook = openpyxl.load_workbook(path)
        assert f"{rows} 行" in capsys.readouterr().out
        assert len(workbook.sheetnames) >= 7


@pytest.mark.parametrize(
    ("output", "options", "told"),
    [("台账.xls", (), ".xlsx 结尾"), ("没有/台账.xlsx", (), "没有这个文件夹"), ("台账.xlsx", ("--organisation", "某某局"), "没有单位叫")],
)
def test_export_says_what_is_wrong(tmp_path, output, options, told):
    with pytest.raises(CommandError, match=told):
        call_command("export_ledger", "--as-of", "2024-07-31", "--output", str(tmp_path / output), *options)


def state_of_the_demo():
    return {
        "rows": [model.objects.count() for model in (Document, Goal, Result, Link, ImportJob, Snapshot, get_user_model())],
        "statuses": sorted(GoalStatus.objects.values_list("goal", "as_of", "status")),
    }


def test_the_demo_twice(settings, tmp_path, capsys, monkeypatch):
    settings.DATA_DIR, settings.BASE_URL = tmp_path, settings.BASE_URL
    monkeypatch.setitem(os.environ, "JIANNUO_BASE_URL", "")
    call_command("demo", "--no-serve", "--port=8106")
    first, said = state_of_the_demo(), capsys.readouterr().out
    assert GoalStatus.objects.values("goal").distinct().count() >= 40
    assert GoalStatus.objects.values("status").distinct().count() >= 8
    for title in ("已完成", "滞后", "逾期未完成", "无人回应"):
        assert f"\n{title}\n  [" in said
    password = said.split("密码：")[1].split("（")[0]
    assert get_user_model().objects.get(username="demo").check_password(password)
    ledgers = list((tmp_path / "ledgers").glob("*.xlsx"))
    assert len(ledgers) == len(list((tmp_path / "ledgers").glob("*.docx"))) == 1
    assert Snapshot.objects.count() >= 2
    sheet = openpyxl.load_workbook(ledgers[0]).worksheets[0]
    links = [cell.hyperlink.target for row in sheet.iter_rows(min_row=5) for cell in row if cell.hyperlink]
    assert links and all(link.startswith("http://127.0.0.1:8106/") for link in links)
    cells = [cell.value for row in sheet.iter_rows(min_row=5) for cell in row]
    assert sum(isinstance(value, int | float) for value in cells) > 40
    assert any(isinstance(value, date) for value in cells)
    call_command("demo", "--no-serve")
    assert state_of_the_demo() == first
    assert f"密码：{password}" in capsys.readouterr().out


def test_benchmark_measured_anew_replaces_its_own_table_and_keeps_the_rest():
    page = put_section("", "导入", "甲机器", ["| 旧 |"])
    page = put_section(page, "关联", "甲机器", ["| 别的 |"])
    page = page.replace("| 旧 |", "| 旧 |\n\n### 怎么量\n\n手写的说明。")
    page = put_section(page, "导入", "乙机器", ["| 新 |"])
    assert page.index("## 导入") < page.index("乙机器") < page.index("| 新 |") < page.index("手写的说明。") < page.index("## 关联")
    assert "| 旧 |" not in page and "| 别的 |" in page
    assert put_section(page, "导入", "乙机器", ["| 新 |"]) == page
