"""The weekly look: what the weekly sums say about each agent's skills, and where the trigger stands after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Sum
from django.db.models.functions import Coalesce

from accounts.models import TeamMembership
from coaching import weeks
from coaching.models import Look, Plan
from coaching.targets import target_of
from coaching.windows import WEEKS, AgentWeeks, Level, levels, pools_of
from reviews.models import Cell, Review
from rubrics.models import Skill
from stats.plan_states import PlanState, plan_ended, plan_started, plan_step, plan_withheld

METRIC = "skill:"


def run_due(*, now: datetime) -> list[str]:
    """Run every missed weekly look in order, and the newest complete week's again; the weeks that were run.

    Running twice changes nothing: each week steps from the week before it.
    """
    newest = weeks.last_complete(now)
    last = Look.objects.aggregate(last=Max("week"))["last"]
    first = _first_week(newest) if last is None else last
    if first is None:
        return []
    due = weeks.between(weeks.shifted(min(first, newest), -1), newest)[-WEEKS:]
    for week in due:
        run(week, now=now)
    return due


def run(week: str, *, now: datetime) -> int:
    """Look at every agent with reviews in the window, one skill at a time; the number of looks."""
    sums = window(week)
    slugs = {slug for slug, agents in sums.items() if agents}
    skills = Skill.objects.filter(slug__in=slugs).order_by("pk")
    return sum(_run_skill(skill, sums[skill.slug], week=week, now=now) for skill in skills)


def window(week: str) -> dict[str, dict[int, AgentWeeks]]:
    """Read the weekly sums of 26 weeks up to one: skill slug → agent id → sums. Random pool only."""
    newest = weeks.start_of(week)
    rows = (
        Cell.objects.filter(
            metric__startswith=METRIC,
            pool="random",
            n__gt=0,
            stratum__draw__voided_at=None,
            stratum__draw__ends_at__gt=weeks.start_of(weeks.shifted(week, 1 - WEEKS)),
            stratum__draw__ends_at__lte=weeks.end_of(week),
        )
        .values("metric", "stratum__agent_id", "stratum__draw__starts_at")
        .annotate(
            count=Sum("n"), points=Sum("total"), spread=Sum("squares"),
            newest=Max("newest_at"), review=Max("newest_review_id"),
        )
        .order_by()
    )  # fmt: skip
    found: dict[str, dict[int, AgentWeeks]] = {}
    for row in rows:
        agents = found.setdefault(row["metric"].removeprefix(METRIC), {})
        agent = agents.setdefault(row["stratum__agent_id"], AgentWeeks())
        age = max(0, (newest - weeks.start_of(weeks.name_of(row["stratum__draw__starts_at"]))).days // 7)
        if age < WEEKS:
            _add(agent, place=WEEKS - 1 - age, row=row)
    return found


def _add(agent: AgentWeeks, *, place: int, row: Mapping) -> None:
    agent.n[place] += row["count"]
    agent.total[place] += row["points"]
    agent.squares += row["spread"]
    if agent.newest_at is None or row["newest"] > agent.newest_at:
        agent.newest_at, agent.newest_review_id = row["newest"], row["review"]


@dataclass(frozen=True)
class _History:
    """What earlier looks and plans say about one skill's agents."""

    previous: Mapping[int, Look]
    open_plans: frozenset[int]
    ended: Mapping[int, datetime]


@transaction.atomic
def _run_skill(skill: Skill, agents: dict[int, AgentWeeks], *, week: str, now: datetime) -> int:
    found = levels(agents, pools=pools_of(_teams(agents, week=week)), target=target_of(skill))
    history = _history(skill, list(agents), week=week)
    rows = [
        _look(skill, agent, agents[agent], level, history=history, week=week, now=now)
        for agent, level in sorted(found.items())
    ]
    Look.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["agent", "skill", "week"],
        update_fields=[
            "looked_at", "n", "n_effective", "mean", "level", "level_sd", "target", "probability", "flag", "reason",
            "newest_review_id", "newest_published_at", "state", "above", "below", "cooldown", "baseline",
            "baseline_sd",
        ],
        batch_size=200,
    )  # fmt: skip
    return len(rows)


def _look(
    skill: Skill, agent: int, sums: AgentWeeks, level: Level, *, history: _History, week: str, now: datetime
) -> Look:
    before = history.previous.get(agent)
    newer = (
        before is None
        or before.newest_published_at is None
        or (sums.newest_at is not None and sums.newest_at > before.newest_published_at)
    )
    flag = level.reason is None
    after = plan_step(
        _standing(agent, before, history=history), p=level.probability, ok=flag and newer, person_decides=True
    )
    return Look(
        agent_id=agent,
        skill=skill,
        week=week,
        looked_at=now,
        n=level.n,
        n_effective=level.n_effective,
        mean=level.mean,
        level=level.level,
        level_sd=level.level_sd,
        target=target_of(skill),
        probability=level.probability,
        flag=flag,
        reason=level.reason or ("" if newer else "nothing_new"),
        newest_review_id=sums.newest_review_id,
        newest_published_at=sums.newest_at,
        state=after.name,
        above=after.above,
        below=after.below,
        cooldown=after.cooldown_left,
        baseline=level.baseline,
        baseline_sd=level.baseline_sd,
    )


def _standing(agent: int, before: Look | None, *, history: _History) -> PlanState:
    """Return where the trigger stood before this look, with what people have decided since."""
    state = PlanState()
    if before is not None:
        state = PlanState(before.state, above=before.above, below=before.below, cooldown_left=before.cooldown)  # type: ignore[arg-type]
    ended = history.ended.get(agent)
    if ended is not None and (before is None or ended > before.looked_at):
        return plan_ended(state)
    has_plan = agent in history.open_plans
    if has_plan and state.name in {"none", "cooldown"}:
        return plan_started(state)
    if not has_plan and state.name in {"opened", "open", "close_suggested"}:
        return plan_withheld(state)
    return state


def _history(skill: Skill, agents: list[int], *, week: str) -> _History:
    earlier = Look.objects.filter(skill=skill, agent__in=agents, week__lt=week).order_by("agent", "week")
    plans = Plan.objects.filter(skill=skill, agent__in=agents)
    ended = plans.filter(status__in=Plan.ENDED).values("agent").annotate(at=Max(Coalesce("closed_at", "decided_at")))
    return _History(
        previous={look.agent_id: look for look in earlier},
        open_plans=frozenset(plans.open().values_list("agent_id", flat=True)),
        ended={row["agent"]: row["at"] for row in ended},
    )


def _teams(agents: Mapping[int, AgentWeeks], *, week: str) -> dict[int, int | None]:
    teams: dict[int, int | None] = dict.fromkeys(agents)
    rows = TeamMembership.objects.at(weeks.end_of(week)).filter(agent__in=agents)
    teams.update(rows.values_list("agent_id", "team_id"))
    return teams


def _first_week(newest: str) -> str | None:
    """Return the first week in which a look could have seen anything, within one window."""
    first = (
        Review.objects.published()
        .filter(purpose="primary")
        .order_by("published_at")
        .values_list("published_at", flat=True)
        .first()
    )
    if first is None:
        return None
    return max(weeks.name_of(first), weeks.shifted(newest, 1 - WEEKS))
