"""Put every pick that has no item into the queue. Safe to run at any time, by anybody, twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from reviews.models import QueueItem
from sampling.models import Pick

BATCH = 500


def fill(*, now: datetime) -> int:
    """Make the primary item of each pick that lacks one; the number made."""
    made = 0
    while True:
        picks = list(_without_item()[:BATCH])
        if not picks:
            return made
        with transaction.atomic():
            QueueItem.objects.bulk_create([_item(pick, now=now) for pick in picks], ignore_conflicts=True)
        made += len(picks)


def _without_item() -> QuerySet[Pick]:
    return (
        Pick.objects.filter(items=None, dropped=Pick.Dropped.NO, draw__voided_at=None)
        .exclude(draw=None)
        .exclude(conversation__transcript=None)
        .select_related("draw", "conversation")
        .order_by("pk")
    )


def _item(pick: Pick, *, now: datetime) -> QueueItem:
    assert pick.draw is not None and pick.conversation.transcript_id is not None  # noqa: PT018
    return QueueItem(
        pick=pick,
        purpose=QueueItem.Purpose.PRIMARY,
        plan_id=pick.draw.plan_id,
        conversation=pick.conversation,
        transcript_id=pick.conversation.transcript_id,
        agent_id=pick.agent_id,
        team_id=pick.team_id,
        rubric_version_id=pick.draw.rubric_version_id,
        pool=pick.pool,
        u=pick.u or 0,
        due_at=max(pick.draw.due_at, pick.released_at + timedelta(days=1)),
        created_at=now,
    )
