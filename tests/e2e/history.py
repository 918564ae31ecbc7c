"""A team with some weeks behind it: enough reviewed work that one more bad week makes the trigger open."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from accounts.models import Agent, Team, User
from accounts.roles import Role
from coaching import weeks
from coaching.models import Plan as CoachingPlan
from coaching.selectors import outcomes
from coaching.services import looks
from reviews.models import Cell
from rubrics.models import Rubric, Skill
from rubrics.services import starters
from sampling.models import Plan
from tests.factories.accounts import (
    AgentFactory,
    AgentIdentityFactory,
    TeamFactory,
    TeamMembershipFactory,
    person,
)
from tests.factories.sampling import PlanFactory
from tests.insights.cells import reviewed

SKILL = "empathy"


@dataclass(frozen=True)
class Cast:
    """The four people of the journey, and the agent as the help desk knows her."""

    manager: User
    specialist: User
    supervisor: User
    agent_user: User
    agent: Agent
    team: Team


def cast() -> Cast:
    """Make a team of eleven with a weak spot, and three weeks of reviewed work: enough to compare one with ten."""
    now = timezone.now()
    team = TeamFactory(name="Retail", slug="retail")
    leila_user = person(Role.AGENT, team=team, name="Leila Haddad", email="leila@example.com")
    leila = AgentFactory(name="Leila Haddad", level="entry", user=leila_user)
    AgentIdentityFactory(agent=leila, source="help-desk", external_id="a-1")
    others = [AgentFactory(name=f"Colleague {number}") for number in range(10)]
    for agent in (leila, *others):
        TeamMembershipFactory(agent=agent, team=team)
    found = Cast(
        manager=person(Role.MANAGER, name="Ingrid Solheim"),
        specialist=person(Role.SPECIALIST, team=team, name="Hannah Lind"),
        supervisor=person(Role.SUPERVISOR, team=team, name="Marta Silva"),
        agent_user=leila_user,
        agent=leila,
        team=team,
    )
    starters.install(by=None, now=now)
    past_work(leila, others, by=found.specialist, team=team, now=now)
    return found


@dataclass(frozen=True)
class FollowUp:
    """The newest week of a follow-up, in which the last conversations are drawn, and the weeks before it."""

    last: str
    before: tuple[str, str]


def follow_up(plan: CoachingPlan, cast: Cast) -> FollowUp:
    """Put the follow-up's first weeks into the sums: one has risen, the others stayed; its last week is to come."""
    compared = outcomes.compared(plan)
    assert compared is not None
    found = FollowUp(compared.last, (weeks.shifted(compared.last, -2), weeks.shifted(compared.last, -1)))
    sampling = Plan.objects.get(name="Before")
    others = Agent.objects.filter(name__startswith="Colleague").order_by("pk")
    for week in found.before:
        monday, about = weeks.start_of(week), {"by": cast.specialist, "team": cast.team, "metric": f"skill:{SKILL}"}
        reviewed(cast.agent, [80, 95, 90, 85, 100], plan=sampling, monday=monday, **about)
        for place, agent in enumerate(others):
            reviewed(agent, [80 + place, 90, 85, 88 - place], plan=sampling, monday=monday, **about)
    return found


def past_work(weak: Agent, others: list[Agent], *, by: User, team: Team, now: datetime) -> None:
    """Put three earlier weeks into the sums and look at the last of them, so that one look above stands already."""
    plan: Plan = PlanFactory(name="Before", rubric=Rubric.objects.get(slug="general-chat"), status=Plan.Status.PAUSED)
    newest = weeks.last_complete(now)
    for back in (2, 3, 4):
        monday = weeks.start_of(weeks.shifted(newest, -back + 1))
        reviewed(weak, [20, 30, 25, 35], plan=plan, monday=monday, by=by, team=team, metric=f"skill:{SKILL}")
        for place, agent in enumerate(others):
            scores = [80 + place, 90, 85, 88 - place]
            reviewed(agent, scores, plan=plan, monday=monday, by=by, team=team, metric=f"skill:{SKILL}")
    Cell.objects.update(newest_at=now - timedelta(days=10))
    looks.run(Skill.objects.get(slug=SKILL), week=weeks.shifted(newest, -1), now=now - timedelta(days=8))


def conversations_file(folder: Path, *, count: int = 2, first: int = 0, week: str = "") -> Path:
    """Write finished conversations of a week (the last complete one), in the product's own format."""
    monday = weeks.start_of(week or weeks.last_complete(timezone.now()))
    path = folder / f"from-{first}.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for number in range(first, first + count):
            file.write(json.dumps(record(number, monday + timedelta(days=1, hours=10 + number))) + "\n")
    return path


def record(number: int, at: datetime) -> dict[str, object]:
    """Return one conversation in which the agent answers, but coldly."""
    said = [
        ("customer", "c-9", "I was charged twice and my rent is due on Friday 😟"),
        ("agent", "a-1", "Payments can be seen in the account."),
        ("customer", "c-9", "I know. That is where I saw it twice."),
        ("agent", "a-1", "It was refunded. Bye."),
    ]
    return {
        "external_id": f"zen-{4711 + number}",
        "channel": "chat",
        "agent": {"external_id": "a-1", "name": "Leila Haddad"},
        "customer": {"external_id": "c-9", "name": "Dana Whitfield"},
        "subject": f"Charged twice, case {number + 1}",
        "started_at": stamp(at),
        "ended_at": stamp(at + timedelta(minutes=len(said))),
        "tags": ["billing"],
        "csat": None,
        "metadata": {},
        "messages": [
            {"role": role, "author": author, "sent_at": stamp(at + timedelta(minutes=place)), "text": text}
            for place, (role, author, text) in enumerate(said)
        ],
    }


def stamp(moment: datetime) -> str:
    """Write a time as the format wants it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
