"""One item goes to one reviewer: in the draw's order, never the own conversation, and a lost lease keeps the draft."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core.refusals import Refused
from reviews.models import QueueItem, Review
from reviews.policies.holding import MOST_HELD
from reviews.services import claims, drafting, filling, handing_over, skipping
from sampling.models import PlanReviewer, QuotaBoost
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, TeamFactory
from tests.factories.conversations import talk, transcribe
from tests.factories.reviews import claimed, drawn_items, filled, specialist, submitted
from tests.factories.sampling import WEEK, PlanFactory, agent, drawn, week_of

pytestmark = pytest.mark.django_db
LATER = NOW + claims.LEASE + timedelta(seconds=1)


def code(raised: pytest.ExceptionInfo[Refused]) -> tuple[str, int]:
    return raised.value.refusal.code, raised.value.refusal.status


def test_the_first_in_the_draws_order_is_handed_out() -> None:
    items = drawn_items(3)

    review = claims.next_item(by=specialist(), now=NOW)

    assert review is not None
    assert review.item == items[0]


def test_each_agents_list_is_worked_in_ascending_u_also_after_hand_overs_skips_and_boosts() -> None:
    anna, ada, ben = agent("Anna"), specialist(), specialist()
    for completion in week_of(anna, 12):
        transcribe(completion.conversation, talk(), now=NOW)
    QuotaBoost.objects.create(agent=anna, extra=2, starts_at=WEEK, ends_at=WEEK + timedelta(days=7))
    third = drawn(PlanFactory(quota_per_agent=3)).picks.get(rank=3).conversation
    waited_for, third.transcript = third.transcript, None
    third.save()
    filling.fill(now=NOW)
    third.transcript = waited_for  # what could not be read until now is the last that comes to the queue
    third.save()
    filling.fill(now=NOW)

    def next_of(user: User) -> QueueItem:
        review = claims.next_item(by=user, now=NOW)
        assert review is not None
        return review.item

    first = next_of(ada)
    handing_over.hand_over(first, reason="I am called away", by=ada, now=NOW)
    second = next_of(ada)
    skipping.skip(second, reason="too_long", by=ada, now=NOW)
    worked = [next_of(user) for user in (ben, ada, ben, ada, ben)]

    assert (first.pick.rank, second.pick.rank) == (1, 2)
    # Ben begins with what was handed over; the extra ones and what replaces the skipped one come last, in their order.
    assert [item.pick.rank for item in worked] == [1, 3, 4, 5, 6]
    assert [item.u for item in worked] == sorted(item.u for item in worked)
    assert claims.next_item(by=ada, now=NOW) is None


def test_what_is_due_earlier_comes_first() -> None:
    drawn_items(1, due_at=NOW + timedelta(days=5))
    urgent = drawn_items(1, due_at=NOW - timedelta(days=2))[0]

    review = claims.next_item(by=specialist(), now=NOW)

    assert review is not None
    assert review.item == urgent


def test_a_held_item_is_not_handed_out_again() -> None:
    items = drawn_items(2)
    first, second = specialist(), specialist()

    handed = [claims.next_item(by=user, now=NOW) for user in (first, second)]

    assert [review and review.item for review in handed] == items
    assert claims.next_item(by=specialist(), now=NOW) is None


def test_nobody_reviews_their_own_conversation() -> None:
    user = specialist()
    item = drawn_items(1, agent=AgentFactory(user=user))[0]

    assert claims.next_item(by=user, now=NOW) is None
    with pytest.raises(Refused) as raised:
        claims.take(item, by=user, now=NOW)
    assert raised.value.refusal.sentence == "You handled this conversation, so someone else reviews it."


def test_a_specialist_gets_the_items_of_the_teams_granted() -> None:
    mine = TeamFactory()
    item = drawn_items(1, team=mine)[0]
    drawn_items(1, team=TeamFactory())
    user = specialist(team=mine)

    handed = [claims.next_item(by=user, now=NOW) for _time in range(2)]

    assert [review and review.item for review in handed] == [item, None]


def test_a_plan_with_reviewers_is_for_them_alone() -> None:
    plan = PlanFactory()
    chosen, other = specialist(), specialist()
    PlanReviewer.objects.create(plan=plan, user=chosen)
    item = drawn_items(1, plan=plan)[0]

    assert claims.next_item(by=other, now=NOW) is None
    review = claims.next_item(by=chosen, now=NOW)
    assert review is not None
    assert review.item == item


def test_an_item_whose_lease_ran_out_comes_back_and_the_draft_stays() -> None:
    first, second = specialist(), specialist()
    review = claimed(by=first)
    drafting.save(review, filled(summary="Half done"), number=0, by=first, now=NOW)
    # Its last moment is still the holder's.
    assert claims.next_item(by=second, now=NOW + claims.LEASE) is None

    taken = claims.next_item(by=second, now=LATER)

    assert taken is not None
    assert taken.item == review.item
    review.refresh_from_db()
    assert (review.status, review.draft["summary"]) == (Review.Status.DRAFT, "Half done")


def test_the_holder_may_take_the_item_up_again_while_nobody_else_has_it() -> None:
    user = specialist()
    review = claimed(by=user)

    again = claims.take(review.item, by=user, now=LATER)

    assert again == review


def test_taking_what_somebody_else_holds_is_refused() -> None:
    review = claimed()

    with pytest.raises(Refused) as raised:
        claims.take(review.item, by=specialist(), now=NOW)

    assert code(raised) == ("taken", 409)


def test_giving_back_frees_the_item_and_keeps_the_draft() -> None:
    user = specialist()
    review = claimed(by=user)

    given_back = claims.release(review.item, by=user, now=NOW)

    review.item.refresh_from_db()
    assert (given_back, review.item.status, review.item.claimed_by) == (True, QueueItem.Status.AVAILABLE, None)
    assert Review.objects.filter(pk=review.pk).exists() is True


def test_the_sweep_returns_only_what_ran_out() -> None:
    old, fresh = drawn_items(2)
    claimed(old)
    claimed(fresh, now=LATER)
    assert claims.sweep(now=NOW + claims.LEASE) == 0

    returned = claims.sweep(now=LATER)

    assert returned == 1
    assert list(QueueItem.objects.filter(claimed_by=None)) == [old]


def test_a_heartbeat_keeps_the_lease() -> None:
    user = specialist()
    review = claimed(by=user)
    almost = NOW + claims.LEASE - timedelta(minutes=1)

    assert claims.renew(review.item, by=user, now=almost) is True
    assert claims.next_item(by=specialist(), now=LATER) is None


def test_a_heartbeat_of_somebody_who_lost_the_item_says_so() -> None:
    user = specialist()
    review = claimed(by=user)
    claims.next_item(by=specialist(), now=LATER)

    assert claims.renew(review.item, by=user, now=LATER) is False


def test_nobody_hoards() -> None:
    drawn_items(MOST_HELD + 1)
    user = specialist()
    for _time in range(MOST_HELD):
        claims.next_item(by=user, now=NOW)

    with pytest.raises(Refused) as raised:
        claims.next_item(by=user, now=NOW)

    assert code(raised) == ("too_many_held", 409)


def test_an_ended_item_cannot_be_taken() -> None:
    review = submitted()

    with pytest.raises(Refused) as raised:
        claims.take(review.item, by=specialist(), now=NOW)

    assert code(raised) == ("item_ended", 409)


def test_claiming_costs_at_most_twelve_queries() -> None:
    drawn_items(3)
    user = specialist()

    with CaptureQueriesContext(connection) as caught:
        claims.next_item(by=user, now=NOW)

    assert len(caught) <= 12
