"""The chart of a plan: the level over the weeks beside the target. Pure arithmetic on looks."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coaching import weeks, words
from coaching.models import Look
from core.charts import LineChart, Point, Series, line_chart

NORMAL_95 = 1.959964
LEAST_REVIEWS = 3


def level_chart(looks: Sequence[Look], *, skill: str, target: float) -> LineChart | None:
    """Draw the level after each weekly look, oldest first; None when no look has a number."""
    points = [_point(look) for look in looks]
    known = [point.value for point in points if point.value is not None]
    if not known:
        return None
    return line_chart(
        _title(skill, first=float(known[0]), last=float(known[-1]), target=target),
        [Series(_("Level"), points)],
        note=_("Estimated level after each weekly look with its 95 % band, borrowing from the team."),
        target=target,
        step_name=_("Week from"),
    )


def _point(look: Look) -> Point:
    label = date_format(weeks.start_of(look.week), "j M")
    if look.level is None or look.level_sd is None or look.n < LEAST_REVIEWS:
        return Point(label, None, n=look.n, reason=words.no_number(look))
    spread = NORMAL_95 * look.level_sd
    return Point(label, look.level, max(0.0, look.level - spread), min(100.0, look.level + spread), n=look.n)


def _title(skill: str, *, first: float, last: float, target: float) -> str:
    numbers = {"skill": skill, "first": round(first), "last": round(last), "target": round(target)}
    if round(first) == round(last):
        return _("%(skill)s stands at %(last)d; the target is %(target)d") % numbers
    return _("%(skill)s went from %(first)d to %(last)d; the target is %(target)d") % numbers
