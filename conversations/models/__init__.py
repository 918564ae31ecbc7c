"""Conversations as the help desk gave them, and the imports that brought them."""

from conversations.models.conversations import Completion, Conversation, Participant, Source, Tag, Transcript
from conversations.models.imports import ImportRun, Reject

__all__ = ["Completion", "Conversation", "ImportRun", "Participant", "Reject", "Source", "Tag", "Transcript"]
