"""When a submitted review goes out: by its plan, before a 1:1, after a second reader has let it go."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from accounts.models import User, Workspace
from reviews.models import QueueItem, Review
from reviews.policies import why_not_publish, why_not_send_back
from reviews.services import claims, meetings, publishing, revising, submitting
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, person
from tests.factories.reviews import drawn_items, filled, specialist, submitted
from tests.factories.sampling import PlanFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BREACH = {"understood": "yes", "solved": "yes", "data-protected": "breach"}


def again(review: Review) -> Review:
    return Review.objects.select_related("agent", "current", "item__plan", "conversation", "transcript").get(
        pk=review.pk
    )


def test_what_is_kept_for_the_meeting_goes_out_a_day_before_it_or_in_two_weeks() -> None:
    review, other = submitted(), submitted()
    for one in (review, other):
        publishing.hold(again(one), by=one.author, now=NOW)

    def goes_out() -> list[Any]:
        return [again(one).release_at for one in (review, other)]

    meetings.planned("a", agent=review.agent, at=NOW + 5 * DAY, now=NOW)
    arranged = goes_out()
    meetings.planned("b", agent=review.agent, at=NOW + 3 * DAY, now=NOW)
    meetings.planned("a", agent=review.agent, at=NOW + 8 * DAY, now=NOW)
    meetings.dropped("b", agent=review.agent, now=NOW)
    moved = goes_out()
    meetings.planned("a", agent=review.agent, at=NOW + 60 * DAY, now=NOW)

    assert arranged == [NOW + 4 * DAY, NOW + 14 * DAY]
    assert moved == [NOW + 7 * DAY, NOW + 14 * DAY]
    assert goes_out() == [NOW + 14 * DAY, NOW + 14 * DAY]


@pytest.mark.parametrize(
    ("rules", "at", "is_held"),
    [
        ({}, timedelta(minutes=15), False),
        ({"release_rule": "after_hours", "release_hours": 5}, timedelta(hours=5), False),
        ({"release_rule": "at_time", "release_time": time(18)}, timedelta(hours=8), False),
        ({"release_rule": "before_meeting"}, 2 * DAY, True),
    ],
)
def test_the_plan_says_when_a_review_goes_out_and_a_change_keeps_that(
    rules: dict[str, Any], at: timedelta, is_held: bool
) -> None:
    item = drawn_items(plan=PlanFactory(**rules))[0]
    meetings.planned("a", agent=item.agent, at=NOW + 3 * DAY, now=NOW)
    review = submitted(item)
    first = (review.release_at, again(review).held_for_meeting)
    later = NOW + timedelta(minutes=5)

    revising.reopen(again(review), by=review.author, now=later)
    submitting.submit(again(review), filled(), by=review.author, now=later)

    changed = again(review)
    assert first == (NOW + at, is_held)
    assert (changed.release_at, changed.held_for_meeting) == (
        max(NOW + at, later + timedelta(minutes=15)), is_held
    )  # fmt: skip


def test_publishing_all_of_ones_own_leaves_what_is_kept_for_the_meeting() -> None:
    held = submitted(drawn_items(plan=PlanFactory(release_rule="before_meeting"))[0])
    free = submitted(drawn_items()[0], by=held.author)

    count = publishing.publish_of(held.author, now=NOW)

    assert (count, again(held).status, again(free).status) == (1, "submitted", "published")


@pytest.mark.parametrize(
    ("rules", "status", "at"),
    [
        ({}, "published", None),
        ({"release_rule": "after_hours", "release_hours": 5}, "submitted", NOW + timedelta(hours=5)),
        ({"self_review": True}, "submitted", NOW),
    ],
)
def test_a_second_reader_lets_it_go_by_the_rule_of_the_plan(rules: dict[str, Any], status: str, at: Any) -> None:
    Workspace.objects.update_or_create(pk=1, defaults={"second_reader_for_card_fail": True})
    specialist()
    agent = AgentFactory(user=person("agent"))
    review = submitted(drawn_items(agent=agent, plan=PlanFactory(**rules))[0], answers=BREACH)
    seat = QueueItem.objects.get(purpose="second_read", pick=review.item.pick_id)
    reader = seat.assigned_to
    assert isinstance(reader, User)
    submitting.submit(claims.take(seat, by=reader, now=NOW), filled(BREACH), by=reader, now=NOW)

    publishing.publish(again(review), by=reader, now=NOW)

    done = again(review)
    assert (done.status, done.release_at) == (status, at)
    send_back = why_not_send_back(reader, done)
    assert send_back is not None
    assert send_back.code == "read_already"
    refusal = why_not_publish(review.author, done)
    expected = {"published": "already_published", "submitted": "self_review_open" if "self_review" in rules else None}
    assert (refusal and refusal.code) == expected[status]
