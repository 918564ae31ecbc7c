"""Say a chart in words and as a table: the same numbers for somebody who does not see it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from core.charts.parts import Level, Point, Row, Series, known_value
from core.figures import Number, figure, span


def in_words(point: Point, places: int, *, name: str = "") -> str:
    """Say one point as a person would: "5 Oct: 80.6, 78.7–82.5, n 106 of 2,310"."""
    parts = [point.says or figure(point.value, places=places)]
    if point.low is not None and point.high is not None:
        parts.append(span(point.low, point.high, places=places))
    if point.n is not None:
        parts.append(f"n {reviews(point)}")
    return f"{name + ', ' if name else ''}{point.label}: {', '.join(parts)}"


def reviews(point: Point) -> str:
    """Say how many reviews of how many conversations: 14 of 210."""
    if point.frame_size is None:
        return figure(point.n)
    return _("%(n)s of %(frame)s") % {"n": figure(point.n), "frame": figure(point.frame_size)}


def target_words(target: Number, places: int) -> str:
    """Name the target; a whole number stays one."""
    return _("Target %(value)s") % {"value": figure(target, places=places if target % 1 else 0)}


def summary(series: Sequence[Series], levels: Sequence[Level], target: Number | None, places: int) -> str:
    """Return what a screen reader says instead of the picture."""
    sentences = [sentence for each in series if (sentence := _told(each, places))]
    sentences += [level.label for level in levels]
    if target is not None:
        sentences.append(target_words(target, places))
    return ". ".join(sentences)


def _told(series: Series, places: int) -> str:
    known = [point for point in series.points if known_value(point) is not None]
    if not known:
        return ""
    if len(known) == 1:
        return in_words(known[0], places, name=series.name)
    ends = {"first": in_words(known[0], places, name=series.name), "last": in_words(known[-1], places)}
    return _("%(first)s. %(last)s") % ends


def columns(series: Sequence[Series], step_name: str) -> tuple[str, ...]:
    """Return the heads of the data table; a band and a count only where a series has them."""
    heads = [step_name or _("Week")]
    for each in series:
        heads.append(each.name)
        if _has_band(each):
            heads.append(_("95 % band"))
        if _has_count(each):
            heads.append(_("Reviews"))
        if _has_rate(each):
            heads.append(_("Reviewed of what is due"))
    return tuple(heads)


def rows(series: Sequence[Series], steps: tuple[str, ...], places: int) -> tuple[Row, ...]:
    """Return the data table, one row per step; a gap gives its reason."""
    lines = []
    for step, label in enumerate(steps):
        cells: list[str] = []
        for each in series:
            point = each.points[step]
            value = known_value(point)
            cells.append(point.says or (figure(value, places=places) if value is not None else _gap(point)))
            if _has_band(each):
                cells.append(span(point.low, point.high, places=places) or figure(None))
            if _has_count(each):
                cells.append(reviews(point))
            if _has_rate(each):
                rate = point.response_rate
                cells.append(figure(None) if rate is None else _("%(share)s %%") % {"share": figure(100 * rate)})
        lines.append(Row(label, tuple(cells), url=series[0].points[step].url))
    return tuple(lines)


def _gap(point: Point) -> str:
    return point.reason or figure(None)


def _has_band(series: Series) -> bool:
    return any(point.low is not None and point.high is not None for point in series.points)


def _has_count(series: Series) -> bool:
    return any(point.n is not None for point in series.points)


def _has_rate(series: Series) -> bool:
    return any(point.response_rate is not None for point in series.points)
