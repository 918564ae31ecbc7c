"""Read the weekly cells of a window, with the frame sizes that weigh them. Random pool only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Sum

from core.prepared import Prepared, moment, number, text
from reviews.models import Cell
from sampling.models import FrameStratum
from sampling.models.draws import FrameStratumQuerySet
from stats import StratumMoments, moments_from_sums

CLOCK_CHANGE = timedelta(hours=2)  # weeks of local midnights are not always whole weeks of hours


@dataclass
class Week:
    """One agent's stratum of one draw: N conversations, m drawn, and what was reviewed of them."""

    starts_on: date
    frame_size: int
    drawn: int
    n: int = 0
    total: int = 0
    squares: int = 0

    @property
    def moments(self) -> StratumMoments:
        """Return the stratum as the estimators take it."""
        return StratumMoments(self.frame_size, moments_from_sums(self.n, total=self.total, squares=self.squares))


@dataclass
class AgentSums:
    """All of one agent's strata in the window, oldest first."""

    agent_id: int
    team_id: int | None
    weeks: list[Week] = field(default_factory=list)

    @property
    def n(self) -> int:
        """Return the number of reviews."""
        return sum(week.n for week in self.weeks)

    @property
    def frame_size(self) -> int:
        """Return the number of conversations that could have been drawn."""
        return sum(week.frame_size for week in self.weeks)

    @property
    def drawn(self) -> int:
        """Return the number of conversations that were drawn and stayed eligible."""
        return sum(week.drawn for week in self.weeks)

    @property
    def total(self) -> int:
        """Return Σy in 10⁻⁴ points."""
        return sum(week.total for week in self.weeks)

    @property
    def squares(self) -> int:
        """Return Σy² in 10⁻⁸ points²."""
        return sum(week.squares for week in self.weeks)


def read(
    *,
    weeks: int,
    until: datetime,
    metric: str = "total",
    teams: Iterable[int] | None = None,
    agent: int | None = None,
) -> list[AgentSums]:
    """Return each agent's strata of the newest weeks that were drawn, with the sums of one metric; three queries.

    teams, agent: only these teams (as of completion), only this agent; None for all.
    """
    shape = (None if teams is None else tuple(sorted(teams)), agent is not None)
    values = {"until": until, "recent": until - timedelta(weeks=weeks + 1), "agent": agent}
    ((newest,),) = NEWEST.rows(*shape, **values) or ((None,),)
    since = values["recent"] if newest is None else newest - timedelta(weeks=weeks) + CLOCK_CHANGE
    agents: dict[int, AgentSums] = {}
    found: dict[int, Week] = {}
    for pk, agent_id, team, starts_at, zone, frame_size, drawn in STRATA.rows(*shape, **values, since=since):
        # The day on which the period began where the plan lives: midnight in Berlin is still Sunday in UTC.
        starts_on = starts_at.astimezone(ZoneInfo(zone)).date()
        found[pk] = Week(starts_on=starts_on, frame_size=frame_size, drawn=drawn)
        agents.setdefault(agent_id, AgentSums(agent_id, team)).weeks.append(found[pk])
    for pk, *sums in CELLS.rows(*shape, **values, since=since, metric=metric):
        found[pk].n, found[pk].total, found[pk].squares = sums
    return list(agents.values())


def on_scale(points: float | None) -> float | None:
    """Keep a limit within 0–100 points, where scores live; None stays None."""
    return None if points is None else min(100.0, max(0.0, points))


Teams = tuple[int, ...] | None


def _recent(teams: Teams, of_one: bool) -> FrameStratumQuerySet:
    """Return what was drawn of late, with room for a week that waits for its draw."""
    strata = FrameStratum.objects.filter(
        draw__voided_at=None, draw__ends_at__lt=moment("until"), draw__ends_at__gte=moment("recent"), frame_size__gt=0
    )
    if teams is not None:
        strata = strata.filter(team__in=teams)
    return strata.filter(agent=number("agent")) if of_one else strata


def _in_window(teams: Teams, of_one: bool) -> FrameStratumQuerySet:
    """Return the weeks counted back from the newest draw: a week that waits for its draw shortens nothing."""
    return _recent(teams, of_one).filter(draw__ends_at__gt=moment("since"))


# Asked by every page with an average, put into SQL once for each set of teams.
NEWEST: Prepared[FrameStratum] = Prepared(
    lambda *shape: _recent(*shape).order_by("-draw__ends_at").values_list("draw__ends_at")[:1]
)
STRATA: Prepared[FrameStratum] = Prepared(
    lambda *shape: (
        _in_window(*shape)
        .order_by("draw__starts_at", "pk")
        .values_list("pk", "agent_id", "team_id", "draw__starts_at", "draw__time_zone", "frame_size", "drawn")
    )
)
# By a subquery, not a list of ids: a year of two thousand agents has more strata than SQLite takes parameters.
CELLS: Prepared[Cell] = Prepared(
    lambda *shape: (
        Cell.objects.filter(
            metric=text("metric"), pool="random", stratum__in=_in_window(*shape).order_by().values("pk")
        )
        .values("stratum_id")
        .order_by()
        .annotate(count=Sum("n"), points=Sum("total"), spread=Sum("squares"))
        .values_list("stratum_id", "count", "points", "spread")
    )
)
