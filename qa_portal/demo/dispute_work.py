"""A few agents do not agree: one dispute is decided one each way, one waits for a decision, one for its second look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from django.db import transaction

from accounts.models import User
from qa_portal.demo.people import Company
from qa_portal.demo.phrasebook import load
from reviews.drafts import Draft
from reviews.models import Answer, Dispute, Review
from reviews.selectors.stored import draft_of
from reviews.services import claims, deciding, disputes, submitting
from reviews.services.deciding import Decision
from reviews.services.disputes import Doubt
from sampling.models import Pick

POINTS = 2
HOURS = {"decided": 90, "looked at": 60, "open": 30}


@transaction.atomic
def disagree(company: Company, *, now: datetime) -> int:
    """Let three agents dispute what cost them most, each as far along as the next one is not; the number."""
    if Dispute.objects.exists():
        return 0
    chosen = _reviews(company, now=now)
    for (stage, hours), review in zip(HOURS.items(), chosen, strict=False):
        _dispute(review, stage, now=now - timedelta(hours=hours))
    return min(len(chosen), len(HOURS))


def _reviews(company: Company, *, now: datetime) -> list[Review]:
    """Return one review of each of three agents, the newest that lost something twice; the visitor's own first."""
    first = company.teams[0].agents[0].email
    rows = (
        Review.objects.published()
        .filter(purpose="primary", agent__user__isnull=False)
        .exclude(pool=Pick.Pool.MANUAL)
        .select_related("agent__user", "current", "conversation", "rubric_version", "item")
        .order_by("-published_at", "-pk")
    )
    found: dict[int, Review] = {}
    for review in rows[:200]:
        if review.agent_id not in found and len(_lost(review)) == POINTS:
            found[review.agent_id] = review
    mine = [one for one in found.values() if one.agent.user and one.agent.user.email == first]
    return [*mine, *(one for one in found.values() if one not in mine)]


def _lost(review: Review) -> list[Answer]:
    assert review.current is not None
    rows = review.current.answers.filter(state=Answer.State.SCORED, value__lt=1, option__isnull=False)
    return list(rows.select_related("criterion", "option").order_by("value", "pk")[:POINTS])


def _dispute(review: Review, stage: str, *, now: datetime) -> None:
    words, lost = load("comments")["disputes"], _lost(review)
    doubts = [
        Doubt(answer.criterion.lineage, words["reasons"][place % len(words["reasons"])])
        for place, answer in enumerate(lost)
    ]
    agent = review.agent.user
    assert agent is not None
    dispute = disputes.begin(review, doubts, by=agent, now=now)
    if stage == "open" or dispute.item is None:
        return
    looker = dispute.item.assigned_to
    assert isinstance(looker, User)
    mine = claims.take(dispute.item, by=looker, now=now + timedelta(hours=5))
    decisions = [_decision(place, answer, words["rationales"]) for place, answer in enumerate(lost)]
    draft = _second_look(review, decisions)
    submitting.submit(mine, draft, by=looker, now=now + timedelta(hours=5, minutes=6), active_seconds=300)
    if stage == "decided":
        dispute.refresh_from_db()
        deciding.decide(dispute, decisions, by=looker, now=now + timedelta(hours=6))


def _second_look(review: Review, decisions: Sequence[Decision]) -> Draft:
    """Look afresh as it is decided afterwards, at the messages that the first answers rest on."""
    assert review.current is not None
    first = draft_of(review.current).answers
    return Draft(
        answers={
            one.criterion: msgspec.structs.replace(
                first[one.criterion], option=one.option, comment=one.rationale, root_cause=""
            )
            for one in decisions
        }
    )


def _decision(place: int, answer: Answer, rationales: dict[str, str]) -> Decision:
    """Change the first answer to the best one of its criterion, and let the second stand."""
    if place == 0:
        best = answer.criterion.options.filter(value__isnull=False).order_by("-value", "position").first()
        assert best is not None
        return Decision(answer.criterion.lineage, rationales["changed"], option=best.key)
    assert answer.option is not None
    return Decision(answer.criterion.lineage, rationales["upheld"], option=answer.option.key)
