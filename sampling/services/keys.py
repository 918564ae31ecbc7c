"""Keys: made once, kept secret, and promised by their fingerprints before a period starts."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from accounts.models import User
from core import audit
from core.refusals import refuse
from sampling import periods
from sampling.cycles import Period
from sampling.design import fingerprint, period_key
from sampling.models import Draw, MasterKey, PeriodKey, Plan
from sampling.policies import why_not_rotate

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
        return _moved_to(known, period)
    with transaction.atomic():
        behind = _held(now)
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


def _moved_to(known: PeriodKey, period: Period) -> PeriodKey:
    """Let a key begin and end with its period, which a change of zone may have moved: a rotation asks for it."""
    if (known.starts_at, known.ends_at) != (period.starts_at, period.ends_at):
        known.starts_at, known.ends_at = period.starts_at, period.ends_at
        known.save(update_fields=["starts_at", "ends_at"])
    return known


@transaction.atomic
def rotate(*, by: User | None, now: datetime) -> MasterKey:
    """Retire the master key and make the next one, which holds for every period that has not begun.

    What runs or is over keeps the key that was promised, and old draws repeat with it. The fingerprints of periods to
    come are published anew, each with the one that it replaces.
    """
    refuse(why_not_rotate(by))
    old = _held(now)
    old.retired_at = now
    old.save(update_fields=["retired_at"])
    made = MasterKey.objects.create(number=old.number + 1, secret=secrets.token_bytes(KEY_BYTES), created_at=now)
    audit.record("sampling.master_key_changed", target=made, by=by, at=now, params={"retired": old.number})
    to_come = PeriodKey.objects.select_for_update(of=("self",), no_key=True).select_related("plan")
    for promised in to_come.filter(starts_at__gt=now).order_by("pk"):
        _promise_anew(promised, made, by=by, now=now)
    return made


def _promise_anew(promised: PeriodKey, behind: MasterKey, *, by: User | None, now: datetime) -> None:
    key = period_key(bytes(behind.secret), str(promised.plan.identity), promised.period)
    before = promised.fingerprint
    promised.master, promised.fingerprint, promised.published_at = behind, fingerprint(key), now
    promised.replaces = before
    promised.save(update_fields=["master", "fingerprint", "published_at", "replaces"])
    params = {"period": promised.period, "before": before, "after": promised.fingerprint}
    audit.record("sampling.fingerprint_replaced", target=promised, by=by, at=now, params=params)


def _held(now: datetime) -> MasterKey:
    """Return the master key, locked: no key of a period is made from one that is being retired meanwhile."""
    while True:
        newest = master(now)
        locked = MasterKey.objects.select_for_update(no_key=True).get(pk=newest.pk)
        if locked.retired_at is None:
            return locked


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
