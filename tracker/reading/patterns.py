"""What single lines look like: headings and their levels, furniture, organisations, entries of a table of contents."""
from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

CHINESE = "一二三四五六七八九十百"
# level: how such a number ranks in public documents (一、 over （一） over 1. over （1）)
NUMBERED: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"第[{CHINESE}\d]+[编章部]分?(?![，,。\w])|第[{CHINESE}]+部分")),
    (2, re.compile(rf"[{CHINESE}]{{1,3}}\s*[、．.]|第[{CHINESE}]+节")),
    (3, re.compile(rf"[（(【〔]\s*[{CHINESE}]{{1,3}}\s*[）)】〕]")),
    (4, re.compile(r"\d{1,2}\s*(?:[、．]|\.(?!\d))")),
    (5, re.compile(r"[（(]\s*\d{1,2}\s*[）)]|\d{1,2}\s*[）)]|[①②③④⑤⑥⑦⑧⑨⑩]")),
    (6, re.compile(rf"第[{CHINESE}]+[，,、：:]|[{CHINESE}]{{1,3}}(?:是|要)(?=\S)")),
)
ITEM = re.compile(r"[-–—─·•●○◆■□▪★☆※*]{1,2}\s*\S")
STOP = "。！？!?…；;：:"
REMARK = re.compile(r"[。！？][（(][^（()）]{1,40}[）)]$")
CLOSING = "”’》）)】」』\"'"
TITLE_END = re.compile(
    r"(?:工作总结|总结|工作报告|报告|情况报告|工作情况(?:的?报告)?|情况的报告|(?:完成|运行|执行|建设|投资|经营)情况|工作(?:计划|打算|安排|要点|方案|思路|部署)|"
    r"(?:行动|实施|工作)?方案|规划(?:纲要)?|计划|清单|通报|通知|意见|要点|公报|公告|白皮书|台账|情况表|进展情况)(?:[（(][^（）()]{1,20}[）)])?"
)
TOC_ENTRY = re.compile(r"(.*?\S)[\s.…·．。・\-—_]*(?<![\d.年第])(\d{1,4})")
TOC_LEADER = re.compile(r"\S.*?(?:[.…·．・]{3,}|\t+|\s{2,})\s*[（(]?\d{1,4}[）)]?")
TOC_TITLE = re.compile(r"[\s【\[]*(?:目\s*录|目\s*次|contents)[\s】\]]*", re.IGNORECASE)
DOING = frozenset(["打造", "推动", "推进", "建设", "加快", "深化", "聚焦", "完善", "强化", "关于", "开展", "实施", "提升", "发挥", "坚持", "加强", "落实", "促进", "构建", "创建", "抓好", "做好"])
LETTERS = re.compile(r"[\u3400-\u9fff\w]")


def level_of(text: str) -> int | None:
    """Rank of the number that a trimmed line begins with (1 highest), or None when it begins with none."""
    first = text[:1]
    if not first or not (first in CHINESE or first in "第（(【〔①②③④⑤⑥⑦⑧⑨⑩" or first.isdigit()):
        return None
    return next((level for level, pattern in NUMBERED if pattern.match(text)), None)


def ends_sentence(text: str) -> bool:
    """Whether a trimmed line ends where a sentence or a list item ends, or with a remark in brackets after one."""
    if not text:
        return False
    return text.rstrip(CLOSING)[-1:] in STOP or (text[-1] in ")）" and REMARK.search(text) is not None)


def is_numbered_heading(text: str, level: int) -> bool:
    """Whether a numbered line is a heading and not a paragraph with a number: short, one clause or two, no full stop inside."""
    if len(text) > 50 or text[-1] in "，,、；;":
        return False
    body = text[:-1] if level <= 3 and text[-1] in "。：:" and not any(c.isdigit() for c in text[3:]) else text
    if body is not text and len(body) > 32:
        return False
    return not re.search("[。！？；;!?：:]", body)


def is_title(text: str) -> bool:
    """Whether a line reads like a document's title: 青岛市教育局2021年上半年工作总结."""
    if len(text) > 60 or len(text) < 5:
        return False
    ends = [match.end() for match in TITLE_END.finditer(text)]
    return bool(ends) and ends[-1] == len(text) and not re.search("[。；，,！!？?]", text)


@cache
def _lexicon(name: str) -> tuple[str, ...]:
    rows = files(__package__).joinpath("lexicon", name).read_text("utf-8").splitlines()
    return tuple(row for row in rows if row and not row.startswith("#"))


@cache
def _furniture() -> dict[str, re.Pattern[str]]:
    kinds: dict[str, list[str]] = {}
    for row in _lexicon("furniture.txt"):
        kind, pattern = row.split("\t", 1)
        kinds.setdefault(kind, []).append(f"(?:{pattern})")
    return {kind: re.compile("|".join(patterns)) for kind, patterns in kinds.items()}


@cache
def _organisation() -> re.Pattern[str]:
    endings = "|".join(_lexicon("organisations.txt"))
    return re.compile(rf"[\u4e00-\u9fff（）()、和与]{{1,28}}?(?:{endings})(?:[（(][^（）()]{{1,16}}[）)])?[:：]?")


def furniture_of(text: str) -> str | None:
    """'noise', 'rest' or 'caption' when a trimmed line is page furniture, else None."""
    if len(text) > 100:
        return None
    for kind, pattern in _furniture().items():
        if pattern.fullmatch(text):
            return kind
    return None


def is_organisation(text: str) -> bool:
    """Whether a line is the name of a public body and nothing else: 青岛市财政局, 青岛应急管理局：."""
    return 4 <= len(text) <= 30 and text[0] not in "以在对向让把为" and text[:2] not in DOING and _organisation().fullmatch(text) is not None


def is_toc_entry(text: str) -> bool:
    """Whether a line could be an entry of a table of contents: words, then a page number."""
    if len(text) > 80 or (not text[-1:].isdigit() and not text.endswith(("）", ")"))):
        return False
    if TOC_LEADER.fullmatch(text):
        return True
    match = TOC_ENTRY.fullmatch(text)
    return match is not None and len(LETTERS.findall(match[1])) >= 2 and match[1][-1] not in "，,、；;：:（("
