"""Erase one customer everywhere: what they said goes, and their name is covered in what others wrote about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from conversations.masking import masking
from conversations.models import Source
from conversations.services import erasing
from conversations.services.erasing import Erased
from core import audit
from reviews.models import (
    AgreedAnswer,
    CalibrationSession,
    CalibrationUnit,
    Comment,
    Dispute,
    DisputedPoint,
    QueueItem,
    Review,
    ReviewRemark,
    Revision,
)

Cover = Callable[[str], str]
BATCH = 200
IN_REVIEWS = ("draft", "reply", "return_note", "void_reason")
# Of a draft: what people wrote. The rest are keys of the rubric.
WRITTEN = frozenset({"comment", "text", "summary"})


@transaction.atomic
def erase_customer(source: Source, customer: str, *, by: Any, now: datetime) -> Erased:
    """Erase a customer of a source, and cover their name in the reviews of their conversations. Scores stay."""
    erased = erasing.erase_customer(source, customer, by=by, now=now)
    cover, about = masking(erased.words), list(erased.conversation_ids)
    reviews = Review.objects.filter(conversation__in=about)
    found = list(reviews.select_for_update(of=("self",)).order_by("pk"))
    touched = _covered_reviews(found, cover)
    for rows, fields in (
        (QueueItem.objects.filter(conversation__in=about), ("skip_note", "check_note", "handed_over_reason")),
        (AgreedAnswer.objects.filter(unit__conversation__in=about), ("rationale",)),
        (CalibrationSession.objects.filter(units__conversation__in=about).distinct(), ("cancel_reason",)),
    ):
        _cover_rows(rows, fields, cover)
    of_reviews: tuple[tuple[QuerySet[Any], tuple[str, ...]], ...] = (
        (Revision.objects.filter(review__in=reviews), ("reason",)),
        (Comment.objects.filter(review__in=reviews), ("text",)),
        (ReviewRemark.objects.filter(review__in=reviews), ("text",)),
    )
    for of_review, written in of_reviews:
        touched |= {row.review_id for row in _cover_rows(of_review, written, cover)}
    points = DisputedPoint.objects.filter(dispute__review__in=reviews).select_related("dispute")
    touched |= {row.dispute.review_id for row in _cover_rows(points, ("reason", "rationale"), cover)}
    redacted = [one for one in found if one.pk in touched]
    audit.record_many([audit.event("review.redacted", target=one, by=by, at=now) for one in redacted])
    return erased


def expire_texts(*, clock: Callable[[], datetime], seconds: float = erasing.SLICE_SECONDS) -> bool:
    """Erase what is older than its source may keep; what is being reviewed or disputed waits, within bounds.

    Returns True when the time ran out before all of it was done.
    """
    return erasing.expire_texts(clock=clock, in_use=in_use(), seconds=seconds)


def in_use() -> Q:
    """Return the conversations whose text somebody has before them, or will have before a score is final."""
    claimed = QueueItem.objects.filter(status=QueueItem.Status.CLAIMED)
    unfinished = Review.objects.filter(status__in=[Review.Status.DRAFT, Review.Status.SUBMITTED])
    disputed = Dispute.objects.filter(status__in=[Dispute.Status.OPEN, Dispute.Status.RESCORING])
    calibrating = (CalibrationSession.Status.SCORING, CalibrationSession.Status.REVEALED)
    compared = CalibrationUnit.objects.filter(session__status__in=calibrating)
    return (
        Q(pk__in=claimed.values("conversation"))
        | Q(pk__in=unfinished.values("conversation"))
        | Q(pk__in=disputed.values("review__conversation"))
        | Q(pk__in=compared.values("conversation"))
    )


def _covered_reviews(reviews: Sequence[Review], cover: Cover) -> set[int]:
    """Cover the name in what stands in the reviews themselves; return which of them held it."""
    changed = []
    for review in reviews:
        before = [getattr(review, field) for field in IN_REVIEWS]
        review.draft = covered(review.draft, cover)
        for field in IN_REVIEWS[1:]:
            setattr(review, field, cover(getattr(review, field)))
        if before != [getattr(review, field) for field in IN_REVIEWS]:
            changed.append(review)
    Review.objects.bulk_update(changed, IN_REVIEWS, batch_size=BATCH)
    return {review.pk for review in changed}


def covered(value: Any, cover: Cover, *, is_written: bool = False) -> Any:
    """Return a draft with the name covered in what people wrote, and with all its keys as they were."""
    if isinstance(value, dict):
        return {key: covered(inner, cover, is_written=key in WRITTEN) for key, inner in value.items()}
    if isinstance(value, list):
        return [covered(inner, cover, is_written=is_written) for inner in value]
    return cover(value) if is_written and isinstance(value, str) else value


def _cover_rows(rows: QuerySet[Any], fields: Sequence[str], cover: Cover) -> list[Any]:
    """Cover the name in free texts; rows that do not hold it are left alone. Returns those that did."""
    changed: list[Any] = []
    for row in rows.iterator(BATCH):
        before = [getattr(row, field) for field in fields]
        for field, text in zip(fields, before, strict=True):
            setattr(row, field, cover(text))
        if before != [getattr(row, field) for field in fields]:
            changed.append(row)
    rows.model._default_manager.bulk_update(changed, fields, batch_size=BATCH)
    return changed
