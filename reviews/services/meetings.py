"""Remember when agents have their 1:1, so that what is kept back for it goes out a day before. Coaching says when."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Agent
from reviews.models import Meeting, Review
from reviews.services.releasing import HELD_AT_MOST, before_meeting


@transaction.atomic
def planned(reference: str, *, agent: Agent, at: datetime, now: datetime) -> None:
    """Note that a 1:1 takes place at a time, or at another time than was said before."""
    Meeting.objects.update_or_create(reference=reference, defaults={"agent": agent, "at": at})
    _move(agent, now=now)


@transaction.atomic
def dropped(reference: str, *, agent: Agent, now: datetime) -> None:
    """Note that a 1:1 does not take place."""
    Meeting.objects.filter(reference=reference).delete()
    _move(agent, now=now)


def _move(agent: Agent, *, now: datetime) -> None:
    """Let what is kept back go out before the meeting that is next now."""
    held = Review.objects.waiting().filter(agent=agent, held_for_meeting=True)
    for review in held.select_for_update(no_key=True, of=("self",)).order_by("pk"):
        latest = max(now, (review.submitted_at or now) + HELD_AT_MOST)
        at = before_meeting(agent.pk, latest=latest, now=now)
        Review.objects.filter(pk=review.pk).exclude(release_at=at).update(release_at=at, updated_at=now)
