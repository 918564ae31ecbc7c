"""Agents score their own conversations first: one week is done and published, in the newest the visitor is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import cycle

import msgspec
from django.db import transaction

from qa_portal.demo import reviewing
from qa_portal.demo.founding import Founded
from qa_portal.demo.people import AgentProfile, Company, ReviewerProfile
from qa_portal.demo.phrasebook import load
from qa_portal.demo.stories import Truth
from reviews.drafts import AnswerDraft, Draft
from reviews.models import QueueItem, Review
from reviews.services import claims, publishing, self_reviews, submitting
from rubrics.card import Card, Criterion, Kind
from rubrics.scoring.missing import needs_comment
from rubrics.selectors import card_for

MILD = 0.12  # people see their own work a little better than others do
SCORED, ANSWERED, OUT, ASKED = (timedelta(hours=one) for one in (60, 40, 39, 30))


@transaction.atomic
def look(founded: Founded, company: Company, truths: Mapping[str, Truth], *, seed: int, now: datetime) -> None:
    """Review the first week of the plan with both views, and of the newest week what concerns the visitor."""
    if Review.objects.filter(item__plan=founded.own_view).exists():
        return
    seats = QueueItem.objects.open().filter(plan=founded.own_view, purpose=QueueItem.Purpose.PRIMARY)
    items = seats.select_related("agent__user", "conversation", "pick").order_by("pk")
    draws = list(founded.own_view.draws.order_by("starts_at").values_list("pk", flat=True))
    agents = {one.email: one for one in company.agents}
    visitor = {company.teams[0].agents[0].email}
    for item in items:
        user, truth = item.agent.user, truths[item.conversation.external_id]
        profile = _reviewer(item, truth, founded, company)
        if user is None or truth.sort != "talk" or profile is None:
            continue
        if item.pick.draw_id == draws[0]:
            review = _review(item, truth, profile, founded, seed=seed, now=now - SCORED)
            _answer(review, truth, agents[user.email], seed=seed, now=now - ANSWERED)
        elif user.email in visitor:
            visitor.clear()  # one is enough, also where the follow-up of a plan draws more
            _review(item, truth, profile, founded, seed=seed, now=now - ASKED)
    publishing.publish_due(now=now - OUT)


def _reviewer(item: QueueItem, truth: Truth, founded: Founded, company: Company) -> ReviewerProfile | None:
    """Return the first who reads the language and may be given this seat: who has another one at the pick may not."""
    able = (one for one in company.reviewers if truth.language in one.languages)
    seat = QueueItem.objects.filter(pk=item.pk)
    return next((one for one in able if seat.offered_to(founded.reviewers[one.email]).exists()), None)


def _review(
    item: QueueItem, truth: Truth, profile: ReviewerProfile, founded: Founded, *, seed: int, now: datetime
) -> Review:
    """Let a reviewer score it; its agent is asked in the same moment."""
    by = founded.reviewers[profile.email]
    draft = claims.take(item, by=by, now=now - timedelta(minutes=6))
    card = card_for(draft.rubric_version)
    whole = reviewing.score(truth, card, reviewer=profile, agent=item.agent.name, seed=seed)
    return submitting.submit(draft, whole, by=by, now=now, active_seconds=340)


def _answer(review: Review, truth: Truth, agent: AgentProfile, *, seed: int, now: datetime) -> None:
    """Let the agent score it in their own words, where they are asked."""
    seats = QueueItem.objects.select_related("agent").filter(purpose=QueueItem.Purpose.SELF)
    by, seat = review.agent.user, seats.filter(pick=review.item.pick_id).first()
    if by is None or seat is None:
        return  # the other plan drew the conversation, too, and its review is out: nobody is asked any more
    draft = self_reviews.begin(seat, by=by, now=now - timedelta(minutes=5))
    oneself = ReviewerProfile(agent.name, agent.email, leniency=MILD, noise=0.1, languages=agent.languages)
    card = card_for(draft.rubric_version)
    whole = reviewing.score(truth, card, reviewer=oneself, agent=agent.name, seed=seed)
    submitting.submit(draft, in_own_words(whole, card), by=by, now=now, active_seconds=280)


def in_own_words(draft: Draft, card: Card) -> Draft:
    """Say of oneself only what went less well, in the words of an agent, and what the rubric wants to be told."""
    words = cycle(load("comments")["own"])
    answers = {lineage: _worded(card.criterion(lineage), one, words) for lineage, one in draft.answers.items()}
    return msgspec.structs.replace(draft, answers=answers, notes=[], summary="")


def _worded(criterion: Criterion | None, answer: AnswerDraft, words: Iterator[str]) -> AnswerDraft:
    option = criterion.option(answer.option) if criterion and answer.option else None
    if criterion is None or option is None:
        return msgspec.structs.replace(answer, comment="")
    if criterion.kind == Kind.SCORED and option.value is not None and option.value < 1:
        return msgspec.structs.replace(answer, comment=next(words))
    return answer if needs_comment(criterion, option) else msgspec.structs.replace(answer, comment="")
