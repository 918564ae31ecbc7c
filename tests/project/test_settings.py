"""What the environment can say is written down, and what the clock starts exists."""

from __future__ import annotations

import ast
import re

from django.conf import settings

from qa_portal.celery import app
from qa_portal.embedded.commands import QUEUES
from qa_portal.schedule import SWEEPS, beat_schedule
from tests.project.tree import ROOT, parsed


def test_every_variable_that_the_settings_read_is_in_the_example() -> None:
    read = {
        node.args[0].value
        for file in ("settings.py", "environment.py")
        for node in ast.walk(parsed(ROOT / "qa_portal" / file))
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
        if re.fullmatch(r"(QA_[A-Z_]+|DATABASE_URL|REDIS_URL)", str(node.args[0].value))
    }

    written = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))

    assert sorted(written ^ read) == []


def test_every_sweep_is_a_task_on_a_queue_that_the_worker_reads() -> None:
    app.loader.import_default_modules()

    assert [sweep.task for sweep in SWEEPS if sweep.task not in app.tasks] == []
    assert {sweep.queue for sweep in SWEEPS} <= set(QUEUES)


def test_every_task_goes_to_a_queue_that_the_worker_reads() -> None:
    queues = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} | {settings.CELERY_TASK_DEFAULT_QUEUE}

    assert queues <= set(QUEUES)


def test_each_sweep_is_one_english_sentence() -> None:
    assert [sweep.sentence for sweep in SWEEPS if not re.fullmatch(r"Every [^.]+\.", sweep.sentence)] == []
    assert len(beat_schedule()) == len(SWEEPS)


def test_a_sweep_that_waits_longer_than_its_turn_is_dropped() -> None:
    expires = {sweep.task: beat_schedule()[sweep.sentence]["options"]["expires"] for sweep in SWEEPS}

    assert expires["reviews.tasks.fill_queue"] == 15
    assert min(expires.values()) > 0
