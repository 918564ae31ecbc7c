"""Let each conversation count once where plans overlap: for levels and outcomes, which are made of weekly sums."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, NamedTuple, TypeVar

from django.db.models import QuerySet, Sum

from coaching.windows import AgentWeeks
from reviews.models import Cell
from reviews.selectors.asking import frames_asking
from reviews.selectors.cells import counted
from reviews.selectors.mixes import held_too
from reviews.units import over_all
from sampling.models import FrameStratum
from sampling.prefix import Prefix, inclusion_probability
from sampling.selectors.overlaps import Held

TOTAL = "total"
P = TypeVar("P", int, str)


class Once(NamedTuple):
    """Different conversations: how many, their weighed mean in points, effective number, and spread Σ(y−ȳ)²."""

    n: int
    mean: float
    n_eff: float
    spread: float


@dataclass(slots=True)
class _Stratum:
    """The random pool of a stratum."""

    stratum_id: int
    agent_id: int
    draw_id: int
    rubric_id: int
    share: float
    drawn: int
    reviewed: int = 0

    @property
    def reviewed_share(self) -> float:
        """Return which share of what is eligible is reviewed so far."""
        return min(1.0, self.share * self.reviewed / self.drawn) if self.drawn else 0.0


def _chance(one: _Stratum, _targeted: float) -> float:
    """Return the chance to be reviewed at random: what another plan would have taken by risk is no chance here."""
    return one.reviewed_share


def reweigh(
    agents: Mapping[int, AgentWeeks], metric: str, *, draws: Mapping[int, int], shared: Collection[tuple[int, int]]
) -> None:
    """Weigh some weeks of some agents anew; metric: the total or a skill; draws: draw → position of its week."""
    whom = {agent for agent, _at in shared}
    strata = FrameStratum.objects.filter(agent__in=whom, draw__in=draws)
    found = once(strata, metric, places=draws)
    cells = Cell.objects.filter(metric=metric, pool="random", stratum__in=strata.order_by().values("pk"))
    squares: Counter[tuple[int, int]] = Counter()
    for agent, draw, some in (
        cells.order_by().values_list("stratum__agent_id", "stratum__draw_id").annotate(Sum("squares"))
    ):
        squares[agent, draws[draw]] += some
    for agent, at in shared:
        if (agent, at) in found:
            n, mean, n_eff, spread = found[agent, at]
            agents[agent].count_once(at, n, mean, n_eff=n_eff, spread=spread, squares=squares[agent, at])
        else:  # all of its conversations belong to earlier weeks
            agents[agent].count_once(at, 0, 0.0, n_eff=0.0, spread=0.0, squares=squares[agent, at])


def once(
    strata: QuerySet[FrameStratum], metric: str, *, places: Mapping[int, P], outside: Collection[int] = ()
) -> dict[tuple[int, P], Once]:
    """Average each agent's reviews in each place (draw → place), each conversation in the first place that holds it.

    Three or four queries, whatever the number. Its chance is that over all these frames, so that its place must follow
    from them and not from which of them it was drawn from. outside: picks whose conversations are out of the question;
    those left are a random sample of what is in it. Source: statistics.md 1.5, of the random pools alone.
    """
    if metric != TOTAL:  # a frame of a version that does not ask says nothing about a conversation
        strata = frames_asking(strata, metric)
    known, also = _strata(strata), held_too(strata)
    seen: list[tuple[int, int, float, tuple[Held, ...]]] = []
    for stratum, pick, unit, points in _scores(strata, metric):
        known[stratum].reviewed += 1
        if points is not None and pick not in outside:
            seen.append((stratum, unit, float(points), also.get(pick, ())))
    found: dict[tuple[int, P], dict[int, dict[int, list[_Seen]]]] = {}
    for stratum, unit, points, beside in seen:
        one = known[stratum]
        pi, share = over_all(one, 0.0, beside, known, chance=_chance)
        if pi <= 0:  # nothing of the stratum is eligible any more
            continue
        place = min(map(places.__getitem__, _draws_of(one, beside, known)))
        of_unit = found.setdefault((one.agent_id, place), {}).setdefault(unit, {})
        of_unit.setdefault(one.rubric_id, []).append(_Seen(points, share / pi))
    return {key: _average(units.values()) for key, units in found.items()}


def _draws_of(one: _Stratum, beside: Iterable[Held], known: Mapping[int, _Stratum]) -> list[int]:
    return [one.draw_id, *(known[other].draw_id for other, _targeted in beside if other in known)]


class _Seen(NamedTuple):
    """One review: points, and what it weighs."""

    y: float
    weight: float


def _average(units: Iterable[Mapping[int, Sequence[_Seen]]]) -> Once:
    """Average conversations: reviews by one scorecard are one, and several scorecards make no second conversation."""
    means, weights = [], []
    for by_rubric in units:
        parts = [(fmean(one.y for one in some), some[0].weight) for some in by_rubric.values()]
        weights.append(math.fsum(weight for _y, weight in parts))
        means.append(math.fsum(y * weight for y, weight in parts) / weights[-1])
    whole, n = math.fsum(weights), len(weights)
    mean = math.fsum(y * weight for y, weight in zip(means, weights, strict=True)) / whole
    # (n − 1) s_w² of statistics.md 1.6.
    spread = math.fsum(weight * (y - mean) ** 2 for y, weight in zip(means, weights, strict=True)) / whole * n
    return Once(n, mean, whole**2 / math.fsum(weight * weight for weight in weights), spread)


def _strata(strata: QuerySet[FrameStratum]) -> dict[int, _Stratum]:
    found = {}
    names = ("pk", "agent_id", "draw_id", "draw__rubric_version__rubric_id", "frame_size")
    for pk, agent, draw, rubric, size, *reached in strata.order_by("pk").values_list(
        *names, "prefix", "eligible", "drawn"
    ):
        share = inclusion_probability(size, Prefix(*reached)) or 0.0
        found[pk] = _Stratum(pk, agent, draw, rubric, share, reached[-1])
    return found


def _scores(strata: QuerySet[FrameStratum], metric: str) -> Iterator[tuple[int, int, int, Any]]:
    """Yield stratum, pick, completion and points of each review of the random pool; None where it says nothing."""
    rows = counted().prefetch_related(None).filter(item__pick__pool="random", pool="random")
    rows = rows.filter(item__pick__stratum__in=strata.order_by().values("pk")).order_by("pk")
    column = "current__final_score" if metric == TOTAL else "current__skill_scores"
    names = ("item__pick__stratum", "item__pick", "item__pick__completion", column)
    slug = metric.partition(":")[2]
    for stratum, pick, unit, value in rows.values_list(*names).iterator(chunk_size=5000):
        yield stratum, pick, unit, value if metric == TOTAL else value.get(slug)
