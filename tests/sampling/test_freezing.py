"""Freezing a frame: which completions are in it, and what is picked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import TeamMembership
from sampling import units
from sampling.design import fingerprint, period_key, prn
from sampling.models import Draw, QuotaBoost
from sampling.services import draws
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, TeamMembershipFactory
from tests.factories.sampling import (
    SECRET,
    WEEK,
    PlanFactory,
    agent,
    completion,
    drawn,
    ended,
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


def test_a_draw_picks_the_smallest_numbers_of_each_agent() -> None:
    master_key()
    plan = PlanFactory(quota_per_agent=2)
    week_of(agent("Anna"), 6)
    week_of(agent("Bert"), 1)

    draw = drawn(plan)

    key = period_key(SECRET, str(plan.identity), "2026-W09")
    design = f"random|{plan.identity}|2026-W09"
    by_number = sorted((prn(key, design, f"zen\x1fAnna-0223-{hour}\x1f1"), f"Anna-0223-{hour}/1") for hour in range(6))
    assert picked(draw) == [name for _, name in by_number[:2]] + ["Bert-0223-0/1"]
    assert draw.fingerprint == fingerprint(key)


def test_a_stratum_keeps_what_the_probability_follows_from() -> None:
    plan = PlanFactory(quota_per_agent=2)
    week_of(agent("Anna"), 6)

    stratum = drawn(plan).strata.get()

    assert (stratum.frame_size, stratum.quota, stratum.prefix, stratum.eligible, stratum.drawn) == (6, 2, 2, 2, 2)
    assert stratum.inclusion_probability == 2 / 6
    assert stratum.agent_identity == "zen:anna"
    assert [unit.u for unit in units.read(stratum.units)] == sorted(unit.u for unit in units.read(stratum.units))


def test_a_pick_carries_its_rank_its_number_and_its_pool() -> None:
    plan = PlanFactory(quota_per_agent=3)
    week_of(agent("Anna"), 5)

    draw = drawn(plan)

    stratum = draw.strata.get()
    assert [(pick.rank, pick.u, pick.pool, pick.released_at) for pick in draw.picks.order_by("rank")] == [
        (rank, stratum.unit_at(rank).u, "random", NOW) for rank in (1, 2, 3)
    ]


def test_counts_say_what_was_eligible_picked_and_missing() -> None:
    plan = PlanFactory(quota_per_agent=4)
    week_of(agent("Anna"), 6)
    week_of(agent("Bert"), 1)
    completion(None, at=WEEK + DAY)

    draw = drawn(plan)

    assert (draw.frame_size, draw.picked, draw.under_filled, draw.without_reviewee) == (7, 5, 3, 1)


def test_an_empty_frame_is_recorded() -> None:
    draw = drawn(PlanFactory())

    assert (draw.frame_size, draw.picked, draw.strata.count(), draw.picks.count()) == (0, 0, 0, 0)
    assert len(draw.frame_digest) == 64


@pytest.mark.parametrize(
    ("at", "included"),
    [
        (WEEK, True),
        (WEEK - timedelta(microseconds=1), False),
        (WEEK + SEVEN - timedelta(microseconds=1), True),
        (WEEK + SEVEN, False),
    ],
)
def test_a_period_takes_in_its_start_and_not_its_end(at: datetime, included: bool) -> None:
    plan = PlanFactory()
    completion(agent("Anna"), at=at)

    assert drawn(plan).frame_size == included


@pytest.mark.parametrize(
    ("zone", "at", "included"),
    [
        ("America/New_York", datetime(2026, 3, 2, 4, 59, tzinfo=UTC), True),  # Sunday evening there
        ("America/New_York", datetime(2026, 3, 2, 5, 0, tzinfo=UTC), False),
        ("Asia/Kolkata", datetime(2026, 2, 22, 18, 30, tzinfo=UTC), True),  # Monday there
        ("Asia/Kolkata", datetime(2026, 2, 22, 18, 29, tzinfo=UTC), False),
    ],
)
def test_the_week_is_that_of_the_plans_time_zone(zone: str, at: datetime, included: bool) -> None:
    plan = PlanFactory(time_zone=zone)
    completion(agent("Anna"), at=at)

    assert drawn(plan, moment=WEEK + DAY).frame_size == included


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        ("2026-03-29", "2026-03-29T00:00", "2026-03-29T22:59"),  # London loses an hour
        ("2026-10-25", "2026-10-24T23:00", "2026-10-25T23:59"),  # and gets it back
    ],
)
def test_a_day_with_a_clock_change_loses_and_doubles_nothing(day: str, first: str, last: str) -> None:
    plan = PlanFactory(cycle="daily", time_zone="Europe/London", quota_per_agent=9)
    anna = agent("Anna")
    inside = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (first, last)]
    for at in (inside[0] - timedelta(minutes=1), *inside, inside[1] + timedelta(minutes=1)):
        completion(anna, at=at)

    draw = drawn(plan, moment=inside[0], now=inside[1] + DAY)

    assert (draw.period, draw.frame_size) == (day, 2)


def test_days_around_a_clock_change_share_out_every_hour_once() -> None:
    plan = PlanFactory(cycle="daily", time_zone="America/New_York", quota_per_agent=1)
    anna = agent("Anna")
    start = datetime(2026, 3, 7, 5, tzinfo=UTC)
    for hour in range(71):  # three days, one of them an hour short
        completion(anna, at=start + hour * HOUR)
    now = start + timedelta(days=4)

    sizes = [drawn(plan, moment=start + day * DAY, now=now).frame_size for day in range(3)]

    assert sizes == [24, 23, 24]


# ---- late, re-opened, re-assigned


def test_a_late_arrival_enters_the_next_frame_and_only_that() -> None:
    plan = PlanFactory(quota_per_agent=9)
    anna = agent("Anna")
    week_of(anna, 2)
    drawn(plan)
    completion(anna, at=WEEK + DAY, known_at=NOW + HOUR, name="late")
    completion(anna, at=WEEK + SEVEN + DAY, name="own week")

    second = drawn(plan, moment=WEEK + SEVEN, now=NOW + SEVEN)
    third = drawn(plan, moment=WEEK + 2 * SEVEN, now=NOW + 2 * SEVEN)

    assert (names(second), third.frame_size) == ({"late", "own week"}, 0)


def test_an_arrival_of_more_than_one_period_ago_is_counted_as_too_late() -> None:
    plan = PlanFactory()
    anna = agent("Anna")
    drawn(plan, moment=WEEK - SEVEN)
    drawn(plan)
    completion(anna, at=WEEK - DAY, known_at=NOW + HOUR)

    third = drawn(plan, moment=WEEK + SEVEN, now=NOW + SEVEN)
    fourth = drawn(plan, moment=WEEK + 2 * SEVEN, now=NOW + 2 * SEVEN)

    assert [(one.frame_size, one.too_late) for one in (third, fourth)] == [(0, 1), (0, 0)]


def test_what_ended_before_the_plans_first_draw_is_neither_late_nor_too_late() -> None:
    plan = PlanFactory()
    anna = agent("Anna")
    completion(anna, at=WEEK - DAY, known_at=NOW - HOUR)
    completion(anna, at=WEEK - 60 * DAY, known_at=NOW - HOUR)

    first = drawn(plan)
    second = drawn(plan, moment=WEEK + SEVEN, now=NOW + SEVEN)

    assert [(one.frame_size, one.too_late) for one in (first, second)] == [(0, 0), (0, 0)]


def test_a_completion_whose_import_committed_during_the_freeze_is_not_lost() -> None:
    plan = PlanFactory(quota_per_agent=9)
    week_of(agent("Anna"), 1)
    drawn(plan)
    completion(agent("Bert"), at=WEEK + DAY, known_at=NOW - timedelta(minutes=5), name="committed after")

    second = drawn(plan, moment=WEEK + SEVEN, now=NOW + SEVEN)

    assert names(second) == {"committed after"}


def test_weeks_that_are_drawn_together_after_one_import_share_nothing() -> None:
    plan = PlanFactory(quota_per_agent=1)
    anna = agent("Anna")
    for weeks in (2, 1, 0):
        week_of(anna, 3, monday=WEEK - weeks * SEVEN)
    completion(None, at=WEEK - 2 * SEVEN + DAY, known_at=NOW - HOUR)

    frames = [drawn(plan, moment=WEEK - weeks * SEVEN) for weeks in (2, 1, 0)]

    assert [(one.frame_size, one.without_reviewee, one.too_late) for one in frames] == [(3, 1, 0), (3, 0, 0), (3, 0, 0)]


def test_a_clock_that_was_set_back_draws_nothing_twice() -> None:
    plan = PlanFactory(quota_per_agent=1)
    anna = agent("Anna")
    week_of(anna, 3, monday=WEEK - SEVEN, known_at=NOW + HOUR)
    week_of(anna, 3, known_at=NOW + HOUR)

    frames = [drawn(plan, moment=WEEK - SEVEN), drawn(plan), drawn(plan, moment=WEEK + SEVEN, now=NOW + SEVEN)]

    assert [(one.frame_size, one.too_late) for one in frames] == [(3, 0), (3, 0), (0, 0)]


def test_a_reopened_conversation_is_a_new_unit_when_it_ends_again() -> None:
    plan = PlanFactory(quota_per_agent=9)
    first = completion(agent("Anna"), at=WEEK + DAY, name="twice")
    ended(first.conversation, at=WEEK + SEVEN + DAY, number=2)

    frames = [drawn(plan), drawn(plan, moment=WEEK + SEVEN, now=NOW + SEVEN)]

    assert [picked(one) for one in frames] == [["twice/1"], ["twice/2"]]


def test_a_conversation_that_ends_twice_in_one_period_is_two_units() -> None:
    plan = PlanFactory(quota_per_agent=9)
    first = completion(agent("Anna"), at=WEEK + DAY, name="twice")
    ended(first.conversation, at=WEEK + 2 * DAY, number=2)

    draw = drawn(plan)

    assert sorted(picked(draw)) == ["twice/1", "twice/2"]


def test_a_completion_whose_end_was_corrected_into_a_later_week_is_not_drawn_again() -> None:
    plan = PlanFactory(quota_per_agent=9)
    moved = completion(agent("Anna"), at=WEEK - SEVEN + DAY, name="moved")
    drawn(plan, moment=WEEK - SEVEN)
    drawn(plan)
    moved.completed_at = WEEK + SEVEN + DAY
    moved.known_at = WEEK - SEVEN + DAY + HOUR
    moved.save()

    third = drawn(plan, moment=WEEK + SEVEN, now=NOW + SEVEN)

    assert third.frame_size == 0


def test_reassigning_moves_no_number() -> None:
    master_key()
    plan = PlanFactory(quota_per_agent=9)
    week_of(agent("Anna"), 4)
    first = {unit.external_id: unit.u for unit in units.read(drawn(plan).strata.get().units)}
    draws.void(plan.draws.get(), reason="test", by=None, now=NOW)
    bert = agent("Bert")
    conversation = plan.draws.get().picks.first().conversation
    conversation.assignee = bert
    conversation.save()

    again = drawn(plan, now=NOW + HOUR)

    assert {u.external_id: u.u for one in again.strata.all() for u in units.read(one.units)} == first
    assert again.strata.get(agent=bert).frame_size == 1


# ---- whose conversation it is


@pytest.mark.parametrize(
    ("rule", "expected"), [("assignee", "zen:anna"), ("most_active", "zen:bert"), ("last", "zen:carl")]
)
def test_the_reviewee_follows_the_plans_rule(rule: str, expected: str) -> None:
    plan = PlanFactory(reviewee_rule=rule)
    completion(agent("Anna"), at=WEEK + DAY, most_active_agent=agent("Bert"), last_agent=agent("Carl"))

    assert drawn(plan).strata.get().agent_identity == expected


@pytest.mark.parametrize(("includes_bots", "size"), [(False, 0), (True, 1)])
def test_bots_are_drawn_only_when_the_plan_says_so(includes_bots: bool, size: int) -> None:
    plan = PlanFactory(includes_bots=includes_bots)
    completion(agent("Robo", is_bot=True), at=WEEK + DAY)

    draw = drawn(plan)

    assert (draw.frame_size, draw.without_reviewee) == (size, 1 - size)


def test_an_agent_whom_no_help_desk_names_is_called_by_name() -> None:
    plan = PlanFactory()
    anna = agent("Anna")
    anna.identities.all().delete()
    completion(anna, at=WEEK + DAY)

    assert drawn(plan).strata.get().agent_identity == "agent:Anna"


def test_a_pick_keeps_the_team_the_agent_was_in_when_the_conversation_ended() -> None:
    plan = PlanFactory(quota_per_agent=9, reviewee_rule="last")
    anna, old, new = agent("Anna"), TeamFactory(name="Old"), TeamFactory(name="New")
    TeamMembershipFactory(agent=anna, team=old, ends_at=WEEK + 2 * DAY)
    TeamMembership.objects.create(agent=anna, team=new, starts_at=WEEK + 2 * DAY)
    completion(anna, at=WEEK + DAY)
    completion(anna, at=WEEK + 3 * DAY)

    draw = drawn(plan)

    teams = draw.picks.order_by("completion__completed_at").values_list("team__name", flat=True)
    assert (list(teams), draw.strata.get().team) == (["Old", "New"], new)


def test_the_assignees_team_is_the_one_the_import_recorded() -> None:
    plan = PlanFactory()
    anna, recorded, current = agent("Anna"), TeamFactory(name="Recorded"), TeamFactory(name="Current")
    TeamMembershipFactory(agent=anna, team=current)
    completion(anna, at=WEEK + DAY, team=recorded)

    assert drawn(plan).picks.get().team == recorded


def test_a_boost_adds_to_one_agents_quota_while_it_lasts() -> None:
    plan = PlanFactory(quota_per_agent=1)
    anna, bert = agent("Anna"), agent("Bert")
    for one in (anna, bert):
        week_of(one, 5)
        week_of(one, 5, monday=WEEK + SEVEN)
    QuotaBoost.objects.create(agent=anna, extra=2, starts_at=WEEK + DAY, ends_at=WEEK + 3 * DAY)

    frames = [drawn(plan), drawn(plan, moment=WEEK + SEVEN, now=NOW + SEVEN)]

    assert [[one.drawn for one in frame.strata.order_by("agent__name")] for frame in frames] == [[3, 1], [1, 1]]
