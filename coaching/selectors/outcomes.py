"""Read what an outcome is worked out from: the weeks, everybody's sums on both sides, and what is still out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Q, QuerySet

from coaching import spans, weeks
from coaching.effects import Side, Sums, inputs_of
from coaching.models import Plan
from coaching.selectors import straddling
from coaching.selectors.bounds import Span
from coaching.selectors.sides import by_week, cells_of, sides
from coaching.spans import Weeks
from reviews.models import QueueItem, Review
from reviews.selectors.asking import frames_asking
from rubrics.models import RubricVersion
from sampling.models import Draw, FrameStratum
from sampling.selectors import overlaps

A_DAY = timedelta(days=1)  # no time zone is further from UTC


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
    sums = _sums(plan, spans_of(compared, begun=plan.shared_at))
    coached = _coached(plan, compared)
    others = [
        Sums(*sides, is_coached=agent in coached) for agent, sides in sorted(sums.items()) if agent != plan.agent_id
    ]
    own = Sums(*sums.get(plan.agent_id, (Side(), Side())), is_coached=True)
    return inputs_of(own, others, covers=plan.baseline_since is not None)


def progress(plan: Plan, compared: Weeks) -> Progress:
    """Count the follow-up of a plan: random picks of its agent by rubrics that ask for its skill."""
    span = after(compared)
    draws = list(span.draws)
    frames = frames_asking(FrameStratum.objects.filter(draw__in=draws, agent=plan.agent_id), f"skill:{plan.skill.slug}")
    left = straddling.outside(frames, {"after": span}).get("after", [])
    items = items_of([plan.agent_id], skill_id=plan.skill_id, draws=draws)
    items = items.exclude(pick__in=[one.pick for one in left if one.pick is not None])
    submitted = items.filter(status=QueueItem.Status.SUBMITTED)
    reviewed = submitted.filter(review__status=Review.Status.PUBLISHED).distinct().count()
    unpublished = submitted.filter(review__status=Review.Status.SUBMITTED).distinct().count()
    out = items.open().count() + unpublished
    return Progress(reviewed, reviewed + out, out, overlaps.frame_size(frames) - straddling.units_of(left))


def items_of(agents: Iterable[int], *, skill_id: int, draws: list[int]) -> Any:
    """Return the random picks of agents in some draws that are scored by rubrics that ask for a skill."""
    return QueueItem.objects.filter(
        purpose=QueueItem.Purpose.PRIMARY, pool="random", agent__in=list(agents), pick__draw__in=draws,
        rubric_version__in=_versions(skill_id),
    )  # fmt: skip


def placed(first: str, last: str) -> dict[int, str]:
    """Return the draws that belong to some weeks, both ends included, each with its week in its own time zone."""
    rows = Draw.objects.standing().filter(
        ends_at__gt=weeks.start_of(first) - A_DAY, ends_at__lte=weeks.end_of(last) + A_DAY
    )
    found = {
        pk: weeks.of_draw(ends_at, time_zone=zone)
        for pk, ends_at, zone in rows.order_by("pk").values_list("pk", "ends_at", "time_zone")
    }
    return {pk: week for pk, week in found.items() if first <= week <= last}


def spans_of(compared: Weeks, *, begun: datetime | None) -> dict[str, Span]:
    """Return both sides, neither with a conversation from the other side of the moment the coaching began."""
    return {
        "before": Span(placed(compared.baseline_first, compared.baseline_last), until=begun),
        "after": after(compared),
    }


def after(compared: Weeks) -> Span:
    """Return the follow-up: the draws of its weeks, without what ended before the first of them."""
    return Span(placed(compared.first, compared.last), since=compared.first)


def weekly_spans(compared: Weeks, *, begun: datetime | None) -> list[Span]:
    """Return both sides and the weeks between them, in which nothing counts on a side."""
    found = spans_of(compared, begun=begun)
    first, last = weeks.shifted(compared.baseline_last, 1), weeks.shifted(compared.first, -1)
    between = Span(placed(first, last) if first <= last else {}, since=first)
    return [found["before"], between, found["after"]]


def weekly(plan: Plan, compared: Weeks) -> dict[str, Side]:
    """Return the agent's own sums by week, baseline to follow-up, by the rubrics that the outcome compares."""
    spans = weekly_spans(compared, begun=plan.shared_at)
    rubrics = rubrics_of([plan.agent_id], skill=plan.skill.slug, draws=list(spans[0].draws))
    found: dict[str, Side] = {}
    for span in spans:
        found |= by_week(plan.skill.slug, span, rubrics=rubrics, agents=[plan.agent_id]).get(plan.agent_id, {})
    return found


def _sums(plan: Plan, spans: Mapping[str, Span]) -> dict[int, tuple[Side, Side]]:
    """Return agent id → sums before and after, by the rubrics that the plan's agent was scored with before.

    Another rubric's score on the same skill is another measure.
    """
    rubrics = rubrics_of([plan.agent_id], skill=plan.skill.slug, draws=list(spans["before"].draws))
    found = sides(plan.skill.slug, rubrics=rubrics, spans=spans)
    return {agent: (one["before"], one["after"]) for agent, one in found.items()}


def rubrics_of(agents: Iterable[int], *, skill: str, draws: list[int]) -> list[int]:
    """Return the rubrics that agents were scored with on a skill in some draws."""
    own = cells_of(skill, draws).filter(stratum__agent__in=list(agents), n__gt=0)
    return list(own.order_by().values_list("rubric_version__rubric", flat=True).distinct())


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
