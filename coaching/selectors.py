"""Assemble the coaching pages in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from accounts.models import User
from coaching import words
from coaching.models import Evidence, Look, Plan
from conversations.text import plain_text
from reviews.models import Comment, Pin

ORDER = ["proposed", "due", "accepted", "shared", "active", "evaluated", "declined", "closed"]


def board(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Return plans with what needs a decision first, with their counts of actions."""
    rank = Case(*(When(status=name, then=Value(i)) for i, name in enumerate(ORDER)), output_field=IntegerField())
    return (
        plans.select_related("agent", "team", "skill", "owner")
        .annotate(
            rank=rank,
            actions_total=Count("actions", distinct=True),
            actions_done=Count("actions", filter=Q(actions__done_at__isnull=False), distinct=True),
        )
        .order_by("rank", "-proposed_at", "-pk")
    )


@dataclass(frozen=True)
class Shown:
    """One piece of evidence as the page shows it."""

    evidence: Evidence
    criterion: str
    answer: str
    comments: list[str]
    quotes: list[dict[str, Any]]


@dataclass(frozen=True)
class PlanPage:
    """Everything that the page of one plan shows."""

    plan: Plan
    why: str
    standing: str
    evidence: list[Shown]
    looks: list[Look]
    focus: list[str]


def plan_page(plan: Plan) -> PlanPage:
    """Load one plan with its evidence at the very messages."""
    rows = list(
        plan.evidence.select_related(
            "review__conversation", "review__transcript", "answer__criterion", "answer__option"
        )
    )
    reviews = [row.review_id for row in rows]
    comments = list(Comment.objects.filter(review__in=reviews).exclude(criterion=None))
    pins = list(Pin.objects.filter(review__in=reviews))
    looks = Look.objects.filter(agent=plan.agent_id, skill=plan.skill_id).order_by("-week")[:12]
    return PlanPage(
        plan=plan,
        why=words.why(plan),
        standing=words.standing(plan),
        evidence=[_shown(row, comments=comments, pins=pins) for row in rows],
        looks=list(reversed(looks)),
        focus=[line for line in plan.focus.splitlines() if line.strip()],
    )


def _shown(row: Evidence, *, comments: list[Comment], pins: list[Pin]) -> Shown:
    key = (row.review_id, row.answer.criterion_id)
    return Shown(
        evidence=row,
        criterion=row.answer.criterion.name,
        answer=row.answer.option.label if row.answer.option else "–",
        comments=["[erased]" if c.erased_at else c.text for c in comments if (c.review_id, c.criterion_id) == key],
        quotes=[_quote(pin, row) for pin in pins if (pin.review_id, pin.criterion_id) == key],
    )


def _quote(pin: Pin, row: Evidence) -> dict[str, Any]:
    messages = row.review.transcript.messages
    if pin.message_index >= len(messages):
        return {"index": pin.message_index, "text": ""}
    text = plain_text(messages[pin.message_index])
    return {"index": pin.message_index, "text": (text if pin.start is None else text[pin.start : pin.end]).strip()}


def plans_on(review_pk: int, user: User) -> QuerySet[Plan]:
    """Return the plans that rest on a review and that a person may see."""
    return Plan.objects.visible_to(user).filter(evidence__review=review_pk).select_related("skill", "agent").distinct()
