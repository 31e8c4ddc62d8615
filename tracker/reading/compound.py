"""The container of old Word, Excel and WPS files (OLE compound file): its directory, and what is wrong with it."""
from __future__ import annotations

import struct
from dataclasses import dataclass

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAST = 0xFFFFFFFA               # sector numbers from here on have special meanings
FREE = 0xFFFFFFFF
LONGEST_CHAIN = 4096            # sectors of a directory


@dataclass(frozen=True, slots=True)
class Compound:
    """Names of the streams with their first sectors, and whether all sectors in use are there."""

    streams: dict[str, int]
    sector: int
    complete: bool

    def start_of(self, data: bytes, name: str, length: int) -> bytes:
        """The first bytes of a stream that is not a small one."""
        at = (self.streams.get(name, FREE) + 1) * self.sector
        return data[at : at + length]


def open_compound(data: bytes) -> Compound:
    """The directory of a compound file; without streams when it is broken."""
    try:
        sector = 1 << struct.unpack_from("<H", data, 30)[0]
        at = struct.unpack_from("<I", data, 48)[0]
        table = _allocation(data, sector)
        streams: dict[str, int] = {}
        seen: set[int] = set()
        while at < LAST and at not in seen and len(seen) < LONGEST_CHAIN:
            seen.add(at)
            streams |= _entries(data[(at + 1) * sector : (at + 2) * sector])
            at = table[at] if at < len(table) else FREE
    except (struct.error, ValueError):
        return Compound({}, 512, complete=False)
    used = max((number for number, entry in enumerate(table) if entry != FREE), default=0)
    return Compound(streams, sector, complete=len(data) > (used + 1) * sector)


def is_encrypted_word(data: bytes, compound: Compound) -> bool:
    """Whether a Word document of the old kind asks for a password (flag fEncrypted of its head)."""
    head = compound.start_of(data, "WordDocument", 12)
    return len(head) == 12 and head[:2] in (b"\xec\xa5", b"\xdc\xa5") and bool(struct.unpack_from("<H", head, 10)[0] & 0x0100)


def _allocation(data: bytes, sector: int) -> list[int]:
    if sector not in (512, 4096):
        raise ValueError(sector)
    table: list[int] = []
    for number in struct.unpack_from("<109I", data, 76):
        if number < LAST:
            block = data[(number + 1) * sector : (number + 2) * sector]
            table.extend(struct.unpack(f"<{len(block) // 4}I", block[: len(block) // 4 * 4]))
    return table


def _entries(block: bytes) -> dict[str, int]:
    found = {}
    for at in range(0, len(block) - 127, 128):
        length = struct.unpack_from("<H", block, at + 64)[0]
        if 2 <= length <= 64:
            name = block[at : at + length - 2].decode("utf-16-le", "replace")
            found[name] = struct.unpack_from("<I", block, at + 116)[0]
    return found
