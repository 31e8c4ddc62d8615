"""A backup restored into an empty database is the same, row for row and file for file."""
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from tracker.models import Document, Goal, Organisation, Profile, Role
from tracker.services.backups import BackupError, backed_up_models, restore_backup, write_backup

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def filled(db, django_user_model, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    user = django_user_model.objects.create_user("林督查", password="一个很长的口令2024")
    body = Organisation.objects.create(name="望海市教育局", key="望海市教育局")
    Profile.objects.create(user=user, role=Role.LIAISON).organisations.add(body)
    document = Document.objects.create(sha256="0" * 64, name="计划.txt", size=9, content="新增公办学位1.5万个。")
    document.file.save("计划.txt", ContentFile("新增公办学位1.5万个。".encode()))
    goal = Goal.objects.create(
        organisation=body, document=document, quote="新增公办学位1.5万个", start=0, end=11, indicator="公办学位",
        value="1.5", unit="万个", comparator="eq", measure="level", reasons=["新增"],
    )
    goal.note = "改过一次"
    goal.save()
    return goal


def everything():
    return {model._meta.label: [sorted(row.items()) for row in model._base_manager.order_by("pk").values()] for model in backed_up_models()}


def clear():
    for model in reversed(backed_up_models()):
        model._base_manager.all().delete()


def test_round_trip_is_equal_row_for_row(filled, tmp_path, settings):
    before = everything()
    assert before["tracker.HistoricalGoal"], "history is part of the backup"
    write_backup(tmp_path / "b.zip")
    clear()
    settings.MEDIA_ROOT = tmp_path / "other"
    restore_backup(tmp_path / "b.zip")
    assert everything() == before
    assert Profile.objects.get().organisations.get().name == "望海市教育局"
    assert Document.objects.get().file.read() == "新增公办学位1.5万个。".encode()
    assert Organisation.objects.create(name="望海市体育局", key="x").pk > filled.organisation_id


def test_refuses_a_database_that_is_not_empty(filled, tmp_path):
    write_backup(tmp_path / "b.zip")
    before = everything()
    with pytest.raises(BackupError, match="不是空的"):
        restore_backup(tmp_path / "b.zip")
    assert everything() == before


def test_does_not_overwrite(filled, tmp_path):
    (tmp_path / "b.zip").write_text("别动我", encoding="utf-8")
    with pytest.raises(BackupError, match="已经存在"):
        write_backup(tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_text(encoding="utf-8") == "别动我"


def test_a_damaged_backup_restores_nothing(filled, tmp_path, settings):
    write_backup(tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as good, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for name in good.namelist():
            bad.writestr(name, b"" if name == "tables/tracker.goal.jsonl" else good.read(name))
    clear()
    settings.MEDIA_ROOT = tmp_path / "other"
    with pytest.raises(BackupError, match="已损坏"):
        restore_backup(tmp_path / "bad.zip")
    assert not Goal.objects.exists() and not Organisation.objects.exists()


@pytest.mark.parametrize(("content", "part"), [(b"", "不是完整"), (b"PK\x03\x04 cut", "不是完整")])
def test_what_is_no_backup_gets_a_sentence(db, tmp_path, content, part):
    (tmp_path / "b.zip").write_bytes(content)
    with pytest.raises(BackupError, match=part):
        restore_backup(tmp_path / "b.zip")


def test_command_says_why_and_exits_non_zero(tmp_path):
    run = subprocess.run(
        [sys.executable, "manage.py", "restore", str(tmp_path / "nothing.zip")], cwd=ROOT, capture_output=True, text=True,
        encoding="utf-8", env=os.environ | {"JIANNUO_DATA": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
    )
    assert run.returncode != 0
    assert "nothing.zip" in run.stderr
