"""The structure of a mail: its head, and the files that hang on it."""
from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from .errors import ReadingError


def parse_mail(data: bytes) -> EmailMessage:
    """The message; raises ReadingError when it has no readable head."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(data)
    except (RecursionError, ValueError) as error:          # parts nested thousands deep
        raise ReadingError("damaged") from error
    if not message.keys():
        raise ReadingError("damaged")
    return message


def find_attachments(message: EmailMessage) -> list[tuple[str, bytes]]:
    """Name and content of the files that hang on a mail."""
    found = []
    for part in message.iter_attachments():
        name = part.get_filename()
        content = part.get_payload(decode=True)
        if name and isinstance(content, bytes) and content:
            found.append((name, content))
    return found
