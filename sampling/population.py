"""The population of a plan: a stored filter over conversations, in the words of the conversation list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from conversations.models import Conversation


def matching(population: Mapping[str, Any]) -> QuerySet[Conversation]:
    """Return the conversations of a population; an empty one holds all."""
    return Conversation.objects.all()
