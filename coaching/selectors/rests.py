"""What the two means of an outcome rest on, beside their reviews: N, the response rate, and each one's own interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.db.models import Sum

from coaching.effects import effective_numbers
from coaching.models import Outcome
from coaching.selectors import straddling
from coaching.selectors.outcomes import rubrics_of, spans_of
from coaching.selectors.sides import Span
from coaching.spans import Weeks
from reviews.models import Cell
from reviews.selectors.cells import counted
from sampling.models import FrameStratum
from sampling.selectors import overlaps
from stats.quantiles import TWO_SIDED, normal_quantile


@dataclass(frozen=True, slots=True)
class Rests:
    """One side: conversations that could have been drawn, drawn ones, reviewed ones, and the limits of the mean."""

    frame_size: int
    drawn: int
    reviewed: int
    low: float | None
    high: float | None
    left_out: int = 0
    """Conversations of these draws that ended outside the side, which are in none of the numbers."""

    @property
    def response_rate(self) -> float | None:
        """Return how much of what was drawn at random is reviewed, 0 to 1; None when nothing was."""
        return min(1.0, self.reviewed / self.drawn) if self.drawn else None


def rests_of(outcome: Outcome) -> tuple[Rests, Rests]:
    """Return what the means before and after rest on: the random pool, by the rubrics that are compared."""
    compared = Weeks(outcome.baseline_first_week, outcome.baseline_last_week, outcome.first_week, outcome.last_week)
    plan = outcome.plan
    before, after = spans_of(compared, begun=plan.shared_at).values()
    rubrics = rubrics_of([plan.agent_id], skill=plan.skill.slug, draws=list(before.draws))
    worth = effective_numbers(outcome.inputs)
    sides = (
        (before, worth[0] or outcome.pre_n, outcome.pre_mean), (after, worth[1] or outcome.post_n, outcome.post_mean)
    )  # fmt: skip
    first, second = (
        _side(outcome, span, rubrics, n=n, mean=mean) for span, n, mean in sides
    )  # fmt: skip
    return first, second


def _side(outcome: Outcome, span: Span, rubrics: list[int], *, n: float, mean: float | None) -> Rests:
    frames = FrameStratum.objects.filter(
        draw__in=list(span.draws), agent=outcome.plan.agent_id, draw__rubric_version__rubric__in=rubrics
    )
    drawn = frames.aggregate(drawn=Sum("drawn"))["drawn"] or 0
    reviewed = Cell.objects.filter(stratum__in=frames.order_by().values("pk"), metric="total", pool="random")
    left = straddling.outside(frames, {"side": span}).get("side", [])
    picks = {one.pick for one in left if one.pick is not None}
    beyond = counted().filter(item__pick__in=picks, item__pick__pool="random", pool="random").count() if picks else 0
    margin = None
    if mean is not None and outcome.sigma2 is not None and n:
        margin = normal_quantile(TWO_SIDED) * math.sqrt(outcome.sigma2 / n)
    return Rests(
        overlaps.frame_size(frames) - straddling.units_of(left),
        drawn - len(picks),
        (reviewed.aggregate(n=Sum("n"))["n"] or 0) - beyond,
        None if mean is None or margin is None else max(0.0, mean - margin),
        None if mean is None or margin is None else min(100.0, mean + margin),
        left_out=straddling.units_of(left),
    )
