"""Short words for tests of search: a conversation in which something is said, the index filled, what is found."""

from __future__ import annotations

from django.utils import timezone

from conversations.messages import Message
from conversations.models import Conversation
from conversations.search.matching import matching
from conversations.search.query import parse
from conversations.services import indexing
from tests.factories.conversations import conversation


def says(*texts, **fields):
    """Make a conversation in which these texts are said, by customer and agent in turn."""
    said = [Message(role=("customer", "agent")[place % 2], text=text) for place, text in enumerate(texts)]
    return conversation(messages=said, **fields)


def index(**options):
    """Make everything searchable."""
    return indexing.work(clock=timezone.now, **options)


def found(typed):
    """Return the numbers of the conversations that match, sorted."""
    rows = matching(Conversation.objects.all(), parse(typed))
    return sorted(rows.values_list("external_id", flat=True))
