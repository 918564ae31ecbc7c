"""Who works at the demo company: teams, agents with their talents, reviewers with their strictness."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random
from typing import Any

from qa_portal.demo.phrasebook import load
from qa_portal.demo.skills import Talent, draw_talent

DOMAIN = "demo.example"
PASSWORD = "let-me-in-2026"  # noqa: S105 - the one public password of the demo, printed by the command
SMALL_TEAM = 4


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a log-in who is not an agent."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class AgentProfile:
    """An agent as the demo knows them."""

    name: str
    email: str
    external_id: str
    team: str
    level: str
    languages: tuple[str, ...]
    talent: Talent
    hired_days_ago: int


@dataclass(frozen=True, slots=True)
class ReviewerProfile:
    """A QA specialist: how lenient (in shares of full marks), how steady, which languages."""

    name: str
    email: str
    leniency: float
    noise: float
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TeamProfile:
    """A team with its supervisor, its agents and its bot."""

    slug: str
    name: str
    time_zone: str
    supervisor: Person
    bot: str
    agents: tuple[AgentProfile, ...]


@dataclass(frozen=True, slots=True)
class Company:
    """Everybody."""

    name: str
    manager: Person
    admin: Person
    teams: tuple[TeamProfile, ...]
    reviewers: tuple[ReviewerProfile, ...]

    @property
    def agents(self) -> tuple[AgentProfile, ...]:
        """Return the agents of all teams."""
        return tuple(agent for team in self.teams for agent in team.agents)


def hire(seed: int, *, small: bool = False) -> Company:
    """Return the company for a seed; a small one has the first agents of each team and half of the reviewers."""
    people = load("people")
    teams = tuple(_team(seed, entry, small=small) for entry in people["teams"])
    reviewers = tuple(
        ReviewerProfile(
            name=entry["name"],
            email=address(entry.get("email", slug(entry["name"]))),
            leniency=entry["leniency"],
            noise=entry["noise"],
            languages=tuple(entry["languages"]),
        )
        for entry in people["reviewers"]
    )
    return Company(
        name=people["company"],
        manager=_person(people["manager"]),
        admin=_person(people["admin"]),
        teams=teams,
        reviewers=reviewers[:4] if small else reviewers,
    )


def slug(name: str) -> str:
    """Return a name as it stands in an address: lower case, plain letters, dots."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return plain.lower().replace(" ", ".").replace("'", "")


def address(local: str) -> str:
    """Return an e-mail address in the demo's reserved domain."""
    return f"{local}@{DOMAIN}"


def _person(entry: dict[str, str]) -> Person:
    return Person(name=entry["name"], email=address(entry["email"]))


def _team(seed: int, entry: dict[str, Any], *, small: bool) -> TeamProfile:
    members = entry["agents"][:SMALL_TEAM] if small else entry["agents"]
    return TeamProfile(
        slug=entry["slug"],
        name=entry["name"],
        time_zone=entry["time_zone"],
        supervisor=_person(entry["supervisor"]),
        bot=entry["bot"],
        agents=tuple(_agent(seed, member, team=entry["slug"]) for member in members),
    )


def _agent(seed: int, entry: dict[str, Any], *, team: str) -> AgentProfile:
    name = entry["name"]
    random = Random(f"{seed}|agent|{name}")
    years = {"entry": (0.2, 0.9), "experienced": (1, 4), "senior": (3, 8), "lead": (5, 12)}[entry["level"]]
    return AgentProfile(
        name=name,
        email=address(entry.get("email", slug(name))),
        external_id=slug(name),
        team=team,
        level=entry["level"],
        languages=tuple(entry.get("languages", ("en",))),
        talent=draw_talent(random, level=entry["level"], weak=entry.get("weak", ""), story=entry.get("then", "")),
        hired_days_ago=int(365 * random.uniform(*years)) + 14 * 7,
    )
