"""Match the authors of imported messages with agents, making those that nobody has seen yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Agent
from accounts.services import identities
from conversations.cast import automatic_name
from conversations.models import Source
from conversations.records import Person


@dataclass(frozen=True, slots=True)
class Company:
    """The agents that a batch speaks of. `ids` leads from what a message says to the id of that person."""

    agents: dict[str, Agent]
    ids: dict[str, str]

    def agent(self, said: str | None) -> Agent | None:
        """Return the agent meant by an id, or by a name where the source uses names for ids."""
        return self.agents.get(self.ids.get(said, said)) if said else None

    def agent_id(self, said: str | None) -> int | None:
        """Return the primary key of the agent meant."""
        agent = self.agent(said)
        return agent.pk if agent else None


def company(
    source: Source, *, assignees: Sequence[Person], writers: Sequence[Person], by: Any, now: datetime
) -> Company:
    """Return every agent named in a batch.

    A writer is first taken for an id, then for the name of exactly one agent of this source, and only then for
    somebody new: files that name agents by id and writers by name would otherwise make everyone twice.
    """
    declared = _by_id(assignees)
    wanted = _by_id([*assignees, *writers])
    undeclared = wanted.keys() - declared.keys()
    unknown = undeclared - identities.by_external_id(source.slug, undeclared).keys() if undeclared else set()
    ids, namesakes = _known_by_name(source, unknown, declared.values()) if unknown else ({}, {})
    needed = [_wanted(person) for external_id, person in wanted.items() if external_id not in ids]
    agents = identities.ensure(source.slug, needed, by=by, now=now)
    return Company(agents=namesakes | agents, ids=ids)


def _by_id(people: Iterable[Person]) -> dict[str, Person]:
    """Keep one person per id, the one with a name if there is one."""
    wanted: dict[str, Person] = {}
    for person in people:
        kept = wanted.get(person.external_id)
        if kept is None or (person.name and not kept.name):
            wanted[person.external_id] = person
    return wanted


def _known_by_name(
    source: Source, unknown: set[str], declared: Iterable[Person]
) -> tuple[dict[str, str], dict[str, Agent]]:
    """Return which of the unknown are names of agents with another id, and those agents by that id."""
    in_file = _unique_names(person for person in declared if person.name)
    stored = identities.by_unique_name(source.slug, unknown - in_file.keys())
    ids = {said: in_file[said] for said in unknown & in_file.keys()}
    ids |= {said: external_id for said, (external_id, _agent) in stored.items()}
    return ids, dict(stored.values())


def _unique_names(people: Iterable[Person]) -> dict[str, str]:
    """Return the id for each name that only one of the people bears."""
    named = {(person.name, person.external_id) for person in people}
    bearers = Counter(name for name, _external_id in named)
    return {name: external_id for name, external_id in named if bearers[name] == 1}


def _wanted(person: Person) -> identities.Wanted:
    automatic = automatic_name(person.external_id)
    return identities.Wanted(
        external_id=person.external_id,
        name=person.name or automatic,
        is_given=bool(person.name),
        is_bot=person.is_bot,
        automatic_name=automatic,
    )
