"""The last touches before a visitor comes: plans that draw by themselves, reviews begun, by hand, and disputed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from conversations.models import Conversation
from qa_portal.demo import calibration_work, dispute_work, reviewing, self_work
from qa_portal.demo.founding import Founded
from qa_portal.demo.people import Company
from qa_portal.demo.phrasebook import load
from qa_portal.demo.stories import Truth
from reviews.drafts import Draft
from reviews.models import QueueItem, Review
from reviews.services import asking, by_hand, claims, drafting, publishing, submitting
from rubrics.models import Rubric
from rubrics.selectors import card_for
from sampling.models import Pick, Plan
from sampling.services import plans

HALF = 5
LOW = 90  # below that there is something to ask about
RUBRIC = "general-chat"
LATEST = 400  # of what was told: far enough back for a team's last days


def prepare(founded: Founded, company: Company, truths: Mapping[str, Truth], *, seed: int, now: datetime) -> None:
    """Set the plans going; agents score themselves, a reviewer works by hand and leaves a draft, some disagree."""
    for plan in (*founded.plans, founded.own_view):
        current = Plan.objects.get(pk=plan.pk)
        if current.status == Plan.Status.PAUSED:
            plans.resume(current, by=founded.manager, now=now)
    self_work.look(founded, company, truths, seed=seed, now=now)
    _review_by_hand(founded, company, truths, seed=seed, now=now)
    _leave_draft(founded, company, truths, seed=seed, now=now)
    dispute_work.disagree(company, now=now)
    calibration_work.calibrate(founded, company, truths, seed=seed, now=now)
    _ask(company, now=now)


@transaction.atomic
def _review_by_hand(
    founded: Founded, company: Company, truths: Mapping[str, Truth], *, seed: int, now: datetime
) -> None:
    profile, team = company.reviewers[0], company.teams[0]
    user, begins = founded.reviewers[profile.email], now - timedelta(hours=3)
    if Pick.objects.filter(pool=Pick.Pool.MANUAL).exists():
        return
    fitting = [one.external_id for one in truths.values() if one.sort == "talk" and one.language in profile.languages]
    talks = Conversation.objects.filter(team__slug=team.slug, picks=None, completed_at__lt=begins)
    talk = talks.filter(external_id__in=fitting[-LATEST:], assignee__is_bot=False).order_by("-completed_at").first()
    if talk is None:
        return
    review = by_hand.begin(talk, rubric=Rubric.objects.get(slug=RUBRIC), by=user, now=begins)
    card = card_for(review.rubric_version)
    whole = reviewing.score(truths[talk.external_id], card, reviewer=profile, agent=review.agent.name, seed=seed)
    done = submitting.submit(review, whole, by=user, now=begins + timedelta(minutes=7), active_seconds=400)
    publishing.publish(done, by=user, now=begins + timedelta(minutes=30))


@transaction.atomic
def _ask(company: Company, *, now: datetime) -> None:
    """Let the first agent ask about the newest feedback with something to change, and its reviewer answer."""
    mine = Review.objects.published().filter(agent__user__email=company.teams[0].agents[0].email, disputes=None)
    low = mine.filter(current__final_score__lt=LOW).select_related("agent__user", "author")
    review = low.order_by("-published_at", "-pk").first()
    if review is None or review.agent.user is None or review.remarks.exists():
        return
    words = load("comments")["talk"]
    asking.ask(review, text=words["question"], by=review.agent.user, now=now - timedelta(hours=20))
    asking.answer(review, text=words["answer"], by=review.author, now=now - timedelta(hours=17))


@transaction.atomic
def _leave_draft(founded: Founded, company: Company, truths: Mapping[str, Truth], *, seed: int, now: datetime) -> None:
    profile = company.reviewers[0]
    user = founded.reviewers[profile.email]
    earlier = now - timedelta(hours=1)
    drafts = Review.objects.filter(author=user, status=Review.Status.DRAFT, item__in=QueueItem.objects.open())
    review = None if drafts.exists() else claims.next_item(by=user, now=earlier)
    if review is None:
        return
    truth = truths[review.conversation.external_id]
    if truth.sort == "talk":
        whole = reviewing.score(
            truth, card_for(review.rubric_version), reviewer=profile, agent=review.agent.name, seed=seed
        )
        half = Draft(answers=dict(list(whole.answers.items())[:HALF]))
        drafting.save(review, half, number=review.draft_number, by=user, now=earlier, active_seconds=190)
    claims.release(review.item, by=user, now=earlier + timedelta(minutes=6))
