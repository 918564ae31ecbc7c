"""Seal the audit trail: a job chains what was recorded, so that recording itself stays one plain insert."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.db import IntegrityError, transaction
from django.db.models import Min

from core import audit_chain
from core.models import AuditEvent, AuditSeal

logger = logging.getLogger(__name__)
BLOCK = 1000
BLOCKS = 10
ROUNDS = 5
# An event gets its number before its transaction commits, so a higher number may be sealed first. No transaction of
# ours lasts longer than the hard time limit of a task, which is far below this.
STRAGGLERS = timedelta(minutes=15)


def seal_all(*, now: datetime) -> int:
    """Seal the events that are not sealed yet, as many as one minute allows; return how many seals were made."""
    made = 0
    for _round in range(ROUNDS):
        seals = seal_some(now=now)
        made += len(seals)
        if len(seals) < BLOCKS:
            break
    return made


def seal_some(*, now: datetime) -> list[AuditSeal]:
    """Seal the next blocks of events; none when all are sealed, or when somebody else seals them this moment."""
    try:
        with transaction.atomic():
            seals = _seal(now)
    except IntegrityError:
        # Two sealers wanted the same number. The other one's seals hold these events.
        return []
    for seal in seals:
        # Logs leave the machine: the digest there proves later that nobody made the whole chain anew.
        logger.info(
            "Sealed audit events %d to %d as seal %d: %s", seal.first_id, seal.last_id, seal.number, seal.digest
        )
    return seals


def floor(now: datetime) -> int:
    """Return the lowest event number that may still have to be sealed."""
    recent = AuditSeal.objects.filter(sealed_at__gt=now - STRAGGLERS).aggregate(first=Min("first_id"))["first"]
    last = AuditSeal.objects.order_by("-last_id").values_list("last_id", flat=True).first()
    return recent or (last or 0) + 1


def _seal(now: datetime) -> list[AuditSeal]:
    last = AuditSeal.objects.select_for_update().order_by("-number").first()
    made: list[AuditSeal] = []
    for block in _blocks(_unsealed(now)):
        last = _link(block, after=last, now=now)
        last.save(force_insert=True)
        made.append(last)
    return made


def _link(events: list[AuditEvent], *, after: AuditSeal | None, now: datetime) -> AuditSeal:
    number, previous = (after.number + 1, after.digest) if after else (1, "")
    leaves = [audit_chain.leaf(event) for event in events]
    return AuditSeal(
        number=number,
        sealed_at=now,
        first_id=events[0].pk,
        last_id=events[-1].pk,
        leaves=leaves,
        previous=previous,
        digest=audit_chain.seal_digest(number, previous, leaves),
    )


def _unsealed(now: datetime) -> Iterator[AuditEvent]:
    """Yield the events without a seal in the order of their numbers."""
    lowest = floor(now)
    near = AuditSeal.objects.filter(last_id__gte=lowest).values_list("leaves", flat=True)
    sealed = {leaf[0] for leaves in near for leaf in leaves}
    for event in AuditEvent.objects.filter(pk__gte=lowest).order_by("pk").iterator(chunk_size=BLOCK):
        if event.pk not in sealed:
            yield event


def _blocks(events: Iterator[AuditEvent]) -> Iterator[list[AuditEvent]]:
    for _block in range(BLOCKS):
        block = list(islice(events, BLOCK))
        if not block:
            return
        yield block
