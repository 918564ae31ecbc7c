"""The product's own record: one conversation a line. Every other format is turned into this one.

Needed are `external_id` and `messages` with at least one message; a message needs a `role`. Everything else may be
missing or null. Keys that are not listed here are ignored, so that a file may carry more than the product uses.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from conversations.messages import Kind

CHANNELS = ("chat", "messaging", "email", "ticket", "voice")
ROLES = ("customer", "agent", "bot", "system", "tool")
KINDS = ("message", "note", "tool", "event")
METADATA_LIMIT = 64 * 1024
METADATA_DEPTH = 20
TAG_LIMIT = 200
# Fifty times the longest thread seen; a line of 16 MB could hold a million empty ones.
MESSAGE_LIMIT = 10_000

Identifier = Annotated[str, Meta(max_length=255)] | int | None
Moment = Annotated[datetime, Meta(tz=True)] | None
Name = Annotated[str, Meta(max_length=200)] | None


class PersonIn(msgspec.Struct, kw_only=True, gc=False):
    """An agent or a customer as the file names them."""

    external_id: Identifier = None
    name: Name = None
    bot: bool | None = None


class AttachmentIn(msgspec.Struct, kw_only=True, gc=False):
    """A reference to a file."""

    name: Annotated[str, Meta(max_length=1000)] | None = None
    url: Annotated[str, Meta(max_length=8000)] | None = None
    content_type: Annotated[str, Meta(max_length=200)] | None = None
    size: Annotated[int, Meta(ge=0, le=2**53)] | None = None


class MessageIn(msgspec.Struct, kw_only=True, gc=False):
    """One message of the file."""

    role: Literal["customer", "agent", "bot", "system", "tool"]
    author: Identifier = None
    sent_at: Moment = None
    text: str | None = None
    html: str | None = None
    internal: bool | None = None
    note: bool | None = None
    kind: Kind | None = None
    attachments: list[AttachmentIn] | None = None


class RecordIn(msgspec.Struct, kw_only=True, gc=False):
    """One line of the file."""

    external_id: Annotated[str, Meta(max_length=255)] | int
    messages: list[MessageIn]
    channel: Literal["chat", "messaging", "email", "ticket", "voice"] | None = None
    agent: PersonIn | None = None
    customer: PersonIn | None = None
    subject: Annotated[str, Meta(max_length=20_000)] | None = None
    language: Annotated[str, Meta(max_length=12)] | None = None
    started_at: Moment = None
    ended_at: Moment = None
    tags: list[Annotated[str, Meta(max_length=100)]] | None = None
    csat: Annotated[float, Meta(ge=0, le=100)] | None = None
    # Decoded in a second step, so that a huge or endlessly nested value is refused before it is built.
    metadata: msgspec.Raw = msgspec.Raw(b"null")


class RejectedLine(msgspec.Struct, kw_only=True, gc=False):
    """A line of the product's own file of rejects, so that it can be corrected and uploaded as it is."""

    reason: str
    raw: str


Metadata = dict[str, Any]
