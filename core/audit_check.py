"""Recompute the chain of seals and name the first event that is not as it was sealed. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core import audit_chain
from core.models import AuditEvent, AuditSeal
from core.services.audit_seals import floor


@dataclass(frozen=True, slots=True)
class Check:
    """What a look over the whole trail found."""

    events: int
    seals: int
    waiting: int
    digest: str
    problem: str = ""
    event_id: int | None = None
    holds_known: bool = True


class Broken(Exception):
    """Something is not as it was sealed."""

    def __init__(self, problem: str, event_id: int | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.event_id = event_id


def check(*, now: datetime, known: str = "") -> Check:
    """Compare every sealed event with its seal; `known` is a digest noted earlier that has to be in the chain."""
    events = seals = 0
    digest, problem, event_id = "", "", None
    seen_known = not known
    try:
        for seal in AuditSeal.objects.order_by("number").iterator(chunk_size=20):
            _compare_seal(seal, number=seals + 1, previous=digest)
            seals, events, digest = seals + 1, events + len(seal.leaves), seal.digest
            seen_known = seen_known or seal.digest == known
        _compare_numbers(now)
    except Broken as broken:
        problem, event_id = broken.problem, broken.event_id
    waiting = max(AuditEvent.objects.count() - events, 0) if not problem else 0
    return Check(events, seals, waiting, digest, problem, event_id, seen_known or bool(problem))


def _compare_seal(seal: AuditSeal, *, number: int, previous: str) -> None:
    if seal.number != number:
        raise Broken(f"Seal {number} is gone: the next one is seal {seal.number}, from event {seal.first_id} on.")
    if not audit_chain.is_intact(seal, previous=previous):
        _name_event(seal)
        raise Broken(f"Seal {number} itself was changed. It covers events {seal.first_id} to {seal.last_id}.")
    _name_event(seal)


def _name_event(seal: AuditSeal) -> None:
    """Raise for the first event of a seal that differs."""
    events = AuditEvent.objects.in_bulk([leaf[0] for leaf in seal.leaves])
    when = f"{seal.sealed_at:%Y-%m-%d %H:%M} UTC"
    for pk, facts, names in seal.leaves:
        event = events.get(pk)
        if event is None:
            raise Broken(f"Event {pk} is gone. It was sealed at {when}.", pk)
        if audit_chain.facts_digest(event) != facts:
            raise Broken(f"Event {pk} ({event.verb}) is not what was sealed at {when}.", pk)
        if audit_chain.names_digest(event) != names and not audit_chain.names_are_erased(event):
            raise Broken(f"The names in event {pk} ({event.verb}) are not those that were sealed at {when}.", pk)


def _compare_numbers(now: datetime) -> None:
    """Raise for the first event that was put in below what is sealed for good."""
    lowest = floor(now)
    sealed = sum(1 for pk in _sealed_ids() if pk < lowest)
    if AuditEvent.objects.filter(pk__lt=lowest).count() == sealed:
        return
    known = set(_sealed_ids())
    for event in AuditEvent.objects.filter(pk__lt=lowest).order_by("pk").iterator():
        if event.pk not in known:
            raise Broken(f"Event {event.pk} ({event.verb}) was put in after its neighbours had been sealed.", event.pk)


def _sealed_ids() -> Iterator[int]:
    for leaves in AuditSeal.objects.order_by("number").values_list("leaves", flat=True).iterator(chunk_size=20):
        yield from (leaf[0] for leaf in leaves)
