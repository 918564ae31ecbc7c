"""Fill a plan: the evidence that speaks for it, its focus, and what the library suggests for the agent's level."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import RoleGrant, TeamMembership, User
from accounts.roles import ROLES, Permission, Role
from coaching import evidence
from coaching.models import Action, Evidence, Look, Plan
from coaching.selectors.checks import catalogue
from coaching.selectors.library import advice, suggest
from coaching.spans import FOLLOW_UP_WEEKS
from reviews.models import Answer

FOLLOW_UP_REVIEWS = 8
FOCUS_POINTS = 3
MOST_EVIDENCE = 15
NORMAL_95 = 1.959964


def fill(plan: Plan, *, now: datetime, with_actions: bool = True) -> None:
    """Give a new plan its evidence, and the actions that the library suggests."""
    attach(plan, evidence.strongest(plan.agent_id, plan.skill_id, since=plan.baseline_since), now=now)
    if not with_actions:
        return
    channel = plan.evidence.values_list("review__conversation__channel", flat=True).first() or ""
    checks = catalogue()
    Action.objects.bulk_create(
        Action(
            plan=plan,
            kind=one.kind,
            text=one.text,
            link=one.link,
            library_key=one.key,
            check_key=checks.going_with(one.key),
            due_on=(now + timedelta(days=one.days)).date(),
            position=position,
        )
        for position, one in enumerate(suggest(plan.skill.slug, level=plan.agent.level, channel=channel))
    )


def attach(plan: Plan, answers: Iterable[Answer], *, now: datetime) -> int:
    """Add answers to a plan's evidence, each once and no more than a person can read; the number added."""
    known = set(plan.evidence.values_list("answer_id", flat=True))
    rows = [
        Evidence(
            plan=plan,
            review_id=answer.revision.review_id,
            answer=answer,
            lost_points=evidence.lost_points(answer),
            added_at=now,
        )
        for answer in answers
        if answer.pk not in known
    ][: max(0, MOST_EVIDENCE - len(known))]
    Evidence.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def baseline_of(look: Look | None) -> dict[str, Any]:
    """Return the baseline that a plan takes from a look: level, 95 % interval in points, and number of reviews."""
    if look is None:
        return {"baseline_n": 0}
    return {
        "baseline_mean": look.baseline, "baseline_low": edge(look, -1), "baseline_high": edge(look, +1),
        "baseline_n": look.n,
    }  # fmt: skip


def edge(look: Look, sign: int) -> float | None:
    """Return the lower (−1) or upper (+1) end of the baseline's 95 % interval, in points."""
    if look.baseline is None or look.baseline_sd is None:
        return None
    return min(100.0, max(0.0, look.baseline + sign * NORMAL_95 * look.baseline_sd))


def focus_of(skill: str) -> str:
    """Return the library's focus points for a skill, one a line."""
    known = advice(skill)
    return "\n".join(known.focus[:FOCUS_POINTS]) if known else ""


def follow_up_on(now: datetime) -> date:
    """Return the day on which a plan that starts now is followed up."""
    return (now + timedelta(weeks=FOLLOW_UP_WEEKS)).date()


def team_of(agent_id: int, *, now: datetime) -> int | None:
    """Return the team an agent is in."""
    return TeamMembership.objects.at(now).filter(agent=agent_id).values_list("team_id", flat=True).first()


def coaches_of(plan: Plan, *, now: datetime) -> QuerySet[User]:
    """Return the people who may take a plan over, by name: all who coach its team, never its agent."""
    roles = [role for role, entry in ROLES.items() if Permission.COACH in entry.permissions]
    grants = RoleGrant.objects.active(now).filter(Q(team=None) | Q(team=plan.team_id), role__in=roles)
    people = User.objects.filter(is_active=True, pk__in=grants.values("user")).order_by("name", "pk")
    return people.exclude(pk=plan.agent.user_id) if plan.agent.user_id else people


def lead_of(team_id: int | None, *, now: datetime) -> int | None:
    """Return the supervisor of a team: the one who has been it longest."""
    if team_id is None:
        return None
    grants = RoleGrant.objects.active(now).filter(role=Role.SUPERVISOR, team=team_id, user__is_active=True)
    return grants.order_by("starts_at", "pk").values_list("user_id", flat=True).first()
