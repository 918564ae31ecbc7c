"""The charts of a plan: the level over the weeks, and what changed with coaching. Pure arithmetic on what was read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coaching import weeks, words
from coaching.effects import SCALE, Side, effective_numbers
from coaching.models import Look, Outcome
from coaching.selectors.bases import Bases, Basis, window_at
from core.charts import Level, LineChart, Phase, Point, Series, line_chart
from core.figures import Scale, figure, per_cent, signed_figure, span

NORMAL_95 = 1.959964
LEAST_REVIEWS = 3
ENOUGH_FOR_DECIMALS = 30


def level_chart(looks: Sequence[Look], known: Bases, *, skill: str, target: float) -> LineChart | None:
    """Draw the level after each weekly look, oldest first, with what it rests on; None when no look has a number."""
    points = [_point(look, known.of(window_at(look))) for look in looks]
    drawn = [point for point in points if point.value is not None]
    if not drawn:
        return None
    return line_chart(
        _title(skill, drawn[-1], target=target),
        [Series(_("Level"), points)],
        note=_(
            "Estimated level after each weekly look with its 95 % band, borrowing from the team. Each rests on reviews "
            "of up to 26 weeks that were drawn at random."
        ),
        target=target,
        step_name=_("Week from"),
    )


def band(look: Look) -> tuple[float | None, float | None]:
    """Return the 95 % limits of a look's level in points; None where the look has no level."""
    if look.level is None or look.level_sd is None:
        return None, None
    spread = NORMAL_95 * look.level_sd
    return max(0.0, look.level - spread), min(100.0, look.level + spread)


def _point(look: Look, rests_on: Basis) -> Point:
    label = date_format(weeks.start_of(look.week), "j M")
    if look.level is None or look.level_sd is None or look.n < LEAST_REVIEWS:
        empty = Point(label, None, n=look.n, reason=words.no_number(look) or _("fewer than 3 reviews"))
        return replace(empty, frame_size=rests_on.frame_size, response_rate=rests_on.response_rate)
    full = Point(label, look.level, *band(look), n=look.n)
    return replace(full, frame_size=rests_on.frame_size, response_rate=rests_on.response_rate)


def _title(skill: str, last: Point, *, target: float) -> str:
    """State where the level stands now: two looks share most of their reviews, so no change is claimed between them."""
    return _("%(skill)s stands at %(level)s (%(band)s); the target is %(target)s") % {
        "skill": skill, "level": figure(last.value), "band": span(last.low, last.high), "target": figure(target),
    }  # fmt: skip


def outcome_chart(outcome: Outcome, weekly: Mapping[str, Side], *, skill: str, target: float) -> LineChart | None:
    """Draw an agent's weekly means with the level before and after coaching, each with its 95 % band."""
    if outcome.level is None or outcome.post_mean is None or not weekly:
        return None
    known = weeks.between(weeks.shifted(min(weekly), -1), outcome.last_week)
    ends = known.index(outcome.baseline_last_week) if outcome.baseline_last_week in known else 0
    begins = known.index(outcome.first_week)
    sigma2 = outcome.sigma2
    before = _level(0, ends, outcome.level, variance=outcome.baseline_variance, name=_("Before"))
    worth = effective_numbers(outcome.inputs)[1] or outcome.post_n
    spread = outcome.sigma2 / worth if outcome.sigma2 is not None and worth else None
    after = _level(begins, len(known) - 1, outcome.post_mean, variance=spread, name=_("After"))
    count = sum(side.n for side in weekly.values())
    return line_chart(
        # What was seen before, as the outcome's sentence counts from it; the estimate before is the line.
        _seen(outcome, skill=skill, target=target),
        [
            Series(
                _("Weekly mean"),
                [_week_of(week, weekly.get(week, Side()), sigma2) for week in known],
                is_dots_only=True,
            )
        ],
        note=_(
            "Weekly means of %(n)d reviews drawn at random; of one or two reviews, their scores. The lines are the "
            "level before, as estimated with everybody’s reviews, and the mean after, each with its 95 %% band."
        )
        % {"n": count},
        target=target,
        levels=(before, after),
        phases=(Phase(ends + 1, begins - 1, _("Coaching")),) if begins - ends > 1 else (),
        step_name=_("Week from"),
    )


def _seen(outcome: Outcome, *, skill: str, target: float) -> str:
    worth = effective_numbers(outcome.inputs)
    sides = ((outcome.pre_mean, outcome.pre_n, worth[0]), (outcome.post_mean, outcome.post_n, worth[1]))
    before, after = (_mean_in_words(mean, n, outcome.sigma2, worth=own or n) for mean, n, own in sides)
    return _("%(skill)s: %(before)s before, %(after)s after; the target is %(target)s") % {
        "skill": skill, "before": before, "after": after, "target": figure(target),
    }  # fmt: skip


def _mean_in_words(mean: float | None, n: int, sigma2: float | None, *, worth: float) -> str:
    """Say a mean of n reviews with its 95 % limits by the variance of one review: 58 (41–75, n 6)."""
    places = known_places(n)
    limits = "" if mean is None or sigma2 is None or not n else span(*_around(mean, sigma2 / worth), places=places)
    return f"{figure(mean, places=places)} ({limits + ', ' if limits else ''}n\N{NO-BREAK SPACE}{n})"


def known_places(n: int) -> int:
    """Return the decimals that are known of a mean: none below thirty reviews (statistics.md 8, rule 2)."""
    return 1 if n >= ENOUGH_FOR_DECIMALS else 0


def _around(value: float, variance: float) -> tuple[float, float]:
    """Return the 95 % limits on the scale."""
    margin = NORMAL_95 * math.sqrt(variance)
    return max(0.0, value - margin), min(100.0, value + margin)


def _level(first: int, last: int, value: float, *, variance: float | None, name: str) -> Level:
    if variance is None:
        return Level(first, last, value, None, None, f"{name} {figure(value)}")
    low, high = _around(value, variance)
    return Level(first, last, value, low, high, f"{name} {figure(value)}, {span(low, high)}")


def _week_of(week: str, side: Side, sigma2: float | None) -> Point:
    """Place a week: from three reviews on their mean with its limits in words, below that the scores themselves.

    Of two that do not weigh the same, nobody can tell from their sums which weighs more: they have a mean, too.
    """
    label = date_format(weeks.start_of(week), "j M")
    if side.mean is None:
        return Point(label, None, n=side.n, reason=_("no reviews"))
    if side.n < LEAST_REVIEWS and side.effective is None:
        apart = math.sqrt(max(side.squares / side.n / SCALE**2 - side.mean**2, 0.0))
        scores = [side.mean - apart, side.mean + apart][: side.n]
        return Point(label, side.mean, n=side.n, says=", ".join(figure(score) for score in scores))
    limits = span(*_around(side.mean, sigma2 / side.n_eff)) if sigma2 is not None else _("no band")
    return Point(label, side.mean, n=side.n, says=f"{figure(side.mean)} ({limits})")


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
        "first": figure(outcome.pre_mean, places=known_places(outcome.pre_n)),
        "last": figure(outcome.post_mean, places=known_places(outcome.post_n)),
    }  # fmt: skip
    picked = _("It was picked when low") if chance >= 0 else _("It was picked when high")
    picked = _limits(picked, chance, outcome.baseline_variance)
    others = _limits(_("Everybody else’s change"), shift, outcome.shift_variance)
    interval = _("95 %%: %(low)s to %(high)s") % {"low": signed_figure(low), "high": signed_figure(high)}
    return [
        part_bar(axis, 0.0, observed, name=_("Observed change"), note=moved, is_total=True),
        part_bar(axis, 0.0, chance, name=_("Expected by chance"), note=picked),
        part_bar(axis, chance, start, name=_("Team-wide"), note=others),
        part_bar(axis, start, start + effect, name=_("Beyond both"), note=interval, band=(start + low, start + high)),
    ]


def _limits(note: str, value: float, variance: float | None) -> str:
    """Put the 95 % limits of a part behind its note, where they are known."""
    if variance is None:
        return note
    margin = NORMAL_95 * math.sqrt(variance)
    return _("%(note)s; 95 %%: %(low)s to %(high)s") % {
        "note": note, "low": signed_figure(value - margin), "high": signed_figure(value + margin),
    }  # fmt: skip


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
