"""Did it work: measure each plan once its follow-up reviews are in, and again when a review it used was revised.

Every number comes from coaching.effects, on the sums that coaching.selectors.outcomes reads.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q

from accounts.models import Notification
from coaching import spans
from coaching.effects import Measured, measure
from coaching.models import Outcome, PastOutcome, Plan
from coaching.selectors import outcomes as read
from coaching.services.failures import Notebook, Part
from coaching.spans import Weeks
from core.audit import record

Row = TypeVar("Row", Plan, Outcome)

AT_ONCE = 200
REMEMBERED = timedelta(weeks=26)
"""After closing, when a revised review stops changing an outcome."""


def sweep(*, now: datetime) -> int:
    """Measure every plan whose follow-up is complete, then compare what was measured; the number new or changed.

    Doing it twice changes nothing. One plan that fails is noted, tried again next time, and stops no other.
    """
    notes = Notebook(now=now)
    due = Plan.objects.filter(status=Plan.Status.DUE).not_paused()
    due = due.select_related("agent", "skill").order_by("follow_up_on", "pk")
    done = sum(_guarded(plan, plan, evaluate, notes) for plan in due)
    done += sum(_guarded(outcome, outcome.plan, compare, notes) for outcome in _to_compare(now)[:AT_ONCE])
    notes.close((Part.OUTCOME,))
    return done


@transaction.atomic
def evaluate(plan: Plan, *, now: datetime) -> bool:
    """Measure one plan that is due, unless reviews are still out; exactly one of two callers does."""
    row = Plan.objects.select_for_update(of=("self",)).select_related("agent", "skill").get(pk=plan.pk)
    compared = read.compared(row)
    if row.status != Plan.Status.DUE or compared is None or not _is_complete(row, compared, now=now):
        return False
    outcome = _store(row, compared, now=now)
    Plan.objects.filter(pk=row.pk).update(status=Plan.Status.EVALUATED, updated_at=now)
    record(
        "plan.evaluated", target=row, by=None, at=now,
        params={"from": Plan.Status.DUE, "verdict": outcome.verdict, "number": outcome.number},
    )  # fmt: skip
    _tell_owner(row, now=now)
    return True


@transaction.atomic
def compare(outcome: Outcome, *, now: datetime) -> bool:
    """Compare an outcome with the reviews of today, and measure it again when they say something else."""
    row = Outcome.objects.select_for_update(of=("self",)).select_related("plan__skill").get(pk=outcome.pk)
    inputs = read.inputs(row.plan, _weeks_of(row))
    if _digest(inputs) == row.digest:
        Outcome.objects.filter(pk=row.pk).update(checked_at=now)
        return False
    said = row.verdict
    _replace(row, inputs, now=now)
    record(
        "plan.outcome_revised", target=row.plan, by=None, at=now,
        params={"from": said, "verdict": row.verdict, "number": row.number},
    )  # fmt: skip
    if row.verdict != said:
        _tell_owner(row.plan, now=now)
    return True


def _guarded(row: Row, plan: Plan, work: Callable[..., bool], notes: Notebook) -> int:
    key = f"{row._meta.model_name} {row.pk}"
    about = {"agent_id": plan.agent_id, "skill_id": plan.skill_id}
    return notes.guard(Part.OUTCOME, key, partial(work, row, now=notes.now), **about)


def _to_compare(now: datetime) -> Any:
    lives = Q(plan__closed_at=None) | Q(plan__closed_at__gte=now - REMEMBERED)
    return Outcome.objects.filter(lives, checked_at__lt=now).select_related("plan").order_by("checked_at", "pk")


def _is_complete(plan: Plan, compared: Weeks, *, now: datetime) -> bool:
    if now >= spans.latest(compared):
        return True
    return now >= spans.earliest(compared) and not read.progress(plan, compared).out


def _store(plan: Plan, compared: Weeks, *, now: datetime) -> Outcome:
    """Write the outcome of a window, or measure it again where the window was measured before."""
    inputs = read.inputs(plan, compared)
    known = Outcome.objects.filter(plan=plan, first_week=compared.first, last_week=compared.last).first()
    if known is not None:
        if _digest(inputs) != known.digest:
            _replace(known, inputs, now=now)
        return known
    return Outcome.objects.create(
        plan=plan,
        baseline_first_week=compared.baseline_first,
        baseline_last_week=compared.baseline_last,
        first_week=compared.first,
        last_week=compared.last,
        **_figures(inputs, now=now),
    )


def _replace(outcome: Outcome, inputs: dict[str, Any], *, now: datetime) -> None:
    """Measure an outcome again; what it said goes into the history."""
    PastOutcome.objects.create(
        outcome=outcome,
        number=outcome.number,
        measured_at=outcome.measured_at,
        replaced_at=now,
        verdict=outcome.verdict,
        figures=_said(outcome),
    )
    for name, value in _figures(inputs, now=now).items():
        setattr(outcome, name, value)
    outcome.number += 1
    outcome.save()


def _figures(inputs: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    return {
        **asdict(measure(inputs)), "inputs": inputs, "digest": _digest(inputs), "measured_at": now, "checked_at": now,
    }  # fmt: skip


def _said(outcome: Outcome) -> dict[str, Any]:
    return {one.name: getattr(outcome, one.name) for one in fields(Measured)} | {"inputs": outcome.inputs}


def _digest(inputs: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _weeks_of(outcome: Outcome) -> Weeks:
    return Weeks(outcome.baseline_first_week, outcome.baseline_last_week, outcome.first_week, outcome.last_week)


def _tell_owner(plan: Plan, *, now: datetime) -> None:
    if plan.owner_id is not None:
        Notification.objects.create(
            user_id=plan.owner_id, kind="plan.evaluated", path=f"/coaching/plans/{plan.pk}/", created_at=now
        )
