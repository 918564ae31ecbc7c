"""The core app."""

from __future__ import annotations

from django.apps import AppConfig

from core.form_words import speak_plainly


class CoreConfig(AppConfig):
    """Name the app."""

    name = "core"
    verbose_name = "Shared words"

    def ready(self) -> None:
        """Let every form speak the product's words."""
        speak_plainly()
