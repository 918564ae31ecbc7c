"""The charts of a programme: each group's weekly means, and what each design makes of them. Pure arithmetic."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coaching import weeks
from coaching.charts import NORMAL_95, PartBar, part_bar, room_for
from coaching.effects import Side
from coaching.models import ProgrammeOutcome
from coaching.programme_effects import Part, variance_of
from coaching.selectors.bases import Basis
from coaching.selectors.programme_bases import Held
from coaching.spans import Weeks
from core.charts import LineChart, Phase, Point, Series, line_chart
from core.figures import figure, signed_figure

LEAST_REVIEWS = 3
Weekly = Mapping[Part, Mapping[str, Sequence[Side]]]


class WeeklyMean(NamedTuple):
    """What a group's random reviews of one week say, in points with 95 % limits, or why there is none."""

    part: Part
    week: str
    mean: float | None
    low: float | None
    high: float | None
    n: int
    reason: str
    basis: Basis


def design_bars(estimates: Sequence[Mapping[str, Any]]) -> list[PartBar]:
    """Place what each design says on one axis around zero, the strongest last; those without a number are left out."""
    known = [one for one in estimates if None not in (one["effect"], one["low"], one["high"])]
    axis = room_for(0.0, *(one[name] for one in known for name in ("effect", "low", "high")))
    return [
        part_bar(
            axis, 0.0, one["effect"], name=str(ProgrammeOutcome.Design(one["design"]).label), note=_interval(one),
            band=(one["low"], one["high"]),
        )
        for one in known
    ]  # fmt: skip


def _interval(one: Mapping[str, Any]) -> str:
    return _("95 %%: %(low)s to %(high)s, %(n)d agents") % {
        "low": signed_figure(one["low"]), "high": signed_figure(one["high"]), "n": one["agents"],
    }  # fmt: skip


def weekly_means(inputs: Mapping[str, Any], weekly: Weekly, compared: Weeks, *, held: Held) -> list[WeeklyMean]:
    """Return the mean of each group and week, from the first week with reviews on; none without reviews.

    Each agent of a group counts alike in a week, however often they were reviewed.
    """
    seen = sorted({week for of_group in weekly.values() for week in of_group})
    if not seen:
        return []
    known, variance = weeks.between(weeks.shifted(seen[0], -1), compared.last), variance_of(inputs)
    return [
        _mean(part, week, weekly[part].get(week, ()), variance=variance, basis=held.of(part, week, week))
        for part in Part
        if weekly.get(part)
        for week in known
    ]


def groups_chart(means: Sequence[WeeklyMean], compared: Weeks, *, title: str) -> LineChart | None:
    """Draw the weekly means of those who started, of those who wait and of everybody else; None without reviews."""
    if not means:
        return None
    series = [
        Series(str(names()[part]), [_point(one) for one in means if one.part == part], number)
        for number, part in enumerate(Part, start=1)
        if any(one.part == part for one in means)
    ]
    known = sorted({one.week for one in means})
    ends = known.index(compared.baseline_last) if compared.baseline_last in known else 0
    begins = known.index(compared.first)
    return line_chart(
        title,
        series,
        note=_("Means of a week's random reviews with their 95 % band; each agent of a group counts alike."),
        phases=(Phase(ends + 1, begins - 1, _("Coaching")),) if begins - ends > 1 else (),
        step_name=_("Week from"),
    )


def names() -> dict[Part, str]:
    return {
        Part.STARTED: _("Those who started"), Part.WAITING: _("Those who wait"), Part.OTHER: _("Everybody else"),
    }  # fmt: skip


def _mean(part: Part, week: str, sides: Sequence[Side], *, variance: float | None, basis: Basis) -> WeeklyMean:
    count = sum(side.n for side in sides)
    if count < LEAST_REVIEWS:
        reason = _("fewer than three reviews") if count else _("no reviews")
        return WeeklyMean(part, week, None, None, None, n=count, reason=reason, basis=basis)
    means = [side.mean for side in sides if side.mean is not None]
    value = math.fsum(means) / len(means)
    if variance is None:
        reason = _("no band: nobody has two reviews on one side")
        return WeeklyMean(part, week, value, None, None, n=count, reason=reason, basis=basis)
    margin = NORMAL_95 * math.sqrt(math.fsum(variance / side.n_eff for side in sides if side.n)) / len(means)
    low, high = max(0.0, value - margin), min(100.0, value + margin)
    return WeeklyMean(part, week, value, low, high, n=count, reason="", basis=basis)


def _point(one: WeeklyMean) -> Point:
    says = f"{figure(one.mean)} ({one.reason})" if one.mean is not None and one.reason else ""
    return Point(
        date_format(weeks.start_of(one.week), "j M"), one.mean, one.low, one.high, n=one.n, reason=one.reason,
        says=says, frame_size=one.basis.frame_size, response_rate=one.basis.response_rate,
    )  # fmt: skip


def title_of(groups: Mapping[Part, tuple[float, float]], *, skill: str) -> str:
    """Name whom the chart shows; how far apart they are is said with its interval by the outcome."""
    beside = Part.WAITING if Part.WAITING in groups else Part.OTHER
    if Part.STARTED not in groups or beside not in groups:
        return _("%(skill)s, week by week") % {"skill": skill}
    if beside == Part.WAITING:
        return _("%(skill)s, week by week: those who started, beside those who wait") % {"skill": skill}
    return _("%(skill)s, week by week: those who started, beside everybody else") % {"skill": skill}
