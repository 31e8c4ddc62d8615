"""The process in which files are read that could hang, crash or swallow memory. Started by sandbox.py, one file after another.

Requests come on standard input: a line of JSON (format, size, limits), then the bytes. Answers go to standard output: a
line with a length, then that many bytes of JSON (a draft, or an error's code and values)."""
from __future__ import annotations

import json
import os
import re
import select
import sys
import zipfile
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from .errors import ReadingError
from .limits import Limits
from .readers import reader_of

IDLE, CHECK = 600, 15           # seconds: end without work, look whether the parent lives
TIRED = 400 * 2**20             # bytes of memory after which the process makes room for a fresh one


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more, the process has grown too large, or nobody has asked for long."""
    while _is_asked(requests) and (head := requests.readline()):
        request = json.loads(head)
        limits = Limits(**request["limits"])
        answer = answer_to(requests.read(request["size"]), request["format"], limits)
        answer["last"] = answer.get("error") == "too-much-memory" or _peak_memory() > TIRED
        payload = json.dumps(answer, ensure_ascii=True).encode("ascii")
        answers.write(b"%d\n" % len(payload))
        answers.write(payload)
        answers.flush()
        if answer["last"]:
            return


def _is_asked(requests: BinaryIO) -> bool:
    """Wait for the next request; False when the parent is gone (its other children may hold the pipe open) or idle long."""
    parent, waited = os.getppid(), 0
    while waited < IDLE and os.getppid() == parent:
        if select.select([requests], [], [], CHECK)[0]:
            return True
        waited += CHECK
    return False


def answer_to(data: bytes, format: str, limits: Limits) -> dict[str, object]:
    """The draft of a file as a dictionary, or the error. Whatever a library raises means that the file is damaged."""
    try:
        return {"draft": asdict(reader_of(format)(data, format, limits))}
    except ReadingError as error:
        return {"error": error.code, "values": error.values}
    except MemoryError:
        return {"error": "too-much-memory", "values": {"limit": limits.memory // 2**20}}
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return {"error": "truncated", "values": {}}
    except Exception as error:
        return {"error": "damaged", "values": {}, "detail": f"{type(error).__name__}: {error}"[:300]}


def limit_memory(size: int) -> None:
    """Bound the address space of this process, where the system can."""
    try:
        import resource
    except ImportError:          # Windows has no such bound; time and sizes are still bounded
        return
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _peak_memory() -> int:
    """Most memory that this process has held, in bytes; 0 where the system does not tell. Not ru_maxrss: a new process
    inherits that from the one that started it."""
    try:
        status = Path("/proc/self/status").read_text("ascii", "ignore")
    except OSError:
        return 0
    match = re.search(r"VmHWM:\s*(\d+) kB", status)
    return int(match[1]) * 1024 if match else 0


def main() -> None:
    """Serve on standard input and output; what libraries print goes to standard error."""
    limit_memory(int(sys.argv[1]))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
