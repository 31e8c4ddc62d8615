"""Zip containers (docx, xlsx, ofd and plain zip) opened with bounds, and the XML in them parsed without entities."""
from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO

from lxml import etree

from .errors import ReadingError
from .limits import MEGABYTE, Limits

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, KeyError)
ENTITY = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Archive:
    """A zip whose members are never unpacked beyond ``limits``."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except BROKEN as error:
            raise ReadingError("truncated") from error
        self._limits = limits
        self.members = [member for member in self._zip.infolist() if not member.is_dir()]
        self.names = {member.filename for member in self.members}
        self._left = limits.unpacked_bytes
        self._check_sizes()

    def _check_sizes(self) -> None:
        for member in self.members:
            large = member.file_size > 16 * MEGABYTE
            if large and member.file_size > self._limits.packed_ratio * max(1, member.compress_size):
                self._refuse()
        if sum(member.file_size for member in self.members) > self._limits.unpacked_bytes:
            self._refuse()
        if any(member.flag_bits & 1 for member in self.members):
            raise ReadingError("encrypted")

    def _refuse(self) -> None:
        raise ReadingError("zip-bomb", limit=self._limits.unpacked_bytes // 2**20)

    def read(self, name: str) -> bytes:
        """Content of a member. The size in the directory may lie: no more than that is unpacked, and what comes out counts."""
        try:
            with self._zip.open(name) as member:
                data = member.read(min(self._zip.getinfo(name).file_size, self._left) + 1)
        except BROKEN as error:
            raise ReadingError("truncated") from error
        except RuntimeError as error:
            raise ReadingError("encrypted") from error
        if len(data) > self._left:
            self._refuse()
        self._left -= len(data)
        return data

    def parse(self, name: str) -> etree._Element | None:
        """Root element of an XML member, None when there is no such member."""
        return parse_xml(self.read(name)) if name in self.names else None


def parse_xml(data: bytes) -> etree._Element:
    """Root element of XML without a document type. Raises ReadingError for entities and for broken XML."""
    if ENTITY.search(data[:65_536]):
        raise ReadingError("xml-entities")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=len(data) > 9_000_000)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ReadingError("damaged") from error
    if root is None:
        raise ReadingError("damaged")
    return root
