"""Tell how one version of a transcript differs from another. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from conversations.transcripts import MessageRow

# Comparing costs up to the square of it; longer transcripts are shown whole, before and after.
MOST_PAIRS = 4_000_000


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of messages: `same` in both, or `removed` from the older and `added` in the newer."""

    same: tuple[MessageRow, ...] = ()
    removed: tuple[MessageRow, ...] = ()
    added: tuple[MessageRow, ...] = ()

    @property
    def is_change(self) -> bool:
        """Say whether the versions differ here."""
        return bool(self.removed or self.added)


def compare(old: Sequence[MessageRow], new: Sequence[MessageRow]) -> list[Change]:
    """Return the stretches in order. A message is the same when who said it and its words are; times do not count."""
    if len(old) * len(new) > MOST_PAIRS:
        return [Change(removed=tuple(old), added=tuple(new))]
    matcher = SequenceMatcher(a=[row.hash for row in old], b=[row.hash for row in new], autojunk=False)
    return [
        Change(same=tuple(old[i1:i2])) if tag == "equal" else Change(removed=tuple(old[i1:i2]), added=tuple(new[j1:j2]))
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
    ]
