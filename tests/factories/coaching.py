"""Weekly sums, published reviews and coaching plans for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import factory
from factory.django import DjangoModelFactory

from accounts.models import Agent, Team, User
from accounts.roles import Role
from coaching import weeks
from coaching.models import Action, Attempt, Look, Member, Observation, Plan, Programme, Session
from coaching.questions import mark, shipped
from conversations.models import Completion
from reviews import drafts
from reviews.models import Cell, QueueItem, Review
from reviews.services import cells, revisions
from rubrics.models import RubricVersion, Skill
from sampling.models import Draw, FrameStratum, Pick
from sampling.models import Plan as SamplingPlan
from sampling.services import keys
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, TeamFactory, TeamMembershipFactory, UserFactory, person
from tests.factories.conversations import conversation
from tests.factories.rubrics import SkillFactory, published_version
from tests.factories.sampling import PlanFactory as SamplingPlanFactory
from tests.support.entropy import numbers

EMPATHY = "empathy"
CHECK = "empathy-being-heard"


class PlanFactory(DjangoModelFactory):
    """A proposed plan as the sweep leaves it, without evidence."""

    class Meta:
        model = Plan

    agent = factory.SubFactory(AgentFactory)
    team = factory.SubFactory(TeamFactory)
    skill = factory.LazyFunction(lambda: SkillFactory(slug=EMPATHY, name="Empathy"))
    origin = Plan.Origin.LEVEL
    trigger = factory.LazyFunction(
        lambda: {"code": "likely_under_target", "week": "2026-W08", "probability": 0.96, "n": 14, "level": 58.0}
    )
    focus = "Name what this means for the customer before solving it."
    target = 70.0
    baseline_mean = 57.0
    baseline_low = 48.0
    baseline_high = 66.0
    baseline_n = 14
    follow_up_on = factory.LazyFunction(lambda: (NOW + timedelta(weeks=6)).date())
    proposed_at = NOW
    updated_at = NOW


class ActionFactory(DjangoModelFactory):
    class Meta:
        model = Action

    plan = factory.SubFactory(PlanFactory)
    kind = Action.Kind.PRACTISE
    text = "Write one sentence that names what the problem means for the customer."


def plan(status: str = "proposed", **fields: Any) -> Plan:
    """Make a plan in a status, with the moments that come with it."""
    moments: dict[str, Any] = {}
    if status != "proposed":
        moments["decided_at"] = NOW
    if status in ("shared", "active", "due", "evaluated"):
        moments["shared_at"] = NOW
    if status == "closed":
        moments["closed_at"] = NOW
    made: Plan = PlanFactory(status=status, **{**moments, **fields})
    return made


def session_of(made: Plan, **fields: Any) -> Session:
    """Make a planned session about a plan."""
    usual: dict[str, Any] = {"starts_at": NOW, "created_at": NOW, "updated_at": NOW}
    return Session.objects.create(plan=made, **{**usual, **fields})


def attempt_of(made: Plan, **fields: Any) -> Attempt:
    """Make an attempt at a shipped knowledge check in which every first choice was taken."""
    asked = next(one for one in shipped() if one.key == CHECK)
    answers = [1] * len(asked.questions)
    marked = mark(asked, answers)
    usual: dict[str, Any] = {
        "agent": made.agent, "key": asked.key, "title": asked.title, "taken_at": NOW, "answers": answers,
        "questions": [one.stored() for one in asked.questions], "right": marked.right, "total": marked.total,
        "is_passed": marked.passed,
    }  # fmt: skip
    return Attempt.objects.create(plan=made, **{**usual, **fields})


def programme_of(agents: Sequence[Agent], **fields: Any) -> Programme:
    """Make a draft of a programme with these members."""
    behind = keys.master(NOW)
    usual: dict[str, Any] = {
        "name": "Empathy in May", "master": behind, "created_at": NOW, "updated_at": NOW, "fingerprint": "0" * 64
    }  # fmt: skip
    made = Programme(**{**usual, **fields})
    if "skill" not in fields:
        made.skill = SkillFactory(slug=EMPATHY)
    made.save()
    Member.objects.bulk_create(Member(programme=made, agent=one) for one in agents)
    return made


def member(team: Team | None = None, **fields: Any) -> Agent:
    """Make an agent who is in a team."""
    made: Agent = AgentFactory(**fields)
    TeamMembershipFactory(agent=made, team=team or TeamFactory())
    return made


def agent_with_login(team: Team, **fields: Any) -> Agent:
    """Make an agent of a team who can log in."""
    return member(team, user=person(Role.AGENT), **fields)


def sums(
    agent: Agent,
    scores: Sequence[float],
    *,
    week: str,
    plan: SamplingPlan,
    by: User,
    skill: str = EMPATHY,
    at: datetime | None = None,
    pool: str = "random",
) -> Cell:
    """Put an agent's scores (points) on a skill into the sums of one week, published the week after."""
    stratum = stratum_of(agent, week=week, plan=plan)
    units = [round(score * 10_000) for score in scores]
    return Cell.objects.create(
        stratum=stratum,
        metric=f"skill:{skill}",
        rubric_version=stratum.draw.rubric_version,
        reviewer=by,
        pool=pool,
        n=len(units),
        total=sum(units),
        squares=sum(unit * unit for unit in units),
        newest_review_id=next(numbers),
        newest_at=at or weeks.end_of(week) + timedelta(days=2),
    )


def stratum_of(agent: Agent, *, week: str, plan: SamplingPlan) -> FrameStratum:
    """Make an agent's stratum in the draw of one ISO week in the plan's own time zone, or find it."""
    year, number = week.split("-W")
    monday = datetime.fromisocalendar(int(year), int(number), 1).replace(tzinfo=ZoneInfo(plan.time_zone))
    draw, _new = Draw.objects.get_or_create(
        plan=plan,
        period=week,
        defaults={
            "starts_at": monday,
            "ends_at": monday + timedelta(days=7),
            "time_zone": plan.time_zone,
            "rubric_version": plan.rubric.versions.order_by("-number").first(),
            "fingerprint": "0" * 64,
            "frozen_at": NOW,
            "due_at": NOW,
        },
    )
    found, _new = FrameStratum.objects.get_or_create(
        draw=draw, agent=agent, defaults={"frame_size": 40, "quota": 3, "prefix": 3, "eligible": 3, "drawn": 3}
    )
    return found


def reviewed(
    agent: Agent,
    answers: Mapping[str, dict[str, Any]],
    *,
    week: str,
    plan: SamplingPlan,
    by: User,
    at: datetime | None = None,
    team: Team | None = None,
    **talk: Any,
) -> Review:
    """Publish a review of a conversation of one week: answers, comments, pins and sums as the product writes them.

    answers: lineage → option, comment and pins; lineages of tests.factories.rubrics.small_card.
    """
    at = at or weeks.end_of(week) + timedelta(days=2)
    ended = weeks.start_of(week) + timedelta(days=1, hours=9)
    stratum = stratum_of(agent, week=week, plan=plan)
    said = conversation(agent=agent, completed_at=ended, **talk)
    version: RubricVersion = stratum.draw.rubric_version
    pick = Pick.objects.create(
        draw=stratum.draw, stratum=stratum, conversation=said, completion=Completion.objects.get(conversation=said),
        agent=agent, team=team, rank=next(numbers), u=0.5, released_at=at,
    )  # fmt: skip
    shared = {
        "conversation": said, "transcript": said.transcript, "agent": agent, "team": team, "rubric_version": version
    }  # fmt: skip
    item = QueueItem.objects.create(pick=pick, status="submitted", due_at=at, created_at=at, **shared)
    review = Review.objects.create(item=item, author=by, created_at=at, updated_at=at, **shared)
    draft = drafts.parse({"answers": dict(answers)})
    revision = revisions.write(review, draft, number=1, by=by, now=at)
    Review.objects.filter(pk=review.pk).update(
        status="published", current=revision, submitted_at=at, published_at=at, published_by=by
    )
    review.refresh_from_db()
    cells.add(review, revision)
    return review


def sampling_plan(**fields: Any) -> SamplingPlan:
    """Make a sampling plan by the small rubric: two criteria on problem solving, one on process and compliance."""
    made: SamplingPlan = SamplingPlanFactory(rubric=published_version().rubric, **fields)
    return made


def skill(slug: str = EMPATHY) -> Skill:
    """Make a skill, or find it."""
    made: Skill = SkillFactory(slug=slug)
    return made


def look(agent: Agent, of: Skill, *, week: str, **fields: Any) -> Look:
    """Store a look as one week's sweep would leave it."""
    usual: dict[str, Any] = {
        "looked_at": weeks.end_of(week), "n": 12, "n_effective": 8.0, "mean": 58.0, "level": 60.0, "level_sd": 5.0,
        "target": 70.0, "probability": 0.95, "flag": True, "baseline": 60.0, "baseline_sd": 5.0,
        "newest_published_at": weeks.end_of(week),
    }  # fmt: skip
    return Look.objects.create(agent=agent, skill=of, week=week, **{**usual, **fields})


def observed(agent: Agent, **fields: Any) -> Observation:
    """Store a strength of an agent as the sweep would leave it."""
    numbers = {"level": 88.0, "target": 70.0, "n": 12, "above": 0.95, "rules": 0}
    usual: dict[str, Any] = {"kind": "strength", "week": "2026-W08", "noticed_at": NOW, "numbers": numbers}
    return Observation.objects.create(agent=agent, skill=skill(), **{**usual, **fields})


def reviewer() -> User:
    """Make somebody who scores."""
    made: User = UserFactory()
    return made
