"""The coaching report: the pipeline, how long it takes, what came of it, and how right the rules were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from coaching.models import ProgrammeOutcome
from insights.reports import coaching_rows
from insights.reports.coaching_rows import Row
from stats import Median, PooledEffect, median_interval, pooled_effects, wilson

PERIODS = (13, 26, 52)
FEW = 5
"""Below so many plans or decisions a number says little; it is shown with that warning."""


@dataclass(frozen=True)
class Params:
    """Whose plans, and how many weeks back they were proposed or started."""

    user: User
    now: datetime
    weeks: int = 26


@dataclass(frozen=True)
class Share:
    """k of n with Wilson's 95 % interval (0–1); None without any."""

    k: int
    n: int
    rate: float | None
    low: float | None
    high: float | None

    @property
    def is_few(self) -> bool:
        """Say whether it rests on too few to say much."""
        return 0 < self.n < FEW

    @property
    def reason(self) -> str:
        """Say why there is no share."""
        return "" if self.n else _("none so far")


@dataclass(frozen=True)
class Stage:
    """How many plans came so far; `query` opens them on the board."""

    name: str
    query: str
    plans: int


@dataclass(frozen=True)
class Declined:
    """How often proposals were declined for a reason."""

    reason: str
    n: int


@dataclass(frozen=True)
class SkillEffect:
    """The effect of the plans of one skill together: peers, drift and the shift that all share are that skill's."""

    skill: str
    slug: str
    pooled: PooledEffect

    @property
    def is_few(self) -> bool:
        """Say whether it rests on too few plans to say much."""
        return 0 < self.pooled.K < FEW

    @property
    def reason(self) -> str:
        """Say why there is no effect."""
        return "" if self.pooled.effect is not None else _("nothing measured yet")


@dataclass(frozen=True)
class Group:
    """What came of the plans of one skill, kind of action or supervisor; `query` opens them on the board.

    effects: one for each skill that something was measured on. There is none over several skills: statistics.md 4.2
    pools agents on the same skill, and points on empathy and on compliance have no common average.
    """

    name: str
    query: str
    plans: int
    completed: Share
    improved: Share
    effects: list[SkillEffect]


@dataclass(frozen=True)
class Rule:
    """How right one rule was: what people decided, why they declined, and what later looks say."""

    name: str
    query: str
    proposed: int
    waiting: int
    accepted: Share
    declined: list[Declined]
    later: Share
    later_declined: Share


@dataclass(frozen=True)
class Report:
    """Everything that the page shows."""

    since: datetime
    weeks: int
    pipeline: list[Stage]
    first_session: Median
    without_session: int
    completed: Share
    actions: Share
    overall: Group
    skills: list[Group]
    kinds: list[Group]
    supervisors: list[Group]
    programmes: list[ProgrammeOutcome]
    rules: list[Rule]


def load(params: Params) -> Report:
    """Load the report in a fixed number of queries; plans count from when they were proposed or started."""
    since = params.now - timedelta(weeks=params.weeks)
    rows = coaching_rows.read(params.user, since=since, now=params.now)
    base = f"since={since.date().isoformat()}&of=report"
    decided = [row for row in rows if row.is_accepted]
    days = [row.days_to_session for row in decided if row.days_to_session is not None]
    return Report(
        since=since,
        weeks=params.weeks,
        pipeline=_pipeline(rows, base),
        first_session=median_interval(days),
        without_session=sum(1 for row in decided if row.days_to_session is None and row.is_open),
        completed=share(row.is_completed for row in rows if row.was_to_end_by_now),
        actions=Share(*_counted(sum(row.actions_done for row in decided), sum(row.actions for row in decided))),
        overall=group(_("All plans"), base, rows),
        skills=_by(rows, lambda row: [(row.skill_id, row.skill)], base, "skill"),
        kinds=_by(rows, lambda row: list(row.kinds), base, "kind"),
        supervisors=_by(rows, lambda row: [(row.owner_id, row.owner)] if row.owner_id else [], base, "owner"),
        programmes=_programmes(params, since),
        rules=_rules(rows, base),
    )


def why_no_limits(found: Median) -> str:
    """Say why a median, or its limits, are missing."""
    if found.median is None:
        return _("none so far")
    return "" if found.lo is not None else _("fewer than six, too few for limits")


def share(said: Iterable[bool]) -> Share:
    """Count how many of some are so."""
    known = list(said)
    return Share(*_counted(sum(known), len(known)))


def group(name: str, query: str, rows: list[Row]) -> Group:
    """Summarise what came of some plans."""
    return Group(
        name=name,
        query=query,
        plans=len(rows),
        completed=share(row.is_completed for row in rows if row.was_to_end_by_now),
        improved=share(row.verdict == "improved" for row in rows if row.verdict),
        effects=_effects(row for row in rows if row.effect is not None),
    )


def _effects(rows: Iterable[Row]) -> list[SkillEffect]:
    """Pool the measured plans skill by skill."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.skill, row.skill_slug), []).append(row)
    return [
        SkillEffect(
            skill,
            slug,
            pooled_effects(
                [row.effect or 0.0 for row in measured],
                own=[row.own_variance for row in measured],
                shift_variance=[row.shift_variance for row in measured],
            ),
        )
        for (skill, slug), measured in sorted(found.items())
    ]


def _counted(k: int, n: int) -> tuple[int, int, float | None, float | None, float | None]:
    if n == 0:
        return k, n, None, None, None
    found = wilson(k, n=n)
    return k, n, found.p, found.lo, found.hi


def _pipeline(rows: list[Row], base: str) -> list[Stage]:
    """Return how far the plans came."""
    return [
        Stage(_("Proposed or started"), base, len(rows)),
        Stage(_("Accepted"), f"{base}&reached=accepted", sum(row.is_accepted for row in rows)),
        Stage(_("Shared"), f"{base}&reached=shared", sum(row.is_shared for row in rows)),
        Stage(_("First session held"), f"{base}&reached=session", sum(row.days_to_session is not None for row in rows)),
        Stage(_("Measured"), f"{base}&reached=measured", sum(bool(row.verdict) for row in rows)),
        Stage(_("Closed"), f"{base}&status=closed", sum(row.status == "closed" for row in rows)),
    ]


def _by(rows: list[Row], keys: Callable[[Row], list[tuple[Any, str]]], base: str, name: str) -> list[Group]:
    """Group plans; one with several keys stands in several groups."""
    found: dict[tuple[Any, str], list[Row]] = {}
    for row in rows:
        for key in keys(row):
            found.setdefault(key, []).append(row)
    ordered = sorted(found.items(), key=lambda one: one[0][1])
    return [group(label, f"{base}&{name}={value}", members) for (value, label), members in ordered]


def _programmes(params: Params, since: datetime) -> list[ProgrammeOutcome]:
    """Return what was measured of the programmes within reach, newest first."""
    outcomes = ProgrammeOutcome.objects.visible_to(params.user).filter(measured_at__gte=since)
    return list(outcomes.select_related("programme__skill").order_by("-measured_at", "-pk"))


def _rules(rows: list[Row], base: str) -> list[Rule]:
    names = {"level": _("A level likely under its target"), "critical": _("The same critical error again")}
    return [
        _rule(names[origin], f"{base}&origin={origin}", [row for row in rows if row.origin == origin])
        for origin in names
    ]


def _rule(name: str, query: str, rows: list[Row]) -> Rule:
    decided = [row for row in rows if row.is_accepted or row.status == "declined"]
    declined = [row for row in rows if row.status == "declined"]
    reasons = Counter(row.decline_reason for row in declined)
    return Rule(
        name=name,
        query=query,
        proposed=len(rows),
        waiting=sum(row.status == "proposed" for row in rows),
        accepted=share(row.is_accepted for row in decided),
        declined=[Declined(reason, n) for reason, n in reasons.most_common()],
        later=share(bool(row.is_still_low) for row in decided if row.is_accepted and row.is_still_low is not None),
        later_declined=share(bool(row.is_still_low) for row in declined if row.is_still_low is not None),
    )
