"""Another seat at a conversation that is reviewed: the same transcript and rubric version for a second pair of eyes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Max

from reviews.models import QueueItem, Review


def next_number(pick_id: int, purpose: str) -> int:
    """Return the first free seat of a purpose at a pick; 1 when nobody sits there."""
    taken = QueueItem.objects.filter(pick=pick_id, purpose=purpose).aggregate(last=Max("seat"))
    return (taken["last"] or 0) + 1


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
