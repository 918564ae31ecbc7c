"""Erase one customer everywhere: what they said goes, and their name is covered in what others wrote about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet

from conversations.masking import masking
from conversations.models import Source
from conversations.services import erasing
from conversations.services.erasing import Erased
from core import audit
from reviews.models import (
    AgreedAnswer,
    CalibrationSession,
    Comment,
    DisputedPoint,
    QueueItem,
    Review,
    ReviewRemark,
    Revision,
)

Cover = Callable[[str], str]
BATCH = 200
# Of a draft: what people wrote. The rest are keys of the rubric.
WRITTEN = frozenset({"comment", "text", "summary"})


@transaction.atomic
def erase_customer(source: Source, customer: str, *, by: Any, now: datetime) -> Erased:
    """Erase a customer of a source, and cover their name in the reviews of their conversations. Scores stay."""
    erased = erasing.erase_customer(source, customer, by=by, now=now)
    cover, about = masking(erased.words), list(erased.conversation_ids)
    reviews = Review.objects.filter(conversation__in=about)
    touched = _covered_reviews(reviews, cover)
    for rows, fields in (
        (QueueItem.objects.filter(conversation__in=about), ("skip_note", "check_note", "handed_over_reason")),
        (Revision.objects.filter(review__in=reviews), ("reason",)),
        (Comment.objects.filter(review__in=reviews), ("text",)),
        (ReviewRemark.objects.filter(review__in=reviews), ("text",)),
        (DisputedPoint.objects.filter(dispute__review__in=reviews), ("reason", "rationale")),
        (AgreedAnswer.objects.filter(unit__conversation__in=about), ("rationale",)),
        (CalibrationSession.objects.filter(units__conversation__in=about).distinct(), ("cancel_reason",)),
    ):
        _cover_rows(rows, fields, cover)
    audit.record_many([audit.event("review.redacted", target=one, by=by, at=now) for one in touched])
    return erased


def _covered_reviews(reviews: QuerySet[Review], cover: Cover) -> Sequence[Review]:
    """Cover the name in what stands in the reviews themselves; return all of them."""
    found = list(reviews.select_for_update(of=("self",)).order_by("pk"))
    for review in found:
        review.draft = covered(review.draft, cover)
        for field in ("reply", "return_note", "void_reason"):
            setattr(review, field, cover(getattr(review, field)))
    Review.objects.bulk_update(found, ["draft", "reply", "return_note", "void_reason"], batch_size=BATCH)
    return found


def covered(value: Any, cover: Cover, *, is_written: bool = False) -> Any:
    """Return a draft with the name covered in what people wrote, and with all its keys as they were."""
    if isinstance(value, dict):
        return {key: covered(inner, cover, is_written=key in WRITTEN) for key, inner in value.items()}
    if isinstance(value, list):
        return [covered(inner, cover, is_written=is_written) for inner in value]
    return cover(value) if is_written and isinstance(value, str) else value


def _cover_rows(rows: QuerySet[Any], fields: Sequence[str], cover: Cover) -> None:
    """Cover the name in free texts; rows that do not hold it are left alone."""
    changed: list[Model] = []
    for row in rows.iterator(BATCH):
        before = [getattr(row, field) for field in fields]
        for field, text in zip(fields, before, strict=True):
            setattr(row, field, cover(text))
        if before != [getattr(row, field) for field in fields]:
            changed.append(row)
    rows.model._default_manager.bulk_update(changed, fields, batch_size=BATCH)
