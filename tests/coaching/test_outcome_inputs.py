"""Whom an outcome is measured against, and which reviews count."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coaching import weeks
from coaching.models import Outcome, Plan
from coaching.services import outcomes
from reviews.models import Cell
from sampling.models import Draw
from tests.coaching.outcome_world import AFTER, BEFORE, DECIDED, DONE, World, measured
from tests.factories.coaching import agent_with_login, member, plan, reviewed, sampling_plan, skill, stratum_of, sums

pytestmark = pytest.mark.django_db


def parts(outcome):
    return [row[0] for row in outcome.inputs["agents"]]


def test_somebody_coached_on_the_skill_at_the_time_is_no_peer(world):
    plan("active", agent=world.peers[0], skill=world.skill, shared_at=weeks.start_of("2026-W13"))
    plan("active", agent=world.peers[1], skill=skill("adaptability"), shared_at=weeks.start_of("2026-W13"))
    long_ago = {"shared_at": weeks.start_of("2025-W01"), "closed_at": weeks.start_of("2025-W20")}
    plan("closed", agent=world.peers[2], skill=world.skill, **long_ago)
    plan("accepted", agent=world.peers[3], skill=world.skill)

    outcome = measured(world)

    assert (parts(outcome).count(1), outcome.peers, outcome.reason) == (1, 9, "too_few_peers")


def test_what_is_not_of_the_random_pool_of_people_by_the_same_rubric_is_left_out(world):
    world.score(world.peers[0], before="low", after="low", pool="targeted")
    world.score(member(), before="low", after="low", plan=sampling_plan())
    world.score(member(is_bot=True), before="low", after="low")
    sums(world.coached, [0, 0], week="2026-W11", plan=world.scoring, by=world.by)  # while the work itself is done
    sums(world.coached, [0, 0], week="2026-W16", plan=world.scoring, by=world.by)  # after the follow-up
    sums(world.coached, [0, 0], week="2025-W35", plan=world.scoring, by=world.by)  # before the trigger's window

    outcome = measured(world)

    assert (len(parts(outcome)), outcome.pre_n, outcome.post_n) == (11, 16, 12)


def test_a_voided_draw_is_left_out(world):
    draw = stratum_of(world.coached, week=AFTER[0], plan=world.scoring).draw
    Draw.objects.filter(pk=draw.pk).update(voided_at=DONE, void_reason="wrong population")

    assert measured(world).post_n == 6


def test_somebody_with_one_review_on_a_side_helps_the_baseline_and_is_no_peer(world):
    newcomer = member()
    sums(newcomer, [70, 80], week=BEFORE[0], plan=world.scoring, by=world.by)
    sums(newcomer, [90], week=AFTER[0], plan=world.scoring, by=world.by)

    outcome = measured(world)

    assert (parts(outcome).count(3), outcome.peers, outcome.shown) == (1, 10, "full")


def test_with_nine_peers_only_the_change_is_shown(coached, team):
    outcome = measured(World(coached, team, peers=9))

    assert (outcome.shown, outcome.verdict, outcome.reason) == ("observed_only", "not_enough_data", "too_few_peers")
    assert outcome.observed == 50.0


@pytest.mark.parametrize(
    ("known", "kept", "reason"), [(BEFORE, [20, 60], "too_few_before"), (AFTER, [90, 80, 90, 80], "too_few_after")]
)
def test_below_the_least_numbers_nothing_is_said(world, known, kept, reason):
    Cell.objects.filter(stratum__agent=world.coached, stratum__draw__period__in=known).delete()
    sums(world.coached, kept, week=known[0], plan=world.scoring, by=world.by)

    outcome = measured(world)

    assert (outcome.shown, outcome.verdict, outcome.reason) == ("none", "not_enough_data", reason)


def test_a_plan_whose_baseline_is_unknown_is_never_measured(world):
    made = world.due(baseline_since=None)

    assert outcomes.sweep(now=DONE) == 0
    assert not made.outcomes.exists()


def test_reviews_known_when_somebody_decided_belong_to_the_baseline(world):
    yes = {"understood": {"option": "yes"}, "solved": {"option": "yes"}, "data-protected": {"option": "yes"}}
    reviewed(world.coached, yes, week="2026-W10", plan=world.scoring, by=world.by, at=DECIDED - timedelta(hours=2))

    assert measured(world).baseline_last_week == "2026-W10"


def test_one_plan_that_fails_stops_no_other(world, caplog):
    broken = world.due(agent=world.peers[0], follow_up_on=date(2026, 4, 12), baseline_since=weeks.start_of("2025-W30"))
    fine = world.due()
    Draw.objects.filter(ends_at__lt=weeks.start_of("2025-W40")).delete()
    sums(world.peers[0], [50], week="2025-W31", plan=world.scoring, by=world.by)
    Draw.objects.filter(period="2025-W31").update(time_zone="Nowhere/Land")

    assert outcomes.sweep(now=DONE) == 1

    assert [made.outcomes.count() for made in (broken, fine)] == [0, 1]
    assert [record.getMessage() for record in caplog.records] == [f"Coaching sweep: outcome plan {broken.pk} failed"]


def test_the_number_of_queries_does_not_grow_with_the_agents_compared(world):
    made = world.due()

    def count():
        with CaptureQueriesContext(connection) as queries:
            outcomes.evaluate(Plan.objects.select_related("agent", "skill").get(pk=made.pk), now=DONE)
        Outcome.objects.all().delete()
        Plan.objects.filter(pk=made.pk).update(status="due")
        return len(queries)

    at_ten = count()
    for _ in range(5):
        world.score(member(), before="high", after="better")

    assert count() == at_ten
    assert at_ten <= 26


def test_a_colleague_with_a_login_is_compared_like_any_other(world, team):
    world.score(agent_with_login(team), before="high", after="better")

    assert measured(world).peers == 11
