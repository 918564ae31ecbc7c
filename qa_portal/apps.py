"""The composition root as a Django app, so that its commands are found."""

from __future__ import annotations

from django.apps import AppConfig


class QAPortalConfig(AppConfig):
    """Name the composition root."""

    name = "qa_portal"
    label = "qa_portal"
