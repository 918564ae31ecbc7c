"""Queue items and reviews for tests, made the way the product makes them: drawn, put into the queue, claimed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from accounts.models import Agent, Team, User
from accounts.roles import Role
from conversations.models import Completion
from reviews import drafts
from reviews.models import QueueItem, Review
from reviews.services import by_hand as services
from reviews.services import claims, filling, publishing, skipping, submitting
from rubrics.models import RubricVersion
from sampling.models import Draw, FrameStratum, Pick, Plan
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, TeamFactory, person
from tests.factories.conversations import conversation
from tests.factories.rubrics import published_version
from tests.factories.sampling import WEEK, PlanFactory

GOOD: dict[str, Any] = {"understood": "yes", "solved": "yes", "data-protected": "yes"}


def drawn_items(
    count: int = 1,
    *,
    agent: Agent | None = None,
    team: Team | None = None,
    plan: Plan | None = None,
    version: RubricVersion | None = None,
    due_at: datetime | None = None,
) -> list[QueueItem]:
    """Draw conversations of one agent and put them into the queue, in ascending u."""
    version = version or (plan.rubric.versions.get(status="published") if plan else published_version())
    plan = plan or PlanFactory(rubric=version.rubric)
    agent = agent or AgentFactory()
    team = team or TeamFactory()
    draw = draw_of(plan, version=version, due_at=due_at)
    stratum = FrameStratum.objects.create(
        draw=draw, agent=agent, team=team, frame_size=count * 10, quota=count, prefix=count, eligible=count, drawn=count
    )
    picks = [pick(stratum, rank=place + 1) for place in range(count)]
    filling.fill(now=NOW)
    return list(QueueItem.objects.filter(pick__in=picks).order_by("u"))


def draw_of(plan: Plan, *, version: RubricVersion, due_at: datetime | None = None) -> Draw:
    """Make the draw of the last whole week, or find it."""
    made, _new = Draw.objects.get_or_create(
        plan=plan,
        period="2026-W09",
        defaults={
            "starts_at": WEEK,
            "ends_at": WEEK + timedelta(days=7),
            "time_zone": "UTC",
            "rubric_version": version,
            "fingerprint": "0" * 64,
            "frozen_at": NOW,
            "due_at": due_at or NOW + timedelta(days=5),
        },
    )
    return made


def pick(stratum: FrameStratum, *, rank: int) -> Pick:
    """Pick one whole conversation of the stratum's agent."""
    talked = conversation(agent=stratum.agent, team=stratum.team)
    return Pick.objects.create(
        draw=stratum.draw,
        stratum=stratum,
        conversation=talked,
        completion=Completion.objects.get(conversation=talked),
        agent=stratum.agent,
        team=stratum.team,
        rank=rank,
        u=rank / 1000 + stratum.pk / 10**6,
        released_at=NOW,
    )


def filled(answers: dict[str, str] | None = None, *, summary: str = "", **more: Any) -> drafts.Draft:
    """Fill in the small card: criterion → option, commented and evidenced where an answer is not the best."""
    body: dict[str, Any] = {}
    for lineage, option in (answers or GOOD).items():
        given: dict[str, Any] = {"not_applicable": True} if option == "n/a" else {"option": option}
        if option in {"no", "partly", "breach"}:
            given |= {"comment": f"Because of {lineage}.", "pins": [{"message": 1}]}
        body[lineage] = given
    return drafts.parse({"answers": body, "summary": summary, **more})


def specialist(team: Team | None = None) -> User:
    """Make somebody who scores, everywhere or in one team."""
    return person(Role.SPECIALIST, team=team)


def claimed(item: QueueItem | None = None, *, by: User | None = None, now: datetime = NOW) -> Review:
    """Claim an item and return the draft that hangs on it."""
    item = item or drawn_items()[0]
    return claims.take(item, by=by or specialist(), now=now)


def skipped(item: QueueItem | None = None, *, reason: str = "spam", by: User | None = None, **made: Any) -> QueueItem:
    """Claim and skip an item of a stratum that has nothing more to release."""
    item = item or drawn_items(**made)[0]
    FrameStratum.objects.filter(pk=item.pick.stratum_id).update(frame_size=F("prefix"))
    review = claimed(item, by=by)
    skipping.skip(review.item, reason=reason, by=review.author, now=NOW)
    return QueueItem.objects.get(pk=item.pk)


def by_hand(
    *, agent: Agent | None = None, team: Team | None = None, by: User | None = None,
    version: RubricVersion | None = None, now: datetime = NOW,
) -> Review:  # fmt: skip
    """Begin to review a whole conversation that somebody came upon."""
    talked = conversation(agent=agent or AgentFactory(), team=team or TeamFactory())
    rubric = (version or published_version()).rubric
    return services.begin(talked, rubric=rubric, by=by or specialist(), now=now)


def submitted(
    item: QueueItem | None = None,
    *,
    by: User | None = None,
    answers: dict[str, str] | None = None,
    now: datetime = NOW,
    **more: Any,
) -> Review:
    """Claim, fill in and submit."""
    review = claimed(item, by=by, now=now)
    return submitting.submit(review, filled(answers, **more), by=review.author, now=now)


def published(
    item: QueueItem | None = None, *, by: User | None = None, answers: dict[str, str] | None = None,
    now: datetime = NOW, **more: Any,
) -> Review:  # fmt: skip
    """Claim, fill in, submit and publish."""
    review = submitted(item, by=by, answers=answers, now=now, **more)
    return publishing.publish(review, by=review.author, now=now)
