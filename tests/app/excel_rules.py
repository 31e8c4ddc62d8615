"""What Excel holds a workbook to before it opens it without a repair prompt, checked on the package itself."""

from __future__ import annotations

import io
import posixpath
import re
import tempfile
import zipfile
from pathlib import Path

from lxml import etree
from openpyxl.utils import range_boundaries
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string
from openxml_audit import OpenXmlValidator
from openxml_audit.errors import FileFormat, ValidationSeverity

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
# CT_Worksheet of ECMA-376, in its order
WORKSHEET = [
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing",
    "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
]  # fmt: skip
KINDS = {"b", "d", "e", "inlineStr", "n", "s", "str"}


class Package:
    """An .xlsx taken apart."""

    def __init__(self, data: bytes) -> None:
        self.zip = zipfile.ZipFile(io.BytesIO(data))
        self.names = set(self.zip.namelist())
        assert len(self.names) == len(self.zip.namelist()), "a part stands in the package twice"

    def read(self, name: str):
        return etree.fromstring(self.zip.read(name))

    def relations(self, part: str) -> dict[str, tuple[str, bool]]:
        """id → (target, external) of a part."""
        folder, name = posixpath.split(part)
        rels = f"{folder}/_rels/{name}.rels"
        if rels not in self.names:
            return {}
        found = {}
        for each in self.read(rels):
            external = each.get("TargetMode") == "External"
            target = each.get("Target")
            if not external:
                target = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            found[each.get("Id")] = (target, external)
        return found


def check_workbook(data: bytes) -> None:
    """Fail on the first thing that would make Excel offer a repair."""
    package = Package(data)
    check_parts(package)
    check_schema(data, "xlsx")
    styles = package.read("xl/styles.xml")
    limits = {name: len(styles.findall(f"{MAIN}{name}/*")) for name in ("cellXfs", "dxfs", "numFmts")}
    assert limits["numFmts"] < 200
    for form in styles.iterfind(f"{MAIN}numFmts/{MAIN}numFmt"):
        assert form.get("formatCode").count('"') % 2 == 0
    book = package.read("xl/workbook.xml")
    names = [sheet.get("name") for sheet in book.iterfind(f"{MAIN}sheets/{MAIN}sheet")]
    assert len(set(names)) == len(names)
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in names)
    check_names(book, names)
    relations = package.relations("xl/workbook.xml")
    for sheet in book.iterfind(f"{MAIN}sheets/{MAIN}sheet"):
        part = relations[sheet.get(f"{REL}id")][0]
        check_sheet(package.read(part), package.relations(part), limits)


def check_schema(data: bytes, ending: str) -> None:
    """Fail on whatever the Open XML SDK's schemas and rules find wrong in a workbook (xlsx) or document (docx)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file.{ending}"
        path.write_bytes(data)
        found = OpenXmlValidator(FileFormat.MICROSOFT_365).validate(path).errors
    # text inside its cell is lawful; it is warned of because Excel keeps it elsewhere after saving
    errors = [error for error in found if error.severity == ValidationSeverity.ERROR]
    assert not errors, [f"{error.part_uri} {error.path}: {error.description}" for error in errors[:5]]


def check_parts(package: Package) -> None:
    types = package.read("[Content_Types].xml")
    endings = {each.get("Extension") for each in types if each.tag.endswith("Default")}
    parts = {each.get("PartName").lstrip("/") for each in types if each.tag.endswith("Override")}
    assert parts <= package.names
    for name in package.names - {"[Content_Types].xml"}:
        assert name in parts or name.rsplit(".", 1)[-1] in endings, f"{name} has no content type"
        if name.endswith((".xml", ".rels", ".vml")):
            package.read(name)
        for target, external in package.relations(name).values():
            assert external or target in package.names, f"{name} leads to {target}"


def check_names(book, sheets: list[str]) -> None:
    for name in book.iterfind(f"{MAIN}definedNames/{MAIN}definedName"):
        quoted = re.match(r"'((?:[^']|'')+)'!|([^!']+)!", name.text)
        assert (quoted[1] or quoted[2]).replace("''", "'") in sheets
        assert int(name.get("localSheetId", 0)) < len(sheets)


def check_sheet(sheet, relations, limits: dict[str, int]) -> None:
    parts = [etree.QName(child).localname for child in sheet]
    places = [WORKSHEET.index(part) for part in parts]
    assert places == sorted(places), parts
    check_cells(sheet, limits)
    merges = [range_boundaries(each.get("ref")) for each in sheet.iterfind(f"{MAIN}mergeCells/{MAIN}mergeCell")]
    for number, one in enumerate(merges):
        assert not any(overlap(one, other) for other in merges[:number]), one
    for rule in sheet.iterfind(f"{MAIN}conditionalFormatting/{MAIN}cfRule"):
        assert int(rule.get("dxfId")) < limits["dxfs"]
    links = sheet.findall(f"{MAIN}hyperlinks/{MAIN}hyperlink")
    assert len(links) <= 65_530
    for link in links:
        target, external = relations[link.get(f"{REL}id")]
        assert external and len(target) <= 2079
    for rule in sheet.iterfind(f"{MAIN}dataValidations/{MAIN}dataValidation"):
        assert len(rule.get("error") or "") <= 255
        assert rule.get("type") != "list" or len(rule.findtext(f"{MAIN}formula1")) <= 255
    for name in ("drawing", "legacyDrawing"):
        for each in sheet.iterfind(f"{MAIN}{name}"):
            assert each.get(f"{REL}id") in relations


def overlap(one, other) -> bool:
    return not (one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1])


def check_cells(sheet, limits: dict[str, int]) -> None:
    last_row = 0
    for row in sheet.iterfind(f"{MAIN}sheetData/{MAIN}row"):
        number = int(row.get("r"))
        assert number > last_row and float(row.get("ht", 1)) <= 409.5
        last_row, last_column = number, 0
        for cell in row:
            letters, at = coordinate_from_string(cell.get("r"))
            column = column_index_from_string(letters)
            assert at == number and column > last_column
            last_column = column
            assert int(cell.get("s", 0)) < limits["cellXfs"] and cell.get("t", "n") in KINDS
            check_value(cell)


def check_value(cell) -> None:
    kind, value = cell.get("t", "n"), cell.findtext(f"{MAIN}v")
    if kind == "inlineStr":
        assert cell.find(f"{MAIN}f") is None and len(cell.findtext(f"{MAIN}is/{MAIN}t")) <= 32_767
    elif kind == "n" and value is not None:
        float(value)
    formula = cell.findtext(f"{MAIN}f")
    assert formula is None or (not formula.startswith("=") and len(formula) <= 8192)
