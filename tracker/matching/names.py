"""Organisations under several names: a key under which 市发改委, 青岛市发展改革委 and its predecessors meet."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from tracker.matching.tables import fold, read_lines

PLACE = re.compile(r"^(?:(?:中国|中华人民共和国)?(?P<place>.{2,9}?(?:自治区|自治州|地区|新区|省|市|区|县|旗|盟))|市|省|区|县)(?=.{2,})")
PLACE_END = re.compile(r"(?:壮族|回族|维吾尔|藏族|蒙古族)?(?:自治区|自治州|自治县|地区|新区|省|市|区|县|旗|盟)$")
GOVERNMENT = "政府"


@dataclass(frozen=True, slots=True)
class OrganisationKey:
    """Place (青岛, "" where not said) and body (发改委). Two keys meet when bodies are equal and places do not differ."""

    place: str
    body: str


@dataclass(frozen=True)
class Names:
    """Aliases of organisations: suffixes such as 发展和改革委员会, and whole names given by the installation."""

    suffixes: tuple[tuple[str, str, bool], ...]           # wording, body, is it a predecessor; longest first
    whole: Mapping[str, str] = field(default_factory=dict)  # folded full name -> folded canonical full name
    _keys: dict[str, OrganisationKey] = field(default_factory=dict, compare=False, repr=False)

    @staticmethod
    def default() -> Names:
        """The names of lexicon/organisations.txt."""
        return _default_names()

    def extended(self, aliases: Mapping[str, Iterable[str]]) -> Names:
        """With the installation's own organisations: canonical name -> other names (aliases, predecessors)."""
        whole = dict(self.whole)
        for canonical, others in aliases.items():
            for other in others:
                whole[fold(other)] = fold(canonical)
        return Names(self.suffixes, whole)

    def key(self, organisation: str) -> OrganisationKey:
        """The key of a name. An unknown body is its own name without the place."""
        found = self._keys.get(organisation)
        if found is None:
            found = self._keys.setdefault(organisation, self._read(fold(organisation)))
        return found

    def _read(self, name: str) -> OrganisationKey:
        name = self.whole.get(name, name)
        for wording, body, _ in self.suffixes:
            if name.endswith(wording):
                return OrganisationKey(_place(name.removesuffix(wording)), body)
        matched = PLACE.match(name)
        if matched:
            return OrganisationKey(_place(matched["place"] or ""), name[matched.end():])
        if PLACE_END.search(name):
            return OrganisationKey(_place(name), GOVERNMENT)
        return OrganisationKey("", name)

    def predecessor(self, organisation: str) -> bool:
        """Whether the name is that of a body before a reform: 环保局."""
        name = fold(organisation)
        return next((earlier for wording, _, earlier in self.suffixes if name.endswith(wording)), False)

    def same(self, left: str, right: str) -> bool:
        """Whether two names can be the same body."""
        return meet(self.key(left), self.key(right))


def is_above(upper: OrganisationKey, lower: OrganisationKey) -> bool:
    """Whether a body is the government that the other belongs to: 青岛市人民政府, 青岛市教育局."""
    return upper.body == GOVERNMENT and upper.place != "" and upper.place == lower.place and lower.body not in ("", GOVERNMENT)


def meet(left: OrganisationKey, right: OrganisationKey) -> bool:
    """Equal bodies whose places are equal or unsaid."""
    return left.body == right.body and (left.place == right.place or not left.place or not right.place)


def _place(text: str) -> str:
    """青岛市 -> 青岛, 山东省青岛市 -> 青岛, 市 -> ""."""
    text = text.removeprefix("中国").removeprefix("中共")
    parts = re.findall(r".+?(?:自治区|自治州|地区|新区|省|市|区|县|旗|盟)|.+$", text)
    last = parts[-1] if parts else ""
    if last in ("市", "省", "区", "县"):
        return ""
    return PLACE_END.sub("", last) or last


@cache
def _default_names() -> Names:
    suffixes = []
    for line in read_lines("organisations.txt"):
        body, _, wordings = line.partition("=")
        today, _, earlier = wordings.partition("<")
        for part, old in ((today, False), (earlier, True)):
            suffixes += [(fold(word), body.strip(), old) for word in part.split("|") if word.strip()]
    return Names(tuple(sorted(suffixes, key=lambda entry: (-len(entry[0]), entry))))
