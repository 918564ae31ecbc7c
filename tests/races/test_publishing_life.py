"""The author, the second reader, the QA manager and the clock at the same moment; both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User, Workspace
from core.refusals import Refused
from reviews.models import Cell, QueueItem, Review
from reviews.selectors.cells import compare
from reviews.services import claims, disputes, publishing, revising, second_reads, submitting, voiding
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.disputes import DOUBTS, agent_of, feedback
from tests.factories.reviews import filled, specialist, submitted
from tests.races.together import at_once, codes

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(minutes=16)
BREACH = {"understood": "yes", "solved": "yes", "data-protected": "breach"}


def whole(review: Review) -> Review:
    return Review.objects.select_related(
        "agent", "current", "item", "conversation", "transcript", "rubric_version"
    ).get(pk=review.pk)


def unexpected(results: list[Any]) -> list[Any]:
    return [result for result in results if isinstance(result, Exception) and not isinstance(result, Refused)]


def test_voiding_and_publishing_at_once_leave_averages_that_add_up() -> None:
    review = submitted()

    results = at_once(
        lambda: voiding.void(whole(review), reason="Wrong.", by=person("manager"), now=NOW),
        lambda: publishing.publish(whole(review), by=review.author, now=NOW),
    )

    assert unexpected(results) == []
    assert Review.objects.get(pk=review.pk).status == "voided"
    assert list(compare()) == []


def test_voiding_and_disputing_at_once_leave_no_open_dispute_of_a_voided_review() -> None:
    review = feedback()
    specialist()

    results = at_once(
        lambda: voiding.void(whole(review), reason="Wrong.", by=person("manager"), now=NOW),
        lambda: disputes.begin(whole(review), DOUBTS, by=agent_of(review), now=NOW),
    )

    assert unexpected(results) == []
    assert Review.objects.in_dispute().exists() is False
    assert QueueItem.objects.open().filter(purpose="dispute").exists() is False


def test_opening_for_a_change_at_the_moment_the_clock_publishes() -> None:
    review = submitted()
    moment = NOW + timedelta(minutes=15)  # the last one of the edit window, and the first one of the release

    results = at_once(
        lambda: revising.reopen(whole(review), by=review.author, now=moment),
        lambda: publishing.publish_due(now=moment),
    )

    assert unexpected(results) == []
    after = Review.objects.get(pk=review.pk)
    assert (after.status, after.reopened_at is None) in {("published", True), ("submitted", False)}
    assert Cell.objects.filter(metric="total").count() == (1 if after.status == "published" else 0)


def test_two_changes_submitted_at_once_make_one_revision() -> None:
    review = submitted()
    revising.reopen(whole(review), by=review.author, now=NOW)

    results = at_once(
        *[lambda: submitting.submit(whole(review), filled(summary="New."), by=review.author, now=LATER)] * 2
    )

    assert codes(results) == ["Review", "already_submitted"]
    assert Review.objects.get(pk=review.pk).revisions.count() == 2


def test_a_change_submitted_while_the_clock_gives_it_up() -> None:
    review = submitted()
    revising.reopen(whole(review), by=review.author, now=NOW)
    late = NOW + timedelta(hours=25)

    results = at_once(
        lambda: submitting.submit(whole(review), filled(summary="New."), by=review.author, now=late),
        lambda: revising.close_stale(now=late),
    )

    assert unexpected(results) == []
    after = Review.objects.get(pk=review.pk)
    assert (after.reopened_at, after.draft) == (None, {})
    assert codes([results[0]]) == (["Review"] if after.revisions.count() == 2 else ["already_submitted"])


def test_a_second_read_submitted_while_a_manager_publishes() -> None:
    Workspace.objects.update_or_create(pk=1, defaults={"second_reader_for_card_fail": True})
    specialist()
    review = submitted(answers=BREACH)
    item = QueueItem.objects.get(purpose="second_read")
    reader = item.assigned_to
    assert isinstance(reader, User)
    mine = claims.take(item, by=reader, now=NOW)

    results = at_once(
        lambda: submitting.submit(whole(mine), filled(BREACH), by=reader, now=NOW),
        lambda: publishing.publish(whole(review), by=person("manager"), now=NOW),
    )

    assert unexpected(results) == []
    assert Review.objects.get(pk=review.pk).status == "published"
    assert Cell.objects.get(metric="total").n == 1


def test_sending_back_and_publishing_at_once_have_one_winner() -> None:
    Workspace.objects.update_or_create(pk=1, defaults={"second_reader_for_card_fail": True})
    specialist()
    review = submitted(answers=BREACH)
    item = QueueItem.objects.get(purpose="second_read")
    reader = item.assigned_to
    assert isinstance(reader, User)
    submitting.submit(claims.take(item, by=reader, now=NOW), filled(BREACH), by=reader, now=NOW)

    results = at_once(
        lambda: second_reads.send_back(whole(review), note="Look again.", by=reader, now=NOW),
        lambda: publishing.publish(whole(review), by=reader, now=NOW),
    )

    assert unexpected(results) == []
    after = Review.objects.get(pk=review.pk)
    assert (after.status == "published") or (after.returned_at is not None)


def test_two_sweeps_find_one_second_reader() -> None:
    Workspace.objects.update_or_create(pk=1, defaults={"second_reader_for_card_fail": True})
    submitted(answers=BREACH)
    specialist()

    results = at_once(*[lambda: second_reads.find_people(now=NOW)] * 3)

    assert unexpected(results) == []
    assert QueueItem.objects.filter(purpose="second_read").count() == 1
