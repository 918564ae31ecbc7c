"""Both sides and the clock at the same moment: one winner, one clear word, and averages that add up; both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.refusals import Refused
from reviews.models import Dispute, QueueItem, Review
from reviews.selectors.cells import compare
from reviews.services import claims, deciding, dispute_sweep, disputes, publishing, submitting
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, TeamFactory, person
from tests.factories.disputes import (
    DOUBTS,
    LOW,
    agent_of,
    decisions,
    disputed,
    feedback,
    fresh,
    looked_at,
    looker,
    only,
)
from tests.factories.reviews import drawn_items, specialist, submitted
from tests.races.together import at_once, codes

pytestmark = pytest.mark.django_db(transaction=True)


def whole(review: Review) -> Review:
    return Review.objects.select_related("agent", "item", "conversation", "transcript", "rubric_version").get(
        pk=review.pk
    )


def unexpected(results: list[Any]) -> list[Any]:
    return [result for result in results if isinstance(result, Exception) and not isinstance(result, Refused)]


def test_two_decisions_have_one_winner() -> None:
    dispute, manager = looked_at(), person("manager")
    changes = [("yes", "partly"), ("no", "yes")]

    results = at_once(
        *[
            lambda by=by, stands=stands: deciding.decide(fresh(dispute), decisions(*stands), by=by, now=NOW)
            for by, stands in zip((looker(dispute), manager), changes, strict=True)
        ]
    )

    assert codes(results) == ["Dispute", "dispute_ended"]
    assert Review.objects.get(pk=dispute.review_id).revisions.count() == 2
    assert list(compare()) == []


def test_two_disputes_of_one_review_have_one_winner() -> None:
    review = feedback()
    specialist()
    agent, manager = agent_of(review), person("manager")

    results = at_once(*[lambda by=by: disputes.begin(whole(review), DOUBTS, by=by, now=NOW) for by in (agent, manager)])

    assert codes(results) == ["Dispute", "disputed_already"]
    assert QueueItem.objects.filter(purpose="dispute").count() == 1


def test_a_dispute_against_the_publication_it_is_about() -> None:
    agent = person("agent")
    review = submitted(drawn_items(agent=AgentFactory(user=agent), team=TeamFactory())[0], answers=LOW)
    specialist()

    results = at_once(
        lambda: publishing.publish(whole(review), by=review.author, now=NOW),
        lambda: disputes.begin(whole(review), DOUBTS, by=agent, now=NOW),
    )

    assert unexpected(results) == []
    assert Review.objects.get(pk=review.pk).status == "published"
    assert codes(results) in (["Dispute", "Review"], ["Review", "not_published"])


def test_withdrawing_at_the_moment_of_the_decision() -> None:
    dispute = looked_at()

    results = at_once(
        lambda: disputes.withdraw(fresh(dispute), by=agent_of(dispute.review), now=NOW),
        lambda: deciding.decide(fresh(dispute), decisions(), by=looker(dispute), now=NOW),
    )

    assert codes(results) == ["Dispute", "dispute_ended"]
    ended = fresh(dispute)
    assert (ended.status == "decided") is (ended.revision is not None)
    assert list(compare()) == []


def test_withdrawing_at_the_moment_of_the_second_look() -> None:
    dispute = disputed()
    user, item = looker(dispute), dispute.item
    assert item is not None
    review = claims.take(item, by=user, now=NOW)

    results = at_once(
        lambda: disputes.withdraw(fresh(dispute), by=agent_of(dispute.review), now=NOW),
        lambda: submitting.submit(whole(review), only(understood="yes", solved="yes"), by=user, now=NOW),
    )

    assert unexpected(results) == []
    assert fresh(dispute).status == "withdrawn"
    submitted_too = QueueItem.objects.get(pk=item.pk).status == "submitted"
    assert codes(results) == (["Dispute", "Review"] if submitted_too else ["Dispute", "item_ended"])


def test_withdrawing_at_the_moment_of_the_claim() -> None:
    dispute = disputed()
    user, item = looker(dispute), dispute.item
    assert item is not None

    results = at_once(
        lambda: disputes.withdraw(fresh(dispute), by=agent_of(dispute.review), now=NOW),
        lambda: claims.take(QueueItem.objects.select_related("agent").get(pk=item.pk), by=user, now=NOW),
    )

    assert unexpected(results) == []
    assert (fresh(dispute).status, QueueItem.objects.get(pk=item.pk).status) == ("withdrawn", "withdrawn")


def test_the_clock_and_the_decision_end_a_dispute_once() -> None:
    dispute = looked_at()
    late = NOW + timedelta(days=15)

    results = at_once(
        lambda: dispute_sweep.expire(now=late),
        lambda: deciding.decide(fresh(dispute), decisions(), by=looker(dispute), now=late),
    )

    assert unexpected(results) == []
    won = Dispute.objects.get(pk=dispute.pk).status
    assert codes(results) == (["Dispute", "int"] if won == "decided" else ["dispute_ended", "int"])
    assert list(compare()) == []


def test_two_sweeps_open_one_seat() -> None:
    review = feedback()
    disputes.begin(review, DOUBTS, by=agent_of(review), now=NOW)
    specialist()

    results = at_once(*[lambda: dispute_sweep.sweep(now=NOW)] * 3)

    assert unexpected(results) == []
    assert QueueItem.objects.filter(purpose="dispute").count() == 1
