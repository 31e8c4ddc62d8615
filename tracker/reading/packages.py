"""Files that hold several documents: .zip, and mails with attachments."""
from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePosixPath

from .archive import BROKEN, Archive
from .attachments import find_attachments, parse_mail
from .errors import ReadingError
from .formats import detect
from .limits import DEFAULT, Limits

JUNK = re.compile(r"(?:^|/)(?:__MACOSX/|\.|~\$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
DEPTH = 3                       # packages in packages


@dataclass(frozen=True, slots=True)
class Package:
    """What was in a package: (name, content) of each document, and Chinese notes on what was left out."""

    files: tuple[tuple[str, bytes], ...] = ()
    notes: tuple[str, ...] = field(default=())


def is_package(data: bytes, name: str, *, limits: Limits = DEFAULT) -> bool:
    """Whether ``unpack`` and not ``read`` is the way in: a zip of files, or a mail with attachments."""
    format = detect(data, name, limits)
    return format == "zip" or (format == "eml" and bool(find_attachments(parse_mail(data))))


def unpack(data: bytes, name: str, *, limits: Limits = DEFAULT) -> Package:
    """The documents in a zip or a mail. Raises ReadingError for bombs, bad names, encryption, or when nothing is in it."""
    files: list[tuple[str, bytes]] = []
    notes: list[str] = []
    left = [limits.unpacked_bytes]
    _collect(data, name, "", limits, files, notes, left, DEPTH)
    if not files:
        raise ReadingError("package-empty")
    return Package(tuple(files), tuple(notes))


def _collect(
    data: bytes, name: str, prefix: str, limits: Limits,
    files: list[tuple[str, bytes]], notes: list[str], left: list[int], depth: int,
) -> None:
    format = detect(data, name, limits)
    if format == "eml":
        files.append((prefix + name, data))
        members = find_attachments(parse_mail(data))
    else:
        members = list(_members(data, limits, left))
    for member, content in members:
        path = f"{prefix}{member}"
        try:
            inner = detect(content, member, limits)
        except ReadingError as error:
            notes.append(f"{path}：{error.message}")
            continue
        if inner == "zip" and depth > 1:
            _collect(content, member, f"{path}/", limits, files, notes, left, depth - 1)
        elif inner == "zip":
            notes.append(f"{path}：压缩包套得太深，没有展开。")
        else:
            files.append((path, content))
        if len(files) > limits.packed_files:
            raise ReadingError("zip-many", count=len(files), limit=limits.packed_files)


def _members(data: bytes, limits: Limits, left: list[int]) -> list[tuple[str, bytes]]:
    names = _names(data)
    if len(names) > limits.packed_files:
        raise ReadingError("zip-many", count=len(names), limit=limits.packed_files)
    for shown in names.values():
        path = PurePosixPath(shown.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", shown):
            raise ReadingError("zip-names", name=shown[:60])
    archive = Archive(data, limits)
    found = []
    for stored, shown in names.items():
        if not JUNK.search(shown):
            content = archive.read(stored)
            left[0] -= len(content)
            if left[0] < 0:
                raise ReadingError("zip-bomb", limit=limits.unpacked_bytes // 2**20)
            found.append((shown, content))
    return found


def _names(data: bytes) -> dict[str, str]:
    """Names as stored and as meant: Chinese Windows writes GBK without saying so."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
    except BROKEN as error:
        raise ReadingError("truncated") from error
    names = {}
    for member in members:
        shown = member.filename
        if not member.flag_bits & 0x800:
            raw = shown.encode("cp437", "ignore")
            for encoding in ("utf-8", "gb18030"):
                try:
                    shown = raw.decode(encoding)
                    break
                except UnicodeDecodeError:
                    continue
        names[member.filename] = shown
    return names
