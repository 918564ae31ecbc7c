"""Give each conversation the team its agent was in when it ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Q

from accounts.models import TeamMembership
from conversations.models import Conversation
from core.audit import record

CHUNK = 500


class Placed(Protocol):
    """What is needed of a conversation to give it a team: a stored one, or a row about to be written."""

    external_id: str
    completed_at: datetime | None
    completion_number: int
    assignee_id: int | None
    most_active_agent_id: int | None
    team_id: int | None


def assign(rows: Sequence[Placed], *, before: Mapping[str, Conversation | None], now: datetime) -> None:
    """Set the team of rows that are about to be written; two queries whatever their number.

    A conversation keeps the team it has while its agent and its number of endings stay: a late survey answer moves
    nothing to the team that the agent is in by then.
    """
    memberships = _memberships({agent for row in rows if (agent := _agent_of(row))})
    for row in rows:
        stored = before.get(row.external_id)
        if stored is not None and stored.team_id is not None and _is_settled(stored, row):
            row.team_id = stored.team_id
        else:
            row.team_id = _team_at(memberships.get(_agent_of(row) or 0, []), row.completed_at or now)


@transaction.atomic
def fill(*, by: Any, now: datetime, limit: int = 10_000) -> int:
    """Give a team to conversations imported before their agent had one; return how many got it. Safe to repeat."""
    waiting = Conversation.objects.filter(team=None).filter(
        Q(assignee__memberships__ends_at=None, assignee__memberships__isnull=False)
        | Q(assignee=None, most_active_agent__memberships__ends_at=None, most_active_agent__memberships__isnull=False)
    )
    rows = list(waiting.only("assignee", "most_active_agent", "completed_at", "external_id").distinct()[:limit])
    assign(rows, before={}, now=now)
    by_team: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        if row.team_id is not None:
            by_team[row.team_id].append(row.pk)
    for team_id, pks in by_team.items():
        for start in range(0, len(pks), CHUNK):
            Conversation.objects.filter(pk__in=pks[start : start + CHUNK]).update(team=team_id, updated_at=now)
    filled = sum(map(len, by_team.values()))
    if filled:
        record("conversations.given_teams", target=rows[0], by=by, at=now, params={"conversations": filled})
    return filled


def _agent_of(row: Placed) -> int | None:
    return row.assignee_id or row.most_active_agent_id


def _is_settled(stored: Placed, row: Placed) -> bool:
    return _agent_of(stored) == _agent_of(row) and stored.completion_number == row.completion_number


def _memberships(agents: Iterable[int]) -> dict[int, list[TeamMembership]]:
    found: dict[int, list[TeamMembership]] = defaultdict(list)
    for membership in TeamMembership.objects.filter(agent__in=list(agents)).order_by("starts_at"):
        found[membership.agent_id].append(membership)
    return found


def _team_at(memberships: Sequence[TeamMembership], moment: datetime) -> int | None:
    """Return the team of that moment; where the dates do not reach back so far, the current one."""
    for membership in memberships:
        if membership.starts_at <= moment and (membership.ends_at is None or membership.ends_at > moment):
            return membership.team_id
    current = next((membership for membership in memberships if membership.ends_at is None), None)
    return current.team_id if current else None
