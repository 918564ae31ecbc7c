"""How much scores vary by agent, by reviewer and beyond, estimated by REML (statistics.md 3)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from stats.crossed import Cells, Floats, Reduced, Spectrum, read_cells, reduce_cells, spectrum
from stats.links import components
from stats.severity_estimates import blup

# Each search looks at a standard deviation as a share s/(1+s) of itself and the residual's; .999 is 999 times it.
LARGEST_SHARE = 0.999
FIRST_LOOK = 25
CLOSER_LOOK = 9
CLOSER_LOOKS = 12
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """Hold variances in squared points and, at them, mu, severity and adjusted scores in points.

    All None: no_reviews, or too_few (no more reviews than agents and reviewers can explain), or no_residual_variance
    (they explain every score). reason no_variation: all scores are equal, so every variance and severity is 0.
    Other reasons as in Severity, beside numbers; a variance of which there is one agent or reviewer is 0.
    """

    mu: float | None
    var_agent: float | None
    var_reviewer: float | None
    var_residual: float | None
    severity: list[float | None]
    adjusted: list[float | None]
    reason: str | None = None


def reml(agent: Sequence[int], *, reviewer: Sequence[int], y: Sequence[float]) -> VarianceComponents:
    """Estimate the three variances by restricted maximum likelihood, none below 0.

    agent, reviewer: ids from 0, y: points, one entry per review, same length. Raises ValueError on unequal lengths or
    a negative id. Source: Patterson and Thompson 1971; agrees with lme4's lmer(y ~ 1 + (1|agent) + (1|reviewer)).
    """
    cells = read_cells(agent, reviewer, y)
    reason = _why_nothing(cells, agent=agent, reviewer=reviewer)
    if reason == "no_variation":
        return _constant(cells)
    if reason:
        agents: list[float | None] = [None] * cells.by_agent.size
        return VarianceComponents(None, None, None, None, [None] * cells.by_reviewer.size, agents, reason)
    by_agent, by_reviewer = _ratios(cells, agents=len(set(agent)), reviewers=len(set(reviewer)))
    residual = float(_residual(_reduced(cells, ratio=by_agent), ratio=np.array([by_reviewer]))[0])
    var = (by_agent * residual, by_reviewer * residual, residual)
    found = blup(agent, reviewer=reviewer, y=y, var=var)
    return VarianceComponents(found.mu, *var, found.severity, found.adjusted, found.reason)


def _why_nothing(cells: Cells, *, agent: Sequence[int], reviewer: Sequence[int]) -> str | None:
    if cells.n == 0:
        return "no_reviews"
    if cells.squares <= (ROUNDING * max(1.0, abs(cells.centre))) ** 2 * cells.n:
        return "no_variation"
    explained = len(set(agent)) + len(set(reviewer)) - len(components(agent, reviewer=reviewer))
    if cells.n <= explained:
        return "too_few"
    return "no_residual_variance" if _unexplained(cells) <= ROUNDING * cells.squares else None


def _unexplained(cells: Cells) -> float:
    """Return the residual sum of squares when agents and reviewers are fixed effects."""
    per_agent = np.maximum(1.0, cells.per_agent)
    between = cells.by_agent / per_agent
    system = np.diag(cells.counts.sum(axis=0)) - cells.counts.T @ (cells.counts / per_agent[:, None])
    right = cells.by_reviewer - between @ cells.counts
    values, axes = np.linalg.eigh(system)
    informed = values > ROUNDING * max(1.0, float(values.max())) * values.size
    explained = float((((axes.T @ right)[informed]) ** 2 / values[informed]).sum())
    return cells.squares - float(between @ cells.by_agent) - explained


def _constant(cells: Cells) -> VarianceComponents:
    severity: list[float | None] = [0.0] * cells.by_reviewer.size
    adjusted: list[float | None] = [cells.centre] * cells.by_agent.size
    return VarianceComponents(cells.centre, 0.0, 0.0, 0.0, severity, adjusted, "no_variation")


def _ratios(cells: Cells, *, agents: int, reviewers: int) -> tuple[float, float]:
    """Return the variances of agents and reviewers, as multiples of the residual's, of highest likelihood."""

    def best_reviewer(ratio: float) -> tuple[float, float]:
        reduced = _reduced(cells, ratio=ratio)
        share = _climb(lambda shares: _log_likelihood(reduced, ratio=_ratio(shares))) if reviewers > 1 else 0.0
        of_reviewer = float(_ratio(np.array([share]))[0])
        return of_reviewer, float(_log_likelihood(reduced, ratio=np.array([of_reviewer]))[0])

    def profile(shares: Floats) -> Floats:
        return np.array([best_reviewer(float(ratio))[1] for ratio in _ratio(shares)])

    of_agent = float(_ratio(np.array([_climb(profile)]))[0]) if agents > 1 else 0.0
    return of_agent, best_reviewer(of_agent)[0]


def _climb(height: Callable[[Floats], Floats]) -> float:
    """Return the share at which height is largest: look over the whole range, then ever closer around the best."""
    low, high, looks = 0.0, LARGEST_SHARE, FIRST_LOOK
    for _ in range(CLOSER_LOOKS + 1):
        shares = np.linspace(low, high, looks)
        best = int(np.argmax(height(shares)))
        low, high = float(shares[max(0, best - 1)]), float(shares[min(looks - 1, best + 1)])
        looks = CLOSER_LOOK
    return float(shares[best])


def _ratio(shares: Floats) -> Floats:
    return np.asarray((shares / (1 - shares)) ** 2, dtype=np.float64)


def _reduced(cells: Cells, *, ratio: float) -> tuple[Reduced, Spectrum]:
    reduced = reduce_cells(cells, var_agent=ratio, var_residual=1.0)
    return reduced, spectrum(reduced)


def _residual(system: tuple[Reduced, Spectrum], *, ratio: Floats) -> Floats:
    """Return the residual variance of highest likelihood at each ratio of the reviewers': y'Py/(N − 1)."""
    reduced, found = system
    cells = reduced.cells
    left = cells.squares - float(reduced.held @ cells.by_agent**2) - reduced.mu_right**2 / reduced.mu_information
    explained = (ratio[:, None] * found.right**2 / (1 + ratio[:, None] * found.information)).sum(axis=1)
    unexplained = np.maximum(ROUNDING * cells.squares, left - explained)
    return np.asarray(unexplained / (cells.n - 1), dtype=np.float64)


def _log_likelihood(system: tuple[Reduced, Spectrum], *, ratio: Floats) -> Floats:
    """Return the restricted log likelihood with the residual variance at its best, up to a constant."""
    reduced, found = system
    # kept is 1/(1 + n·ratio) of an agent, so its logarithm is the agent's share of log|V|.
    agents = -np.log(reduced.kept).sum()
    reviewers = np.log1p(ratio[:, None] * found.information).sum(axis=1)
    spread = (reduced.cells.n - 1) * np.log(_residual(system, ratio=ratio))
    return np.asarray(-0.5 * (spread + agents + reviewers + math.log(reduced.mu_information)), dtype=np.float64)
