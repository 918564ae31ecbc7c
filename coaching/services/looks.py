"""The weekly look: what the weekly sums say about each agent's skills, and where the trigger stands after it.

A look of a week is current in the week after it (that is when the reviews of its conversations come in) and is run
again until then; later it stays. Running it twice changes nothing: it steps from the look of the week before.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max, Min, Q

from accounts.models import TeamMembership
from coaching import weeks
from coaching.models import Look, Plan, SweepFailure
from coaching.selectors import cells
from coaching.selectors.rules import Held, current
from coaching.selectors.targets import by_agent
from coaching.standing import Span, standing
from coaching.stepping import Before, is_newer, step
from coaching.windows import WEEKS, AgentWeeks, Level, levels, pools_of
from core import bulk
from rubrics.models import Skill
from stats.plan_states import PlanState

logger = logging.getLogger(__name__)


class Computed(NamedTuple):
    """What a look computes, by the names of its fields."""

    n: int
    n_effective: float
    mean: float | None
    level: float | None
    level_sd: float | None
    target: float
    probability: float | None
    flag: bool
    reason: str
    newest_review_id: int | None
    newest_published_at: datetime | None
    state: str
    above: int
    below: int
    cooldown: int
    baseline: float | None
    baseline_sd: float | None


LOOKED = ("agent_id", "skill_id", "week")


@dataclass(frozen=True)
class Ran:
    """How many looks are new or changed, and the agents whose look could not be made, each with the error."""

    changed: int
    broken: Mapping[int, Exception] = field(default_factory=dict)


def due(*, now: datetime) -> dict[str, list[Skill]]:
    """Return week → skills to look at, oldest week first: what was missed, and the newest complete week again.

    A skill starts again at its own newest look, because reviews may have come since it was made; or at an earlier
    week in which somebody's look failed, to try that one again.
    """
    newest = weeks.last_complete(now)
    oldest = weeks.shifted(newest, 1 - WEEKS)
    last = dict(Look.objects.order_by().values("skill").annotate(last=Max("week")).values_list("skill", "last"))
    failed = _failed_weeks(since=oldest)
    skills = list(Skill.objects.order_by("pk"))
    first = cells.first_weeks((skill.slug for skill in skills if skill.pk not in last), since=oldest)
    found: dict[str, list[Skill]] = {week: [] for week in weeks.between(weeks.shifted(oldest, -1), newest)}
    for skill in skills:
        starts = [week for week in (last.get(skill.pk) or first.get(skill.slug), failed.get(skill.pk)) if week]
        for week in found:
            if starts and week >= min(*starts, newest):
                found[week].append(skill)
    return {week: skills for week, skills in found.items() if skills}


@transaction.atomic
def run(skill: Skill, *, week: str, now: datetime, held: Held | None = None) -> Ran:
    """Look at every agent with reviews of one skill in the window, by the rules that are held.

    An agent whose look cannot be made is left out of this week and named; the others' looks are made.
    """
    held = held or current()
    found = cells.window(f"{cells.SKILLS}{skill.slug}", week=week)
    sums, broken = found.agents, dict(found.broken)
    known = _known(skill, week=week)
    for agent in known.keys() - sums.keys() - broken.keys():
        sums[agent] = AgentWeeks()  # what the look rested on was taken back
    targets = by_agent(skill, held.rules)
    level_of = levels(sums, pools=pools_of(_teams(sums, week=week)), targets=targets)
    before, spans = _previous(skill, week=week), _spans(skill, week=week)
    changed = []
    for agent in sorted(level_of):
        try:
            look = _look(
                sums[agent], level_of[agent], target=targets[agent], before=before.get(agent),
                spans=spans.get(agent, []), week=week, held=held,
            )  # fmt: skip
        except Exception as error:
            logger.exception("The look of agent %s at %s for %s failed", agent, skill, week)
            broken[agent] = error
            continue
        if look != known.get(agent):
            changed.append((agent, skill.pk, week, now, *look))
    # In order of agents: two sweeps at once wait for each other instead of dead-locking.
    bulk.upsert(Look, (*LOOKED, "looked_at", *Computed._fields), changed, unique=LOOKED)
    return Ran(len(changed), broken)


def _look(
    sums: AgentWeeks, level: Level, *, target: float, before: Before | None, spans: list[Span], week: str, held: Held
) -> Computed:
    newer = is_newer(sums, before)
    state = before.state if before else PlanState()
    since, running = before.week if before else None, held.rules.running
    state = standing(state, since=since, week=week, spans=spans, running=running)
    after = step(state, level, newer=newer, rules=held.rules, person_decides=True)
    return Computed(
        n=level.n,
        n_effective=level.n_effective,
        mean=level.mean,
        level=level.level,
        level_sd=level.level_sd,
        target=target,
        probability=level.probability,
        flag=level.reason is None,
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


def _known(skill: Skill, *, week: str) -> dict[int, tuple[object, ...]]:
    """Return what is stored for a week, by agent, in the order of Computed."""
    rows = Look.objects.filter(skill=skill, week=week).order_by().values_list("agent_id", *Computed._fields)
    return {row[0]: row[1:] for row in rows}


def _previous(skill: Skill, *, week: str) -> dict[int, Before]:
    """Return each agent's newest look before a week: most are of the week before, so the rest are few."""
    names = ("agent_id", "week", "state", "above", "below", "cooldown", "newest_published_at")
    looks = Look.objects.filter(skill=skill)
    last = looks.filter(week=weeks.shifted(week, -1))
    older = looks.filter(week__lt=weeks.shifted(week, -1), week__gte=weeks.shifted(week, -WEEKS))
    newest = older.exclude(agent__in=last.values("agent")).order_by("week")
    return {
        agent: Before(of, PlanState(state, above=above, below=below, cooldown_left=cooldown), published)
        for rows in (newest, last.order_by())
        for agent, of, state, above, below, cooldown, published in rows.values_list(*names)
    }


def _spans(skill: Skill, *, week: str) -> dict[int, list[Span]]:
    """Return when each agent's plans for a skill were open, as far back as a look can reach."""
    since = weeks.start_of(weeks.shifted(week, -WEEKS))
    is_recent = Q(closed_at__gte=since) | Q(closed_at=None, decided_at__gte=since)
    found: dict[int, list[Span]] = {}
    for plan in Plan.objects.filter(~Q(status__in=Plan.ENDED) | is_recent, skill=skill):
        found.setdefault(plan.agent_id, []).append(span_of(plan))
    return found


def span_of(plan: Plan) -> Span:
    """Return the weeks in which a plan was open, as the looks count them."""
    asked = plan.trigger.get("week")
    first = weeks.shifted(asked, 1) if asked else weeks.name_of(plan.proposed_at)
    ended = plan.closed_at or plan.decided_at if plan.status in Plan.ENDED else None
    return Span(first, weeks.name_of(ended) if ended else None)


def _teams(agents: Mapping[int, AgentWeeks], *, week: str) -> dict[int, int | None]:
    """Return agent id → team id at the end of a week."""
    teams = dict(TeamMembership.objects.at(weeks.end_of(week)).order_by().values_list("agent_id", "team_id"))
    return {agent: teams.get(agent) for agent in agents}


def _failed_weeks(*, since: str) -> dict[int, str]:
    """Return skill id → the oldest week in which somebody's look failed and was not made since."""
    rows = SweepFailure.objects.open().filter(part=SweepFailure.Part.LOOK, week__gte=since).exclude(skill=None)
    return dict(rows.order_by().values("skill").annotate(oldest=Min("week")).values_list("skill", "oldest"))
