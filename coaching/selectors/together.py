"""Let each conversation count once where plans overlap: for levels and outcomes, which are made of weekly sums."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from django.db.models import QuerySet

from coaching.windows import UNIT, AgentWeeks
from reviews.selectors.cells import counted
from reviews.selectors.mixes import Score, held_too
from reviews.units import of_all
from sampling.models import FrameStratum
from sampling.prefix import Prefix, inclusion_probability
from stats import hajek

TOTAL = "total"
P = TypeVar("P")


class Once(NamedTuple):
    """A mean in points of so many effective reviews; again: reviews of a conversation beyond its first."""

    mean: float
    n_eff: float
    again: int


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
    mix: list[Score] = field(default_factory=list)
    is_mixed: bool = False

    @property
    def reviewed_share(self) -> float:
        """Return which share of what is eligible is reviewed so far."""
        return min(1.0, self.share * self.reviewed / self.drawn) if self.drawn else 0.0


def reweigh(
    agents: Mapping[int, AgentWeeks], metric: str, *, draws: Mapping[int, int], shared: Collection[tuple[int, int]]
) -> None:
    """Weigh some weeks of some agents anew; metric: the total or a skill; draws: draw → position of its week."""
    strata = FrameStratum.objects.filter(agent__in={agent for agent, _at in shared}, draw__in=draws)
    found = once(strata, metric, places=draws)
    for agent, at in shared:
        if (agent, at) in found:
            mean, n_eff, again = found[agent, at]
            agents[agent].count_once(at, n_eff, n_eff * mean * UNIT, again=again)


def once(strata: QuerySet[FrameStratum], metric: str, *, places: Mapping[int, P]) -> dict[tuple[int, P], Once]:
    """Average each agent's reviews in each place (draw → place), by each conversation's chance over all frames there.

    Three queries, whatever the number. Source: statistics.md 1.5, of the random pools alone.
    """
    known = _strata(strata)
    also = held_too(strata)
    for stratum, pick, unit, points in _scores(strata, metric):
        one = known[stratum]
        one.reviewed += 1
        if points is not None:
            # What another plan would have taken by risk is no chance here.
            held = tuple((pk, 0.0) for pk, _targeted in also.get(pick, ()))
            one.mix.append(Score(float(points), 0.0, 0, unit=unit, also=held))
    groups: dict[tuple[int, P], list[_Stratum]] = {}
    for one in known.values():
        groups.setdefault((one.agent_id, places[one.draw_id]), []).append(one)
    found: dict[tuple[int, P], Once] = {}
    for key, group in groups.items():
        units = of_all(group)
        mean = hajek([one.y for one in units], pi=[one.pi for one in units], share=[one.share for one in units])
        if mean.mean is not None and mean.n_eff is not None:
            found[key] = Once(mean.mean, mean.n_eff, sum(len(one.mix) for one in group) - len(units))
    return found


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
