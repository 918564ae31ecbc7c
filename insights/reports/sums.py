"""Read the weekly cells of a window, with the numbers of their strata that weigh them. Random pool only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from core.prepared import Prepared, moment, number, text
from insights.reports import asked, classes, metric_classes, shared
from insights.reports.asked import Frame
from insights.reports.classes import ClassRow
from insights.reports.strata import AgentSums, Week
from reviews.models import Cell, QueueItem, Review
from reviews.models.queue import IsOpen
from reviews.selectors import mixes
from reviews.selectors.cells import FAILED
from reviews.selectors.mixes import Mix
from sampling.models import Draw, FrameStratum
from sampling.models.draws import FrameStratumQuerySet
from sampling.prefix import Prefix, estimated_eligible

CLOCK_CHANGE = timedelta(hours=2)  # weeks of local midnights are not always whole weeks of hours
TOTAL = "total"


def read(
    *,
    weeks: int,
    until: datetime,
    metric: str = TOTAL,
    teams: Iterable[int] | None = None,
    agent: int | None = None,
) -> list[AgentSums]:
    """Return each agent's strata of the newest weeks that were drawn, with the sums of one metric; four queries.

    teams, agent: only these teams (as of completion), only this agent; None for all.
    """
    shape, values, draws = _asked(weeks=weeks, until=until, teams=teams, agent=agent)
    by_class = CLASSES.rows(*shape, **values) if metric == TOTAL else None
    pending = _pending(shape, values) if by_class is None else classes.pending(by_class)
    frame = _frame(shape, values, draws, pending)
    overlapping = shared.take(frame, lambda: _framed(shape, values))
    cells = CELLS.rows(*shape, **values, metric=metric)
    _add_sums(frame, cells, metric, _mix(frame, shape, values, metric, overlapping=overlapping))
    if by_class and any(week.unreviewed for _agent, _team, week in frame.values()):
        _take_classes(frame, by_class)
        if overlapping:
            shared.take_seats({metric: frame}, SEATS.rows(*shape, **values), _framed(shape, values))
    return _gathered(frame)


def read_all(
    prefix: str, *, weeks: int, until: datetime, teams: Iterable[int] | None = None, agent: int | None = None
) -> dict[str, list[AgentSums]]:
    """Do the same for every metric that begins with a prefix, each over the strata whose rubric asks for it."""
    shape, values, draws = _asked(weeks=weeks, until=until, teams=teams, agent=agent)
    frame = _frame(shape, values, draws, _pending(shape, values))
    overlapping = shared.take(frame, lambda: _framed(shape, values))
    cells = CELLS_OF.rows(*shape, prefix, **values)
    mix = _mix(frame, shape, values, prefix, overlapping=overlapping)
    frames = asked.frames(frame, prefix, cells, mix)
    for metric, own in frames.items():
        _add_sums(own, cells, metric, mix)
    if any(week.unreviewed for own in frames.values() for _agent, _team, week in own.values()):
        _class_metrics(frames, prefix, CLASSES.rows(*shape, **values), _framed(shape, values))
        if overlapping:
            shared.take_seats(
                frames, SEATS.rows(*shape, **values), _framed(shape, values), kind=prefix.partition(":")[0]
            )
    return {metric: _gathered(own) for metric, own in frames.items()}


def _class_metrics(
    frames: Mapping[str, Frame], prefix: str, rows: Sequence[ClassRow], strata: QuerySet[FrameStratum]
) -> None:
    """Put into each stratum what was scored of every metric by class."""
    scored = metric_classes.read(strata, prefix.partition(":")[0])
    for metric, frame in frames.items():
        of_metric = scored.get(metric, {})
        of_place = ((row, of_metric.get(row[:3], (0, 0.0))) for row in rows)
        _take_classes(frame, ((*row[:6], n, points) for row, (n, points) in of_place))


CellRow = tuple[Any, ...]  # stratum, metric, rubric version, n, Σy, Σy²
Teams = tuple[int, ...] | None
Shape = tuple[Teams, bool]


@dataclass(frozen=True, slots=True)
class _Period:
    """What all strata of a draw have in common; starts_on: the day on which it began where the plan lives."""

    place: int  # oldest first
    starts_on: date
    rubric_id: int
    version_id: int
    is_mixed: bool


def _asked(
    *, weeks: int, until: datetime, teams: Iterable[int] | None, agent: int | None
) -> tuple[Shape, dict[str, Any], dict[int, _Period]]:  # fmt: skip
    """Return the shape of the prepared questions about a window, what fills them in, and its draws."""
    shape = (None if teams is None else tuple(sorted(teams)), agent is not None)
    values = {"until": until, "recent": until - timedelta(weeks=weeks + 1), "agent": agent}
    draws = DRAWS.rows(*shape, **values)
    newest = max((ends_at for _pk, ends_at, *_rest in draws), default=until)
    since = newest - timedelta(weeks=weeks) + CLOCK_CHANGE
    periods = {
        # Midnight in Berlin is still Sunday in UTC.
        pk: _Period(place, starts_at.astimezone(ZoneInfo(zone)).date(), rubric, version, scale is not None)
        for place, (pk, _ends_at, starts_at, zone, rubric, version, scale) in enumerate(draws)
    }
    return shape, {**values, "since": since}, periods


def _frame(shape: Shape, values: dict[str, Any], draws: Mapping[int, _Period], pending: Counter[int]) -> Frame:
    """Return each stratum (its id) with its agent, team and empty week, oldest first."""
    found: Frame = {}
    # What was drawn since the draws were read is left for the next time.
    rows = [row for row in STRATA.rows(*shape, **values) if row[3] in draws]
    for pk, agent, team, draw, label, frame_size, prefix, eligible, drawn, quota, expected, is_shared in sorted(
        rows, key=lambda row: (draws[row[3]].place, row[0])
    ):
        period = draws[draw]
        # An estimate below what was found would be wrong for certain.
        size = max(estimated_eligible(frame_size, Prefix(prefix, eligible, drawn)), float(eligible))
        week = Week(
            period.starts_on, frame_size, drawn, size=size, rubric_id=period.rubric_id, draw_id=draw, quota=quota,
            expected=expected, pending=pending[pk], is_mixed=period.is_mixed, is_census=prefix == frame_size,
            label=label, stratum_id=pk, version_id=period.version_id, is_shared=is_shared, team_id=team,
            share=min(drawn / size, 1.0) if size > 0 else 0.0,
        )  # fmt: skip
        found[pk] = (agent, team, week)
    return found


def _pending(shape: Shape, values: dict[str, Any]) -> Counter[int]:
    """Count by stratum what was drawn, is not late, and is not published yet."""
    found: Counter[int] = Counter()
    for stratum, count in PENDING.rows(*shape, **values):
        found[stratum] += count
    return found


def _mix(frame: Frame, shape: Shape, values: dict[str, Any], metric: str, *, overlapping: bool) -> Mix | None:
    """Read the scores of both pools, where any draw of the window has a targeted one or plans overlap."""
    if not overlapping and not any(week.is_mixed for _agent, _team, week in frame.values()):
        return None
    return mixes.read(_framed(shape, values), metric)


def _framed(shape: Shape, values: dict[str, Any]) -> QuerySet[FrameStratum]:
    """Return the strata of a window by its own moments, for questions that are not prepared."""
    teams, of_one = shape
    strata = _of_draws(ends_at__lt=values["until"], ends_at__gt=values["since"])
    return _asked_of(strata, teams, of_one, agent=values["agent"])


def _of_draws(**window: Any) -> FrameStratumQuerySet:
    """Return what was drawn in a window; asked for by the draws, or SQLite reads a team's strata of all years."""
    draws = Draw.objects.standing().filter(**window).order_by().values("pk")
    return FrameStratum.objects.filter(draw__in=draws, frame_size__gt=0)


def _add_sums(frame: Frame, cells: Sequence[CellRow], metric: str, mix: Mix | None = None) -> None:
    """Put the sums of one metric into the weeks."""
    for stratum, name, version, n, total, squares in cells:
        if stratum not in frame or n == 0:
            continue
        week = frame[stratum][2]
        if name == TOTAL:
            week.reviewed += n
        if name == FAILED:
            week.failed += round(total / 1_000_000)
        if name == metric:
            week.n, week.total, week.squares = week.n + n, week.total + total, week.squares + squares
            week.versions |= {version}
    for pk, (_agent, _team, week) in frame.items() if mix is not None else ():
        _take_mix(week, pk, mix, metric)


def _gathered(frame: Frame) -> list[AgentSums]:
    """Put the weeks of each agent together."""
    agents: dict[int, AgentSums] = {}
    for agent, team, week in frame.values():
        if agent not in agents:
            agents[agent] = AgentSums(agent, team)
        agents[agent].weeks.append(week)
        agents[agent].team_id = team
    return list(agents.values())


def _take_mix(week: Week, stratum: int, mix: Mix | None, metric: str) -> None:
    """Put the scores of both pools into a stratum."""
    if mix is None:
        return
    week.mix = tuple(mix.scores.get((metric, stratum), ()))
    week.versions |= {score.version for score in week.mix}
    week.reviewed, week.at_random, week.failed = mix.reviewed[stratum], mix.at_random[stratum], mix.failed[stratum]
    week.targeted = mix.targeted.get(stratum, 0)


def _take_classes(frame: Frame, rows: Iterable[ClassRow]) -> None:
    """Put into each stratum what was drawn and reviewed of it by class (statistics.md 1.8)."""
    for stratum, *row in rows:
        if stratum in frame and frame[stratum][2].size > 0:
            week = frame[stratum][2]
            classes.take(week.classes, row, label=week.label, chance=week.due_chance)


def _recent() -> dict[str, Any]:
    """Return the filter of draws of late, with room for a week that waits for its draw."""
    return {"ends_at__lt": moment("until"), "ends_at__gte": moment("recent")}


def _in_window(teams: Teams, of_one: bool) -> FrameStratumQuerySet:
    """Return the weeks counted back from the newest draw: a week that waits for its draw shortens nothing."""
    return _asked_of(_of_draws(**_recent(), ends_at__gt=moment("since")), teams, of_one)


def _asked_of(strata: FrameStratumQuerySet, teams: Teams, of_one: bool, *, agent: Any = None) -> FrameStratumQuerySet:
    """Keep the strata of some teams and of one agent: the given one, or the one a prepared question is filled with."""
    if teams is not None:
        strata = strata.filter(team__in=teams)
    return strata.filter(agent=number("agent") if agent is None else agent) if of_one else strata


def _primary(teams: Teams, of_one: bool) -> QuerySet[QueueItem]:
    """Return the primary items of the window."""
    strata = _in_window(teams, of_one).order_by().values("pk")
    return QueueItem.objects.filter(purpose=QueueItem.Purpose.PRIMARY, pick__stratum__in=strata)


def _counted(items: QuerySet[QueueItem]) -> QuerySet[QueueItem, Any]:
    return items.order_by().values_list("pick__stratum").annotate(Count("pk"))


def _cells(shape: Shape, metrics: Q) -> QuerySet[Cell, Any]:
    """Return the sums of some metrics, of the total and of the failed cards, by stratum and rubric version."""
    return (
        # A subquery, not a list of ids: a year of two thousand agents has more strata than SQLite takes parameters.
        Cell.objects.filter(
            metrics | Q(metric__in=[TOTAL, FAILED]),
            pool="random",
            stratum__in=_in_window(*shape).order_by().values("pk"),
        )
        .values("stratum_id", "metric", "rubric_version_id")
        .order_by()
        .annotate(count=Sum("n"), points=Sum("total"), spread=Sum("squares"))
        .values_list("stratum_id", "metric", "rubric_version_id", "count", "points", "spread")
    )


def _is_of_all(teams: Teams, of_one: bool, *_more: Any) -> bool:
    """Say whether a question is about everybody."""
    return teams is None and not of_one


# Asked by every page with an average, put into SQL once for each set of teams.
DRAWS: Prepared[Draw] = Prepared(
    lambda *shape: (
        Draw.objects.standing()
        .filter(Exists(_asked_of(FrameStratum.objects.filter(draw=OuterRef("pk"), frame_size__gt=0), *shape)))
        .filter(**_recent())
        .order_by("starts_at", "pk")
        .values_list(
            "pk", "ends_at", "starts_at", "time_zone", "rubric_version__rubric_id", "rubric_version_id",
            "targeted_scale",
        )
    )
)  # fmt: skip
STRATA: Prepared[FrameStratum] = Prepared(
    lambda *shape: (
        _in_window(*shape)
        .order_by()
        .values_list(
            "pk", "agent_id", "team_id", "draw_id", "stratum", "frame_size", "prefix", "eligible", "drawn", "quota",
            "targeted", "is_shared",
        )
    )
)  # fmt: skip
# A list worked in its own order is a fair sample as far as it was worked: only what is late counts as not done. Two
# halves in one statement, each with an index of its own: what waits, and what is reviewed but not published.
PENDING: Prepared[QueueItem] = Prepared(
    lambda *shape: _counted(_primary(*shape).filter(IsOpen("status"), due_at__gt=moment("until"))).union(
        _counted(_primary(*shape).filter(review__status=Review.Status.SUBMITTED)), all=True
    ),
    plan_anew=_is_of_all,
)
CLASSES: Prepared[QueueItem] = Prepared(
    lambda *shape: classes.counted(_primary(*shape)), plan_anew=_is_of_all, as_sent=True
)
SEATS: Prepared[QueueItem] = Prepared(
    lambda *shape: classes.counted(_primary(*shape), "pick", "pick__completion"), plan_anew=_is_of_all, as_sent=True
)
CELLS: Prepared[Cell] = Prepared(lambda *shape: _cells(shape, Q(metric=text("metric"))), plan_anew=_is_of_all)
CELLS_OF: Prepared[Cell] = Prepared(
    lambda teams, of_one, prefix: _cells((teams, of_one), Q(metric__startswith=prefix)), plan_anew=_is_of_all
)  # fmt: skip
