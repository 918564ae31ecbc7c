"""One conversation as the product understands it, whatever format it came in, and its content hash."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import msgspec

from conversations.messages import Message


class Person(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An agent or a customer. A person without an external id is known by name."""

    external_id: str
    name: str = ""
    is_bot: bool = False


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One conversation, checked and normalised: times in UTC, ids as text, tags without repeats."""

    external_id: str
    messages: list[Message]
    channel: str
    agent: Person | None = None
    customer: Person | None = None
    subject: str = ""
    language: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    tags: list[str] = []
    csat: float | None = None
    metadata: dict[str, Any] = {}


# Defaults are left out and keys sorted: a file that writes null where another writes nothing says the same,
# and a field added to the product later leaves old hashes as they are.
_canonical = msgspec.json.Encoder(order="sorted")


def content_hash(record: Record) -> str:
    """Return what tells one content from another (64 hex digits). Equal for equal meaning, not for equal spelling."""
    return hashlib.blake2b(_canonical.encode(record), digest_size=32).hexdigest()


def transcript_hash(messages: list[Message]) -> str:
    """Return the hash of what was said alone: a changed tag makes no new transcript."""
    return hashlib.blake2b(_canonical.encode(messages), digest_size=32).hexdigest()
