"""Read 26 weeks of sums per agent: the random pool of standing draws, people only."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Min, QuerySet, Sum

from accounts.models import Agent
from coaching import weeks
from coaching.windows import WEEKS, AgentWeeks
from reviews.models import Cell
from sampling.models import Draw
from sampling.strata import WHOLE

A_DAY = timedelta(days=1)  # no time zone is further from UTC
SKILLS = "skill:"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Window:
    """Sums by agent id; and the agents whose sums could not be read, each with the error."""

    agents: dict[int, AgentWeeks] = field(default_factory=dict)
    broken: dict[int, Exception] = field(default_factory=dict)


def window(metric: str, *, week: str) -> Window:
    """Read the weekly sums of a metric over 26 weeks up to one, in three queries.

    An agent with sums in a draw that cannot be placed in a week is left out whole: half a window says something else.
    """
    oldest = weeks.shifted(week, 1 - WEEKS)
    places, misplaced = _places(oldest, week)
    bots = frozenset(Agent.objects.filter(is_bot=True).values_list("pk", flat=True))
    found, size = Window(), WEEKS - 1
    divided: dict[tuple[int, int], list[tuple[float, int, float]]] = {}
    for agent, draw, label, held, count, points, spread, newest, review in _sums(metric, oldest=oldest, week=week):
        if agent in bots:
            continue
        if draw in misplaced:
            found.broken[agent] = misplaced[draw]
        place = places.get(draw)
        if place is None:
            continue
        sums = found.agents.get(agent)
        if sums is None:
            sums = found.agents[agent] = AgentWeeks()
        at = size - place
        sums.n[at] += count
        sums.total[at] += points
        sums.squares += spread
        if sums.newest_at is None or newest > sums.newest_at:
            sums.newest_at, sums.newest_review_id = newest, review
        if label != WHOLE:
            divided.setdefault((agent, draw), []).append((held, count, points))
    for (agent, draw), strata in divided.items():
        found.agents[agent].reweigh(size - places[draw], strata)
    for agent in found.broken:
        found.agents.pop(agent, None)
    return found


def first_weeks(*, since: str) -> dict[str, str]:
    """Return skill slug → a week before which a look could have seen nothing."""
    rows = (
        standing_cells(since=since)
        .filter(metric__startswith=SKILLS)
        .order_by()
        .values("metric")
        .annotate(first=Min("stratum__draw__ends_at"))
    )
    return {row["metric"].removeprefix(SKILLS): weeks.name_of(row["first"] - A_DAY) for row in rows}


def standing_cells(*, since: str) -> QuerySet[Cell]:
    """Return the random pool's sums of draws that were not voided, from about a week on."""
    return Cell.objects.filter(
        pool="random",
        n__gt=0,
        stratum__draw__voided_at=None,
        stratum__draw__ends_at__gt=weeks.start_of(since) - A_DAY,
    )


def _sums(metric: str, *, oldest: str, week: str) -> Any:
    """Return (agent, draw, stratum, N, n, Σy, Σy², when the newest was published, which it was), one a stratum."""
    return (
        standing_cells(since=oldest)
        .filter(metric=metric, stratum__draw__ends_at__lte=weeks.end_of(week) + A_DAY)
        .order_by()
        .values_list("stratum__agent_id", "stratum__draw_id", "stratum__stratum", "stratum__frame_size")
        .annotate(Sum("n"), Sum("total"), Sum("squares"), Max("newest_at"), Max("newest_review_id"))
        .iterator(chunk_size=5000)
    )


def _places(oldest: str, week: str) -> tuple[dict[int, int], dict[int, Exception]]:
    """Return draw id → weeks before the newest, and the draws whose own time zone cannot be read."""
    draws = Draw.objects.standing().filter(
        ends_at__gt=weeks.start_of(oldest) - A_DAY, ends_at__lte=weeks.end_of(week) + A_DAY
    )
    places: dict[int, int] = {}
    misplaced: dict[int, Exception] = {}
    for pk, ends_at, zone in draws.values_list("pk", "ends_at", "time_zone"):
        try:
            drawn = _drawn(ends_at, zone)
        except Exception as error:
            logger.exception("Draw %s lies in no week", pk)
            misplaced[pk] = error
            continue
        if oldest <= drawn <= week:
            places[pk] = weeks.apart(drawn, week)
    return places, misplaced


def _drawn(ends_at: datetime, zone: str) -> str:
    return weeks.of_draw(ends_at, time_zone=zone)
