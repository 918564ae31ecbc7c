"""Write the audit trail. The only place that writes AuditEvent."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Model

from core.models import AuditEvent
from core.prepared import PreparedInsert
from core.request_ids import current_request_id

INSERTED = PreparedInsert(AuditEvent)


def event(
    verb: str,
    *,
    target: Model,
    by: Any,
    at: datetime,
    fields: Sequence[str] = (),
    params: dict[str, Any] | None = None,
) -> AuditEvent:
    """Build one event without saving it. Field names only, never what people wrote."""
    return AuditEvent(
        at=at,
        actor_id=getattr(by, "pk", None),
        actor=str(by)[:254] if by is not None else "",
        verb=verb,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        target=str(target)[:200],
        fields=list(fields),
        params=params or {},
        request_id=current_request_id(),
        salt=secrets.token_hex(8),
    )


def record(
    verb: str,
    *,
    target: Model,
    by: Any,
    at: datetime,
    fields: Sequence[str] = (),
    params: dict[str, Any] | None = None,
) -> AuditEvent:
    """Record one change in the transaction that makes it; `by` is None when the system acts."""
    return INSERTED.one(event(verb, target=target, by=by, at=at, fields=fields, params=params))


def record_many(events: Sequence[AuditEvent]) -> None:
    """Record several changes of one transaction at once."""
    AuditEvent.objects.bulk_create(events, batch_size=500)
