"""Pass an item on to another reviewer, with a reason. The sample stays as it is, and so does the draft."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from reviews.models import QueueItem
from reviews.policies import why_not_hand_over
from reviews.selectors.desk import Place, Seats, desk
from reviews.services import assigning, rescoring, second_reads
from reviews.services.telling import tell

MOVED = (QueueItem.Purpose.PRIMARY, QueueItem.Purpose.CALIBRATION)


@transaction.atomic
def hand_over(item: QueueItem, *, reason: str, by: User, now: datetime, to: User | None = None) -> QueueItem:
    """Give an item to the next in line by the keyed hash, or to whom a QA manager names.

    Raises Refused: what `why_not_hand_over` says, and with 409 `nobody_free` or `not_for_them`.
    """
    rows = QueueItem.objects.select_for_update(of=("self",), no_key=True)
    locked = rows.select_related(*assigning.NAMED, "agent", "plan", "team").get(pk=item.pk)
    refuse(why_not_hand_over(by, locked, reason=reason, to=to))
    if locked.purpose not in MOVED:
        return _second_look(locked, reason=reason, by=by, now=now, to=to)
    if locked.purpose == QueueItem.Purpose.CALIBRATION and locked.pick.draw is None:
        to = None  # one of several who score it for a session: each has a seat of their own, so nobody comes next
    holders = {pk for pk in (locked.claimed_by_id, locked.assigned_to_id) if pk is not None}
    person = _named(locked, to, now=now) if to else assigning.next_in_line(locked, without=holders, now=now)
    if person is None:
        raise Refused(
            Refusal("nobody_free", 409, _("Nobody else may review this right now. Give it back, or skip it instead."))
        )
    _keep(locked, reason, by=by, now=now, status=QueueItem.Status.AVAILABLE, assigned_to_id=person)
    tell([person], "item.handed_over", path="/queue/", by=by, now=now)
    return locked


def _keep(item: QueueItem, reason: str, *, by: User, now: datetime, **changed: Any) -> None:
    fields = {
        **changed, "claimed_by_id": None, "claimed_until": None, "handed_over_at": now, "handed_over_by_id": by.pk,
        "handed_over_reason": reason.strip()[:2000],
    }  # fmt: skip
    for name, value in fields.items():
        setattr(item, name, value)
    item.save(update_fields=[name.removesuffix("_id") for name in fields])
    record("item.handed_over", target=item, by=by, at=now, fields=["assigned_to"])


def _second_look(item: QueueItem, *, reason: str, by: User, now: datetime, to: User | None) -> QueueItem:
    """End this seat and let the dispute or the second read find somebody as it always does: nobody names a judge."""
    if to is not None:
        raise Refused(Refusal("drawn_only", 409, _("For this one nobody is named: the next in line gets it.")))
    _keep(item, reason, by=by, now=now, status=QueueItem.Status.WITHDRAWN, ended_at=now, ended_by_id=by.pk)
    hand_on = rescoring.hand_on if item.purpose == QueueItem.Purpose.DISPUTE else second_reads.hand_on
    hand_on(item, now=now)
    return item


def _named(item: QueueItem, to: User, *, now: datetime) -> int:
    if to.pk == (item.claimed_by_id or item.assigned_to_id):
        raise Refused(Refusal("theirs_already", 409, _("This person has it already. Name somebody else.")))
    place = Place(item.plan_id, item.agent_id, item.team_id, item.due_at, Seats([item]).elsewhere(item))
    if not desk([item.plan_id], now=now).fits(to.pk, place):
        raise Refused(
            Refusal("not_for_them", 409, _("This person may not review this: see their teams, conflicts and absences."))
        )
    return to.pk
