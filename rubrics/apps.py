"""The rubrics app."""

from __future__ import annotations

from django.apps import AppConfig


class RubricsConfig(AppConfig):
    """Name the app."""

    name = "rubrics"
    verbose_name = "Rubrics"
