"""Put an item aside for one of the closed list of reasons. Nobody chooses the replacement."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from reviews.models import QueueItem
from reviews.policies import why_not_skip
from reviews.services import absences, filling, rescoring, seating, second_reads, second_seats, skip_checks
from reviews.skips import REASONS
from sampling.reasons import SkipClass, SkipReason
from sampling.services import skips


@transaction.atomic
def skip(item: QueueItem, *, reason: str, by: User, now: datetime, note: str = "") -> None:
    """Skip a held item: hand it to somebody else, or drop it and let the draw release the next."""
    chosen = REASONS.get(reason)
    if chosen is None:  # before the state of the item, as the API reads what it is sent: 422 whatever became of it
        raise Refused(Refusal("unknown_reason", 422, _("Choose one of the reasons in the list.")))
    refuse(why_not_skip(by, item))
    _end(item, reason=reason, note=note, by=by, now=now)
    if reason == SkipReason.CONFLICT:
        absences.note_conflict(by, item.agent, reason=note, now=now)
    if item.purpose == QueueItem.Purpose.PRIMARY:
        skips.record(item.pick, reason=reason, by=by, now=now)
        item.refresh_from_db()
        skip_checks.by_rule(item, now=now)
    if item.purpose == QueueItem.Purpose.DISPUTE:
        rescoring.hand_on(item, now=now)
    elif item.purpose == QueueItem.Purpose.SECOND_READ:
        second_reads.hand_on(item, now=now)
    elif item.purpose == QueueItem.Purpose.CALIBRATION:
        second_seats.hand_on(item, now=now)
    elif chosen.kind == SkipClass.REASSIGN:
        _hand_on(item, now=now)
    else:
        filling.fill_beside(item.pick, now=now)
    record("item.skipped", target=item, by=by, at=now, params={"reason": reason})


def _end(item: QueueItem, *, reason: str, note: str, by: User, now: datetime) -> None:
    held = QueueItem.objects.filter(pk=item.pk, status=QueueItem.Status.CLAIMED, claimed_by=by)
    ended = held.update(
        status=QueueItem.Status.SKIPPED,
        claimed_by=None,
        claimed_until=None,
        skip_reason=reason,
        skip_note=note.strip(),
        ended_at=now,
        ended_by=by,
    )
    if not ended:
        item.refresh_from_db()
        refusal = why_not_skip(by, item)
        assert refusal is not None
        raise Refused(refusal)


def _hand_on(item: QueueItem, *, now: datetime) -> None:
    """Open the next seat, which the reviewer who hands on will not be offered: they have sat here already."""
    seat = seating.next_number(item.pick_id, item.purpose)
    seating.another(item, purpose=item.purpose, seat=seat, due_at=item.due_at, now=now).save(force_insert=True)
