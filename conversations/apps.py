"""The conversations app."""

from __future__ import annotations

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Name the app."""

    name = "conversations"
    verbose_name = "Conversations"
