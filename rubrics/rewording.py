"""Compare two texts word by word, so that a person sees what went and what came. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

WORD = re.compile(r"\s+|\w+|[^\w\s]")
# Texts that have little in common read better whole, one after the other.
LEAST_ALIKE = 0.4
# Comparing costs up to the square of it.
MOST_WORDS = 1500


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: `same` in both, `removed` from the older or `added` in the newer."""

    kind: str
    text: str


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Return the stretches in order: without the added ones they make the older text, without the removed the newer."""
    old, new = WORD.findall(before), WORD.findall(after)
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    if max(len(old), len(new)) > MOST_WORDS or matcher.ratio() < LEAST_ALIKE:
        return _told(before, after)
    found: list[Piece] = []
    removed = added = ""
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        gone, came = "".join(old[i1:i2]), "".join(new[j1:j2])
        # A space between two words that changed is no reason to tell them apart.
        if tag == "equal" and not ((removed or added) and gone.isspace()):
            found += _told(removed, added, gone)
            removed = added = ""
        else:
            removed, added = removed + gone, added + came
    return (*found, *_told(removed, added))


def _told(removed: str, added: str, same: str = "") -> tuple[Piece, ...]:
    rows = [("removed", removed), ("added", added), ("same", same)]
    return tuple(Piece(kind, text) for kind, text in rows if text)
