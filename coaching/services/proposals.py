"""Propose plans from the newest looks. One open plan per agent and skill: a new signal adds evidence to it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.models import Agent, RoleGrant, TeamMembership
from accounts.roles import Role
from coaching import evidence, weeks
from coaching.models import Action, Evidence, Look, Plan
from coaching.policies import OPEN_PER_AGENT
from coaching.suggestions import advice, suggest
from coaching.windows import WEEKS
from core.audit import record

logger = logging.getLogger(__name__)

FOLLOW_UP_WEEKS = 6
FOLLOW_UP_REVIEWS = 8
NORMAL_95 = 1.959964


def propose(week: str, *, now: datetime) -> int:
    """Propose a plan for each look of a week that asks for one; the number of new plans.

    The largest P·gap comes first, because an agent has at most two open plans. One agent's failure is logged and
    never stops the others.
    """
    asking = list(Look.objects.filter(week=week, state=Look.State.OPENED).select_related("agent", "skill"))
    asking.sort(key=lambda look: (-urgency(look), look.agent_id, look.skill_id))
    made = 0
    for look in asking:
        try:
            made += _propose(look, now=now)
        except Exception:  # recorded, and the next sweep tries this agent again
            logger.exception("No plan could be proposed for agent %s, skill %s", look.agent_id, look.skill_id)
    for look in Look.objects.filter(week=week, state=Look.State.CLOSE_SUGGESTED):
        _open_plan(look).filter(close_suggested_at=None).update(close_suggested_at=now)
    return made


def urgency(look: Look) -> float:
    """Return P × gap in points: how likely and how far under the target."""
    gap = look.target - (look.level if look.level is not None else look.target)
    return (look.probability or 0) * max(0.0, gap)


def _propose(look: Look, *, now: datetime) -> int:
    try:
        with transaction.atomic():
            # The agent's row is the lock: two sweeps at once count the same open plans.
            agent = Agent.objects.select_for_update().get(pk=look.agent_id)
            existing = _open_plan(look).first()
            if existing is not None:
                attach(existing, now=now)
                return 0
            if Plan.objects.open().filter(agent=agent).count() >= OPEN_PER_AGENT:
                return 0
            _write(look, agent, now=now)
            return 1
    except IntegrityError:
        return 0  # another sweep was a moment faster; its plan is the one


def _open_plan(look: Look):  # type: ignore[no-untyped-def]
    return Plan.objects.open().filter(agent=look.agent_id, skill=look.skill_id)


def _write(look: Look, agent: Agent, *, now: datetime) -> Plan:
    team_id = TeamMembership.objects.at(now).filter(agent=agent).values_list("team_id", flat=True).first()
    plan = Plan.objects.create(
        agent=agent,
        team_id=team_id,
        skill=look.skill,
        origin=Plan.Origin.LEVEL,
        owner_id=lead_of(team_id, now=now),
        trigger={"code": "likely_under_target", "week": look.week, **_numbers(look)},
        focus=focus_of(look.skill.slug),
        target=look.target,
        baseline_mean=look.baseline,
        baseline_low=edge(look, -1),
        baseline_high=edge(look, +1),
        baseline_n=look.n,
        baseline_since=weeks.start_of(weeks.shifted(look.week, 1 - WEEKS)),
        follow_up_on=(now + timedelta(weeks=FOLLOW_UP_WEEKS)).date(),
        follow_up_quota=FOLLOW_UP_REVIEWS,
        proposed_at=now,
        updated_at=now,
    )
    attach(plan, now=now)
    add_suggestions(plan, now=now)
    record("plan.proposed", target=plan, by=None, at=now, params={"week": look.week})
    return plan


def _numbers(look: Look) -> dict[str, float | int | None]:
    return {
        "probability": look.probability,
        "n": look.n,
        "n_effective": round(look.n_effective, 2),
        "level": look.level,
        "level_sd": look.level_sd,
    }


def edge(look: Look, sign: int) -> float | None:
    """Return the lower (−1) or upper (+1) end of the baseline's 95 % interval, in points."""
    if look.baseline is None or look.baseline_sd is None:
        return None
    return min(100.0, max(0.0, look.baseline + sign * NORMAL_95 * look.baseline_sd))


def focus_of(skill: str) -> str:
    """Return the library's focus points for a skill, one a line."""
    known = advice(skill)
    return "\n".join(known.focus[:3]) if known else ""


def attach(plan: Plan, *, now: datetime) -> int:
    """Add the answers that speak for a plan and are not in it yet; the number added."""
    known = set(plan.evidence.values_list("answer_id", flat=True))
    rows = [
        Evidence(
            plan=plan,
            review_id=answer.revision.review_id,
            answer=answer,
            lost_points=evidence.lost_points(answer),
            added_at=now,
        )
        for answer in evidence.strongest(plan.agent_id, plan.skill_id, since=plan.baseline_since)
        if answer.pk not in known
    ]
    Evidence.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def add_suggestions(plan: Plan, *, now: datetime) -> None:
    """Write the library's suggestions for the plan's skill and the agent's level as actions, with due dates."""
    channel = plan.evidence.values_list("review__conversation__channel", flat=True).first() or ""
    found = suggest(plan.skill.slug, level=plan.agent.level, channel=channel)
    Action.objects.bulk_create(
        Action(
            plan=plan,
            kind=one.kind,
            text=one.text,
            library_key=one.key,
            due_on=(now + timedelta(days=one.days)).date(),
            position=position,
        )
        for position, one in enumerate(found)
    )


def lead_of(team_id: int | None, *, now: datetime) -> int | None:
    """Return the supervisor of a team: the one who has been it longest."""
    if team_id is None:
        return None
    grants = RoleGrant.objects.active(now).filter(role=Role.SUPERVISOR, team=team_id, user__is_active=True)
    return grants.order_by("starts_at", "pk").values_list("user_id", flat=True).first()
