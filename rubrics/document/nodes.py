"""Read fields out of plain content one by one, noting every problem with its path and going on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from rubrics.checks import Flaw

SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
MOST_DECIMALS = 4
MOST_FLAWS = 200
LONGEST_NAME = 60
# What a file may not hold: it could not be shown, or not be stored. Line ends and tabs are fine.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Node:
    """Hold one value of the file, its path, and the shared list of what is wrong with the file."""

    value: Any
    path: str
    found: list[Flaw]

    def say(self, sentence: str, **words: object) -> None:
        """Note what is wrong here, with the words that its sentence names; after 200 notes nobody reads on."""
        if len(self.found) < MOST_FLAWS:
            self.found.append(Flaw(self.path, sentence % words))

    def child(self, name: str, value: Any) -> Node:
        """Go to a field."""
        name = name[:LONGEST_NAME]
        return Node(value, f"{self.path}.{name}" if self.path else name, self.found)

    def fields(self, what: str, *, known: Iterable[str]) -> Fields:
        """Read this value as a mapping; a field that nobody knows is a problem, not something to overlook."""
        names = list(known)
        if not isinstance(self.value, dict):
            self.say(
                _("%(what)s must be written as fields with names, such as “%(name)s: …”."), what=what, name=names[0]
            )
            return Fields(self, {}, broken=True)
        for name in [name for name in self.value if name not in names][:MOST_FLAWS]:
            near = get_close_matches(name[:LONGEST_NAME], names, n=1)
            if near:
                sentence = _("%(what)s has no such field. Did you mean “%(near)s”?")
                self.child(name, None).say(sentence, what=what, near=near[0])
            else:
                sentence = _("%(what)s has no such field. Known are %(known)s.")
                self.child(name, None).say(sentence, what=what, known=", ".join(names))
        return Fields(self, self.value)

    def items(self, *, most: int) -> list[Node]:
        """Read this value as a list."""
        if not isinstance(self.value, list):
            self.say(_("Write a list here, one item after each dash."))
            return []
        if len(self.value) > most:
            self.say(_("Up to %(most)s items are possible here; these are %(n)s."), most=most, n=len(self.value))
        return [Node(value, f"{self.path}[{number}]", self.found) for number, value in enumerate(self.value[:most])]

    def text(self, *, longest: int) -> str:
        """Read this value as text, without blanks around it."""
        if not isinstance(self.value, str):
            self.say(_("Write text here. Put numbers, true, false and null in quotes."))
            return ""
        text = self.value.replace("\r\n", "\n").strip()
        if UNPRINTABLE.search(text):
            self.say(_("The text holds a character that cannot be shown."))
            return ""
        if len(text) > longest:
            self.say(
                _("Up to %(longest)s characters are possible here; these are %(n)s."), longest=longest, n=len(text)
            )
        return text

    def slug(self, *, longest: int) -> str:
        """Read this value as a key: small letters, digits and hyphens."""
        whole = isinstance(self.value, Decimal) and self.value == self.value.to_integral_value() and self.value >= 0
        text = f"{self.value:f}" if whole else self.value
        if not isinstance(text, str) or not SLUG.fullmatch(text):
            self.say(_("Write a key of small letters, digits and hyphens, such as “first-reply”."))
            return ""
        if len(text) > longest:
            self.say(_("A key may have up to %(longest)s characters."), longest=longest)
        return text

    def number(self, *, lowest: int, highest: int) -> Decimal:
        """Read this value as a number within bounds, with up to 4 decimals."""
        if not isinstance(self.value, Decimal):
            self.say(
                _("Write a number from %(lowest)s to %(highest)s, without quotes."), lowest=lowest, highest=highest
            )
            return Decimal(0)
        if not lowest <= self.value <= highest:
            self.say(_("Write a number from %(lowest)s to %(highest)s."), lowest=lowest, highest=highest)
            return Decimal(0)
        if self.value != round(self.value, MOST_DECIMALS):
            self.say(_("Up to %(most)s decimals are possible."), most=MOST_DECIMALS)
        return self.value

    def flag(self) -> bool:
        """Read this value as true or false."""
        if not isinstance(self.value, bool):
            self.say(_("Write true or false."))
            return False
        return self.value

    def choice(self, choices: type[Choice]) -> Choice | None:
        """Read this value as one of a few words."""
        words = [choice.value for choice in choices if choice.value]
        if isinstance(self.value, str) and self.value in words:
            return choices(self.value)
        self.say(_("Write one of: %(words)s."), words=", ".join(words))
        return None


@dataclass(frozen=True, slots=True)
class Fields:
    """Read the fields of one mapping. A field that is absent or null takes its default; without one it is missing."""

    node: Node
    values: dict[str, Any]
    broken: bool = False

    def _given(self, name: str, *, required: bool) -> Node | None:
        value = self.values.get(name)
        if value is not None:
            return self.node.child(name, value)
        if required and not self.broken:
            self.node.child(name, None).say(_("This field is missing."))
        return None

    def text(self, name: str, *, longest: int, required: bool = False) -> str:
        """Read a text field."""
        given = self._given(name, required=required)
        text = given.text(longest=longest) if given else ""
        if given and required and isinstance(given.value, str) and not given.value.strip():
            given.say(_("This field is empty."))
        return text

    def line(self, name: str, *, longest: int, required: bool = False) -> str:
        """Read a text field of one line."""
        text = self.text(name, longest=longest, required=required)
        if "\n" in text:
            self.node.child(name, text).say(_("This must be a single line."))
        return text

    def slug(self, name: str, *, longest: int, required: bool = True) -> str:
        """Read a key."""
        given = self._given(name, required=required)
        return given.slug(longest=longest) if given else ""

    def number(self, name: str, *, lowest: int, highest: int, default: Decimal | None = None) -> Decimal | None:
        """Read a number; without a default it may be left out."""
        given = self._given(name, required=False)
        return given.number(lowest=lowest, highest=highest) if given else default

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Read true or false."""
        given = self._given(name, required=False)
        return given.flag() if given else default

    def choice(self, name: str, default: Choice) -> Choice:
        """Read one of a few words."""
        given = self._given(name, required=False)
        return (given.choice(type(default)) or default) if given else default

    def items(self, name: str, *, most: int, required: bool = False) -> Sequence[Node]:
        """Read a list."""
        given = self._given(name, required=required)
        return given.items(most=most) if given else []
