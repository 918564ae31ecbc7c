"""What a population holds: how many completions of a period, by team and by agent, and what a quota would pick."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from conversations.models import Completion
from sampling import cycles
from sampling.cycles import Era, Period
from sampling.quotas import PER_TEAM
from sampling.selectors.candidates import completions, reviewee, whose, with_reviewee
from sampling.terms import Terms

AGENTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A team or an agent, and how many of their conversations ended in the period."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Preview:
    """The frame that a period would give, counted and not drawn."""

    period: Period
    is_last: bool
    total: int
    agents: int
    picks: int
    targeted: int
    floor_holds: bool
    without_reviewee: int
    teams: list[Line]
    by_agent: list[Line]


def preview(terms: Terms, *, now: datetime) -> Preview:
    """Count the last closed period; where it is empty, the newest closed one that holds something."""
    eras = [Era(terms.cycle, terms.time_zone)]
    last = cycles.before(eras, cycles.containing(eras, now))
    counted = count(terms, last, is_last=True)
    newest = None if counted.total or counted.without_reviewee else newest_ending(terms, before=last.starts_at)
    return count(terms, cycles.containing(eras, newest), is_last=False) if newest else counted


def newest_ending(terms: Terms, *, before: datetime) -> datetime | None:
    """Return when the newest conversation of the population ended, up to a moment."""
    found = completions(terms).filter(completed_at__lt=before).order_by("-completed_at")
    return found.values_list("completed_at", flat=True).first()


def count(terms: Terms, period: Period, *, is_last: bool) -> Preview:
    """Count one period by agent and by team."""
    rows = completions(terms).filter(completed_at__gte=period.starts_at, completed_at__lt=period.ends_at)
    by_agent, without = _by_agent(rows, terms)
    by_team = with_reviewee(rows, terms).values_list(whose("team__name")).annotate(count=Count("pk")).order_by("-count")
    teams = [Line(name or "", number) for name, number in by_team]
    picks = _picks(terms, by_agent, teams)
    targeted = min(terms.targeted_per_period, sum(line.count for line in by_agent)) if terms.has_targeted_pool else 0
    return Preview(
        period=period,
        is_last=is_last,
        total=sum(line.count for line in by_agent),
        agents=len(by_agent),
        picks=picks,
        targeted=targeted,
        floor_holds=not targeted or picks >= max(2 * len(by_agent), targeted),
        without_reviewee=without,
        teams=teams,
        by_agent=by_agent[:AGENTS_SHOWN],
    )


def _picks(terms: Terms, by_agent: list[Line], teams: list[Line]) -> int:
    """Return how many the random pool would take."""
    if terms.quota_kind == PER_TEAM:
        return sum(min(line.count, terms.quota_per_team) for line in teams)
    return sum(min(line.count, terms.quota.for_agent(line.count)) for line in by_agent)


def _by_agent(rows: QuerySet[Completion], terms: Terms) -> tuple[list[Line], int]:
    people = {name: reviewee(terms, fact) for name, fact in (("who", "_id"), ("called", "__name"), ("bot", "__is_bot"))}
    grouped = rows.annotate(**people).values_list(*people).annotate(number=Count("pk"))
    lines, without = [], 0
    for agent_id, name, is_bot, number in grouped.order_by("-number", reviewee(terms, "__name")):
        if agent_id is None or (is_bot and not terms.includes_bots):
            without += number
        else:
            lines.append(Line(name, number))
    return lines, without
