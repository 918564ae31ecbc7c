"""What a former supervisor still reads: coaching that was completed within the grant, as it stood when that ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Agent, RoleGrant, TeamMembership
from coaching import outcome_words, words
from coaching.effects import Measured
from coaching.models import Action, Outcome, Plan, Remark, Session
from coaching.selectors import bases
from coaching.selectors.bases import Basis
from coaching.selectors.plans import Shown, evidence_of
from reviews.selectors import earlier as reviews
from reviews.selectors.earlier import by_then, not_own


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A plan that ended within the grant, with nothing in it that came later."""

    plan: Plan
    why: str
    ended_because: str
    evidence: list[Shown]
    actions: list[Action]
    sessions: list[Session]
    remarks: list[Remark]
    outcome: str
    baseline_rests_on: Basis | None


def plans(grant: RoleGrant) -> QuerySet[Plan]:
    """Return the plans of the team that were declined or closed within a grant; never one's own.

    An ended plan keeps the team it was in.
    """
    closed = Q(status=Plan.Status.CLOSED, closed_at__gte=grant.starts_at, closed_at__lt=grant.ends_at)
    declined = Q(status=Plan.Status.DECLINED, decided_at__gte=grant.starts_at, decided_at__lt=grant.ends_at)
    rows = Plan.objects.filter(closed | declined)
    if grant.team_id is not None:
        rows = rows.filter(team=grant.team_id)
    return not_own(rows, grant, "agent").select_related("agent", "team", "skill", "owner").order_by("-pk")


def sessions(grant: RoleGrant) -> QuerySet[Session]:
    """Return the 1:1 sessions that took place within a grant, both sides having said so by its end."""
    held = Session.objects.filter(
        status=Session.Status.HELD,
        starts_at__gte=grant.starts_at,
        agent_confirmed_at__lt=grant.ends_at,
        coach_confirmed_at__lt=grant.ends_at,
    )
    rows = _in_the_team_then(held, grant, agent="plan__agent", moment="starts_at")
    return rows.select_related("plan__agent", "plan__skill").order_by("-starts_at", "-pk")


def remarks(grant: RoleGrant) -> QuerySet[Remark]:
    """Return what was said about plans of the team within a grant: reflections, comments, “this does not help”."""
    said = Remark.objects.filter(created_at__gte=grant.starts_at, created_at__lt=grant.ends_at)
    rows = _in_the_team_then(said, grant, agent="plan__agent", moment="created_at")
    return rows.select_related("plan__agent", "plan__skill", "author").order_by("-created_at", "-pk")


def agents(grant: RoleGrant) -> QuerySet[Agent]:
    """Return the agents of whom something is in the record of a grant."""
    return Agent.objects.filter(
        Q(pk__in=reviews.completed(grant).order_by().values("agent"))
        | Q(pk__in=plans(grant).order_by().values("agent"))
        | Q(pk__in=sessions(grant).order_by().values("plan__agent"))
        | Q(pk__in=remarks(grant).order_by().values("plan__agent"))
    )


def withhold(found: Iterable[Session], grant: RoleGrant) -> list[Session]:
    """Take agenda and notes out of sessions that were changed after the grant: what stands there now may be later."""
    kept = list(found)
    for one in kept:
        one.is_changed_since = by_then(one.updated_at, grant) is None  # type: ignore[attr-defined]
        if one.is_changed_since:  # type: ignore[attr-defined]
            one.agenda = one.notes = one.place = ""
    return kept


def with_endings(found: Iterable[Plan]) -> list[Plan]:
    """Say beside each plan when it ended, and why."""
    kept = list(found)
    for one in kept:
        one.ended_at = one.closed_at or one.decided_at  # type: ignore[attr-defined]
        one.because = words.declined_because(one) or words.closed_because(one)  # type: ignore[attr-defined]
    return kept


def with_words(found: Iterable[Remark]) -> list[Remark]:
    """Say beside each remark why something does not help."""
    kept = list(found)
    for one in kept:
        one.because = words.not_helpful_because(one.reason)  # type: ignore[attr-defined]
    return kept


def plan_page(plan: Plan, grant: RoleGrant) -> PlanPage:
    """Load one ended plan as it stood when the grant ended; private notes are no part of it."""
    rows = plan.evidence.filter(answer__revision__created_at__lt=grant.ends_at).exclude(review__status="voided")
    done = plan.actions.all()
    for one in done:
        one.done_at, one.confirmed_at = by_then(one.done_at, grant), by_then(one.confirmed_at, grant)
    return PlanPage(
        plan=plan,
        why=words.why(plan),
        ended_because=words.declined_because(plan) or words.closed_because(plan),
        evidence=evidence_of(rows),
        actions=list(done),
        sessions=withhold(sessions(grant).filter(plan=plan).order_by("starts_at"), grant),
        remarks=with_words(remarks(grant).filter(plan=plan).order_by("created_at", "pk")),
        outcome=_outcome(plan, grant),
        baseline_rests_on=bases.of_plans([plan], now=plan.proposed_at, until=grant.ends_at).get(plan.pk),
    )


def _outcome(plan: Plan, grant: RoleGrant) -> str:
    """Say the newest outcome that had been measured by the end of the grant, as it was worked out then."""
    found: list[tuple[datetime, Outcome]] = []
    for outcome in plan.outcomes.prefetch_related("past"):
        found.append((outcome.measured_at, outcome))
        for past in outcome.past.all():
            figures = {one.name: past.figures.get(one.name) for one in fields(Measured)}
            found.append((past.measured_at, Outcome(**figures)))
    known = [one for one in found if by_then(one[0], grant) is not None]
    return outcome_words.sentence(max(known, key=lambda one: one[0])[1]) if known else ""


def _in_the_team_then(rows: QuerySet[Any], grant: RoleGrant, *, agent: str, moment: str) -> QuerySet[Any]:
    """Keep what happened while the agent was in the team: plans follow their agent, so they do not tell."""
    rows = not_own(rows, grant, agent)
    if grant.team_id is None:
        return rows
    then = TeamMembership.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=OuterRef(moment)),
        agent=OuterRef(agent),
        team=grant.team_id,
        starts_at__lte=OuterRef(moment),
    )
    return rows.filter(Exists(then))
