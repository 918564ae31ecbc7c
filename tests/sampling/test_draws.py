"""A draw is made once: the same from everybody, voided with a reason, with a key that was promised."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.models import AuditEvent
from core.refusals import Refused
from reviews.models import QueueItem, Review
from reviews.services import filling
from rubrics.services.publishing import retire
from sampling import periods, units
from sampling.models import Draw, FrameStratum, PeriodKey, Pick, Plan
from sampling.receipts import replay
from sampling.selectors.receipts import receipt_of
from sampling.services import draws, keys, skips
from tests.conftest import NOW
from tests.factories.conversations import talk, transcribe
from tests.factories.reviews import published
from tests.factories.sampling import (
    WEEK,
    PlanFactory,
    agent,
    completion,
    drawn,
    master_key,
    week_of,
)

pytestmark = pytest.mark.django_db
HOUR, DAY, SEVEN = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


def names(draw: Draw) -> set[str]:
    return {unit.external_id for stratum in draw.strata.all() for unit in units.read(stratum.units)}


def picked(draw: Draw) -> list[str]:
    return [
        f"{pick.conversation.external_id}/{pick.completion.number}" for pick in draw.picks.order_by("agent", "rank")
    ]


# ---- once


def test_drawing_twice_gives_the_draw_that_stands() -> None:
    plan = PlanFactory()
    week_of(agent("Anna"), 3)

    first, second = drawn(plan), drawn(plan, now=NOW + HOUR)

    assert (first, Pick.objects.count(), Draw.objects.count()) == (second, 2, 1)


def test_the_same_conversations_in_another_order_give_the_same_picks_and_digest() -> None:
    master_key()
    plan = PlanFactory(quota_per_agent=2)
    anna, bert = agent("Anna"), agent("Bert")
    made = [*week_of(anna, 5), *week_of(bert, 5)]
    first = drawn(plan)
    before, digest = picked(first), first.frame_digest
    clear(plan, made)

    for one in reversed(made):
        again = completion(one.conversation.assignee, at=one.completed_at, name=one.conversation.external_id)
        assert again.pk != one.pk
    second = drawn(plan)

    assert (picked(second), second.frame_digest) == (before, digest)


def clear(plan: Plan, made: list) -> None:
    """Empty the database of a draw and its conversations, as another database would be."""
    for model in (Pick, FrameStratum, Draw, PeriodKey):
        model.objects.all().delete()
    for one in made:
        one.conversation.delete()


def test_several_plans_over_one_population_draw_skip_and_void_each_by_itself() -> None:
    master_key()
    week_of(agent("Anna"), 30)
    plans = [PlanFactory(quota_per_agent=5), PlanFactory(quota_per_agent=5), PlanFactory(quota_per_agent=30)]

    first, second, whole = (drawn(plan) for plan in plans)
    skips.record(first.picks.get(rank=1), reason="spam", by=None, now=NOW)
    draws.void(whole, reason="Too much", by=None, now=NOW)

    assert names(first) == names(second) == names(whole)
    # Each has numbers of its own, so that a conversation may be in the sample of one, of several, or of none.
    assert set(picked(first)) != set(picked(second))
    assert (first.picks.count(), second.picks.count(), second.strata.get().prefix) == (6, 5, 5)
    assert [replay("".join(receipt_of(one)).encode()).matches for one in (first, second, whole)] == [True] * 3
    assert [draw.voided_at is None for draw in Draw.objects.order_by("pk")] == [True, True, False]
    assert drawn(plans[0]) == first  # what another plan lost or took changes nothing here
    assert drawn(plans[2], now=NOW + HOUR).strata.get().frame_size == 30


def test_a_draw_is_audited() -> None:
    draw = drawn(PlanFactory())

    event = AuditEvent.objects.get(verb="draw.frozen")
    assert (event.target_id, event.params) == (str(draw.pk), {"frame": 0, "picked": 0})


# ---- terms


def test_reviews_are_due_at_the_end_of_a_local_day() -> None:
    plan = PlanFactory(due_days=5, time_zone="America/New_York")

    assert drawn(plan, moment=WEEK + DAY).due_at == datetime(2026, 3, 10, 4, tzinfo=UTC)  # 9 March there


def test_the_frozen_settings_say_what_held() -> None:
    plan = PlanFactory(name="Retail", quota_per_agent=3)

    frozen = drawn(plan).frozen_settings

    assert (frozen["name"], frozen["quota_per_agent"], frozen["cycle"]) == ("Retail", 3, "weekly")
    assert frozen["rubric"] == f"{plan.rubric.slug} v1"


def test_a_period_that_is_not_over_cannot_be_drawn() -> None:
    plan = PlanFactory()

    with pytest.raises(Refused) as caught:
        drawn(plan, moment=NOW)

    assert caught.value.refusal.code == "period_open"


def test_a_plan_whose_rubric_was_retired_cannot_draw() -> None:
    plan = PlanFactory()
    retire(plan.rubric.versions.get(), by=None, now=NOW)

    with pytest.raises(Refused) as caught:
        drawn(plan)

    assert (caught.value.refusal.code, Draw.objects.count()) == ("rubric_not_published", 0)


def test_a_voided_draw_stays_and_its_period_can_be_drawn_again() -> None:
    plan = PlanFactory()
    week_of(agent("Anna"), 4)
    first = drawn(plan)

    draws.void(first, reason=" The filter was wrong. ", by=None, now=NOW)
    second = drawn(plan, now=NOW + HOUR)

    first.refresh_from_db()
    assert (first.void_reason, first.voided_at, picked(second)) == ("The filter was wrong.", NOW, picked(first))
    assert plan.draws.standing().get() == second


def test_drawing_again_takes_nothing_that_the_next_frame_took_as_late() -> None:
    plan = PlanFactory(quota_per_agent=9)
    anna = agent("Anna")
    completion(anna, at=WEEK + DAY, name="in time")
    first = drawn(plan)
    completion(anna, at=WEEK + 2 * DAY, known_at=NOW + HOUR, name="late")
    second = drawn(plan, moment=WEEK + SEVEN, now=NOW + SEVEN)
    draws.void(first, reason="wrong", by=None, now=NOW + SEVEN)

    again = drawn(plan, now=NOW + SEVEN + HOUR)

    assert (names(second), names(again)) == ({"late"}, {"in time"})
    draws.void(second, reason="wrong, too", by=None, now=NOW + SEVEN + HOUR)
    assert names(drawn(plan, moment=WEEK + SEVEN, now=NOW + SEVEN + 2 * HOUR)) == {"late"}


def test_a_score_never_changes_what_is_drawn() -> None:
    plan = PlanFactory(quota_per_agent=2)
    for ending in week_of(agent("Anna"), 6):
        transcribe(ending.conversation, talk(), now=NOW)
    first = drawn(plan)
    filling.fill(now=NOW)
    best, worst = QueueItem.objects.order_by("u")
    published(best)
    published(worst, answers={"understood": "no", "solved": "no", "data-protected": "breach"})
    draws.void(first, reason="to see", by=None, now=NOW)

    again = drawn(plan, now=NOW + DAY)

    scores = Review.objects.order_by("item__u").values_list("current__final_score", flat=True)
    assert (len(set(scores)), picked(again), names(again)) == (2, picked(first), names(first))


@pytest.mark.parametrize(("reason", "code"), [("", "reason_missing"), ("  ", "reason_missing")])
def test_voiding_needs_a_reason(reason: str, code: str) -> None:
    draw = drawn(PlanFactory())

    with pytest.raises(Refused) as caught:
        draws.void(draw, reason=reason, by=None, now=NOW)

    assert caught.value.refusal.code == code


# ---- keys


def test_fingerprints_are_published_before_their_periods_start() -> None:
    plan = PlanFactory()

    published = keys.publish(plan, now=NOW)

    assert [key.period for key in published] == ["2026-W10", "2026-W11", "2026-W12"]
    assert [key.published_at < key.starts_at for key in published] == [False, True, True]
    assert keys.publish(plan, now=NOW + HOUR) == published


def test_the_published_fingerprint_is_that_of_the_key_the_draw_uses() -> None:
    plan = PlanFactory()
    promised = {key.period: key.fingerprint for key in keys.publish(plan, now=NOW - SEVEN)}

    draw = drawn(plan)

    assert draw.fingerprint == promised["2026-W09"]
    assert PeriodKey.objects.get(plan=plan, period="2026-W09").published_at == NOW - SEVEN


def test_the_sweep_publishes_for_plans_that_may_still_draw() -> None:
    for status in ("active", "paused", "archived"):
        PlanFactory(status=status)

    assert keys.publish_all(now=NOW) == 2
    assert PeriodKey.objects.count() == 6


def test_a_period_key_tells_nothing_of_the_master_key() -> None:
    key = keys.of(PlanFactory(), periods.containing(PlanFactory(), NOW), now=NOW)

    assert keys.secret(key) != bytes(key.master.secret)
    assert len({bytes(key.master.secret), keys.secret(key), bytes.fromhex(key.fingerprint)}) == 3


def test_the_first_day_decides_the_first_period() -> None:
    plan = PlanFactory(starts_on=date(2026, 2, 25))

    assert periods.first(plan).label == "2026-W09"
    assert periods.last_closed(plan, NOW).label == "2026-W09"


def test_freezing_takes_the_same_queries_for_one_agent_and_for_three(django_assert_max_num_queries: Any) -> None:
    counts = []
    week_of(agent("Anna"), 3)
    drawn(PlanFactory())  # another plan over the same conversations
    for number in (1, 3):
        plan = PlanFactory(quota_per_agent=2)
        for place in range(number):
            week_of(agent(f"Agent{number}{place}"), 2 * number)
        keys.publish(plan, now=NOW - SEVEN)
        with django_assert_max_num_queries(40) as queries:
            drawn(plan)
        counts.append(len(queries))

    assert counts[0] == counts[1]
