"""The terms of a plan: everything that decides a draw, in one value that can be kept and compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from sampling import risks
from sampling.quotas import RISK_SHARES, QuotaTerms
from sampling.strata import RISK

if TYPE_CHECKING:
    from sampling.models import Plan


@dataclass(frozen=True, slots=True)
class Terms:
    """Which conversations, whose, how many, how often, by which rubric. Changed terms hold from the next period."""

    rubric_id: int
    population: Mapping[str, Any] = field(default_factory=dict)
    reviewee_rule: str = "assignee"
    includes_bots: bool = False
    quota_kind: str = "per_agent"
    quota_per_agent: int = 3
    quota_per_team: int = 20
    quota_percent: float = 5.0
    quota_minimum: int = 1
    strata: list[str] = field(default_factory=list)
    allocation: str = "proportional"
    risk_shares: list[int] = field(default_factory=lambda: list(RISK_SHARES))
    risk_high_from: float = 4.0
    risk_rules: list[dict[str, Any]] = field(default_factory=list)
    risk_combine: str = "sum"
    targeted_per_period: int = 0
    cycle: str = "weekly"
    time_zone: str = "UTC"
    settle_hours: int = 24
    due_days: int = 7
    hide_agent: bool = False
    hide_score: bool = False

    @classmethod
    def of(cls, plan: Plan) -> Terms:
        """Return the terms that the plan carries now."""
        found = {name: getattr(plan, name) for name in NAMES}
        return cls(**{**found, "risk_shares": plan.risk_shares or list(RISK_SHARES)})

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Terms:
        """Return terms as they were kept; what a later version of the product added gets its default."""
        return cls(**{name: value for name, value in kept.items() if name in NAMES})

    @property
    def quota(self) -> QuotaTerms:
        """Return the part that quotas follow from."""
        return QuotaTerms.of(self.as_json())

    @property
    def rules(self) -> list[risks.Rule]:
        """Return the risk rules, read."""
        return risks.read(self.risk_rules)

    @property
    def has_targeted_pool(self) -> bool:
        """Say whether some conversations are drawn for their risk."""
        return self.targeted_per_period > 0 and bool(self.risk_rules)

    @property
    def needs_priorities(self) -> bool:
        """Say whether a draw has to know which rules hit what."""
        return bool(self.risk_rules) and (self.targeted_per_period > 0 or RISK in self.strata)

    def as_json(self) -> dict[str, Any]:
        """Return the terms as they are kept."""
        return asdict(self)


NAMES = tuple(Terms.__dataclass_fields__)
