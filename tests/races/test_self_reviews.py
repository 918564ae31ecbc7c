"""An agent who scores their own conversation against the clock and a manager: one winner, one clear word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from core.refusals import Refused
from reviews.models import QueueItem, Review
from reviews.selectors.cells import compare
from reviews.services import publishing, self_reviews, submitting
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, person
from tests.factories.reviews import drawn_items, filled, submitted
from tests.factories.sampling import PlanFactory
from tests.races.together import at_once, codes

pytestmark = pytest.mark.django_db(transaction=True)
OVER = NOW + timedelta(days=3)


def whole(review: Review) -> Review:
    return Review.objects.select_related(
        "agent", "item__plan", "conversation", "transcript", "rubric_version", "current"
    ).get(pk=review.pk)


def begun() -> tuple[Review, Review, User]:
    """Return a review that waits, and the draft of its agent."""
    user = person(Role.AGENT)
    item = drawn_items(agent=AgentFactory(user=user), plan=PlanFactory(self_review=True))[0]
    review = submitted(item)
    seat = QueueItem.objects.select_related("agent").get(purpose="self")
    return review, self_reviews.begin(seat, by=user, now=NOW), user


def crash(results: list[Any]) -> list[Any]:
    return [one for one in results if isinstance(one, Exception) and not isinstance(one, Refused)]


def test_submitting_at_the_moment_the_days_are_over() -> None:
    review, mine, user = begun()

    results = at_once(
        lambda: submitting.submit(whole(mine), filled(), by=user, now=OVER),
        lambda: self_reviews.expire(now=OVER),
    )

    assert crash(results) == []
    seat = QueueItem.objects.get(purpose="self")
    assert (seat.status, whole(mine).status, codes(results)) in (
        ("submitted", "submitted", ["Review", "int"]), ("expired", "draft", ["int", "item_ended"]),
    )  # fmt: skip
    assert whole(review).self_review_until is None


def test_submitting_while_a_manager_publishes_and_the_clock_does() -> None:
    review, mine, user = begun()
    manager = person(Role.MANAGER)

    results = at_once(
        lambda: submitting.submit(whole(mine), filled(), by=user, now=OVER),
        lambda: publishing.publish(whole(review), by=manager, now=OVER),
        lambda: publishing.publish_due(now=OVER),
    )

    assert crash(results) == []
    assert (whole(review).status, whole(review).self_review_until) == ("published", None)
    assert QueueItem.objects.get(purpose="self").status in {"submitted", "withdrawn"}
    assert list(compare()) == []
