"""Put a blind second look into the queue, for one person chosen by a keyed hash: nobody picks their judge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from reviews.models import QueueItem, Review
from reviews.selectors.second_looks import free_for
from reviews.services import seating
from reviews.services.seating import end_of_day
from sampling.design import assign_reviewer, unit_name
from sampling.services import keys


def put(review: Review, *, purpose: str, criteria: Sequence[str], due_at: datetime, now: datetime) -> QueueItem | None:
    """Open a seat at the review's conversation and give it to one free person; None when nobody is free.

    It shows the transcript, the rubric version and the pool of the first look, so that it looks like any other item.
    """
    due_at = end_of_day(due_at, review.item.plan)
    person = draw_person(review, purpose=purpose, due_at=due_at, now=now)
    if person is None:
        return None
    seat = seating.next_number(review.item.pick_id, purpose)
    item = seating.another(
        review, purpose=purpose, seat=seat, due_at=due_at, now=now, criteria=list(criteria), assigned_to_id=person
    )
    item.save(force_insert=True)
    return item


def draw_person(review: Review, *, purpose: str, due_at: datetime, now: datetime) -> int | None:
    """Return who looks again, by weighted rendezvous (statistics.md 1.10) among those who are free."""
    free = {str(pk): float(capacity) for pk, capacity in free_for(review, due_at=due_at, now=now).items()}
    completion = review.item.pick.completion
    unit = unit_name(review.conversation.source.slug, review.conversation.external_id, completion.number)
    chosen = assign_reviewer(bytes(keys.master(now).secret), purpose, unit, free)
    return int(chosen) if chosen is not None else None
