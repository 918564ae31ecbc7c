"""What pages and files show of agents, sessions and notifications, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Prefetch, QuerySet
from django.http import StreamingHttpResponse

from accounts.agent_rows import COLUMNS
from accounts.models import Agent, Notification, TeamMembership, User
from core.prepared import Prepared, number
from core.spreadsheets import Table, csv_lines

CHUNK = 500
AGENTS = Table(COLUMNS, others={"level": "entry, experienced, senior or lead"})
MOST_UNREAD = 99


def with_team_of_today(agents: QuerySet[Agent]) -> QuerySet[Agent]:
    """Bring along the team that each agent is in, as `today`: a list of one membership or none."""
    today = TeamMembership.objects.filter(ends_at=None).select_related("team")
    return agents.prefetch_related(Prefetch("memberships", today, to_attr="today"))


def file_rows(agents: QuerySet[Agent]) -> Iterator[tuple[Any, ...]]:
    """Yield the cells of a file of agents: a row for each number by which a source knows one."""
    rows = with_team_of_today(agents).select_related("user").prefetch_related("identities").order_by("name", "pk")
    for agent in rows.iterator(chunk_size=CHUNK):
        team = agent.today[0].team.slug if agent.today else ""  # type: ignore[attr-defined]
        for identity in agent.identities.all():
            yield (
                identity.source, identity.external_id, agent.name, team, agent.level, agent.hired_on, agent.time_zone,
                " ".join(agent.languages), "yes" if agent.is_bot else "no", agent.user.email if agent.user else "",
            )  # fmt: skip


def agents_csv(agents: QuerySet[Agent]) -> StreamingHttpResponse:
    """Return agents as a file that spreadsheets open and never run."""
    return StreamingHttpResponse(
        csv_lines(AGENTS, file_rows(agents)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="agents.csv"'},
    )


def sessions_of(user: User, *, now: datetime) -> QuerySet[UserSession]:
    """Return where a person is signed in, newest first: what is listed and has neither ended nor run out."""
    living = Session.objects.filter(expire_date__gt=now).values("session_key")
    found: QuerySet[UserSession] = UserSession.objects.filter(user=user.pk, session_key__in=living).order_by("-pk")
    return found


def unread_notifications(user: User) -> str:
    """Count a person's unread notifications as the rail shows them: "", "7" or "99+"."""
    found = len(UNREAD.rows(user=user.pk))
    return f"{MOST_UNREAD}+" if found > MOST_UNREAD else str(found or "")


# Asked by every page.
UNREAD = Prepared(
    lambda: Notification.objects.filter(user=number("user")).unread().order_by().values_list("pk")[: MOST_UNREAD + 1]
)
