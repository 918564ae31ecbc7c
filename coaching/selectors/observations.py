"""Read what was noticed beside plans, with what its numbers rest on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from coaching import weeks
from coaching.declines import BASELINE, CHARTED, RECENT
from coaching.models import Observation
from coaching.selectors import bases
from coaching.selectors.bases import Basis, Window


def rests_on(observations: Iterable[Observation], *, now: datetime) -> dict[int, tuple[Basis, ...]]:
    """Return observation id → what its level rests on, and of a decline what the level before does. Six queries."""
    windows = {one.pk: _windows(one) for one in observations}
    known = bases.read((window for several in windows.values() for window in several), now=now)
    return {pk: tuple(known.of(window) for window in several) for pk, several in windows.items()}


def _windows(one: Observation) -> tuple[Window, ...]:
    """Return the weeks of each level that is named: of a decline the newest four, and the baseline of its chart."""
    if one.kind == Observation.Kind.STRENGTH:
        return (Window(one.agent_id, one.skill_id, one.week),)
    before = Window(one.agent_id, None, weeks.shifted(one.week, -CHARTED), BASELINE)
    return Window(one.agent_id, None, one.week, RECENT), before
