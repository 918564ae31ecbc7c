"""How disputes end without a decision, what the clock does, and the one escalation."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import User
from accounts.roles import Role
from reviews.models import QueueItem, Review
from reviews.selectors.cells import compare
from reviews.services import deciding, dispute_sweep, disputes
from reviews.services.disputes import Doubt
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.disputes import (
    DOUBTS,
    agent_of,
    decided,
    decisions,
    disputed,
    feedback,
    fresh,
    looked_at,
    looker,
    refused,
    told,
)
from tests.factories.reviews import specialist

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_withdrawing_takes_the_second_look_out_of_the_queue() -> None:
    dispute = disputed()

    disputes.withdraw(dispute, by=agent_of(dispute.review), now=NOW)

    dispute = fresh(dispute)
    assert dispute.item is not None
    assert (dispute.status, dispute.item.status, dispute.ended_at) == ("withdrawn", "withdrawn", NOW)
    assert refused(lambda: disputes.begin(dispute.review, DOUBTS, by=agent_of(dispute.review), now=NOW)) == (
        "disputed_already"
    )


def test_what_nobody_decides_ends_by_itself_after_a_reminder() -> None:
    manager = person(Role.MANAGER)
    dispute = looked_at()

    early = (dispute_sweep.remind(now=NOW + 4 * DAY), dispute_sweep.expire(now=NOW + 13 * DAY))
    late = [dispute_sweep.remind(now=NOW + 6 * DAY) for _time in range(2)]
    over = [dispute_sweep.expire(now=NOW + 15 * DAY) for _time in range(2)]

    assert (early, late, over) == ((0, 0), [1, 0], [1, 0])
    assert fresh(dispute).status == "expired"
    assert told(manager) == ["dispute.due", "dispute.expired"]
    assert told(looker(dispute)) == ["dispute.to_decide", "dispute.due"]


def test_a_reminder_tells_nothing_to_who_has_not_looked_yet() -> None:
    dispute = disputed()

    dispute_sweep.remind(now=NOW + 6 * DAY)

    assert told(looker(dispute)) == []


def test_an_escalation_is_about_what_was_not_changed_and_goes_to_a_third_person() -> None:
    dispute = decided()
    third = specialist()

    again = disputes.escalate(dispute, [Doubt("solved", "Look at message 4.")], by=agent_of(dispute.review), now=NOW)

    again = fresh(again)
    assert (again.stage, looker(again)) == (2, third)
    assert refused(
        lambda: disputes.escalate(dispute, [Doubt("solved", "Again.")], by=agent_of(dispute.review), now=NOW)
    ) == "escalated_already"  # fmt: skip


def test_what_was_changed_cannot_be_escalated() -> None:
    dispute = decided()

    code = refused(
        lambda: disputes.escalate(dispute, [Doubt("understood", "No.")], by=agent_of(dispute.review), now=NOW)
    )

    assert code == "bad_points"


def test_an_escalation_without_anybody_left_is_decided_by_a_manager_on_what_there_is() -> None:
    dispute = decided()
    again = fresh(disputes.escalate(dispute, [DOUBTS[1]], by=agent_of(dispute.review), now=NOW))
    assert again.item is None
    manager = person(Role.MANAGER)

    deciding.decide(again, [decisions(solved="yes")[1]], by=manager, now=NOW)

    review = Review.objects.select_related("current").get(pk=dispute.review_id)
    assert review.current is not None
    assert (review.current.number, review.current.reason, review.current.final_score) == (
        3, "Escalation", Decimal("100.0000"),
    )  # fmt: skip
    assert list(compare()) == []


def test_a_dispute_without_anybody_to_look_waits_until_somebody_comes() -> None:
    review = feedback()
    dispute = disputes.begin(review, DOUBTS, by=agent_of(review), now=NOW)
    assert fresh(dispute).item is None
    newcomer = specialist()

    dispute_sweep.sweep(now=NOW)
    dispute_sweep.sweep(now=NOW)

    assert looker(fresh(dispute)) == newcomer
    assert QueueItem.objects.filter(purpose="dispute").count() == 1


def test_a_second_look_of_somebody_who_left_is_given_to_another() -> None:
    dispute = disputed()
    User.objects.filter(pk=looker(dispute).pk).update(is_active=False)
    other = specialist()

    dispute_sweep.sweep(now=NOW)

    assert looker(fresh(dispute)) == other
    assert set(QueueItem.objects.filter(purpose="dispute").values_list("status", flat=True)) == {
        "withdrawn", "available",
    }  # fmt: skip
