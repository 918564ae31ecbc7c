"""Keep a plan's evidence true: when a review behind it is revised or voided, the evidence follows what stands now."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import F, Q, QuerySet

from coaching.evidence import lost_points
from coaching.models import Evidence, Plan
from coaching.services.failures import Notebook, Part
from core.audit import record
from reviews.models import Answer, Review


def follow_revisions(*, now: datetime, notes: Notebook | None = None) -> int:
    """Let the evidence of open plans follow revised and voided reviews; the number of plans changed.

    Doing it twice changes nothing. One plan that fails is noted, tried again next time, and stops no other.
    """
    notes = notes or Notebook(now=now)
    changed = 0
    for plan in Plan.objects.open().filter(pk__in=_overtaken().values("plan")).order_by("pk"):
        about = {"agent_id": plan.agent_id, "skill_id": plan.skill_id}
        changed += notes.guard(Part.UPKEEP, str(plan.pk), partial(_follow, plan, now=now), **about)
    return changed


def _overtaken() -> QuerySet[Evidence]:
    revised = ~Q(answer__revision=F("review__current"))
    return Evidence.objects.filter(revised | ~Q(review__status=Review.Status.PUBLISHED))


@transaction.atomic
def _follow(plan: Plan, *, now: datetime) -> bool:
    # The plan's row is the lock: two sweeps at once follow one after the other, and the second finds nothing to do.
    Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    rows = list(_overtaken().filter(plan=plan).select_related("review", "answer__criterion"))
    kept = sum(_replaced(row) for row in rows)
    if rows:
        record("plan.evidence_revised", target=plan, by=None, at=now, params={"kept": kept, "gone": len(rows) - kept})
    return bool(rows)


def _replaced(row: Evidence) -> bool:
    """Point a piece of evidence at the answer that stands now; it goes when that one speaks for the plan no longer."""
    answer = None
    if row.review.status == Review.Status.PUBLISHED:
        found = Answer.objects.filter(revision=row.review.current_id, criterion=row.answer.criterion_id)
        answer = found.filter(state=Answer.State.SCORED, value__lt=1).first()
    if answer is None or Evidence.objects.filter(plan=row.plan_id, answer=answer).exists():
        Evidence.objects.filter(pk=row.pk).delete()
        return False
    Evidence.objects.filter(pk=row.pk).update(answer=answer, lost_points=lost_points(answer))
    return True
