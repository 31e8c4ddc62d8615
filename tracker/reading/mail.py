"""Mail (.eml) and saved pages in one file (.mht), through the standard library."""
from __future__ import annotations

from contextlib import suppress
from email.message import EmailMessage, MIMEPart
from email.utils import parsedate_to_datetime

from .attachments import find_attachments, parse_mail
from .errors import ReadingError
from .limits import Limits
from .plain import clean, decode
from .records import Draft, Line
from .web import read_page


def read_mail(data: bytes, format: str, limits: Limits) -> Draft:
    """Draft of a mail's body or a saved page; attachments are named in a note."""
    message = parse_mail(data)
    body = message.get_body(preferencelist=("html", "plain") if format == "mht" else ("plain", "html"))
    if body is None:
        parts = [part for part in message.walk() if part.get_content_type() in ("text/html", "text/plain")]
        body = parts[0] if parts else None
    if body is None:
        raise ReadingError("blank")
    text = _text(body)
    draft = read_page(text, limits) if body.get_content_type() == "text/html" else _plain(text)
    draft.format = format
    _read_head(message, draft)
    if names := [name for name, _ in find_attachments(message)]:
        draft.notes.append(f"邮件带有 {len(names)} 个附件（{'、'.join(names[:5])}），这里只读了正文。")
    return draft


def _text(part: MIMEPart) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    charset = (part.get_content_charset() or "").lower()
    try:
        return content.decode("gb18030" if charset in ("gb2312", "gbk") else charset)
    except (LookupError, UnicodeDecodeError):
        return decode(content)


def _plain(text: str) -> Draft:
    return Draft("eml", [Line(line) for line in clean(text).split("\n")])


def _read_head(message: EmailMessage, draft: Draft) -> None:
    if (subject := str(message.get("subject") or "").strip()) and "title" not in draft.facts:
        draft.facts["title"] = subject
    if (date := message.get("date")) and "published_on" not in draft.facts:
        with suppress(ValueError):
            draft.facts["published_on"] = parsedate_to_datetime(str(date)).date().isoformat()
    if address := message.get("content-location"):
        draft.facts.setdefault("address", str(address))
