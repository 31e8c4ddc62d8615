"""Addresses in the web app that workbooks, bulletins and notices lead to."""

from __future__ import annotations


def statement_url(base: str, kind: str, number: int, document: int | None) -> str:
    """The sentence of a goal or result in its document, marked; its own page when there is no document."""
    if document is None:
        return f"{base}/{kind}s/{number}/"
    return f"{base}/documents/{document}/?at={kind}-{number}#{kind}-mark-{number}"


def place_words(paragraph: int | None, page: int | None) -> str:
    """第12段（第3页）."""
    return (f"第{paragraph}段" if paragraph else "") + (f"（第{page}页）" if page else "")


def describe_place(document: str, paragraph: int | None, page: int | None) -> str:
    """《2021年上半年工作总结》第12段（第3页）; empty for a statement typed in without a document."""
    return f"《{document}》{place_words(paragraph, page)}" if document else ""
