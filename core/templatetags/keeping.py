"""{% keep … %}: draw a part of a page once, and send the same to everybody who would get the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()
MOST = 1000  # versions of one part that a process remembers


class KeepNode(Node):
    """A part with what it depends on; the language always counts."""

    def __init__(self, nodelist: NodeList, depends_on: Sequence[FilterExpression]) -> None:
        self.nodelist, self.depends_on = nodelist, depends_on
        self.kept: OrderedDict[tuple[object, ...], SafeString] = OrderedDict()

    def render(self, context: Context) -> SafeString:
        """Return what was drawn before for the same values, or draw it now."""
        key = (get_language(), context.autoescape, *(_itself(one.resolve(context)) for one in self.depends_on))
        drawn = self.kept.pop(key, None)
        if drawn is None:
            drawn = self.nodelist.render(context)
        self.kept[key] = drawn  # the last in line to make room
        while len(self.kept) > MOST:
            self.kept.popitem(last=False)
        return drawn


def _itself(value: object) -> object:
    """Return what a lazy value stands for: the request behind it must not be kept."""
    if isinstance(value, SimpleLazyObject):
        hash(value)  # has to be worked out first
        value = value._wrapped
    return tuple(value) if isinstance(value, list) else value


@register.tag
def keep(parser: Parser, token: Token) -> KeepNode:
    """Keep what stands between {% keep a b %} and {% endkeep %} for each pair of values of a and b, per language.

    Everything in between has to follow from these values alone: never put a form's token or a person in it, unless the
    person is one of the values.
    """
    depends_on = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeepNode(nodelist, depends_on)
