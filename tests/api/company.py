"""A small company in which every kind of thing exists, and somebody to ask about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile

from accounts.models import Notification, User
from accounts.roles import Role
from accounts.scopes import Scope
from accounts.services import tokens
from coaching.dry_results import result_of
from coaching.models import SweepFailure, SweepRun
from coaching.rehearsal import Fired
from coaching.rules import SHIPPED
from coaching.services import dry_runs, rules
from conversations.models import ImportRun, Source
from core.models import Job
from reviews.models import CellCheck, CommentTemplate, Review
from reviews.services import absences, what_if
from sampling.services import checks
from tests.conftest import NOW
from tests.factories.accounts import (
    AgentFactory,
    RoleGrantFactory,
    TeamFactory,
    TeamMembershipFactory,
    led_before,
    person,
)
from tests.factories.calibration import revealed
from tests.factories.coaching import CHECK, ActionFactory, attempt_of, observed, plan, programme_of, session_of
from tests.factories.disputes import decided, disputed, feedback, looked_at
from tests.factories.reviews import claimed, drawn_items, published, skipped, submitted
from tests.factories.rubrics import draft_version
from tests.factories.sampling import PlanFactory, agent, drawn, master_key, week_of


@dataclass(frozen=True)
class Company:
    """The token of somebody who may do nearly everything, and real things by resource."""

    headers: dict[str, str]
    ids: dict[str, list[int]]
    slugs: list[str]

    def slugs_of(self, resource: str) -> list[str]:
        """Return slugs of real things of a resource."""
        own = {"knowledge-checks": [CHECK], "coaching-library": ["problem-solving"]}
        return own.get(resource, self.slugs)


def founded() -> Company:
    """Make the company."""
    master_key()
    user = person(Role.MANAGER)
    for role in (Role.AGENT, Role.ADMIN):
        RoleGrantFactory(user=user, role=role)
    other = person(Role.SPECIALIST)
    team = TeamFactory()
    me = AgentFactory(user=user)
    TeamMembershipFactory(agent=me, team=team)
    reviews = [
        claimed(drawn_items(2, team=team)[0], by=user), submitted(drawn_items(team=team)[0], by=user),
        published(drawn_items(team=team)[0], by=user),
    ]  # fmt: skip
    mine = published(drawn_items(agent=me, team=team)[0])
    asked = submitted(drawn_items(agent=me, team=team, plan=PlanFactory(self_review=True))[0])
    plans = [plan(status, agent=AgentFactory(), team=team) for status in ("proposed", "accepted")]
    shared = plan("shared", agent=me, team=team)
    week_of(agent("Ada"), 4)
    sampling = PlanFactory()
    draft = draft_version()
    run = _import(user)
    _token, text = tokens.create(user, name="Fuzz", scopes=tuple(Scope), by=user, now=NOW)
    spare, _text = tokens.create(user, name="Spare", by=user, now=NOW)
    template = CommentTemplate.objects.create(name="Warm", text="Warmer.", owner=user, created_at=NOW, updated_at=NOW)
    session = UserSession.objects.create(user=user, ip="127.0.0.1", session_key="fuzz", user_agent="Fuzz")
    Session.objects.create(session_key="fuzz", session_data="", expire_date=NOW + timedelta(days=30))
    _kept_by_the_clock(reviews[0])
    ids = {
        "sessions": [session.pk],
        "comment-templates": [template.pk],
        "users": [other.pk],
        "grants": [other.grants.get().pk],
        "agents": [reviews[0].agent_id],
        "teams": [team.pk],
        "reports": [reviews[0].agent_id],
        "tokens": [spare.pk],
        "jobs": [run.job_id or 0],
        "imports": [run.pk],
        "sources": [run.source_id],
        "conversations": [review.conversation_id for review in reviews],
        "queue": [reviews[0].item_id],
        "reviewers": [user.pk],
        "absences": [
            absences.be_away(
                user, starts_at=NOW + timedelta(days=30), ends_at=NOW + timedelta(days=31), by=user, now=NOW
            ).pk
        ],
        "conflicts": [absences.declare_conflict(other, me, reason="Kin.", by=user, now=NOW).pk],
        "skips": [skipped(by=other, team=team).pk],
        "reviews": [review.pk for review in reviews],
        "feedback": [mine.pk],
        "self-reviews": list(asked.item.pick.items.filter(purpose="self").values_list("pk", flat=True)),
        "notifications": list(Notification.objects.filter(user=user).values_list("pk", flat=True)),
        "calibration-sessions": [revealed([user, other]).pk],
        "disputes": [decided().pk, looked_at(disputed(feedback(team=team))).pk],
        "what-ifs": [what_if.start(draft, by=user, now=NOW).pk],
        "sampling-plans": [sampling.pk],
        "draws": [drawn(sampling).pk],
        "receipt-checks": [checks.start(ContentFile(b"{}", "week.json"), by=user, now=NOW).pk],
        "coaching-plans": [one.pk for one in (*plans, shared)],
        "coaching-sessions": [session_of(one).pk for one in (plans[1], shared)],
        "coaching-actions": [ActionFactory(plan=shared, check_key=CHECK).pk, ActionFactory(plan=plans[0]).pk],
        "coaching-growth": [me.pk],
        "coaching-programmes": [programme_of([one.agent for one in plans], team=team).pk],
        "earlier-teams": [led_before(user).pk],
        "coaching-attempts": [attempt_of(shared).pk],
        "coaching-rules": [rules.change(replace(SHIPPED, above=0.8), number=0, by=user, now=NOW).pk],
        "coaching-dry-runs": [_dry_run(user, reviews[0])],
        "coaching-observations": [observed(reviews[0].agent).pk],
    }
    return Company({"Authorization": f"Bearer {text}"}, ids, [sampling.rubric.slug, draft.rubric.slug])


def _kept_by_the_clock(review: Review) -> None:
    """Note what the jobs of the night note."""
    CellCheck.objects.create(checked_at=NOW, compared=5, differing=0)
    SweepRun.objects.create(started_at=NOW, finished_at=NOW)
    SweepFailure.objects.create(part="look", key="x", agent=review.agent, error="ValueError", first_at=NOW, last_at=NOW)


def _dry_run(user: User, review: Review) -> int:
    job = dry_runs.start(SHIPPED, by=user, now=NOW)
    fired = Fired("level", "2026-W08", review.agent_id, None, 0.9, 70.0, 80.0, 9)
    Job.objects.filter(pk=job.pk).update(result=result_of([fired]))
    return job.pk


def _import(user: User) -> ImportRun:
    job = Job.objects.create(kind="import_conversations", created_by=user, created_at=NOW)
    source = Source.objects.create(slug="desk", name="Desk", created_at=NOW)
    run = ImportRun.objects.create(source=source, file_name="week.jsonl", started_at=NOW, started_by=user, job=job)
    run.rejects.create(line=1, reason="external_id is missing", raw="{}")
    return run
