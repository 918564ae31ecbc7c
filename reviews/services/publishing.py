"""Show a review to its agent: now, or when its time has come. The averages learn of it in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from reviews.models import QueueItem, Review
from reviews.policies import is_to_confirm, why_not_publish, why_not_release, why_not_schedule
from reviews.services import cells, releasing, seats, signalling
from reviews.services.releasing import HELD_AT_MOST, before_meeting
from reviews.services.telling import tell

MOST_AT_ONCE = 200


def publish(review: Review, *, by: User, now: datetime) -> Review:
    """Publish one submitted review; exactly one caller wins.

    A second reader lets it go out by the rule of its plan: at once, or when its time comes and the agent, where that is
    wanted, has scored the conversation too.
    """
    refuse(why_not_publish(by, review))
    if not _go(review, by=by, now=now):
        review.refresh_from_db()
        refuse(why_not_publish(by, review))
        raise Refused(Refusal("already_published", 409, _("This review is published already.")))
    return review


def publish_due(*, now: datetime, limit: int = 500) -> int:
    """Publish the primary reviews whose release time has come; the number published."""
    ready = Review.objects.waiting().filter(release_at__lte=now, reopened_at=None, self_review_until=None)
    return sum(send_out(review, by=None, now=now) for review in ready.order_by("release_at", "pk")[:limit])


def publish_of(author: User, *, now: datetime) -> int:
    """Publish all that one person has submitted and that nothing keeps back; the number published."""
    kept = Review.objects.waiting().filter(author=author, held_for_meeting=False).select_related("agent", "item__plan")
    return publish_many(kept.order_by("pk"), by=author, now=now)


def publish_many(reviews: Iterable[Review], *, by: User, now: datetime) -> int:
    """Publish each of several reviews that this person may publish now; the number published."""
    return sum(_go(review, by=by, now=now) for review in reviews if why_not_publish(by, review) is None)


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
    refuse(why_not_release(by, review))
    at = before_meeting(review.agent_id, latest=now + HELD_AT_MOST, now=now)
    _set(review, by=by, now=now, release_at=at, held_for_meeting=True)
    record("review.held", target=review, by=by, at=now)
    return review


def _go(review: Review, *, by: User, now: datetime) -> bool:
    if not is_to_confirm(by, review):
        return send_out(review, by=by, now=now)
    goes_out = releasing.by_plan(review, earliest=now, now=now)
    if goes_out.at <= now and review.self_review_until is None:
        return send_out(review, by=by, now=now)
    return _let_go(review, goes_out, by=by, now=now)


@transaction.atomic
def _let_go(review: Review, goes_out: releasing.Release, *, by: User, now: datetime) -> bool:
    rows = Review.objects.undecided().filter(pk=review.pk)
    done = rows.update(release_at=goes_out.at, held_for_meeting=goes_out.is_held, updated_at=now)
    if done:
        record("review.scheduled", target=review, by=by, at=now, params={"release_at": goes_out.at.isoformat()})
    review.refresh_from_db()
    return bool(done)


def _set(review: Review, *, by: User, now: datetime, release_at: datetime, held_for_meeting: bool) -> None:
    rows = Review.objects.waiting().filter(pk=review.pk, reopened_at=None)
    changed = rows.update(release_at=release_at, held_for_meeting=held_for_meeting, updated_at=now)
    review.refresh_from_db()
    if not changed:
        refuse(why_not_release(by, review))


@transaction.atomic
def send_out(review: Review, *, by: User | None, now: datetime) -> bool:
    """Show a submitted review to its agent, whoever may; False when it went out or was taken back before."""
    seats.lock(review)
    row = (
        Review.objects.select_for_update(of=("self",))
        .select_related("current", "item__pick", "item__plan", "agent")
        .get(pk=review.pk)
    )
    if row.status != Review.Status.SUBMITTED or row.current is None or row.is_reopened:
        return False
    asked = row.needs_second_read or row.self_review_until is not None
    row.status, row.published_at, row.published_by, row.updated_at = Review.Status.PUBLISHED, now, by, now
    row.self_review_until = None
    row.save(update_fields=["status", "published_at", "published_by", "self_review_until", "updated_at"])
    cells.add(row, row.current)
    signalling.tell(row, row.current, now=now)
    record("review.published", target=row, by=by, at=now)
    if asked:
        seats.end(row, by=by, now=now)
    tell([row.agent.user_id], "feedback.published", path=f"/feedback/{row.pk}/", now=now)
    if row.item.plan is not None and row.item.plan.self_review and _is_scored_by_agent(row):
        tell([row.author_id], "self_review.in", path=f"/reviews/{row.pk}/", now=now)
    review.refresh_from_db()
    return True


def _is_scored_by_agent(review: Review) -> bool:
    own = Review.objects.filter(item__pick=review.item.pick_id, purpose=QueueItem.Purpose.SELF)
    return own.filter(status=Review.Status.SUBMITTED).exists()
