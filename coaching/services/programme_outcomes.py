"""Measure programmes once their follow-up is in, and again when a review that was used changes."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from accounts.models import Notification
from coaching.models import Programme, ProgrammeOutcome
from coaching.programme_effects import measure
from coaching.selectors import programmes as read
from core.audit import record

logger = logging.getLogger(__name__)
REMEMBERED = timedelta(weeks=26)
"""After closing, when a revised review stops changing an outcome."""
AT_ONCE = 50


def sweep(*, now: datetime) -> int:
    """Measure every programme whose follow-up is complete, then compare what was measured; the number changed.

    Doing it twice changes nothing. One programme that fails is logged, tried again, and stops no other.
    """
    running = Programme.objects.filter(status=Programme.Status.RUNNING).order_by("follow_up_on", "pk")
    lives = Q(closed_at=None) | Q(closed_at__gte=now - REMEMBERED)
    measured = Programme.objects.filter(lives, outcomes__isnull=False).exclude(status=Programme.Status.RUNNING)
    # The longest not compared first, so that each has its turn.
    measured = measured.annotate(compared_at=Max("outcomes__checked_at")).order_by("compared_at", "pk")
    return _each(running, evaluate, now=now) + _each(measured[:AT_ONCE], compare, now=now)


@transaction.atomic
def evaluate(programme: Programme, *, now: datetime) -> bool:
    """Measure a running programme, unless reviews are still out; exactly one of two callers does."""
    row = _locked(programme)
    compared = read.weeks_of(row)
    if row.status != Programme.Status.RUNNING or compared is None or not read.is_due(row, compared, now=now):
        return False
    made = _store(row, read.inputs(row, compared), now=now)
    Programme.objects.filter(pk=row.pk).update(status=Programme.Status.MEASURED, updated_at=now)
    record("programme.measured", target=row, by=None, at=now, params={"verdict": made.verdict, "number": made.number})
    _tell_owner(row, now=now)
    return True


@transaction.atomic
def compare(programme: Programme, *, now: datetime) -> bool:
    """Measure a programme again when the reviews of today say something else; what was said stays below it."""
    row = _locked(programme)
    newest, compared = row.outcomes.first(), read.weeks_of(row)
    if newest is None or compared is None:
        return False
    inputs = read.inputs(row, compared)
    if _digest(inputs) == newest.digest:
        ProgrammeOutcome.objects.filter(pk=newest.pk).update(checked_at=now)
        return False
    made = _store(row, inputs, now=now)
    record(
        "programme.outcome_revised",
        target=row,
        by=None,
        at=now,
        params={"verdict": made.verdict, "number": made.number},
    )
    if made.verdict != newest.verdict:
        _tell_owner(row, now=now)
    return True


def _store(programme: Programme, inputs: dict[str, Any], *, now: datetime) -> ProgrammeOutcome:
    compared = read.weeks_of(programme)
    assert compared is not None
    return ProgrammeOutcome.objects.create(
        programme=programme,
        number=programme.outcomes.count() + 1,
        first_week=compared.first,
        last_week=compared.last,
        measured_at=now,
        checked_at=now,
        inputs=inputs,
        digest=_digest(inputs),
        **asdict(measure(inputs)),
    )


def _locked(programme: Programme) -> Programme:
    return Programme.objects.select_for_update(of=("self",)).select_related("skill", "master").get(pk=programme.pk)


def _each(rows: Iterable[Programme], work: Callable[..., bool], *, now: datetime) -> int:
    done = 0
    for row in rows:
        try:
            done += work(row, now=now)
        except Exception:
            logger.exception("The outcome of programme %s could not be worked out", row.pk)
    return done


def _digest(inputs: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _tell_owner(programme: Programme, *, now: datetime) -> None:
    if programme.owner_id is not None:
        path = f"/coaching/programmes/{programme.pk}/"
        Notification.objects.create(user_id=programme.owner_id, kind="programme.measured", path=path, created_at=now)
