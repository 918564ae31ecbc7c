"""Reveal a calibration session, agree on its answers, close it; and what the clock does to it. No score changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from reviews.models import AgreedAnswer, CalibrationSession, CalibrationUnit, QueueItem
from reviews.models.queue import QueueItemQuerySet
from reviews.policies.calibrating import (
    is_comparable,
    why_not_agree,
    why_not_close,
    why_not_resolve,
    why_not_reveal,
)
from reviews.selectors.calibration import Given, asked_in, path_of, problems_of
from reviews.services.calibrating import end_items, held_for_change
from reviews.services.telling import tell

S = CalibrationSession.Status
REMIND_BEFORE = timedelta(days=2)
BATCH = 200


def reveal(session: CalibrationSession, *, by: User, now: datetime) -> CalibrationSession:
    """Show everybody's answers to all who took part; who has not submitted by now is late. One caller wins."""
    refuse(why_not_reveal(by, session))
    return _reveal(session, by=by, now=now)


@transaction.atomic
def _reveal(session: CalibrationSession, *, by: User | None, now: datetime) -> CalibrationSession:
    end_items(session, by=by, now=now)
    held = held_for_change(session)
    refuse(why_not_reveal(by, held))
    held.status, held.revealed_at, held.revealed_by = S.REVEALED, now, by
    held.save(update_fields=["status", "revealed_at", "revealed_by"])
    record("calibration.revealed", target=held, by=by, at=now)
    tell([*_people(held), held.created_by_id], "calibration.revealed", path=path_of(held), by=by, now=now)
    return held


def submitted(item: QueueItem, *, now: datetime) -> None:
    """Reveal the session of an item when that was the last one. Two last ones at once wait for each other here."""
    session = CalibrationSession.objects.scoring().filter(units__pick=item.pick_id).first()
    if session is None:
        return  # a second seat that was drawn silently, or a session that has ended
    held = held_for_change(session)
    if held.status == S.SCORING and not _open_items(held).exists() and is_comparable(held):
        _reveal(held, by=None, now=now)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What stands for one criterion, by its lineage: an option or N/A, and why."""

    criterion: str
    rationale: str = ""
    option: str = ""
    not_applicable: bool = False


@transaction.atomic
def agree(unit: CalibrationUnit, answers: Sequence[Agreed], *, by: User, now: datetime) -> CalibrationUnit:
    """Write down the answer that stands for every criterion of one conversation; again replaces what was agreed.

    Raises Refused: what `why_not_agree` says, and with 422 `bad_answers`, whose details name each criterion.
    """
    unit.session = held_for_change(unit.session)
    refuse(why_not_agree(by, unit))
    given = {one.criterion: Given(one.option, one.not_applicable, one.rationale.strip()) for one in answers}
    problems = problems_of(unit, given)
    if len(given) != len(answers):
        problems.insert(0, {"criterion": "", "sentence": _("A criterion is named twice.")})
    if problems:
        raise Refused(Refusal("bad_answers", 422, problems[0]["sentence"], {"problems": problems}))
    unit.agreed.all().delete()
    AgreedAnswer.objects.bulk_create(
        [
            AgreedAnswer(
                unit=unit,
                criterion=row,
                option=next((one for one in row.options.all() if one.key == given[row.lineage].option), None),
                not_applicable=given[row.lineage].not_applicable,
                rationale=given[row.lineage].rationale,
                decided_by=by,
                decided_at=now,
            )
            for row in asked_in(unit)
        ]
    )
    record("calibration.agreed", target=unit.session, by=by, at=now, params={"place": unit.place})
    return unit


@transaction.atomic
def resolve(session: CalibrationSession, *, by: User, now: datetime) -> CalibrationSession:
    """Say that all answers are agreed on; who took part sees their own beside them."""
    held = held_for_change(session)
    refuse(why_not_resolve(by, held))
    held.status, held.resolved_at, held.resolved_by = S.RESOLVED, now, by
    held.save(update_fields=["status", "resolved_at", "resolved_by"])
    record("calibration.resolved", target=held, by=by, at=now)
    tell(_people(held), "calibration.resolved", path=path_of(held), by=by, now=now)
    return held


@transaction.atomic
def close(session: CalibrationSession, *, by: User, now: datetime) -> CalibrationSession:
    """Put a resolved session away."""
    held = held_for_change(session)
    refuse(why_not_close(by, held))
    held.status, held.closed_at = S.CLOSED, now
    held.save(update_fields=["status", "closed_at"])
    record("calibration.closed", target=held, by=by, at=now)
    return held


def sweep(*, now: datetime) -> None:
    """Remind in time, and reveal what nobody has anything left to do for; each part may safely run twice."""
    remind(now=now)
    reveal_finished(now=now)


def remind(*, now: datetime) -> int:
    """Tell those who have open items of a session that something is due, once; the number of sessions.

    It leads to the queue and names no session: to who scores them they are items like any other.
    """
    near = CalibrationSession.objects.scoring().filter(reminded_at=None, due_at__lt=now + REMIND_BEFORE)
    return sum(_remind(session, now=now) for session in near.order_by("due_at")[:BATCH])


@transaction.atomic
def _remind(session: CalibrationSession, *, now: datetime) -> bool:
    if not CalibrationSession.objects.scoring().filter(pk=session.pk, reminded_at=None).update(reminded_at=now):
        return False
    owing = _open_items(session).values_list("assigned_to", flat=True)
    tell(set(owing), "item.due", path="/queue/", now=now)
    return True


def reveal_finished(*, now: datetime) -> int:
    """Reveal the sessions whose items have all ended, some of them unscored; the number revealed."""
    items = QueueItem.objects.open().filter(pick__calibration_unit__session=OuterRef("pk"))
    done = CalibrationSession.objects.scoring().filter(~Exists(items)).order_by("pk")
    return sum(_finish(session, now=now) for session in done[:BATCH])


def _finish(session: CalibrationSession, *, now: datetime) -> bool:
    if not is_comparable(session):
        return False  # its page says so; whoever runs it cancels it
    try:
        _reveal(session, by=None, now=now)
    except Refused:  # somebody was faster
        return False
    return True


def _open_items(session: CalibrationSession) -> QueueItemQuerySet:
    return QueueItem.objects.open().filter(pick__calibration_unit__session=session.pk)


def _people(session: CalibrationSession) -> list[int]:
    return list(session.participants.values_list("user", flat=True))
