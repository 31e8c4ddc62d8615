"""``{% remembered value … %}…{% endremembered %}``: a part of a page that shows nothing but these values and the language."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.urls import get_script_prefix
from django.utils.translation import get_language

from tracker.remembering import Memory

register = template.Library()


class Remembered(template.Node):
    """The values must be hashable, and equal only when what is written of them is equal."""

    def __init__(self, values: list[FilterExpression], nodelist: NodeList) -> None:
        self.values = values
        self.nodelist = nodelist
        self.memory = Memory()

    def render(self, context: Context) -> Any:
        key = (get_language(), get_script_prefix(), *(value.resolve(context) for value in self.values))
        return self.memory.recall(key, lambda: self.nodelist.render(context))


@register.tag
def remembered(parser: Parser, token: Token) -> Remembered:
    values = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    nodelist = parser.parse(("endremembered",))
    parser.delete_first_token()
    return Remembered(values, nodelist)
