"""The package around the cells: links and comments go to disk as they come, and the same content gives the same bytes.

openpyxl keeps links and comments in memory until a workbook is saved, some kilobytes each, and writes the hour into every part.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr  # these write, and parse nothing

from openpyxl import Workbook
from openpyxl.comments.comment_sheet import CommentSheet
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.related import Related
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.functions import tostring

# Excel takes 65,530 in one sheet; LibreOffice opens 65,000 in three minutes of CPU and as many HYPERLINK formulas in twelve seconds
LINKS = 10_000
# every comment is a shape that is drawn before the sheet is shown (LibreOffice: 6000 rows open in 6 s of CPU without, in 25 s with 14,000)
COMMENTS = 5_000
TIP = 255
SPOOL = 64 * 1024
BLOCK = 1024  # shapes are numbered in blocks of this many
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
AUTHOR = "践诺"
VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{blocks}"/>'
    '</o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
SHAPE = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:59.25pt;margin-top:1.5pt;'
    'width:{width}px;height:{height}px;z-index:1;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)


class Spool:
    """Text that waits on disk until the package is put together."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=SPOOL)  # noqa: SIM115  # closed when it is thrown away

    def add(self, text: str) -> None:
        self._file.write(text.encode())

    def pour(self, target: Any) -> None:
        """Copy everything into an open binary file."""
        self._file.seek(0)
        shutil.copyfileobj(self._file, target)


class Attachments:
    """Links and comments of one sheet, in the order of their cells."""

    def __init__(self) -> None:
        self.links = self.comments = 0
        self._links, self._targets, self._notes, self._places = Spool(), Spool(), Spool(), Spool()

    def add_link(self, place: str, target: str, tip: str = "") -> None:
        """A link on a cell; ``tip`` is what a pointer resting on it reads."""
        self.links += 1
        address, _, mark = target.partition("#")  # Excel keeps the mark on the page apart from the address
        words = f" location={quoteattr(mark)}" if mark else ""
        words += f" tooltip={quoteattr(tip[:TIP])}" if tip else ""
        self._links.add(f'<hyperlink ref="{place}" r:id="link{self.links}"{words}/>')
        self._targets.add(
            f'<Relationship Id="link{self.links}" Type="{OFFICE}/hyperlink" Target={quoteattr(address)} TargetMode="External"/>'
        )

    def add_comment(self, place: str, row: int, column: int, text: str) -> None:
        """A note on a cell; row and column count from 1."""
        self.comments += 1
        self._notes.add(
            f'<comment ref="{place}" authorId="0" shapeId="0"><text><t xml:space="preserve">{escape(text)}</t></text></comment>'
        )
        height = 30 + 18 * sum(1 + len(line) // 26 for line in text.split("\n"))
        self._places.add(f"{row - 1} {column - 1} {height}\n")

    def write_links(self, file: Any) -> None:
        if self.links:
            file.write(f'<hyperlinks xmlns:r="{OFFICE}">'.encode())
            self._links.pour(file)
            file.write(b"</hyperlinks>")

    def write_targets(self, file: Any) -> None:
        self._targets.pour(file)

    def write_comments(self, file: Any) -> None:
        file.write(f'<comments xmlns="{MAIN}"><authors><author>{AUTHOR}</author></authors><commentList>'.encode())
        self._notes.pour(file)
        file.write(b"</commentList></comments>")

    def write_shapes(self, file: Any, first_block: int) -> int:
        """The boxes that show the comments; the number of blocks of shapes that they take comes back."""
        blocks = range(first_block, first_block + self.comments // BLOCK + 1)
        file.write(VML.format(blocks=",".join(map(str, blocks))).encode())
        self._places._file.seek(0)
        for number, line in enumerate(self._places._file, first_block * BLOCK + 1):
            row, column, height = line.split()
            shape = SHAPE.format(number=number, width=360, height=int(height), row=int(row), column=int(column))
            file.write(shape.encode())
        file.write(b"</xml>")
        return len(blocks)


class SheetWriter(WorksheetWriter):
    """Writes a sheet into an open file, its links from where they wait."""

    def __init__(self, sheet: Any, file: IO[bytes]) -> None:
        super().__init__(sheet, file)
        self.file = file

    def write_hyperlinks(self) -> None:
        stream = self.xf.send(True)
        stream.flush()
        self.ws.attached.write_links(self.file)
        self.xf.send(None)

    def write_legacy(self) -> None:
        if self.ws.attached.comments:
            self.xf.send(Related(id="shapes").to_tree("legacyDrawing"))


class Archive(zipfile.ZipFile):
    """A package in which every part carries the same day."""

    def __init__(self, target: Any, day: datetime) -> None:
        super().__init__(target, "w", zipfile.ZIP_DEFLATED)
        self._day = max(day, datetime(1980, 1, 1))

    def part(self, name: str, size: int = 0) -> IO[bytes]:
        info = zipfile.ZipInfo(name, self._day.timetuple()[:6])
        info.compress_type, info.file_size = zipfile.ZIP_DEFLATED, size
        return self.open(info, "w")

    def writestr(self, name: Any, data: Any, *_: Any, **__: Any) -> None:
        with self.part(name) as part:
            part.write(data if isinstance(data, bytes) else data.encode())

    def write(self, path: Any, name: Any = None, *_: Any, **__: Any) -> None:
        with Path(path).open("rb") as file, self.part(name, Path(path).stat().st_size) as part:
            shutil.copyfileobj(file, part)


class PackageWriter(ExcelWriter):
    """Puts the parts of a workbook together."""

    _blocks = 1

    def _write_worksheets(self) -> None:
        for number, sheet in enumerate(self.workbook.worksheets, 1):
            sheet._id = number
            self.write_worksheet(sheet)
            if sheet._drawing:
                self._write_drawing(sheet._drawing)
                for relation in sheet._rels:
                    relation.Target = sheet._drawing.path
            own = [tostring(relation.to_tree()).decode() for relation in sheet._rels]
            if sheet.attached.comments:
                own += self._write_attached(sheet)
            if own or sheet.attached.links:
                with self._archive.part(f"xl/worksheets/_rels/sheet{number}.xml.rels") as part:
                    part.write(f'<Relationships xmlns="{RELATIONS}">{"".join(own)}'.encode())
                    sheet.attached.write_targets(part)
                    part.write(b"</Relationships>")

    def _write_attached(self, sheet: Any) -> list[str]:
        comments = CommentSheet.from_comments([])
        self._comments.append(comments)
        comments._id = len(self._comments)
        shapes = f"xl/drawings/commentsDrawing{comments._id}.vml"
        with self._archive.part(comments.path[1:]) as part:
            sheet.attached.write_comments(part)
        with self._archive.part(shapes) as part:
            self._blocks += sheet.attached.write_shapes(part, self._blocks)
        self.manifest.append(comments)
        return [
            f'<Relationship Id="comments" Type="{OFFICE}/comments" Target="{comments.path}"/>',
            f'<Relationship Id="shapes" Type="{OFFICE}/vmlDrawing" Target="/{shapes}"/>',
        ]


def save(workbook: Workbook, target: str | Path | IO[bytes], made_at: datetime) -> None:
    """Write a workbook of streamed sheets; ``made_at`` is what it says about its making."""
    workbook.properties.created = workbook.properties.modified = made_at
    with Archive(target, made_at) as archive:
        PackageWriter(workbook, archive).write_data()
