"""Refuse to build a demo where real work lives. Asked before the first migration."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from accounts.models import User, Workspace
from conversations.models import Conversation

ELSEWHERE = "Unset DATABASE_URL to use a file of its own, or name an empty database."


def why_not_demo() -> str | None:
    """Return why the database must not become a demo, or None."""
    if settings.PRODUCTION:
        return f"QA_PRODUCTION is on: this is a production installation. {ELSEWHERE}"
    tables = set(connection.introspection.table_names())
    ours = set(connection.introspection.django_table_names(include_views=False)) | {"django_migrations"}
    if not tables <= ours | {"sqlite_sequence"} and Workspace._meta.db_table not in tables:
        return f"The database holds the tables of something else. {ELSEWHERE}"
    if _is_demo(tables) or not _holds_data(tables):
        return None
    return f"The database holds people or conversations that no demo made. {ELSEWHERE}"


def _is_demo(tables: set[str]) -> bool:
    return Workspace._meta.db_table in tables and Workspace.objects.filter(is_demo=True).exists()


def _holds_data(tables: set[str]) -> bool:
    return any(model._meta.db_table in tables and model._base_manager.exists() for model in (User, Conversation))
