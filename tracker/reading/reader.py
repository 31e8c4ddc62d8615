"""One file: bytes and a name in, a Text out."""
from __future__ import annotations

from pathlib import PurePath

from tracker.analysis.records import Fact, Text

from . import facts, structure
from .errors import ReadingError
from .formats import detect
from .limits import DEFAULT, Limits
from .plain import read_plain
from .records import Draft


def read(data: bytes, name: str, *, limits: Limits = DEFAULT) -> Text:
    """Text of one file. ``name`` is the file name as given; the content decides on the format.

    Raises ReadingError, with a Chinese sentence, when the file cannot be read within ``limits``."""
    format = detect(data, name, limits)
    return compose(_draft(data, name, format, limits), name, limits)


def _draft(data: bytes, name: str, format: str, limits: Limits) -> Draft:
    if format in ("txt", "md"):
        return read_plain(data, format)
    raise ReadingError("unsupported", what=f".{format} ")


def compose(draft: Draft, name: str, limits: Limits = DEFAULT) -> Text:
    """Text of a draft: content, paragraphs, facts. Raises ReadingError when there is no word in it, or too many."""
    if sum(len(line.text) for line in draft.lines) > limits.characters:
        raise ReadingError("too-much-text", limit=limits.characters // 10_000)
    content, paragraphs = structure.build(draft.lines)
    if not paragraphs:
        raise ReadingError("blank")
    stem = PurePath(name.replace("\\", "/")).stem
    title = facts.find_title(content, paragraphs, draft.facts)
    published_on = facts.find_published_on(content, paragraphs, stem, draft.facts, title)
    return Text(
        content=content, paragraphs=paragraphs, format=draft.format, name=name, title=title,
        issuer=facts.find_issuer(content, title, stem, draft.facts), published_on=published_on,
        period=facts.find_period(title, stem, published_on), notes=(*draft.notes, *_notes(published_on)),
    )


def _notes(published_on: Fact | None) -> list[str]:
    if published_on is None:
        return ["没有找到发布日期，请填写；“今年”“目前”等说法要靠它换算。"]
    if published_on.source == "year":
        return [f"只知道年份（{published_on.value[:4]}年），按1月1日计，请核对发布日期。"]
    if published_on.source == "text":
        return [f"发布日期（{published_on.value}）据正文推断，请核对。"]
    return []
