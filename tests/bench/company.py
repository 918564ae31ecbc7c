"""The people of a benchmark: teams of twenty agents, reviewers who score everywhere, a supervisor, an agent."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts.models import Agent, AgentIdentity, RoleGrant, Team, TeamMembership, User
from accounts.roles import Role
from accounts.services import agents as agent_records
from accounts.services import grants, people
from conversations.models import Source, Tag
from rubrics.card import Kind
from rubrics.document import Document
from rubrics.library import starters
from rubrics.models import RubricVersion
from rubrics.services import starters as installing
from sampling.models import Plan
from sampling.services import plans
from sampling.terms import Terms
from tests.bench.copying import load

TEAM_SIZE = 20
SOURCE = "bench"
DOMAIN = "bench.example"
REVIEWERS = 64
TAGS = ("billing", "refund", "delivery", "login", "return", "warranty", "upgrade", "outage", "privacy", "complaint")


@dataclass(frozen=True)
class Company:
    """Who is there before the first conversation."""

    source: Source
    plan: Plan
    version: RubricVersion
    agents: list[int]
    tags: list[int]
    reviewers: list[User]
    supervisor: User
    manager: User
    agent: User

    def team_of(self, agent_id: int) -> int:
        """Return the team of an agent: ids of both count from 1."""
        return (agent_id - 1) // TEAM_SIZE + 1


def found(*, agents: int, quota: int, first_day: date, now: datetime) -> Company:
    """Make the company: its people, a rubric of ten criteria, and a weekly plan that draws `quota` for each agent."""
    began = datetime.combine(first_day - timedelta(days=30), datetime.min.time(), tzinfo=now.tzinfo)
    _agents(agents, began)
    installing.install(by=None, now=began, documents=[ten_criteria()])
    version = RubricVersion.objects.select_related("rubric").get(status=RubricVersion.Status.PUBLISHED)
    terms = Terms(rubric_id=version.rubric_id, quota_per_agent=quota)
    agent = _person("agent", Role.AGENT, began)
    agent_records.link(Agent.objects.get(pk=1), agent, by=None, now=began)
    made = Company(
        source=Source.objects.create(slug=SOURCE, name="Help desk", created_at=began),
        plan=plans.create("Every agent, every week", terms=terms, starts_on=first_day, by=None, now=began),
        version=version,
        agents=list(range(1, agents + 1)),
        tags=[Tag.objects.create(name=name).pk for name in TAGS],
        reviewers=[_person(f"reviewer{n}", Role.SPECIALIST, began) for n in range(1, REVIEWERS + 1)],
        supervisor=_person("supervisor", Role.SUPERVISOR, began, team=Team.objects.get(pk=1)),
        manager=_person("manager", Role.MANAGER, began),
        agent=agent,
    )
    log_ins(began)
    return made


def found_again() -> Company:
    """Return the company of a database that was filled before."""
    people = {user.email.partition("@")[0]: user for user in User.objects.all()}
    return Company(
        source=Source.objects.get(slug=SOURCE),
        plan=Plan.objects.get(),
        version=RubricVersion.objects.select_related("rubric").get(status=RubricVersion.Status.PUBLISHED),
        agents=list(Agent.objects.order_by("pk").values_list("pk", flat=True)),
        tags=list(Tag.objects.order_by("pk").values_list("pk", flat=True)),
        reviewers=[people[f"reviewer{n}"] for n in range(1, REVIEWERS + 1)],
        supervisor=people["supervisor"],
        manager=people["manager"],
        agent=people["agent"],
    )


def ten_criteria() -> Document:
    """Return the starter for chats with its ten scored criteria only."""
    starter = next(document for document in starters() if document.slug == "general-chat")
    sections = [
        dataclasses.replace(section, criteria=tuple(one for one in section.criteria if one.kind == Kind.SCORED))
        for section in starter.card.sections
    ]
    return dataclasses.replace(starter, card=dataclasses.replace(starter.card, sections=tuple(sections)))


def session_of(user: User) -> str:
    """Log a person in and return the key of their session."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def _agents(count: int, began: datetime) -> None:
    teams = range(1, (count - 1) // TEAM_SIZE + 2)
    ids = range(1, count + 1)
    load(
        Team,
        ("id", "name", "slug", "time_zone", "created_at"),
        ((n, f"Team {n}", f"team-{n}", "UTC", began) for n in teams),
    )
    load(
        Agent,
        ("id", "name", "level", "time_zone", "languages", "is_bot", "edit_number", "created_at"),
        ((n, f"Agent {n:04}", "experienced", "UTC", [], False, 0, began) for n in ids),
    )
    load(AgentIdentity, ("id", "agent_id", "source", "external_id"), ((n, n, SOURCE, f"a-{n}") for n in ids))
    load(
        TeamMembership,
        ("id", "agent_id", "team_id", "starts_at"),
        ((n, n, (n - 1) // TEAM_SIZE + 1, began) for n in ids),
    )


def log_ins(began: datetime) -> None:
    """Give each agent who has none a log-in, so that their feedback can be unread."""
    agents = {f"agent{one.pk}@{DOMAIN}": one for one in Agent.objects.filter(user=None)}
    named = ((email, one.name, "!", began) for email, one in agents.items())
    load(User, ("email", "name", "password", "joined_at"), named)
    users = list(User.objects.filter(email__in=agents))
    load(RoleGrant, ("user_id", "role", "starts_at"), ((user.pk, Role.AGENT.value, began) for user in users))
    for user in users:
        agents[user.email].user = user
    Agent.objects.bulk_update(agents.values(), ["user"], batch_size=200)


def _person(name: str, role: Role, began: datetime, *, team: Team | None = None) -> User:
    user = people.create_user(f"{name}@{DOMAIN}", name=name.capitalize(), by=None, now=began)
    grants.grant(user, role, team=team, by=None, now=began)
    return user
