"""The Celery application: settings from Django, tasks from every app."""

from __future__ import annotations

import os

# Before Celery(...): delay_on_commit exists only when Django is known at that moment.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qa_portal.settings")

from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

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
