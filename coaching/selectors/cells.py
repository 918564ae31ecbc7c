"""Read 26 weeks of sums per agent: the random pool of standing draws, people only."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Min, QuerySet

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
    """Read the weekly sums of a metric over 26 weeks up to one, in four queries.

    An agent with sums in a draw that cannot be placed in a week is left out whole: half a window says something else.
    """
    oldest = weeks.shifted(week, 1 - WEEKS)
    places, misplaced, known_draws = _places(oldest, week)
    rows = standing_cells(since=oldest).filter(
        metric=metric, stratum__draw__ends_at__lte=weeks.end_of(week) + A_DAY, stratum__agent__is_bot=False
    )
    found = Window()
    divided: dict[tuple[int, int], dict[str, tuple[float, int, float]]] = {}
    for agent, draw, label, held, count, points, spread in _sums(rows):
        place = places.get(draw)
        if place is None:
            if draw in misplaced:
                found.broken[agent] = misplaced[draw]
            continue
        sums = found.agents.get(agent)
        if sums is None:
            sums = found.agents[agent] = AgentWeeks()
        sums.n[place] += count
        sums.total[place] += points
        sums.squares += spread
        if label != WHOLE:
            strata = divided.setdefault((agent, draw), {})
            _held, n, total = strata.get(label, (held, 0, 0.0))
            strata[label] = (held, n + count, total + points)
    for (agent, draw), strata in divided.items():
        found.agents[agent].reweigh(places[draw], list(strata.values()))
    for agent in found.broken:
        found.agents.pop(agent, None)
    edges = known_draws - places.keys()
    for agent, newest, review in _newest(rows.exclude(stratum__draw__in=edges) if edges else rows):
        if agent in found.agents:
            found.agents[agent].newest_at, found.agents[agent].newest_review_id = newest, review
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


def _sums(rows: QuerySet[Cell]) -> Any:
    """Return (agent, draw, stratum, N, n, Σy, Σy²) of each cell: adding them here is cheaper than grouping there."""
    names = (
        "stratum__agent_id", "stratum__draw_id", "stratum__stratum", "stratum__frame_size", "n", "total", "squares",
    )  # fmt: skip
    return rows.order_by().values_list(*names).iterator(chunk_size=5000)


def _newest(rows: QuerySet[Cell]) -> Any:
    """Return (agent, when the newest review was published, which that was): one moment an agent, not one a week."""
    newest = rows.order_by().values_list("stratum__agent_id").annotate(Max("newest_at"), Max("newest_review_id"))
    return newest.iterator(chunk_size=5000)


def _places(oldest: str, week: str) -> tuple[dict[int, int], dict[int, Exception], set[int]]:
    """Return draw id → position of its week in the window, the draws whose own time zone cannot be read, and all."""
    draws = Draw.objects.standing().filter(
        ends_at__gt=weeks.start_of(oldest) - A_DAY, ends_at__lte=weeks.end_of(week) + A_DAY
    )
    places: dict[int, int] = {}
    known: set[int] = set()
    misplaced: dict[int, Exception] = {}
    for pk, ends_at, zone in draws.values_list("pk", "ends_at", "time_zone"):
        known.add(pk)
        try:
            drawn = _drawn(ends_at, zone)
        except Exception as error:
            logger.exception("Draw %s lies in no week", pk)
            misplaced[pk] = error
            continue
        if oldest <= drawn <= week:
            places[pk] = WEEKS - 1 - weeks.apart(drawn, week)
    return places, misplaced, known


def _drawn(ends_at: datetime, zone: str) -> str:
    return weeks.of_draw(ends_at, time_zone=zone)
