"""Say no with a code, a status and a sentence; the same refusal reaches the tooltip, the page and the API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """Explain why something is not done.

    403 = may not, 404 = may not know it exists, 409 = not in this state, 422 = bad input.
    """

    code: str
    status: int
    sentence: str
    details: dict[str, Any] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return str(self.sentence)


class Refused(Exception):
    """Carry a refusal out of a service."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal


def refuse(refusal: Refusal | None) -> None:
    """Raise when there is a reason to."""
    if refusal is not None:
        raise Refused(refusal)
