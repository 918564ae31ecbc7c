"""Agents score their own conversations first: one week is done and published, in the newest the visitor is asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from django.db import transaction

from qa_portal.demo import reviewing
from qa_portal.demo.founding import Founded
from qa_portal.demo.people import AgentProfile, Company, ReviewerProfile
from qa_portal.demo.phrasebook import load
from qa_portal.demo.stories import Truth
from reviews.drafts import Draft
from reviews.models import QueueItem, Review
from reviews.services import claims, publishing, self_reviews, submitting
from rubrics.selectors import card_for

MILD = 0.12  # people see their own work a little better than others do
SCORED, ANSWERED, OUT, ASKED = (timedelta(hours=one) for one in (60, 40, 39, 30))


@transaction.atomic
def look(founded: Founded, company: Company, truths: Mapping[str, Truth], *, seed: int, now: datetime) -> None:
    """Review the first week of the plan with both views, and of the newest week what concerns the visitor."""
    if Review.objects.filter(item__plan=founded.own_view).exists():
        return
    items = QueueItem.objects.open().filter(plan=founded.own_view).select_related("agent__user", "conversation")
    draws = list(founded.own_view.draws.order_by("starts_at").values_list("pk", flat=True))
    agents = {one.email: one for one in company.agents}
    visitor = {company.teams[0].agents[0].email}
    for item in items.order_by("pk"):
        user, truth = item.agent.user, truths[item.conversation.external_id]
        if user is None or truth.sort != "talk":
            continue
        is_first_week = item.pick.draw_id == draws[0]
        if is_first_week:
            review = _review(item, truth, founded, company, seed=seed, now=now - SCORED)
            _answer(review, truth, agents[user.email], seed=seed, now=now - ANSWERED)
        elif user.email in visitor:
            visitor.clear()  # one is enough, also where the follow-up of a plan draws more
            _review(item, truth, founded, company, seed=seed, now=now - ASKED)
    publishing.publish_due(now=now - OUT)


def _review(item: QueueItem, truth: Truth, founded: Founded, company: Company, *, seed: int, now: datetime) -> Review:
    """Let somebody who reads the language score it; its agent is asked in the same moment."""
    reading = [(one, founded.reviewers[one.email]) for one in company.reviewers if truth.language in one.languages]
    # Whom the draw gave the second seat may not take the first one.
    profile, by = next(one for one in reading if QueueItem.objects.offered_to(one[1]).filter(pk=item.pk).exists())
    draft = claims.take(item, by=by, now=now - timedelta(minutes=6))
    card = card_for(draft.rubric_version)
    whole = reviewing.score(truth, card, reviewer=profile, agent=item.agent.name, seed=seed)
    return submitting.submit(draft, whole, by=by, now=now, active_seconds=340)


def _answer(review: Review, truth: Truth, agent: AgentProfile, *, seed: int, now: datetime) -> None:
    """Let the agent score it, in their own words."""
    by = review.agent.user
    assert by is not None
    seat = QueueItem.objects.select_related("agent").get(pick=review.item.pick_id, purpose=QueueItem.Purpose.SELF)
    draft = self_reviews.begin(seat, by=by, now=now - timedelta(minutes=5))
    oneself = ReviewerProfile(agent.name, agent.email, leniency=MILD, noise=0.1, languages=agent.languages)
    whole = reviewing.score(truth, card_for(draft.rubric_version), reviewer=oneself, agent=agent.name, seed=seed)
    submitting.submit(draft, _in_own_words(whole), by=by, now=now, active_seconds=280)


def _in_own_words(draft: Draft) -> Draft:
    words = load("comments")["own"]
    answers = {
        lineage: msgspec.structs.replace(one, comment=words[place % len(words)] if one.comment else "")
        for place, (lineage, one) in enumerate(draft.answers.items())
    }
    return msgspec.structs.replace(draft, answers=answers, notes=[], summary="")
