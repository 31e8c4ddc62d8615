"""The admin in the reader's language.

Models name themselves and their fields in Chinese, and stored sentences are made of these names: there they must stay as
they are. Only while a page of the admin is made do the names speak the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.apps import AppConfig
from django.http import HttpResponse
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext

_making_page: ContextVar[bool] = ContextVar("making_a_page_of_the_admin", default=False)


def _spoken(text: str) -> str:
    return gettext(text) if text and _making_page.get() else text


spoken: Callable[[str], Any] = lazy(_spoken, str)


@contextmanager
def reader_language() -> Iterator[None]:
    """Within it names of models and fields are translated."""
    token = _making_page.set(True)
    try:
        yield
    finally:
        _making_page.reset(token)


def render_in_language(answer: HttpResponse) -> HttpResponse:
    """Make the page now, where its names are translated, and not later."""
    if getattr(answer, "is_rendered", True):
        return answer
    with reader_language():
        return answer.render()  # type: ignore[attr-defined, no-any-return]


def speak(app: AppConfig) -> None:
    """Let an app's models, their fields, choices and hints be translated in the admin."""
    app.verbose_name = _name(app.verbose_name)
    for model in app.get_models():
        meta = model._meta
        meta.verbose_name, meta.verbose_name_plural = _name(meta.verbose_name), _name(meta.verbose_name_plural)
        for field in (*meta.fields, *meta.many_to_many):
            field.verbose_name = _name(field.verbose_name)
            field.help_text = _name(field.help_text)
            if field.choices:
                field.choices = [(value, _name(word)) for value, word in field.choices]


def _name(text: Any) -> Any:
    return text if isinstance(text, Promise) or not text else spoken(str(text))
