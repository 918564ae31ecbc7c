"""Several workers at once on both databases: one outcome, one boost, one extension after another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import Notification
from coaching.models import Outcome, PastOutcome, Plan
from coaching.services import outcomes, plans
from core.models import AuditEvent
from core.refusals import Refused
from reviews.models import Cell
from sampling.models import QuotaBoost
from tests.coaching.outcome_world import AFTER, DONE, World
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import agent_with_login, plan

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4


def all_at_once(work):
    start = Barrier(AT_ONCE)

    def run(_place):
        try:
            start.wait(timeout=20)
            return work()
        except Refused as refused:
            return refused.refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def verbs():
    return sorted(AuditEvent.objects.filter(verb__startswith="plan.").values_list("verb", flat=True))


def test_sweeps_at_once_measure_once_and_measure_again_once(caplog):
    team = TeamFactory()
    world = World(agent_with_login(team), team)
    world.due(owner=person("supervisor", team=team))

    first = all_at_once(lambda: outcomes.sweep(now=DONE))
    Cell.objects.filter(stratum__agent=world.coached, stratum__draw__period=AFTER[0]).update(total=6 * 500_000)
    second = all_at_once(lambda: outcomes.sweep(now=DONE + timedelta(hours=1)))

    assert (sum(first), sum(second)) == (1, 1)
    assert (Outcome.objects.get().number, PastOutcome.objects.count()) == (2, 1)
    assert verbs() == ["plan.evaluated", "plan.outcome_revised"]
    assert Notification.objects.filter(kind="plan.evaluated").count() >= 1
    assert caplog.records == []


def test_people_who_accept_at_once_ask_for_the_extra_picks_once():
    team = TeamFactory()
    coach, made = person("supervisor", team=team), plan(agent=agent_with_login(team), team=team, follow_up_quota=8)

    answers = all_at_once(lambda: bool(plans.accept(Plan.objects.get(pk=made.pk), by=coach, now=DONE)))

    assert answers.count(True) == 1
    assert set(answers) <= {True, "wrong_state", "raced"}
    assert QuotaBoost.objects.count() == 1


def test_people_who_extend_at_once_extend_one_after_the_other():
    team = TeamFactory()
    coach = person("supervisor", team=team)
    made = plan("due", agent=agent_with_login(team), team=team, follow_up_quota=8, follow_up_on=DONE.date())

    all_at_once(lambda: plans.extend(Plan.objects.get(pk=made.pk), weeks=2, by=coach, now=DONE))

    made.refresh_from_db()
    assert (made.status, made.follow_up_on) == ("active", DONE.date() + AT_ONCE * timedelta(weeks=2))
    running = QuotaBoost.objects.filter(ended_at=None)
    assert (QuotaBoost.objects.count(), running.count()) == (AT_ONCE, 1)
