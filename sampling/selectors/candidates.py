"""The completions in a plan's population, with the person each would be a review of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, F, Q, QuerySet, When

from accounts.models import TeamMembership
from conversations.models import Completion
from sampling.population import endings
from sampling.terms import Terms

REVIEWEE_FIELD = {"assignee": "assignee", "most_active": "most_active_agent", "last": "last_agent"}
Span = tuple[datetime, datetime | None, int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One completion, before it has a number."""

    completion_id: int
    conversation_id: int
    number: int
    completed_at: datetime
    known_at: datetime
    source: str
    external_id: str
    team_id: int | None
    agent_id: int | None
    is_bot: bool | None
    # Only where a plan divides by them.
    channel: str = ""
    language: str = ""
    hired_on: date | None = None


def completions(terms: Terms) -> QuerySet[Completion]:
    """Return all completions of the population. Correlated, so that the time index leads on both databases."""
    return endings(terms.population)


def whose(name: str) -> Case:
    """Return a fact of an ending's people or team as it ended: the ending's own where it kept them."""
    return Case(When(people_kept_at__isnull=False, then=F(name)), default=F(f"conversation__{name}"))


def reviewee(terms: Terms, fact: str = "_id") -> Case:
    """Return whom the reviewee rule points to, or a fact of theirs such as `__name`."""
    return whose(f"{REVIEWEE_FIELD[terms.reviewee_rule]}{fact}")


def with_reviewee(rows: QuerySet[Completion], terms: Terms) -> QuerySet[Completion]:
    """Keep what somebody can be reviewed in."""
    field = REVIEWEE_FIELD[terms.reviewee_rule]
    # Of nobody it is not known to be false either.
    fact = {f"{field}__isnull": False} if terms.includes_bots else {f"{field}__is_bot": False}
    now_of = Q(people_kept_at__isnull=True, **{f"conversation__{name}": value for name, value in fact.items()})
    return rows.filter(now_of | Q(people_kept_at__isnull=False, **fact))


def candidates(rows: QuerySet[Completion], terms: Terms) -> Iterator[Candidate]:
    """Yield completions with the person that the reviewee rule points to."""
    classes = ("conversation__channel", "conversation__language", reviewee(terms, "__hired_on"))
    named = rows.values_list(
        "pk", "conversation_id", "number", "completed_at", "known_at", "conversation__source__slug",
        "conversation__external_id", whose("team_id"), reviewee(terms), reviewee(terms, "__is_bot"),
        *(classes if terms.strata else ()),
    )  # fmt: skip
    return (Candidate(*row) for row in named.iterator(chunk_size=5000))


def teams_of(found: Iterable[Candidate], terms: Terms) -> dict[int, int | None]:
    """Return the team of each completion: where its reviewee was when the conversation ended.

    For the assignee the import recorded it; for others the dated memberships know. One query, whatever the number.
    """
    by_agent: dict[int, list[Candidate]] = {}
    for candidate in found:
        if candidate.agent_id is not None:
            by_agent.setdefault(candidate.agent_id, []).append(candidate)
    memberships = TeamMembership.objects.filter(agent__in=list(by_agent)).order_by("agent", "starts_at")
    spans: dict[int, list[Span]] = {}
    for agent_id, starts_at, ends_at, team_id in memberships.values_list("agent_id", "starts_at", "ends_at", "team_id"):
        spans.setdefault(agent_id, []).append((starts_at, ends_at, team_id))
    recorded_first = terms.reviewee_rule == "assignee"
    teams: dict[int, int | None] = {}
    for agent_id, mine in by_agent.items():
        for candidate in mine:
            dated = _at(spans.get(agent_id, []), candidate.completed_at)
            known = (candidate.team_id, dated) if recorded_first else (dated, candidate.team_id)
            teams[candidate.completion_id] = next((team for team in known if team is not None), None)
    return teams


def _at(spans: Iterable[Span], moment: datetime) -> int | None:
    return next((team for starts, ends, team in spans if starts <= moment and (ends is None or moment < ends)), None)
