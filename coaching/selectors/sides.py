"""Read agents' sums of one skill for the sides and weeks of a comparison: each conversation where it belongs.

What ended outside a side is left out of it; those left of a random sample are one of what the side is about.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from coaching.effects import Side
from coaching.selectors import together
from coaching.selectors.bounds import Span, bounds_of
from coaching.selectors.together import Once
from reviews.models import Cell
from sampling.models import FrameStratum, Pick
from sampling.strata import WHOLE

VALUES = ("n", "total", "squares")


def sides(skill: str, *, rubrics: list[int], spans: Mapping[str, Span]) -> dict[int, dict[str, Side]]:
    """Return agent id → name of a side → sums on a skill, by some rubrics.

    Two queries, and two for each side with a limit; four more for each where plans overlap or something is left out.
    """
    cells = cells_of(skill, sorted({pk for span in spans.values() for pk in span.draws}))
    cells = cells.filter(rubric_version__rubric__in=rubrics)
    rows: Any = (
        cells.values("stratum__agent_id")
        .annotate(
            **{
                f"{side}_{name}": Sum(name, filter=Q(stratum__draw__in=list(span.draws)))
                for side, span in spans.items()
                for name in VALUES
            },
            shared=Count("pk", filter=Q(stratum__is_shared=True)),
        )
        .order_by()
    )
    found = {
        row["stratum__agent_id"]: {side: Side(*(int(row[f"{side}_{name}"] or 0) for name in VALUES)) for side in spans}
        for row in rows
    }
    for (agent, draw), strata in _divided(cells).items():
        for side, span in spans.items():
            if draw in span.draws:
                found[agent][side] = found[agent][side].reweighed(strata)
    overlapping = {row["stratum__agent_id"] for row in rows if row["shared"]}
    for side, span in spans.items():
        for agent, once in _special(skill, span, rubrics=rubrics, agents=found, overlapping=overlapping).items():
            found[agent][side] = _together(once.values())
    return found


def by_week(
    skill: str, span: Span, *, rubrics: list[int], agents: Iterable[int] | None = None
) -> dict[int, dict[str, Side]]:
    """Return agent id → week → sums of a span, each conversation in the first week that holds it."""
    cells = cells_of(skill, list(span.draws)).filter(rubric_version__rubric__in=rubrics, n__gt=0)
    if agents is not None:
        cells = cells.filter(stratum__agent__in=list(agents))
    rows: Any = cells.order_by().values_list("stratum__agent_id", "stratum__draw_id")
    sums: dict[tuple[int, str], list[int]] = {}
    overlapping = set()
    for agent, draw, shared, *values in rows.annotate(
        shared=Count("pk", filter=Q(stratum__is_shared=True)), **{f"sum_{name}": Sum(name) for name in VALUES}
    ):
        of_week = sums.setdefault((agent, span.draws[draw]), [0, 0, 0])
        of_week[:] = [one + other for one, other in zip(of_week, values, strict=True)]
        overlapping |= {agent} if shared else set()
    found: dict[int, dict[str, Side]] = {}
    for (agent, week), values in sums.items():
        found.setdefault(agent, {})[week] = Side(*values)
    for (agent, draw), strata in _divided(cells).items():
        week = span.draws[draw]
        found[agent][week] = found[agent][week].reweighed(strata)
    for agent, once in _special(skill, span, rubrics=rubrics, agents=found, overlapping=overlapping).items():
        found[agent] = {week: _together([one]) for week, one in once.items()}
    return found


def left_out(span: Span, *, agents: Collection[int] | None = None) -> dict[int, int]:
    """Return the random picks of a span whose conversations lie outside it, each with its agent."""
    is_outside = Q()
    for draw, bounds in bounds_of([span])[0].items():
        is_outside |= Q(draw=draw) & bounds.beyond("completion__completed_at")
    if not is_outside:
        return {}
    picks = Pick.objects.filter(is_outside, pool=Pick.Pool.RANDOM)
    if agents is not None:
        picks = picks.filter(agent__in=agents)
    return dict(picks.order_by().values_list("pk", "agent_id"))


def cells_of(skill: str, draws: list[int]) -> QuerySet[Cell]:
    """Return the random pool's sums on a skill; people only."""
    return Cell.objects.filter(
        metric=f"skill:{skill}", pool="random", stratum__agent__is_bot=False, stratum__draw__in=draws
    )


def _special(
    skill: str, span: Span, *, rubrics: list[int], agents: Collection[int], overlapping: set[int]
) -> dict[int, dict[str, Once]]:
    """Return the weeks of those for whom plans overlap or conversations are left out, made from the reviews."""
    outside = {pick: agent for pick, agent in left_out(span).items() if agent in agents}
    whom = overlapping | set(outside.values())
    found: dict[int, dict[str, Once]] = {agent: {} for agent in outside.values()}
    if whom:
        strata = FrameStratum.objects.filter(
            agent__in=whom, draw__in=list(span.draws), draw__rubric_version__rubric__in=rubrics
        )
        once = together.once(strata, f"skill:{skill}", places=span.draws, outside=outside.keys())
        for (agent, week), one in once.items():
            found.setdefault(agent, {})[week] = one
    return found


def _together(parts: Iterable[Once]) -> Side:
    """Put weeks together as levels do: each counts by the evidence it has (statistics.md 5.1)."""
    held = list(parts)
    n, n_eff = sum(one.n for one in held), math.fsum(one.n_eff for one in held)
    if not n:
        return Side()
    mean = math.fsum(one.n_eff * one.mean for one in held) / n_eff
    spread = math.fsum(one.spread + one.n * (one.mean - mean) ** 2 for one in held)
    return Side.once(n, mean, n_eff=n_eff, spread=spread)


def _divided(cells: QuerySet[Cell]) -> dict[tuple[int, int], list[tuple[float, int, float]]]:
    """Return (agent, draw) → (N, n, Σy) of each stratum, where a draw divided the agent's conversations."""
    rows = cells.exclude(stratum__stratum=WHOLE).order_by().values_list(
        "stratum__agent_id", "stratum__draw_id", "stratum_id", "stratum__frame_size"
    )  # fmt: skip
    found: dict[tuple[int, int], list[tuple[float, int, float]]] = {}
    for agent, draw, _stratum, size, n, total in rows.annotate(Sum("n"), Sum("total")):
        found.setdefault((agent, draw), []).append((size, n, total))
    return found
