"""Name the facts of a conversation that a visibility rule may ask for."""

from __future__ import annotations

from conversations.models import Conversation
from rubrics.scoring import Facts


def of(conversation: Conversation) -> Facts:
    """Return the facts by name; None where a fact is not known."""
    return {
        "channel": conversation.channel,
        "language": conversation.language or None,
        "csat": conversation.csat,
        "messages": conversation.message_count,
        "agent_messages": conversation.agent_messages,
        "customer_messages": conversation.customer_messages,
        "first_response_seconds": conversation.first_response_seconds,
        "longest_response_seconds": conversation.longest_response_seconds,
        "duration_seconds": conversation.duration_seconds,
        "reopen_count": conversation.reopen_count,
        "reopened": conversation.reopen_count > 0,
    }
