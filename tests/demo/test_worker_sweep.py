"""The last sweep of the demo goes through the real queue and a real worker."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from coaching import weeks
from coaching.models import Look
from qa_portal.demo import drive
from qa_portal.demo.worker_sweep import NoWorker, sweep_by_worker

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


def leave(**_arguments):
    """Sweep nothing."""


@pytest.mark.broker
@pytest.mark.django_db(transaction=True)
def test_a_worker_runs_the_sweep_that_the_demo_enqueues(celery_worker_real):
    now = datetime.now(UTC)
    drive.build(now=now, say=lambda _line: None, weeks=2, small=True, last_sweep=leave)
    assert Look.objects.filter(week=weeks.last_complete(now)).count() == 0

    sweep_by_worker(now=now)

    assert Look.objects.filter(week=weeks.last_complete(now)).count() > 0


@pytest.mark.django_db
def test_without_a_worker_the_sentence_says_what_to_start():
    drive.build(now=NOW, say=lambda _line: None, weeks=2, small=True, last_sweep=leave)

    with pytest.raises(NoWorker, match="script/demo"):
        sweep_by_worker(now=NOW, patience=-1.0)


@pytest.mark.django_db
def test_a_company_without_reviews_has_nothing_to_wait_for():
    sweep_by_worker(now=NOW, patience=-1.0)

    assert Look.objects.count() == 0
