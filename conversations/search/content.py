"""What of a conversation is searched: its subject and number, then what was said, as far as anybody reads that far."""

from __future__ import annotations

from collections.abc import Iterable

from conversations.messages import Message
from conversations.search.words import folded
from conversations.text import plain_text

# Longer ones are logs and pasted files. The rest is shown, and not found.
LONGEST_TEXT = 200_000


def searched_words(*, subject: str, external_id: str, messages: Iterable[Message]) -> str:
    """Return the folded words, a space around each.

    Every message is searched that the page of the conversation shows, notes and the answers of tools among them: who
    may open the page may search in it, and nobody else (visible_to).
    """
    said = [plain_text(message) for message in messages]
    if 4 * sum(map(len, said)) <= LONGEST_TEXT:  # no sign takes more bytes
        return folded([subject, external_id, *said])
    texts = [subject, external_id]
    room = LONGEST_TEXT
    for text in said:
        size = len(text) if text.isascii() else len(text.encode())
        texts.append(text if size <= room else text.encode()[:room].decode(errors="ignore"))
        room -= size
        if room <= 0:
            break
    return folded(texts)
