"""The sampling app."""

from __future__ import annotations

from django.apps import AppConfig


class SamplingConfig(AppConfig):
    """Name the app."""

    name = "sampling"
    verbose_name = "Sampling"
