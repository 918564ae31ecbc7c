"""Numbers in templates: figures as people read them, and the geometry of small drawings."""

from __future__ import annotations

from typing import Any

from django import template

from core import figures, sparks

register = template.Library()


@register.filter
def figure(value: Any, places: int = 0) -> str:
    """Write a number: {{ score|figure }}, {{ score|figure:1 }}."""
    return figures.figure(value, places=places)


@register.filter
def score(value: Any) -> str:
    """Write a score with at most one decimal, never rounded up to a mark that it missed: {{ final_score|score }}."""
    return figures.score(value)


@register.filter
def signed(value: Any, places: int = 1) -> str:
    """Write a difference with its sign: {{ change|signed }}."""
    return figures.signed_figure(value, places=places)


@register.filter
def share(value: Any, places: int = 0) -> str:
    """Write a proportion (0–1) as a per cent: {{ coverage|share }}."""
    if not figures.is_number(value):
        return figures.DASH
    return f"{figures.figure(float(value) * 100, places=places)} %"


@register.simple_tag
def span(low: Any, high: Any, places: int = 0) -> str:
    """Write an interval: {% span low high %}."""
    return figures.span(low, high, places=places)


@register.simple_tag
def interval_marks(
    value: Any, low: Any, high: Any, target: Any, floor: Any = 0, ceiling: Any = 100
) -> figures.IntervalMarks | None:
    """Place an interval for <c-interval>; None when there is no number to place."""
    if not figures.is_number(value):
        return None
    scale = figures.Scale(float(floor), float(ceiling))
    low, high, target = (bound if figures.is_number(bound) else None for bound in (low, high, target))
    return figures.interval_marks(value, low=low, high=high, target=target, scale=scale)


@register.simple_tag
def spark_points(values: Any, lows: Any = (), highs: Any = (), floor: Any = "", ceiling: Any = "") -> sparks.Spark:
    """Place a series for <c-spark>."""
    fixed = figures.is_number(floor) and figures.is_number(ceiling)
    scale = figures.Scale(float(floor), float(ceiling)) if fixed else None
    return sparks.spark(list(values or ()), lows=list(lows or ()), highs=list(highs or ()), scale=scale)
