"""Reviewer severity and agents' adjusted scores, at given variances or averaged over a grid (statistics.md 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stats.crossed import (
    Cells,
    Effects,
    Floats,
    Reduced,
    Spectrum,
    likelihood,
    mixture,
    read_cells,
    reduce_cells,
    spectrum,
)
from stats.links import Component, components
from stats.repeated_scores import Calibration, calib_var, highest_reviewer, repeated_scores

SIGMA_GRID = 50
SIGMA_MAX = 25.0


@dataclass(frozen=True, slots=True)
class Severity:
    """Hold, in points, mu, severity per reviewer (+ = lenient), adjusted score per agent, each with its sd.

    sigma_s: spread of severity, given or averaged. The lists follow the ids; an id without reviews gets what is known
    of a newcomer. reason, lists None: no_reviews, no_residual_variance. reason, severity None: one_reviewer.
    reason beside numbers: one_agent (they rest on a single agent), disconnected (they compare people whom nothing
    connects: fit and show each component separately, see severity_by_component).
    """

    mu: float | None
    severity: list[float | None]
    sd_severity: list[float | None]
    adjusted: list[float | None]
    sd_adjusted: list[float | None]
    sigma_s: float | None
    reason: str | None = None


def blup(
    agent: Sequence[int], *, reviewer: Sequence[int], y: Sequence[float], var: tuple[float, float, float]
) -> Severity:
    """Predict severity and adjusted scores at given variances (agent, reviewer, residual), in squared points.

    agent, reviewer: ids from 0, y: scores in points, one entry per review, same length.
    Raises ValueError on unequal lengths, a negative id or a negative variance.
    Source: Henderson's mixed-model equations; mu flat, so its uncertainty is in every sd.
    """
    var_agent, var_reviewer, var_residual = (float(part) for part in var)
    cells = read_cells(agent, reviewer, y)
    reason = _why_nothing(cells, variances=(var_agent, var_reviewer, var_residual))
    if reason:
        return _nothing(cells, reason=reason)
    reduced = reduce_cells(cells, var_agent=var_agent, var_residual=var_residual)
    only = np.array([var_reviewer])
    effects = mixture(reduced, spectrum(reduced), var_reviewer=only, weight=np.ones(1))
    return _answer(effects, sigma=float(np.sqrt(var_reviewer)), reason=_caution(agent, reviewer=reviewer))


def posterior(
    agent: Sequence[int],
    *,
    reviewer: Sequence[int],
    y: Sequence[float],
    var_agent: float,
    var_residual: float,
    s_max: float = SIGMA_MAX,
    calibration: Calibration = (),
    var_w: float | None = None,
) -> Severity:
    """Average the predictions over sigma_s ~ U(0, s_max), 50 midpoints weighted by the restricted likelihood.

    As blup, but for the reviewers' spread, which few reviewers cannot tell: plug-in intervals cover 49–92 %, these
    93–100 %. calibration: multiply scored conversations, {"reviewers", "scores"} each, not repeated in y; var_w:
    variance of such scores within a conversation, None to estimate it. Without enough of them to estimate it, a
    second score of the same conversation is taken to say no more than one of another (var_residual).
    Raises ValueError as blup does, or when s_max is not positive.
    """
    if s_max <= 0:
        raise ValueError("s_max must be positive")
    cells = read_cells(agent, reviewer, y, reviewers=highest_reviewer(calibration) + 1)
    reason = _why_nothing(cells, variances=(var_agent, var_residual))
    if reason:
        return _nothing(cells, reason=reason)
    within = var_w if var_w is not None else calib_var(calibration, n_reviewers=cells.by_reviewer.size)
    reduced = _reduced(
        cells, var_agent=var_agent, var_residual=var_residual, calibration=calibration, within=within or var_residual
    )
    found = spectrum(reduced)
    sigma, weight = sigma_weights(found, s_max=s_max)
    effects = mixture(reduced, found, var_reviewer=sigma**2, weight=weight)
    caution = _caution(agent, reviewer=reviewer, calibration=calibration)
    return _answer(effects, sigma=float(weight @ sigma), reason=caution)


def _reduced(
    cells: Cells, *, var_agent: float, var_residual: float, calibration: Calibration, within: float
) -> Reduced:
    held = repeated_scores(calibration, n_reviewers=cells.by_reviewer.size)
    return reduce_cells(
        cells,
        var_agent=var_agent,
        var_residual=var_residual,
        extra_information=held.information / within,
        extra_right=held.right / within,
    )


def sigma_weights(found: Spectrum, *, s_max: float) -> tuple[Floats, Floats]:
    """Return the midpoints of sigma_s and their posterior weights under a flat prior."""
    sigma = (np.arange(SIGMA_GRID) + 0.5) * s_max / SIGMA_GRID
    log_weight = likelihood(found, var_reviewer=sigma**2)
    weight = np.exp(log_weight - log_weight.max())
    return sigma, weight / weight.sum()


def _why_nothing(cells: Cells, *, variances: tuple[float, ...]) -> str | None:
    """Return why there is nothing to predict from; the residual variance is the last one."""
    if min(variances) < 0:
        raise ValueError("a variance cannot be negative")
    if cells.n == 0:
        return "no_reviews"
    return "no_residual_variance" if variances[-1] == 0 else None


def _nothing(cells: Cells, *, reason: str) -> Severity:
    agents: list[float | None] = [None] * cells.by_agent.size
    reviewers: list[float | None] = [None] * cells.by_reviewer.size
    return Severity(None, reviewers, reviewers, agents, agents, None, reason)


def _caution(agent: Sequence[int], *, reviewer: Sequence[int], calibration: Calibration = ()) -> str | None:
    scored_together = [conversation["reviewers"] for conversation in calibration if len(conversation["reviewers"]) > 1]
    if len({*reviewer, *(int(who) for together in scored_together for who in together)}) == 1:
        return "one_reviewer"
    if len(set(agent)) == 1:
        return "one_agent"
    return "disconnected" if len(_linked(agent, reviewer=reviewer, together=scored_together)) > 1 else None


def _linked(agent: Sequence[int], *, reviewer: Sequence[int], together: Sequence[Sequence[float]]) -> list[Component]:
    """Return the components when a conversation scored together links its reviewers as an agent would."""
    first = max(agent) + 1
    shared = [(first + number, int(who)) for number, group in enumerate(together) for who in group]
    return components([*agent, *(one for one, _ in shared)], reviewer=[*reviewer, *(other for _, other in shared)])


def _answer(effects: Effects, *, sigma: float, reason: str | None) -> Severity:
    severity: list[float | None] = list(effects.severity.tolist())
    sd_severity: list[float | None] = list(effects.sd_severity.tolist())
    if reason == "one_reviewer":
        severity = sd_severity = [None] * len(severity)
    return Severity(
        effects.mu,
        severity,
        sd_severity,
        list(effects.adjusted.tolist()),
        list(effects.sd_adjusted.tolist()),
        sigma,
        reason,
    )
