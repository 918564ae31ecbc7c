"""What is left of a conversation's text once it is erased, and where somebody is named. Pure: texts in, texts out."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence

import msgspec

from conversations.messages import Message, decode, encode

# Stands in place of the fingerprint of a conversation's content: whatever a file says, it is not taken in again.
ERASED = "erased"


def skeleton(body: str) -> str:
    """Return a stored transcript without what was said: who spoke when stays, so that a pin still has its message.

    The customers' names and ids go, and so do the texts, their HTML and the attachments of everybody.
    """
    return encode([_bare(message) for message in decode(body)])


def _bare(message: Message) -> Message:
    author = message.author if message.role == "agent" else ""
    return msgspec.structs.replace(message, author=author, text="", html="", attachments=())


def without_people(ids: Sequence[str]) -> list[str]:
    """Return what stands in place of the ids of a conversation's customers, which have to stay different."""
    return ["" if place == 0 else f"({place + 1})" for place in range(len(ids))]


def telling(words: Iterable[str]) -> list[str]:
    """Return the words by which somebody is found in free text: names, and ids that are no everyday word or number."""
    cleaned = {word.strip() for word in words}
    return sorted(word for word in cleaned if len(word) >= 3 and not (word.isdigit() and len(word) < 5))


def spellings(words: Iterable[str]) -> list[str]:
    """Return how words stand in a record as it was received: as they are, and as JSON may write them."""
    return sorted({spelling for word in words for spelling in (word, json.dumps(word)[1:-1])})


def names_one_of(text: str, spelled: Collection[str]) -> bool:
    """Say whether a record as it was received holds one of these spellings as a word of its own."""
    return any(re.search(rf"(?<!\w){re.escape(spelling)}(?!\w)", text, re.IGNORECASE) for spelling in spelled)
