"""Find the agents that a source speaks of, and make those it speaks of for the first time. In bulk: imports call it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Agent, AgentIdentity
from core import audit


@dataclass(frozen=True, slots=True)
class Wanted:
    """An agent as a source names them. `name` is what to call them; `is_given` says that the source said so."""

    external_id: str
    name: str
    is_given: bool = False
    is_bot: bool = False
    # What an agent without a given name was called at first; replaced once the source gives a name.
    automatic_name: str = ""


def ensure(source: str, wanted: Iterable[Wanted], *, by: Any, now: datetime) -> dict[str, Agent]:
    """Return the agents by external id, made where the source has not named them before. Call in a transaction."""
    people = {person.external_id: person for person in wanted}
    known = by_external_id(source, people)
    made = _make(source, [person for external_id, person in people.items() if external_id not in known], now=now)
    renamed = _name(known, people)
    events = [audit.event("agent.created", target=agent, by=by, at=now) for agent in made.values()]
    events += [audit.event("agent.changed", target=agent, by=by, at=now, fields=["name"]) for agent in renamed]
    audit.record_many(events)
    return known | made


def by_external_id(source: str, external_ids: Iterable[str]) -> dict[str, Agent]:
    """Return the known agents of a source by the ids it uses."""
    identities = AgentIdentity.objects.filter(source=source, external_id__in=list(external_ids))
    return {identity.external_id: identity.agent for identity in identities.select_related("agent")}


def by_unique_name(source: str, names: Iterable[str]) -> dict[str, tuple[str, Agent]]:
    """Return (external id, agent) for each name that exactly one agent of the source bears."""
    found: dict[str, list[tuple[str, Agent]]] = {}
    identities = AgentIdentity.objects.filter(source=source, agent__name__in=list(names)).select_related("agent")
    for identity in identities:
        found.setdefault(identity.agent.name, []).append((identity.external_id, identity.agent))
    return {name: matches[0] for name, matches in found.items() if len(matches) == 1}


def _make(source: str, people: Sequence[Wanted], *, now: datetime) -> dict[str, Agent]:
    agents = Agent.objects.bulk_create(
        [Agent(name=person.name, is_bot=person.is_bot, created_at=now) for person in people]
    )
    AgentIdentity.objects.bulk_create(
        [
            AgentIdentity(agent=agent, source=source, external_id=person.external_id)
            for person, agent in zip(people, agents, strict=True)
        ]
    )
    return {person.external_id: agent for person, agent in zip(people, agents, strict=True)}


def _name(known: dict[str, Agent], people: dict[str, Wanted]) -> list[Agent]:
    """Give a name to agents who had none of their own when they were first seen."""
    renamed: list[Agent] = []
    for external_id, agent in known.items():
        person = people[external_id]
        if person.is_given and agent.name == person.automatic_name != person.name:
            agent.name = person.name
            renamed.append(agent)
    Agent.objects.bulk_update(renamed, ["name"])
    return renamed
