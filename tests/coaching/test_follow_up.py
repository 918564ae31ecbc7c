"""The follow-up of a plan: its days, and the extra picks that are asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from coaching import spans
from coaching.models import Plan
from coaching.services import plans
from coaching.services.plans import PlanEdit
from core.models import AuditEvent
from core.refusals import Refused
from sampling.models import QuotaBoost
from tests.conftest import NOW
from tests.factories.coaching import plan, skill

pytestmark = pytest.mark.django_db
SEVEN = timedelta(days=7)


def moment(day):
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def boosts():
    fields = ("key", "extra", "starts_at", "ends_at", "ended_at")
    return [
        (key.split(":")[-1], extra, start.date(), end.date(), ended and ended.date())
        for key, extra, start, end, ended in QuotaBoost.objects.order_by("pk").values_list(*fields)
    ]


def accepted(coached, team, coach, **fields):
    made = plan(agent=coached, team=team, follow_up_quota=8, **fields)
    return plans.accept(made, by=coach, now=NOW)


# NOW is Wednesday 4 March 2026; six weeks later is Wednesday 15 April, whose week begins on the 13th.
FROM, UNTIL = date(2026, 3, 16), date(2026, 4, 13)


def test_accepting_asks_for_extra_picks_over_the_four_weeks_before_the_follow_up(coached, team, coach):
    made = accepted(coached, team, coach)

    assert (made.follow_up_from, made.follow_up_on) == (FROM, date(2026, 4, 15))
    assert boosts() == [("1", 8, FROM, UNTIL, None)]
    boost = QuotaBoost.objects.get()
    assert (boost.agent, boost.skill, boost.key) == (coached, made.skill, f"coaching-plan:{made.pk}:1")


def test_accepting_again_changes_nothing(coached, team, coach):
    made = accepted(coached, team, coach)

    with pytest.raises(Refused) as refused:
        plans.accept(Plan.objects.get(pk=made.pk), by=coach, now=NOW + SEVEN)

    assert refused.value.refusal.code == "wrong_state"
    assert boosts() == [("1", 8, FROM, UNTIL, None)]


def test_a_plan_started_by_hand_is_followed_up_too(coached, team, coach):
    plans.start(coached, skill(), by=coach, now=NOW)

    assert boosts() == [("1", 8, FROM, UNTIL, None)]


def test_declining_and_proposing_ask_for_nothing(coached, team, coach):
    made = plan(agent=coached, team=team, follow_up_quota=8)

    plans.decline(made, reason="other", by=coach, now=NOW)

    assert boosts() == []


def test_closing_ends_the_boost(coached, team, coach):
    made = accepted(coached, team, coach)

    plans.close(made, reason="enough", by=coach, now=moment(date(2026, 3, 25)))

    assert boosts() == [("1", 8, FROM, UNTIL, date(2026, 3, 25))]


def test_sharing_late_moves_the_follow_up_by_whole_weeks(coached, team, coach):
    made = accepted(coached, team, coach)

    plans.share(made, by=coach, now=moment(date(2026, 3, 20)))

    made.refresh_from_db()
    assert (made.follow_up_from, made.follow_up_on) == (FROM + SEVEN, date(2026, 4, 22))
    assert boosts() == [
        ("1", 8, FROM, UNTIL, date(2026, 3, 20)), ("2", 8, FROM + SEVEN, UNTIL + SEVEN, None),
    ]  # fmt: skip


def test_sharing_in_time_moves_nothing(coached, team, coach):
    made = accepted(coached, team, coach)

    plans.share(made, by=coach, now=NOW + timedelta(days=8))

    made.refresh_from_db()
    assert made.follow_up_on == date(2026, 4, 15)
    assert len(boosts()) == 1


def edited(made, coach, on, *, quota=None, now=NOW):
    change = PlanEdit(number=made.edit_number, focus="", follow_up_on=on, actions=[], follow_up_quota=quota)
    return plans.edit(made, change, by=coach, now=now)


def test_another_day_before_the_follow_up_began_moves_all_of_it(coached, team, coach):
    made = accepted(coached, team, coach)

    made = edited(made, coach, date(2026, 5, 6))

    assert made.follow_up_from == date(2026, 4, 6)
    assert boosts() == [("1", 8, FROM, UNTIL, FROM), ("2", 8, date(2026, 4, 6), date(2026, 5, 4), None)]


def test_a_later_day_once_it_began_goes_on_at_the_same_rate(coached, team, coach):
    made = accepted(coached, team, coach)

    made = edited(made, coach, date(2026, 4, 29), now=moment(date(2026, 3, 30)))

    assert made.follow_up_from == FROM
    assert boosts() == [
        ("1", 8, FROM, UNTIL, date(2026, 3, 30)), ("2", 8, date(2026, 3, 30), date(2026, 4, 27), None),
    ]  # fmt: skip


def test_editing_words_alone_asks_for_nothing_more(coached, team, coach):
    made = accepted(coached, team, coach)

    edited(made, coach, made.follow_up_on)

    assert len(boosts()) == 1


def test_another_number_of_reviews_holds_for_the_days_to_come(coached, team, coach):
    made = accepted(coached, team, coach)

    edited(made, coach, made.follow_up_on, quota=12)

    assert [(extra, ended) for _key, extra, _from, _until, ended in boosts()] == [(8, FROM), (12, None)]


def test_without_a_follow_up_day_nothing_more_is_drawn(coached, team, coach):
    made = accepted(coached, team, coach)

    made = edited(made, coach, None)

    assert (made.follow_up_from, boosts()) == (None, [("1", 8, FROM, UNTIL, FROM)])


@pytest.mark.parametrize("day", [date(9999, 12, 31), date(1, 1, 1), date(2028, 3, 5)])
def test_a_day_out_of_reach_is_refused_with_a_sentence(coached, team, coach, day):
    made = accepted(coached, team, coach)

    with pytest.raises(Refused) as refused:
        edited(made, coach, day)

    assert (refused.value.refusal.code, refused.value.refusal.status) == ("day_out_of_reach", 422)
    assert str(refused.value.refusal.sentence) == "Choose a follow-up day within the next two years."


@pytest.mark.parametrize("status", ["shared", "active", "due", "evaluated"])
def test_extending_draws_on_and_lets_the_plan_run_again(coached, team, coach, status):
    made = plan(
        status, agent=coached, team=team, follow_up_quota=8, follow_up_from=date(2026, 2, 2), follow_up_on=NOW.date()
    )

    made = plans.extend(made, weeks=4, by=coach, now=NOW)

    assert made.follow_up_on == NOW.date() + 4 * SEVEN
    assert made.status == {"due": "active", "evaluated": "active"}.get(status, status)
    assert made.follow_up_from == date(2026, 2, 2)
    # From today to the Sunday before the new day: less than four weeks, at the same rate.
    assert boosts() == [("1", 8, NOW.date(), date(2026, 3, 30), None)]
    assert AuditEvent.objects.filter(verb="plan.extended").count() == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [("proposed", "not_shared"), ("accepted", "not_shared"), ("closed", "plan_ended"), ("declined", "plan_ended")],
)
def test_a_plan_that_does_not_run_cannot_be_extended(coached, team, coach, status, code):
    made = plan(status, agent=coached, team=team)

    with pytest.raises(Refused) as refused:
        plans.extend(made, weeks=4, by=coach, now=NOW)

    assert refused.value.refusal.code == code


def test_an_edit_made_before_an_extension_is_told(coached, team, coach):
    made = plan("active", agent=coached, team=team, follow_up_on=NOW.date())
    stale = PlanEdit(number=made.edit_number, focus="", follow_up_on=None, actions=[])
    plans.extend(Plan.objects.get(pk=made.pk), weeks=2, by=coach, now=NOW)

    with pytest.raises(Refused) as refused:
        plans.edit(made, stale, by=coach, now=NOW)

    assert refused.value.refusal.code == "stale_plan"


def weeks_compared(**fields):
    usual = {
        "since": moment(date(2025, 9, 8)), "decided_at": NOW, "known": None, "shared_at": NOW,
        "follow_up": (FROM, date(2026, 4, 15)),
    }  # fmt: skip
    return spans.compared(**{**usual, **fields})


def test_the_weeks_compared_leave_out_the_time_of_the_work_itself():
    assert weeks_compared() == spans.Weeks("2025-W37", "2026-W09", "2026-W12", "2026-W15")


def test_the_baseline_reaches_as_far_as_what_was_known_when_somebody_decided():
    assert weeks_compared(known="2026-W10").baseline_last == "2026-W10"
    assert weeks_compared(known="2026-W05").baseline_last == "2026-W09"


def test_nothing_of_the_week_of_sharing_counts_as_follow_up():
    assert weeks_compared(shared_at=moment(date(2026, 3, 18))).first == "2026-W13"


@pytest.mark.parametrize(
    "fields",
    [
        {"follow_up": (FROM, date(2026, 3, 18))},
        {"shared_at": moment(date(2026, 4, 14))},
        {"since": moment(date(2026, 3, 9))},
    ],
)
def test_without_a_whole_week_on_each_side_there_is_nothing_to_compare(fields):
    assert weeks_compared(**fields) is None
