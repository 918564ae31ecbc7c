"""Read sessions for pages, calendars and the API."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from coaching.calendars import Appointment
from coaching.models import Session

WHOLE = ("plan__agent", "plan__skill", "plan__team", "plan__owner", "coach_confirmed_by")


def address_of(session: Session, *, user: User) -> str:
    """Return the address of a session's page for a person: the agent has one of their own."""
    name = "coaching:own_session" if session.plan.agent.user_id == user.pk else "coaching:session"
    return reverse(name, args=[session.pk])


def appointment(session: Session, *, address: str) -> Appointment:
    """Return what a calendar shows of a session: whose it is and where, nothing that was said or noted."""
    return Appointment(
        uid=f"{session.uid}@qa-portal",
        sequence=session.sequence,
        changed_at=session.updated_at,
        starts_at=session.starts_at,
        minutes=session.minutes,
        summary=_("1:1 with %(name)s: %(skill)s") % {"name": session.plan.agent.name, "skill": session.plan.skill.name},
        description=address,
        place=session.place,
        is_cancelled=session.status == Session.Status.CANCELLED,
    )
