"""Show a review to its agent: now, or when its time has come. The averages learn of it in the same transaction."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Notification, User
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from reviews.models import Review
from reviews.policies import why_not_publish
from reviews.services import cells

logger = logging.getLogger(__name__)


def publish(review: Review, *, by: User, now: datetime) -> Review:
    """Publish one submitted review; exactly one caller wins."""
    refuse(why_not_publish(by, review))
    if not _publish(review, by=by, now=now):
        raise Refused(Refusal("already_published", 409, _("This review is published already.")))
    return review


def publish_due(*, now: datetime, limit: int = 500) -> int:
    """Publish the primary reviews whose release time has come; the number published."""
    due = Review.objects.filter(status=Review.Status.SUBMITTED, purpose="primary", release_at__lte=now).order_by(
        "release_at", "pk"
    )[:limit]
    return sum(_publish(review, by=None, now=now) for review in due)


@transaction.atomic
def _publish(review: Review, *, by: User | None, now: datetime) -> bool:
    row = (
        Review.objects.select_for_update(of=("self",))
        .select_related("current", "item__pick", "agent")
        .get(pk=review.pk)
    )
    if row.status != Review.Status.SUBMITTED or row.current is None:
        return False
    row.status, row.published_at, row.published_by, row.updated_at = Review.Status.PUBLISHED, now, by, now
    row.save(update_fields=["status", "published_at", "published_by", "updated_at"])
    cells.add(row, row.current)
    record("review.published", target=row, by=by, at=now)
    if row.agent.user_id is not None:
        Notification.objects.create(
            user_id=row.agent.user_id, kind="feedback.published", path=f"/feedback/{row.pk}/", created_at=now
        )
    review.refresh_from_db()
    return True


def publish_of(author: User, *, now: datetime) -> int:
    """Publish all that one person has submitted and that still waits; the number published."""
    waiting = Review.objects.filter(author=author, status=Review.Status.SUBMITTED, purpose="primary").order_by("pk")
    return sum(_publish(review, by=author, now=now) for review in waiting)
