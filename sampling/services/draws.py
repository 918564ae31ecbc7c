"""Draws: a frame is frozen once, every unit gets its number, and the smallest are picked."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from core.refusals import Refusal, Refused, refuse
from rubrics.models import RubricVersion
from sampling import cycles, periods
from sampling.cycles import Period
from sampling.models import Draw, Plan
from sampling.policies import why_not_draw, why_not_void
from sampling.pools import TargetedPool
from sampling.population import portable
from sampling.receipt_lines import VERSION as RECEIPT_VERSION
from sampling.selectors.classes import Classified, classify
from sampling.selectors.frames import collect
from sampling.selectors.receipts import frame_digest
from sampling.selectors.scales import scale_of
from sampling.services import framing, keys, overlaps
from sampling.terms import Terms

logger = logging.getLogger(__name__)


def freeze(plan: Plan, *, period: Period, by: User | None = None, now: datetime) -> Draw:
    """Freeze the frame of a closed period and pick from it; the draw that stands already, if there is one.

    Asking twice, or from two processes at once, gives one draw. Which conversations are picked depends on nothing
    but the key of the period, the ids in the frame and the quota.
    """
    refuse(why_not_draw(by, plan, period, now))
    try:
        with transaction.atomic():
            # Not for key: picks and queue items that refer to the plan need not wait.
            locked = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
            return _standing(locked, period) or _freeze(locked, period, by=by, now=now)
    except IntegrityError:
        standing = _standing(plan, period)
        if standing is None:
            raise
        return standing


def try_freeze(plan: Plan, *, period: Period, now: datetime) -> bool:
    """Freeze for the clock: log a refusal, which somebody has to act on, instead of raising it again and again."""
    try:
        freeze(plan, period=period, now=now)
    except Refused as refused:
        logger.warning("No draw of plan %s for %s: %s", plan.pk, period.label, refused.refusal.code)
        return False
    return True


def void(draw: Draw, *, reason: str, by: User | None, now: datetime) -> Draw:
    """Take a draw out of everything; it stays visible with its reason, and its period can be drawn again."""
    with transaction.atomic():
        locked = Draw.objects.select_for_update(no_key=True).get(pk=draw.pk)
        refuse(why_not_void(by, locked, reason))
        locked.voided_at, locked.voided_by, locked.void_reason = now, by, reason.strip()
        locked.save(update_fields=["voided_at", "voided_by", "void_reason"])
        audit.record("draw.voided", target=locked, by=by, at=now, fields=["void_reason"])
    return locked


def _standing(plan: Plan, period: Period) -> Draw | None:
    return plan.draws.standing().filter(period=period.label).first()


def _freeze(plan: Plan, period: Period, *, by: User | None, now: datetime) -> Draw:
    terms = periods.terms_of(plan, period)
    version = _version(terms)
    collected = collect(plan, terms, period)
    classified = classify(collected, plan, terms, period, now=now)
    scale, scale_from = _scale(plan, classified, period, now=now)
    key = keys.of(plan, period, now=now)
    draw = Draw.objects.create(
        plan=plan,
        period=period.label,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        time_zone=period.time_zone,
        frozen_settings=_frozen_settings(plan, terms, version),
        rubric_version=version,
        receipt_version=RECEIPT_VERSION,
        targeted_scale=scale,
        targeted_from=scale_from,
        fingerprint=key.fingerprint,
        too_late=collected.too_late,
        without_reviewee=collected.without_reviewee,
        frozen_at=now,
        frozen_by=by,
        due_at=_due_at(terms, period, now),
    )
    strata = framing.write_strata(draw, classified, terms, key)
    picks = framing.write_picks(strata, TargetedPool.of(draw, keys.secret(key)), now=now)
    overlaps.note(draw, strata, picks, since=periods.previous(plan, period).starts_at)
    draw.frame_size = sum(stratum.frame_size for stratum in strata)
    draw.picked = len(picks)
    draw.under_filled = sum(stratum.missing for stratum in strata)
    draw.frame_digest = frame_digest(draw, strata, key)
    draw.save(update_fields=["frame_size", "picked", "under_filled", "frame_digest"])
    audit.record("draw.frozen", target=draw, by=by, at=now, params={"frame": draw.frame_size, "picked": draw.picked})
    return draw


def _scale(plan: Plan, classified: Classified, period: Period, *, now: datetime) -> tuple[float | None, str]:
    """Return c of the targeted pool, and where it comes from; None for a plan without one."""
    if not classified.terms.has_targeted_pool:
        return None, ""
    return scale_of(plan, classified.terms, period, own=classified.hits, now=now)


def _version(terms: Terms) -> RubricVersion:
    version = RubricVersion.objects.published().filter(rubric=terms.rubric_id).select_related("rubric").first()
    if version is None:
        raise Refused(
            Refusal("rubric_not_published", 409, _("The rubric of this plan has no published version. Publish one."))
        )
    return version


def _frozen_settings(plan: Plan, terms: Terms, version: RubricVersion) -> dict[str, object]:
    """Return the terms in words that mean the same in every database, for the page and the receipt."""
    kept = {name: _whole(value) for name, value in terms.as_json().items() if name != "rubric_id"}
    kept["population"] = portable(terms.population)
    return {"name": plan.name, "rubric": f"{version.rubric.slug} v{version.number}", **kept}


def _whole(value: Any) -> Any:
    """Write whole numbers without a point, as every program that lays a receipt out anew would."""
    if isinstance(value, dict):
        return {name: _whole(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _due_at(terms: Terms, period: Period, now: datetime) -> datetime:
    """Return the end of the last day for reviews, in the plan's time zone."""
    zone = ZoneInfo(period.time_zone)
    return cycles.midnight(now.astimezone(zone).date() + timedelta(days=terms.due_days + 1), zone)
