"""Fill a plan: the evidence that speaks for it, its focus, and what the library suggests for the agent's level."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import RoleGrant, TeamMembership, User
from accounts.roles import ROLES, Permission, Role
from coaching import evidence
from coaching.models import Action, Evidence, Look, Plan
from coaching.questions import Catalogue
from coaching.selectors.checks import catalogue
from coaching.selectors.library import advice
from coaching.spans import FOLLOW_UP_WEEKS
from coaching.suggestions import SkillAdvice, Suggestion, choose
from reviews.models import Answer

FOLLOW_UP_REVIEWS = 8
FOCUS_POINTS = 3
MOST_EVIDENCE = 15
NORMAL_95 = 1.959964


def fill(plan: Plan, *, now: datetime, with_actions: bool = True) -> None:
    """Give a new plan its evidence, and the actions that the library suggests."""
    known = advice(plan.skill.slug) if with_actions else None
    fill_many([plan], {plan.skill.slug: known} if known else {}, now=now)


def fill_many(plans: Sequence[Plan], library: Mapping[str, SkillAdvice], *, now: datetime) -> None:
    """Do so for new plans of one day, in as many queries as for one. library: what it says on a skill, by its slug."""
    pairs = {(plan.agent_id, plan.skill_id) for plan in plans}
    found = evidence.strongest_of(pairs, since=plans[0].baseline_since)
    attach_many([(plan, found[plan.agent_id, plan.skill_id]) for plan in plans], now=now)
    if not library:
        return
    channels, checks = _channels(plans), catalogue()
    actions: list[Action] = []
    for plan in plans:
        known, channel = library.get(plan.skill.slug), channels.get(plan.pk, "")
        chosen = choose(known.suggestions, level=plan.agent.level, channel=channel) if known else []
        actions += _actions(plan, chosen, checks, now=now)
    Action.objects.bulk_create(actions)


def _channels(plans: Sequence[Plan]) -> dict[int, str]:
    """Return plan → the channel of its strongest evidence."""
    found: dict[int, str] = {}
    rows = Evidence.objects.filter(plan__in=plans).order_by("-lost_points", "pk")
    for plan_id, channel in rows.values_list("plan_id", "review__conversation__channel"):
        found.setdefault(plan_id, channel)
    return found


def _actions(plan: Plan, suggested: Iterable[Suggestion], checks: Catalogue, *, now: datetime) -> list[Action]:
    return [
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
        for position, one in enumerate(suggested)
    ]


def attach(plan: Plan, answers: Iterable[Answer], *, now: datetime) -> int:
    """Add answers to a plan's evidence, each once and no more than a person can read; the number added."""
    return attach_many([(plan, answers)], now=now)[plan.pk]


def attach_many(each: Sequence[tuple[Plan, Iterable[Answer]]], *, now: datetime) -> dict[int, int]:
    """Do so for many plans; the number added to each, by the plan's id."""
    known = events_of(plan for plan, _answers in each)
    rows = {plan.pk: _evidence(plan, answers, known[plan.pk], now=now) for plan, answers in each}
    Evidence.objects.bulk_create([row for mine in rows.values() for row in mine], ignore_conflicts=True)
    return {pk: len(mine) for pk, mine in rows.items()}


def events_of(plans: Iterable[Plan]) -> dict[int, list[evidence.Event]]:
    """Return what the evidence of some plans judges, by the plan's id."""
    known: dict[int, list[evidence.Event]] = {plan.pk: [] for plan in plans}
    names = ("plan_id", "review__conversation_id", "answer__criterion__lineage")
    for plan_id, unit, lineage in Evidence.objects.filter(plan__in=known).values_list(*names):
        known[plan_id].append((unit, lineage))
    return known


def _evidence(
    plan: Plan, answers: Iterable[Answer], known: Sequence[evidence.Event] = (), *, now: datetime
) -> list[Evidence]:  # fmt: skip
    seen = set(known)
    rows = [
        Evidence(
            plan=plan,
            review_id=answer.revision.review_id,
            answer=answer,
            lost_points=evidence.lost_points(answer),
            added_at=now,
        )
        for answer in evidence.once(answers)
        if evidence.event(answer) not in seen
    ]
    return rows[: max(0, MOST_EVIDENCE - len(known))]


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
    return focus_in(advice(skill))


def focus_in(known: SkillAdvice | None) -> str:
    """Return the focus points of what the library says on a skill, one a line."""
    return "\n".join(known.focus[:FOCUS_POINTS]) if known else ""


def follow_up_on(now: datetime) -> date:
    """Return the day on which a plan that starts now is followed up."""
    return (now + timedelta(weeks=FOLLOW_UP_WEEKS)).date()


def team_of(agent_id: int, *, now: datetime) -> int | None:
    """Return the team an agent is in."""
    return teams_of([agent_id], now=now).get(agent_id)


def teams_of(agents: Iterable[int], *, now: datetime) -> dict[int, int]:
    """Return agent → the team they are in."""
    found: dict[int, int] = {}
    for agent, team in TeamMembership.objects.at(now).filter(agent__in=agents).values_list("agent_id", "team_id"):
        found.setdefault(agent, team)
    return found


def coaches_of(plan: Plan, *, now: datetime) -> QuerySet[User]:
    """Return the people who may take a plan over, by name: all who coach its team, never its agent."""
    roles = [role for role, entry in ROLES.items() if Permission.COACH in entry.permissions]
    grants = RoleGrant.objects.active(now).filter(Q(team=None) | Q(team=plan.team_id), role__in=roles)
    people = User.objects.filter(is_active=True, pk__in=grants.values("user")).order_by("name", "pk")
    return people.exclude(pk=plan.agent.user_id) if plan.agent.user_id else people


def lead_of(team_id: int | None, *, now: datetime) -> int | None:
    """Return the supervisor of a team: the one who has been it longest."""
    return leads_of([] if team_id is None else [team_id], now=now).get(team_id)


def leads_of(teams: Iterable[int], *, now: datetime) -> dict[int | None, int]:
    """Return team → its supervisor."""
    grants = RoleGrant.objects.active(now).filter(role=Role.SUPERVISOR, team__in=set(teams), user__is_active=True)
    found: dict[int | None, int] = {}
    for team, user in grants.order_by("starts_at", "pk").values_list("team_id", "user_id"):
        found.setdefault(team, user)
    return found
