"""The clock and the reviewers at the same moment: the queue stays right, and nobody sees an error."""

from __future__ import annotations

from copy import copy
from datetime import timedelta
from typing import Any

import pytest

from core.models import AuditEvent
from core.refusals import Refused
from reviews.models import Cell, CommentTemplate, QueueItem, Review
from reviews.policies.holding import MOST_HELD
from reviews.selectors.cells import compare
from reviews.services import (
    cells,
    claims,
    comment_templates,
    drafting,
    expiry,
    feedback,
    filling,
    publishing,
    skip_checks,
    skipping,
    submitting,
)
from reviews.services.comment_templates import Wording
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, person
from tests.factories.reviews import claimed, drawn_items, filled, published, skipped, specialist, submitted
from tests.races.together import at_once, codes

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + claims.LEASE + timedelta(seconds=1)


def fresh(review: Review) -> Review:
    """Load a review as a request of its own would."""
    return Review.objects.select_related("item", "conversation", "transcript", "rubric_version").get(pk=review.pk)


def errors(results: list[Any]) -> list[Any]:
    return [result for result in results if isinstance(result, Exception) and not isinstance(result, Refused)]


def test_two_fills_make_each_item_once() -> None:
    items = drawn_items(20)
    QueueItem.objects.all().delete()

    results = at_once(*[lambda: filling.fill(now=NOW)] * 3)

    assert errors(results) == []
    assert QueueItem.objects.count() == len(items)


def test_a_sweep_at_the_moment_of_a_save_loses_no_word() -> None:
    reviews = [claimed(item) for item in drawn_items(4)]

    results = at_once(
        lambda: claims.sweep(now=LATER),
        *[
            lambda one=one: drafting.save(fresh(one), filled(summary=f"{one.pk}"), number=0, by=one.author, now=LATER)
            for one in reviews
        ],
    )

    assert codes(results) == ["Saved"] * 4 + ["int"]
    kept = {review.pk: review.draft["summary"] for review in Review.objects.all()}
    assert kept == {review.pk: f"{review.pk}" for review in reviews}
    holders = dict(QueueItem.objects.values_list("pk", "claimed_by"))
    assert holders == {review.item_id: review.author_id for review in reviews}


def test_a_sweep_at_the_moment_of_a_submission_leaves_it_submitted() -> None:
    review = claimed()

    results = at_once(
        lambda: claims.sweep(now=LATER),
        lambda: submitting.submit(fresh(review), filled(), by=review.author, now=LATER),
    )

    assert codes(results) == ["Review", "int"]
    assert QueueItem.objects.get(pk=review.item_id).status == "submitted"


def test_skipping_and_submitting_at_once_ends_the_item_once() -> None:
    review = claimed()
    item = QueueItem.objects.get(pk=review.item_id)

    results = at_once(
        lambda: skipping.skip(item, reason="conflict", by=review.author, now=NOW),
        lambda: submitting.submit(fresh(review), filled(), by=review.author, now=NOW),
    )

    ended = QueueItem.objects.get(pk=item.pk).status
    assert errors(results) == []
    assert codes(results) == (["Review", "not_held"] if ended == "submitted" else ["NoneType", "item_ended"])


def test_two_tabs_never_hold_more_than_the_limit() -> None:
    drawn_items(MOST_HELD + 4)
    user = specialist()
    for _time in range(MOST_HELD - 1):
        claims.next_item(by=user, now=NOW)

    results = at_once(*[lambda: claims.next_item(by=user, now=NOW)] * 3)

    assert codes(results) == ["Review", "too_many_held", "too_many_held"]


def test_rebuilding_the_sums_while_reviews_are_published_counts_each_once() -> None:
    reviewer = specialist()
    reviews = [submitted(item, by=reviewer) for item in drawn_items(5)]

    results = at_once(
        cells.rebuild, *[lambda one=one: publishing.publish(one, by=reviewer, now=NOW) for one in reviews]
    )

    assert errors(results) == []
    assert Cell.objects.get(metric="total").n == len(reviews)
    assert list(compare()) == []


def test_the_clock_and_the_author_publish_once() -> None:
    review = submitted()
    due = NOW + timedelta(days=1)

    results = at_once(
        lambda: publishing.publish_due(now=due),
        lambda: publishing.publish(fresh(review), by=review.author, now=due),
        lambda: publishing.publish_of(review.author, now=due),
    )

    assert errors(results) == []
    assert Cell.objects.get(metric="total").n == 1


def test_feedback_is_acknowledged_once() -> None:
    user = person("agent")
    review = published(drawn_items(agent=AgentFactory(user=user))[0])

    results = at_once(*[lambda: feedback.acknowledge(fresh(review), by=user, now=NOW)] * 3)

    assert codes(results) == ["Review", "already_acknowledged", "already_acknowledged"]


def test_running_out_of_time_at_the_moment_of_a_submission_is_one_of_the_two() -> None:
    over = NOW + timedelta(days=12, seconds=1)
    reviews = [claimed(item, now=over - timedelta(minutes=30)) for item in drawn_items(4)]

    results = at_once(
        lambda: expiry.expire(now=over),
        *[lambda one=one: submitting.submit(fresh(one), filled(), by=one.author, now=over) for one in reviews],
    )

    assert errors(results) == []
    for item in QueueItem.objects.select_related("pick"):
        assert (item.status, item.pick.dropped) in {("submitted", ""), ("expired", "nonresponse")}


def test_of_two_who_look_at_a_skip_at_once_one_decides() -> None:
    item, first, second = skipped(agent=AgentFactory()), specialist(), specialist()

    results = at_once(
        lambda: skip_checks.confirm(QueueItem.objects.get(pk=item.pk), by=first, now=NOW),
        lambda: skip_checks.overrule(QueueItem.objects.get(pk=item.pk), by=second, now=NOW),
    )

    assert sorted(codes(results)) == ["QueueItem", "nothing_to_check"]
    item.refresh_from_db()
    expected = {"confirmed": "ineligible", "overruled": ""}
    assert item.pick.dropped == expected[item.check_result]


def test_a_template_that_is_removed_and_changed_at_once_is_gone_once_and_does_not_come_back() -> None:
    manager = person("manager")
    wording = Wording("Praise", "Well done.")
    made = comment_templates.create(wording, shared=True, by=manager, now=NOW)

    def mine() -> CommentTemplate:
        return copy(made)  # as each request has its own: removing takes the number from the object

    results = at_once(
        *[lambda: comment_templates.remove(mine(), by=manager, now=NOW)] * 2,
        lambda: comment_templates.change(mine(), wording, by=manager, now=NOW),
    )

    assert errors(results) == []
    assert codes(results[:2]) == ["NoneType", "template_gone"]
    assert CommentTemplate.objects.exists() is False
    assert AuditEvent.objects.filter(verb="comment_template.removed").count() == 1
