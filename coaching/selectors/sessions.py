"""Read sessions for pages, calendars and the API."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from coaching.calendars import Appointment
from coaching.models import CalendarFeed, Session

WHOLE = ("plan__agent", "plan__skill", "plan__team", "plan__owner", "coach_confirmed_by")


KEPT = timedelta(days=60)
MOST = 500


def feed_of(user: User) -> CalendarFeed | None:
    """Return a person's calendar feed; None when there is none."""
    return CalendarFeed.objects.usable().filter(user=user).first()


def in_calendar(user: User, *, now: datetime) -> QuerySet[Session]:
    """Return the sessions of a person's calendar: with the own coach, and about the plans that they own and coach.

    Cancelled ones are among them, so that a calendar takes them out.
    """
    as_coach = Session.objects.coached_by(user).filter(plan__owner=user)
    as_agent = Session.objects.of_agent(user)
    mine = Session.objects.filter(Q(pk__in=as_coach.values("pk")) | Q(pk__in=as_agent.values("pk")))
    return mine.filter(starts_at__gte=now - KEPT).select_related(*WHOLE).order_by("-starts_at", "-pk")[:MOST]


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
