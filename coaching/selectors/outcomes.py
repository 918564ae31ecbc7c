"""Read what an outcome is worked out from: the weeks, everybody's sums on both sides, and what is still out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum

from coaching import spans, weeks
from coaching.effects import Side, Sums, inputs_of
from coaching.models import Plan
from coaching.selectors import together
from coaching.spans import Weeks
from reviews.models import Cell, QueueItem, Review
from rubrics.models import RubricVersion
from sampling.models import Draw, FrameStratum
from sampling.selectors import overlaps
from sampling.strata import WHOLE

A_DAY = timedelta(days=1)  # no time zone is further from UTC
VALUES = ("n", "total", "squares")


@dataclass(frozen=True, slots=True)
class Progress:
    """The follow-up so far: conversations drawn, of them reviewed and still out, and how many they were drawn from."""

    reviewed: int
    drawn: int
    out: int
    frame: int


def compared(plan: Plan) -> Weeks | None:
    """Return the weeks that a plan's outcome compares, or None while there are none."""
    if plan.baseline_since is None or plan.decided_at is None or plan.shared_at is None or plan.follow_up_on is None:
        return None
    return spans.compared(
        since=plan.baseline_since,
        decided_at=plan.decided_at,
        known=_newest_known(plan),
        shared_at=plan.shared_at,
        follow_up=(plan.follow_up_from or spans.first_day(plan.follow_up_on), plan.follow_up_on),
    )


def inputs(plan: Plan, compared: Weeks) -> dict[str, Any]:
    """Return the sums that an outcome rests on; the plan's agent first, everybody else in a fixed order."""
    before = draws_in(compared.baseline_first, compared.baseline_last)
    after = draws_in(compared.first, compared.last)
    sums = _sums(plan, before=before, after=after)
    coached = _coached(plan, compared)
    others = [
        Sums(*sides, is_coached=agent in coached) for agent, sides in sorted(sums.items()) if agent != plan.agent_id
    ]
    own = Sums(*sums.get(plan.agent_id, (Side(), Side())), is_coached=True)
    return inputs_of(own, others, covers=plan.baseline_since is not None)


def progress(plan: Plan, compared: Weeks) -> Progress:
    """Count the follow-up of a plan: random picks of its agent by rubrics that ask for its skill."""
    draws = draws_in(compared.first, compared.last)
    items = items_of([plan.agent_id], skill_id=plan.skill_id, draws=draws)
    submitted = items.filter(status=QueueItem.Status.SUBMITTED)
    reviewed = submitted.filter(review__status=Review.Status.PUBLISHED).distinct().count()
    unpublished = submitted.filter(review__status=Review.Status.SUBMITTED).distinct().count()
    out = items.open().count() + unpublished
    frames = FrameStratum.objects.filter(draw__in=draws, agent=plan.agent_id)
    frames = frames.filter(draw__rubric_version__in=_versions(plan.skill_id))
    return Progress(reviewed, reviewed + out, out, overlaps.frame_size(frames))


def items_of(agents: Iterable[int], *, skill_id: int, draws: list[int]) -> Any:
    """Return the random picks of agents in some draws that are scored by rubrics that ask for a skill."""
    return QueueItem.objects.filter(
        purpose=QueueItem.Purpose.PRIMARY, pool="random", agent__in=list(agents), pick__draw__in=draws,
        rubric_version__in=_versions(skill_id),
    )  # fmt: skip


def draws_in(first: str, last: str) -> list[int]:
    """Return the draws that belong to some weeks, both ends included, each read in its own time zone."""
    rows = Draw.objects.standing().filter(
        ends_at__gt=weeks.start_of(first) - A_DAY, ends_at__lte=weeks.end_of(last) + A_DAY
    )
    return [
        pk
        for pk, ends_at, zone in rows.order_by("pk").values_list("pk", "ends_at", "time_zone")
        if first <= weeks.of_draw(ends_at, time_zone=zone) <= last
    ]


def weekly(plan: Plan, compared: Weeks) -> dict[str, Side]:
    """Return the agent's own sums by week, baseline to follow-up."""
    rows: Any = (
        cells_of(plan.skill.slug, draws_in(compared.baseline_first, compared.last))
        .filter(stratum__agent=plan.agent_id)
        .values("stratum__draw__ends_at", "stratum__draw__time_zone")
        .annotate(**{f"sum_{name}": Sum(name) for name in VALUES})
        .order_by()
    )
    found: dict[str, Side] = {}
    for row in rows:
        week = weeks.of_draw(row["stratum__draw__ends_at"], time_zone=row["stratum__draw__time_zone"])
        before, added = found.get(week, Side()), [int(row[f"sum_{name}"]) for name in VALUES]
        found[week] = Side(before.n + added[0], before.total + added[1], before.squares + added[2])
    return found


def _sums(plan: Plan, *, before: list[int], after: list[int]) -> dict[int, tuple[Side, Side]]:
    """Return agent id → sums before and after, by the rubrics that the plan's agent was scored with before.

    Another rubric's score on the same skill is another measure.
    """
    rubrics = rubrics_of([plan.agent_id], skill=plan.skill.slug, draws=before)
    found = sides(plan.skill.slug, rubrics=rubrics, draws={"before": before, "after": after})
    return {agent: (one["before"], one["after"]) for agent, one in found.items()}


def rubrics_of(agents: Iterable[int], *, skill: str, draws: list[int]) -> list[int]:
    """Return the rubrics that agents were scored with on a skill in some draws."""
    own = cells_of(skill, draws).filter(stratum__agent__in=list(agents), n__gt=0)
    return list(own.order_by().values_list("rubric_version__rubric", flat=True).distinct())


def sides(skill: str, *, rubrics: list[int], draws: Mapping[str, list[int]]) -> dict[int, dict[str, Side]]:
    """Return agent id → name of a side → sums on a skill in the side's draws, by some rubrics.

    Two queries; three more for each side where plans overlap, and a conversation of several counts once.
    """
    cells = cells_of(skill, sorted({pk for pks in draws.values() for pk in pks}))
    cells = cells.filter(rubric_version__rubric__in=rubrics)
    rows: Any = (
        cells.values("stratum__agent_id")
        .annotate(
            **{
                f"{side}_{name}": Sum(name, filter=Q(stratum__draw__in=pks))
                for side, pks in draws.items()
                for name in VALUES
            },
            shared=Count("pk", filter=Q(stratum__is_shared=True)),
        )
        .order_by()
    )
    found = {
        row["stratum__agent_id"]: {side: Side(*(int(row[f"{side}_{name}"] or 0) for name in VALUES)) for side in draws}
        for row in rows
    }
    for (agent, draw), strata in _divided(cells).items():
        for side, pks in draws.items():
            if draw in pks:
                found[agent][side] = found[agent][side].reweighed(strata)
    if overlapping := [row["stratum__agent_id"] for row in rows if row["shared"]]:
        strata_of = FrameStratum.objects.filter(agent__in=overlapping, draw__rubric_version__rubric__in=rubrics)
        for side, pks in draws.items():
            once = together.once(strata_of.filter(draw__in=pks), f"skill:{skill}", places=dict.fromkeys(pks, side))
            for (agent, _side), (mean, _n_eff, again) in once.items():
                found[agent][side] = found[agent][side].counted_once(mean, again=again)
    return found


def _divided(cells: QuerySet[Cell]) -> dict[tuple[int, int], list[tuple[float, int, float]]]:
    """Return (agent, draw) → (N, n, Σy) of each stratum, where a draw divided the agent's conversations."""
    rows = cells.exclude(stratum__stratum=WHOLE).order_by().values_list(
        "stratum__agent_id", "stratum__draw_id", "stratum_id", "stratum__frame_size"
    )  # fmt: skip
    found: dict[tuple[int, int], list[tuple[float, int, float]]] = {}
    for agent, draw, _stratum, size, n, total in rows.annotate(Sum("n"), Sum("total")):
        found.setdefault((agent, draw), []).append((size, n, total))
    return found


def cells_of(skill: str, draws: list[int]) -> QuerySet[Cell]:
    """Return the random pool's sums on a skill; people only."""
    return Cell.objects.filter(
        metric=f"skill:{skill}", pool="random", stratum__agent__is_bot=False, stratum__draw__in=draws
    )


def _coached(plan: Plan, compared: Weeks) -> set[int]:
    """Return the agents who were coached on the skill at any time compared: their change is not everybody's."""
    others = Plan.objects.filter(skill=plan.skill_id, shared_at__lt=weeks.end_of(compared.last))
    begun = weeks.start_of(compared.baseline_first)
    return set(others.filter(Q(closed_at=None) | Q(closed_at__gte=begun)).values_list("agent_id", flat=True))


def _newest_known(plan: Plan) -> str | None:
    """Return the newest week with a random review of the agent that was published when somebody decided."""
    rows = Review.objects.published().filter(
        agent=plan.agent_id, purpose=QueueItem.Purpose.PRIMARY, published_at__lt=plan.decided_at,
        item__pick__draw__voided_at=None, item__pick__draw__isnull=False, pool="random",
    )  # fmt: skip
    newest = rows.order_by().values("item__pick__draw__time_zone").annotate(ends=Max("item__pick__draw__ends_at"))
    return max((weeks.of_draw(r["ends"], time_zone=r["item__pick__draw__time_zone"]) for r in newest), default=None)


def _versions(skill_id: int) -> QuerySet[Any]:
    return RubricVersion.objects.filter(criteria__skill=skill_id).values("pk")
