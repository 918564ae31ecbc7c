"""How strict or lenient is each reviewer (statistics.md 3)? Everything under one name."""

from __future__ import annotations

from stats.links import Component, components
from stats.repeated_scores import Calibration, calib_var
from stats.severity_estimates import Severity, blup, posterior
from stats.variance_components import VarianceComponents, reml

__all__ = [
    "Calibration",
    "Component",
    "Severity",
    "VarianceComponents",
    "blup",
    "calib_var",
    "components",
    "posterior",
    "reml",
]
