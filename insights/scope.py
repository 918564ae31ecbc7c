"""Which teams a report covers: those within reach, or the one that was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.access import reach
from accounts.asking import Asked
from accounts.models import Team, User
from accounts.roles import Permission


@dataclass(frozen=True)
class Scope:
    """The teams within reach, the one chosen, and what a report is asked for; `team_ids` None means everything."""

    teams: list[Team]
    chosen: Team | None
    team_ids: frozenset[int] | None


def teams_within_reach(user: User) -> QuerySet[Team]:
    """Return the teams whose results a person may read."""
    scope = reach(user, Permission.SEE_TEAM)
    return Team.objects.all() if scope.everywhere else Team.objects.filter(pk__in=scope.team_ids)


def scope_of(user: User, *, team: str = "") -> Scope:
    """Return what a person's report covers; a team that is not theirs chooses nothing."""
    everywhere = reach(user, Permission.SEE_TEAM).everywhere
    teams = TEAMS.all(user)
    chosen = next((one for one in teams if team and one.slug == team), None)
    if chosen is not None:
        return Scope(teams, chosen, frozenset({chosen.pk}))
    return Scope(teams, None, None if everywhere else frozenset(one.pk for one in teams))


# Asked by every report, put into SQL once for each kind of grants.
TEAMS: Asked[Team] = Asked(teams_within_reach)
