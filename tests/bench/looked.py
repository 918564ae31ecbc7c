"""Weekly sums of a large company, as publishing leaves them: what the coaching sweep reads, and nothing else."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

UNIT = 10_000
LOW = 0.05
"""The share of agents whose true level lies under the target."""


@dataclass(frozen=True)
class Sizes:
    """How many agents, skills and weeks, and reviews an agent and week."""

    agents: int = 2_000
    skills: int = 8
    weeks: int = 26
    reviews: int = 3


def fill(sizes: Sizes, *, now: datetime) -> None:
    """Make the company, a draw a week, and the sums of each agent at each skill."""
    from coaching import weeks
    from reviews.models import Cell
    from rubrics.models import Skill
    from sampling.models import Draw, FrameStratum
    from tests.bench import company as people
    from tests.bench.copying import load, settle

    newest = weeks.last_complete(now)
    named = [weeks.shifted(newest, -back) for back in reversed(range(sizes.weeks))]
    made = people.found(agents=sizes.agents, quota=sizes.reviews, first_day=weeks.start_of(named[0]).date(), now=now)
    slugs = list(Skill.objects.order_by("pk").values_list("slug", flat=True)[: sizes.skills])
    draws = [
        Draw.objects.create(
            plan=made.plan, period=week, starts_at=weeks.start_of(week), ends_at=weeks.end_of(week), time_zone="UTC",
            rubric_version=made.version, fingerprint="0" * 64, frozen_at=weeks.end_of(week), due_at=now,
        )
        for week in named
    ]  # fmt: skip
    names = ("id", "draw_id", "agent_id", "team_id", "frame_size", "quota", "prefix", "eligible", "drawn")
    strata = itertools.count(1)
    load(
        FrameStratum,
        names,
        (
            (next(strata), draw.pk, agent, made.team_of(agent), 40, *[sizes.reviews] * 4)
            for draw in draws
            for agent in made.agents
        ),
    )
    named_cells = (
        "stratum_id", "metric", "rubric_version_id", "reviewer_id", "pool", "n", "total", "squares",
        "newest_review_id", "newest_at",
    )  # fmt: skip
    load(Cell, named_cells, _cells(sizes, made, draws, slugs))
    settle([Draw, FrameStratum, Cell])


def _cells(sizes: Sizes, made: Any, draws: list[Any], slugs: list[str]) -> Iterator[tuple[Any, ...]]:
    chance, numbers, place = random.Random(7), itertools.count(1), 0
    levels = {
        (agent, slug): chance.gauss(55, 3) if chance.random() < LOW else chance.gauss(82, 4)
        for agent in made.agents
        for slug in ("total", *slugs)
    }
    for draw in draws:
        for agent in made.agents:
            place += 1
            known = draw.ends_at + timedelta(days=2, seconds=place % 50_000)
            for slug in ("total", *slugs):
                scores = [
                    min(100, max(0, round(chance.gauss(levels[agent, slug], 15)))) * UNIT for _ in range(sizes.reviews)
                ]
                metric = slug if slug == "total" else f"skill:{slug}"
                yield (
                    place, metric, made.version.pk, made.reviewers[agent % 8].pk, "random", len(scores), sum(scores),
                    sum(score * score for score in scores), next(numbers), known,
                )  # fmt: skip
