"""What one message holds once it is taken in, and how a transcript's messages are stored as text."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Role = Literal["customer", "agent", "bot", "system"]
Kind = Literal["message", "note", "tool", "event"]


class Attachment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A file that came with a message. Only the reference is kept, never the file."""

    name: str = ""
    url: str = ""
    content_type: str = ""
    size: int | None = None


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One message as the source gave it. `sent_at` is in UTC; `html` is kept as received and cleaned on display."""

    role: Role
    author: str = ""
    sent_at: datetime | None = None
    text: str = ""
    html: str = ""
    kind: Kind = "message"
    attachments: tuple[Attachment, ...] = ()

    @property
    def is_public(self) -> bool:
        """Say whether the customer could read it: somebody's words, not a note, a tool's answer or an event."""
        return self.kind == "message" and self.role != "system"


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(list[Message])


def encode(messages: list[Message]) -> str:
    """Return the messages as JSON text, the same text for the same messages."""
    return _encoder.encode(messages).decode()


def decode(body: str) -> list[Message]:
    """Return the messages of a stored transcript, in the source's order."""
    return _decoder.decode(body)
