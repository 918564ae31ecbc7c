"""A second pair of eyes for what was skipped as not eligible (statistics.md 1.3): confirm it, or bring it back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from core.refusals import refuse
from reviews.models import QueueItem
from reviews.policies import why_not_check_skip
from reviews.services import filling
from reviews.services.telling import tell
from sampling.models import Pick
from sampling.services import skips

Check = QueueItem.Check


@transaction.atomic
def confirm(item: QueueItem, *, by: User, now: datetime, note: str = "") -> QueueItem:
    """Agree that the conversation is not eligible: it leaves the frame, and the estimates follow at once."""
    item = _locked(item)
    refuse(why_not_check_skip(by, item))
    skips.confirm(item.pick, by=by, now=now)
    return _keep(item, Check.CONFIRMED, by=by, note=note, now=now)


@transaction.atomic
def overrule(item: QueueItem, *, by: User, now: datetime, note: str = "") -> QueueItem:
    """Find the conversation eligible: it waits to be reviewed again, and what was released instead stays in, too."""
    item = _locked(item)
    refuse(why_not_check_skip(by, item))
    skips.overrule(item.pick, by=by, now=now)
    kept = _keep(item, Check.OVERRULED, by=by, note=note, now=now)
    filling.fill_beside(item.pick, now=now)
    tell([item.ended_by_id], "skip.overruled", path="/queue/", by=by, now=now)
    return kept


def by_rule(item: QueueItem, *, now: datetime) -> None:
    """Note that a rule confirmed a skip on the spot, so that nobody has to look."""
    if item.pick.dropped == Pick.Dropped.INELIGIBLE:
        _keep(item, Check.CONFIRMED, by=None, note="", now=now)


def _locked(item: QueueItem) -> QueueItem:
    """Read the item as it is now and keep it so: of two who look at once, the later is told that it is decided."""
    return QueueItem.objects.select_for_update(of=("self",), no_key=True).select_related("pick").get(pk=item.pk)


def _keep(item: QueueItem, result: str, *, by: User | None, note: str, now: datetime) -> QueueItem:
    item.check_result, item.check_note, item.checked_by, item.checked_at = result, note.strip(), by, now
    item.save(update_fields=["check_result", "check_note", "checked_by", "checked_at"])
    return item
