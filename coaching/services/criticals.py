"""Propose a plan where the same critical error came again, or add it to the plan that is open."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db.models import Max, Q

from accounts.models import Agent
from coaching import weeks
from coaching.models import Look, Plan
from coaching.models.plans import PlanQuerySet
from coaching.policies import OPEN_PER_AGENT
from coaching.selectors import criticals as read
from coaching.selectors.criticals import Repeated
from coaching.selectors.rules import Held
from coaching.services import contents
from coaching.services.failures import Notebook, Part
from coaching.windows import WEEKS
from core.audit import record
from reviews.models import Answer
from rubrics.models import Skill
from stats.plan_states import COOLDOWN_LOOKS

COOLDOWN = timedelta(weeks=COOLDOWN_LOOKS)


def propose(*, now: datetime, held: Held, notes: Notebook) -> int:
    """Do what repeated critical errors ask for; the number of new plans. Doing it twice changes nothing."""
    if not held.rules.watches_critical:
        return 0
    since = now - timedelta(days=held.rules.critical_days)
    made = 0
    for one in read.repeated(since=since, until=now, times=held.rules.critical_count):
        key, about = f"{one.skill_id} {one.agent_id} {one.lineage}", {"agent_id": one.agent_id}
        work = partial(_one, one, since=since, now=now, held=held)
        made += notes.guard(Part.PROPOSAL, key, work, skill_id=one.skill_id, **about)
    return made


def _one(one: Repeated, *, since: datetime, now: datetime, held: Held) -> int:
    # The agent's row is the lock: two sweeps at once count the same open plans.
    agent = Agent.objects.select_for_update(no_key=True).get(pk=one.agent_id)
    plans = Plan.objects.filter(agent=agent)
    current = plans.open().filter(skill=one.skill_id).first()
    if current is not None:
        _add(current, _answers(one, since=since, until=now), now=now)
        return 0
    ended = _ended_at(plans.filter(skill=one.skill_id))
    if ended is not None and now < ended + COOLDOWN:
        return 0
    answers = _answers(one, since=max(since, ended or since), until=now)
    if len({answer.revision.review_id for answer in answers}) < held.rules.critical_count:
        return 0  # somebody has decided on these very errors
    if plans.open().count() >= OPEN_PER_AGENT:
        return 0
    _write(agent, Skill.objects.get(pk=one.skill_id), answers, now=now, held=held)
    return 1


def _answers(one: Repeated, *, since: datetime, until: datetime) -> list[Answer]:
    rows = read.errors(since=since, until=until).filter(
        revision__review__agent=one.agent_id,
        revision__review__rubric_version__rubric=one.rubric_id,
        criterion__lineage=one.lineage,
    )
    return list(rows.select_related("revision__review", "criterion").order_by("-revision__review__published_at", "-pk"))


def _add(plan: Plan, answers: list[Answer], *, now: datetime) -> None:
    added = contents.attach(plan, answers, now=now)
    if added:
        record("plan.evidence_added", target=plan, by=None, at=now, params={"answers": added, "rule": "critical"})


def _ended_at(plans: PlanQuerySet) -> datetime | None:
    is_declined = Q(status=Plan.Status.DECLINED)
    found = plans.aggregate(closed=Max("closed_at"), declined=Max("decided_at", filter=is_declined))
    return max((moment for moment in found.values() if moment is not None), default=None)


def _write(agent: Agent, skill: Skill, answers: list[Answer], *, now: datetime, held: Held) -> Plan:
    criterion = answers[0].criterion
    look = Look.objects.filter(agent=agent, skill=skill).order_by("-week").first()
    team_id = contents.team_of(agent.pk, now=now)
    plan = Plan.objects.create(
        agent=agent,
        team_id=team_id,
        skill=skill,
        origin=Plan.Origin.CRITICAL,
        owner_id=contents.lead_of(team_id, now=now),
        trigger={
            "code": "repeated_critical", "criterion": criterion.name, "lineage": criterion.lineage,
            "times": len({answer.revision.review_id for answer in answers}), "days": held.rules.critical_days,
            "rules": held.number, "n": look.n if look else 0,
        },
        focus=contents.focus_of(skill.slug),
        target=held.rules.target_of(skill.slug, agent.level),
        **contents.baseline_of(look),
        baseline_since=weeks.start_of(weeks.shifted(weeks.last_complete(now), 1 - WEEKS)),
        follow_up_on=contents.follow_up_on(now),
        follow_up_quota=contents.FOLLOW_UP_REVIEWS,
        proposed_at=now,
        updated_at=now,
    )  # fmt: skip
    contents.attach(plan, answers, now=now)
    contents.fill(plan, now=now)
    record("plan.proposed", target=plan, by=None, at=now, params={"rule": "critical"})
    return plan
