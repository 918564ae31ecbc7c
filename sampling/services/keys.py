"""Keys: made once, kept secret, and promised by their fingerprints before a period starts."""

from __future__ import annotations

import secrets
from datetime import datetime

from core import audit
from sampling import periods
from sampling.cycles import Period
from sampling.design import fingerprint, period_key
from sampling.models import Draw, MasterKey, PeriodKey, Plan

KEY_BYTES = 32
PERIODS_AHEAD = 2


def master(now: datetime) -> MasterKey:
    """Return the key behind all keys; make it the first time. Two makers at once end up with the same one."""
    # One look decides: a second query could see the key that somebody made in between, and count on from it.
    newest = MasterKey.objects.order_by("-number").first()
    if newest is not None and newest.retired_at is None:
        return newest
    made, created = MasterKey.objects.get_or_create(
        number=newest.number + 1 if newest else 1,
        defaults={"secret": secrets.token_bytes(KEY_BYTES), "created_at": now},
    )
    if created:
        audit.record("sampling.master_key_made", target=made, by=None, at=now)
    return made


def of(plan: Plan, period: Period, *, now: datetime) -> PeriodKey:
    """Return the key of a period; publish its fingerprint now if nobody has."""
    known = PeriodKey.objects.filter(plan=plan, period=period.label).select_related("master").first()
    if known is not None:
        return known
    behind = master(now)
    key = period_key(bytes(behind.secret), str(plan.identity), period.label)
    made, _ = PeriodKey.objects.get_or_create(
        plan=plan,
        period=period.label,
        defaults={
            "starts_at": period.starts_at,
            "ends_at": period.ends_at,
            "master": behind,
            "fingerprint": fingerprint(key),
            "published_at": now,
        },
    )
    return made


def of_draw(draw: Draw) -> bytes:
    """Return the key that a draw was made with."""
    key = PeriodKey.objects.select_related("master", "plan").get(plan=draw.plan_id, period=draw.period)
    return secret(key)


def publish(plan: Plan, *, now: datetime) -> list[PeriodKey]:
    """Publish the fingerprints of the running period and of those to come; again and again changes nothing."""
    period = periods.containing(plan, now)
    published = [of(plan, period, now=now)]
    for _ in range(PERIODS_AHEAD):
        period = periods.following(plan, period)
        published.append(of(plan, period, now=now))
    return published


def publish_all(*, now: datetime) -> int:
    """Publish the next fingerprints of every plan that is not archived; the number of plans."""
    plans = Plan.objects.open().prefetch_related("past_terms")
    return len([publish(plan, now=now) for plan in plans])


def secret(key: PeriodKey) -> bytes:
    """Return the key itself. Only for a draw that is frozen, and for its receipt."""
    return period_key(bytes(key.master.secret), str(key.plan.identity), key.period)
