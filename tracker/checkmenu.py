"""The control for several of a few choices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext


class CheckMenu(forms.SelectMultiple):
    """A menu of boxes to tick, one line high while it is closed; the line says what is ticked."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return ""  # no single control stands behind the label

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = {str(each) for each in value or ()}
        boxes = [
            (name, key, " checked" if str(key) in chosen else "", gettext(str(word))) for key, word in self.choices
        ]
        shown = "、".join(word for *_, ticked, word in boxes if ticked) or gettext("全部")
        inner = format_html_join("", '<label><input type="checkbox" name="{}" value="{}"{}> {}</label>', boxes)
        return format_html(
            '<details class="menu left pick"><summary class="button">{}</summary><div>{}</div></details>', shown, inner
        )
