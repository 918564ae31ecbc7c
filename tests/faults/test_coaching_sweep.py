"""kill -9 in the middle of a coaching sweep: the same looks and the same plans as without it."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from coaching import weeks
from coaching.models import Action, Evidence, Look, Plan
from coaching.services import sweep
from core.models import AuditEvent
from tests.factories.accounts import TeamFactory
from tests.factories.coaching import member, reviewer, sampling_plan, skill, sums
from tests.support.house import House
from tests.support.waiting import until

pytestmark = [pytest.mark.broker, pytest.mark.django_db(transaction=True)]
WEEKS, AGENTS = 8, 10


@pytest.fixture
def expected() -> list[Any]:
    """Return what a sweep without a kill writes, and put everything back as it was before."""
    newest = weeks.last_complete(timezone.now())
    team, scoring, by = TeamFactory(), sampling_plan(), reviewer()
    skill()
    agents = [member(team) for _ in range(AGENTS)]
    for back in range(WEEKS):
        for place, agent in enumerate(agents):
            scores = [10, 30, 20, 40] * 2 if place < 3 else [85, 95, 90] * 2
            sums(agent, scores, week=weeks.shifted(newest, -back), plan=scoring, by=by)
    sweep.sweep(now=timezone.now())
    found = written()
    for model in (Action, Evidence, Look, Plan):
        model.objects.all().delete()
    return found


def written() -> list[Any]:
    """Return all that a sweep decides, without the moments and numbers of rows."""
    looks = Look.objects.order_by("week", "agent", "skill").values_list("week", "agent", "skill")
    plans = Plan.objects.order_by("agent", "skill").values_list("agent", "skill", "origin", "status", "baseline_n")
    return [list(looks), list(plans), Evidence.objects.count(), Action.objects.count()]


def is_whole(house: House, expected: list[Any]) -> bool:
    house.tend()
    return written() == expected


def test_a_worker_killed_in_the_middle_of_a_sweep_changes_nothing(house: House, expected: list[Any]) -> None:
    proposed_before = AuditEvent.objects.filter(verb="plan.proposed").count()
    house.send("coaching.tasks.sweep_coaching", queue="insight")
    until(lambda: Look.objects.count() > 0, what="the first looks", tell=house.worker.said)
    house.worker.kill()
    half_way = Look.objects.count()
    house.start()
    house.send("coaching.tasks.sweep_coaching", queue="insight")
    until(lambda: is_whole(house, expected), what="all looks and plans", seconds=40, tell=house.worker.said)
    before = house.done("sweep_coaching")
    house.send("coaching.tasks.sweep_coaching", queue="insight")
    until(lambda: house.done("sweep_coaching") > before, what="one more sweep", seconds=30, tell=house.worker.said)

    assert half_way > 0
    assert written() == expected
    assert AuditEvent.objects.filter(verb="plan.proposed").count() - proposed_before == len(expected[1]) > 0
