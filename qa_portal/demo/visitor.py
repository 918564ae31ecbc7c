"""The last touches before a visitor comes: the plans draw by themselves from now on, and one review lies half done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from qa_portal.demo import reviewing
from qa_portal.demo.founding import Founded
from qa_portal.demo.people import Company
from qa_portal.demo.stories import Truth
from reviews.drafts import Draft
from reviews.models import QueueItem, Review
from reviews.services import claims, drafting
from rubrics.selectors import card_for
from sampling.models import Plan
from sampling.services import plans

HALF = 5


def prepare(founded: Founded, company: Company, truths: Mapping[str, Truth], *, seed: int, now: datetime) -> None:
    """Set the plans going, and let the first reviewer leave a draft."""
    for plan in founded.plans:
        current = Plan.objects.get(pk=plan.pk)
        if current.status == Plan.Status.PAUSED:
            plans.resume(current, by=founded.manager, now=now)
    _leave_draft(founded, company, truths, seed=seed, now=now)


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
