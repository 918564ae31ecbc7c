"""Have an agent score the same conversation before they see the review: asked, begun, reminded, submitted, over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import RoleGrant, User
from accounts.roles import ROLES, Permission
from core.audit import record
from core.refusals import refuse
from reviews.models import QueueItem, Review
from reviews.policies import why_not_self_review
from reviews.services import claims, publishing, seating
from reviews.services.telling import tell

SELF = QueueItem.Purpose.SELF
BATCH = 500
REMIND_BEFORE = timedelta(days=1)
ASKED_AGO = timedelta(hours=12)  # where a plan gives a single day, half of it
REMINDER = "reminder.self_review"


def ask(review: Review, *, now: datetime) -> None:
    """Ask the agent of a review that was just submitted, where its plan wants it and they can answer blind."""
    item, plan = review.item, review.item.plan
    if plan is None or not plan.self_review or not _can_answer(review, now=now):
        return
    until = now + timedelta(days=plan.self_review_days)
    seat, asked = seating.next_number(item.pick_id, SELF), review.agent.user_id
    own = seating.another(review, purpose=SELF, seat=seat, due_at=until, now=now, assigned_to_id=asked)
    own.save(force_insert=True)
    Review.objects.filter(pk=review.pk).update(self_review_until=until)
    review.self_review_until = until
    record("self_review.asked", target=review, by=None, at=now)
    tell([asked], "self_review.asked", path="/feedback/", now=now)


@transaction.atomic
def begin(item: QueueItem, *, by: User, now: datetime) -> Review:
    """Open the agent's own draft on the conversation."""
    refuse(why_not_self_review(by, item))
    if not (claims.renew(item, by=by, now=now) or claims.lease(item.pk, by=by, now=now)):
        item.refresh_from_db()
        refuse(why_not_self_review(by, item))
    return claims.opened(item.pk, by=by, now=now)


def submitted(item: QueueItem, *, by: User, now: datetime) -> None:
    """Note that the agent has scored it too; what only waited for that goes out at once."""
    waiting = Review.objects.waiting().filter(item__pick=item.pick_id, self_review_until__isnull=False)
    for review in waiting.select_for_update(no_key=True, of=("self",)):
        Review.objects.filter(pk=review.pk).update(self_review_until=None, updated_at=now)
        record("self_review.submitted", target=review, by=by, at=now)
        # Seats are locked before reviews: where a second reader may have one, the clock lets the review go out.
        if review.release_at is not None and review.release_at <= now and not review.needs_second_read:
            publishing.send_out(review, by=None, now=now)


def remind(*, now: datetime) -> int:
    """Tell the agents, once, whose time to score it is nearly over, unless they switched that off; the number told."""
    near = Review.objects.waiting().filter(
        self_review_until__gt=now, self_review_until__lte=now + REMIND_BEFORE, self_review_reminded_at=None,
        submitted_at__lte=now - ASKED_AGO,
    )  # fmt: skip
    found = list(near.select_related("agent__user").order_by("self_review_until")[:BATCH])
    return sum(_remind(review, now=now) for review in found)


@transaction.atomic
def _remind(review: Review, *, now: datetime) -> bool:
    once = Review.objects.waiting().filter(pk=review.pk, self_review_until__gt=now, self_review_reminded_at=None)
    user = review.agent.user
    if not once.update(self_review_reminded_at=now) or user is None or REMINDER in user.reminders_off:
        return False
    tell([user.pk], REMINDER, path="/feedback/", now=now)
    return True


def expire(*, now: datetime) -> int:
    """End the self-reviews whose days are over: the reviews go out without them; the number."""
    over = Review.objects.waiting().filter(self_review_until__lte=now).order_by("self_review_until", "pk")
    return sum(_expire(pk, now=now) for pk in over.values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def _expire(pk: int, *, now: datetime) -> bool:
    # The item first, as a submission does: whichever of the two is first, the other finds nothing to do.
    # By its key, so that the database asks the row once more whether it is still open.
    found = list(QueueItem.objects.open().filter(pick__items__review=pk, purpose=SELF).values_list("pk", flat=True))
    QueueItem.objects.open().filter(pk__in=found).update(
        status=QueueItem.Status.EXPIRED, claimed_by=None, claimed_until=None, ended_at=now
    )
    rows = Review.objects.waiting().filter(pk=pk, self_review_until__lte=now)
    if not rows.update(self_review_until=None, updated_at=now):
        return False
    record("self_review.expired", target=Review.objects.get(pk=pk), by=None, at=now)
    return True


def _can_answer(review: Review, *, now: datetime) -> bool:
    """Say whether the agent can log in, and has seen nothing about the conversation yet."""
    user_id = review.agent.user_id
    if user_id is None or user_id == review.author_id:
        return False
    roles = [role for role, entry in ROLES.items() if Permission.READ_OWN_FEEDBACK in entry.permissions]
    if not RoleGrant.objects.active(now).filter(user=user_id, role__in=roles, user__is_active=True).exists():
        return False
    read = Review.objects.published().filter(conversation=review.conversation_id, agent=review.agent_id)
    scored = QueueItem.objects.filter(pick=review.item.pick_id, purpose=SELF)
    return not (read.exists() or scored.exists())
