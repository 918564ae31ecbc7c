"""Reviewing a conversation by hand over the API: the same rules, the same review when asked again."""

from __future__ import annotations

import csv
import io

import pytest

from accounts.roles import Role
from reviews import drafts
from reviews.models import Review
from reviews.services import by_hand as services
from tests.api.asking import as_role, asking, get, post, results
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, TeamFactory
from tests.factories.conversations import conversation
from tests.factories.reviews import by_hand, filled, specialist
from tests.factories.rubrics import published_version

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_a_conversation_is_reviewed_by_hand_and_asking_again_finds_the_same_review() -> None:
    talked, rubric = conversation(agent=AgentFactory(), team=TeamFactory()), published_version().rubric
    user = specialist()
    client = asking(user)

    answers = [post(client, "reviews/", {"conversation": talked.pk, "rubric": rubric.slug}) for _time in range(2)]

    review = Review.objects.get()
    assert [answer.status_code for answer in answers] == [201, 201]
    assert [(a.json()["id"], a.json()["pool"], a.json()["status"], a.json()["rubric"]) for a in answers] == [
        (review.pk, "manual", "draft", rubric.slug)
    ] * 2


def test_without_a_rubric_the_one_used_last_on_the_channel_is_taken() -> None:
    published_version()
    used = by_hand()
    talked = conversation(agent=AgentFactory(), team=TeamFactory())

    answer = post(as_role(Role.MANAGER), "reviews/", {"conversation": talked.pk})

    assert (answer.status_code, answer.json()["rubric"]) == (201, used.rubric_version.rubric.slug)


def test_one_key_sent_twice_is_answered_once() -> None:
    talked = conversation(agent=AgentFactory(), team=TeamFactory())
    published_version()
    client = as_role(Role.MANAGER)

    answers = [post(client, "reviews/", {"conversation": talked.pk}, **{"Idempotency-Key": "k"}) for _time in range(2)]

    assert [answer["Idempotency-Replayed"] for answer in answers] == ["false", "true"]


def test_what_is_refused_says_why() -> None:
    review, team = by_hand(), TeamFactory()
    talked = conversation(agent=AgentFactory(), team=team)
    slug = review.rubric_version.rubric.slug
    bodies = [
        ({"conversation": review.conversation_id, "rubric": slug}, specialist()),
        ({"conversation": talked.pk, "rubric": "no-such-rubric"}, specialist()),
        ({"conversation": talked.pk, "rubric": slug}, specialist(TeamFactory())),
        ({"conversation": 0}, specialist()),
        ({}, specialist()),
    ]

    refused = [post(asking(user), "reviews/", body) for body, user in bodies]

    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [
        (409, "under_review"), (422, "invalid"), (422, "invalid"), (422, "invalid"), (422, "invalid"),
    ]  # fmt: skip


def test_without_any_published_rubric_there_is_nothing_to_score_by() -> None:
    talked = conversation(agent=AgentFactory(), team=TeamFactory())

    answer = post(as_role(Role.MANAGER), "reviews/", {"conversation": talked.pk})

    assert (answer.status_code, answer.json()["code"]) == (409, "no_rubric")


def test_lists_and_exports_tell_a_hand_pick_from_a_draw() -> None:
    user = specialist()
    review = by_hand(by=user)
    client = asking(user)
    submitted = post(client, f"reviews/{review.pk}/submit/", drafts_body())
    assert submitted.status_code == 200

    listed = results(client, "reviews/", pool="manual")
    exported = b"".join(get(client, "reviews/export/", format="csv", pool="manual").streaming_content)

    assert [one["pool"] for one in listed] == ["manual"]
    assert [row["pool"] for row in csv.DictReader(io.StringIO(exported.decode("utf-8-sig")))] == ["manual"]
    assert services.begin(review.conversation, rubric=published_version().rubric, by=user, now=NOW).pk != review.pk


def drafts_body() -> dict[str, object]:
    return dict(drafts.dump(filled()))
