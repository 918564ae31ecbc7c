"""The weekly sweep as a real worker runs it, by the name that the clock calls."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from coaching import weeks
from coaching.models import Look, Plan
from coaching.tasks import sweep_coaching
from core.queueing import enqueue
from qa_portal.schedule import SWEEPS
from tests.factories.accounts import TeamFactory
from tests.factories.coaching import member, reviewer, sampling_plan, skill, sums
from tests.support.waiting import until


@pytest.mark.broker
@pytest.mark.django_db(transaction=True)
def test_a_worker_looks_and_proposes(celery_worker_real, broker):
    newest = weeks.last_complete(datetime.now(UTC))
    team, scoring, by, of = TeamFactory(), sampling_plan(), reviewer(), skill()
    agents = [member(team) for _ in range(8)]
    for week in (weeks.shifted(newest, -1), newest):
        for place, agent in enumerate(agents):
            scores = [10, 30, 20, 40] * 2 if place == 0 else [85, 95, 90] * 2
            sums(agent, scores, week=week, plan=scoring, by=by)

    enqueue(sweep_coaching)

    until(lambda: Plan.objects.exists(), what="the worker proposes a plan", seconds=60)
    until(lambda: celery_worker_real.is_idle(broker), what="the worker is done")
    assert [(plan.agent, plan.skill) for plan in Plan.objects.all()] == [(agents[0], of)]
    assert Look.objects.count() == 2 * len(agents)


def test_the_clock_calls_the_sweep_by_its_name():
    assert sweep_coaching.name in {sweep.task for sweep in SWEEPS}
