"""The charts of a plan: the level over the weeks, and what changed with coaching. Pure arithmetic on what was read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coaching import weeks, words
from coaching.effects import Side
from coaching.models import Look, Outcome
from core.charts import Level, LineChart, Phase, Point, Series, line_chart
from core.figures import Scale, figure, per_cent, signed_figure, span

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


def outcome_chart(outcome: Outcome, weekly: Mapping[str, Side], *, skill: str, target: float) -> LineChart | None:
    """Draw an agent's weekly means with the level before and after coaching, each with its 95 % band."""
    if outcome.level is None or outcome.post_mean is None or not weekly:
        return None
    known = weeks.between(weeks.shifted(min(weekly), -1), outcome.last_week)
    ends = known.index(outcome.baseline_last_week) if outcome.baseline_last_week in known else 0
    begins = known.index(outcome.first_week)
    before = _level(0, ends, outcome.level, variance=outcome.baseline_variance, name=_("Before"))
    spread = outcome.sigma2 / outcome.post_n if outcome.sigma2 is not None and outcome.post_n else None
    after = _level(begins, len(known) - 1, outcome.post_mean, variance=spread, name=_("After"))
    count = sum(side.n for side in weekly.values())
    return line_chart(
        # What was seen before, as the outcome's sentence counts from it; the estimate before is the line.
        _seen(skill, outcome.level if outcome.pre_mean is None else outcome.pre_mean, outcome.post_mean, target=target),
        [Series(_("Weekly mean"), [_mean_of(week, weekly.get(week, Side())) for week in known], is_dots_only=True)],
        note=_(
            "Weekly means of %(n)d reviews drawn at random. The lines are the level before, as estimated with "
            "everybody’s reviews, and the mean after, each with its 95 %% band."
        )
        % {"n": count},
        target=target,
        levels=(before, after),
        phases=(Phase(ends + 1, begins - 1, _("Coaching")),) if begins - ends > 1 else (),
        step_name=_("Week from"),
    )


def _seen(skill: str, before: float, after: float, *, target: float) -> str:
    numbers = {"skill": skill, "before": round(before), "after": round(after), "target": round(target)}
    return _("%(skill)s: %(before)d on average before, %(after)d after; the target is %(target)d") % numbers


def _level(first: int, last: int, value: float, *, variance: float | None, name: str) -> Level:
    if variance is None:
        return Level(first, last, value, None, None, f"{name} {figure(value)}")
    margin = NORMAL_95 * math.sqrt(variance)
    low, high = max(0.0, value - margin), min(100.0, value + margin)
    return Level(first, last, value, low, high, f"{name} {figure(value)}, {span(low, high)}")


def _mean_of(week: str, side: Side) -> Point:
    label = date_format(weeks.start_of(week), "j M")
    return Point(label, side.mean, n=side.n, reason="" if side.n else _("no reviews"))


@dataclass(frozen=True, slots=True)
class PartBar:
    """One row of the change in three parts: words, and where its bar is drawn in per cent."""

    name: str
    note: str
    value: str
    zero: str
    x: str
    width: str
    is_total: bool = False
    band_x: str = ""
    band_width: str = ""
    origin: str = ""


def change_parts(outcome: Outcome) -> list[PartBar]:
    """Place the observed change and its three parts on one axis, each beginning where the one before ends."""
    observed, chance = outcome.observed, outcome.expected_by_chance
    shift, effect, low, high = outcome.shift, outcome.effect, outcome.low, outcome.high
    if observed is None or chance is None or shift is None or effect is None or low is None or high is None:
        return []
    start = chance + shift
    axis = room_for(0.0, observed, chance, start, start + low, start + high)
    moved = _("From %(first)s to %(last)s") % {
        "first": figure(outcome.pre_mean, places=1), "last": figure(outcome.post_mean, places=1),
    }  # fmt: skip
    picked = _("It was picked when low") if chance >= 0 else _("It was picked when high")
    interval = _("95 %%: %(low)s to %(high)s") % {"low": signed_figure(low), "high": signed_figure(high)}
    return [
        part_bar(axis, 0.0, observed, name=_("Observed change"), note=moved, is_total=True),
        part_bar(axis, 0.0, chance, name=_("Expected by chance"), note=picked),
        part_bar(axis, chance, start, name=_("Team-wide"), note=_("Everybody else’s change")),
        part_bar(axis, start, start + effect, name=_("Beyond both"), note=interval, band=(start + low, start + high)),
    ]


def room_for(*values: float) -> Scale:
    """Return an axis on which some values in points fit, with a little room on both sides."""
    low, high = min(values), max(values)
    room = max(1.0, high - low) * 0.04
    return Scale(low - room, high + room)


def part_bar(
    axis: Scale,
    start: float,
    end: float,
    *,
    name: str,
    note: str,
    is_total: bool = False,
    band: tuple[float, float] | None = None,
) -> PartBar:
    """Place one bar on an axis, from where it starts to where it ends, with the band of its interval."""
    first, last = sorted((axis.place(start), axis.place(end)))
    band_first, band_last = (axis.place(band[0]), axis.place(band[1])) if band else (0.0, 0.0)
    return PartBar(
        name=name,
        note=note,
        value=signed_figure(end - start),
        zero=per_cent(axis.place(0)),
        x=per_cent(first),
        width=per_cent(round(last - first, 2)),
        is_total=is_total,
        band_x=per_cent(band_first) if band else "",
        band_width=per_cent(round(band_last - band_first, 2)) if band else "",
        origin=per_cent(axis.place(start)) if band else "",
    )
