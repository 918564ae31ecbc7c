"""The words of the demo: banks of phrases in two languages, with choices and values to fill in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

TEXTS = Path(__file__).parent / "texts"
CHOICE = re.compile(r"<([^<>]*\|[^<>]*)>")
VALUE = re.compile(r"\$([a-z_]+)")
# The C loader is ten times faster where PyYAML was built with it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LETTERS = re.compile(r"#")


@cache
def load(name: str) -> dict[str, Any]:
    """Return one bank of phrases by file name without its ending."""
    with (TEXTS / f"{name}.yaml").open(encoding="utf-8") as file:
        loaded: dict[str, Any] = yaml.load(file, LOADER)  # noqa: S506 - both are safe loaders
    return loaded


def pick(random: Random, options: str | Sequence[str]) -> str:
    """Return one of several phrases, or the only one."""
    return options if isinstance(options, str) else options[int(random.random() * len(options))]


def fill(random: Random, phrase: str, values: Mapping[str, str]) -> str:
    """Return a phrase with its choices made and its values put in; an unknown value is a KeyError."""
    if "<" in phrase:
        phrase = CHOICE.sub(lambda found: pick(random, found[1].split("|")), phrase)
    if "$" in phrase:
        phrase = VALUE.sub(lambda found: values[found[1]], phrase)
    return phrase


def digits(random: Random, pattern: str) -> str:
    """Return a pattern with a digit for every #; the first is never zero."""
    first = True

    def digit(_found: re.Match[str]) -> str:
        nonlocal first
        low, first = (1 if first else 0), False
        return str(random.randint(low, 9))

    return LETTERS.sub(digit, pattern)


class Voice:
    """One language's phrases for one team, spoken with one stream of random numbers."""

    def __init__(self, random: Random, *, team: str, language: str, values: dict[str, str]) -> None:
        """Bind the banks; `values` may grow while the conversation goes on."""
        self.random = random
        self.language = language
        self.common = load(f"common.{language}")
        self.team = load(f"{team}.{language}")
        self.values = values

    def say(self, options: str | Sequence[str]) -> str:
        """Return one of the phrases with everything filled in, beginning with a capital letter."""
        return fill(self.random, pick(self.random, options), self.values)

    def bank(self, *path: str) -> str:
        """Return a phrase of the common bank by its path."""
        found: Any = self.common
        for key in path:
            found = found[key]
        return self.say(found)
