"""Between which moments conversations count on a side of a comparison: the one rule of what lies outside it.

A draw belongs to the week in which it ends, but its frame may reach back: a month's to before the coaching, and every
frame holds what came late of the period before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q

from coaching import weeks
from sampling import cycles
from sampling.models import Draw
from sampling.selectors.overlaps import REACH


class Span(NamedTuple):
    """Draws (each with its week), of which conversations count from a week on and up to a moment."""

    draws: Mapping[int, str]
    since: str | None = None
    until: datetime | None = None


class Bounds(NamedTuple):
    """Between which moments conversations of a draw count, where some of its frame may lie beyond."""

    since: datetime | None
    until: datetime | None

    def leaves_out(self, moment: datetime) -> bool:
        """Say whether a conversation that ended at a moment lies beyond."""
        return (self.since is not None and moment < self.since) or (self.until is not None and moment >= self.until)

    def beyond(self, ended: str) -> Q:
        """Say the same in SQL; ended: the column of the moment."""
        before = Q() if self.since is None else Q(**{f"{ended}__lt": self.since})
        after = Q() if self.until is None else Q(**{f"{ended}__gte": self.until})
        return before | after


def bounds_of(spans: Sequence[Span]) -> list[dict[int, Bounds]]:
    """Return of each span the draws that may hold what lies outside it; one query, none where no span has a limit."""
    asked = {pk for span in spans if (span.since, span.until) != (None, None) for pk in span.draws}
    draws = Draw.objects.filter(pk__in=asked).order_by() if asked else Draw.objects.none()
    known = {
        pk: (starts_at, ends_at, zone)
        for pk, starts_at, ends_at, zone in draws.values_list("pk", "starts_at", "ends_at", "time_zone")
    }
    return [
        {pk: bounds for pk in span.draws if pk in known and (bounds := _bounds(span, *known[pk])) != (None, None)}
        for span in spans
    ]


def _bounds(span: Span, starts_at: datetime, ends_at: datetime, zone: str) -> Bounds:
    since = None if span.since is None else cycles.midnight(weeks.start_of(span.since).date(), ZoneInfo(zone))
    return Bounds(
        since if since is not None and starts_at - REACH < since else None,
        span.until if span.until is not None and ends_at > span.until else None,
    )
