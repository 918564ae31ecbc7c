"""Name the facts of a conversation that a visibility rule may ask about.

Rubrics know no conversations: whoever scores passes the facts in under these names. Custom metadata is asked for as
``metadata.<name>``.
"""

from __future__ import annotations

from enum import StrEnum

METADATA = "metadata."


class FactKind(StrEnum):
    """Say what a fact is compared with."""

    TEXT = "text"
    NUMBER = "number"


FACTS: dict[str, FactKind] = {
    "channel": FactKind.TEXT,
    "language": FactKind.TEXT,
    "csat": FactKind.NUMBER,
    "message_count": FactKind.NUMBER,
    "agent_messages": FactKind.NUMBER,
    "customer_messages": FactKind.NUMBER,
    "agent_words": FactKind.NUMBER,
    "customer_words": FactKind.NUMBER,
    "first_response_seconds": FactKind.NUMBER,
    "median_response_seconds": FactKind.NUMBER,
    "longest_response_seconds": FactKind.NUMBER,
    "duration_seconds": FactKind.NUMBER,
    "handled_at_once": FactKind.NUMBER,
    "reopen_count": FactKind.NUMBER,
}


# What the channel of a conversation can be; a rule that waits for another one waits for ever.
CHANNELS = ("chat", "messaging", "email", "ticket", "voice")


def is_known(name: str) -> bool:
    """Say whether a rule may ask about this fact."""
    return name in FACTS or (name.startswith(METADATA) and len(name) > len(METADATA))


def is_number(name: str) -> bool:
    """Say whether a fact can be compared by size; custom metadata can hold anything."""
    return FACTS.get(name) != FactKind.TEXT
