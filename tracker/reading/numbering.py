"""The automatic numbers of Word's lists: 一、 （一） 1. ① as they are shown, which stand nowhere in the text itself."""
from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DIGITS = "〇一二三四五六七八九"
ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
         (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
CHINESE_FORMATS = {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographDigital",
                   "taiwaneseCounting", "taiwaneseCountingThousand", "chineseLegalSimplified", "koreanDigital2"}


def write_chinese(number: int) -> str:
    """1 … 99 as 一, 十, 二十一; larger ones digit by digit."""
    if not 0 < number < 100:
        return "".join(DIGITS[int(digit)] for digit in str(number))
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones else "")


def write_number(number: int, style: str) -> str:
    """A list number in one of Word's number formats; '' for bullets."""
    if style in CHINESE_FORMATS:
        return write_chinese(number)
    if style in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if style in ("lowerLetter", "upperLetter"):
        letter = chr(97 + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if style == "upperLetter" else letter
    if style in ("lowerRoman", "upperRoman"):
        text, rest = "", number
        for value, letters in ROMAN:
            text += letters * (rest // value)
            rest %= value
        return text.upper() if style == "upperRoman" else text
    if style in ("bullet", "none"):
        return ""
    return f"{number:02d}" if style == "decimalZero" else str(number)


@dataclass(slots=True)
class Level:
    """One level of a list: number format, the text around the number (第%1章), first number."""

    style: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass(slots=True)
class Numbering:
    """The lists of one document, and how far each has counted."""

    lists: dict[str, dict[int, Level]] = field(default_factory=dict)
    abstract: dict[str, str] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def of(cls, root: etree._Element | None) -> Numbering:
        """From the root of numbering.xml (None when the document has no lists)."""
        numbering = cls()
        if root is None:
            return numbering
        kinds = {kind.get(f"{W}abstractNumId", ""): _levels(kind) for kind in root.iter(f"{W}abstractNum")}
        for entry in root.iter(f"{W}num"):
            number = entry.get(f"{W}numId", "")
            reference = entry.find(f"{W}abstractNumId")
            name = reference.get(f"{W}val", "") if reference is not None else ""
            levels = dict(kinds.get(name, {}))
            levels.update(_levels(entry))
            numbering.lists[number] = levels
            restarts = entry.find(f"{W}lvlOverride/{W}startOverride") is not None
            numbering.abstract[number] = f"{number}!" if restarts else name
        return numbering

    def next(self, number: str, depth: int) -> str:
        """Label of the next paragraph of a list at a depth (0 = outermost); '' for bullets and unknown lists."""
        levels = self.lists.get(number, {})
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self.counts[self.abstract[number]]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [key for key in counts if key > depth]:
            del counts[deeper]
        if level.style in ("bullet", "none"):
            return ""
        label = level.text
        for i in range(depth + 1):
            shown = levels.get(i, level)
            label = label.replace(f"%{i + 1}", write_number(counts.get(i, shown.start), shown.style))
        return label


def _levels(parent: etree._Element) -> dict[int, Level]:
    levels = {}
    for node in parent.iter(f"{W}lvl"):
        values = {tag: found.get(f"{W}val", "") for tag in ("numFmt", "lvlText", "start")
                  if (found := node.find(f"{W}{tag}")) is not None}
        start = values.get("start", "1")
        levels[int(node.get(f"{W}ilvl", "0"))] = Level(
            values.get("numFmt", "decimal"), values.get("lvlText", ""), int(start) if start.isdigit() else 1
        )
    return levels
