"""The crossed additive model y = mu + agent + reviewer + error, reduced to one small system (statistics.md 3).

Agents and mu are eliminated once. What is left concerns the reviewers alone and is diagonalised once, so that every
further sigma_s of a grid costs a few additions per reviewer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cells:
    """Hold the reviews as counts (A agents × R reviewers) and sums, scores taken from their overall mean (centre).

    n, squares: number of reviews and sum of squared deviations from the centre.
    """

    counts: Floats
    by_agent: Floats
    by_reviewer: Floats
    centre: float
    n: int
    squares: float

    @property
    def per_agent(self) -> Floats:
        return np.asarray(self.counts.sum(axis=1), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Reduced:
    """Hold the reviewers' system, in units of 1/variance, after agents and mu are eliminated.

    held: per agent var_agent/(n·var_agent + var_residual), which is D⁻¹ without ever dividing by 0; kept: 1 − n·held,
    the share of mu in an agent. information (R × R), right (R): what is known of the reviewers; mu_information,
    mu_right, mu_cross (R): how mu hangs on them.
    """

    cells: Cells
    var_residual: float
    held: Floats
    kept: Floats
    information: Floats
    right: Floats
    mu_information: float
    mu_right: float
    mu_cross: Floats


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Hold the reviewers' system as axes (R × R, orthonormal columns) with information and right side along each."""

    axes: Floats
    information: Floats
    right: Floats


@dataclass(frozen=True, slots=True)
class Effects:
    """Hold means and standard deviations in points: mu, reviewers' severity (R), agents' adjusted scores (A)."""

    mu: float
    severity: Floats
    sd_severity: Floats
    adjusted: Floats
    sd_adjusted: Floats


def read_cells(agent: Sequence[int], reviewer: Sequence[int], y: Sequence[float], *, reviewers: int = 0) -> Cells:
    """Gather reviews, one entry each, into cells; ids count from 0, reviewers is at least how many there are.

    Raises ValueError on unequal lengths or a negative id.
    """
    if not len(agent) == len(reviewer) == len(y):
        raise ValueError("every review needs an agent, a reviewer and a score")
    rows, columns = np.array(agent, dtype=np.int64), np.array(reviewer, dtype=np.int64)
    if rows.size and min(int(rows.min()), int(columns.min())) < 0:
        raise ValueError("agents and reviewers are numbered from 0")
    scores = np.array(y, dtype=np.float64)
    centre = float(scores.mean()) if scores.size else 0.0
    scores -= centre
    A = int(rows.max()) + 1 if rows.size else 0
    R = max(reviewers, int(columns.max()) + 1 if columns.size else 0)
    counts = np.bincount(rows * R + columns, minlength=A * R).reshape(A, R).astype(np.float64)
    by_agent = np.bincount(rows, weights=scores, minlength=A).astype(np.float64)
    by_reviewer = np.bincount(columns, weights=scores, minlength=R).astype(np.float64)
    return Cells(counts, by_agent, by_reviewer, centre, int(scores.size), float(scores @ scores))


def reduce_cells(
    cells: Cells,
    *,
    var_agent: float,
    var_residual: float,
    extra_information: Floats | None = None,
    extra_right: Floats | None = None,
) -> Reduced:
    """Eliminate agents, then mu; this is where X'D⁻¹X is formed, once. var_residual > 0, at least one review.

    extra_information (R × R), extra_right (R): what multiply scored conversations tell of the reviewers.
    """
    per_agent = cells.per_agent
    total = per_agent * var_agent + var_residual
    held, kept = var_agent / total, var_residual / total
    reviewers = np.diag(cells.counts.sum(axis=0)) - cells.counts.T @ (held[:, None] * cells.counts)
    information = reviewers / var_residual
    right = (cells.by_reviewer - (held * cells.by_agent) @ cells.counts) / var_residual
    if extra_information is not None and extra_right is not None:
        information, right = information + extra_information, right + extra_right
    mu_information = float(per_agent @ kept) / var_residual
    mu_right = float(cells.by_agent @ kept) / var_residual
    mu_cross = kept @ cells.counts / var_residual
    return Reduced(
        cells,
        var_residual,
        held,
        kept,
        information - np.outer(mu_cross, mu_cross) / mu_information,
        right - mu_cross * (mu_right / mu_information),
        mu_information,
        mu_right,
        mu_cross,
    )


def spectrum(reduced: Reduced) -> Spectrum:
    """Diagonalise the reviewers' system; information along an axis is never below 0 but for rounding."""
    values, axes = np.linalg.eigh(reduced.information)
    return Spectrum(axes, np.maximum(0.0, values), axes.T @ reduced.right)


def likelihood(found: Spectrum, *, var_reviewer: Floats) -> Floats:
    """Return the log restricted likelihood of each variance of severity (G), up to what does not depend on it."""
    known = 1 + var_reviewer[:, None] * found.information
    return np.asarray(
        0.5 * (var_reviewer[:, None] * found.right**2 / known - np.log(known)).sum(axis=1), dtype=np.float64
    )


def mixture(reduced: Reduced, found: Spectrum, *, var_reviewer: Floats, weight: Floats) -> Effects:
    """Average the best linear unbiased predictions over variances of severity (G) with weights that add up to 1."""
    variance = var_reviewer[:, None] / (1 + var_reviewer[:, None] * found.information)
    along = variance * found.right
    middle = weight @ along
    apart = along - middle
    covariance = np.diag(weight @ variance) + apart.T @ (weight[:, None] * apart)
    severity = found.axes @ middle
    spread = found.axes @ covariance @ found.axes.T
    mu = (reduced.mu_right - float(reduced.mu_cross @ severity)) / reduced.mu_information
    adjusted, sd_adjusted = _adjusted(reduced, mu=mu, severity=severity, spread=spread)
    sd = np.sqrt(np.maximum(0.0, np.diag(spread)))
    return Effects(mu + reduced.cells.centre, severity, sd, adjusted, sd_adjusted)


def _adjusted(reduced: Reduced, *, mu: float, severity: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Return mu + a for each agent with its standard deviation; both are linear in the severities."""
    cells, held, kept = reduced.cells, reduced.held, reduced.kept
    adjusted = kept * mu + held * (cells.by_agent - cells.counts @ severity) + cells.centre
    slope = -np.outer(kept, reduced.mu_cross / reduced.mu_information) - held[:, None] * cells.counts
    variance = reduced.var_residual * held + kept**2 / reduced.mu_information
    return adjusted, np.sqrt(variance + np.maximum(0.0, ((slope @ spread) * slope).sum(axis=1)))
