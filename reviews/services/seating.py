"""Another seat at a conversation that is reviewed: the same transcript and rubric version for a second pair of eyes."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils import timezone

from reviews.models import QueueItem, Review
from sampling.cycles import midnight
from sampling.models import Plan


def next_number(pick_id: int, purpose: str) -> int:
    """Return the first free seat of a purpose at a pick; 1 when nobody sits there."""
    taken = QueueItem.objects.filter(pick=pick_id, purpose=purpose).aggregate(last=Max("seat"))
    return (taken["last"] or 0) + 1


def end_of_day(moment: datetime, plan: Plan | None) -> datetime:
    """Return the midnight after a moment, where its plan is at home: all that is drawn is due at the end of a day.

    Something due at 10:17 would be known for a second look.
    """
    zone = ZoneInfo(plan.time_zone) if plan is not None else timezone.get_default_timezone()
    local = moment.astimezone(zone)
    day = local.date() if local.time() == time() else local.date() + timedelta(days=1)
    return midnight(day, zone)


def another(
    shown: QueueItem | Review, *, purpose: str, seat: int, due_at: datetime, now: datetime, **more: Any
) -> QueueItem:
    """Return an unsaved item that shows what another item or review shows, so that it looks like any other.

    A review and its item may differ: a draft can be moved to another rubric version, and what was judged counts.
    """
    item = shown.item if isinstance(shown, Review) else shown
    return QueueItem(
        pick_id=item.pick_id,
        purpose=purpose,
        seat=seat,
        plan_id=item.plan_id,
        conversation_id=shown.conversation_id,
        transcript_id=shown.transcript_id,
        agent_id=shown.agent_id,
        team_id=shown.team_id,
        rubric_version_id=shown.rubric_version_id,
        pool=shown.pool,
        u=item.u,
        due_at=due_at,
        created_at=now,
        **more,
    )
