"""Write the plans that looks ask for, many at once: as many queries for a hundred looks as for one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.models import Agent
from coaching import weeks
from coaching.models import Look, Plan
from coaching.policies import OPEN_PER_AGENT, waiting_in_programmes
from coaching.selectors.library import everything
from coaching.selectors.rules import Held
from coaching.services import contents
from coaching.windows import WEEKS
from core import audit


def write(looks: Sequence[Look], *, now: datetime, held: Held) -> int:
    """Propose plans for looks of one week in their order, the most urgent first; the number of new plans."""
    # The agents' rows are the lock: two sweeps at once count the same open plans.
    rows = Agent.objects.select_for_update(no_key=True).filter(pk__in={look.agent_id for look in looks})
    agents = {agent.pk: agent for agent in rows.order_by("pk")}
    wanted = _wanted(looks, agents)
    if not wanted:
        return 0
    teams = contents.teams_of(agents, now=now)
    leads, library = contents.leads_of(teams.values(), now=now), everything()
    plans = []
    for look in wanted:
        team_id = teams.get(look.agent_id)
        plan = _plan(look, now=now, held=held)
        plan.agent, plan.team_id, plan.owner_id = agents[look.agent_id], team_id, leads.get(team_id)
        plan.focus = contents.focus_in(library.get(look.skill.slug))
        plans.append(plan)
    Plan.objects.bulk_create(plans)
    contents.fill_many(plans, library, now=now)
    params = {"week": looks[0].week}
    audit.record_many([audit.event("plan.proposed", target=plan, by=None, at=now, params=params) for plan in plans])
    return len(plans)


def _wanted(looks: Sequence[Look], agents: Mapping[int, Agent]) -> list[Look]:
    """Leave out the looks whose agent left, has a plan for it, as many plans as one can have, or waits for a group."""
    plans = Plan.objects.filter(agent__in=agents)
    opened = set(plans.open().values_list("agent_id", "skill_id"))
    taken = Counter(agent for agent, _skill in opened)
    out = opened | _decided(plans, looks) | waiting_in_programmes(agents)
    wanted = []
    for look in looks:
        pair, agent = (look.agent_id, look.skill_id), agents.get(look.agent_id)
        if agent and agent.deactivated_at is None and pair not in out and taken[agent.pk] < OPEN_PER_AGENT:
            out.add(pair)
            taken[agent.pk] += 1
            wanted.append(look)
    return wanted


def _decided(plans: Any, looks: Iterable[Look]) -> set[tuple[int, int]]:
    """Return for which agents and skills somebody has decided on these very looks."""
    since = weeks.end_of(next(iter(looks)).week)
    ended_since = Q(closed_at__gte=since) | Q(status=Plan.Status.DECLINED, decided_at__gte=since)
    return set(plans.filter(ended_since).values_list("agent_id", "skill_id"))


def _plan(look: Look, *, now: datetime, held: Held) -> Plan:
    return Plan(
        skill=look.skill,
        origin=Plan.Origin.LEVEL,
        trigger={"code": "likely_under_target", "week": look.week, **_numbers(look), **_rule(held)},
        target=look.target,
        **contents.baseline_of(look),
        baseline_since=weeks.start_of(weeks.shifted(look.week, 1 - WEEKS)),
        follow_up_on=contents.follow_up_on(now),
        follow_up_quota=contents.FOLLOW_UP_REVIEWS,
        proposed_at=now,
        updated_at=now,
    )


def _numbers(look: Look) -> dict[str, float | int | None]:
    return {
        "probability": look.probability,
        "n": look.n,
        "n_effective": round(look.n_effective, 2),
        "level": look.level,
        "level_sd": look.level_sd,
    }


def _rule(held: Held) -> dict[str, Any]:
    """Return the rule as it was: a later change of the rules does not change why a plan was proposed."""
    return {"rules": held.number, "above": held.rules.above, "running": held.rules.running}
