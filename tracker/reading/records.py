"""What the readers of the single formats hand over: lines and cells, not yet told apart."""
from __future__ import annotations

from dataclasses import dataclass, field

from tracker.analysis.records import ParagraphStyle


@dataclass(slots=True)
class Line:
    """A line of a document. ``whole``: the format says that this is a complete paragraph, so nothing is joined to it.
    ``style`` and ``level`` are set where the format knows them; ``bold`` when all of it is bold or in a heading's font."""

    text: str
    page: int | None = None
    whole: bool = False
    bold: bool = False
    style: ParagraphStyle | None = None
    level: int | None = None


@dataclass(slots=True)
class Sheet:
    """A sheet of a workbook, or a table of a document. ``rows`` are (row number as the spreadsheet program shows it, index
    of the line that shows the row, texts of the cells); the line is the texts joined by tabs."""

    name: str
    rows: list[tuple[int, int, list[str]]] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    """What a reader of one format found in a file. ``facts`` holds the metadata: title, issuer, published_on, address."""

    format: str
    lines: list[Line] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    sheets: list[Sheet] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    pages_without_text: list[int] = field(default_factory=list)   # 1-based pages of a PDF that are only pictures
