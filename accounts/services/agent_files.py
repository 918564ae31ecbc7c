"""Take a table of agents in: make the new ones, change the known ones, and account for every row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import agent_cells, policies
from accounts.agent_cells import Rejected
from accounts.agent_rows import Row, Table
from accounts.models import Agent, AgentIdentity, Team, TeamMembership, User
from core import audit
from core.refusals import refuse

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one row."""

    line: int
    result: str
    name: str
    reason: str = ""


@dataclass(slots=True)
class Outcome:
    """What became of a file; `is_check` says that nothing was written."""

    lines: list[Line] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    is_check: bool = False

    def count(self, result: str) -> int:
        """Return the number of rows with a result."""
        return sum(1 for line in self.lines if line.result == result)

    @property
    def rejected(self) -> list[Line]:
        """Return the rows that were not taken."""
        return [line for line in self.lines if line.result == "rejected"]


@dataclass(slots=True)
class _Known:
    """What the database says about the rows of a file."""

    agents: dict[tuple[str, str], Agent]
    current: dict[int, int]
    teams: dict[str, Team]
    users: dict[str, User]
    # Which agent each log-in belongs to; grows with the file.
    owners: dict[int, Agent]


@transaction.atomic
def load(table: Table, *, by: User | None, now: datetime, is_check: bool = False) -> Outcome:
    """Take a table in; an empty cell leaves what is there. With `is_check` nothing is written."""
    refuse(policies.why_not_manage_people(by))
    outcome = Outcome(ignored=table.ignored, is_check=is_check)
    known = _known(table.rows)
    work = _Work(by=by, now=now)
    seen: dict[tuple[str, str], int] = {}
    for row in table.rows:
        try:
            key = _key(row, seen)
            line = _take(row, key, known, work)
        except Rejected as rejected:
            line = Line(row.line, "rejected", row.cells.get("name", ""), str(rejected))
        outcome.lines.append(line)
    if not is_check:
        work.write()
    return outcome


def _key(row: Row, seen: dict[tuple[str, str], int]) -> tuple[str, str]:
    source, external_id = slugify(row.cells.get("source", ""))[:60], row.cells.get("external_id", "")
    if not source:
        raise Rejected(_("The source is missing."))
    if not external_id or len(external_id) > 255:
        raise Rejected(_("The external_id is missing, or longer than 255 characters."))
    before = seen.setdefault((source, external_id), row.line)
    if before != row.line:
        raise Rejected(_("Line %(line)d is about the same agent.") % {"line": before})
    return source, external_id


def _take(row: Row, key: tuple[str, str], known: _Known, work: _Work) -> Line:
    agent = known.agents.get(key)
    values = agent_cells.values(row.cells, team=partial(_team, known=known))
    team = values.pop("team", None)
    is_new = agent is None
    if agent is None:
        if "name" not in values:
            raise Rejected(_("Nobody is known by this number yet, and a new agent needs a name."))
        agent = Agent(created_at=work.now)
    user = _user(row, agent, values, known)
    changed = sorted(name for name, value in values.items() if getattr(agent, name) != value)
    for name in changed:
        setattr(agent, name, values[name])
    if user is not None:
        agent.user = user
        known.owners[user.pk] = agent
    moves = team is not None and (is_new or known.current.get(agent.pk) != team.pk)
    if is_new:
        work.created.append((agent, key))
    elif changed or user is not None:
        work.changed.append((agent, changed))
    if user is not None:
        work.linked.append(agent)
    if moves and team is not None:
        work.moved[id(agent)] = (agent, team)  # an agent with two numbers may stand on two rows: the last one counts
    result = "created" if is_new else "updated" if changed or user is not None or moves else "unchanged"
    return Line(row.line, result, agent.name)


def _team(name: str, *, known: _Known) -> Team:
    team = known.teams.get(name.lower())
    if team is None:
        raise Rejected(_("There is no team “%(name)s” in use.") % {"name": name[:80]})
    return team


def _user(row: Row, agent: Agent, values: dict[str, Any], known: _Known) -> User | None:
    """Return the log-in to link; None when there is nothing to do."""
    email = row.cells.get("login", "").lower()
    if values.get("is_bot", agent.is_bot) and (email or agent.user_id is not None):
        raise Rejected(_("A bot has no log-in."))
    if not email:
        return None
    user = known.users.get(email)
    if user is None:
        raise Rejected(_("No active log-in has the address %(email)s.") % {"email": email[:80]})
    if agent.user_id == user.pk:
        return None
    if agent.user_id is not None:
        raise Rejected(_("This agent has another log-in. Take it away on the agent's page first."))
    owner = known.owners.get(user.pk)
    if owner is not None:
        raise Rejected(_("This log-in is already the agent %(name)s.") % {"name": owner.name})
    return user


@dataclass(slots=True)
class _Work:
    """What is to be written, gathered so that it takes a few statements whatever the number of rows."""

    by: User | None
    now: datetime
    created: list[tuple[Agent, tuple[str, str]]] = field(default_factory=list)
    changed: list[tuple[Agent, list[str]]] = field(default_factory=list)
    linked: list[Agent] = field(default_factory=list)
    moved: dict[int, tuple[Agent, Team]] = field(default_factory=dict)

    def write(self) -> None:
        """Write everything in the transaction around it, with the trail."""
        Agent.objects.bulk_create([agent for agent, _key in self.created], batch_size=CHUNK)
        AgentIdentity.objects.bulk_create(
            [AgentIdentity(agent=agent, source=key[0], external_id=key[1]) for agent, key in self.created],
            batch_size=CHUNK,
        )
        for agent, _fields in self.changed:
            agent.edit_number += 1
        fields = ["name", "level", "hired_on", "time_zone", "languages", "is_bot", "user", "edit_number"]
        Agent.objects.bulk_update([agent for agent, _fields in self.changed], fields, batch_size=200)
        self._move()
        audit.record_many(list(self._events()))

    def _move(self) -> None:
        for part in _parts(list(self.moved.values())):
            open_ones = TeamMembership.objects.filter(agent__in=[agent.pk for agent, _team in part], ends_at=None)
            open_ones.filter(starts_at__gte=self.now).delete()
            open_ones.update(ends_at=self.now)
            TeamMembership.objects.bulk_create(
                [TeamMembership(agent=agent, team=team, starts_at=self.now) for agent, team in part]
            )

    def _events(self) -> Iterable[Any]:
        who: dict[str, Any] = {"by": self.by, "at": self.now}
        for agent, _key in self.created:
            yield audit.event("agent.created", target=agent, **who)
        for agent, fields in self.changed:
            if fields:
                yield audit.event("agent.changed", target=agent, fields=fields, **who)
        for agent in self.linked:
            yield audit.event("agent.linked", target=agent, fields=["user"], **who)
        for agent, team in self.moved.values():
            params = {"team": team.slug, "from": self.now.isoformat()}
            yield audit.event("agent.moved", target=agent, params=params, **who)


def _known(rows: list[Row]) -> _Known:
    numbers = sorted({row.cells["external_id"] for row in rows if "external_id" in row.cells})
    identities: dict[tuple[str, str], int] = {}
    for part in _parts(numbers):
        found = AgentIdentity.objects.filter(external_id__in=part)
        identities |= {(one.source, one.external_id): one.agent_id for one in found}
    agents: dict[int, Agent] = {}
    for part in _parts(sorted(set(identities.values()))):
        agents |= {agent.pk: agent for agent in Agent.objects.select_for_update().filter(pk__in=part).order_by("pk")}
    emails = sorted({row.cells["login"].lower() for row in rows if "login" in row.cells})
    users: dict[str, User] = {}
    for part in _parts(emails):
        users |= {user.email: user for user in User.objects.filter(email__in=part, is_active=True)}
    owners = Agent.objects.exclude(user=None) if users else Agent.objects.none()
    teams = list(Team.objects.in_use())
    return _Known(
        agents={key: agents[pk] for key, pk in identities.items()},
        current=dict(TeamMembership.objects.filter(ends_at=None).values_list("agent", "team")),
        teams={team.name.lower(): team for team in teams} | {team.slug: team for team in teams},
        users=users,
        owners={agent.user_id: agent for agent in owners if agent.user_id is not None},
    )


def _parts(values: list[Any]) -> Iterable[list[Any]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
