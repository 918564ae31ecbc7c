"""The Celery application: settings from Django, tasks from every app."""

from __future__ import annotations

import os

# Before Celery(...): delay_on_commit exists only when Django is known at that moment.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qa_portal.settings")

from logging.config import dictConfig
from typing import Any

from celery import Celery, Task
from celery.signals import setup_logging, task_postrun, task_prerun
from django.conf import settings

from core.queueing import REQUEST_ID
from core.request_ids import set_request_id
from qa_portal import transport
from qa_portal.schedule import beat_schedule

transport.install()
app = Celery("qa_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = beat_schedule()
app.autodiscover_tasks()


@setup_logging.connect
def log_like_the_web(**given: Any) -> None:
    """Keep Celery from adding handlers of its own, which would log results and errors in full."""
    dictConfig(settings.LOGGING)


@task_prerun.connect
def work_for_the_request(task_id: str, task: Task, **given: Any) -> None:
    """Let what a task logs and records carry the id of the request that asked for it; its own when the clock did."""
    if not task.request.is_eager:
        set_request_id((task.request.headers or {}).get(REQUEST_ID) or task_id)


@task_postrun.connect
def work_for_nobody(task: Task, **given: Any) -> None:
    """Forget whom the task worked for."""
    if not task.request.is_eager:
        set_request_id("")
