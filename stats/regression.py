"""Regression to the mean: what chance alone does to an agent picked when low (statistics.md 4.1)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExpectedChange:
    """Hold the change in points to expect with no effect at all, and rho (0–1), the reliability of the first mean."""

    expected_change: float | None
    rho: float | None
    reason: str | None = None


def expected_rtm(xbar: float | None, *, mu: float, tau2: float, sigma2: float, n: int) -> ExpectedChange:
    """Predict how far a mean moves by chance alone: (1 − rho)(mu − xbar), rho = tau2/(tau2 + sigma2/n).

    xbar, mu: points; tau2: variance of true levels, sigma2: variance of one review, squared points; n: reviews behind
    xbar. None: no_reviews at n = 0, no_variance when both variances are 0.
    Source: Davis 1976, Barnett 2005 (regression to the mean).
    """
    if n <= 0 or xbar is None:
        return ExpectedChange(None, None, "no_reviews")
    if tau2 <= 0 and sigma2 <= 0:
        return ExpectedChange(None, None, "no_variance")
    rho = tau2 / (tau2 + sigma2 / n)
    return ExpectedChange((1 - rho) * (mu - xbar), rho)
