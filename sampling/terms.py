"""The terms of a plan: everything that decides a draw, in one value that can be kept and compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sampling.models import Plan


@dataclass(frozen=True, slots=True)
class Terms:
    """Which conversations, whose, how many, how often, by which rubric. Changed terms hold from the next period."""

    rubric_id: int
    population: Mapping[str, Any] = field(default_factory=dict)
    reviewee_rule: str = "assignee"
    includes_bots: bool = False
    quota_per_agent: int = 3
    cycle: str = "weekly"
    time_zone: str = "UTC"
    settle_hours: int = 24
    due_days: int = 7
    hide_agent: bool = False
    hide_score: bool = False

    @classmethod
    def of(cls, plan: Plan) -> Terms:
        """Return the terms that the plan carries now."""
        return cls(**{name: getattr(plan, name) for name in NAMES})

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Terms:
        """Return terms as they were kept; what a later version of the product added gets its default."""
        return cls(**{name: value for name, value in kept.items() if name in NAMES})

    def as_json(self) -> dict[str, Any]:
        """Return the terms as they are kept."""
        return asdict(self)


NAMES = tuple(Terms.__dataclass_fields__)
