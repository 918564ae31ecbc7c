"""Who may look after people and settings, what is refused, and the words for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.access import why_not
from accounts.models import Agent, RoleGrant, Team, TeamMembership, User
from accounts.roles import Permission, Role
from core import time_zones
from core.refusals import Refusal

# Nobody works here before or after; a slip of the finger in a year is told, not stored.
EARLIEST, LATEST = 1990, 2100
LEAST_GRANT = timedelta(minutes=1)


def why_not_manage_people(by: Any) -> Refusal | None:
    """Refuse those who do not look after the people of the whole installation; the system itself may."""
    return _why_not(by, Permission.MANAGE_PEOPLE)


def why_not_change_settings(by: Any) -> Refusal | None:
    """Refuse those who do not look after the settings of the whole installation; the system itself may."""
    return _why_not(by, Permission.MANAGE_SETTINGS)


def why_not_deactivate(by: Any, user: User, *, now: datetime) -> Refusal | None:
    """Refuse to close a log-in that is closed, one's own, or that of the last admin."""
    if refusal := why_not_manage_people(by):
        return refusal
    if not user.is_active:
        return Refusal("already_deactivated", 409, _("This person is deactivated already."))
    if by is not None and by.pk == user.pk:
        sentence = _("You cannot deactivate yourself. Ask another admin, so that somebody stays who can undo it.")
        return Refusal("own_account", 409, sentence)
    return _why_not_without_admin(now, without_user=user)


def why_not_reactivate(by: Any, user: User) -> Refusal | None:
    """Refuse to open a log-in that is open."""
    if refusal := why_not_manage_people(by):
        return refusal
    return Refusal("already_active", 409, _("This person is active already.")) if user.is_active else None


def why_not_send_link(by: Any, user: User) -> Refusal | None:
    """Refuse to mail a link to somebody who could not use it."""
    if refusal := why_not_manage_people(by):
        return refusal
    if not user.is_active:
        return Refusal("deactivated", 409, _("This person is deactivated. Reactivate them first, then send the link."))
    return None


def why_not_grant(by: Any, grant: RoleGrant, *, now: datetime) -> Refusal | None:
    """Refuse a grant that could not hold, or that says what another one says already."""
    if refusal := why_not_manage_people(by):
        return refusal
    if grant.role == Role.ADMIN and grant.team_id is not None:
        sentence = _("An admin looks after the whole installation, so this role holds everywhere.")
        return Refusal("admin_everywhere", 422, sentence)
    if refusal := _why_not_dates(grant.starts_at, grant.ends_at, now=now):
        return refusal
    if grant.team is not None and grant.team.archived_at is not None:
        return Refusal("team_archived", 409, _("This team is archived, so nobody gets a role in it."))
    other = RoleGrant.objects.overlapping(grant).order_by("starts_at").first()
    return None if other is None else _overlap(other)


def why_not_end_grant(by: Any, grant: RoleGrant, *, at: datetime, now: datetime) -> Refusal | None:
    """Refuse to end a grant that has ended, at a time that is past, or the last admin's."""
    if refusal := why_not_manage_people(by):
        return refusal
    if grant.ends_at is not None and grant.ends_at <= now:
        return Refusal("grant_ended", 409, _("This role has ended already."))
    if at < now:
        return Refusal("end_past", 422, _("A role ends today or later: what was done under it stays as it was."))
    if at.year > LATEST:
        return Refusal("unlikely_date", 422, _("Choose a day before %(year)d.") % {"year": LATEST})
    if grant.role == Role.ADMIN and grant.team_id is None and grant.starts_at <= now:
        return _why_not_without_admin(now, without_grant=grant)
    return None


def why_not_archive_team(by: Any, team: Team, *, now: datetime) -> Refusal | None:
    """Refuse to archive a team in which somebody still is or still has a role."""
    if refusal := why_not_manage_people(by):
        return refusal
    if team.archived_at is not None:
        return Refusal("already_archived", 409, _("This team is archived already."))
    agents = TeamMembership.objects.filter(team=team, ends_at=None).count()
    grants = RoleGrant.objects.filter(team=team).exclude(ends_at__lte=now).count()
    if not agents and not grants:
        return None
    sentence = _("Still in this team: %(agents)d agents, %(roles)d roles. Move the agents and end the roles first.")
    return Refusal("team_in_use", 409, sentence % {"agents": agents, "roles": grants})


def why_not_move(by: Any, agent: Agent, team: Team | None, *, at: datetime, now: datetime) -> Refusal | None:
    """Refuse a move to where the agent is, into an archived team, or at a time that the record contradicts."""
    if refusal := why_not_manage_people(by):
        return refusal
    if team is not None and team.archived_at is not None:
        return Refusal("team_archived", 409, _("This team is archived, so nobody moves into it."))
    if at > now:
        return Refusal("move_ahead", 422, _("A move is entered on its day or later, not ahead of it."))
    last = TeamMembership.objects.filter(agent=agent).select_related("team").order_by("-starts_at").first()
    current = last if last is not None and last.ends_at is None else None
    if (current.team_id if current else None) == (team.pk if team else None):
        where = current.team.name if current else None
        return Refusal("already_there", 409, _("This agent is in %(team)s already.") % {"team": where or _("no team")})
    begins = None if last is None else (last.ends_at or last.starts_at)
    if begins is not None and at < begins:
        sentence = _("The last move of this agent was on %(day)s. Choose a later day.") % {"day": f"{begins:%Y-%m-%d}"}
        return Refusal("move_before_last", 422, sentence)
    return None


def why_not_link(by: Any, agent: Agent, user: User) -> Refusal | None:
    """Refuse to give an agent the log-in of somebody who is another agent, or a bot any log-in."""
    if refusal := why_not_manage_people(by):
        return refusal
    if agent.is_bot:
        return Refusal("bot_log_in", 409, _("A bot has no log-in. Take its mark away if this is a person."))
    if agent.user_id == user.pk:
        return Refusal("already_linked", 409, _("This agent has that log-in already."))
    if agent.user_id is not None:
        sentence = _("This agent has another log-in. Take it away first, so that nobody's record changes hands unseen.")
        return Refusal("other_log_in", 409, sentence)
    other = Agent.objects.filter(user=user).exclude(pk=agent.pk).first()
    if other is not None:
        sentence = _("%(person)s is already the agent %(agent)s.") % {"person": user.name, "agent": other.name}
        return Refusal("log_in_taken", 409, sentence)
    return None


def why_not_zone(name: str) -> Refusal | None:
    """Refuse a time zone that nobody keeps time by."""
    if time_zones.is_known(name):
        return None
    return Refusal("unknown_time_zone", 422, _("Choose a time zone of the list, such as Europe/London."))


def _why_not(by: Any, permission: Permission) -> Refusal | None:
    return None if by is None else why_not(by, permission)


def _why_not_dates(starts_at: datetime, ends_at: datetime | None, *, now: datetime) -> Refusal | None:
    if not EARLIEST <= starts_at.year <= LATEST or (ends_at is not None and ends_at.year > LATEST):
        words = {"first": EARLIEST, "last": LATEST}
        return Refusal("unlikely_date", 422, _("Choose days between %(first)d and %(last)d.") % words)
    if ends_at is not None and ends_at < starts_at + LEAST_GRANT:
        return Refusal("ends_before_start", 422, _("A role ends after it begins."))
    if ends_at is not None and ends_at <= now:
        return Refusal("end_past", 422, _("This role would be over already. Choose a later end, or none."))
    return None


def _overlap(other: RoleGrant) -> Refusal:
    since = f"{other.starts_at:%Y-%m-%d}"
    if other.ends_at is None:
        sentence = _("This person holds “%(grant)s” since %(since)s, with no end. End that first.")
        words = {"grant": str(other), "since": since}
    else:
        sentence = _("This person holds “%(grant)s” from %(since)s until %(until)s. Choose days that do not overlap.")
        words = {"grant": str(other), "since": since, "until": f"{other.ends_at:%Y-%m-%d}"}
    return Refusal("overlapping_grant", 409, sentence % words, {"grant": other.pk})


def _why_not_without_admin(
    now: datetime, *, without_user: User | None = None, without_grant: RoleGrant | None = None
) -> Refusal | None:
    """Refuse what would leave nobody who is an admin everywhere with no end in sight."""
    grants = RoleGrant.objects.active(now).filter(role=Role.ADMIN, team=None, user__is_active=True)
    if without_user is not None and not grants.filter(user=without_user).exists():
        return None
    left = grants.filter(ends_at=None)
    if without_user is not None:
        left = left.exclude(user=without_user)
    if without_grant is not None:
        left = left.exclude(pk=without_grant.pk)
    if left.exists():
        return None
    sentence = _("Nobody else would be left as an admin without an end. Make somebody else an admin first.")
    return Refusal("last_admin", 409, sentence)
