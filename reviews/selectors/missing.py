"""Find pins and comments that point at words which the transcript does not have."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from conversations.messages import Message
from conversations.text import plain_text
from reviews import drafts


def misplaced(draft: drafts.Draft, messages: Sequence[Message]) -> list[dict[str, str]]:
    """List the criteria whose pins, and the comments whose message, are not in the transcript."""
    pins = [
        {
            "criterion": lineage,
            "code": "unknown_message",
            "sentence": _("A pinned message is not in this transcript. Remove the pin and set it again."),
        }
        for lineage, answer in draft.answers.items()
        if not all(_is_there(pin, messages) for pin in answer.pins)
    ]
    notes = [
        {
            "criterion": "",
            "code": "unknown_message",
            "sentence": _("A comment belongs to a message that is not in this transcript. Remove it."),
        }
        for note in draft.notes
        if note.message >= len(messages)
    ]
    return [*pins, *notes]


def _is_there(pin: drafts.PinDraft, messages: Sequence[Message]) -> bool:
    if pin.message >= len(messages):
        return False
    return pin.end is None or pin.end <= len(plain_text(messages[pin.message]))
