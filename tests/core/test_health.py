"""Health: alive asks nobody; ready names what does not work, in a sentence, with 503."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from core import health
from core.models import Heartbeat
from core.services import heartbeats
from core.tasks import heartbeat
from qa_portal.celery import app
from tests.project.tree import ROOT
from tests.support.waiting import until


@pytest.fixture
def beating(db, now):
    heartbeats.beat(heartbeats.CLOCK, now=now - timedelta(seconds=20))


@pytest.fixture
def closed_broker():
    """Point at a port of this machine where nobody listens."""
    before = app.conf.broker_url
    app.conf.broker_url = "redis://127.0.0.1:1/0"
    yield
    app.conf.broker_url = before


def test_a_process_that_answers_is_alive_without_a_database(client):
    response = client.get("/healthz")

    assert (response.status_code, response.json()["alive"]) == (200, True)


def test_everything_is_ready(client, beating):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "checks": {
            "database": {"ok": True, "sentence": "The database answers."},
            "migrations": {"ok": True, "sentence": "Every migration is applied."},
            "broker": {"ok": True, "sentence": "The broker answers."},
            "clock": {"ok": True, "sentence": "The clock beat 20 seconds ago."},
        },
    }


@pytest.mark.django_db
def test_a_clock_that_never_beat_is_not_ready(client):
    response = client.get("/readyz?only=clock")

    assert response.status_code == 503
    assert response.json()["checks"]["clock"]["sentence"] == (
        "The clock has never beaten. Start celery beat, and a worker for the queue default."
    )


@pytest.mark.parametrize(("seconds", "ok"), [(149, True), (150, True), (151, False)])
@pytest.mark.django_db
def test_a_silent_clock_is_noticed_after_five_missed_beats(now, seconds, ok):
    heartbeats.beat(heartbeats.CLOCK, now=now - timedelta(seconds=seconds))

    assert health.clock(now).ok is ok


@pytest.mark.django_db
def test_a_migration_that_is_not_applied_is_named(client):
    MigrationRecorder(connection).record_unapplied("core", "0002_audit_events_never_change")

    response = client.get("/readyz?only=migrations")

    assert response.status_code == 503
    assert response.json()["checks"]["migrations"]["sentence"] == (
        "1 migrations are not applied, first core 0002_audit_events_never_change. Run: manage.py migrate"
    )


def test_a_broker_that_is_away_is_not_ready_but_the_pages_are(client, beating, closed_broker):
    everything = client.get("/readyz")
    pages = client.get("/readyz?only=database,migrations")

    assert (everything.status_code, pages.status_code) == (503, 200)
    assert everything.json()["checks"]["broker"]["ok"] is False


def test_everything_away_is_an_answer_and_no_error(tmp_path):
    """A process of its own, whose database and broker are a port of this machine where nobody listens."""
    code = (
        "import json, django; django.setup(); from django.test import Client;"
        "print(json.dumps([[a.status_code, a.json()] for a in map(Client().get, ('/healthz', '/readyz'))]))"
    )
    away = {
        "QA_VAR": str(tmp_path),
        "DATABASE_URL": "postgresql://qa@127.0.0.1:1/qa",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "DJANGO_SETTINGS_MODULE": "qa_portal.settings",
    }
    printed = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | away, capture_output=True, text=True, check=True
    )
    alive, ready = json.loads(printed.stdout)

    assert alive == [200, {"alive": True, "sentence": "This process answers."}]
    assert (ready[0], ready[1]["ready"]) == (503, False)
    assert {name: answer["sentence"] for name, answer in ready[1]["checks"].items() if not answer["ok"]} == {
        "database": "The database does not answer. Check that it runs and that DATABASE_URL is right.",
        "migrations": "The database does not say which migrations it has.",
        "broker": "The broker does not answer. Pages work; background work waits until it is back.",
        "clock": "The database does not say when the clock last beat.",
    }


def test_an_unknown_check_is_refused(client):
    response = client.get("/readyz?only=weather")

    assert response.status_code == 400
    assert response.json()["sentence"] == "Name what to check: database, migrations, broker, clock."


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_the_probes_only_answer_to_reading(client, path):
    response = client.post(path)

    assert (response.status_code, "takes nothing that is sent to it" in response.content.decode()) == (405, True)


@pytest.mark.django_db
def test_each_beat_replaces_the_one_before(now):
    heartbeats.beat(heartbeats.CLOCK, now=now - timedelta(minutes=1))

    heartbeat()

    assert list(Heartbeat.objects.values_list("part", "at")) == [("clock", now)]


@pytest.mark.broker
@pytest.mark.django_db(transaction=True)
def test_a_real_worker_keeps_the_clock_alive(celery_worker_real, broker):
    app.send_task("core.tasks.heartbeat", queue="default")

    until(lambda: Heartbeat.objects.filter(part="clock").exists(), what="the worker writes the heartbeat down")
