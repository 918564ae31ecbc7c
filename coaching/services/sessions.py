"""1:1 sessions: plan one, write down what was agreed, and say on both sides that it took place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Notification, User
from coaching.models import Plan, PrivateNote, Session
from coaching.policies import (
    why_not_change_session,
    why_not_coach,
    why_not_confirm_session,
    why_not_end_session,
    why_not_keep_note,
    why_not_meet,
    why_not_meet_at,
)
from coaching.selectors.plans import agenda_of
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from reviews.services import meetings


@dataclass(frozen=True, slots=True)
class SessionEdit:
    """What the form of a session holds; `number` is the state that was edited."""

    number: int
    starts_at: datetime
    minutes: int
    place: str
    agenda: str
    notes: str


@transaction.atomic
def arrange(
    plan: Plan, *, starts_at: datetime, by: User, now: datetime, minutes: int = 30, place: str = "", agenda: str = ""
) -> Session:
    """Arrange a session about a plan; without an agenda it takes the plan's."""
    refuse(why_not_coach(by, plan))
    refuse(why_not_meet(plan))
    refuse(why_not_meet_at(starts_at, now=now))
    made = Session.objects.create(
        plan=plan,
        starts_at=starts_at,
        minutes=minutes,
        place=place.strip(),
        agenda=agenda.strip() or agenda_of(plan, today=timezone.localdate(now)),
        created_at=now,
        updated_at=now,
    )
    meetings.planned(_reference(made), agent=plan.agent, at=starts_at, now=now)
    record("session.planned", target=made, by=by, at=now)
    _tell_agent(made, kind="session.planned", now=now)
    return made


@transaction.atomic
def change(session: Session, edited: SessionEdit, *, by: User, now: datetime) -> Session:
    """Change time, place, agenda and shared notes; the later of two edits is told. A held one keeps its time."""
    refuse(why_not_coach(by, session.plan))
    refuse(why_not_change_session(session))
    # A form knows no seconds: the same minute is the same time.
    is_same = session.starts_at.replace(second=0, microsecond=0) == edited.starts_at.replace(second=0, microsecond=0)
    starts_at = session.starts_at if is_same else edited.starts_at
    is_moved = (session.starts_at, session.minutes, session.place) != (starts_at, edited.minutes, edited.place.strip())
    if is_moved:
        refuse(why_not_end_session(session))
        refuse(why_not_meet_at(starts_at, now=now))
    rows = Session.objects.filter(pk=session.pk, edit_number=edited.number, status=session.status)
    changed = rows.update(
        starts_at=starts_at, minutes=edited.minutes, place=edited.place.strip(), agenda=edited.agenda.strip(),
        notes=edited.notes.strip(), edit_number=edited.number + 1, updated_at=now,
        sequence=session.sequence + (1 if is_moved else 0),
    )  # fmt: skip
    if not changed:
        raise Refused(Refusal("stale_session", 409, _("Someone else changed this session meanwhile. Load it again.")))
    session.refresh_from_db()
    record("session.changed", target=session, by=by, at=now, fields=["starts_at", "place", "agenda", "notes"])
    if is_moved:
        meetings.planned(_reference(session), agent=session.plan.agent, at=session.starts_at, now=now)
        _tell_agent(session, kind="session.moved", now=now)
    return session


@transaction.atomic
def confirm(session: Session, *, by: User, now: datetime) -> Session:
    """Say that a session took place; it counts as held when both sides have said so."""
    # The row is the lock: of two sides at once the second sees what the first one said.
    row = Session.objects.select_for_update(of=("self",)).select_related("plan__agent").get(pk=session.pk)
    refuse(why_not_confirm_session(by, row, now=now))
    is_agent = row.plan.agent.user_id == by.pk
    said: dict[str, Any] = (
        {"agent_confirmed_at": now} if is_agent else {"coach_confirmed_at": now, "coach_confirmed_by": by}
    )
    if row.plan.agent.user_id is None:
        said["agent_confirmed_at"] = now  # nobody else can say it: the coach does for both
    for name, value in said.items():
        setattr(row, name, value)
    is_held = row.agent_confirmed_at is not None and row.coach_confirmed_at is not None
    row.status = Session.Status.HELD if is_held else row.status
    row.updated_at = now
    row.save(update_fields=[*said, "status", "updated_at"])
    record("session.held" if is_held else "session.confirmed", target=row, by=by, at=now)
    return row


def miss(session: Session, *, by: User, now: datetime) -> Session:
    """Say that nobody came."""
    return _end(session, Session.Status.NO_SHOW, by=by, now=now)


def cancel(session: Session, *, by: User, now: datetime) -> Session:
    """Cancel a session that is planned."""
    return _end(session, Session.Status.CANCELLED, by=by, now=now)


@transaction.atomic
def note(session: Session, *, text: str, by: User, now: datetime) -> PrivateNote:
    """Keep a private note; it is never edited, and the audit trail knows no word of it."""
    refuse(why_not_keep_note(by, session))
    if not text.strip():
        raise Refused(Refusal("empty", 422, _("Write something first.")))
    made = PrivateNote.objects.create(session=session, author=by, text=text.strip(), created_at=now)
    record("session.noted", target=session, by=by, at=now)
    return made


@transaction.atomic
def _end(session: Session, status: str, *, by: User, now: datetime) -> Session:
    refuse(why_not_coach(by, session.plan))
    refuse(why_not_end_session(session))
    if status == Session.Status.NO_SHOW and now < session.starts_at:
        raise Refused(Refusal("too_early", 409, _("It has not begun yet. Cancel it if it does not take place.")))
    rows = Session.objects.filter(pk=session.pk, status=session.status)
    changed = rows.update(status=status, updated_at=now, sequence=session.sequence + 1)
    session.refresh_from_db()
    if not changed:
        refuse(why_not_end_session(session))
    meetings.dropped(_reference(session), agent=session.plan.agent, now=now)
    record(f"session.{status}", target=session, by=by, at=now)
    _tell_agent(session, kind=f"session.{status}", now=now)
    return session


def _reference(session: Session) -> str:
    """Return the name by which reviews know a session: what is kept back for a 1:1 goes out before it."""
    return f"coaching.session:{session.pk}"


def _tell_agent(session: Session, *, kind: str, now: datetime) -> None:
    agent = session.plan.agent
    if agent.user_id is not None and session.plan.shared_at is not None:
        path = f"/my-coaching/sessions/{session.pk}/"
        Notification.objects.create(user_id=agent.user_id, kind=kind, path=path, created_at=now)
