"""Ask the conversations of a draw again: how the population that was frozen stands today, and what became of it.

The receipt alone says whether a draw was honest. Conversations live on after it: some become known late, turn out to
have been somebody else's, or are erased. What differs for such a reason is told with it, and makes no draw false. One
that is handed on after it ended is none of them: its ending stays with whoever had it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from conversations.models import Completion
from core.refusals import Refused
from sampling import units
from sampling.models import Draw, FrameStratum
from sampling.population import local
from sampling.selectors.candidates import Candidate, candidates, completions, reviewee, with_reviewee
from sampling.selectors.frames import COMMIT_DELAY
from sampling.selectors.rechecks import LOOK_BACK, NO_RUBRIC
from sampling.terms import Terms

STRATA_AT_ONCE = 20
AT_ONCE = 500  # far below what either database takes as parameters


class Became(TextChoices):
    """What became of a conversation since a frame was frozen."""

    ERASED = "erased", _("was in the frame and has been erased since")
    REASSIGNED = (
        "reassigned",
        _("was corrected after the draw: by what is known today, somebody else had it when it ended"),
    )
    CHANGED = "changed", _("was changed after the draw, and would not be in this frame any more")
    JOINED = "joined", _("was changed after the draw, and would be in this frame only since then")
    LATE = "late", _("became known after the frame was frozen: the next one takes it, or counts it as too late")
    ELSEWHERE = "elsewhere", _("stands in the frame of another period")
    UNEXPLAINED = "unexplained", _("differs, and nothing on its record says why")


@dataclass(frozen=True, slots=True)
class Change:
    """One completion that stands otherwise today; conversation_id None when it is gone."""

    became: Became
    source: str
    external_id: str
    number: int
    conversation_id: int | None

    @property
    def why(self) -> str:
        """Say what became of it."""
        return str(self.became.label)


@dataclass(frozen=True, slots=True)
class Regathered:
    """How many stand as they were frozen, and those that do not; why_not: why the conversations cannot be asked."""

    same: int = 0
    changes: tuple[Change, ...] = ()
    why_not: str = ""

    @property
    def counts(self) -> list[tuple[Became, int]]:
        """Return how often each thing happened, the commonest causes in the order of their names above."""
        found = Counter(change.became for change in self.changes)
        return [(one, found[one]) for one in Became if found[one]]


def regather(draw: Draw) -> Regathered:
    """Gather a draw's population anew from the conversations as they stand, and compare it with the frame.

    What ended in the period before came late into this frame: it is looked up, but not missed. Cost follows the
    completions of two periods, and what has changed among them; of a frame that stands only its keys are held.
    """
    lost = {kept[0]: agent for agent, units_of in _strata(draw.strata) for kept in units_of}
    size, gained = len(lost), list[Candidate]()
    handed: dict[int, Candidate] = {}
    try:
        terms = _terms(draw)
        for one in _here(draw, terms):
            whose = lost.get(one.completion_id)
            if whose is not None and whose == one.agent_id:
                del lost[one.completion_id]
            elif whose is not None:
                handed[one.completion_id] = one
            elif one.completed_at >= draw.starts_at:
                gained.append(one)
    except Refused as refused:
        return Regathered(why_not=str(refused.refusal))
    found = [*_lost(lost, handed, draw, terms), *_gained(gained, draw)]
    changes = sorted(found, key=lambda one: (list(Became).index(one.became), one.source, one.external_id))
    return Regathered(size - len(lost), tuple(changes))


def _terms(draw: Draw) -> Terms:
    population = local(draw.frozen_settings.get("population", {}))
    return Terms.from_json({**draw.frozen_settings, "population": population, "rubric_id": NO_RUBRIC})


def _here(draw: Draw, terms: Terms) -> Iterator[Candidate]:
    rows = completions(terms).filter(completed_at__gte=draw.starts_at - LOOK_BACK, completed_at__lt=draw.ends_at)
    return candidates(with_reviewee(rows, terms), terms)


def _strata(strata: Any) -> Iterator[tuple[int, list[list[Any]]]]:
    """Yield whom some strata are of, with their units as they were kept; a few at a time."""
    return iter(strata.values_list("agent_id", "units").iterator(chunk_size=STRATA_AT_ONCE))


def _some(keys: Iterable[int]) -> Iterator[QuerySet[Completion]]:
    """Yield the completions with some keys, a few hundred at a time."""
    ordered = sorted(keys)
    return (
        Completion.objects.filter(pk__in=ordered[start : start + AT_ONCE]).order_by()
        for start in range(0, len(ordered), AT_ONCE)
    )


def _lost(lost: Mapping[int, int], handed: Mapping[int, Candidate], draw: Draw, terms: Terms) -> Iterator[Change]:
    """Yield what was frozen and would not be frozen like that today."""
    known = {key: (one.conversation_id, one.agent_id, draw.frozen_at) for key, one in handed.items()}
    for rows in _some(lost.keys() - handed.keys()):
        facts = rows.values_list("pk", "conversation_id", reviewee(terms), "conversation__updated_at")
        for pk, conversation_id, agent_id, updated in facts:
            known[pk] = (conversation_id, agent_id, updated)
    for unit in (units.Unit(*kept) for _a, of in _strata(draw.strata) if lost for kept in of if kept[0] in lost):
        conversation, now_of, updated_at = known.get(unit.completion_id, (None, None, None))
        became = Became.UNEXPLAINED
        if conversation is None or updated_at is None:
            became = Became.ERASED
        elif now_of != lost[unit.completion_id]:
            became = Became.REASSIGNED
        elif updated_at > draw.frozen_at:
            became = Became.CHANGED
        yield Change(became, unit.source, unit.external_id, unit.number, conversation)


def _gained(missed: Collection[Candidate], draw: Draw) -> Iterator[Change]:
    """Yield what was not frozen and would be today."""
    early = [one for one in missed if one.known_at <= draw.frozen_at - COMMIT_DELAY]
    joined: set[int] = set()
    for rows in _some(one.completion_id for one in early):
        joined.update(rows.filter(conversation__updated_at__gt=draw.frozen_at).values_list("pk", flat=True))
    others = FrameStratum.objects.filter(draw__plan=draw.plan_id, draw__voided_at=None).exclude(draw=draw)
    is_open = len(joined) < len(early)
    wanted = {one.completion_id for one in missed}
    framed = {kept[0] for _agent, of in _strata(others) for kept in of if kept[0] in wanted} if is_open else set[int]()
    timely = {one.completion_id for one in early}
    for one in missed:
        key = one.completion_id
        became = Became.UNEXPLAINED
        if key in framed:
            became = Became.ELSEWHERE
        elif key not in timely:
            became = Became.LATE
        elif key in joined:
            became = Became.JOINED
        yield Change(became, one.source, one.external_id, one.number, one.conversation_id)
