"""Find the answers that speak for a plan: what was lost on a skill, in published reviews of one agent."""

from __future__ import annotations

from datetime import datetime

from django.db.models import ExpressionWrapper, F, FloatField, QuerySet, Value

from reviews.models import Answer, Review

MOST = 6  # of a new plan
MOST_NEW = 3  # of one more signal


def answers_on(agent_id: int, skill_id: int, *, since: datetime | None = None) -> QuerySet[Answer]:
    """Return the scored answers on a skill in an agent's published primary reviews, current revisions only."""
    rows = Answer.objects.filter(
        revision__review__current=F("revision"),
        revision__review__agent=agent_id,
        revision__review__status=Review.Status.PUBLISHED,
        revision__review__purpose="primary",
        criterion__skill=skill_id,
        state=Answer.State.SCORED,
        value__isnull=False,
    )
    return rows.filter(revision__review__published_at__gte=since) if since else rows


def strongest(
    agent_id: int, skill_id: int, *, since: datetime | None = None, after: datetime | None = None, most: int = MOST
) -> list[Answer]:
    """Return the answers that lost most on a skill, newest first among equals.

    since, after: when the review was published, at the earliest; `after` leaves that very moment out.
    """
    lost = ExpressionWrapper((Value(1) - F("value")) * F("criterion__weight"), output_field=FloatField())
    rows = answers_on(agent_id, skill_id, since=since).filter(value__lt=1).annotate(lost=lost)
    if after is not None:
        rows = rows.filter(revision__review__published_at__gt=after)
    return list(rows.select_related("revision__review", "criterion").order_by("-lost", "-revision__review_id")[:most])


def lost_points(answer: Answer) -> float:
    """Return what an answer lost of its own weight, in points 0–100."""
    return float((1 - (answer.value or 0)) * 100)
