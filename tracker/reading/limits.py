"""How much time and memory the reading of one file may cost. The figures stand in docs/READING.md as well."""
from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one reading. Sizes in bytes, times in seconds."""

    file_bytes: int = 100 * MEGABYTE
    unpacked_bytes: int = 256 * MEGABYTE      # of a zip, or of the zip inside a docx, xlsx or ofd
    packed_ratio: int = 300                   # unpacked : packed of one member over 16 MB; text reaches 20, bombs 1000
    packed_files: int = 500
    characters: int = 5_000_000
    pages: int = 3_000
    scanned_pages: int = 60                   # of a PDF without text; recognition takes 3 to 10 s a page
    pixels: int = 60_000_000                  # A4 at 600 dpi has 35 million
    cells: int = 3_000_000
    seconds: float = 60.0
    slow_seconds: float = 600.0               # LibreOffice and text recognition
    memory: int = 768 * MEGABYTE              # of the reader's process
    slow_memory: int = 3072 * MEGABYTE        # address space of LibreOffice, and of text recognition


DEFAULT = Limits()
