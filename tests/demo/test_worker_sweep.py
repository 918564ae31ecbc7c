"""The last sweep of the demo goes through the real queue and a real worker."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from coaching import weeks
from coaching.models import Look
from qa_portal.demo.worker_sweep import NoWorker, sweep_by_worker
from tests.factories.accounts import TeamFactory
from tests.factories.coaching import member, reviewed, reviewer, sampling_plan, skill, sums

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
pytestmark = pytest.mark.any_database


def a_scored_week(now):
    """Publish a review and its sums in the newest complete week."""
    week, scoring, by, team = weeks.last_complete(now), sampling_plan(), reviewer(), TeamFactory()
    skill()
    agent = member(team)
    sums(agent, [40, 60, 80, 90], week=week, plan=scoring, by=by)
    reviewed(agent, {"understood": {"option": "yes"}}, week=week, plan=scoring, by=by)


@pytest.mark.broker
@pytest.mark.django_db(transaction=True)
def test_a_worker_runs_the_sweep_that_the_demo_enqueues(celery_worker_real):
    now = datetime.now(UTC)
    a_scored_week(now)

    sweep_by_worker(now=now)

    assert Look.objects.filter(week=weeks.last_complete(now)).count() > 0


@pytest.mark.django_db
def test_without_a_worker_the_sentence_says_what_to_start():
    a_scored_week(NOW)

    with pytest.raises(NoWorker, match="script/demo"):
        sweep_by_worker(now=NOW, patience=-1.0)


@pytest.mark.django_db
def test_a_company_without_reviews_has_nothing_to_wait_for():
    sweep_by_worker(now=NOW, patience=-1.0)

    assert Look.objects.count() == 0
