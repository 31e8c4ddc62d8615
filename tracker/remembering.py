"""Parts of pages that depend on nothing but a few values: written once for all pages, people and days that share these.

Nothing has to be thrown away when data change: whatever a part shows stands in its key, so another state has another key.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any
from weakref import WeakSet

LARGEST = 4_000_000  # letters that one memory holds: some MB
LONGEST = 20_000  # parts: of very many small ones the keys are large

# tests set this: every part is written again and must be what is remembered
CHECKED = False


_ALL: WeakSet[Memory] = WeakSet()


class Memory:
    """From what a part depends on to what was written."""

    def __init__(self, size: Callable[[Any], int] = len) -> None:
        _ALL.add(self)
        self.size = size
        self.parts: dict[Hashable, Any] = {}
        self.letters = 0

    def recall(self, key: Hashable, write: Callable[[], Any], whole: Callable[[], bool] = lambda: True) -> Any:
        """What is remembered for the key, else what ``write`` gives. That is kept when ``whole`` says, afterwards, that the
        key holds all that it depends on."""
        known = self.parts.get(key)
        if known is not None and not CHECKED:
            return known
        part = write()
        if known is not None and known != part:
            raise AssertionError(f"remembered for {key!r}: {known!r}, now {part!r}")
        if known is None and whole():
            self._keep(key, part)
        return part

    def _keep(self, key: Hashable, part: Any) -> None:
        if self.letters > LARGEST or len(self.parts) >= LONGEST:
            self.clear()
        self.parts[key] = part
        self.letters += self.size(part)

    def clear(self) -> None:
        self.parts.clear()
        self.letters = 0


def forget() -> None:
    """Clear all memories: the database has become another one."""
    for memory in _ALL:
        memory.clear()
