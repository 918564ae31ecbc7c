"""Set up, start and cancel a calibration session: the same drawn conversations for several people, blind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Team, User
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from reviews.models import CalibrationParticipant, CalibrationSession, QueueItem
from reviews.policies.calibrating import why_not_cancel, why_not_change, why_not_set_up, why_not_start
from reviews.services import calibration_draws
from reviews.services.telling import tell
from rubrics.models import RubricVersion
from sampling.models import Draw

S = CalibrationSession.Status
WHOLE = ("draw__plan", "rubric_version__rubric", "team")
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a session is to be: how many conversations of which frame, by which version, who scores, until when."""

    title: str
    draw: Draw
    rubric_version: RubricVersion
    number: int
    due_at: datetime
    people: Sequence[User]
    team: Team | None = None


@transaction.atomic
def make(wanted: Wanted, *, by: User, now: datetime) -> CalibrationSession:
    """Set a session up as a draft: nothing is drawn and nobody has anything to do yet."""
    _check(wanted, by=by, now=now)
    made = CalibrationSession.objects.create(created_at=now, created_by=by, **_fields(wanted))
    _seat(made, wanted.people)
    record("calibration.created", target=made, by=by, at=now)
    return made


@transaction.atomic
def change(session: CalibrationSession, wanted: Wanted, *, by: User, now: datetime) -> CalibrationSession:
    """Change a draft."""
    held = held_for_change(session)
    refuse(why_not_change(by, held))
    _check(wanted, by=by, now=now)
    for name, value in _fields(wanted).items():
        setattr(held, name, value)
    held.save()
    held.participants.all().delete()
    _seat(held, wanted.people)
    record("calibration.changed", target=held, by=by, at=now)
    return held


@transaction.atomic
def start(session: CalibrationSession, *, by: User, now: datetime) -> CalibrationSession:
    """Draw the conversations and put each into the queue of everybody who may score it; exactly one caller wins.

    Nobody is told: to who scores them they are items like any other. Raises Refused: what `why_not_start` says, and
    with 409 `frame_too_small`.
    """
    # Two sessions over one draw wait for each other, so that they never take the same conversation.
    Draw.objects.select_for_update(no_key=True, of=("self",)).get(pk=session.draw_id)
    held = held_for_change(session)
    refuse(why_not_start(by, held, now=now))
    people = list(held.participants.order_by("user").values_list("user", flat=True))
    taken = calibration_draws.draw(held, people, now=now)
    held.status, held.started_at = S.SCORING, now
    held.save()
    record("calibration.started", target=held, by=by, at=now, params={"conversations": len(taken)})
    return held


@transaction.atomic
def cancel(session: CalibrationSession, *, reason: str, by: User, now: datetime) -> CalibrationSession:
    """Give a session up: open items leave the queue, drafts are kept, and nobody ever sees another's answers."""
    refuse(why_not_cancel(by, session))
    words = reason.strip()
    if not words or len(words) > LONGEST_REASON:
        raise Refused(Refusal("reason_missing", 422, _("Say why, in at most 500 characters. It stays on the session.")))
    end_items(session, by=by, now=now)
    held = held_for_change(session)
    refuse(why_not_cancel(by, held))
    held.status, held.cancelled_at, held.cancel_reason = S.CANCELLED, now, words
    held.save()
    record("calibration.cancelled", target=held, by=by, at=now, fields=["cancel_reason"])
    return held


def end_items(session: CalibrationSession, *, by: User | None, now: datetime) -> None:
    """Take what nobody finished out of the queue; the authors of drafts are told. Call it before locking the session.

    The items come first, as in a submission: whoever submits one at this moment waits for us or we for them.
    """
    mine = QueueItem.objects.open().filter(pick__calibration_unit__session=session.pk)
    found = list(mine.order_by("pk").values_list("pk", flat=True))
    # By its key: then the database asks the row once more whether it is open, if somebody submitted it meanwhile.
    locked = QueueItem.objects.open().filter(pk__in=found).select_for_update(no_key=True, of=("self",))
    ended = list(locked.order_by("pk").values_list("pk", "claimed_by", "assigned_to"))
    QueueItem.objects.filter(pk__in=[pk for pk, *_people in ended]).update(
        status=QueueItem.Status.WITHDRAWN, claimed_by=None, claimed_until=None, ended_at=now, ended_by=by
    )
    begun = QueueItem.objects.filter(pk__in=[pk for pk, *_people in ended], review__draft_number__gt=0)
    for author, review in begun.values_list("review__author", "review"):
        tell([author], "item.withdrawn", path=f"/reviews/{review}/", by=by, now=now)


def held_for_change(session: CalibrationSession) -> CalibrationSession:
    """Return a session, locked until the transaction ends."""
    rows = CalibrationSession.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related(*WHOLE).get(pk=session.pk)


def _check(wanted: Wanted, *, by: User, now: datetime) -> None:
    refusal = why_not_set_up(
        by, title=wanted.title, number=wanted.number, version=wanted.rubric_version, draw=wanted.draw,
        people=wanted.people, due_at=wanted.due_at, now=now,
    )  # fmt: skip
    refuse(refusal)


def _fields(wanted: Wanted) -> dict[str, object]:
    return {
        "title": wanted.title.strip(),
        "draw": wanted.draw,
        "team": wanted.team,
        "rubric_version": wanted.rubric_version,
        "number": wanted.number,
        "due_at": wanted.due_at,
    }


def _seat(session: CalibrationSession, people: Sequence[User]) -> None:
    CalibrationParticipant.objects.bulk_create(
        [CalibrationParticipant(session=session, user_id=pk) for pk in sorted({one.pk for one in people})]
    )
