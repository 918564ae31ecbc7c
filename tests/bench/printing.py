"""One JSON line for each thing measured."""

from __future__ import annotations

import json
import math
import platform
import sys
from collections.abc import Sequence
from typing import Any


def say(name: str, *, database: str, ours: float | None, floor: float | None, unit: str, n: int, **more: Any) -> None:
    """Print one measurement: ours beside its floor, both in `unit`, from n repetitions; the ratio is ours ÷ floor.

    A second floor, `bare`, gets its own ratio.
    """
    line = {"name": name, "database": database, "ours": ours, "floor": floor, "ratio": ratio(ours, floor)}
    if "bare" in more:
        line |= {"bare": more.pop("bare"), "ratio_to_bare": None}
        line["ratio_to_bare"] = ratio(ours, line["bare"])
    line |= {"unit": unit, "n": n}
    sys.stdout.write(json.dumps({key: rounded(value) for key, value in (line | more).items()}) + "\n")
    sys.stdout.flush()


def ratio(ours: float | None, floor: float | None) -> float | None:
    """Return ours ÷ floor, where both were measured."""
    return ours / floor if ours is not None and floor else None


def quantile(values: Sequence[float], share: float) -> float | None:
    """Return the smallest value that at least this share (0–1) of the values do not exceed; None of nothing."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def rounded(value: Any) -> Any:
    """Keep four significant digits: a loaded machine knows no more."""
    return float(f"{value:.4g}") if isinstance(value, float) else value


def machine() -> dict[str, Any]:
    """Name what the figures depend on besides the product."""
    import os

    return {"python": platform.python_version(), "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1)}
