"""What is measured, in the document's words, and its normal form, in which synonyms meet."""
from __future__ import annotations

import re

from tracker.analysis.vocabulary import Vocabulary

_AREA = re.compile(r"^(?:全市|全省|全县|全区|全国|全社会|我市|我省|我县|我区|我国|本市|本省)(?=..)")
_SIGNS = re.compile(r"[“”\"'‘’《》〈〉\s*]")
_AREA_STARTS = frozenset("全我本")       # asked first: a pattern that finds nothing costs ten times as much


def indicator_key(indicator: str, vocabulary: Vocabulary | None = None) -> str:
    """Normal form of an indicator: synonyms meet (GDP = 地区生产总值), 全市/我市 and signs go."""
    forms = (vocabulary or Vocabulary.default()).normal_forms
    plain = _SIGNS.sub("", indicator) if _SIGNS.search(indicator) else indicator
    if plain in forms:
        return forms[plain]
    bare = _AREA.sub("", plain) if plain[:1] in _AREA_STARTS else plain
    return forms.get(bare, bare or plain)
