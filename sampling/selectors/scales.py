"""How steeply the targeted pool follows the priorities: c, from the last periods' conversations (statistics.md 1.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sampling import periods, risks, targeting
from sampling.cycles import Period
from sampling.models import Plan
from sampling.selectors.candidates import completions, with_reviewee
from sampling.selectors.hits import hits, priorities
from sampling.terms import Terms

PERIODS = 4
FRAME_ITSELF = "frame"


def scale_of(
    plan: Plan, terms: Terms, period: Period, *, own: Mapping[int, Sequence[int]], now: datetime
) -> tuple[float, str]:
    """Return c and where it comes from: the four periods before this one, or the frame itself when they hit nothing.

    So c is known before the period's conversations are; `own` is what the rules hit in the frame.
    """
    window = [periods.previous(plan, period)]
    while len(window) < PERIODS:
        window.insert(0, periods.previous(plan, window[0]))
    rows = completions(terms).filter(completed_at__gte=window[0].starts_at, completed_at__lt=window[-1].ends_at)
    found = hits(with_reviewee(rows, terms), terms, known_by=now)
    if found:
        lived = sum(1 for one in window if _holds(terms, one))
        return scale_from(found, terms, terms.targeted_per_period * lived), f"{window[0].label} to {window[-1].label}"
    return scale_from(own, terms, terms.targeted_per_period), FRAME_ITSELF


def _holds(terms: Terms, period: Period) -> bool:
    rows = completions(terms).filter(completed_at__gte=period.starts_at, completed_at__lt=period.ends_at)
    return rows.exists()


def scale_from(found: Mapping[int, Sequence[int]], terms: Terms, n: float) -> float:
    """Return the c by which about n of these are taken: completion id → the places of the rules that hit it."""
    certain = risks.certain(terms.rules)
    x = priorities(found, terms)
    sure = {pk for pk, places in found.items() if targeting.is_certain(places, certain)}
    return targeting.scale_for([size for pk, size in x.items() if pk not in sure], n, certain=len(sure))
