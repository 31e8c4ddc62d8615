"""Old Word, WPS and RTF files, turned into .docx by LibreOffice where it is installed; .doc by antiword as a second choice."""
from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from .errors import ReadingError
from .limits import Limits

FORMATS = {"doc", "wps", "rtf", "odt"}
FILTERS = {"docx": "docx:MS Word 2007 XML"}


def find_office() -> str | None:
    """The LibreOffice program, or None."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def convert(data: bytes, format: str, limits: Limits, target: str = "docx") -> bytes:
    """The file in another format. Raises ReadingError when LibreOffice is missing, fails or takes too long."""
    office = find_office()
    if office is None:
        raise ReadingError("no-office", format=f".{format}")
    with tempfile.TemporaryDirectory(prefix="jiannuo-") as folder:
        source = Path(folder, f"in.{'doc' if format == 'wps' else format}")
        source.write_bytes(data)
        _run(
            [office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore", "--nolockcheck",
             "--convert-to", FILTERS.get(target, target), "--outdir", f"{folder}/out", str(source)],
            limits, folder, format,
        )
        result = Path(folder, "out", f"in.{target}")
        if not result.exists():
            raise ReadingError("office-failed", format=f".{format}")
        return result.read_bytes()


def read_with_antiword(data: bytes, limits: Limits) -> bytes | None:
    """Text (UTF-8) of a .doc by antiword, one line a paragraph; None when antiword is missing or fails."""
    antiword = shutil.which("antiword")
    if antiword is None:
        return None
    with tempfile.TemporaryDirectory(prefix="jiannuo-") as folder:
        source = Path(folder, "in.doc")
        source.write_bytes(data)
        try:
            return _run([antiword, "-m", "UTF-8.txt", "-w", "0", str(source)], limits, folder)
        except ReadingError:
            return None


def _run(command: list[str], limits: Limits, folder: str, format: str = "doc") -> bytes:
    """Run a converter within the limits; its whole process group is ended when it takes too long."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder,
        start_new_session=True, env=os.environ | {"HOME": folder},
    )
    _limit_memory(process.pid, limits.slow_memory)
    try:
        output, _ = process.communicate(timeout=limits.slow_seconds)
    except subprocess.TimeoutExpired as error:
        raise ReadingError("too-slow", seconds=round(limits.slow_seconds)) from error
    finally:
        _end_group(process)
    if process.returncode:
        raise ReadingError("office-failed", format=f".{format}")
    return output


def _limit_memory(process: int, size: int) -> None:
    try:
        import resource

        resource.prlimit(process, resource.RLIMIT_AS, (size, size))
    except (ImportError, AttributeError, OSError):       # not Linux: time is still bounded
        return


def _end_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
