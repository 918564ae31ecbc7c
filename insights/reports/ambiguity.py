"""Which criteria do people read differently? Disagreement, overturned answers and N/A, of one criterion added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from reviews.agreements import Line
from reviews.models import Answer, Revision
from reviews.selectors.overturns import by_criterion, decided_points
from stats.agreement import LEAST_UNITS


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
        """Return what criteria are ranked by: the three shares added up, those that are known."""
        return sum(share or 0.0 for share in (self.differing, self.overturn_rate, self.not_applicable_rate))

    @property
    def is_ranked(self) -> bool:
        """Say whether enough conversations were judged twice: below that an order would be chance."""
        return self.pairs >= LEAST_UNITS


def ranked(lines: Iterable[Line], first: Sequence[Revision], *, since: datetime) -> list[Ambiguity]:
    """Return the criteria, most ambiguous first; those that too few judged twice come last, by name. Two queries."""
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
                decided=known.decided if known else 0,
                overturned=known.changed if known else 0,
                answers=asked[line.key],
                not_applicable=not_applicable[line.key],
            )
        )
    return sorted(found, key=lambda one: (not one.is_ranked, -one.index if one.is_ranked else 0.0, one.name))


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
