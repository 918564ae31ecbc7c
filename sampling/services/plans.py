"""Plans: made, changed from the next period on, paused, resumed and archived."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from core.refusals import Refusal, Refused, refuse
from sampling import periods
from sampling.feedback_rules import FeedbackRules
from sampling.models import PastTerms, Plan, PlanPause, PlanReviewer
from sampling.policies import why_not_edit, why_not_manage, why_not_pause, why_not_resume
from sampling.services import keys
from sampling.terms import NAMES, Terms


def create(
    name: str,
    *,
    terms: Terms,
    starts_on: date,
    reviewers: Iterable[User] = (),
    feedback: FeedbackRules | None = None,
    by: User | None = None,
    now: datetime,
) -> Plan:
    """Make a plan and publish the fingerprints of its first periods."""
    refuse(why_not_manage(by))
    with transaction.atomic():
        plan = Plan(name=name.strip(), starts_on=starts_on, created_at=now, created_by=by)
        _set(plan, {**terms.as_json(), **(feedback or FeedbackRules()).as_dict()})
        _save(plan)
        _set_reviewers(plan, reviewers)
        audit.record("plan.created", target=plan, by=by, at=now)
        keys.publish(plan, now=now)
    return plan


def edit(
    plan: Plan,
    *,
    name: str,
    terms: Terms,
    reviewers: Iterable[User],
    feedback: FeedbackRules | None = None,
    by: User | None,
    now: datetime,
) -> Plan:
    """Change a plan. Name, reviewers and the rules of feedback change at once, the latter for what is submitted then.

    The terms change from the next period on, so that no frame is bent.
    """
    with transaction.atomic():
        locked = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
        refuse(why_not_edit(by, locked))
        before = Terms.of(locked)
        changed = [field for field in NAMES if getattr(before, field) != getattr(terms, field)]
        if changed:
            _keep_terms_of_this_period(locked, before, by=by, now=now)
        fields = [*changed, *(["name"] if name.strip() != locked.name else [])]
        locked.name = name.strip()
        rules = feedback or FeedbackRules.of(locked)
        fields += [field for field, value in rules.as_dict().items() if getattr(locked, field) != value]
        _set(locked, {**terms.as_json(), **rules.as_dict()})
        _save(locked)
        if _set_reviewers(locked, reviewers):
            fields.append("reviewers")
        if fields:
            audit.record("plan.edited", target=locked, by=by, at=now, fields=fields)
        if locked.status == Plan.Status.ACTIVE:
            keys.publish(locked, now=now)
    return locked


def pause(plan: Plan, *, by: User | None, now: datetime) -> Plan:
    """Stop drawing. Periods that close from now on are not drawn, and not caught up."""
    with transaction.atomic():
        locked = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
        refuse(why_not_pause(by, locked))
        PlanPause.objects.create(plan=locked, starts_at=now)
        return _move(locked, Plan.Status.PAUSED, verb="plan.paused", by=by, now=now)


def resume(plan: Plan, *, by: User | None, now: datetime) -> Plan:
    """Draw again, beginning with the running period."""
    with transaction.atomic():
        locked = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
        refuse(why_not_resume(by, locked))
        PlanPause.objects.filter(plan=locked, ends_at=None).update(ends_at=now)
        moved = _move(locked, Plan.Status.ACTIVE, verb="plan.resumed", by=by, now=now)
        keys.publish(moved, now=now)
        return moved


def archive(plan: Plan, *, by: User | None, now: datetime) -> Plan:
    """End a plan for good; its draws stay."""
    with transaction.atomic():
        locked = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
        refuse(why_not_edit(by, locked))
        return _move(locked, Plan.Status.ARCHIVED, verb="plan.archived", by=by, now=now)


def _set(plan: Plan, values: dict[str, Any]) -> None:
    for field, value in values.items():
        setattr(plan, field, value)


def set_capacities(plan: Plan, capacities: Mapping[int, int]) -> bool:
    """Set how much of the work each named reviewer (user id) takes, in proportion; whether anything changed."""
    found = plan.reviewers.filter(user__in=capacities)
    changed = [one for one in found if one.capacity != capacities[one.user_id]]
    for one in changed:
        one.capacity = capacities[one.user_id]
    PlanReviewer.objects.bulk_update(changed, ["capacity"])
    return bool(changed)


def _save(plan: Plan) -> None:
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError:
        if Plan.objects.filter(name=plan.name).exclude(pk=plan.pk).exists():
            raise Refused(
                Refusal("name_taken", 409, _("Another plan has this name. Choose a different one."))
            ) from None
        raise


def _keep_terms_of_this_period(plan: Plan, before: Terms, *, by: User | None, now: datetime) -> None:
    """Keep the terms that hold until the running period ends. A change that never came into force leaves no trace."""
    if plan.terms_from_at is not None and plan.terms_from_at > now:
        return
    period = periods.containing(plan, now)
    if period.starts_at < periods.first(plan).starts_at and not plan.draws.exists():
        return  # the plan has not begun, so there is nothing to keep
    PastTerms.objects.create(
        plan=plan,
        terms=before.as_json(),
        ends_at=period.ends_at,
        day_after=period.day_after,
        replaced_at=now,
        replaced_by=by,
    )
    plan.terms_from_at, plan.terms_from_day = period.ends_at, period.day_after


def _set_reviewers(plan: Plan, reviewers: Iterable[User]) -> bool:
    wanted = {user.pk for user in reviewers}
    present = set(plan.reviewers.values_list("user_id", flat=True))
    plan.reviewers.exclude(user__in=wanted).delete()
    PlanReviewer.objects.bulk_create(
        [PlanReviewer(plan=plan, user_id=user_id) for user_id in sorted(wanted - present)], ignore_conflicts=True
    )
    return wanted != present


def _move(plan: Plan, status: Plan.Status, *, verb: str, by: User | None, now: datetime) -> Plan:
    assert status.value in Plan.TRANSITIONS[plan.status]
    plan.status = status
    plan.save(update_fields=["status"])
    audit.record(verb, target=plan, by=by, at=now)
    return plan
