"""The core app."""

from __future__ import annotations

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Name the app."""

    name = "core"
    verbose_name = "Shared words"
