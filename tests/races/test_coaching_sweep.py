"""Several sweeps at once, with real transactions on both databases: what one does, the others find done."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import User
from coaching import weeks
from coaching.models import Action, Evidence, Look, Plan
from coaching.services import plans, sweep
from core.models import AuditEvent
from core.refusals import Refused
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import member, reviewed, reviewer, sampling_plan, skill, sums

pytestmark = pytest.mark.django_db(transaction=True)
WEEKS = ("2026-W03", "2026-W04", "2026-W05", "2026-W06", "2026-W07")
NOW = weeks.end_of(WEEKS[-1]) + timedelta(days=3)
AT_ONCE = 4


def company():
    """Nine agents, one of whom answers everything badly; of the others only the sums are there."""
    chance, team = random.Random(11), TeamFactory()
    scoring, by = sampling_plan(), reviewer()
    low, *others = [member(team) for _ in range(9)]
    for week in WEEKS:
        for _ in range(3):
            answers = {
                name: {"option": chance.choice(["no", "no", "no", "partly"])} for name in ("understood", "solved")
            }
            reviewed(low, {**answers, "data-protected": {"option": "yes"}}, week=week, plan=scoring, by=by)
        for agent in others:
            scores = [chance.choice([100, 100, 100, 50]) for _ in range(3)]
            for slug, points in (("problem-solving", scores), ("process-compliance", [100, 100, 100])):
                sums(agent, points, week=week, plan=scoring, by=by, skill=slug)
    return low


def all_at_once(work):
    start = Barrier(AT_ONCE)

    def run(place):
        try:
            start.wait(timeout=20)
            return work(place)
        except Refused as refused:
            return refused.refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def written():
    return {model.__name__: model.objects.count() for model in (Look, Plan, Evidence, Action)}


def test_sweeps_at_once_write_what_one_would_have_written(caplog):
    low = company()

    made = all_at_once(lambda _place: sweep.sweep(now=NOW))

    together = written()
    assert sum(made) == 1
    assert [plan.agent for plan in Plan.objects.all()] == [low]
    assert (together["Evidence"], together["Action"]) == (6, 4)
    assert AuditEvent.objects.filter(verb="plan.proposed").count() == 1
    assert caplog.records == []
    assert sweep.sweep(now=NOW) == 0
    assert written() == together


def test_a_sweep_and_people_who_start_plans_by_hand_keep_to_two_plans_and_one_a_skill():
    low, coach = company(), person("manager")
    solving, other, third = skill("problem-solving"), skill("empathy"), skill("adaptability")
    by_hand = [solving, other, third]

    def work(place):
        if place == 0:
            return sweep.sweep(now=NOW)
        return plans.start(low, by_hand[place - 1], by=User.objects.get(pk=coach.pk), now=NOW).status

    results = all_at_once(work)

    assert Plan.objects.open().filter(agent=low).count() == 2
    assert {result for result in results[1:] if result != "accepted"} <= {"plan_exists", "too_many_plans"}


def test_a_plan_that_two_people_decide_on_is_decided_once():
    company()
    sweep.sweep(now=NOW)
    plan, coach = Plan.objects.get(), person("manager")

    def work(place):
        mine = Plan.objects.select_related("agent").get(pk=plan.pk)
        by = User.objects.get(pk=coach.pk)
        if place % 2:
            return plans.accept(mine, by=by, now=NOW).status
        return plans.decline(mine, reason="other", by=by, now=NOW).status

    results = all_at_once(work)

    plan.refresh_from_db()
    assert sorted(results) == sorted([plan.status, *["wrong_state"] * (AT_ONCE - 1)])
    assert AuditEvent.objects.filter(verb__in=["plan.accepted", "plan.declined"]).count() == 1
