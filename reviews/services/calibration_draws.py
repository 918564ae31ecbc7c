"""Draw the conversations of a calibration session: in ascending u("calib|period", unit), nobody chooses (1.10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from conversations.models import Conversation
from core.refusals import Refusal, Refused
from reviews.calibration_draw import Numbered, numbered
from reviews.models import CalibrationSession, CalibrationUnit, QueueItem
from reviews.selectors.calibration_frames import frame_of
from reviews.selectors.desk import Desk, Place, desk
from reviews.services.assigning import secrets_of
from reviews.services.seating import end_of_day
from sampling.services import beside

BATCH = 200
P = CalibrationUnit.PassedOver
CALIBRATION = QueueItem.Purpose.CALIBRATION
LEAST = 2  # people: to compare takes two


def draw(session: CalibrationSession, people: Sequence[int], *, now: datetime) -> list[CalibrationUnit]:
    """Walk the frame in ascending u, take what two may score blind, and open everybody's seats.

    Return the units taken; what was passed over on the way is kept beside them with its reason. Raises Refused
    `frame_too_small` with 409. Call it inside a transaction that holds the draw.
    """
    key = secrets_of({session.draw}, now=now)[session.draw_id]
    frame = numbered(frame_of(session), key=key, period=session.draw.period)
    found, walked, taken = desk([session.draw.plan_id], now=now), [], 0
    for one, reason, who in _judged(frame, session, people, found):
        walked.append((one, reason, who))
        taken += not reason
        if taken == session.number:
            break
    if taken < session.number:
        words = {"n": taken, "all": len(frame), "wanted": session.number}
        sentence = _(
            "Only %(n)d of the %(all)d conversations in this frame are not in the queue yet and may be scored by two"
            " of these people, and %(wanted)d are wanted. Choose fewer, other people, or another draw."
        )
        raise Refused(Refusal("frame_too_small", 409, sentence % words, {"possible": taken}))
    session.frame_size = len(frame)
    return _write(session, walked, now=now)


def _judged(
    frame: Sequence[Numbered], session: CalibrationSession, people: Sequence[int], found: Desk
) -> Iterator[tuple[Numbered, str, list[int]]]:
    """Yield each unit with why it is passed over, or who may score it."""
    for first in range(0, len(frame), BATCH):
        rows = frame[first : first + BATCH]
        ids = [one.unit.conversation_id for one in rows]
        queued = set(QueueItem.objects.filter(conversation__in=ids).values_list("conversation", flat=True))
        whole = Conversation.objects.filter(pk__in=ids, transcript__isnull=False)
        texts = dict(whole.values_list("pk", "transcript"))
        for one in rows:
            pk = one.unit.conversation_id
            place = Place(session.draw.plan_id, one.agent_id, one.unit.team_id, session.due_at)
            who = [person for person in people if found.may_take(person, place)]
            reason = P.QUEUED if pk in queued else P.TEXT_GONE if pk not in texts else P.NO
            yield one, reason or (P.TOO_FEW if len(who) < LEAST else P.NO), who


def _write(
    session: CalibrationSession, walked: Sequence[tuple[Numbered, str, list[int]]], *, now: datetime
) -> list[CalibrationUnit]:
    taken = [one for one, reason, _who in walked if not reason]
    picks = iter(beside.picks([(one.unit, one.agent_id) for one in taken], now=now))
    units = [
        CalibrationUnit(
            session=session,
            place=place,
            u=one.u,
            completion_id=one.unit.completion_id,
            conversation_id=one.unit.conversation_id,
            agent_id=one.agent_id,
            team_id=one.unit.team_id,
            passed_over=reason,
            pick=None if reason else next(picks),
        )
        for place, (one, reason, _who) in enumerate(walked, start=1)
    ]
    made = CalibrationUnit.objects.bulk_create(units, batch_size=BATCH)
    _open(session, [(unit, who) for unit, (_one, reason, who) in zip(made, walked, strict=True) if not reason], now=now)
    return [unit for unit in made if not unit.passed_over]


def _open(session: CalibrationSession, seats: Sequence[tuple[CalibrationUnit, list[int]]], *, now: datetime) -> None:
    """Open a seat for each person who may score a conversation; it looks like any other item of the plan."""
    ids = [unit.conversation_id for unit, _who in seats]
    texts = dict(Conversation.objects.filter(pk__in=ids).values_list("pk", "transcript"))
    due_at = end_of_day(session.due_at, session.draw.plan)
    items = [
        QueueItem(
            pick=unit.pick,
            purpose=CALIBRATION,
            seat=seat,
            plan_id=session.draw.plan_id,
            conversation_id=unit.conversation_id,
            transcript_id=texts[unit.conversation_id],
            agent_id=unit.agent_id,
            team_id=unit.team_id,
            rubric_version_id=session.rubric_version_id,
            u=unit.u,
            due_at=due_at,
            assigned_to_id=person,
            created_at=now,
        )
        for unit, who in seats
        for seat, person in enumerate(who, start=1)
    ]
    QueueItem.objects.bulk_create(items, batch_size=BATCH)
