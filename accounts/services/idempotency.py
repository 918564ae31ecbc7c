"""Do what a request asks for once, however often it is sent: the answer is kept beside what was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import IdempotentAnswer
from core.refusals import Refusal, Refused

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer: status, JSON text and the tag of the state; `is_replay` when it was given before."""

    status: int
    body: str
    tag: str = ""
    is_replay: bool = False


def once(key: str, *, by: Any, fingerprint: str, now: datetime, work: Callable[[], Kept]) -> Kept:
    """Do the work in one transaction with the record of its answer, or return the answer of the first time.

    Of two requests at once the second waits for the first. Work that is refused leaves no record: nothing was done,
    so the key stays free. Raises Refused(idempotency_key_reused, 422) for the same key with another request.
    """
    with transaction.atomic():
        IdempotentAnswer.objects.filter(user=by.pk, key=key, expires_at__lte=now).delete()
        begun = IdempotentAnswer(user=by, key=key, fingerprint=fingerprint, created_at=now, expires_at=now + KEPT)
        # Waits for whoever is writing the same key, instead of failing; a row that others left has a status.
        IdempotentAnswer.objects.bulk_create([begun], ignore_conflicts=True)
        row = IdempotentAnswer.objects.select_for_update(of=("self",)).get(user=by.pk, key=key)
        if row.fingerprint != fingerprint:
            sentence = _("This Idempotency-Key was used for another request. Use a new key for a new request.")
            raise Refused(Refusal("idempotency_key_reused", 422, sentence))
        if row.status is not None:
            return Kept(row.status, row.body, row.tag, is_replay=True)
        done = work()
        row.status, row.body, row.tag = done.status, done.body, done.tag
        row.save(update_fields=["status", "body", "tag"])
        return done


def forget_expired(*, now: datetime) -> int:
    """Delete the answers whose time is over; the number deleted."""
    deleted, _by_model = IdempotentAnswer.objects.filter(expires_at__lte=now).delete()
    return deleted


def forget(user: Any) -> int:
    """Delete what was answered to one person, when they are erased."""
    deleted, _by_model = IdempotentAnswer.objects.filter(user=user.pk).delete()
    return deleted
