"""Supervisors decide on what the sweep proposes, agents work on what was shared."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from accounts.models import Agent, AgentIdentity, User
from coaching.models import Action, Plan, Programme
from coaching.policies import OPEN_PER_AGENT
from coaching.selectors.checks import find
from coaching.services import checks, outcomes, plans, programme_outcomes, programmes, sweep
from coaching.services.programmes import CommonAction, ProgrammeEdit
from coaching.waiting import LEAST
from qa_portal.demo import coaching_talk
from qa_portal.demo.founding import SOURCE
from qa_portal.demo.people import Company
from rubrics.models import Skill

# Of plans for skills that nobody planned to be weak: some are right, some are noise.
ACCEPTED, DECLINED = 0.45, 0.85
LONGEST_WAIT = timedelta(days=20)
BY_HAND = ("retail", "Tom Adeyemi", "adaptability")
RIGHT = 0.9
PROGRAMME = ("retail", "written-communication", "Clear writing together")
MEMBERS = 6
TOGETHER = (
    ("practise", "In your next ten answers, put what the customer asked for into the first sentence.", 7),
    ("read", "Read the list of internal terms with their plain words.", 10, "", "written-communication-clear-at-once"),
    ("role_play", "Swap three long answers with a colleague and make each half as long.", 14),
)


def look(*, now: datetime) -> int:
    """Run the weekly looks that are due, then measure what is to be followed up; the number of plans proposed."""
    proposed = sweep.sweep(now=now)
    outcomes.sweep(now=now)
    programme_outcomes.sweep(now=now)
    return proposed


def decide(company: Company, supervisors: dict[str, User], *, seed: int, now: datetime) -> None:
    """Let each supervisor decide on the proposals of the team."""
    weak = {(agent.name, agent.talent.weak) for agent in company.agents if agent.talent.weak}
    # What rests on a disputed review waits until that is decided.
    proposed = Plan.objects.proposed().not_paused().filter(proposed_at__lt=now)
    proposed = proposed.select_related("agent", "skill", "team")
    for plan in proposed.order_by("pk"):
        if plan.team is not None:
            expected = (plan.agent.name, plan.skill.slug) in weak
            _decide(plan, supervisors[plan.team.slug], expected=expected, seed=seed, now=now)


@transaction.atomic
def _decide(plan: Plan, by: User, *, expected: bool, seed: int, now: datetime) -> None:
    random = Random(f"{seed}|decide|{plan.agent.name}|{plan.skill.slug}")
    is_old = now - plan.proposed_at > LONGEST_WAIT
    at = 0.99 * DECLINED if is_old else random.random()
    if expected or at < ACCEPTED:
        plans.accept(plan, by=by, now=now)
        plans.share(plan, by=by, now=now + timedelta(hours=1))
    elif at < DECLINED:
        plans.decline(
            plan,
            reason=random.choice([reason for reason in plans.DECLINE_REASONS if reason != "other"]),
            by=by,
            now=now,
        )


def start_by_hand(supervisors: dict[str, User], *, now: datetime) -> None:
    """Let one supervisor start a plan without waiting for the numbers, for somebody who has room for one."""
    team, name, slug = BY_HAND
    skill = Skill.objects.get(slug=slug)
    if Plan.objects.filter(origin=Plan.Origin.HAND).exists():
        return
    by = supervisors[team]
    members = Agent.objects.people().visible_to(by).exclude(coaching_plans__skill=skill)
    # What is proposed depends on the draw: the one meant for it may have two open plans by now.
    for agent in sorted(members, key=lambda one: (one.name != name, one.name)):
        if Plan.objects.open().filter(agent=agent).count() < OPEN_PER_AGENT:
            plan = plans.start(agent, skill, by=by, now=now)
            if not Plan.objects.paused().filter(pk=plan.pk).exists():
                plans.share(plan, by=by, now=now + timedelta(minutes=30))
            return


def work_on_plans(supervisors: dict[str, User], *, seed: int, now: datetime) -> None:
    """Let agents read their plans and tick what they did; supervisors confirm what was ticked before."""
    shared = Plan.objects.filter(status__in=[Plan.Status.SHARED, Plan.Status.ACTIVE], shared_at__lt=now)
    for plan in shared.select_related("agent__user", "team", "skill").order_by("pk"):
        random = Random(f"{seed}|plan|{plan.agent.name}|{plan.skill.slug}|{now:%G-%V}")
        _work(plan, supervisors, random, now=now)
        if plan.agent.user is not None and plan.team is not None:
            plan.refresh_from_db()
            if plan.status not in Plan.ENDED:
                coaching_talk.talk(plan, plan.agent.user, supervisors[plan.team.slug], seed=seed, now=now)


@transaction.atomic
def _work(plan: Plan, supervisors: dict[str, User], random: Random, *, now: datetime) -> None:
    agent = plan.agent.user
    if agent is None or plan.team is None:
        return
    for action in plan.actions.filter(done_at__isnull=False, confirmed_at=None).order_by("pk"):
        if random.random() < 0.7:
            plans.confirm(action, by=supervisors[plan.team.slug], now=now)
    plans.read(plan, by=agent, now=now)
    next_action: Action | None = plan.actions.filter(done_at=None).order_by("position").first()
    if next_action is not None and random.random() < 0.75:
        _do(next_action, by=agent, random=random, now=now + timedelta(hours=2))
    elif plan.close_suggested_at is not None and random.random() < 0.5:
        plans.close(plan, reason="reached", by=supervisors[plan.team.slug], now=now)


def _do(action: Action, *, by: User, random: Random, now: datetime) -> None:
    """Tick an action, or take the check that goes with it: most answers are right."""
    asked = find(action.check_key)
    if asked is None:
        plans.tick(action, done=True, by=by, now=now)
        return
    answers = [one.right if random.random() < RIGHT else 1 for one in asked.questions]
    checks.take(action, answers=answers, fingerprint=asked.fingerprint, by=by, now=now)


def start_programme(supervisors: dict[str, User], *, now: datetime) -> None:
    """Let one supervisor put a programme with a waiting list together, of those in the team who have room for it."""
    team, slug, name = PROGRAMME
    skill, by = Skill.objects.get(slug=slug), supervisors[team]
    if Programme.objects.exists():
        return
    people = Agent.objects.people().visible_to(by).exclude(coaching_plans__in=Plan.objects.open().filter(skill=skill))
    room = [one for one in people.order_by("name") if Plan.objects.open().filter(agent=one).count() < OPEN_PER_AGENT]
    if len(room) < LEAST:
        return
    actions = [CommonAction(*line) for line in TOGETHER]
    edited = ProgrammeEdit(0, name, skill, room[:MEMBERS], actions=actions, has_waiting_list=True)
    programmes.begin(programmes.draft(edited, by=by, now=now), by=by, now=now + timedelta(minutes=20))


def coached(*, first: datetime, before: datetime) -> dict[tuple[str, str], int]:
    """Return in which week of the demo each plan was shared: (agent's external id, skill) → week."""
    names = dict(AgentIdentity.objects.filter(source=SOURCE).values_list("agent_id", "external_id"))
    shared = Plan.objects.filter(shared_at__lt=before).exclude(shared_at=None).order_by("-shared_at")
    return {
        (names[plan.agent_id], plan.skill.slug): (plan.shared_at - first).days // 7
        for plan in shared.select_related("skill")
        if plan.agent_id in names and plan.shared_at is not None
    }
