"""Make, edit, move and close the agents whose work is reviewed, and tie them to log-ins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import policies
from accounts.models import Agent, AgentIdentity, Team, TeamMembership, User
from accounts.services.once import once
from accounts.services.people import changes, why_not_number
from core.audit import record
from core.refusals import Refusal, Refused, refuse


@transaction.atomic
def create_agent(
    name: str,
    *,
    source: str,
    external_id: str,
    by: User | None,
    now: datetime,
    level: str = Agent.Level.EXPERIENCED,
    hired_on: date | None = None,
    languages: Sequence[str] = (),
    time_zone: str = "UTC",
    is_bot: bool = False,
    user: User | None = None,
) -> Agent:
    """Make an agent, known to one source by one id."""
    refuse(policies.why_not_manage_people(by))
    refuse(policies.why_not_zone(time_zone))
    refuse(why_not_identity(source, external_id))
    with once(lambda: why_not_identity(source, external_id)):
        agent = Agent.objects.create(
            name=name,
            level=level,
            hired_on=hired_on,
            languages=list(languages),
            time_zone=time_zone,
            is_bot=is_bot,
            user=user,
            created_at=now,
        )
        AgentIdentity.objects.create(agent=agent, source=source, external_id=external_id)
    record("agent.created", target=agent, by=by, at=now)
    return agent


@transaction.atomic
def edit(agent: Agent, *, by: User | None, now: datetime, number: int | None = None, **values: Any) -> Agent:
    """Change what is known of an agent; `number` is the edit that was looked at, and an older one is refused."""
    refuse(policies.why_not_manage_people(by))
    stored = Agent.objects.select_for_update(of=("self",)).get(pk=agent.pk)
    refuse(why_not_number(number, stored.edit_number))
    if "time_zone" in values:
        refuse(policies.why_not_zone(values["time_zone"]))
    if values.get("is_bot") and stored.user_id is not None:
        raise Refused(Refusal("bot_log_in", 409, _("A bot has no log-in. Take the log-in away first.")))
    changed = changes(stored, values)
    if changed:
        Agent.objects.filter(pk=agent.pk).update(**changed, edit_number=F("edit_number") + 1)
        record("agent.changed", target=stored, by=by, at=now, fields=sorted(changed))
    agent.refresh_from_db()
    return agent


@transaction.atomic
def link(agent: Agent, user: User, *, by: User | None, now: datetime) -> Agent:
    """Give an agent, known from imports so far, the log-in of a person."""
    found = Agent.objects.select_for_update(of=("self",)).get(pk=agent.pk)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    refuse(policies.why_not_link(by, found, user))
    _set_user(agent, user)
    record("agent.linked", target=agent, by=by, at=now, fields=["user"])
    return agent


@transaction.atomic
def unlink(agent: Agent, *, by: User | None, now: datetime) -> Agent:
    """Take the log-in of an agent away; the record stays, and nobody sees it as their own any more."""
    refuse(policies.why_not_manage_people(by))
    if not Agent.objects.filter(pk=agent.pk).exclude(user=None).exists():
        raise Refused(Refusal("no_log_in", 409, _("This agent has no log-in.")))
    _set_user(agent, None)
    record("agent.unlinked", target=agent, by=by, at=now, fields=["user"])
    return agent


@transaction.atomic
def move(
    agent: Agent, team: Team | None, *, by: User | None, now: datetime, at: datetime | None = None
) -> TeamMembership | None:
    """Put an agent into a team from a moment on; reviews keep the team of their time."""
    at = at or now
    Agent.objects.select_for_update(of=("self",)).get(pk=agent.pk)
    refuse(policies.why_not_move(by, agent, team, at=at, now=now))
    TeamMembership.objects.filter(agent=agent, ends_at=None, starts_at__gte=at).delete()
    TeamMembership.objects.filter(agent=agent, ends_at=None).update(ends_at=at)
    made = TeamMembership.objects.create(agent=agent, team=team, starts_at=at) if team else None
    params = {"team": team.slug if team else None, "from": at.isoformat()}
    record("agent.moved", target=agent, by=by, at=now, params=params)
    return made


@transaction.atomic
def deactivate(agent: Agent, *, by: User | None, now: datetime) -> Agent:
    """Say that an agent has left; nothing new is drawn or proposed, and the past stays."""
    refuse(policies.why_not_manage_people(by))
    if not Agent.objects.filter(pk=agent.pk, deactivated_at=None).update(
        deactivated_at=now, edit_number=F("edit_number") + 1
    ):
        raise Refused(Refusal("already_deactivated", 409, _("This agent has left already.")))
    record("agent.deactivated", target=agent, by=by, at=now)
    agent.refresh_from_db()
    return agent


@transaction.atomic
def reactivate(agent: Agent, *, by: User | None, now: datetime) -> Agent:
    """Say that an agent is back."""
    refuse(policies.why_not_manage_people(by))
    gone = Agent.objects.filter(pk=agent.pk).exclude(deactivated_at=None)
    if not gone.update(deactivated_at=None, edit_number=F("edit_number") + 1):
        raise Refused(Refusal("already_active", 409, _("This agent is here.")))
    record("agent.reactivated", target=agent, by=by, at=now)
    agent.refresh_from_db()
    return agent


@transaction.atomic
def identify(agent: Agent, *, source: str, external_id: str, by: User | None, now: datetime) -> AgentIdentity:
    """Note that another source, or another id, means this agent too: later imports find them by it."""
    refuse(policies.why_not_manage_people(by))
    refuse(why_not_identity(source, external_id))
    with once(lambda: why_not_identity(source, external_id)):
        made = AgentIdentity.objects.create(agent=agent, source=source, external_id=external_id)
    record("agent.identified", target=agent, by=by, at=now, params={"source": source})
    return made


def why_not_identity(source: str, external_id: str) -> Refusal | None:
    """Refuse an id that means somebody already."""
    found = AgentIdentity.objects.select_related("agent").filter(source=source, external_id=external_id).first()
    if found is None:
        return None
    words = {"source": source, "id": external_id, "name": found.agent.name}
    sentence = _("In %(source)s, %(id)s is already the agent %(name)s.") % words
    return Refusal("identity_taken", 409, sentence, {"agent": found.agent_id})


def _set_user(agent: Agent, user: User | None) -> None:
    Agent.objects.filter(pk=agent.pk).update(user=user, edit_number=F("edit_number") + 1)
    agent.refresh_from_db()
