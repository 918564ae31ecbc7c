"""The insights app."""

from __future__ import annotations

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """Name the app."""

    name = "insights"
    verbose_name = "Insights"
