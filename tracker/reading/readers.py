"""Which function reads which format. Loaded by name, so that a worker only loads the libraries that it needs."""
from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from .limits import Limits
from .records import Draft

Reader = Callable[[bytes, str, Limits], Draft]

READERS: dict[str, tuple[str, str]] = {
    "html": ("web", "read_html"),
    "docx": ("word", "read_docx"),
    "pdf": ("pdf", "read_pdf"),
    "xlsx": ("sheets", "read_workbook"),
    "xls": ("sheets", "read_workbook"),
    "ods": ("sheets", "read_workbook"),
    "ofd": ("ofd", "read_ofd"),
    "eml": ("mail", "read_mail"),
    "mht": ("mail", "read_mail"),
    "image": ("recognition", "read_image"),
    "scan": ("recognition", "read_scan"),
}
SLOW = {"image", "scan"}


def reader_of(format: str) -> Reader:
    """The function that reads a format: (data, format, limits) -> Draft."""
    module, function = READERS[format]
    reader: Reader = getattr(import_module(f"{__package__}.{module}"), function)
    return reader
