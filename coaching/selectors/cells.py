"""Read 26 weeks of sums per agent: the random pool of standing draws, people only."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Func, Min, QuerySet, TextField

from accounts.models import Agent
from coaching import weeks
from coaching.selectors import together
from coaching.windows import WEEKS, AgentWeeks
from reviews.models import Cell
from sampling.models import Draw
from sampling.strata import WHOLE

A_DAY = timedelta(days=1)  # no time zone is further from UTC
SKILLS = "skill:"
Part = tuple[str, float, int, float]
"""Stratum, N, n and Σy of one cell of a draw that divided an agent's conversations."""
NEWEST_AT: Any = Cell._meta.get_field("newest_at")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Window:
    """Sums by agent id; and the agents whose sums could not be read, each with the error."""

    agents: dict[int, AgentWeeks] = field(default_factory=dict)
    broken: dict[int, Exception] = field(default_factory=dict)


def window(metric: str, *, week: str) -> Window:
    """Read the weekly sums of a metric, the total or a skill, over 26 weeks up to one, in three queries.

    Three more where plans overlap: then each conversation of a week counts once.

    An agent with sums in a draw that cannot be placed in a week is left out whole: half a window says something else.
    """
    oldest = weeks.shifted(week, 1 - WEEKS)
    places, misplaced = _places(oldest, week)
    rows = standing_cells(since=oldest).filter(metric=metric, stratum__draw__ends_at__lte=weeks.end_of(week) + A_DAY)
    # Not asked in the same query: SQLite would go through all that each agent ever had.
    bots = set(Agent.objects.filter(is_bot=True).order_by().values_list("pk", flat=True))
    found, divided = Window(), defaultdict[tuple[int, int], list[Part]](list)
    shared: set[tuple[int, int]] = set()
    for agent, draw, label, held, count, points, spread, newest, review, is_shared in _sums(rows):
        if agent in bots:
            continue
        place = places.get(draw)
        if place is None:
            if draw in misplaced:
                found.broken[agent] = misplaced[draw]
            continue
        sums = found.agents.get(agent)
        if sums is None:
            sums = found.agents[agent] = AgentWeeks(newest_at=newest, newest_review_id=review)
        sums.n[place] += count
        sums.total[place] += points
        sums.squares += spread
        if newest > sums.newest_at:
            sums.newest_at = newest
        sums.newest_review_id = max(review, sums.newest_review_id)
        if is_shared:
            shared.add((agent, place))
        if label != WHOLE:
            divided[agent, draw].append((label, held, count, points))
    _whole(found)
    _reweigh(found, divided, places)
    if kept := {(agent, at) for agent, at in shared if agent in found.agents}:
        together.reweigh(found.agents, metric, draws=places, shared=kept)
    return found


def _reweigh(found: Window, divided: Mapping[tuple[int, int], list[Part]], places: Mapping[int, int]) -> None:
    """Let the strata of a draw that divided somebody's conversations count by these."""
    for (agent, draw), parts in divided.items():
        if agent in found.agents:
            found.agents[agent].reweigh(places[draw], _strata(parts))


def _whole(found: Window) -> None:
    """Leave out whose sums could not all be read, and read the moments of the rest."""
    for agent in found.broken:
        found.agents.pop(agent, None)
    for sums in found.agents.values():
        sums.newest_at = _moment(sums.newest_at)


def _strata(parts: Iterable[Part]) -> list[tuple[float, int, float]]:
    """Return (N, n, Σy) of each stratum of a draw: several reviewers and rubrics have a cell each."""
    strata: dict[str, tuple[float, int, float]] = {}
    for label, held, count, points in parts:
        _held, n, total = strata.get(label, (held, 0, 0.0))
        strata[label] = (held, n + count, total + points)
    return list(strata.values())


def first_weeks(slugs: Iterable[str], *, since: str) -> dict[str, str]:
    """Return skill slug → a week before which a look could have seen nothing."""
    metrics = [f"{SKILLS}{slug}" for slug in slugs]
    if not metrics:
        return {}
    rows = (
        standing_cells(since=since)
        .filter(metric__in=metrics)
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
    """Return (agent, draw, stratum, N, n, Σy, Σy², when the newest review was published, which, shared) of each cell.

    Adding them here is cheaper than grouping there. The moment is as the database keeps it: only the newest of each
    agent is worth reading, and what SQLite keeps sorts as the moments do.
    """
    names = (
        "stratum__agent_id", "stratum__draw_id", "stratum__stratum", "stratum__frame_size", "n", "total", "squares",
        "as_kept", "newest_review_id", "stratum__is_shared",
    )  # fmt: skip
    kept = rows.order_by().annotate(as_kept=_AsKept("newest_at"))
    return kept.values_list(*names).iterator(chunk_size=5000)


class _AsKept(Func):
    """A column without what the driver and Django make of it."""

    template = "%(expressions)s"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Hide from the driver that it is a moment, or it reads each one that passes."""
        return self.as_sql(compiler, connection, template="CAST(%(expressions)s AS TEXT)", **context)


def _moment(kept: Any) -> datetime:
    """Read a moment as the database keeps it."""
    column = NEWEST_AT.cached_col
    for convert in connection.ops.get_db_converters(column):
        kept = convert(kept, column, connection)
    found: datetime = kept
    return found


def _places(oldest: str, week: str) -> tuple[dict[int, int], dict[int, Exception]]:
    """Return draw id → position of its week in the window, and the draws whose own time zone cannot be read."""
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
            places[pk] = WEEKS - 1 - weeks.apart(drawn, week)
    return places, misplaced


def _drawn(ends_at: datetime, zone: str) -> str:
    return weeks.of_draw(ends_at, time_zone=zone)
