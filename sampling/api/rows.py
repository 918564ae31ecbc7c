"""Rows that both resources show."""

from __future__ import annotations

from typing import Any

from sampling.selectors import pages


def drawn(rows: Any) -> Any:
    """Bring along what a line about a draw shows."""
    return pages.draws(rows).select_related("plan", "rubric_version__rubric", "voided_by")
