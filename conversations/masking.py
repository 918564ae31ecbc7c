"""Hide the agent's names in what is shown, one sign for one sign, so that pins still point at the same words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

MASK = "\u2588"  # █
_PART = re.compile(r"[^\W\d_]{3,}")


def masking(names: Iterable[str]) -> Callable[[str], str]:
    """Return a function that covers the names: those of several words in any case, single words as names are written.

    A single word, or one part of a name, is covered as it stands, with a capital, or in capitals. Lower case is left
    alone, because "will" is mostly a verb.
    """
    whole = {name.strip() for name in names if len(name.strip()) >= 2}
    if not whole:
        return lambda text: text
    long = {name for name in whole if " " in name}
    words = (whole - long) | {part for name in long for part in _PART.findall(name)}
    spellings = {spelling for word in words for spelling in (word, word.capitalize(), word.upper())}
    # Longest first: where two names begin alike, the whole of the longer one is covered.
    patterns = [f"(?i:{_bounded(name)})" for name in sorted(long, key=_longest_first)]
    patterns += [_bounded(spelling) for spelling in sorted(spellings, key=_longest_first)]
    pattern = re.compile("|".join(patterns))
    return lambda text: pattern.sub(lambda match: MASK * len(match[0]), text)


def _longest_first(name: str) -> tuple[int, str]:
    return (-len(name), name)


def _bounded(name: str) -> str:
    return rf"(?<!\w){re.escape(name)}(?!\w)"
