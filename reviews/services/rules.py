"""Set how a plan's work is given out. What is drawn does not change by it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from core import audit
from core.refusals import refuse
from reviews.models import QueueRules
from reviews.policies import why_not_set_rules
from sampling.models import Plan
from sampling.services import plans

FIELDS = (
    "distribution", "grace_days", "excludes_lead", "recent_pair_days", "second_share", "second_at_least", "goal",
)  # fmt: skip


@transaction.atomic
def change(
    plan: Plan, values: Mapping[str, Any], *, capacities: Mapping[int, int] | None = None, by: User, now: datetime
) -> QueueRules:
    """Change the rules of a plan, and how much each of its named reviewers takes (user id → share)."""
    refuse(why_not_set_rules(by, plan))
    rules, _made = QueueRules.objects.select_for_update(no_key=True).get_or_create(plan=plan)
    changed = [name for name in FIELDS if name in values and getattr(rules, name) != values[name]]
    for name in changed:
        setattr(rules, name, values[name])
    rules.save(update_fields=changed or ["plan"])
    if plans.set_capacities(plan, capacities or {}):
        changed.append("capacity")
    if changed:
        audit.record("queue_rules.changed", target=rules, by=by, at=now, fields=changed)
    return rules
