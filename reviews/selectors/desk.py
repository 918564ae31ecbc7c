"""Who may be given what: everything that an assignment asks about people, read once for many items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.models import Agent, RoleGrant
from accounts.roles import ROLES, Permission, Role
from reviews.models import Absence, Conflict, QueueItem, QueueRules, Review
from sampling.models import PlanReviewer

BEFORE_DUE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """What has to be given to somebody: whose conversation, in which team and plan, due when, judged by whom before."""

    plan_id: int | None
    agent_id: int
    team_id: int | None
    due_at: datetime
    seated: frozenset[int] = frozenset()


@dataclass(slots=True)
class Desk:
    """The reviewers at a moment. Ids of users throughout; a team of None stands for everywhere."""

    now: datetime
    specialists: dict[int, set[int | None]] = field(default_factory=lambda: defaultdict(set))
    overseers: dict[int, set[int | None]] = field(default_factory=lambda: defaultdict(set))
    leads: set[tuple[int, int | None]] = field(default_factory=set)
    back_at: dict[int, datetime] = field(default_factory=dict)
    conflicts: set[tuple[int, int]] = field(default_factory=set)
    capacities: dict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    rules: dict[int, QueueRules] = field(default_factory=dict)
    reviewed_at: dict[tuple[int, int], datetime] = field(default_factory=dict)

    def shares(self, place: Place) -> dict[str, float]:
        """Return who may be given something and in what proportion; empty when nobody may.

        Never the agent, who declared a conflict, who sat there before, and whoever is away until it is due. The
        plan's named reviewers, or without names the specialists of the team; those who oversee only for want of them.
        Somebody who judged this agent lately comes only when nobody else is there.
        """
        named = self.capacities.get(place.plan_id or 0, {})
        for group in (self.specialists, self.overseers):
            fit = {pk for pk, teams in group.items() if (not named or pk in named) and self._fits(pk, teams, place)}
            if fit:
                rested = {pk for pk in fit if not self._is_recent(pk, place)} or fit
                return {str(pk): float(named.get(pk, 1)) for pk in sorted(rested)}
        return {}

    def fits(self, person: int, place: Place) -> bool:
        """Say whether one person may be given something."""
        named = self.capacities.get(place.plan_id or 0, {})
        return (not named or person in named) and self.may_take(person, place)

    def may_take(self, person: int, place: Place) -> bool:
        """Say the same, whether or not the plan names them among its reviewers."""
        teams = self.specialists.get(person, set()) | self.overseers.get(person, set())
        return self._fits(person, teams, place)

    def _fits(self, person: int, teams: set[int | None], place: Place) -> bool:
        if not (None in teams or (place.team_id is not None and place.team_id in teams)):
            return False
        if person in place.seated or (person, place.agent_id) in self.conflicts:
            return False
        rules = self.rules.get(place.plan_id or 0)
        if rules is not None and rules.excludes_lead and (person, place.team_id) in self.leads:
            return False
        back_at = self.back_at.get(person)
        return back_at is None or back_at + BEFORE_DUE <= place.due_at

    def _is_recent(self, person: int, place: Place) -> bool:
        rules = self.rules.get(place.plan_id or 0)
        last = self.reviewed_at.get((person, place.agent_id))
        days = rules.recent_pair_days if rules else 0
        return days > 0 and last is not None and last > self.now - timedelta(days=days)


def desk(plan_ids: Iterable[int | None], *, now: datetime) -> Desk:
    """Read the desk for some plans, in a fixed number of queries."""
    found, plans = Desk(now), {pk for pk in plan_ids if pk is not None}
    for role, user, team in (
        RoleGrant.objects.active(now).filter(user__is_active=True).values_list("role", "user", "team")
    ):
        if role == Role.SUPERVISOR:
            found.leads.add((user, team))
        if Permission.SCORE in ROLES[role].permissions:
            (found.specialists if role == Role.SPECIALIST else found.overseers)[user].add(team)
    for user, ends_at in Absence.objects.at(now).values_list("user", "ends_at"):
        found.back_at[user] = max(ends_at, found.back_at.get(user, ends_at))
    found.conflicts = _conflicts()
    for plan, user, capacity in PlanReviewer.objects.filter(plan__in=plans).values_list("plan", "user", "capacity"):
        found.capacities[plan][user] = capacity
    found.rules = {rules.plan_id: rules for rules in QueueRules.objects.filter(plan__in=plans)}
    longest = max((rules.recent_pair_days for rules in found.rules.values()), default=0)
    if longest:
        recent = Review.objects.filter(submitted_at__gte=now - timedelta(days=longest)).order_by("submitted_at")
        found.reviewed_at = {(author, agent): at for author, agent, at in recent.values_list(
            "author", "agent", "submitted_at"
        ) if at is not None}  # fmt: skip
    return found


class Seats:
    """Who sits at the picks of some items: who judged or skipped there or has begun to, and who is to."""

    def __init__(self, items: Iterable[QueueItem]) -> None:
        picks = {item.pick_id for item in items}
        rows = QueueItem.objects.filter(pick__in=picks).values_list(
            "pick", "pk", "review__author", "ended_by", "claimed_by", "assigned_to", "ended_at"
        )
        self._sat: dict[int, list[tuple[int, set[int], set[int]]]] = defaultdict(list)
        for pick, pk, author, ended_by, claimed_by, assigned_to, ended_at in rows:
            judged = {one for one in (author, ended_by) if one is not None}
            # Who was to sit at a seat that ended, and never did, is free again.
            holds = {one for one in (claimed_by, assigned_to) if one is not None and ended_at is None}
            self._sat[pick].append((pk, judged, holds))

    def everybody(self, item: QueueItem) -> frozenset[int]:
        """Return all who sit or are to sit at the item's pick; the item itself need not be stored yet."""
        own = {one for one in (item.claimed_by_id, item.assigned_to_id) if one is not None}
        return frozenset(own.union(*(judged | holds for _pk, judged, holds in self._sat[item.pick_id])))

    def at(self, item: QueueItem) -> frozenset[int]:
        """Return who is not given this item anew: two seats of one person at a pick would not be blind."""
        began = (judged for pk, judged, _holds in self._sat[item.pick_id] if pk == item.pk)
        return self.elsewhere(item).union(*began)

    def elsewhere(self, item: QueueItem) -> frozenset[int]:
        """Return who sits or is to sit at another seat of the pick. Who has begun this item may go on with it."""
        others = (judged | holds for pk, judged, holds in self._sat[item.pick_id] if pk != item.pk)
        return frozenset(set().union(*others))


def _conflicts() -> set[tuple[int, int]]:
    """Return the pairs (reviewer, agent) of conflicts that are noted, and of agents themselves."""
    declared = set(Conflict.objects.standing().values_list("user", "agent"))
    own = Agent.objects.filter(user__isnull=False).values_list("user", "pk")
    return declared | set(own)
