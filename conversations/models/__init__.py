"""Conversations as the help desk gave them, and the imports that brought them."""

from conversations.models.conversations import Completion, Conversation, Participant, Source, Tag, Transcript
from conversations.models.imports import ImportRun, Reject
from conversations.models.search import SearchText

__all__ = [
    "Completion", "Conversation", "ImportRun", "Participant", "Reject", "SearchText", "Source", "Tag", "Transcript",
]  # fmt: skip
