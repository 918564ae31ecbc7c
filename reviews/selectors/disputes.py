"""Assemble what a dispute's page and list show: each doubted answer, the second look, and what stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.asking import Asked
from accounts.models import User, Workspace
from conversations.selectors import names
from conversations.transcripts import MessageRow, view_messages
from core import prepared
from core.refusals import Refusal
from reviews.models import Dispute, DisputedPoint, QueueItem, Review
from reviews.policies import why_not_decide, why_not_dispute, why_not_escalate, why_not_withdraw
from reviews.policies.disputing import window_ends
from reviews.selectors.explain import Line, explain
from rubrics import card as cards
from rubrics.selectors import card_for

WHOLE = (
    "review__conversation", "review__transcript", "review__agent", "review__team", "review__author", "review__current",
    "review__item__pick__stratum", "review__rubric_version__rubric", "item", "disputed", "revision", "opened_by",
    "ended_by",
)  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """One answer that could stand, and what speaks for it."""

    key: str
    label: str
    is_first: bool
    is_second: bool
    is_proposed: bool


@dataclass(frozen=True)
class PointView:
    """One doubted answer as its reader sees it; `second` is hidden from the sides until it is decided."""

    point: DisputedPoint
    first: Line
    second: Line | None
    proposed: str
    decided: str
    choices: list[Choice]


@dataclass(frozen=True)
class DisputePage:
    """A dispute with everything its page shows."""

    dispute: Dispute
    points: list[PointView]
    shows_names: bool
    is_agent: bool
    before: Dispute | None
    after: Dispute | None
    why_not_decide: Refusal | None
    why_not_withdraw: Refusal | None
    why_not_escalate: Refusal | None


@dataclass(frozen=True)
class Standing:
    """Where a review stands with its disputes, newest first, and until when it can be disputed."""

    disputes: list[Dispute]
    why_not: Refusal | None
    until: datetime | None


def listed(rows: QuerySet[Dispute]) -> QuerySet[Dispute]:
    """Return disputes for a list: the open ones first, by deadline, then the newest."""
    is_open = Q(status__in=Dispute.OPEN)
    return (
        rows.select_related("review__conversation", "review__agent", "review__team", "item")
        .annotate(
            points_total=Count("points", distinct=True),
            points_changed=Count("points", filter=Q(points__decision=DisputedPoint.Decision.CHANGED), distinct=True),
            rank=~is_open,
        )
        .order_by("rank", "ended_at", "due_at", "-pk")
    )


def standing(review: Review, user: User, *, now: datetime) -> Standing:
    """Return what a person may know and do about disputing a review."""
    disputes = OF_REVIEW.all(user, review=review.pk)
    refusal = why_not_dispute(user, review, now=now)
    until = window_ends(review.published_at) if review.published_at else None
    return Standing(disputes, refusal, until)


OF_REVIEW: Asked[Dispute] = Asked(
    lambda user: (
        Dispute.objects.visible_to(user)
        .filter(review=prepared.number("review"))
        .select_related("item")
        .order_by("-stage")
    )
)


def dispute_page(dispute: Dispute, user: User, *, now: datetime) -> DisputePage:
    """Load a dispute with both looks, as far as this person may see them."""
    review = dispute.review
    is_agent = review.agent.user_id == user.pk
    is_side = is_agent or review.author_id == user.pk
    rows = view_messages(
        review.transcript, names=names(review.conversation, list(review.conversation.participants.all()))
    )
    first = {line.criterion.lineage: line for line in explain(review, dispute.disputed, rows=rows).lines}
    shown = dispute.status == Dispute.Status.DECIDED or (dispute.rescored_at is not None and not is_side)
    second = _second_look(dispute, rows) if shown else {}
    card = card_for(review.rubric_version)
    points = dispute.points.select_related("criterion", "proposed", "option")
    siblings = {one.stage: one for one in Dispute.objects.filter(review=review).exclude(pk=dispute.pk)}
    return DisputePage(
        dispute=dispute,
        points=[_point(point, card, first, second) for point in points],
        shows_names=not is_agent or Workspace.current().shows_reviewer_name,
        is_agent=is_agent,
        before=siblings.get(Dispute.Stage.FIRST),
        after=siblings.get(Dispute.Stage.ESCALATION),
        why_not_decide=why_not_decide(user, dispute),
        why_not_withdraw=why_not_withdraw(user, dispute),
        why_not_escalate=why_not_escalate(user, dispute, now=now),
    )


def _second_look(dispute: Dispute, rows: Sequence[MessageRow]) -> dict[str, Line]:
    if dispute.item is None or dispute.item.status != QueueItem.Status.SUBMITTED:
        return {}
    found = (
        Review.objects.filter(item=dispute.item)
        .exclude(current=None)
        .select_related("item", "current", "conversation", "rubric_version")
        .first()
    )
    if found is None or found.current is None:
        return {}
    return {line.criterion.lineage: line for line in explain(found, found.current, rows=rows).lines}


def _point(point: DisputedPoint, card: cards.Card, first: dict[str, Line], second: dict[str, Line]) -> PointView:
    lineage = point.criterion.lineage
    criterion = card.criterion(lineage)
    assert criterion is not None
    was, again = first[lineage], second.get(lineage)
    proposed = _label(criterion, point.proposed.key if point.proposed else "", point.proposes_not_applicable)
    wished = cards.NOT_APPLICABLE if point.proposes_not_applicable else point.proposed.key if point.proposed else ""
    changed = _label(criterion, point.option.key if point.option else "", point.not_applicable)
    return PointView(
        point=point,
        first=was,
        second=again,
        proposed=proposed,
        decided=changed if point.decision == DisputedPoint.Decision.CHANGED else was.answer,
        choices=[
            Choice(key, label, key == was.chosen, again is not None and key == again.chosen, key == wished)
            for key, label in answers_of(criterion)
        ],
    )


def answers_of(criterion: cards.Criterion) -> list[tuple[str, str]]:
    """Return the answers that a criterion can have: key and label, N/A where it is allowed."""
    found = [(option.key, option.label) for option in criterion.options]
    allowed = criterion.not_applicable != cards.NotApplicablePolicy.FORBID
    return [*found, (cards.NOT_APPLICABLE, _("N/A"))] if allowed else found


def _label(criterion: cards.Criterion, key: str, not_applicable: bool) -> str:
    if not_applicable:
        return _("N/A")
    option = criterion.option(key) if key else None
    return option.label if option else ""
