"""Two who come upon one conversation at the same moment: one review of it with one rubric; on both databases."""

from __future__ import annotations

import pytest

from accounts.models import User
from reviews.models import QueueItem, Review
from reviews.services import by_hand
from sampling.models import Pick
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, TeamFactory
from tests.factories.conversations import conversation
from tests.factories.reviews import specialist
from tests.factories.rubrics import published_version
from tests.races.together import at_once, codes

pytestmark = pytest.mark.django_db(transaction=True)


def pressed_by(*users: User) -> list[object]:
    talked = conversation(agent=AgentFactory(), team=TeamFactory())
    rubric = published_version().rubric
    return at_once(*[lambda user=user: by_hand.begin(talked, rubric=rubric, by=user, now=NOW) for user in users])


def test_of_four_people_at_once_one_reviews_and_the_others_are_told() -> None:
    results = pressed_by(*[specialist() for _place in range(4)])

    assert codes(results) == ["Review", "under_review", "under_review", "under_review"]
    assert (Pick.objects.count(), QueueItem.objects.count(), Review.objects.count()) == (1, 1, 1)


def test_one_person_who_presses_three_times_at_once_opens_one_review() -> None:
    user = specialist()

    results = pressed_by(user, user, user)

    assert len({review.pk for review in results if isinstance(review, Review)}) == 1
    assert codes(results) == ["Review", "Review", "Review"]
    assert (Pick.objects.count(), QueueItem.objects.count()) == (1, 1)
