"""How much of everything a benchmark's company has, and which of its conversations ended when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

MESSAGES = 12


@dataclass(frozen=True)
class Sizes:
    """How much of everything. `frame`: what an agent's drawn week holds; 0 puts all conversations into those weeks."""

    conversations: int
    reviews: int
    open: int
    agents: int
    weeks: int
    transcripts: str
    frame: int = 0

    @property
    def quota(self) -> int:
        """Return how many an agent's week draws, so that there is enough to review and enough left open."""
        return -(-(self.reviews + self.open) // (self.agents * self.weeks))

    @property
    def a_week(self) -> int:
        """Return how many conversations an agent has in a week that is drawn."""
        return max(self.quota, self.frame or round(self.conversations / (self.agents * self.weeks)))

    @property
    def of_all(self) -> int:
        """Return how many all agents have in such a week."""
        return self.a_week * self.agents

    @property
    def a_draw(self) -> int:
        """Return how many a week draws from all agents."""
        return self.quota * self.agents

    @property
    def repeated(self) -> int:
        """Return how many weeks after the first one only repeat it: the last two are drawn, and what is left open."""
        return max(0, min(self.weeks - 2, self.reviews // self.a_draw) - 1)

    @property
    def before(self) -> int:
        """Return how many conversations ended before the plan began."""
        return max(0, self.conversations - self.weeks * self.of_all) if self.frame else 0


@dataclass(frozen=True)
class Calendar:
    """Which conversation ended when, and whose it was."""

    sizes: Sizes
    first: datetime  # the Monday on which the plan begins

    @classmethod
    def until(cls, now: datetime, sizes: Sizes) -> Calendar:
        """Return the calendar whose last week is over and has settled."""
        monday = (now - timedelta(days=now.weekday() + 2)).replace(hour=0, minute=0, second=0, microsecond=0)
        monday -= timedelta(days=monday.weekday())
        return cls(sizes, monday - timedelta(weeks=sizes.weeks - 1))

    def numbers(self, week: int) -> range:
        """Return the ids of a week's conversations; those of all are in the order in which they ended."""
        first = self.sizes.before + week * self.sizes.of_all + 1
        return range(first, first + self.sizes.of_all)

    def talk(self, pk: int, make: Any) -> Any:
        """Make one up: agents take turns, and each week ends on its Saturday."""
        week, place = divmod(pk - 1 - self.sizes.before, self.sizes.of_all)
        seconds = timedelta(days=6).total_seconds() * (place + 1) // self.sizes.of_all
        ended_at = self.first + timedelta(weeks=week, seconds=seconds)
        return make(pk, agent_id=place % self.sizes.agents + 1, ended_at=ended_at, count=MESSAGES)
