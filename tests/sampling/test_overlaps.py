"""Where frames of several plans hold the same conversations: noted in the draw, the same as raw frames say."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from sampling.models import FrameStratum, Overlap, Pick, Plan, SharedPick
from sampling.overlaps import memberships
from sampling.selectors import overlaps
from sampling.services import draws, skips
from tests.conftest import NOW
from tests.factories.sampling import WEEK, PlanFactory, agent, completion, drawn, master_key, week_of
from tests.sampling.test_pools import UNHAPPY

pytestmark = pytest.mark.django_db
HOUR, WEEKS_ON = timedelta(hours=1), timedelta(days=7)
CHAT = {"channel": ["chat"]}
EMAIL = {"channel": ["email"]}


def two_people() -> None:
    """Make a week of chats and e-mails of two people; some customers of each were unhappy."""
    for name, size in (("Anna", 24), ("Bert", 9)):
        person = agent(name)
        for place in range(size):
            completion(
                person, at=WEEK + (9 + place) * HOUR, name=f"{name}-{place}", channel=("email", "chat")[place % 3 == 0],
                csat=1 if place % 4 == 0 else 5,
            )  # fmt: skip


def of_risk(**fields: object) -> Plan:
    """Make a plan that takes every unhappy one beside what it draws at random."""
    made: Plan = PlanFactory(targeted_per_period=1, risk_rules=[{**UNHAPPY, "certain": True}], **fields)
    return made


def frames() -> dict[int, set[tuple[int, int]]]:
    """Return stratum → its units, read from the frames alone."""
    return {one.pk: {(one.agent_id, unit[0]) for unit in one.units} for one in FrameStratum.objects.all()}


def expected_shared() -> set[tuple[int, int]]:
    """Return (pick, stratum) of every pick whose unit another plan's standing frame holds, by looking at each pair."""
    held = frames()
    standing = FrameStratum.objects.filter(draw__voided_at=None).select_related("draw")
    return {
        (pick.pk, other.pk)
        for pick in Pick.objects.filter(draw__voided_at=None).select_related("draw")
        for other in standing
        if other.draw.plan_id != pick.draw.plan_id and (pick.agent_id, pick.completion_id) in held[other.pk]
    }


def noted() -> set[tuple[int, int]]:
    """Return the same as it is noted."""
    rows = SharedPick.objects.filter(pick__draw__voided_at=None, stratum__draw__voided_at=None)
    return set(rows.values_list("pick_id", "stratum_id"))


def test_any_choice_of_plans_is_counted_with_each_conversation_once() -> None:
    master_key()
    two_people()
    plans = [PlanFactory(), PlanFactory(population=CHAT), PlanFactory(population=EMAIL), of_risk(population=CHAT)]
    made = [drawn(plan) for plan in plans]
    held = frames()

    for count in range(1, len(made) + 1):
        for chosen in combinations(made, count):
            strata = FrameStratum.objects.filter(draw__in=chosen)
            assert overlaps.frame_size(strata) == len(set().union(*(held[one.pk] for one in strata)))
    holders: dict[tuple[int, int], set[int]] = defaultdict(set)
    for stratum, units in held.items():
        for unit in units:
            holders[unit].add(stratum)
    several = Counter(frozenset(strata) for strata in holders.values() if len(strata) > 1)
    assert memberships(overlaps.repeats(FrameStratum.objects.all())) == several
    assert {len(strata) for strata in several} == {2, 3}
    assert noted() == expected_shared() != set()
    assert FrameStratum.objects.filter(is_shared=False).count() == 0
    alone = drawn(plans[2], moment=WEEK - WEEKS_ON)
    assert (Overlap.objects.filter(stratum__draw=alone).count(), overlaps.frame_size(alone.strata.all())) == (0, 0)


def test_a_pick_knows_its_chance_in_the_targeted_pool_of_the_other_plan() -> None:
    master_key()
    two_people()
    plain, risky = PlanFactory(quota_per_agent=24), of_risk()

    drawn(plain), drawn(risky)

    unhappy = set(Pick.objects.filter(conversation__csat=1, draw__plan=plain).values_list("pk", flat=True))
    rows = SharedPick.objects.filter(pick__draw__plan=plain).values_list("pick_id", "pi_targeted")
    assert dict(rows) == {pick.pk: float(pick.pk in unhappy) for pick in Pick.objects.filter(draw__plan=plain)}
    assert set(SharedPick.objects.filter(pick__draw__plan=risky).values_list("pi_targeted", flat=True)) == {0.0}


def test_what_is_released_later_is_noted_and_a_new_draw_takes_the_place_of_a_voided_one() -> None:
    master_key()
    two_people()
    first, second = PlanFactory(quota_per_agent=3), PlanFactory(population=CHAT, quota_per_agent=2)
    whole, chats = drawn(first), drawn(second)
    before = len(noted())

    for draw in (whole, chats, whole):
        pick = draw.picks.filter(dropped="", agent__name="Anna").order_by("rank").first()
        assert pick is not None
        skips.record(pick, reason="too_long", by=None, now=NOW)
    assert noted() == expected_shared()
    assert len(noted()) > before
    draws.void(whole, reason="Another scorecard", by=None, now=NOW)
    assert overlaps.frame_size(FrameStratum.objects.filter(draw=chats)) == chats.frame_size
    again = drawn(first, now=NOW + HOUR)

    assert noted() == expected_shared()
    assert overlaps.frame_size(FrameStratum.objects.filter(draw__in=[again, chats])) == 33


def test_a_month_and_its_weeks_overlap_and_what_came_late_is_found_where_it_was_drawn() -> None:
    master_key()
    anna = agent("Anna")
    monday = datetime(2026, 2, 2, tzinfo=UTC)
    for week in range(3):
        week_of(anna, 5 + week, monday=monday + week * WEEKS_ON)
    weekly, monthly = PlanFactory(), PlanFactory(cycle="monthly")
    frozen = [monday + (week + 1) * WEEKS_ON + 26 * HOUR for week in range(3)]
    first = drawn(weekly, moment=monday, now=frozen[0])
    late = completion(anna, at=monday + 8 * HOUR, known_at=frozen[0] + HOUR, name="late")
    second, third = (drawn(weekly, moment=monday + week * WEEKS_ON, now=frozen[week]) for week in (1, 2))

    month = drawn(monthly, moment=monday)

    assert late.pk in {unit[0] for unit in second.strata.get().units}
    assert sorted(Overlap.objects.values_list("stratum__draw", "earlier", "units")) == [
        (month.pk, [one.strata.get().pk], size) for one, size in ((first, 5), (second, 7), (third, 7))
    ]
    assert overlaps.frame_size(FrameStratum.objects.all()) == 5 + 6 + 7 + 1
    assert noted() == expected_shared()


def test_somebody_else_in_the_same_conversation_is_another_unit() -> None:
    master_key()
    anna, bert = agent("Anna"), agent("Bert")
    for one in week_of(anna, 6):
        one.conversation.last_agent = bert
        one.conversation.save(update_fields=["last_agent"])

    drawn(PlanFactory()), drawn(PlanFactory(reviewee_rule="last"))

    by_agent = defaultdict(int)
    for name, size in FrameStratum.objects.values_list("agent__name", "frame_size"):
        by_agent[name] += size
    assert (dict(by_agent), Overlap.objects.count(), SharedPick.objects.count()) == ({"Anna": 6, "Bert": 6}, 0, 0)
    assert overlaps.frame_size(FrameStratum.objects.all()) == 12
