"""Found the demo company: workspace, people, teams, rubrics, sampling plans. Founding twice changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import Agent, AgentIdentity, RoleGrant, Team, User
from accounts.roles import Role
from accounts.services import agents, grants, people, teams, workspace
from qa_portal.demo.people import PASSWORD, AgentProfile, Company, Person, ReviewerProfile, TeamProfile
from reviews.models import CommentTemplate
from reviews.services import comment_templates
from reviews.services.comment_templates import Wording
from rubrics.models import Rubric, Skill
from rubrics.services import starters
from sampling.feedback_rules import FeedbackRules
from sampling.models import Plan
from sampling.services import plans
from sampling.terms import Terms

SOURCE = "northstar-desk"
TIME_ZONE = "Europe/Berlin"
QUOTA = 3
DUE_DAYS = 10
DISPUTE_DAYS = 28
# What technical support looks at more often than chance would: each rule's name, weight and condition.
RISKS = (
    ("Unhappy customer", 4.0, "csat_at_most", "2"),
    ("Came back", 3.0, "reopened", "1"),
    ("Long talk", 2.0, "messages_at_least", "16"),
)
BY_RISK: dict[str, Any] = {
    "risk_rules": [
        {"name": name, "weight": weight, "certain": False, "when": [{"fact": fact, "value": value, "key": ""}]}
        for name, weight, fact, value in RISKS
    ],
    "targeted_per_period": 8,
    "strata": ["channel"],
}
# name, rubric, the teams whose conversations it draws; what its terms say beside the usual stands in MORE.
PLANS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Customer care, every week", "general-chat", ("retail", "healthcare", "financial")),
    ("Technical support, every week", "technical-support", ("technology",)),
)
MORE = {"Technical support, every week": BY_RISK}
# Its conversations are scored by their agents first; it began when the newest weeks did.
OWN_VIEW = ("Own view first, every week", "general-chat", ("retail",))
# name, skill, text: what the reviewers of this company share.
TEMPLATES = (
    ("Feeling was named", "empathy", "You saw how {customer} felt and said so in your own words. Keep doing that."),
    ("Feeling was missed", "empathy", "{customer} told us how this felt. One sentence about it, before the questions."),
    ("Question asked twice", "attention-to-detail", "{customer} had said this already. Read up once before you ask."),
    ("Next step was clear", "written-communication", "Good: {customer} knows what happens next, and when."),
    ("No next step", "written-communication", "Say what happens next and by when, so that {customer} need not ask."),
    ("Policy reminder", "process-compliance", "{criterion}: please look at the policy again before the next case."),
)


@dataclass(frozen=True, slots=True)
class Founded:
    """The company in the database."""

    manager: User
    reviewers: dict[str, User]
    supervisors: dict[str, User]
    plans: tuple[Plan, ...]
    own_view: Plan


@transaction.atomic
def found(company: Company, *, monday: date, own_view_from: date, now: datetime) -> Founded:
    """Make everybody and everything that is there before the first conversation."""
    # The newest reviews are two weeks old when a visitor comes, and should still be open to dispute.
    workspace.change(
        by=None, now=now, name=company.name, time_zone=TIME_ZONE, is_demo=True, dispute_window_days=DISPUTE_DAYS
    )
    encoded = make_password(PASSWORD)
    admin = _user(company.admin, encoded, role=Role.ADMIN, now=now)
    manager = _user(company.manager, encoded, role=Role.MANAGER, by=admin, now=now)
    reviewers = {one.email: _user(one, encoded, role=Role.SPECIALIST, by=admin, now=now) for one in company.reviewers}
    supervisors = {team.slug: _team(team, encoded, by=admin, now=now) for team in company.teams}
    starters.install(by=manager, now=now)
    _templates(by=manager, now=now)
    return Founded(
        manager=manager,
        reviewers=reviewers,
        supervisors=supervisors,
        plans=tuple(_plan(*entry, monday=monday, by=manager, now=now) for entry in PLANS),
        own_view=_plan(
            *OWN_VIEW, monday=own_view_from, by=manager, now=now, quota=1, feedback=FeedbackRules(self_review=True)
        ),
    )


def _templates(*, by: User, now: datetime) -> None:
    """Share the sentences that the reviewers of this company start from."""
    for name, skill, text in TEMPLATES:
        if not CommentTemplate.objects.shared().filter(name=name).exists():
            wording = Wording(name, text, Skill.objects.filter(slug=skill).first())
            comment_templates.create(wording, shared=True, by=by, now=now)


def _user(
    person: Person | ReviewerProfile | AgentProfile,
    encoded: str,
    *,
    role: Role,
    now: datetime,
    by: User | None = None,
    team: Team | None = None,
) -> User:
    """Return the log-in of a person with one role, made where it is missing."""
    user = User.objects.filter(email=person.email).first()
    if user is None:
        user = people.create_user(person.email, name=person.name, by=by, now=now, encoded_password=encoded)
    if not RoleGrant.objects.filter(user=user, role=role, team=team).exists():
        grants.grant(user, role, by=by, now=now, team=team)
    return user


def _team(profile: TeamProfile, encoded: str, *, by: User, now: datetime) -> User:
    """Make a team with its agents and return its supervisor."""
    team = Team.objects.filter(slug=profile.slug).first() or teams.create_team(
        profile.name, slug=profile.slug, by=by, now=now, time_zone=profile.time_zone
    )
    supervisor = _user(profile.supervisor, encoded, role=Role.SUPERVISOR, by=by, now=now, team=team)
    for agent in profile.agents:
        _agent(agent, profile, team, encoded, by=by, now=now)
    return supervisor


def _agent(
    profile: AgentProfile, team_profile: TeamProfile, team: Team, encoded: str, *, by: User, now: datetime
) -> None:
    if AgentIdentity.objects.filter(source=SOURCE, external_id=profile.external_id).exists():
        return
    user = _user(profile, encoded, role=Role.AGENT, by=by, now=now, team=team)
    agent: Agent = agents.create_agent(
        profile.name,
        source=SOURCE,
        external_id=profile.external_id,
        by=by,
        now=now,
        level=profile.level,
        hired_on=(now - timedelta(days=profile.hired_days_ago)).date(),
        languages=profile.languages,
        time_zone=team_profile.time_zone,
        user=user,
    )
    agents.move(agent, team, by=by, now=now)


def _plan(
    name: str,
    rubric: str,
    teams: tuple[str, ...],
    *,
    monday: date,
    by: User,
    now: datetime,
    quota: int = QUOTA,
    feedback: FeedbackRules | None = None,
) -> Plan:
    """Make a sampling plan; paused, because the demo draws by hand at the times it tells of."""
    plan = Plan.objects.filter(name=name).first()
    if plan is not None:
        return plan
    terms = Terms(
        rubric_id=Rubric.objects.get(slug=rubric).pk,
        population={"team": [str(team.pk) for team in Team.objects.filter(slug__in=teams).order_by("pk")]},
        quota_per_agent=quota,
        time_zone=TIME_ZONE,
        due_days=DUE_DAYS,
        **MORE.get(name, {}),
    )
    made = plans.create(name, terms=terms, starts_on=monday, by=by, now=now, feedback=feedback)
    return plans.pause(made, by=by, now=now)
