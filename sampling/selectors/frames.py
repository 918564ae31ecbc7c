"""Which completions belong in a frame: those of the period, and those that became known after the last freeze."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q

from sampling import periods
from sampling.cycles import Period
from sampling.models import Draw, FrameStratum, Plan
from sampling.selectors.candidates import Candidate, candidates, completions
from sampling.terms import Terms

# An import may commit a little after the moment it says it knew a conversation.
COMMIT_DELAY = timedelta(hours=1)


@dataclass(slots=True)
class Collected:
    """A frame before it has numbers: candidates by agent, and what is left out and counted."""

    by_agent: dict[int, list[Candidate]] = field(default_factory=dict)
    without_reviewee: int = 0
    too_late: int = 0


def collect(plan: Plan, terms: Terms, period: Period) -> Collected:
    """Return the frame of a period: each completion enters exactly one frame of a plan.

    Its own period's, when it is known by then; else the next one's, when it completed in the period before; else
    none, and it is counted as too late. Cost follows the completions of two periods, whatever else there is.
    """
    previous = periods.previous(plan, period)
    earlier = _draws_of(plan, previous)
    own = completions(terms).filter(completed_at__gte=period.starts_at, completed_at__lt=period.ends_at)
    found = list(candidates(own, terms))
    if earlier:
        late = completions(terms).filter(
            completed_at__gte=previous.starts_at,
            completed_at__lt=previous.ends_at,
            known_at__gt=earlier[0].frozen_at - COMMIT_DELAY,
        )
        found.extend(candidates(late, terms))
    taken = _taken(plan, previous, period, found) if found else frozenset()
    counted = earlier[-1].frozen_at if earlier else None
    collected = _by_reviewee((one for one in found if one.completion_id not in taken), terms, period, counted)
    collected.too_late = _too_late(plan, terms, period, before=previous.starts_at)
    return collected


def _draws_of(plan: Plan, period: Period) -> list[Draw]:
    """Return the draws of a period, voided or not, oldest first: what the first of them could not know of came late.

    Not the newest: what came late may have stood in a frame that was voided when its own period was drawn again.
    """
    return list(plan.draws.filter(starts_at=period.starts_at).order_by("frozen_at", "pk"))


def _taken(plan: Plan, previous: Period, period: Period, found: Iterable[Candidate]) -> frozenset[int]:
    """Return the completions that stand in the frames before and after this one, or in one they were moved out of."""
    neighbours = Q(draw__ends_at__gt=previous.starts_at, draw__starts_at__lte=period.ends_at)
    # Known before it ended: a later import corrected when it ended, and its first ending may have been drawn from.
    corrected = [one.known_at for one in found if one.known_at < one.completed_at]
    if corrected:
        neighbours |= Q(draw__frozen_at__gt=min(corrected))
    return _in_frames(plan, neighbours)


def _in_frames(plan: Plan, which: Q) -> frozenset[int]:
    strata = FrameStratum.objects.filter(which, draw__plan=plan, draw__voided_at=None)
    return frozenset(unit[0] for units in strata.values_list("units", flat=True).iterator() for unit in units)


def _by_reviewee(found: Iterable[Candidate], terms: Terms, period: Period, counted: datetime | None) -> Collected:
    """Gather candidates by agent. counted: when the last draw of the period before counted those without one."""
    collected = Collected()
    for candidate in found:
        if candidate.agent_id is not None and (terms.includes_bots or not candidate.is_bot):
            collected.by_agent.setdefault(candidate.agent_id, []).append(candidate)
        # Within the commit delay the last draw has counted it already.
        elif candidate.completed_at >= period.starts_at or (counted and candidate.known_at > counted):
            collected.without_reviewee += 1
    return collected


def _too_late(plan: Plan, terms: Terms, period: Period, *, before: datetime) -> int:
    """Count what became known since the last freeze but ended more than one period before this frame."""
    last = plan.draws.filter(starts_at__lt=period.starts_at).order_by("-frozen_at").first()
    first = plan.draws.order_by("starts_at").first()
    if last is None or first is None:
        return 0
    late = completions(terms).filter(
        known_at__gt=last.frozen_at, completed_at__gte=first.starts_at, completed_at__lt=before
    )
    known = dict(late.values_list("pk", "completed_at"))
    return len(_not_in(known, _in_frames(plan, Q(draw__ends_at__gt=min(known.values()))))) if known else 0


def _not_in(known: Collection[int], framed: frozenset[int]) -> list[int]:
    # After a clock was set back, completions can look late that stand in a frame.
    return [completion for completion in known if completion not in framed]
