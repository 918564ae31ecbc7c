"""Draw many rows of the same shape: the template once for each shape, the words of each row into its print.

A template is what decides how a row looks, and stays the only place that does. It is drawn once with a mark in each of
its slots; what lies between the marks is the same for every row of that shape, so a row costs no more than joining it
with its own words.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from html import escape
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

SPECIAL = re.compile("[&<>\"']")
MARK = re.compile("\ue000(\\w+)\ue001")
MOST = 500  # prints of one template that a process remembers
Print = tuple[str, ...]  # text, slot, text, slot, … text


class Stamp:
    """Prints of one template, by language and shape."""

    def __init__(self, template: str, *, prototype: Callable[..., Mapping[str, Any]]) -> None:
        """Take the template's name, and what makes its context for a shape: called with the shape and `mark`."""
        self.template, self.prototype = template, prototype
        self.prints: OrderedDict[tuple[Hashable, ...], Print] = OrderedDict()

    def row(self, shape: tuple[Hashable, ...], words: Mapping[str, Any]) -> SafeString:
        """Return a row of this shape with these words in its slots, each escaped unless it is safe."""
        parts = self._print(shape)
        # Texts and slots take turns, and a text comes first.
        drawn = [_escaped(words[part]) if place % 2 else part for place, part in enumerate(parts)]
        return mark_safe("".join(drawn))  # noqa: S308  the template's own text, and escaped words

    def _print(self, shape: tuple[Hashable, ...]) -> Print:
        key = (get_language(), *shape)
        found = self.prints.get(key)
        if found is None:
            drawn = get_template(self.template).render(dict(self.prototype(*shape)))
            found = self.prints[key] = tuple(MARK.split(drawn))
            while len(self.prints) > MOST:
                self.prints.popitem(last=False)
        return found


def _escaped(words: str) -> str:
    # As Django escapes, without its detours; most words hold nothing to escape.
    return words if isinstance(words, SafeString) or not SPECIAL.search(words) else escape(words)


def mark(slot: str) -> str:
    """Return the mark of a slot: signs of the private use area, which no template holds and no escaping changes."""
    return f"\ue000{slot}\ue001"
