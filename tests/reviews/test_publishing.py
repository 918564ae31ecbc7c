"""Publishing shows a review to its agent, and the averages learn of it in the same transaction."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Sum

from accounts.models import Notification
from accounts.roles import Role
from core.refusals import Refused
from reviews.models import Cell, Review
from reviews.services import cells, feedback, publishing
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, person
from tests.factories.reviews import drawn_items, published, specialist, submitted

pytestmark = pytest.mark.django_db


def sums(metric: str) -> tuple[int, int, int]:
    found = Cell.objects.filter(metric=metric).aggregate(n=Sum("n"), total=Sum("total"), squares=Sum("squares"))
    return found["n"], found["total"], found["squares"]


def test_publishing_adds_each_metric_once() -> None:
    published(answers={"understood": "partly", "solved": "yes", "data-protected": "yes"})

    metrics = set(Cell.objects.values_list("metric", flat=True))

    assert metrics == {
        "total",
        "failed",
        "section:talk",
        "section:rules",
        "skill:problem-solving",
        "skill:process-compliance",
        "criterion:understood",
        "criterion:solved",
        "criterion:data-protected",
    }
    assert sums("total") == (1, 800_000, 800_000**2)
    assert sums("criterion:understood") == (1, 500_000, 500_000**2)


def test_two_reviews_of_a_stratum_share_a_cell() -> None:
    first, second = drawn_items(2)
    reviewer = specialist()
    published(first, by=reviewer)
    published(second, by=reviewer, answers={"understood": "no", "solved": "no", "data-protected": "yes"})

    assert Cell.objects.filter(metric="total").count() == 1
    assert sums("total") == (2, 1_000_000 + 200_000, 1_000_000**2 + 200_000**2)


def test_taking_a_revision_out_leaves_nothing() -> None:
    review = published(answers={"understood": "partly", "solved": "yes", "data-protected": "yes"})
    assert review.current is not None

    cells.add(review, review.current, sign=-1)

    assert set(Cell.objects.values_list("n", "total", "squares")) == {(0, 0, 0)}


def test_a_submitted_review_is_in_no_sum_before_it_is_published() -> None:
    submitted()

    assert Cell.objects.exists() is False


def test_publishing_tells_the_agent() -> None:
    user = person(Role.AGENT)
    review = published(drawn_items(agent=AgentFactory(user=user))[0])

    told = Notification.objects.get(user=user)

    assert (told.kind, told.path) == ("feedback.published", f"/feedback/{review.pk}/")


def test_publishing_twice_is_told_and_counts_once() -> None:
    review = published()

    with pytest.raises(Refused) as raised:
        publishing.publish(review, by=review.author, now=NOW)

    assert raised.value.refusal.code == "already_published"
    assert sums("total")[0] == 1


def test_somebody_else_may_not_publish_it() -> None:
    with pytest.raises(Refused) as raised:
        publishing.publish(submitted(), by=specialist(), now=NOW)

    assert (raised.value.refusal.status, raised.value.refusal.sentence) == (
        403,
        "Only its author or a QA manager publishes a review.",
    )


def test_a_review_goes_out_by_itself_at_the_end_of_the_edit_window() -> None:
    review = submitted()

    early = publishing.publish_due(now=NOW + timedelta(minutes=1))
    late = publishing.publish_due(now=NOW + timedelta(hours=1))
    again = publishing.publish_due(now=NOW + timedelta(hours=2))

    review.refresh_from_db()
    assert (early, late, again) == (0, 1, 0)
    assert (review.status, review.published_by) == (Review.Status.PUBLISHED, None)


def test_an_agent_reads_once_and_acknowledges_once() -> None:
    user = person(Role.AGENT)
    review = published(drawn_items(agent=AgentFactory(user=user))[0])

    opened = [feedback.read(review, by=user, now=NOW) for _time in range(2)]
    feedback.acknowledge(review, by=user, now=NOW, reply="  Understood.  ")

    review.refresh_from_db()
    assert opened == [True, False]
    assert (review.read_at, review.acknowledged_at, review.reply) == (NOW, NOW, "Understood.")
    with pytest.raises(Refused) as raised:
        feedback.acknowledge(review, by=user, now=NOW)
    assert raised.value.refusal.code == "already_acknowledged"


def test_nobody_else_acknowledges_for_the_agent() -> None:
    review = published()

    with pytest.raises(Refused) as raised:
        feedback.acknowledge(review, by=person(Role.AGENT), now=NOW)

    assert raised.value.refusal.status == 404
