"""Put a blind second look into the queue, for one person chosen by a keyed hash: nobody picks their judge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max

from reviews.models import QueueItem, Review
from reviews.selectors.second_looks import free_for
from sampling.design import assign_reviewer, unit_name
from sampling.services import keys


def put(review: Review, *, purpose: str, criteria: Sequence[str], due_at: datetime, now: datetime) -> QueueItem | None:
    """Open a seat at the review's conversation and give it to one free person; None when nobody is free.

    It shows the transcript, the rubric version and the pool of the first look, so that it looks like any other item.
    """
    person = draw_person(review, purpose=purpose, now=now)
    if person is None:
        return None
    item = review.item
    last = QueueItem.objects.filter(pick=item.pick_id, purpose=purpose).aggregate(last=Max("seat"))["last"]
    return QueueItem.objects.create(
        pick_id=item.pick_id,
        purpose=purpose,
        seat=(last or 0) + 1,
        plan_id=item.plan_id,
        conversation_id=review.conversation_id,
        transcript_id=review.transcript_id,
        agent_id=review.agent_id,
        team_id=review.team_id,
        rubric_version_id=review.rubric_version_id,
        pool=review.pool,
        criteria=list(criteria),
        u=item.u,
        due_at=due_at,
        assigned_to_id=person,
        created_at=now,
    )


def draw_person(review: Review, *, purpose: str, now: datetime) -> int | None:
    """Return who looks again, by weighted rendezvous (statistics.md 1.10) among those who are free."""
    free = {str(pk): float(capacity) for pk, capacity in free_for(review, now=now).items()}
    completion = review.item.pick.completion
    unit = unit_name(review.conversation.source.slug, review.conversation.external_id, completion.number)
    chosen = assign_reviewer(bytes(keys.master(now).secret), purpose, unit, free)
    return int(chosen) if chosen is not None else None
