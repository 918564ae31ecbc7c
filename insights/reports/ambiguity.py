"""Which criteria do people read differently? Disagreement, overturned answers and N/A, of one criterion added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from insights.reports.apart import groups_apart
from reviews.agreements import Line
from reviews.models import Answer, Revision
from reviews.selectors.overturns import by_criterion, decided_points
from stats import RateInterval, hier_normal, wilson
from stats.agreement import LEAST_UNITS

NOTHING = RateInterval(None)
Z95 = 1.959964
MOST = 300.0  # three shares of a hundred


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """What speaks for talking about one criterion.

    pairs: conversations with two blind scores; differing: share of their pairs that differ; overturned of decided
    disputed answers; not_applicable of the blind answers. A share is None where nothing was counted.
    """

    key: str
    name: str
    pairs: int
    differing: float | None
    decided: int
    overturned: int
    answers: int
    not_applicable: int
    # The criterion's own limits of `differing`, and what the order is by: the index pooled over all criteria, in points
    # of a share, with its 95 % limits. Those of one group cannot be told apart.
    differing_limits: RateInterval = NOTHING
    level: float | None = None
    low: float | None = None
    high: float | None = None
    group: int = 0

    @property
    def overturn_limits(self) -> RateInterval:
        """Return Wilson's limits of the share of decided answers that were changed."""
        return wilson(self.overturned, n=self.decided)

    @property
    def not_applicable_limits(self) -> RateInterval:
        """Return the same of the share of blind answers that were N/A."""
        return wilson(self.not_applicable, n=self.answers)

    @property
    def variance(self) -> float:
        """Return the variance of the index, by the width of each share's limits."""
        known = (self.differing_limits, self.overturn_limits, self.not_applicable_limits)
        return sum(((one.hi - one.lo) / (2 * Z95)) ** 2 for one in known if one.lo is not None and one.hi is not None)

    @property
    def reason(self) -> str:
        """Say why the criterion stands in no order; empty when it does."""
        return "" if self.is_ranked else _("not enough pairs")

    @property
    def overturn_rate(self) -> float | None:
        """Return the share of decided answers that were changed, 0 to 1."""
        return self.overturned / self.decided if self.decided else None

    @property
    def not_applicable_rate(self) -> float | None:
        """Return the share of blind answers that were N/A, 0 to 1."""
        return self.not_applicable / self.answers if self.answers else None

    @property
    def index(self) -> float:
        """Return the three shares added up, those that are known."""
        return sum(share or 0.0 for share in (self.differing, self.overturn_rate, self.not_applicable_rate))

    @property
    def is_ranked(self) -> bool:
        """Say whether enough conversations were judged twice: below that an order would be chance."""
        return self.pairs >= LEAST_UNITS


def ranked(lines: Iterable[Line], first: Sequence[Revision], *, since: datetime) -> list[Ambiguity]:
    """Return the criteria, in groups that can be told apart, most ambiguous first; those that too few judged twice come
    last, by name. Two queries.
    """
    overturns = {one.key: one for one in by_criterion(decided_points(since=since))}
    asked, not_applicable = _answers(first)
    found = []
    for line in lines:
        known = overturns.get(line.key)
        found.append(
            Ambiguity(
                key=line.key,
                name=line.name,
                pairs=line.n,
                differing=None if line.exact is None else 1 - line.exact,
                differing_limits=_of_the_others(line.exact_limits),
                decided=known.decided if known else 0,
                overturned=known.changed if known else 0,
                answers=asked[line.key],
                not_applicable=not_applicable[line.key],
            )
        )
    return [*in_order([one for one in found if one.is_ranked]), *sorted(
        (one for one in found if not one.is_ranked), key=lambda one: one.name
    )]  # fmt: skip


def in_order(found: Sequence[Ambiguity]) -> list[Ambiguity]:
    """Order criteria by their pooled index: what few conversations say is pulled towards what all criteria say."""
    pooled = hier_normal(
        [100 * one.index for one in found], V=[100**2 * one.variance for one in found], tau_max=MOST / 2
    )
    known = [(one, level, sd) for one, level, sd in zip(found, pooled.mean, pooled.sd, strict=True)
             if level is not None and sd is not None]  # fmt: skip
    known.sort(key=lambda row: (-round(row[1], 9), row[0].name))
    groups = groups_apart([level for _one, level, _sd in known], sd=[sd for _one, _level, sd in known])
    number = {place: group for group, places in enumerate(groups, start=1) for place in places}
    return [
        replace(one, level=level, low=max(0.0, level - Z95 * sd), high=min(MOST, level + Z95 * sd), group=number[place])
        for place, (one, level, sd) in enumerate(known)
    ]


def _of_the_others(same: RateInterval) -> RateInterval:
    """Turn the limits of those that agree into those of the ones that differ."""
    if same.p is None or same.lo is None or same.hi is None:
        return same
    return RateInterval(1 - same.p, 1 - same.hi, 1 - same.lo)


def _answers(first: Sequence[Revision]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Count the blind answers of each criterion that was asked, and how many of them were N/A."""
    asked: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    rows = Answer.objects.filter(revision__in=[row.pk for row in first])
    for lineage, state in rows.values_list("criterion__lineage", "state"):
        if state in {Answer.State.NOT_ASKED, Answer.State.INFORMATION, Answer.State.UNANSWERED}:
            continue
        asked[lineage] += 1
        skipped[lineage] += state == Answer.State.NOT_APPLICABLE
    return asked, skipped
