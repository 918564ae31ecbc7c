"""Turn one decoded line into the product's record: ids as text, times in UTC, null and missing the same."""

from __future__ import annotations

from datetime import UTC, datetime

from conversations.formats import checks
from conversations.formats.outcomes import Unreadable
from conversations.formats.records import MESSAGE_LIMIT, AttachmentIn, MessageIn, PersonIn, RecordIn
from conversations.messages import Attachment, Kind, Message
from conversations.records import Person, Record


def record(taken: RecordIn, *, latest: datetime) -> Record:
    """Return the checked record; raises Unreadable with the path of the first thing that cannot be."""
    external_id = checks.needed_identifier(taken.external_id, "external_id")
    if not taken.messages:
        raise Unreadable("holds no message, so there is nothing to review", path="messages")
    if len(taken.messages) > MESSAGE_LIMIT:
        raise Unreadable(f"holds more than {MESSAGE_LIMIT:,} messages", path="messages")
    return Record(
        external_id=external_id,
        channel=taken.channel or "",
        agent=_person(taken.agent, "agent"),
        customer=_person(taken.customer, "customer"),
        subject=(taken.subject or "").strip(),
        language=(taken.language or "").strip(),
        started_at=checks.moment(taken.started_at, "started_at", latest=latest),
        ended_at=checks.moment(taken.ended_at, "ended_at", latest=latest),
        tags=checks.tags(taken.tags),
        csat=None if taken.csat is None else round(taken.csat, 2),
        metadata=checks.metadata(taken.metadata),
        messages=[_message(message, index, latest) for index, message in enumerate(taken.messages)],
    )


def _person(taken: PersonIn | None, path: str) -> Person | None:
    """Return the person, known by name where the file gives no id; None when it gives neither."""
    if taken is None:
        return None
    name = (taken.name or "").strip()
    external_id = checks.identifier(taken.external_id, f"{path}.external_id").strip() or name
    return Person(external_id=external_id, name=name, is_bot=bool(taken.bot)) if external_id else None


def _message(taken: MessageIn, index: int, latest: datetime) -> Message:
    sent_at, author = taken.sent_at, taken.author
    if sent_at is not None and not (sent_at.tzinfo is UTC and checks.EARLIEST <= sent_at <= latest):
        sent_at = checks.moment(sent_at, f"messages[{index}].sent_at", latest=latest)
    return Message(
        role="system" if taken.role == "tool" else taken.role,
        author=author if type(author) is str else checks.identifier(author, f"messages[{index}].author"),
        sent_at=sent_at,
        text=taken.text or "",
        html=taken.html or "",
        kind=_kind(taken),
        attachments=tuple(_attachment(item) for item in taken.attachments) if taken.attachments else (),
    )


def _kind(taken: MessageIn) -> Kind:
    """Return what sort of message it is: a stated kind wins over the two flags, those over the role."""
    if taken.kind is not None:
        return taken.kind
    if taken.internal or taken.note:
        return "note"
    return "tool" if taken.role == "tool" else "message"


def _attachment(taken: AttachmentIn) -> Attachment:
    return Attachment(
        name=taken.name or "", url=taken.url or "", content_type=taken.content_type or "", size=taken.size
    )
