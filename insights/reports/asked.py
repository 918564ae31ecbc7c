"""Which strata an average of a criterion, a skill or a section is of: those whose scorecard could ask for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Any

from insights.reports.strata import Week
from reviews.selectors.asking import askers
from reviews.selectors.mixes import TOTAL, Mix

Row = tuple[int, int | None, Week]
Frame = dict[int, Row]  # by stratum: its agent, team and week


def frames(frame: Frame, prefix: str, cells: Sequence[tuple[Any, ...]], mix: Mix | None) -> dict[str, Frame]:
    """Return the strata of each metric that begins so and that something is scored on; one query.

    A stratum belongs to the versions that its reviews are by, since a draft may have been moved to a newer one, and
    while not all of it is reviewed to the one that it was drawn for. Cells: stratum, metric, rubric version, n …
    """
    scored: dict[str, set[int]] = {}
    versions: dict[int, set[int]] = {}
    reviewed: Counter[int] = Counter()
    for stratum, metric, version, n, *_sums in cells:
        if stratum not in frame or not n:
            continue
        versions.setdefault(stratum, set()).add(version)
        reviewed[stratum] += n if metric == TOTAL else 0
        if metric.startswith(prefix):
            scored.setdefault(metric, set()).add(stratum)
    for (metric, stratum), scores in mix.scores.items() if mix is not None else ():
        versions.setdefault(stratum, set()).update(score.version for score in scores)
        scored.setdefault(metric, set()).add(stratum)
    for pk, (_agent, _team, week) in frame.items():
        if reviewed[pk] < week.drawn or pk not in versions:
            versions.setdefault(pk, set()).add(week.version_id)
    asking = askers(prefix.partition(":")[0], {version for some in versions.values() for version in some})
    return {
        metric: _of(frame, (pk for pk in frame if pk in strata or not versions[pk].isdisjoint(asking.get(metric, ()))))
        for metric, strata in sorted(scored.items())
    }


def _of(frame: Mapping[int, Row], strata: Iterable[int]) -> Frame:
    return {pk: (frame[pk][0], frame[pk][1], _own(frame[pk][2])) for pk in strata}


def _own(week: Week) -> Week:
    """Copy a week for the sums of one metric; a page has hundreds of them."""
    made = copy(week)
    made.classes = {}
    return made
