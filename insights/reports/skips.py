"""The report on skips: how often, by reviewer and by reason, each share with its interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from accounts.models import User
from reviews.models import QueueItem
from sampling.reasons import SkipClass, SkipReason
from stats import wilson

WEEKS = 12
LEAST_FOR_SHARE = 3
S, Check = QueueItem.Status, QueueItem.Check


@dataclass(frozen=True, slots=True)
class Share:
    """k of n with its 95 % interval (0–1); under three conversations only k and n."""

    k: int
    n: int
    share: float | None
    low: float | None
    high: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class ReviewerLine:
    """What one reviewer skipped of what they finished, by class, and how second people saw it."""

    reviewer: User
    skipped: Share
    by_class: Mapping[str, int]
    checked: int
    overruled: int


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """How often one reason was given, of everything that was finished."""

    reason: SkipReason
    given: Share
    checked: int
    overruled: int

    @property
    def skip_class(self) -> SkipClass:
        """Return what the reason does to the sample."""
        return self.reason.skip_class


@dataclass(frozen=True, slots=True)
class Report:
    """Skips of drawn conversations that ended in the window, without those that ran out of time."""

    since: datetime
    skipped: Share
    waiting: int
    reviewers: list[ReviewerLine]
    reasons: list[ReasonLine]


@dataclass(frozen=True, slots=True)
class _Count:
    reviewer: int
    reason: str
    result: str
    n: int


def load(*, now: datetime) -> Report:
    """Load the report in a fixed number of queries."""
    since = now - timedelta(weeks=WEEKS)
    rows = (
        QueueItem.objects.drawn()
        .filter(purpose="primary", status__in=[S.SUBMITTED, S.SKIPPED], ended_at__gte=since, ended_by__isnull=False)
        .order_by()
        .values_list("ended_by", "skip_reason", "check_result")
        .annotate(n=Count("pk"))
    )
    counts = [_Count(*row) for row in rows]
    people = User.objects.in_bulk({one.reviewer for one in counts})
    finished, skips = _sum(counts), [one for one in counts if one.reason]
    lines = [_reviewer(people[pk], [one for one in counts if one.reviewer == pk]) for pk in people]
    return Report(
        since=since,
        skipped=share(_sum(skips), finished),
        waiting=_waiting(),
        reviewers=sorted(lines, key=lambda line: (line.reviewer.name, line.reviewer.pk)),
        reasons=_reasons(skips, finished),
    )


def share(k: int, n: int) -> Share:
    """Return k of n with Wilson's interval, or why there is none."""
    if n < LEAST_FOR_SHARE:
        return Share(k, n, None, None, None, "nothing_finished" if n == 0 else "fewer_than_3")
    found = wilson(k, n=n)
    return Share(k, n, found.p, found.lo, found.hi, found.reason or "")


def _waiting() -> int:
    claimed = QueueItem.objects.filter(status=S.SKIPPED, purpose="primary", check_result=Check.NONE)
    return claimed.filter(pick__dropped="claimed", pick__draw__voided_at=None).count()


def _reviewer(reviewer: User, counts: list[_Count]) -> ReviewerLine:
    skips = [one for one in counts if one.reason]
    by_class: Counter[str] = Counter()
    for one in skips:
        by_class[SkipReason(one.reason).skip_class.value] += one.n
    return ReviewerLine(
        reviewer=reviewer,
        skipped=share(_sum(skips), _sum(counts)),
        by_class={kind.value: by_class[kind.value] for kind in SkipClass},
        checked=_sum(one for one in skips if one.result),
        overruled=_sum(one for one in skips if one.result == Check.OVERRULED),
    )


def _reasons(skips: list[_Count], finished: int) -> list[ReasonLine]:
    found = []
    for reason in SkipReason:
        given = [one for one in skips if one.reason == reason.value]
        if given:
            checked = _sum(one for one in given if one.result)
            overruled = _sum(one for one in given if one.result == Check.OVERRULED)
            found.append(ReasonLine(reason, share(_sum(given), finished), checked, overruled))
    return sorted(found, key=lambda line: -line.given.k)


def _sum(counts: Iterable[_Count]) -> int:
    return sum(one.n for one in counts)
