"""What a reviewer cannot review, and what that does to the sample (statistics.md 1.3). Nobody chooses the next."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from core.refusals import Refusal, Refused, refuse
from sampling.models import FrameStratum, Pick
from sampling.policies import why_not_check, why_not_overrule, why_not_skip
from sampling.prefix import reach
from sampling.reasons import SkipClass, SkipReason
from sampling.services import overlaps
from sampling.services.framing import release


@transaction.atomic
def record(pick: Pick, *, reason: str, by: User | None, now: datetime) -> Pick | None:
    """Skip a pick for a reason of the closed list; the pick that was released instead, if any.

    Not eligible: the next u is released at once; the unit leaves the frame when a rule or a second person confirms it,
    and until then counts as drawn and not reviewed. Reassign: nothing in the sample changes, the caller gives it to
    somebody else. Nonresponse: it stays and is counted; the next u is released until the due date, but never when the
    time just ran out.
    """
    known = _reason(reason)
    stratum, locked = _lock(pick)
    refuse(why_not_skip(locked))
    params = {"reason": known.value}
    if known.skip_class is SkipClass.REASSIGN:
        audit.record("pick.reassigned", target=locked, by=by, at=now, params=params)
        return None
    locked.dropped, locked.drop_reason = _dropped_as(locked, known, by=by), known.value
    locked.dropped_at, locked.dropped_by = now, by
    locked.vacated = stratum is not None and _hands_on(locked, known, now)
    locked.save(update_fields=["dropped", "drop_reason", "dropped_at", "dropped_by", "vacated"])
    released = _settle(stratum, now=now) if stratum is not None else None
    audit.record("pick.skipped", target=locked, by=by, at=now, fields=["dropped"], params=params)
    return released


@transaction.atomic
def confirm(pick: Pick, *, by: User | None, now: datetime) -> Pick:
    """Take a pick out of the frame because a second person, too, finds it not eligible."""
    stratum, locked = _lock(pick)
    refuse(why_not_check(by, locked))
    locked.dropped = Pick.Dropped.INELIGIBLE
    locked.save(update_fields=["dropped"])
    if stratum is not None:
        _settle(stratum, now=now)
    params = {"reason": locked.drop_reason}
    audit.record("pick.skip_confirmed", target=locked, by=by, at=now, fields=["dropped"], params=params)
    return locked


@transaction.atomic
def overrule(pick: Pick, *, by: User | None, now: datetime) -> Pick:
    """Bring back a pick that a second person finds eligible after all; what was released instead stays in, too."""
    stratum, locked = _lock(pick)
    refuse(why_not_overrule(by, locked))
    params = {"reason": locked.drop_reason}
    locked.dropped, locked.drop_reason, locked.dropped_at, locked.dropped_by = Pick.Dropped.NO, "", None, None
    locked.save(update_fields=["dropped", "drop_reason", "dropped_at", "dropped_by"])
    if stratum is not None:
        _settle(stratum, now=now)
    audit.record("pick.skip_overruled", target=locked, by=by, at=now, fields=["dropped"], params=params)
    return locked


def _dropped_as(pick: Pick, reason: SkipReason, *, by: User | None) -> str:
    """Return how a pick leaves the sample: for good if the system says so, or a rule confirms a person."""
    if reason.skip_class is not SkipClass.INELIGIBLE:
        return str(reason.skip_class.value)
    silent = reason is SkipReason.NO_AGENT_MESSAGE and pick.conversation.agent_messages == 0
    return Pick.Dropped.INELIGIBLE if by is None or silent else Pick.Dropped.CLAIMED


def _reason(reason: str) -> SkipReason:
    try:
        return SkipReason(reason)
    except ValueError:
        raise Refused(Refusal("unknown_reason", 422, _("Choose one of the reasons of the list."))) from None


def _lock(pick: Pick) -> tuple[FrameStratum | None, Pick]:
    """Lock the stratum before its picks, always in this order, and read both as they are now."""
    stratum = None
    if pick.stratum_id is not None:
        stratum = FrameStratum.objects.select_for_update(no_key=True).get(pk=pick.stratum_id)
    locked = (
        Pick.objects.select_for_update(of=("self",), no_key=True)
        .select_related("draw", "conversation", "agent")
        .get(pk=pick.pk)
    )
    return stratum, locked


def _hands_on(pick: Pick, reason: SkipReason, now: datetime) -> bool:
    if reason.skip_class is SkipClass.INELIGIBLE:
        return True
    return reason is not SkipReason.EXPIRED and pick.draw is not None and now <= pick.draw.due_at


def _settle(stratum: FrameStratum, *, now: datetime) -> Pick | None:
    """Work out k, n_e and m anew from the skips of a locked stratum, and release what the prefix now reaches."""
    dropped = Pick.objects.filter(stratum=stratum).values_list("rank", "dropped", "vacated")
    prefix = reach(
        stratum.frame_size,
        stratum.quota,
        vacated=[rank for rank, _dropped, vacated in dropped if vacated],
        ineligible=[rank for rank, dropped_as, _vacated in dropped if dropped_as == Pick.Dropped.INELIGIBLE],
    )
    released = release(stratum, range(stratum.prefix + 1, prefix.k + 1), now=now)
    overlaps.note_released(stratum, released)
    stratum.prefix, stratum.eligible, stratum.drawn = prefix.k, prefix.n_e, prefix.m
    stratum.save(update_fields=["prefix", "eligible", "drawn"])
    return released[0] if released else None
