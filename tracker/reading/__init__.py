"""Reading: the bytes of any file that an office sends become a Text, or a ReadingError says why not.

Pure: no Django, no settings, no clock, no network. ``read`` for one document, ``unpack`` for what holds several."""
from __future__ import annotations

from tracker.analysis.records import Text

from .errors import MESSAGES, ReadingError
from .facts import SOURCES
from .formats import detect
from .limits import DEFAULT, Limits
from .packages import Package, is_package, unpack
from .reader import read

__all__ = [
    "DEFAULT", "MESSAGES", "SOURCES", "Limits", "Package", "ReadingError", "Text", "detect", "is_package", "read", "unpack",
]
