"""How a skill sounds: what was written, what would have been better, and why. Pure.

A workspace writes them as text, an example in three lines, with an empty line between two of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LINES = 3
MOST = 8


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence as it is often written, a better one, and what makes it better."""

    instead: str
    better: str
    because: str


def read(text: str) -> tuple[Example, ...]:
    """Return the examples of a text; ValueError when one of them has not three lines, or when there are too many."""
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            blocks[-1].append(line.strip())
        elif blocks[-1]:
            blocks.append([])
    found = [block for block in blocks if block]
    if len(found) > MOST or any(len(block) != LINES for block in found):
        raise ValueError("An example has three lines.")
    return tuple(Example(*block) for block in found)


def written(examples: Iterable[Example]) -> str:
    """Return examples as the text that they are read from."""
    return "\n\n".join("\n".join((one.instead, one.better, one.because)) for one in examples)
