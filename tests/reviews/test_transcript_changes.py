"""A conversation that was imported again in the middle of a review: judged as it was, and told what changed."""

from __future__ import annotations

import pytest
from django.test import Client

from conversations.messages import Message
from reviews.models import Review
from tests.api.asking import asking, get
from tests.conftest import NOW
from tests.factories.conversations import transcribe
from tests.factories.reviews import claimed, specialist, submitted

pytestmark = pytest.mark.django_db
NEWER = [
    Message(role="customer", text="I was charged twice."),
    Message(role="agent", text="It is refunded, and I am sorry."),
]


def imported_again(review: Review) -> Review:
    old = [*NEWER[:1], Message(role="agent", text="It is refunded.")]
    judged = transcribe(review.conversation, old, now=NOW)
    Review.objects.filter(pk=review.pk).update(transcript=judged)
    transcribe(review.conversation, NEWER, now=NOW)
    return Review.objects.get(pk=review.pk)


@pytest.mark.parametrize("make", [claimed, submitted])
def test_the_page_of_the_review_leads_to_what_changed(client: Client, make: object) -> None:
    review = imported_again(make())  # type: ignore[operator]
    client.force_login(review.author)

    page = client.get(f"/reviews/{review.pk}/").content.decode()
    changed = client.get(f"/reviews/{review.pk}/transcript-changes/").content.decode()

    assert f'href="/reviews/{review.pk}/transcript-changes/"' in page
    assert "It is refunded, and I am sorry." not in page
    assert [words in changed for words in ("It is refunded.", "It is refunded, and I am sorry.")] == [True, True]
    assert "One message is the same" in changed


def test_a_review_of_the_newest_version_says_that_nothing_changed(client: Client) -> None:
    review = submitted()
    client.force_login(review.author)

    page = client.get(f"/reviews/{review.pk}/").content.decode()
    changed = client.get(f"/reviews/{review.pk}/transcript-changes/").content.decode()

    assert "transcript-changes" not in page
    assert "Nothing: the review rests on the newest version." in changed


def test_the_api_tells_the_same() -> None:
    review = imported_again(claimed())

    found = get(asking(review.author), f"reviews/{review.pk}/transcript-changes/").json()
    others = get(asking(specialist()), f"reviews/{review.pk}/transcript-changes/")

    assert [[len(one[part]) for part in ("same", "removed", "added")] for one in found] == [[1, 0, 0], [0, 1, 1]]
    assert found[1]["added"][0]["text"] == "It is refunded, and I am sorry."
    assert others.status_code == 404
