"""The programme report: every team's average, the weeks behind it, and where each stage of the work stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, Q

from accounts.models import Team
from coaching.models import Plan
from insights.reports import sums
from insights.reports.sums import AgentSums, on_scale
from reviews.models import QueueItem, Review
from sampling.models import Draw
from stats import moments_from_sums, pooled_var, rolling_mean

WEEKS = 12


@dataclass(frozen=True)
class Average:
    """A mean in points with all that a number must carry."""

    label: str
    mean: float | None
    low: float | None
    high: float | None
    n: int
    frame_size: int
    response_rate: float | None
    reason: str
    team: Team | None = None


@dataclass(frozen=True)
class Report:
    """What the manager's home shows."""

    overall: Average
    teams: list[Average]
    weeks: list[Average]
    waiting: int
    overdue: int
    submitted: int
    proposed: int
    open_plans: int
    draws: list[Draw]


def load(*, now: datetime) -> Report:
    """Load the report in a fixed number of queries."""
    found = sums.read(weeks=WEEKS, until=now)
    names = Team.objects.in_bulk()
    by_team: dict[int | None, list[AgentSums]] = {}
    for one in found:
        by_team.setdefault(one.team_id, []).append(one)
    queue = (
        QueueItem.objects.open().drawn().aggregate(waiting=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=now)))
    )
    plans = Plan.objects.open().aggregate(open=Count("pk"), proposed=Count("pk", filter=Q(status="proposed")))
    teams = [
        replace(average(str(names.get(team or 0, "No team")), agents), team=names.get(team or 0))
        for team, agents in by_team.items()
    ]
    return Report(
        overall=average("All teams", found),
        teams=sorted(teams, key=lambda one: one.label),
        weeks=weekly(found),
        waiting=queue["waiting"],
        overdue=queue["overdue"],
        submitted=Review.objects.filter(status=Review.Status.SUBMITTED).count(),
        proposed=plans["proposed"],
        open_plans=plans["open"],
        draws=list(Draw.objects.standing().select_related("plan").order_by("-frozen_at")[:5]),
    )


def average(label: str, agents: list[AgentSums]) -> Average:
    """Average agents' strata by their conversations, with the interval or the reason why there is none."""
    n, drawn = sum(one.n for one in agents), sum(one.drawn for one in agents)
    parts = [moments_from_sums(one.n, total=one.total, squares=one.squares) for one in agents]
    variance = pooled_var([part.n for part in parts], s2=[part.s2 for part in parts]).v
    found = rolling_mean([week.moments for one in agents for week in one.weeks], v_pool=variance).estimate
    shown = n >= 3
    return Average(
        label=label,
        mean=found.mean if shown else None,
        low=on_scale(found.lo) if shown else None,
        high=on_scale(found.hi) if shown else None,
        n=n,
        frame_size=sum(one.frame_size for one in agents),
        response_rate=n / drawn if drawn else None,
        reason="" if shown and found.mean is not None else "fewer than 3 reviews" if n else "no reviews yet",
    )


def weekly(agents: list[AgentSums]) -> list[Average]:
    """Average each week over all agents, oldest first."""
    starts = sorted({week.starts_on for one in agents for week in one.weeks})
    return [average(f"{start:%-d %b}", _only(agents, start)) for start in starts]


def _only(agents: list[AgentSums], start: date) -> list[AgentSums]:
    return [
        AgentSums(one.agent_id, one.team_id, [week for week in one.weeks if week.starts_on == start]) for one in agents
    ]
