"""What is searched: the words of the current transcripts, in a table of their own so that imports stay fast."""

from __future__ import annotations

from django.db import models

from conversations.models.conversations import Conversation, Transcript


class SearchTextQuerySet(models.QuerySet["SearchText"]):
    """Questions about searchable text."""

    def visible_to(self, user: models.Model) -> SearchTextQuerySet:
        """Return those of the conversations that a person may read."""
        return self.filter(conversation__in=Conversation.objects.visible_to(user))


class SearchText(models.Model):
    """The folded words of one conversation, its subject and number first, "_" between messages, spaces around each.

    The database indexes `words` by itself (migrations/_search_index.py). A row counts only while `transcript` is the
    conversation's current one, and goes with either of them.
    """

    conversation = models.OneToOneField(Conversation, models.CASCADE, primary_key=True, related_name="search_text")
    transcript = models.OneToOneField(Transcript, models.CASCADE, related_name="+")
    words = models.TextField()
    indexed_at = models.DateTimeField()

    objects = SearchTextQuerySet.as_manager()

    def __str__(self) -> str:
        return f"words of {self.conversation_id}"
