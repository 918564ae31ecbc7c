"""What a seal over the audit trail is computed from. Pure: events in, digests out.

Each event leaves two digests. Its *facts* never change. Its *names* (of the actor and the target) are emptied when a
person is erased; they are digested with the event's salt, which is emptied too, so that nobody can try out names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from core.models import AuditEvent, AuditSeal

Leaf = list[Any]  # [event id, digest of the facts, digest of the names]


def leaf(event: AuditEvent) -> Leaf:
    """Return what a seal keeps of one event."""
    return [event.pk, facts_digest(event), names_digest(event)]


def facts_digest(event: AuditEvent) -> str:
    """Digest everything about an event but the names in it."""
    return _digest(
        [
            event.pk,
            event.at.astimezone(UTC).isoformat(timespec="microseconds"),
            event.actor_id,
            event.verb,
            event.target_type,
            event.target_id,
            event.fields,
            event.params,
            event.request_id,
        ]
    )


def names_digest(event: AuditEvent) -> str:
    """Digest the names in an event."""
    return _digest([event.salt, event.actor, event.target])


def names_are_erased(event: AuditEvent) -> bool:
    """Say whether the names were emptied, as the erasure of a person does."""
    return not (event.salt or event.actor or event.target)


def seal_digest(number: int, previous: str, leaves: Sequence[Leaf]) -> str:
    """Digest a seal: its place, the seal before it and the events in it."""
    return _digest([number, previous, leaves])


def is_intact(seal: AuditSeal, *, previous: str) -> bool:
    """Say whether a seal is as it was made and follows the seal before it."""
    ids = [leaf[0] for leaf in seal.leaves]
    return (
        seal.previous == previous
        and seal.digest == seal_digest(seal.number, seal.previous, seal.leaves)
        and ids == sorted(ids)
        and bool(ids)
        and (seal.first_id, seal.last_id) == (ids[0], ids[-1])
    )


def _digest(value: Any) -> str:
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
