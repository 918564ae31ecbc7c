"""Assemble what the page of a plan says about its follow-up and its outcome."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from coaching import outcome_words, spans, weeks, words
from coaching.charts import PartBar, change_parts, known_places, outcome_chart
from coaching.effects import Measured, Part, effective_numbers
from coaching.models import Outcome, PastOutcome, Plan
from coaching.selectors.bases import Basis
from coaching.selectors.outcomes import Progress, compared, progress, weekly
from coaching.selectors.rests import rests_of
from coaching.spans import Weeks
from core.charts import LineChart

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an outcome said before, and until when."""

    measured_at: datetime
    replaced_at: datetime
    sentence: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An outcome as the page shows it."""

    outcome: Outcome
    sentence: str
    settling: str
    counts: str
    rests_on: tuple[Basis, Basis]
    left_out: str
    parts: list[PartBar]
    chart: LineChart | None
    earlier: list[Earlier]
    is_measured_before: bool


@dataclass(frozen=True, slots=True)
class FollowUp:
    """When a plan is followed up, and how far that is."""

    first: date
    last: date
    latest: date
    progress: Progress


def shown(plan: Plan, *, now: datetime) -> Shown | None:
    """Return the outcome of a plan's latest window; None when nothing was measured yet."""
    windows = list(plan.outcomes.order_by("-last_week", "-pk").prefetch_related("past"))
    if not windows:
        return None
    outcome = windows[0]
    rests_on = rests_of(outcome, now=now)
    has_numbers = outcome.shown != Outcome.Shown.NONE
    return Shown(
        outcome=outcome,
        sentence=outcome_words.sentence(outcome),
        settling=outcome_words.settling(outcome),
        counts=outcome_words.counts(outcome),
        rests_on=rests_on,
        left_out=outcome_words.left_out(sum(one.left_out for one in rests_on)),
        parts=change_parts(outcome) if outcome.shown == Outcome.Shown.FULL else [],
        chart=_chart(plan, outcome) if has_numbers else None,
        earlier=[_earlier(past) for past in outcome.past.all()] + [_closed_window(one) for one in windows[1:]],
        is_measured_before=bool(outcome.past.all()),
    )


def follow_up(plan: Plan) -> FollowUp | None:
    """Return the follow-up of a shared plan; None before it is shared, and where no whole week is left for one."""
    found = compared(plan)
    if found is None:
        return None
    return FollowUp(
        first=weeks.start_of(found.first).date(),
        last=weeks.end_of(found.last).date() - A_DAY,
        latest=spans.latest(found).date(),
        progress=progress(plan, found),
    )


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """The numbers of the formula that are not stored by themselves."""

    sentence: str
    weeks: tuple[date, date, date, date]
    agents: int
    coached: int
    baseline_sd: float | None
    reviews: int
    # What the reviews after are worth, and why that is not their number; the number and nothing where it is.
    worth: float
    weighed: str
    # The decimals that are known of the mean before and of the mean after.
    places: tuple[int, int]


def worked_out(outcome: Outcome) -> WorkedOut:
    """Return what the page of the formula shows beside the outcome's own numbers."""
    rows, worth = outcome.inputs.get("agents", []), effective_numbers(outcome.inputs)[1] or outcome.post_n
    days = [weeks.start_of(outcome.baseline_first_week), weeks.end_of(outcome.baseline_last_week)]
    days += [weeks.start_of(outcome.first_week), weeks.end_of(outcome.last_week)]
    starts = (days[0].date(), days[1].date() - A_DAY, days[2].date(), days[3].date() - A_DAY)
    return WorkedOut(
        sentence=outcome_words.sentence(outcome),
        weeks=starts,
        agents=sum(1 for row in rows if row[1]),
        coached=sum(1 for row in rows if row[0] in (Part.OWN, Part.COACHED)),
        baseline_sd=None if outcome.baseline_variance is None else math.sqrt(outcome.baseline_variance),
        reviews=sum(row[1] + row[4] for row in rows),
        worth=worth,
        weighed=outcome_words.weighed(n=outcome.post_n, worth=worth),
        places=(known_places(outcome.pre_n), known_places(outcome.post_n)),
    )


def standing(plan: Plan, outcome: Shown | None, follow_up: FollowUp | None) -> str:
    """Say in one sentence where a plan stands: what was measured, or what it waits for."""
    if plan.status == Plan.Status.DUE and follow_up is not None:
        done = follow_up.progress
        return outcome_words.waiting(reviewed=done.reviewed, drawn=done.drawn, latest=follow_up.latest)
    if plan.status == Plan.Status.EVALUATED and outcome is not None:
        return " ".join(part for part in (outcome.sentence, outcome.settling) if part)
    return words.standing(plan)


def _chart(plan: Plan, outcome: Outcome) -> LineChart | None:
    found = Weeks(outcome.baseline_first_week, outcome.baseline_last_week, outcome.first_week, outcome.last_week)
    return outcome_chart(outcome, weekly(plan, found), skill=plan.skill.name, target=plan.target)


def _earlier(past: PastOutcome) -> Earlier:
    figures = {one.name: past.figures.get(one.name) for one in fields(Measured)}
    return Earlier(past.measured_at, past.replaced_at, outcome_words.sentence(Outcome(**figures)))


def _closed_window(outcome: Outcome) -> Earlier:
    return Earlier(outcome.measured_at, weeks.end_of(outcome.last_week), outcome_words.sentence(outcome))
