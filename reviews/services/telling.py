"""Tell people what happened, once each, in the transaction in which it happens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.models import Notification, User


def tell(
    users: Iterable[int | None],
    kind: str,
    *,
    path: str,
    now: datetime,
    by: User | None = None,
    params: dict[str, Any] | None = None,
) -> None:
    """Notify each person except the one who did it; the words of a kind are in accounts/notification_words.py."""
    wanted = sorted({pk for pk in users if pk is not None} - ({by.pk} if by else set()))
    Notification.objects.bulk_create(
        [Notification(user_id=pk, kind=kind, path=path, params=params or {}, created_at=now) for pk in wanted]
    )
