"""Calibration sessions for tests, made the way the product makes them: set up, drawn, scored blind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Agent, Team, User
from accounts.roles import Role
from reviews.models import CalibrationSession, QueueItem, Review
from reviews.selectors.calibration_pages import WHOLE
from reviews.services import calibrating, claims, submitting
from reviews.services.calibrating import Wanted
from reviews.services.settling import Agreed
from sampling.models import Draw, MasterKey, Plan
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.conversations import talk, transcribe
from tests.factories.reviews import filled
from tests.factories.sampling import PlanFactory, drawn, master_key, week_of
from tests.factories.sampling import agent as sampled

DUE = NOW + timedelta(days=5)
STANDS = (
    Agreed("understood", "She repeats it in message 2.", option="yes"),
    Agreed("solved", option="yes"),
    Agreed("data-protected", option="yes"),
)


def frame(
    size: int = 6, *, of: Agent | None = None, team: Team | None = None, plan: Plan | None = None, name: str = "Cora"
) -> Draw:  # fmt: skip
    """Draw a week of one agent's conversations for the sample: two are picked, the others are free for calibration."""
    if not MasterKey.objects.exists():
        master_key()
    for completion in week_of(of or sampled(name), size, **({"team": team} if team else {})):
        transcribe(completion.conversation, talk(), now=NOW)
    return drawn(plan or PlanFactory())


def wanted(draw: Draw, people: Sequence[User], *, number: int = 2, due_at: datetime = DUE, **more: Any) -> Wanted:
    """Say what a session over a draw is to be, by the rubric of its plan."""
    version = draw.plan.rubric.versions.get(status="published")
    given = {"title": "What is solved?", "rubric_version": version, **more}
    return Wanted(draw=draw, number=number, due_at=due_at, people=list(people), **given)


def drafted(
    people: Sequence[User], *, draw: Draw | None = None, by: User | None = None, **more: Any
) -> CalibrationSession:
    """Set a session up."""
    made = calibrating.make(wanted(draw or frame(), people, **more), by=by or person(Role.MANAGER), now=NOW)
    return whole(made)


def started(people: Sequence[User], *, by: User | None = None, **more: Any) -> CalibrationSession:
    """Set a session up and start it."""
    manager = by or person(Role.MANAGER)
    return whole(calibrating.start(drafted(people, by=manager, **more), by=manager, now=NOW))


def seats_of(session: CalibrationSession, user: User) -> list[QueueItem]:
    """Return a person's seats in ascending u."""
    rows = QueueItem.objects.filter(pick__calibration_unit__session=session, assigned_to=user)
    return list(rows.select_related("agent", "pick__draw").order_by("u"))


def score(
    session: CalibrationSession, user: User, *, answers: dict[str, str] | None = None, now: datetime = NOW, **more: Any
) -> list[Review]:
    """Let somebody score all their conversations of a session with the same answers."""
    return [
        submitting.submit(claims.take(seat, by=user, now=now), filled(answers, **more), by=user, now=now)
        for seat in seats_of(session, user)
    ]


def revealed(people: Sequence[User], **more: Any) -> CalibrationSession:
    """Let everybody score all of a session, which reveals it."""
    session = started(people, **more)
    for user in people:
        score(session, user)
    return whole(session)


def whole(session: CalibrationSession) -> CalibrationSession:
    """Return a session as a request would load it."""
    return CalibrationSession.objects.select_related(*WHOLE).get(pk=session.pk)
