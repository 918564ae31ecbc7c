"""Hand a conversation's facts to the visibility rules, under the names that rubrics know."""

from __future__ import annotations

from conversations.models import Conversation
from rubrics.facts import FACTS, METADATA
from rubrics.scoring import Facts


def of(conversation: Conversation) -> Facts:
    """Return the facts by name; None where a fact is not known."""
    known = {name: getattr(conversation, name) for name in FACTS}
    plain = {
        f"{METADATA}{name}": value
        for name, value in conversation.metadata.items()
        if isinstance(value, str | bool | int | float)
    }
    return {**plain, **{name: None if value == "" else value for name, value in known.items()}}
