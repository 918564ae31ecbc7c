"""Show a review to its agent: now, or when its time has come. The averages learn of it in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Agent, User
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from reviews.models import Review
from reviews.policies import why_not_publish, why_not_schedule
from reviews.services import cells, second_reads, signalling
from reviews.services.telling import tell

HELD_AT_MOST = timedelta(days=14)  # a review that waits for a 1:1 which never comes goes out all the same
BEFORE_MEETING = timedelta(days=1)  # so that the agent has read it when they meet
MOST_AT_ONCE = 200


def publish(review: Review, *, by: User, now: datetime) -> Review:
    """Publish one submitted review; exactly one caller wins."""
    refuse(why_not_publish(by, review))
    if not _publish(review, by=by, now=now):
        review.refresh_from_db()
        refuse(why_not_publish(by, review))
        raise Refused(Refusal("already_published", 409, _("This review is published already.")))
    return review


def publish_due(*, now: datetime, limit: int = 500) -> int:
    """Publish the primary reviews whose release time has come; the number published."""
    due = Review.objects.waiting().filter(release_at__lte=now, reopened_at=None).order_by("release_at", "pk")[:limit]
    return sum(_publish(review, by=None, now=now) for review in due)


def publish_of(author: User, *, now: datetime) -> int:
    """Publish all that one person has submitted and that nothing keeps back; the number published."""
    return publish_many(Review.objects.waiting().filter(author=author).order_by("pk"), by=author, now=now)


def publish_many(reviews: Iterable[Review], *, by: User, now: datetime) -> int:
    """Publish each of several reviews that this person may publish now; the number published."""
    return sum(_publish(review, by=by, now=now) for review in reviews if why_not_publish(by, review) is None)


@transaction.atomic
def schedule(review: Review, *, at: datetime, by: User, now: datetime) -> Review:
    """Let a review go out at a time."""
    refuse(why_not_schedule(by, review, at, now=now))
    _set(review, by=by, now=now, release_at=at, held_for_meeting=False)
    record("review.scheduled", target=review, by=by, at=now, params={"release_at": at.isoformat()})
    return review


@transaction.atomic
def hold(review: Review, *, by: User, now: datetime) -> Review:
    """Keep a review back until a day before the agent's next 1:1, for two weeks at most."""
    refuse(why_not_publish(by, review))
    _set(review, by=by, now=now, release_at=now + HELD_AT_MOST, held_for_meeting=True)
    record("review.held", target=review, by=by, at=now)
    return review


@transaction.atomic
def release_before(agent: Agent, *, meeting_at: datetime, now: datetime) -> int:
    """Let what waits for an agent's 1:1 go out a day before it; whoever plans the meeting calls this. The number."""
    at = max(now, meeting_at - BEFORE_MEETING)
    held = Review.objects.waiting().filter(agent=agent, held_for_meeting=True, release_at__gt=at)
    return held.update(release_at=at, updated_at=now)


def _set(review: Review, *, by: User, now: datetime, release_at: datetime, held_for_meeting: bool) -> None:
    rows = Review.objects.waiting().filter(pk=review.pk, reopened_at=None)
    changed = rows.update(release_at=release_at, held_for_meeting=held_for_meeting, updated_at=now)
    review.refresh_from_db()
    if not changed:
        refuse(why_not_publish(by, review))


@transaction.atomic
def _publish(review: Review, *, by: User | None, now: datetime) -> bool:
    second_reads.lock_seats(review)
    row = (
        Review.objects.select_for_update(of=("self",))
        .select_related("current", "item__pick", "agent")
        .get(pk=review.pk)
    )
    if row.status != Review.Status.SUBMITTED or row.current is None or row.is_reopened:
        return False
    row.status, row.published_at, row.published_by, row.updated_at = Review.Status.PUBLISHED, now, by, now
    row.save(update_fields=["status", "published_at", "published_by", "updated_at"])
    cells.add(row, row.current)
    signalling.tell(row, row.current, now=now)
    record("review.published", target=row, by=by, at=now)
    if row.needs_second_read:
        second_reads.end_seats(row, by=by, now=now)
    tell([row.agent.user_id], "feedback.published", path=f"/feedback/{row.pk}/", now=now)
    review.refresh_from_db()
    return True
