"""The report on disputes: how many were decided, and how often an answer was changed, by criterion and by reviewer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.models import Dispute
from reviews.selectors.overturns import Overturns, by_criterion, by_reviewer, decided_points, totals
from stats import wilson

WEEKS = 12
LEAST = 5  # decided answers, below which a rate says nothing


@dataclass(frozen=True)
class Params:
    """Which weeks, up to when."""

    now: datetime
    weeks: int = WEEKS

    @property
    def since(self) -> datetime:
        """Return the first moment of the window."""
        return self.now - timedelta(weeks=self.weeks)


@dataclass(frozen=True)
class Row:
    """One criterion or one reviewer: what was decided and changed, the share with its 95 % interval, or why none."""

    key: str | int
    name: str
    decided: int
    changed: int
    rate: float | None
    low: float | None
    high: float | None
    reason: str


@dataclass(frozen=True)
class Report:
    """What the page of overturned answers shows."""

    sentence: str
    opened: int
    decided: int
    withdrawn: int
    expired: int
    escalated: int
    answers: int
    changed: int
    criteria: list[Row]
    reviewers: list[Row]
    since: datetime


def load(params: Params) -> Report:
    """Count the disputes of a window: opened in it, ended in it, and their decided answers. Eight queries."""
    opened = Dispute.objects.filter(opened_at__gte=params.since, opened_at__lt=params.now)
    ended = Dispute.objects.filter(ended_at__gte=params.since, ended_at__lt=params.now)
    points = decided_points(since=params.since, until=params.now)
    found = totals(points)
    return Report(
        sentence=sentence(found["answers"], found["changed"]),
        opened=opened.filter(stage=Dispute.Stage.FIRST).count(),
        decided=ended.filter(status=Dispute.Status.DECIDED).count(),
        withdrawn=ended.filter(status=Dispute.Status.WITHDRAWN).count(),
        expired=ended.filter(status=Dispute.Status.EXPIRED).count(),
        escalated=opened.filter(stage=Dispute.Stage.ESCALATION).count(),
        answers=found["answers"],
        changed=found["changed"],
        criteria=[row_of(one) for one in by_criterion(points)],
        reviewers=[row_of(one) for one in by_reviewer(points)],
        since=params.since,
    )


def row_of(one: Overturns) -> Row:
    """Give a count its share and interval, where there is enough to say one."""
    if one.decided < LEAST:
        reason = ngettext("fewer than %(n)d decided", "fewer than %(n)d decided", LEAST) % {"n": LEAST}
        return Row(one.key, one.name, one.decided, one.changed, None, None, None, reason)
    found = wilson(one.changed, n=one.decided)
    return Row(one.key, one.name, one.decided, one.changed, found.p, found.lo, found.hi, "")


def sentence(answers: int, changed: int) -> str:
    """Say how often a disputed answer was changed."""
    if not answers:
        return _("No disputed answer was decided in this time.")
    words = ngettext(
        "%(changed)d of %(answers)d disputed answer was changed.",
        "%(changed)d of %(answers)d disputed answers were changed.",
        answers,
    )
    return words % {"changed": changed, "answers": answers}
