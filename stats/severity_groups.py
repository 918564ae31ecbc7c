"""Severity as it may be shown: each comparable group by itself, a reason wherever there is no number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from stats.links import Component, comparable
from stats.quantiles import TWO_SIDED, normal_quantile
from stats.repeated_scores import Calibration, calib_var, highest_reviewer
from stats.severity_estimates import SIGMA_MAX, Severity, posterior

Word = Literal["strict", "lenient"]

# Judgement, not simulated.
LEAST_REVIEWS = 15
LEAST_AGENTS = 5
LEAST_REVIEWERS = 2
LARGEST_SHARE_OF_SPREAD = 0.75


@dataclass(frozen=True, slots=True)
class ReviewerSeverity:
    """Hold a reviewer's severity in points (+ = lenient) against the group, with sd and 95 % limits.

    word: only if the limits exclude 0. None: one_reviewer or few_shared_agents (of the group), few_reviews,
    few_agents, or not_enough_data (hardly more is known than of a newcomer).
    """

    reviewer: int
    severity: float | None
    sd: float | None
    lo: float | None
    hi: float | None
    word: Word | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AdjustedScore:
    """Hold an agent's score in points with severity taken out, beside the raw mean and never instead of it."""

    agent: int
    adjusted: float | None
    sd: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SeverityGroup:
    """Hold one group whose reviewers can be compared; across groups: no shared agents or calibration."""

    reviewers: list[ReviewerSeverity]
    agents: list[AdjustedScore]
    mu: float | None
    sigma_s: float | None


@dataclass(frozen=True, slots=True)
class _Reviews:
    """Hold the reviews of one group, ids counted within it, and its conversations scored together."""

    agent: list[int]
    reviewer: list[int]
    y: list[float]
    calibration: list[dict[str, list[float]]]


def severity_by_group(
    agent: Sequence[int],
    *,
    reviewer: Sequence[int],
    y: Sequence[float],
    var_agent: float,
    var_residual: float,
    s_max: float = SIGMA_MAX,
    calibration: Calibration = (),
    var_w: float | None = None,
) -> list[SeverityGroup]:
    """Fit each comparable group separately, centred on itself, and keep what may be shown (statistics.md 3).

    Arguments and errors as in posterior. Groups are ordered by their smallest agent.
    """
    n_reviewers = max(highest_reviewer(calibration), max(reviewer, default=-1)) + 1
    within = var_w if var_w is not None else calib_var(calibration, n_reviewers=n_reviewers)
    groups = []
    for group in comparable(agent, reviewer=reviewer, calibration=calibration):
        held = _within(group, agent=agent, reviewer=reviewer, y=y, calibration=calibration)
        found = posterior(
            held.agent,
            reviewer=held.reviewer,
            y=held.y,
            var_agent=var_agent,
            var_residual=var_residual,
            s_max=s_max,
            calibration=held.calibration,
            var_w=within,
        )
        groups.append(_shown(group, held=held, found=found))
    return groups


def _within(
    group: Component, *, agent: Sequence[int], reviewer: Sequence[int], y: Sequence[float], calibration: Calibration
) -> _Reviews:
    agents = {who: number for number, who in enumerate(group.agents)}
    reviewers = {who: number for number, who in enumerate(group.reviewers)}
    kept = [entry for entry in zip(agent, reviewer, y, strict=True) if entry[0] in agents]
    together = []
    for conversation in calibration:
        scored = zip(conversation["reviewers"], conversation["scores"], strict=True)
        own = [(reviewers[int(who)], score) for who, score in scored if int(who) in reviewers]
        together.append({"reviewers": [float(who) for who, _ in own], "scores": [score for _, score in own]})
    return _Reviews(
        [agents[one] for one, _, _ in kept],
        [reviewers[one] for _, one, _ in kept],
        [score for *_, score in kept],
        together,
    )


def _shown(group: Component, *, held: _Reviews, found: Severity) -> SeverityGroup:
    cells = set(zip(held.agent, held.reviewer, strict=True))
    reviewers_of = Counter(one for one, _ in cells)
    reviews, agents_of = Counter(held.reviewer), Counter(one for _, one in cells)
    nothing = found.reason if found.mu is None else None
    common = nothing or _why_not_group(len(group.reviewers), shared_agents=sum(n >= 2 for n in reviewers_of.values()))
    reviewers = []
    for number, who in enumerate(group.reviewers):
        reason = common or _why_not_reviewer(reviews[number], agents=agents_of[number])
        severity, sd = found.severity[number], found.sd_severity[number]
        reviewers.append(_reviewer(who, severity, sd, found.sigma_s, reason=reason))
    agents = [
        AdjustedScore(who, adjusted, sd, nothing)
        for who, adjusted, sd in zip(group.agents, found.adjusted, found.sd_adjusted, strict=True)
    ]
    return SeverityGroup(reviewers, agents, found.mu, found.sigma_s)


def _why_not_group(reviewers: int, *, shared_agents: int) -> str | None:
    if reviewers < LEAST_REVIEWERS:
        return "one_reviewer"
    return "few_shared_agents" if shared_agents < LEAST_AGENTS else None


def _why_not_reviewer(reviews: int, *, agents: int) -> str | None:
    if reviews < LEAST_REVIEWS:
        return "few_reviews"
    return "few_agents" if agents < LEAST_AGENTS else None


def _reviewer(
    who: int, severity: float | None, sd: float | None, sigma: float | None, *, reason: str | None
) -> ReviewerSeverity:
    if reason or severity is None or sd is None or sigma is None:
        return ReviewerSeverity(who, None, None, None, None, None, reason)
    if sd > LARGEST_SHARE_OF_SPREAD * sigma:
        return ReviewerSeverity(who, None, None, None, None, None, "not_enough_data")
    margin = normal_quantile(TWO_SIDED) * sd
    lo, hi = severity - margin, severity + margin
    return ReviewerSeverity(who, severity, sd, lo, hi, "lenient" if lo > 0 else "strict" if hi < 0 else None)
