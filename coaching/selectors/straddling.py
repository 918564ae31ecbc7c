"""Which conversations of frames ended outside the side that their draw counts on: N, drawn and reviewed are without.

A draw belongs to the week in which it ends, but its frame may reach back, and a side holds only what ended in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db.models import QuerySet

from coaching.selectors.bounds import Bounds, Span, bounds_of
from conversations.models import Completion
from sampling.models import FrameStratum, Pick

AT_ONCE = 5000
K = TypeVar("K")


class Left(NamedTuple):
    """A conversation of a frame that ended outside a side, and its random pick if it was drawn."""

    stratum: int
    agent: int
    draw: int
    unit: int
    pick: int | None


class _Frame(NamedTuple):
    stratum: int
    agent: int
    draw: int
    units: list[int]


def units_of(left: Iterable[Left]) -> int:
    """Count what was left out, a conversation once in however many frames it stands."""
    return len({(one.agent, one.unit) for one in left})


def outside(
    strata: QuerySet[FrameStratum], asked: Mapping[K, Span], *, whom: Mapping[K, int] | None = None
) -> dict[K, list[Left]]:
    """Return what of some frames lies outside each span; whom: the one agent that a span is about.

    No query where no span has a limit, one more where no draw straddles one, and four where some do.
    """
    bounds = dict(zip(asked, bounds_of(list(asked.values())), strict=True))
    straddling = {draw for found in bounds.values() for draw in found}
    if not straddling:
        return {}
    rows = strata.filter(draw__in=straddling).order_by("pk")
    if whom is not None:
        rows = rows.filter(agent__in={whom[key] for key, found in bounds.items() if found})
    frames = [
        _Frame(pk, agent, draw, [fields[0] for fields in units])
        for pk, agent, draw, units in rows.values_list("pk", "agent_id", "draw_id", "units").iterator(chunk_size=200)
    ]
    ended = _ended(frames)
    found = {
        key: [
            (frame, unit)
            for frame in frames
            if frame.draw in limits and (whom is None or frame.agent == whom[key])
            for unit in _beyond(frame, limits[frame.draw], ended)
        ]
        for key, limits in bounds.items()
        if limits
    }
    picks = _picks({frame.stratum for held in found.values() for frame, _unit in held})
    return {
        key: [
            Left(frame.stratum, frame.agent, frame.draw, unit, picks.get((frame.stratum, unit)))
            for frame, unit in held
        ]
        for key, held in found.items()
        if held
    }  # fmt: skip


def _beyond(frame: _Frame, limits: Bounds, ended: Mapping[int, datetime]) -> Iterator[int]:
    return (unit for unit in frame.units if unit in ended and limits.leaves_out(ended[unit]))


def _ended(frames: Iterable[_Frame]) -> dict[int, datetime]:
    """Return completion → when it ended."""
    found: dict[int, datetime] = {}
    units = sorted({unit for frame in frames for unit in frame.units})
    for start in range(0, len(units), AT_ONCE):
        some = Completion.objects.filter(pk__in=units[start : start + AT_ONCE]).order_by()
        found.update(some.values_list("pk", "completed_at"))
    return found


def _picks(strata: set[int]) -> dict[tuple[int, int], int]:
    """Return stratum and completion → random pick."""
    rows = Pick.objects.filter(stratum__in=strata, pool=Pick.Pool.RANDOM) if strata else Pick.objects.none()
    return {
        (stratum, unit): pk
        for stratum, unit, pk in rows.order_by().values_list("stratum_id", "completion_id", "pk")
    }  # fmt: skip
