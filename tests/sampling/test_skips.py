"""Skips: each class moves the sample as statistics.md 1.3 says, and nobody chooses the next."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from accounts.roles import Role
from core.models import AuditEvent
from core.refusals import Refused
from sampling.design import close_sample
from sampling.models import FrameStratum, Pick, Plan
from sampling.reasons import SkipClass, SkipReason
from sampling.services import draws, skips
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.sampling import PlanFactory, agent, drawn, week_of

pytestmark = pytest.mark.django_db
INELIGIBLE = [reason for reason in SkipReason if reason.skip_class is SkipClass.INELIGIBLE]
REASSIGN = [reason for reason in SkipReason if reason.skip_class is SkipClass.REASSIGN]


def stratum_of(size: int, *, quota: int = 2, **plan: object) -> FrameStratum:
    made: Plan = PlanFactory(quota_per_agent=quota, **plan)
    week_of(agent("Anna"), size)
    return drawn(made).strata.get()


def pick_of(stratum: FrameStratum, rank: int) -> Pick:
    return stratum.picks.get(rank=rank)


def state(stratum: FrameStratum) -> tuple[int, int, int]:
    stratum.refresh_from_db()
    return stratum.prefix, stratum.eligible, stratum.drawn


@pytest.mark.parametrize("reason", INELIGIBLE)
def test_what_is_not_eligible_leaves_the_frame_and_the_next_number_steps_in(reason: SkipReason) -> None:
    stratum = stratum_of(6)

    released = skips.record(pick_of(stratum, 1), reason=reason, by=None, now=NOW)

    assert released is not None
    assert (released.rank, released.u, released.released_at) == (3, stratum.unit_at(3).u, NOW)
    assert state(stratum) == (3, 2, 2)
    assert (pick_of(stratum, 1).dropped, pick_of(stratum, 1).drop_reason) == ("ineligible", reason.value)


@pytest.mark.parametrize("reason", [SkipReason.TOO_LONG, SkipReason.UNREADABLE, SkipReason.OTHER])
def test_nonresponse_stays_in_the_sample_and_is_replaced_for_precision(reason: SkipReason) -> None:
    stratum = stratum_of(6)

    released = skips.record(pick_of(stratum, 2), reason=reason, by=None, now=NOW)

    assert released is not None
    assert (released.rank, state(stratum)) == (3, (3, 3, 3))
    assert pick_of(stratum, 2).dropped == "nonresponse"


@pytest.mark.parametrize("reason", REASSIGN)
def test_a_reassigned_pick_changes_nothing_in_the_sample(reason: SkipReason) -> None:
    stratum = stratum_of(6)

    released = skips.record(pick_of(stratum, 1), reason=reason, by=None, now=NOW)

    assert (released, state(stratum), pick_of(stratum, 1).dropped) == (None, (2, 2, 2), "")


def test_running_out_of_time_releases_nothing() -> None:
    stratum = stratum_of(6)

    released = skips.record(pick_of(stratum, 1), reason="expired", by=None, now=NOW)

    assert (released, state(stratum)) == (None, (2, 2, 2))
    assert pick_of(stratum, 1).dropped == "nonresponse"


@pytest.mark.parametrize(("late", "next_rank"), [(timedelta(0), 3), (timedelta(microseconds=1), None)])
def test_nonresponse_is_replaced_until_the_due_date(late: timedelta, next_rank: int | None) -> None:
    stratum = stratum_of(6)

    released = skips.record(pick_of(stratum, 1), reason="too_long", by=None, now=stratum.draw.due_at + late)

    assert (released.rank if released else None) == next_rank


def test_what_is_not_eligible_is_replaced_after_the_due_date_too() -> None:
    stratum = stratum_of(6)

    released = skips.record(pick_of(stratum, 1), reason="spam", by=None, now=stratum.draw.due_at + timedelta(days=30))

    assert released is not None
    assert released.rank == 3


def test_when_the_frame_is_used_up_nothing_is_released() -> None:
    stratum = stratum_of(2)

    released = skips.record(pick_of(stratum, 1), reason="spam", by=None, now=NOW)

    assert (released, state(stratum)) == (None, (2, 1, 1))
    assert (stratum.estimated_eligible, stratum.missing) == (1.0, 1)


def test_the_chance_of_being_drawn_follows_the_skips() -> None:
    stratum = stratum_of(10, quota=3)

    skips.record(pick_of(stratum, 2), reason="spam", by=None, now=NOW)

    stratum.refresh_from_db()
    assert stratum.estimated_eligible == 10 * (3 - 1) / (4 - 1)
    assert stratum.inclusion_probability == 3 / (20 / 3)


def test_when_a_second_person_overrules_both_stay_in() -> None:
    stratum = stratum_of(6)
    skips.record(pick_of(stratum, 1), reason="spam", by=None, now=NOW)

    skips.overrule(pick_of(stratum, 1), by=None, now=NOW)

    assert (state(stratum), pick_of(stratum, 1).dropped, stratum.picks.count()) == ((3, 3, 3), "", 3)


def test_a_pick_that_was_overruled_can_be_skipped_again_without_a_second_replacement() -> None:
    stratum = stratum_of(6)
    skips.record(pick_of(stratum, 1), reason="spam", by=None, now=NOW)
    skips.overrule(pick_of(stratum, 1), by=None, now=NOW)

    released = skips.record(pick_of(stratum, 1), reason="duplicate", by=None, now=NOW)

    assert (released, state(stratum)) == (None, (3, 2, 2))


@pytest.mark.parametrize("seed", range(12))
def test_skipping_all_that_is_not_eligible_ends_where_the_design_would(seed: int) -> None:
    choose = random.Random(seed)
    size, quota = choose.randint(1, 14), choose.randint(1, 5)
    stratum = stratum_of(size, quota=quota)
    eligible = [choose.random() < 0.6 for _ in range(size)]
    waiting = list(stratum.picks.all())
    while waiting:
        pick = waiting.pop(choose.randrange(len(waiting)))
        if not eligible[pick.rank - 1]:
            released = skips.record(pick, reason="spam", by=None, now=NOW)
            waiting += [released] if released else []

    u = [stratum.unit_at(rank).u for rank in range(1, size + 1)]
    whole = close_sample(u=u, eligible=eligible, n=quota, tau=0.0)
    assert state(stratum) == (whole.k, len(whole.sample), len(whole.sample))
    assert [pick.rank - 1 for pick in stratum.picks.filter(dropped="").order_by("rank")] == whole.sample


def test_a_hand_pick_is_dropped_and_nothing_takes_its_place() -> None:
    stratum = stratum_of(4)
    drawn_pick = pick_of(stratum, 1)
    hand = Pick.objects.create(
        conversation=drawn_pick.conversation,
        completion=drawn_pick.completion,
        agent=drawn_pick.agent,
        pool="manual",
        released_at=NOW,
    )

    released = skips.record(hand, reason="spam", by=None, now=NOW)

    hand.refresh_from_db()
    assert (released, hand.dropped, hand.vacated, state(stratum)) == (None, "ineligible", False, (2, 2, 2))


# ---- refusals


def test_a_pick_is_skipped_once() -> None:
    stratum = stratum_of(6)
    skips.record(pick_of(stratum, 1), reason="spam", by=None, now=NOW)

    with pytest.raises(Refused) as caught:
        skips.record(pick_of(stratum, 1), reason="spam", by=None, now=NOW)

    assert (caught.value.refusal.code, state(stratum)) == ("pick_dropped", (3, 2, 2))


@pytest.mark.parametrize("reason", ["", "boring", "Spam"])
def test_a_reason_outside_the_list_is_refused(reason: str) -> None:
    stratum = stratum_of(6)

    with pytest.raises(Refused) as caught:
        skips.record(pick_of(stratum, 1), reason=reason, by=None, now=NOW)

    assert (caught.value.refusal.code, caught.value.refusal.status) == ("unknown_reason", 422)


def test_nothing_is_skipped_in_a_voided_draw() -> None:
    stratum = stratum_of(6)
    draws.void(stratum.draw, reason="wrong filter", by=None, now=NOW)

    with pytest.raises(Refused) as caught:
        skips.record(pick_of(stratum, 1), reason="spam", by=None, now=NOW)

    assert caught.value.refusal.code == "draw_voided"


def test_only_a_manager_overrules() -> None:
    stratum = stratum_of(6)
    skips.record(pick_of(stratum, 1), reason="spam", by=None, now=NOW)

    with pytest.raises(Refused) as caught:
        skips.overrule(pick_of(stratum, 1), by=person(Role.SPECIALIST), now=NOW)

    assert caught.value.refusal.code == "wrong_role"


def test_only_what_was_found_ineligible_is_overruled() -> None:
    stratum = stratum_of(6)
    skips.record(pick_of(stratum, 1), reason="too_long", by=None, now=NOW)

    with pytest.raises(Refused) as caught:
        skips.overrule(pick_of(stratum, 1), by=None, now=NOW)

    assert caught.value.refusal.code == "not_ineligible"


def test_a_skip_is_audited_with_its_reason_and_no_words() -> None:
    stratum = stratum_of(6)
    reviewer = person(Role.SPECIALIST)

    skips.record(pick_of(stratum, 1), reason="language", by=reviewer, now=NOW)
    skips.record(pick_of(stratum, 1), reason="spam", by=reviewer, now=NOW)

    events = AuditEvent.objects.filter(verb__startswith="pick.").order_by("id")
    assert [(event.verb, event.actor_id, event.params) for event in events] == [
        ("pick.reassigned", reviewer.pk, {"reason": "language"}),
        ("pick.skipped", reviewer.pk, {"reason": "spam"}),
    ]


def test_one_person_alone_takes_nothing_out_of_the_frame_and_a_second_one_does() -> None:
    stratum = stratum_of(6)
    first, second = person(Role.SPECIALIST), person(Role.SPECIALIST)

    released = skips.record(pick_of(stratum, 1), reason="spam", by=first, now=NOW)

    # The next number is released at once; until somebody else has looked, the first counts as drawn, not reviewed.
    assert (released.rank if released else None, state(stratum)) == (3, (3, 3, 3))
    assert (pick_of(stratum, 1).dropped, pick_of(stratum, 1).dropped_by) == ("claimed", first)

    skips.confirm(pick_of(stratum, 1), by=second, now=NOW)

    assert (pick_of(stratum, 1).dropped, state(stratum)) == ("ineligible", (3, 2, 2))
    assert (stratum.estimated_eligible, stratum.eligible_is_rough) == (6 * (2 - 1) / (3 - 1), False)


def test_what_a_second_person_overrules_stays_in_beside_its_replacement() -> None:
    stratum = stratum_of(6)
    skips.record(pick_of(stratum, 1), reason="test", by=person(Role.SPECIALIST), now=NOW)

    skips.overrule(pick_of(stratum, 1), by=person(Role.SPECIALIST), now=NOW)

    assert (pick_of(stratum, 1).dropped, pick_of(stratum, 1).vacated, state(stratum)) == ("", True, (3, 3, 3))


def test_a_rule_confirms_on_the_spot_that_the_agent_wrote_nothing() -> None:
    stratum = stratum_of(6)

    skips.record(pick_of(stratum, 1), reason="no_agent_message", by=person(Role.SPECIALIST), now=NOW)

    assert (pick_of(stratum, 1).dropped, state(stratum)) == ("ineligible", (3, 2, 2))


def test_an_estimate_from_one_eligible_unit_is_rough() -> None:
    stratum = stratum_of(6, quota=1)

    skips.record(pick_of(stratum, 1), reason="spam", by=None, now=NOW)

    stratum.refresh_from_db()
    assert (stratum.estimated_eligible, stratum.eligible_is_rough) == (3.0, True)
