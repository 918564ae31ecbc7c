"""Averages with all that a number must carry (statistics.md 8): n, N, response rate, pool and interval, or why none.

Every page, API answer and export of averages takes them from here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.figures import figure
from insights.reports import classes
from insights.reports.strata import AgentSums, on_scale
from stats import (
    Difference,
    StratumMoments,
    WeightedScoreInterval,
    hajek,
    hajek_score_interval,
    moments_from_sums,
    nonresponse_adjust,
    period_difference,
    pooled_var,
    rolling_score_interval,
    stratified_moments,
)
from stats.strata import merge_empty

UNIT = 10_000
LEAST = 3
ENOUGH_FOR_DECIMALS = 30
POOL, WEIGHTED = "random", "weighted"
REASONS: dict[str, str | Promise] = {
    "": "",
    "no_reviews": _("no reviews"),
    "too_few": _("fewer than 3 reviews"),
    "random_floor": _("too little was drawn at random for an average of one person"),
    "unknown_inclusion_probability": _("the chance of being drawn is not known"),
    "one_review": _("too few reviews for an interval"),
    "low_response": _("fewer than half of what is due is reviewed"),
    "one_review_per_stratum": _("too few reviews for an interval"),
    "no_team_variance": _("too few reviews for an interval"),
    "no_variance": _("too few reviews for an interval"),
    "other_version": _("another version of the scorecard"),
    "no_comparison": _("no average to compare with"),
}


@dataclass(frozen=True, slots=True)
class Average:
    """A mean in points (0–100) with its 95 % interval; None with the reason.

    n: conversations with a score; frame_size: N, those that could have been drawn; reviewed of drawn: how many of those
    that were drawn and are eligible have a published review; failed: reviews that failed the whole card and count as
    they were scored; scores: the one or two there are, if that is too few for an average; bounds: where the mean would
    lie at worst, shown when fewer than four fifths are reviewed; adjusted: the mean if what stayed unreviewed had
    scored like the reviewed of its channel and class of risk (1.8); repeated: how often a conversation stands in the
    frame of a further plan, which n and N count once, while drawn and reviewed are about the work and count each pick.
    """

    mean: float | None
    low: float | None
    high: float | None
    n: int
    frame_size: int
    drawn: int
    reviewed: int
    failed: int
    reason: str = ""
    scores: tuple[float, ...] = ()
    bounds: tuple[float, float] | None = None
    se: float | None = None
    versions: frozenset[int] = frozenset()
    weeks_covered: int = 0
    pool: str = POOL
    pending: int = 0
    adjusted: float | None = None
    repeated: int = 0

    @property
    def adjusted_differs(self) -> bool:
        """Say whether the class-adjusted mean reads otherwise than the mean."""
        if self.mean is None or self.adjusted is None:
            return False
        return figure(self.adjusted, places=self.places) != figure(self.mean, places=self.places)

    @property
    def response_rate(self) -> float | None:
        """Return how much of what was drawn and is due is reviewed, 0 to 1; None when nothing is."""
        due = self.drawn - self.pending
        return self.reviewed / due if due > 0 else None

    @property
    def is_amber(self) -> bool:
        """Say whether so much is not reviewed that the bounds stand beside the mean."""
        return self.bounds is not None

    @property
    def places(self) -> int:
        """Return the decimals that are known: none below thirty reviews."""
        return 1 if self.n >= ENOUGH_FOR_DECIMALS else 0

    @property
    def why(self) -> str:
        """Say why there is no average, or no interval; empty when there are both."""
        return sentence(self.reason)


def sentence(reason: str) -> str:
    """Word a reason."""
    return str(REASONS[reason]) if reason in REASONS else reason.replace("_", " ")


def variance(agents: Sequence[AgentSums]) -> float | None:
    """Pool the variance of some agents, in squared points."""
    if any(one.is_weighted for one in agents):
        own = [_weighted(one) for one in agents]
        return pooled_var([one.n_eff or 0.0 for one in own], s2=[one.s2 for one in own]).v
    parts = [moments_from_sums(one.n, total=one.total, squares=one.squares) for one in agents]
    return pooled_var([part.n for part in parts], s2=[part.s2 for part in parts]).v


def of_agent(one: AgentSums, *, v_team: float | None) -> Average:
    """Average one agent's weeks, by the moderated interval (statistics.md 1.6)."""
    if one.is_weighted:
        y, pi, share = _units([one])
        weighted = hajek_score_interval(y, pi=pi, v_team=v_team, N=_measures(one), share=share)
        reason = weighted.reason if one.holds_the_floor else "random_floor"
        mean = weighted.mean if one.holds_the_floor else None
        return _average([one], mean, weighted.lo, weighted.hi, se=weighted.se, reason=reason)
    found = rolling_score_interval([week.moments for week in one.weeks], v_team=v_team)
    return _average([one], found.mean, found.lo, found.hi, se=found.se, reason=found.reason)


def of_agents(agents: Sequence[AgentSums], *, v_pool: float | None = None) -> Average:
    """Average agents and weeks as strata, each by its eligible conversations (statistics.md 1.4).

    A week without a review joins its neighbour of the same agent. An agent without any is presumed to be like the
    others: the response rate and the bounds say how much rests on that. Where some were drawn for their risk, or by
    plans that overlap, each reviewed conversation counts for as many as it stands for (1.5).
    """
    if any(one.is_weighted for one in agents):
        y, pi, share = _units(agents)
        weighted = hajek(y, pi=pi, share=share)
        return _average(agents, weighted.mean, weighted.lo, weighted.hi, se=weighted.se, reason=weighted.reason)
    strata: list[StratumMoments] = []
    for one in agents:
        merged = merge_empty([week.moments for week in one.weeks if week.size > 0])
        strata += [stratum for stratum in merged if stratum.moments.n]
    found = stratified_moments(strata, v_pool=variance(agents) if v_pool is None else v_pool)
    return _average(agents, found.mean, found.lo, found.hi, se=found.se, reason=found.reason)


def compare(before: Average, after: Average, *, same_question: bool = False) -> Difference:
    """Compare two periods; never across versions of the scorecard, except where the question stayed the same."""
    if before.mean is None or after.mean is None:
        return Difference(None, reason="no_comparison")
    if not same_question and len(before.versions | after.versions) > 1:
        return Difference(None, reason="other_version")
    return period_difference(before.mean, first_se=before.se, second=after.mean, second_se=after.se)


def _average(
    agents: Sequence[AgentSums], mean: float | None, low: float | None, high: float | None, *, se: float | None,
    reason: str | None,
) -> Average:  # fmt: skip
    weeks = [week for one in agents for week in one.weeks]
    is_mixed, is_weighted = any(one.is_mixed for one in agents), any(one.is_weighted for one in agents)
    repeated = sum(one.repeated for one in agents)
    n = sum(one.conversations for one in agents) if is_weighted else 0
    drawn = reviewed = waiting = frame_size = failed = 0
    for week in weeks:  # once: a page has hundreds of them
        n += 0 if is_weighted else week.n
        drawn += week.drawn + week.targeted
        reviewed += week.reviewed
        waiting += week.pending
        frame_size += week.frame_size
        failed += week.failed
    # Work that is not due yet was not refused (1.8): each agent's list is worked in the order of the draw, so that
    # what is reviewed of it is a fair sample at any time.
    pending = min(waiting, drawn - min(reviewed, drawn))
    carried: dict[str, Any] = {
        "n": n,
        "pool": WEIGHTED if is_mixed else POOL,
        "frame_size": frame_size - repeated,
        "repeated": repeated,
        "drawn": drawn,
        "reviewed": reviewed,
        "pending": pending,
        "failed": failed,
        "versions": frozenset[int]().union(*(week.versions for week in weeks)),
        "weeks_covered": len({week.starts_on for week in weeks if week.n or week.mix}),
    }
    response = nonresponse_adjust([{"assigned": drawn - pending, "reviewed": min(reviewed, drawn), "mean": mean}])
    none_because = _why_none(n, response.level, mean, reason)
    if none_because:
        few = _scores(agents, is_weighted=is_weighted) if n < LEAST else ()
        return Average(None, None, None, reason=none_because, scores=few, **carried)
    bounds = None
    if response.level == "amber" and response.bound_lo is not None and response.bound_hi is not None:
        bounds = (response.bound_lo, response.bound_hi)
    if reviewed < drawn - pending:
        carried["adjusted"] = classes.adjusted(part for one in agents for part in one.by_class)
    return Average(mean, on_scale(low), on_scale(high), reason=reason or "", bounds=bounds, se=se, **carried)


def _weighted(one: AgentSums) -> WeightedScoreInterval:
    """Return one agent's own weighted spread and effective number, which no team is needed for."""
    y, pi, share = _units([one])
    return hajek_score_interval(y, pi=pi, v_team=0.0, share=share)


def _units(agents: Sequence[AgentSums]) -> tuple[list[float], list[float], list[float]]:
    """Return the reviewed conversations: y, pi, and for how much of one each counts."""
    found = [unit for one in agents for unit in one.units]
    return [unit.y for unit in found], [unit.pi for unit in found], [unit.share for unit in found]


def _measures(one: AgentSums) -> float:
    """Return N as n_eff counts it: two scorecards measure a conversation twice, each drawn for itself.

    Of all of them reviewed n_eff would be N² / Σ share², and nothing of the spread would be left.
    """
    weights = [(unit.share / unit.pi, unit.share) for unit in one.units if unit.pi > 0]
    squares = math.fsum(weight * share for weight, share in weights)
    return one.size * math.fsum(weight for weight, _share in weights) / squares if squares else one.size


def _why_none(n: int, level: str, mean: float | None, reason: str | None) -> str:
    if n == 0:
        return "no_reviews"
    if n < LEAST:
        return "too_few"
    if reason == "random_floor":
        return reason
    if level == "no_average":
        return "low_response"
    return (reason or "no_reviews") if mean is None else ""


def _scores(agents: Sequence[AgentSums], *, is_weighted: bool) -> tuple[float, ...]:
    """Return the one or two scores that sums of one or two hold, lowest first: y = ȳ ± √(Σy²/2 − ȳ²)."""
    by_unit: dict[tuple[int, int], list[float]] = {}
    for one in agents if is_weighted else ():
        for unit in one.units:
            by_unit.setdefault((one.agent_id, unit.of), []).append(unit.y)
    found = [math.fsum(some) / len(some) for some in by_unit.values()]
    for week in () if is_weighted else (week for one in agents for week in one.weeks):
        if week.n == 1:
            found.append(week.total / UNIT)
        elif week.n == 2:
            middle = week.total / 2
            apart = math.sqrt(max(week.squares / 2 - middle * middle, 0.0))
            found += [(middle - apart) / UNIT, (middle + apart) / UNIT]
    return tuple(round(score, 4) for score in sorted(found))
