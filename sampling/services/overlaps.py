"""Note where frames of several plans overlap, in the transaction that makes a frame or a pick.

An average over several plans counts each conversation once, and has to know by how many ways each review could have
come (statistics.md 1.5). Cost follows the frames of the same time and the picks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sampling.models import Draw, FrameStratum, MasterKey, Overlap, Pick, SharedPick
from sampling.pools import chance_in
from sampling.selectors import overlaps
from sampling.selectors.overlaps import Held, UnitOf
from sampling.units import Unit

BATCH = 500


def note(draw: Draw, strata: Sequence[FrameStratum], picks: Iterable[Pick], *, since: datetime) -> None:
    """Note what fresh strata share with the frames of other plans, and in which picks; since: no unit ended earlier.

    Two draws at once would not see each other's frames: from here on they take turns.
    """
    list(MasterKey.objects.select_for_update(no_key=True).order_by("number")[:1])
    others = overlaps.beside(draw, since=since)
    own = {(one.agent_id, fields[0]): (one.pk, fields) for one in strata for fields in one.units} if others else {}
    found = overlaps.held_by(FrameStratum.objects.all(), others, own.keys())
    if not found:
        return
    # A pick that is released there meanwhile is seen here, or sees this frame.
    list(FrameStratum.objects.select_for_update(no_key=True).filter(draw__in=others).order_by("pk").values_list("pk"))
    _write_overlaps(own, found)
    theirs = Pick.objects.filter(draw__in=others, stratum__isnull=False).order_by("pk")
    chance = chance_in(draw)
    shared = _shared(picks, found)
    for pk, *unit in theirs.values_list("pk", "agent_id", "completion_id").iterator(chunk_size=5000):
        if (held := own.get((unit[0], unit[1]))) is not None:
            shared.append(SharedPick(pick_id=pk, stratum_id=held[0], pi_targeted=chance(Unit(*held[1]))))
    SharedPick.objects.bulk_create(shared, batch_size=BATCH)


def note_released(stratum: FrameStratum, picks: Sequence[Pick]) -> None:
    """Note the same of what was released later in a locked stratum; what is known of a pick stays."""
    if not stratum.is_shared or not picks:
        return
    others = overlaps.beside(stratum.draw, since=stratum.draw.starts_at - overlaps.REACH)
    near = FrameStratum.objects.filter(agent=stratum.agent_id, is_shared=True)
    found = overlaps.held_by(near, others, {(one.agent_id, one.completion_id) for one in picks})
    SharedPick.objects.bulk_create(_shared(picks, found), batch_size=BATCH, ignore_conflicts=True)


def _shared(picks: Iterable[Pick], found: Mapping[UnitOf, Sequence[Held]]) -> list[SharedPick]:
    return [
        SharedPick(pick=pick, stratum_id=stratum, pi_targeted=chance)
        for pick in picks
        for stratum, chance in found.get((pick.agent_id, pick.completion_id), ())
    ]


def _write_overlaps(own: Mapping[UnitOf, tuple[int, Sequence[object]]], found: Mapping[UnitOf, Sequence[Held]]) -> None:
    counted = Counter((own[unit][0], tuple(pk for pk, _chance in held)) for unit, held in found.items())
    Overlap.objects.bulk_create(
        [
            Overlap(stratum_id=pk, earlier=list(earlier), units=units)
            for (pk, earlier), units in sorted(counted.items())
        ],
        batch_size=BATCH,
    )
    touched = {pk for stratum, earlier in counted for pk in (stratum, *earlier)}
    in_order = sorted(touched)
    for start in range(0, len(in_order), BATCH):
        some = FrameStratum.objects.filter(pk__in=in_order[start : start + BATCH], is_shared=False)
        some.update(is_shared=True)
