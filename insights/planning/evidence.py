"""What the planner's answers rest on: the spread of scores, the share of reviews that come back, and the pace."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum

from insights.reports import sums
from insights.reports.strata import AgentSums
from reviews.models import Cell, Review
from reviews.selectors.queue import MINUTES_A_REVIEW
from reviews.units import Unit
from sampling.models import FrameStratum
from stats import (
    DEFAULT_SD,
    PooledVariance,
    RateInterval,
    WeightedScoreInterval,
    hajek_score_interval,
    moments_from_sums,
    pooled_var,
    sd_interval,
    srs_mean,
    wilson,
)

SPREAD_WEEKS = 8
RESPONSE_WEEKS = 12
PACE_WEEKS = 4
# Fewer say too little, and what is presumed instead is named on the page.
LEAST_REVIEWS_OF_SPREAD = 30
LEAST_DRAWN = 20
LEAST_REVIEWS_OF_PACE = 20
NEWEST = 200


@dataclass(frozen=True, slots=True)
class Spread:
    """Standard deviation of one person's scores in points, pooled; n: the reviews it comes from.

    low and high: its 95 % limits; none of a spread that is presumed. together: that of all their scores, with what sets
    people apart; what the weighted mean of a team rests on.
    """

    sd: float
    n: int
    is_presumed: bool
    together: float = DEFAULT_SD
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """Share of what was drawn that was reviewed in time for its draw to be over, in [0, 1], with Wilson's limits."""

    rate: float
    drawn: int
    is_presumed: bool

    @property
    def limits(self) -> RateInterval:
        """Return the 95 % limits; none of a rate that is presumed."""
        return wilson(0 if self.is_presumed else self.rate * self.drawn, n=0 if self.is_presumed else self.drawn)


@dataclass(frozen=True, slots=True)
class Pace:
    """Mean time on a review, idle time removed, with its 95 % limits by t; none of a pace that is presumed."""

    seconds: float
    n: int
    is_presumed: bool
    low: float | None = None
    high: float | None = None


def spread(agent_ids: Collection[int], *, now: datetime) -> Spread:
    """Pool the variance of these people's published scores of the last eight weeks; 21 points while there are few."""
    cells = Cell.objects.filter(
        metric="total",
        pool="random",
        stratum__draw__voided_at=None,
        stratum__draw__ends_at__gt=now - timedelta(weeks=SPREAD_WEEKS),
    )
    by_agent = cells.order_by().values_list("stratum__agent_id")
    shared = Count("pk", filter=Q(stratum__is_shared=True))
    rows = by_agent.annotate(Sum("n"), Sum("total"), Sum("squares"), shared=shared)
    own = [row for agent, *row in rows if agent in agent_ids]
    people = _people(agent_ids, now=now) if any(row[3] for row in own) else []
    if any(one.is_weighted for one in people):
        return _spread_once(people)
    parts = [moments_from_sums(n, total=total, squares=squares) for n, total, squares, _shared in own]
    pooled = pooled_var([part.n for part in parts], s2=[part.s2 for part in parts])
    whole = moments_from_sums(
        sum(part.n for part in parts), total=sum(row[1] for row in own), squares=sum(row[2] for row in own)
    )
    return _spread(pooled, whole.n, whole.s2)


def _people(agent_ids: Collection[int], *, now: datetime) -> list[AgentSums]:
    return [one for one in sums.read(weeks=SPREAD_WEEKS, until=now) if one.agent_id in agent_ids]


def _spread_once(people: Sequence[AgentSums]) -> Spread:
    """Do the same where plans overlap: a conversation of several counts once, for what it stands for over all."""
    own = [_weighted(one.units) for one in people]
    pooled = pooled_var([one.n_eff or 0.0 for one in own], s2=[one.s2 for one in own])
    units = [unit for one in people for unit in one.units]
    return _spread(pooled, len(units), _weighted(units).s2)


def _weighted(units: Sequence[Unit]) -> WeightedScoreInterval:
    y, pi, share = ([unit[place] for unit in units] for place in range(3))
    return hajek_score_interval(y, pi=pi, v_team=0.0, share=share)


def _spread(pooled: PooledVariance, n: int, together: float | None) -> Spread:
    if pooled.v is None or pooled.df < LEAST_REVIEWS_OF_SPREAD:
        return Spread(DEFAULT_SD, n, is_presumed=True)
    known = sd_interval(pooled)
    whole = math.sqrt(together or pooled.v)
    return Spread(math.sqrt(pooled.v), n, is_presumed=False, together=whole, low=known.lo, high=known.hi)


def response(agent_ids: Collection[int], *, now: datetime) -> Response:
    """Count what came back of these people's draws that are over: reviewed of m (statistics.md 1.8)."""
    over = Q(draw__voided_at=None, draw__due_at__lt=now, draw__ends_at__gt=now - timedelta(weeks=RESPONSE_WEEKS))
    drawn_rows = FrameStratum.objects.filter(over).order_by().values_list("agent_id").annotate(Sum("drawn"))
    strata = FrameStratum.objects.filter(over).order_by().values("pk")
    reviewed_rows = (
        Cell.objects.filter(metric="total", pool="random", stratum__in=strata)
        .order_by()
        .values_list("stratum__agent_id")
        .annotate(Sum("n"))
    )
    drawn = sum(number for agent, number in drawn_rows if agent in agent_ids)
    reviewed = sum(number for agent, number in reviewed_rows if agent in agent_ids)
    if drawn < LEAST_DRAWN:
        return Response(1.0, drawn, is_presumed=True)
    return Response(min(1.0, reviewed / drawn), drawn, is_presumed=False)


def pace(*, rubric_id: int | None, now: datetime) -> Pace:
    """Average the newest reviews of the last four weeks by this rubric; where they are few, by any."""
    recent = Review.objects.published().filter(
        published_at__gte=now - timedelta(weeks=PACE_WEEKS), active_seconds__gt=0
    )
    by_rubric = _seconds(recent.filter(rubric_version__rubric=rubric_id)) if rubric_id else []
    return pace_of(by_rubric if len(by_rubric) >= LEAST_REVIEWS_OF_PACE else _seconds(recent))


def pace_of(found: Sequence[int]) -> Pace:
    """Average the seconds of some reviews; six minutes while they are few."""
    if len(found) < LEAST_REVIEWS_OF_PACE:
        return Pace(MINUTES_A_REVIEW * 60.0, len(found), is_presumed=True)
    # The mean, not the median: the long ones are hours, too.
    mean, known = math.fsum(found) / len(found), srs_mean(found)
    return Pace(mean, len(found), is_presumed=False, low=known.lo, high=known.hi)


def _seconds(reviews: QuerySet[Review]) -> list[int]:
    return list(reviews.order_by("-published_at").values_list("active_seconds", flat=True)[:NEWEST])
