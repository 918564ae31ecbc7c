"""What the agent does with feedback: open it, acknowledge it, answer it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Notification, User
from core.audit import record
from core.refusals import Refused, refuse
from reviews.models import Review
from reviews.policies import why_not_acknowledge


@transaction.atomic
def read(review: Review, *, by: User, now: datetime) -> bool:
    """Remember that the agent has opened the feedback; False when that was known, or it is somebody else who looks."""
    if review.agent.user_id != by.pk:
        return False
    first = Review.objects.published().filter(pk=review.pk, read_at=None).update(read_at=now)
    if first:
        record("feedback.read", target=review, by=by, at=now)
        Notification.objects.filter(user=by, path=f"/feedback/{review.pk}/", read_at=None).update(read_at=now)
    return bool(first)


@transaction.atomic
def acknowledge(review: Review, *, by: User, now: datetime, reply: str = "") -> Review:
    """Note that the agent has taken the feedback in, with an optional answer to the reviewer."""
    refuse(why_not_acknowledge(by, review))
    rows = Review.objects.published().filter(pk=review.pk, acknowledged_at=None)
    acknowledged = rows.update(acknowledged_at=now, reply=reply.strip(), updated_at=now)
    Review.objects.filter(pk=review.pk, read_at=None).update(read_at=now)
    review.refresh_from_db()
    if not acknowledged:
        refusal = why_not_acknowledge(by, review)
        assert refusal is not None
        raise Refused(refusal)
    record("feedback.acknowledged", target=review, by=by, at=now, fields=["reply"] if reply.strip() else [])
    return review
