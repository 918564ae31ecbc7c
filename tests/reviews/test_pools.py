"""Reviews of both pools: what follows its pick, what the sampler is told, and what averages may use."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Team
from reviews.models import Cell, QueueItem
from reviews.selectors.cells import compare
from reviews.services import filling, signalling
from sampling.models import Draw, Signal
from sampling.selectors.spreads import spreads
from sampling.services import skips
from tests.conftest import NOW
from tests.factories.conversations import talk, transcribe
from tests.factories.reviews import drawn_items, published, specialist
from tests.factories.rubrics import published_version
from tests.factories.sampling import WEEK, PlanFactory, agent, completion, drawn
from tests.sampling.test_pools import UNHAPPY

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def mixed_draw(quota: int = 2, *, team: Team | None = None) -> Draw:
    """Draw some at random, and every unhappy one: 3 of 12."""
    plan = PlanFactory(
        rubric=published_version().rubric, quota_per_agent=quota, targeted_per_period=1,
        risk_rules=[{**UNHAPPY, "certain": True}],
    )  # fmt: skip
    person = agent("Anna")
    for place in range(12):
        made = completion(person, at=WEEK + place * HOUR, name=f"a-{place}", csat=1 if place % 4 == 0 else 5, team=team)
        transcribe(made.conversation, talk(), now=NOW)
    draw = drawn(plan)
    filling.fill(now=NOW)
    return draw


def test_an_item_and_its_review_follow_a_pick_into_the_random_pool_with_their_sums() -> None:
    draw = mixed_draw()
    targeted = QueueItem.objects.filter(pool="targeted").order_by("u").first()
    assert targeted is not None
    review = published(targeted, by=specialist())
    assert set(Cell.objects.values_list("pool", flat=True)) == {"targeted"}

    while not draw.picks.filter(joined_random_at__isnull=False).exists():
        front = draw.picks.filter(pool="random", dropped="").order_by("rank").first()
        assert front is not None
        skips.record(front, reason="too_long", by=None, now=NOW)
    filling.fill(now=NOW)
    filling.fill(now=NOW)

    review.refresh_from_db()
    targeted.refresh_from_db()
    joined = draw.picks.get(joined_random_at__isnull=False)
    assert (joined.pk, targeted.pool, review.pool) == (targeted.pick_id, "random", "random")
    assert {(cell.pool, cell.n) for cell in Cell.objects.filter(n__gt=0)} == {("random", 1)}
    assert list(compare()) == []
    assert QueueItem.objects.filter(pick=joined, purpose="primary").count() == 1


def test_the_sampler_learns_of_a_critical_error_when_its_review_is_published() -> None:
    first, second = drawn_items(2)

    published(first, answers={"understood": "no", "solved": "no", "data-protected": "yes"})
    assert Signal.objects.count() == 0
    failed = published(second, answers={"understood": "yes", "solved": "yes", "data-protected": "breach"})

    told = Signal.objects.get()
    assert (told.subject, told.kind) == (f"agent:{failed.agent_id}", "critical_error")


def test_the_sampler_learns_how_much_the_scores_of_a_class_differ_where_a_plan_asks() -> None:
    plan = PlanFactory(rubric=published_version().rubric, strata=["channel"], allocation="neyman")
    low = {"understood": "no", "solved": "no", "data-protected": "yes"}
    high = {"understood": "yes", "solved": "yes", "data-protected": "yes"}
    scores = []
    for item, card in zip(drawn_items(3, plan=plan), (low, high, high), strict=True):
        review = published(item, answers=card)
        assert review.current is not None
        assert review.current.final_score is not None
        scores.append(float(review.current.final_score))

    told = signalling.tell_spreads(now=NOW + HOUR)
    again = signalling.tell_spreads(now=NOW + 2 * HOUR)

    mean = sum(scores) / 3
    spread = (sum((score - mean) ** 2 for score in scores) / 2) ** 0.5
    assert (told, again) == (1, 0)
    assert spreads(plan, known_by=NOW + 3 * HOUR) == {"all": pytest.approx(spread)}
    assert spreads(plan, known_by=NOW) == {}
