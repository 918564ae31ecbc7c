"""Do reviewers agree (statistics.md 2)? Every measure under one name, and the rules on what may be said."""

from __future__ import annotations

from typing import Literal

from stats.alpha import Alpha, AlphaInterval, Level, alpha_jackknife, krippendorff_alpha
from stats.deviation import BenchmarkDeviation, benchmark_deviation, pairwise_agreement
from stats.gwet import GwetAgreement, Weights, gwet
from stats.icc import IntraclassCorrelation, icc

__all__ = [
    "Alpha",
    "AlphaInterval",
    "BenchmarkDeviation",
    "GwetAgreement",
    "IntraclassCorrelation",
    "Level",
    "Reliability",
    "Weights",
    "agreement_shown",
    "alpha_jackknife",
    "benchmark_deviation",
    "gwet",
    "icc",
    "krippendorff_alpha",
    "pairwise_agreement",
    "reliability",
]

Shown = Literal["exact_only", "rough", "full"]
Reliability = Literal["reliable", "tentative", "not_reliable"]

LEAST_UNITS = 10
UNITS_FOR_INTERVAL = 20
BINARY_UNITS_FOR_INTERVAL = 40


def agreement_shown(units: int, *, binary: bool) -> Shown:
    """Say what may be shown for so many units with two ratings (statistics.md 2.2).

    "exact_only": percent agreement; "rough": alpha without its interval, marked rough; "full": alpha with interval.
    """
    if units < LEAST_UNITS:
        return "exact_only"
    return "full" if units >= (BINARY_UNITS_FOR_INTERVAL if binary else UNITS_FOR_INTERVAL) else "rough"


def reliability(lo: float | None) -> Reliability | None:
    """Put alpha into a word by its lower limit, never by the point; None without an interval."""
    if lo is None:
        return None
    if lo >= 0.80:
        return "reliable"
    return "tentative" if lo >= 0.667 else "not_reliable"
