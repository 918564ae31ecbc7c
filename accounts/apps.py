"""The accounts app."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Name the app."""

    name = "accounts"
    verbose_name = "People"
