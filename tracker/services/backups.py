"""A backup is one zip: every table as JSON lines, every uploaded file, and a manifest that says how many and with which fingerprints.

It does not depend on the kind of database, so restoring a SQLite backup into PostgreSQL is the way up from one office to a province.
"""
from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.contrib.auth.models import Group, User
from django.core import serializers
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from tracker.models import Document

APPS = ("tracker", "reports")
FORMAT = 1


class ExactEncoder(DjangoJSONEncoder):
    """Django's encoder cuts times to milliseconds; a backup may not."""

    def default(self, o: object) -> object:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


class BackupError(Exception):
    """Why a backup could not be written or restored, as a Chinese sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Summary:
    rows: int
    files: int


def backed_up_models() -> list[type[models.Model]]:
    """Users, groups and every model of this product, history tables included."""
    own = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    return [Group, User, *own]


def write_backup(path: Path) -> Summary:
    """Writes the backup to ``path``, which must not exist. All tables are read in one transaction. Errors: BackupError."""
    if path.exists():
        raise BackupError(f"“{path.name}”已经存在，没有覆盖。请换一个文件名。")
    part = path.with_name(path.name + ".part")
    with transaction.atomic(), zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        rows = {model._meta.label_lower: write_table(archive, model) for model in backed_up_models()}
        files = dict(write_files(archive))
        manifest = {"format": FORMAT, "rows": rows, "files": files}
        archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
    part.rename(path)
    return Summary(sum(rows.values()), len(files))


def write_table(archive: zipfile.ZipFile, model: type[models.Model]) -> int:
    count = 0
    with archive.open(f"tables/{model._meta.label_lower}.jsonl", "w", force_zip64=True) as raw:
        stream = io.TextIOWrapper(raw, encoding="utf-8")
        # permissions get other numbers in another database, and this product grants rights by role only
        fields = [f.name for f in (*model._meta.local_fields, *model._meta.local_many_to_many) if f.name not in {"user_permissions", "permissions"}]
        for row in model._base_manager.order_by("pk").iterator(chunk_size=500):
            serializers.serialize("jsonl", [row], stream=stream, fields=fields, ensure_ascii=False, cls=ExactEncoder)
            count += 1
        stream.flush()
        stream.detach()
    return count


def stored_files() -> Iterator[str]:
    """Storage names of all files that a row points to."""
    for model in backed_up_models():
        for field in model._meta.local_fields:
            if isinstance(field, models.FileField) and not model._meta.label_lower.split(".")[1].startswith("historical"):
                names = model._base_manager.exclude(**{field.name: ""}).order_by("pk").values_list(field.name, flat=True)
                yield from (name for name in names.iterator() if name)


def write_files(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    for name in dict.fromkeys(stored_files()):
        if not default_storage.exists(name):
            raise BackupError(f"上传的文件“{name}”不在存储里。请先找回该文件，或在后台删除对应记录，再备份。")
        digest = hashlib.sha256()
        with default_storage.open(name) as source, archive.open(f"files/{name}", "w", force_zip64=True) as target:
            while chunk := source.read(1 << 20):
                digest.update(chunk)
                target.write(chunk)
        yield name, digest.hexdigest()


def read_manifest(archive: zipfile.ZipFile) -> dict:
    try:
        manifest = json.loads(archive.read("manifest.json"))
    except (KeyError, ValueError) as error:
        raise BackupError("这不是本系统的备份文件：里面没有清单。请选用 backup 命令写出的文件。") from error
    if manifest.get("format") != FORMAT:
        raise BackupError("备份来自另一个版本，不能直接恢复。请用写出它的版本恢复后再升级。")
    return manifest


def refuse_unless_empty() -> None:
    if User.objects.exists() or Document.objects.exists():
        raise BackupError("数据库不是空的，没有恢复，什么也没有改动。请换一个空的数据目录或数据库，先运行 migrate，再恢复。")


def restore_backup(path: Path) -> Summary:
    """Restores into an empty, migrated database, all or nothing. Errors: BackupError."""
    if not zipfile.is_zipfile(path):
        raise BackupError(f"“{path.name}”不是完整的备份文件，可能没有复制完。请重新复制后再试。")
    refuse_unless_empty()
    with zipfile.ZipFile(path) as archive:
        manifest = read_manifest(archive)
        with transaction.atomic():
            for label, expected in manifest["rows"].items():
                if (count := read_table(archive, label)) != expected:
                    raise BackupError(f"备份里的表 {label} 应有 {expected} 行，读到 {count} 行。文件已损坏，什么也没有恢复。")
            reset_sequences()
            for name, digest in manifest["files"].items():
                read_file(archive, name, digest)
        connection.check_constraints()
    return Summary(sum(manifest["rows"].values()), len(manifest["files"]))


def read_table(archive: zipfile.ZipFile, label: str) -> int:
    with archive.open(f"tables/{label}.jsonl") as raw:
        count = 0
        for row in serializers.deserialize("jsonl", io.TextIOWrapper(raw, encoding="utf-8")):
            row.save()
            count += 1
        return count


def reset_sequences() -> None:
    """New rows must get numbers after the restored ones (PostgreSQL)."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), backed_up_models()):
            cursor.execute(statement)


def read_file(archive: zipfile.ZipFile, name: str, digest: str) -> None:
    with archive.open(f"files/{name}") as source:
        spool = io.BytesIO()
        shutil.copyfileobj(source, spool)
    if hashlib.sha256(spool.getbuffer()).hexdigest() != digest:
        raise BackupError(f"备份里的文件“{name}”已损坏，什么也没有恢复。")
    if default_storage.exists(name):
        return
    saved = default_storage.save(name, File(spool))
    if saved != name:
        raise BackupError(f"文件“{name}”不能按原名存入存储，什么也没有恢复。请检查存储设置。")
