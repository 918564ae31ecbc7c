"""What a reviewer gave for one criterion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

Facts = Mapping[str, str | bool | int | float | Decimal | None]
"""Facts of the conversation by name, for visibility rules. None and absent both mean not known."""


class UnknownAnswer(ValueError):
    """Say that an answer names a criterion, an option or a root cause that the card does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Hold one answer: an option, N/A, or text; with its root cause and whether it is commented and evidenced."""

    option: str = ""
    not_applicable: bool = False
    text: str = ""
    root_cause: str = ""
    commented: bool = False
    pins: int = 0

    @property
    def is_given(self) -> bool:
        """Say whether anything was answered."""
        return self.not_applicable or bool(self.option) or bool(self.text.strip())


NO_ANSWER = Answer()
