"""Skipping needs a reason of the list; what replaces the item is decided by the draw, never by a person."""

from __future__ import annotations

import pytest

from core.refusals import Refused
from reviews.models import QueueItem
from reviews.services import claims, skipping
from reviews.skips import REASONS
from tests.conftest import NOW
from tests.factories.reviews import specialist
from tests.factories.sampling import PlanFactory, agent, drawn, week_of

pytestmark = pytest.mark.django_db


def held(quota: int = 2):  # type: ignore[no-untyped-def]
    from reviews.services import filling
    from tests.factories.conversations import talk, transcribe

    plan = PlanFactory(quota_per_agent=quota)
    for completion in week_of(agent("Anna"), 6):
        transcribe(completion.conversation, talk(), now=NOW)
    drawn(plan)
    filling.fill(now=NOW)
    user = specialist()
    review = claims.next_item(by=user, now=NOW)
    assert review is not None
    return review.item, user


def test_said_to_be_not_eligible_brings_the_next_of_the_draw() -> None:
    item, user = held()

    skipping.skip(item, reason="spam", by=user, now=NOW)

    item.refresh_from_db()
    item.pick.refresh_from_db()
    assert (item.status, item.skip_reason, item.pick.dropped) == ("skipped", "spam", "claimed")
    assert QueueItem.objects.open().count() == 2


def test_not_reviewed_is_counted_and_brings_the_next() -> None:
    item, user = held()

    skipping.skip(item, reason="too_long", by=user, now=NOW)

    item.pick.refresh_from_db()
    assert item.pick.dropped == "nonresponse"
    assert QueueItem.objects.open().count() == 2


def test_handing_on_keeps_the_pick_and_never_offers_it_to_the_same_person() -> None:
    item, user = held(quota=1)

    skipping.skip(item, reason="conflict", by=user, now=NOW)

    item.pick.refresh_from_db()
    again = QueueItem.objects.get(pick=item.pick, seat=2)
    assert (item.pick.dropped, again.status) == ("", "available")
    assert claims.next_item(by=user, now=NOW) is None
    other = claims.next_item(by=specialist(), now=NOW)
    assert other is not None
    assert other.item == again


def test_only_the_holder_skips() -> None:
    item, _user = held()

    with pytest.raises(Refused) as raised:
        skipping.skip(item, reason="spam", by=specialist(), now=NOW)

    assert raised.value.refusal.code == "not_held"


@pytest.mark.parametrize("reason", ["", "boring", "expired"])
def test_a_reason_outside_the_list_is_refused(reason: str) -> None:
    item, user = held()

    with pytest.raises(Refused) as raised:
        skipping.skip(item, reason=reason, by=user, now=NOW)

    assert (raised.value.refusal.code, raised.value.refusal.status) == ("unknown_reason", 422)
    assert "expired" not in REASONS
