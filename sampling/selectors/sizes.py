"""How many conversations each person of a population has in a period, from the last periods: what a planner needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, QuerySet

from conversations.models import Completion
from sampling import cycles
from sampling.cycles import Era, Period
from sampling.selectors.candidates import completions, reviewee, whose, with_reviewee
from sampling.selectors.preview import newest_ending
from sampling.terms import Terms

PERIODS = 4


@dataclass(slots=True)
class AgentSize:
    """One person, the team most of their conversations belong to, and how many they have."""

    agent_id: int
    name: str
    team: str
    count: int = 0
    most: int = 0

    def per_period(self, periods: int) -> int:
        """Return the conversations of a usual period, at least one."""
        return max(1, round(self.count / periods))


@dataclass(frozen=True, slots=True)
class Sizes:
    """The people of a population over some periods, by name; without people when nothing fits."""

    periods: int
    first_day: date
    last_day: date
    is_last: bool
    agents: list[AgentSize]
    starts_at: datetime
    ends_at: datetime


def sizes(terms: Terms, *, now: datetime) -> Sizes:
    """Count the last four closed periods, or the newest four that hold something; two or three statements."""
    eras = [Era(terms.cycle, terms.time_zone)]
    last = cycles.before(eras, cycles.containing(eras, now))
    window = _back(eras, last)
    rows = _rows(terms, window)
    newest = newest_ending(terms, before=window[0].starts_at) if not rows.exists() else None
    if newest is not None:
        window = _back(eras, cycles.containing(eras, newest))
        rows = _rows(terms, window)
    # A population that began to arrive a fortnight ago has two periods, not four.
    began = rows.aggregate(began=Min("completed_at"))["began"]
    covered = [period for period in window if began is not None and period.ends_at > began]
    return Sizes(
        periods=len(covered),
        first_day=(covered or window)[0].first_day,
        last_day=window[-1].last_day,
        is_last=newest is None,
        agents=_agents(rows, terms),
        starts_at=window[0].starts_at,
        ends_at=window[-1].ends_at,
    )


def _back(eras: list[Era], last: Period) -> list[Period]:
    """Return so many periods up to one, oldest first."""
    window = [last]
    while len(window) < PERIODS:
        window.insert(0, cycles.before(eras, window[0]))
    return window


def _rows(terms: Terms, window: list[Period]) -> QuerySet[Completion]:
    return completions(terms).filter(completed_at__gte=window[0].starts_at, completed_at__lt=window[-1].ends_at)


def _agents(rows: QuerySet[Completion], terms: Terms) -> list[AgentSize]:
    people = {"who": reviewee(terms), "called": reviewee(terms, "__name"), "within": whose("team__name")}
    grouped = with_reviewee(rows, terms).annotate(**people).values_list(*people)
    found: dict[int, AgentSize] = {}
    for agent_id, name, team, count in grouped.annotate(number=Count("pk")).order_by(whose("team__name")):
        one = found.setdefault(agent_id, AgentSize(agent_id, name, team or ""))
        one.count += count
        if count > one.most:
            one.team, one.most = team or "", count
    return sorted(found.values(), key=lambda one: (one.name, one.agent_id))
