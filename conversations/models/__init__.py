"""Conversations as the help desk gave them, and the imports that brought them."""

from conversations.models.conversations import Completion, Conversation, Participant, Source, Transcript
from conversations.models.imports import ImportRun, Reject

__all__ = ["Completion", "Conversation", "ImportRun", "Participant", "Reject", "Source", "Transcript"]
