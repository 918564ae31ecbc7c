"""The charts of a programme: each group's weekly means, and what each design makes of them. Pure arithmetic."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coaching import weeks
from coaching.charts import NORMAL_95, PartBar, part_bar, room_for
from coaching.effects import Side
from coaching.models import ProgrammeOutcome
from coaching.programme_effects import Part, groups_of, variance_of
from coaching.spans import Weeks
from core.charts import LineChart, Phase, Point, Series, line_chart
from core.figures import signed_figure

LEAST_REVIEWS = 3
Weekly = Mapping[Part, Mapping[str, Sequence[Side]]]


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


def groups_chart(inputs: Mapping[str, Any], weekly: Weekly, compared: Weeks, *, skill: str) -> LineChart | None:
    """Draw the weekly means of those who started, of those who wait and of everybody else; None without reviews.

    Each agent of a group counts alike in a week, however often they were reviewed.
    """
    seen = sorted({week for of_group in weekly.values() for week in of_group})
    if not seen:
        return None
    known, variance = weeks.between(weeks.shifted(seen[0], -1), compared.last), variance_of(inputs)
    series = [
        Series(str(_names()[part]), [_point(week, weekly[part].get(week, ()), variance) for week in known], number)
        for number, part in enumerate(Part, start=1)
        if weekly.get(part)
    ]
    ends = known.index(compared.baseline_last) if compared.baseline_last in known else 0
    begins = known.index(compared.first)
    return line_chart(
        _title(groups_of(inputs), skill=skill),
        series,
        note=_("Means of a week's random reviews with their 95 % band; each agent of a group counts alike."),
        phases=(Phase(ends + 1, begins - 1, _("Coaching")),) if begins - ends > 1 else (),
        step_name=_("Week from"),
    )


def _names() -> dict[Part, str]:
    return {
        Part.STARTED: _("Those who started"), Part.WAITING: _("Those who wait"), Part.OTHER: _("Everybody else"),
    }  # fmt: skip


def _point(week: str, sides: Sequence[Side], variance: float | None) -> Point:
    label, count = date_format(weeks.start_of(week), "j M"), sum(side.n for side in sides)
    if count < LEAST_REVIEWS:
        return Point(label, None, n=count, reason=_("fewer than three reviews") if count else _("no reviews"))
    means = [side.mean for side in sides if side.mean is not None]
    value = math.fsum(means) / len(means)
    if variance is None:
        return Point(label, value, n=count)
    margin = NORMAL_95 * math.sqrt(math.fsum(variance / side.n for side in sides if side.n)) / len(means)
    return Point(label, value, max(0.0, value - margin), min(100.0, value + margin), n=count)


def _title(groups: Mapping[Part, tuple[float, float]], *, skill: str) -> str:
    """Name whom the chart shows; how far apart they are is said with its interval by the outcome."""
    beside = Part.WAITING if Part.WAITING in groups else Part.OTHER
    if Part.STARTED not in groups or beside not in groups:
        return _("%(skill)s, week by week") % {"skill": skill}
    if beside == Part.WAITING:
        return _("%(skill)s, week by week: those who started, beside those who wait") % {"skill": skill}
    return _("%(skill)s, week by week: those who started, beside everybody else") % {"skill": skill}
