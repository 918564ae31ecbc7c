"""The coaching app."""

from __future__ import annotations

from django.apps import AppConfig


class CoachingConfig(AppConfig):
    """Name the app."""

    name = "coaching"
    verbose_name = "Coaching"
