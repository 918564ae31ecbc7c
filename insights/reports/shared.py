"""Read what plans that overlap share, where any do: no page pays for it that has nothing of the kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from insights.reports import metric_classes
from insights.reports.strata import Week
from insights.reports.units import Seat
from reviews.selectors.mixes import held_too
from sampling.models import FrameStratum
from sampling.selectors import overlaps

Frame = Mapping[int, tuple[int, int | None, Week]]


def take(frame: Frame, strata: Callable[[], QuerySet[FrameStratum]]) -> bool:
    """Put into each stratum what of it strata of this window held before; say whether there is any."""
    if not any(week.is_shared for _agent, _team, week in frame.values()):
        return False
    found = False
    for pk, repeats in overlaps.repeats(strata()).items():
        # What it shares with a voided draw, or with one out of the window, is no matter here.
        inside = tuple(one for one in repeats if not one.earlier.isdisjoint(frame.keys()))
        if inside and pk in frame:
            frame[pk][2].repeats, found = inside, True
    return found


def take_seats(
    frames: Mapping[str, Frame], rows: Sequence[tuple[Any, ...]], strata: QuerySet[FrameStratum], *, kind: str = ""
) -> None:
    """Put into the strata of each metric what was drawn by class, pick by pick; kind: of metrics, none for the total.

    rows: stratum, channel, pi^T, pick, completion, pending, due, reviewed, scored and Σ points of each pick.
    """
    also = held_too(strata)
    of_metrics = metric_classes.read(strata, kind, of=metric_classes.OF_PICK) if kind else {}
    for metric, frame in frames.items():
        scored = of_metrics.get(metric, {})
        seats: dict[int, list[Seat]] = {}
        for stratum, channel, targeted, pick, unit, _pending, due, reviewed, n, points in rows:
            if kind:
                n, points = scored.get((pick,), (0, 0.0))
            counts = (due, reviewed, n)
            seats.setdefault(stratum, []).append(
                Seat(unit, channel, targeted, also.get(pick, ()), counts, float(points or 0))
            )
        for stratum, found in seats.items():
            if stratum in frame:
                frame[stratum][2].seats = tuple(found)
