"""How strict or lenient is each reviewer (statistics.md 3)? Everything under one name."""

from __future__ import annotations

from stats.links import Component, comparable, components
from stats.repeated_scores import Calibration, calib_var
from stats.severity_estimates import Severity, blup, posterior
from stats.severity_groups import AdjustedScore, ReviewerSeverity, SeverityGroup, severity_by_group
from stats.variance_components import VarianceComponents, reml

__all__ = [
    "AdjustedScore",
    "Calibration",
    "Component",
    "ReviewerSeverity",
    "Severity",
    "SeverityGroup",
    "VarianceComponents",
    "blup",
    "calib_var",
    "comparable",
    "components",
    "posterior",
    "reml",
    "severity_by_group",
]
