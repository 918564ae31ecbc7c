"""The programme report: every team's average, the weeks behind it, and where each stage of the work stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.models import Team
from coaching.models import Plan
from core.charts import LineChart, Point, Series, line_chart
from core.figures import figure, span
from insights.reports import averages, sums
from insights.reports.averages import Average
from insights.reports.strata import AgentSums, by_teams
from reviews.models import QueueItem, Review
from sampling.models import Draw

WEEKS = 12


@dataclass(frozen=True)
class Line:
    """An average with what it is of. `breaks`: since the line before, the version of the scorecard is another one."""

    label: str
    average: Average
    team: Team | None = None
    breaks: bool = False


@dataclass(frozen=True)
class Report:
    """What the manager's home shows."""

    overall: Line
    teams: list[Line]
    weeks: list[Line]
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
    queue = (
        QueueItem.objects.open().drawn().aggregate(waiting=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=now)))
    )
    plans = Plan.objects.open().aggregate(open=Count("pk"), proposed=Count("pk", filter=Q(status="proposed")))
    teams = [
        Line(str(names.get(team or 0, "No team")), averages.of_agents(agents), team=names.get(team or 0))
        for team, agents in by_teams(found).items()
    ]
    return Report(
        overall=Line("All teams", averages.of_agents(found)),
        teams=sorted(teams, key=lambda one: one.label),
        weeks=weekly(found),
        waiting=queue["waiting"],
        overdue=queue["overdue"],
        submitted=Review.objects.filter(status=Review.Status.SUBMITTED).count(),
        proposed=plans["proposed"],
        open_plans=plans["open"],
        draws=list(Draw.objects.standing().select_related("plan").order_by("-frozen_at")[:5]),
    )


def weekly(agents: list[AgentSums]) -> list[Line]:
    """Average each week over all agents, oldest first."""
    lines: list[Line] = []
    versions: frozenset[int] = frozenset()
    for start in sorted({week.starts_on for one in agents for week in one.weeks}):
        within = [one.during([start]) for one in agents]
        found = averages.of_agents([one for one in within if one.weeks], v_pool=averages.variance(agents))
        breaks = bool(versions and found.versions and versions != found.versions)
        lines.append(Line(f"{start:%-d %b}", found, breaks=breaks))
        versions = found.versions or versions
    return lines


def weeks_chart(lines: list[Line]) -> LineChart | None:
    """Draw the weeks, broken where the scorecard changed its version; None while no week has an average."""
    known = [one for one in lines if one.average.mean is not None]
    if not known:
        return None
    weighted = any(one.average.pool == averages.WEIGHTED for one in lines)
    drawn = _("drawn at random and by risk, weighted by its chance") if weighted else _("drawn at random")
    breaks = any(one.breaks for one in lines)
    note = _("All teams: each week’s average with its 95 %% band, %(drawn)s.") % {"drawn": drawn}
    return line_chart(
        _weeks_title(known[-1]),
        [Series(_("Average"), [_point(one) for one in lines])],
        note=f"{note} {_('The line breaks where the scorecard’s version changes.')}" if breaks else note,
        places=min(one.average.places for one in known),
        step_name=_("Week of"),
    )


def _weeks_title(last: Line) -> str:
    """State where the newest week stands; whether it differs from the one before is not claimed."""
    mean, places = last.average.mean, last.average.places
    band = span(last.average.low, last.average.high, places=places)
    parts = {"week": last.label, "mean": figure(mean, places=places), "band": band}
    return (_("Week of %(week)s: %(mean)s (%(band)s)") if band else _("Week of %(week)s: %(mean)s")) % parts


def _point(one: Line) -> Point:
    average = one.average
    return Point(
        one.label, average.mean, average.low, average.high, n=average.n, reason=average.why,
        frame_size=average.frame_size, response_rate=average.response_rate, breaks=one.breaks,
    )  # fmt: skip
