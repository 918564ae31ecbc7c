"""Take up conversations that were drawn beside the sample: they are in no stratum, and so in no average."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sampling.models import Pick
from sampling.units import Unit

BATCH = 500


def picks(units: Iterable[tuple[Unit, int]], *, now: datetime) -> list[Pick]:
    """Make a pick for each unit and the agent it is about; call it inside a transaction."""
    made = [
        Pick(
            conversation_id=unit.conversation_id,
            completion_id=unit.completion_id,
            agent_id=agent_id,
            team_id=unit.team_id,
            # No word for it of its own: what matters to every sum is that it hangs on no stratum.
            pool=Pick.Pool.MANUAL,
            released_at=now,
        )
        for unit, agent_id in units
    ]
    return Pick.objects.bulk_create(made, batch_size=BATCH)
