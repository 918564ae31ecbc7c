"""Custom fields, the metadata of a conversation: what may be asked of them, and whether it holds. Pure.

    plan = gold, amount >= 100, order.country = NL, !test

Risk rules compare by the same words as the filter of the list, and SQLite asks `holds` itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

MOST = 10  # conditions in one entry
LONGEST_NAME = 100
DEEPEST = 5  # levels that a name reaches down, with dots between them
OFFERED = 200  # names that are kept of one source, to be offered
HAS, LACKS, IS, IS_NOT, AT_LEAST, AT_MOST, MORE, LESS = "has", "!", "=", "!=", ">=", "<=", ">", "<"
COMPARE_NUMBERS = (AT_LEAST, AT_MOST, MORE, LESS)

# What str.strip takes away, for the database that strips by itself.
BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))
NUMBER = r"^[+-]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][+-]?[0-9]{1,2})?$"
_number = re.compile(NUMBER)
_PART = re.compile(r'(?:[^,"]|"[^"]*"|")+')
_CONDITION = re.compile(
    r'^(?P<lacks>!)?\s*(?P<name>"[^"]+"|[^=<>!"]+?)\s*(?:(?P<how>!=|>=|<=|=|>|<)\s*(?P<value>.*))?$', re.DOTALL
)
_SPELLED = str.maketrans({"≥": ">=", "≤": "<=", "≠": "!=", "“": '"', "”": '"', "„": '"'})


class Unclear(ValueError):
    """What was typed asks nothing that can be answered; says in a sentence why."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question to a custom field."""

    name: str
    how: str = HAS
    value: str = ""

    def __str__(self) -> str:
        if self.how == HAS:
            return spelled(self.name)
        return f"!{spelled(self.name)}" if self.how == LACKS else f"{spelled(self.name)} {self.how} {self._value}"

    @property
    def _value(self) -> str:
        return f'"{self.value}"' if "," in self.value and '"' not in self.value else self.value

    @property
    def path(self) -> list[str]:
        """Return the names from the outermost object down."""
        return self.name.split(".")


def parse(typed: str) -> list[Question]:
    """Return the questions of one entry, which commas part. Raises Unclear."""
    asked = [_parse(part.strip()) for part in _PART.findall(typed.translate(_SPELLED)) if part.strip()]
    if len(asked) > MOST:
        raise Unclear(_("At most %(most)d custom fields can be asked about at once.") % {"most": MOST})
    return asked


def _parse(part: str) -> Question:
    found = _CONDITION.match(part)
    if found is None or (found["lacks"] and found["how"]):
        raise Unclear(
            _("“%(part)s” is not understood. Write the name of a field, or name = value, name >= 10, or !name.")
            % {"part": part[:60]}
        )
    name, how, value = found["name"].strip('"').strip(), found["how"], (found["value"] or "").strip()
    value = value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
    if len(name) > LONGEST_NAME or name.count(".") >= DEEPEST:
        raise Unclear(_("“%(name)s…” is too long for the name of a custom field.") % {"name": name[:40]})
    if how and not value.strip():
        raise Unclear(
            _("Say what “%(name)s” is compared with, or write !%(name)s for those without it.") % {"name": name}
        )
    if how in COMPARE_NUMBERS and as_number(value) is None:
        sentence = _("“%(name)s %(how)s” compares numbers, and “%(value)s” is none.")
        raise Unclear(sentence % {"name": name, "how": how, "value": value[:40]})
    return Question(name, how or (LACKS if found["lacks"] else HAS), value)


def spelled(name: str) -> str:
    """Return a name as it is typed: in quotes where it holds a sign that compares or parts."""
    return f'"{name}"' if re.search(r"[=<>!,]", name) else name


def holds(asked: Question, metadata: Any) -> bool:
    """Say whether a conversation's metadata answers a question with yes.

    A field that is a list holds when one of its entries does. What is of no kind that can be compared does not, so
    that "is not" keeps it.
    """
    found = field(metadata, asked)
    if asked.how in (HAS, LACKS):
        return is_given(found) is (asked.how == HAS)
    if asked.how in COMPARE_NUMBERS:
        return any(_compares(asked, one) for one in entries(found))
    return any(is_value(one, asked.value) for one in entries(found)) is (asked.how == IS)


def field(metadata: Any, asked: Question) -> Any:
    """Return the field of this name, which may hold dots itself; else the one that its dots lead down to."""
    if not isinstance(metadata, dict):
        return None
    if asked.name in metadata:
        return metadata[asked.name]
    for name in asked.path:
        metadata = metadata.get(name) if isinstance(metadata, dict) else None
    return metadata


def entries(found: Any) -> list[Any]:
    """Return what is compared: the entries of a list, else the field itself."""
    return found if isinstance(found, list) else [found]


def is_given(found: Any) -> bool:
    """Say whether a field says anything: nothing, blank text and empty lists do not."""
    if isinstance(found, list):
        return any(bool(one) if isinstance(one, list | dict) else is_given(one) for one in found)
    return bool(found) if isinstance(found, dict) else found is not None and as_text(found) != ""


def as_text(value: Any) -> str:
    """Return a plain value as text to compare, without case and outer blanks."""
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return text.strip().casefold()


def as_number(value: Any) -> Decimal | None:
    """Return a number, or text that is one; None for everything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, int):
        return Decimal(value) if abs(value) < 10**308 else None  # an import refuses larger ones
    text = str(value).strip()
    return Decimal(text) if _number.match(text) else None


def is_value(found: Any, value: str) -> bool:
    """Say whether a plain value is the one that was typed: as text, or as the same number however it is written."""
    if found is None or isinstance(found, list | dict):
        return False
    if isinstance(found, int | float) and not isinstance(found, bool):
        number = as_number(value)
        if number is not None:
            return as_number(found) == number
    return as_text(found) == as_text(value)


def _compares(asked: Question, found: Any) -> bool:
    here, there = as_number(found), as_number(asked.value)
    if here is None or there is None:
        return False
    return {
        AT_LEAST: here >= there,
        AT_MOST: here <= there,
        MORE: here > there,
        LESS: here < there,
    }[asked.how]


def names(metadata: Iterable[Any]) -> Iterator[str]:
    """Yield the names that a conversation's metadata can be asked by, without the objects that only hold others."""
    for one in metadata:
        yield from _names(one, "", DEEPEST)


def _names(found: Any, before: str, levels: int) -> Iterator[str]:
    if not isinstance(found, dict) or not levels:
        return
    for name, value in found.items():
        whole = f"{before}{name}"
        if isinstance(value, dict) and value:
            yield from _names(value, f"{whole}.", levels - 1)
        elif 0 < len(whole.strip()) <= LONGEST_NAME and whole.isprintable() and '"' not in whole:
            yield whole
