"""Agents open their feedback, most of it within days, and answer some."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from qa_portal.demo.phrasebook import load, pick
from reviews.models import Review
from reviews.services import feedback

READS, ACKNOWLEDGES, REPLIES = 0.88, 0.80, 0.12


@transaction.atomic
def read_feedback(*, seed: int, since: datetime, now: datetime) -> int:
    """Let agents read what was published since a moment; the number of reviews read."""
    waiting = (
        Review.objects.unread()
        .filter(published_at__gte=since, published_at__lt=now, agent__user__isnull=False)
        .select_related("agent__user", "conversation")
        .order_by("pk")
    )
    return sum(_read(review, seed=seed, now=now) for review in waiting)


def _read(review: Review, *, seed: int, now: datetime) -> bool:
    random = Random(f"{seed}|read|{review.conversation.external_id}")
    agent = review.agent.user
    assert agent is not None
    assert review.published_at is not None
    moment = review.published_at + timedelta(hours=random.uniform(1, 80))
    if random.random() > READS or moment > now:
        return False
    feedback.read(review, by=agent, now=moment)
    if random.random() < ACKNOWLEDGES:
        reply = pick(random, load("comments")["replies"]) if random.random() < REPLIES else ""
        feedback.acknowledge(review, by=agent, now=moment + timedelta(minutes=random.uniform(1, 9)), reply=reply)
    return True
