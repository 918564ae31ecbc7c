"""What a week's looks ask for: a plan, more evidence for one that is open, or closing one. People decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from accounts.models import Agent
from coaching import evidence, weeks
from coaching.models import Look, Plan
from coaching.policies import OPEN_PER_AGENT, waits_in_a_programme
from coaching.selectors.rules import Held, current
from coaching.services import contents
from coaching.services.failures import Notebook, Part
from coaching.stepping import urgency
from coaching.windows import WEEKS
from core.audit import record
from reviews.models import Answer


def propose(week: str, *, now: datetime, held: Held | None = None, notes: Notebook | None = None) -> int:
    """Do what the looks of a week ask for; the number of new plans. Doing it twice changes nothing.

    A look that a later one of the same agent and skill has followed asks for nothing any more: it is here again only
    because somebody else's was made late.
    """
    held, notes = held or current(), notes or Notebook(now=now)
    looks = Look.objects.filter(week=week).select_related("skill")
    newest = looks.filter(~Exists(_later()))
    known = set(Plan.objects.open().values_list("agent_id", "skill_id"))
    asking = [look for look in newest.filter(state=Look.State.OPENED) if key(look) not in known]
    asking.sort(key=_first_things_first)
    made = sum(_guarded(look, partial(_propose, look, now=now, held=held), notes) for look in asking)
    plans = _open_plans()
    about = [
        (look, plans[look.agent_id, look.skill_id])
        for look in newest.filter(agent__in=Plan.objects.open().values("agent"))
        if (look.agent_id, look.skill_id) in plans
    ]
    said = {key(look): _evidence_at(plan) for look, plan in about if _speaks_again(look, plan, held)}
    found = evidence.newer(said, most=evidence.MOST_NEW)
    for look, plan in about:
        if answers := found.get(key(look)):
            _guarded(look, partial(_strengthen, look, plan, answers, now=now), notes)
        if _is_suggested(look) != (plan.close_suggested_at is not None):
            _guarded(look, partial(_suggest_closing, look, plan, now=now), notes)
    return made


def key(look: Look) -> tuple[int, int]:
    """Return what a plan is about: agent and skill."""
    return look.agent_id, look.skill_id


def _later() -> QuerySet[Look]:
    return Look.objects.filter(agent=OuterRef("agent"), skill=OuterRef("skill"), week__gt=OuterRef("week"))


def _guarded(look: Look, work: Callable[[], int], notes: Notebook) -> int:
    key = f"{look.skill_id} {look.agent_id}"
    return notes.guard(Part.PROPOSAL, key, work, agent_id=look.agent_id, skill=look.skill, week=look.week)


def _first_things_first(look: Look) -> tuple[float, int, int]:
    """Order by P × gap, because an agent has at most two open plans."""
    return (-urgency(look.probability, level=look.level, target=look.target), look.agent_id, look.skill_id)


def _open_plans() -> dict[tuple[int, int], Plan]:
    """Return the open plans by agent and skill, with when evidence was last added and how much there is."""
    about = {"evidence_at": Max("evidence__added_at"), "evidence_n": Count("evidence")}
    plans = Plan.objects.open().annotate(**about).select_related("agent", "skill")
    return {(plan.agent_id, plan.skill_id): plan for plan in plans}


def _propose(look: Look, *, now: datetime, held: Held) -> int:
    # The agent's row is the lock: two sweeps at once count the same open plans.
    agent = Agent.objects.select_for_update(no_key=True).get(pk=look.agent_id)
    plans = Plan.objects.filter(agent=agent)
    ended_since = Q(closed_at__gte=weeks.end_of(look.week)) | Q(
        status=Plan.Status.DECLINED, decided_at__gte=weeks.end_of(look.week)
    )
    if (
        agent.deactivated_at is not None
        or plans.open().filter(skill=look.skill).exists()
        or plans.filter(ended_since, skill=look.skill).exists()  # somebody has decided on this very look
        or plans.open().count() >= OPEN_PER_AGENT
        or waits_in_a_programme(agent, look.skill)
    ):
        return 0
    _write(look, agent, now=now, held=held)
    return 1


def _write(look: Look, agent: Agent, *, now: datetime, held: Held) -> Plan:
    team_id = contents.team_of(agent.pk, now=now)
    plan = Plan.objects.create(
        agent=agent,
        team_id=team_id,
        skill=look.skill,
        origin=Plan.Origin.LEVEL,
        owner_id=contents.lead_of(team_id, now=now),
        trigger={"code": "likely_under_target", "week": look.week, **_numbers(look), **_rule(held)},
        focus=contents.focus_of(look.skill.slug),
        target=look.target,
        **contents.baseline_of(look),
        baseline_since=weeks.start_of(weeks.shifted(look.week, 1 - WEEKS)),
        follow_up_on=contents.follow_up_on(now),
        follow_up_quota=contents.FOLLOW_UP_REVIEWS,
        proposed_at=now,
        updated_at=now,
    )
    contents.fill(plan, now=now)
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


def _rule(held: Held) -> dict[str, Any]:
    """Return the rule as it was: a later change of the rules does not change why a plan was proposed."""
    return {"rules": held.number, "above": held.rules.above, "running": held.rules.running}


def _speaks_again(look: Look, plan: Plan, held: Held) -> bool:
    """Say whether a look finds the level likely low once more, from reviews newer than the plan's evidence.

    A plan that has as much evidence as a person can read takes no more.
    """
    if plan.evidence_n >= contents.MOST_EVIDENCE:  # type: ignore[attr-defined]
        return False
    is_low = look.reason == "" and (look.probability or 0) > held.rules.above
    return is_low and look.newest_published_at is not None and look.newest_published_at > _evidence_at(plan)


def _evidence_at(plan: Plan) -> datetime:
    found: datetime = plan.evidence_at or plan.proposed_at  # type: ignore[attr-defined]
    return found


def _strengthen(look: Look, plan: Plan, answers: list[Answer], *, now: datetime) -> int:
    """Add what was published since the plan's last evidence."""
    Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    added = contents.attach(plan, answers, now=now)
    if added:
        record("plan.evidence_added", target=plan, by=None, at=now, params={"week": look.week, "answers": added})
    return added


def _is_suggested(look: Look) -> bool:
    return look.state == Look.State.CLOSE_SUGGESTED


def _suggest_closing(look: Look, plan: Plan, *, now: datetime) -> int:
    """Remember, or take back, that the numbers would let a plan be closed."""
    suggested = _is_suggested(look)
    rows = Plan.objects.open().filter(pk=plan.pk, close_suggested_at__isnull=suggested)
    if not rows.update(close_suggested_at=now if suggested else None, updated_at=now):
        return 0
    verb = "plan.closing_suggested" if suggested else "plan.closing_taken_back"
    record(verb, target=plan, by=None, at=now, params={"week": look.week})
    return 1
